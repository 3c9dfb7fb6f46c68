//! The options of the commands that prepare something: which branches, to which versions, and when.

use std::str::FromStr;

use clap::ValueEnum;
use clap_complete::engine::ArgValueCompleter;
use semver::Version;

use super::complete;
use crate::ops::targets::BranchChoice;
use crate::plan::course::Asked;
use crate::version::Step;

/// The branches that are asked for.
#[derive(Debug, clap::Args)]
pub(super) struct BranchOptions {
    /// Prepare this branch, whatever is checked out; a glob, and may be repeated
    #[arg(long = "branch", value_name = "GLOB", add = ArgValueCompleter::new(complete::branches))]
    branches: Vec<String>,
}

impl BranchOptions {
    /// Returns those that are named, or the one that is checked out.
    pub(super) fn branches(&self) -> BranchChoice {
        if self.branches.is_empty() {
            BranchChoice::CheckedOut
        } else {
            BranchChoice::Named(self.branches.clone())
        }
    }
}

/// What is done only on its day.
#[derive(Debug, clap::Args)]
pub(super) struct DueOptions {
    /// Do it if the schedule says so of the day; otherwise say when, and succeed
    #[arg(long)]
    pub(super) if_due: bool,
}

/// Where versions are to go.
#[derive(Debug, clap::Args)]
pub(super) struct VersionOptions {
    /// How far the lead package moves; the other lines as their `[[line]]` says
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// The version that the lead package comes to, or PACKAGE=VERSION for another and its line (alone, where the
    /// line is the lead package's, is given several, or stays); with the version that it has, it stays; may be repeated
    #[arg(long, value_name = "VERSION", add = ArgValueCompleter::new(complete::packages_to))]
    to: Vec<AskedVersion>,
}

impl VersionOptions {
    /// Returns what is asked for; the latest of what is said of one package.
    pub(super) fn asked(&self) -> Asked {
        let level = self.level.map(|level| match level {
            Level::Major => Step::Major,
            Level::Minor => Step::Minor,
            Level::Patch => Step::Patch,
        });
        let mut asked = Asked { level, ..Asked::default() };
        for AskedVersion { package, version } in &self.to {
            match package {
                None => asked.lead = Some(version.clone()),
                Some(name) => drop(asked.packages.insert(name.clone(), version.clone())),
            }
        }
        asked
    }
}

/// How far versions move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    /// 36.0.0 to 37.0.0, 0.123.0 to 0.124.0
    Major,
    /// 36.0.0 to 36.1.0; below 1.0 as a major
    Minor,
    /// 36.0.0 to 36.0.1
    Patch,
}

/// A version that a package is to come to: the lead package, or a named one.
#[derive(Clone, Debug)]
struct AskedVersion {
    package: Option<String>,
    version: Version,
}

impl FromStr for AskedVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (package, version) = match text.split_once('=') {
            Some((package, version)) => (Some(package.to_owned()), version),
            None => (None, text),
        };
        let wrong =
            |error| format!("`{version}` is not a version ({error}); write it like 1.2.3 or core=1.2.3");
        version.parse().map(|version| Self { package, version }).map_err(wrong)
    }
}
