//! What `cargo metadata` answers, as far as it is wanted: most of it is not, and is not kept.

use std::borrow::Cow;

use semver::Version;
use serde::Deserialize;

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

/// The answer.
#[derive(Deserialize)]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    pub(super) packages: Vec<MetadataPackage<'a>>,
    #[serde(borrow)]
    pub(super) workspace_members: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) workspace_root: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) resolve: Option<Resolve<'a>>,
}

/// A package: a member, or another one that is used.
#[derive(Deserialize)]
pub(super) struct MetadataPackage<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    pub(super) name: String,
    pub(super) version: Version,
    pub(super) rust_version: Option<String>,
    #[serde(borrow)]
    pub(super) manifest_path: Cow<'a, str>,
    pub(super) publish: Option<Vec<String>>,
    pub(super) repository: Option<String>,
    pub(super) description: Option<String>,
    pub(super) license: Option<String>,
    pub(super) license_file: Option<String>,
    pub(super) readme: Option<String>,
}

/// Which package uses which.
#[derive(Deserialize)]
pub(super) struct Resolve<'a> {
    #[serde(borrow)]
    pub(super) nodes: Vec<ResolveNode<'a>>,
}

/// A package that uses others.
#[derive(Deserialize)]
pub(super) struct ResolveNode<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) deps: Vec<Use<'a>>,
}

/// One that is used.
#[derive(Deserialize)]
pub(super) struct Use<'a> {
    #[serde(borrow)]
    pub(super) pkg: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) dep_kinds: Vec<UseKind<'a>>,
}

/// What it is used for.
#[derive(Deserialize)]
pub(super) struct UseKind<'a> {
    #[serde(borrow)]
    pub(super) kind: Option<Cow<'a, str>>,
}
