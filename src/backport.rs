//! Backports: commits of the trunk on every supported branch, and the proof of it.
//!
//! [`survey`] reads the branches once; [`attempt`] tries commits on them in memory; [`matrix`] says
//! which branch has which commit; [`advisory`] says which versions have a fix.

pub mod evidence;
pub mod flags;
pub mod matrix;
pub mod message;
pub mod statements;
pub mod survey;
pub mod targets;
