//! How a project lays its notes out.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Notes;

/// Where the notes of a release are, while it is not out and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// Each release branch has notes of its own, and an archive that links to those of older branches.
    PerBranch,
    /// One file has the sections of all versions.
    Growing,
    /// The same, and what is not released yet is gathered under a heading of its own, as in Keep a Changelog.
    Unreleased,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PerBranch => "per-branch",
            Self::Growing => "growing",
            Self::Unreleased => "unreleased",
        })
    }
}

impl Notes<'_> {
    /// Returns how these notes are laid out, as far as they show it: not where there is too little, and not
    /// where they link to older branches' notes and gather what is not released, too. Where the configuration
    /// words an archive, there is to be one.
    pub fn layout(&self) -> Option<Layout> {
        let has_entries = self.archive.as_ref().is_some_and(|archive| !archive.entries.is_empty());
        match (self.gatherings.is_empty(), &self.archive) {
            (false, _) => (!has_entries && !self.style.is_archive_set).then_some(Layout::Unreleased),
            (true, Some(_)) => Some(Layout::PerBranch),
            (true, None) if self.style.is_archive_set => Some(Layout::PerBranch),
            (true, None) => (self.sections.len() > 1).then_some(Layout::Growing),
        }
    }
}
