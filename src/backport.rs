//! Backports: commits of the trunk on every supported branch, and the proof of it.
//!
//! [`scope`] and [`survey`] read the branches once; [`attempt`] tries commits on them in memory, and
//! [`manual`] says how a conflict is finished; [`matrix`] says which branch has which commit;
//! [`fixes`] and [`advisory`] say which versions have a fix.

pub mod advisory;
pub mod attempt;
pub mod bookkeeping;
mod by_change;
pub mod concern;
pub mod evidence;
pub mod fixes;
pub mod fixing;
pub mod flags;
pub mod judged;
pub mod manual;
mod marks;
pub mod matrix;
pub mod message;
pub mod outcome;
pub mod own;
pub mod presence;
pub mod proof;
pub mod scope;
pub mod sources;
pub mod standing;
pub mod statements;
pub mod survey;
pub mod targets;
pub mod title;
pub mod trunk;
