//! `Cargo.lock`: what it says, how it follows the versions of local packages, and what two of them
//! say differently about third parties.
//!
//! Everything here works on a scan by lines of what Cargo writes, not on parsed TOML: a lock file
//! has one layout, Cargo's own, and a text that has another one is refused rather than guessed at.
//! The rules for what Cargo writes are those of its `resolver/encode.rs` and `ops/lockfile.rs`.

mod census;
mod changes;
mod follow;
pub mod format;
#[cfg(test)]
mod model;
mod moves;
mod package;
mod read;
mod redo;
mod scan;

pub use changes::{PackageChange, moved_edges, third_party_changes};
pub use follow::{Followed, follow, follow_read};
pub use moves::Moved;
pub use package::{LockFormat, LockPackage, Reference};
pub use read::LockFile;
pub use redo::redo;
