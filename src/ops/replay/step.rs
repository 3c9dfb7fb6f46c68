//! Past steps, and which of them are asked for.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use crate::git::{BranchName, CommitId};
use crate::plan::Command;
use crate::plan::course::Asked;
use crate::status::Waiver;

/// Versions that are asked for, by the name of a package of the line.
pub type Chosen = BTreeMap<String, Version>;

/// Which steps are prepared again.
#[derive(Clone, Debug)]
pub struct ReplayOptions {
    /// The steps to these versions, or to all.
    pub versions: Vec<Version>,
    /// How many, the latest; of versions that are named, all.
    pub last: usize,
    /// Steps that may differ, and why.
    pub except: Vec<Waiver>,
}

/// A commit of the past that moved the lead package's version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PastStep {
    /// What it did.
    pub command: Command,
    /// How far.
    #[serde(skip)]
    pub asked: Asked,
    /// The branch that it is on.
    pub branch: BranchName,
    /// The lead package's version before.
    pub from: Version,
    /// The lead package's version after.
    pub to: Version,
    /// Its day: as the notes say, or a version file, or else as the commit does, by its own time zone.
    pub date: NaiveDate,
    /// When it was made, in seconds since 1970.
    #[serde(skip)]
    pub moment: i64,
    /// The commit.
    pub commit: CommitId,
    /// Its first parent.
    #[serde(skip)]
    pub parent: CommitId,
}
