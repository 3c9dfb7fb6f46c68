//! The parts that take values and give values, without a repository.

mod config;
mod habits;
mod names;
mod schedule_table;
mod status;
mod template;
mod train;

pub(crate) use config::with;
