//! One file an operation: read, plan, apply. Prints nothing, and knows no command line.

pub mod settle;
