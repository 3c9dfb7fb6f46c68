//! Plans: what a command will do, as a value, before anything is done. Pure.

pub mod bump;
pub mod lines;
pub mod requirements;
