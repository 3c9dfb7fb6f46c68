//! Linked work trees: scratch trees of our own, and conflicts that a person resolves.

pub mod linked;
pub mod scratch;
