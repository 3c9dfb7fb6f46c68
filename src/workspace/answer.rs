//! What `cargo metadata` is asked, and what it answers.

use anyhow::{Context as _, Result};
use cargo_metadata::{Metadata, MetadataCommand};

use crate::workspace::cargo::NOT_UNDERSTOOD;

/// What Cargo is asked of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// What its members are.
    Members,
    /// That, and which packages they use, as its lock file has them; features are all on.
    Dependencies,
}

impl Question {
    /// Returns the arguments of `cargo metadata`.
    pub(super) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Members => &["--no-deps"],
            Self::Dependencies => &["--all-features", "--locked"],
        }
    }

    /// Returns whether the answer depends on the file at `path`.
    pub fn concerns(self, path: &str) -> bool {
        path.ends_with("Cargo.toml") || self == Self::Dependencies && path.ends_with("Cargo.lock")
    }
}

/// Reads the answer.
///
/// # Errors
///
/// If it is not one.
pub(super) fn read(said: &str) -> Result<Metadata> {
    MetadataCommand::parse(said).context(NOT_UNDERSTOOD)
}
