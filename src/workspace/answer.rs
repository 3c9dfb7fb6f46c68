//! What `cargo metadata` is asked, and what it answers.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package, PackageId};
use semver::Version;
use serde::Deserialize;

use crate::workspace::cargo::NOT_UNDERSTOOD;
use crate::workspace::graph::Graph;

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

/// What Cargo answers.
pub(super) struct CargoAnswer {
    /// The members.
    pub(super) members: MembersAnswer,
    /// The packages that they use, if it was asked for those.
    pub(super) graph: Option<Graph>,
}

impl CargoAnswer {
    /// Reads the answer to `question`.
    ///
    /// # Errors
    ///
    /// If it is not one.
    pub(super) fn read(said: &str, question: Question) -> Result<Self> {
        Ok(match question {
            Question::Members => Self { members: MembersAnswer::read(said)?, graph: None },
            Question::Dependencies => {
                let metadata = read(said)?;
                let graph = Graph::of(&metadata);
                Self { members: metadata.into(), graph: Some(graph) }
            }
        })
    }
}

/// What Cargo says of the members: of all that it prints, most is about their dependencies and targets, and to read
/// that would take as long as to make a plan.
#[derive(Deserialize)]
pub(super) struct MembersAnswer {
    /// The packages, with others if dependencies were asked for.
    pub(super) packages: Vec<AnsweredPackage>,
    /// Which of them are members, in Cargo's order.
    pub(super) workspace_members: Vec<PackageId>,
    /// The folder of the root manifest.
    pub(super) workspace_root: PathBuf,
}

/// What Cargo says of a package about itself.
#[derive(Deserialize)]
pub(super) struct AnsweredPackage {
    pub(super) id: PackageId,
    pub(super) name: String,
    pub(super) version: Version,
    pub(super) manifest_path: PathBuf,
    pub(super) publish: Option<Vec<String>>,
    pub(super) repository: Option<String>,
    pub(super) rust_version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) license: Option<String>,
    pub(super) license_file: Option<String>,
    pub(super) readme: Option<String>,
}

impl MembersAnswer {
    fn read(said: &str) -> Result<Self> {
        serde_json::from_str(said).context(NOT_UNDERSTOOD)
    }
}

impl From<Metadata> for MembersAnswer {
    fn from(metadata: Metadata) -> Self {
        Self {
            packages: metadata.packages.into_iter().map(AnsweredPackage::from).collect(),
            workspace_members: metadata.workspace_members,
            workspace_root: metadata.workspace_root.into(),
        }
    }
}

impl From<Package> for AnsweredPackage {
    fn from(package: Package) -> Self {
        Self {
            id: package.id,
            name: package.name.to_string(),
            version: package.version,
            manifest_path: package.manifest_path.into(),
            publish: package.publish,
            repository: package.repository,
            rust_version: package.rust_version.map(|rust| rust.to_string()),
            description: package.description,
            license: package.license,
            license_file: package.license_file.map(Into::into),
            readme: package.readme.map(Into::into),
        }
    }
}

/// Reads all of an answer.
///
/// # Errors
///
/// If it is not one.
pub(super) fn read(said: &str) -> Result<Metadata> {
    MetadataCommand::parse(said).context(NOT_UNDERSTOOD)
}
