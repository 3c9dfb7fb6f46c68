//! Operations: one file each, which reads, plans and applies. They print nothing and know no command
//! line.

pub mod about;
pub mod backport;
pub mod calendar;
pub mod check;
pub mod check_msrv;
pub mod file;
pub mod prepare;
mod reading;
pub mod recovery;
pub mod session;
mod settle;
pub mod sink;
pub mod supported;
pub mod targets;
