//! One file an operation: read, plan, apply. Prints nothing, and knows no command line.

pub(crate) mod about;
pub(crate) mod backport;
pub(crate) mod calendar;
pub(crate) mod prepare;
mod reading;
pub(crate) mod recovery;
pub mod settle;
pub(crate) mod supported;
pub(crate) mod targets;
