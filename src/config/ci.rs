//! The `[ci]` table: what `cargo relprep ci` writes.

use serde::Deserialize;

/// The `[ci]` table.
///
/// ```toml
/// [ci]
/// tests = "main.yml"         # the project's own, in .github/workflows
/// leave-out = ["publish"]
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CiConfig {
    /// The workflow that tests the project, by the name of its file; otherwise the only one that tests pull
    /// requests and can be started by hand.
    #[serde(deserialize_with = "super::value::line_of_text")]
    pub tests: Option<String>,
    /// The workflows that are not wanted.
    pub leave_out: Vec<Workflow>,
}

/// A purpose for which there is a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Workflow {
    /// Checks of pull requests, and of what is pushed to release branches.
    Check,
    /// Each day, the cut and the release that are due.
    Train,
    /// What somebody asks for by hand: a patch, a candidate, a release.
    Prepare,
    /// The tag of a release, once it is merged.
    Tag,
    /// The packages of a release that is tagged.
    Publish,
    /// Backports of pull requests, by their labels.
    Backport,
    /// Each week, the supported branches.
    Supported,
}

impl Workflow {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Check, Self::Train, Self::Prepare, Self::Tag, Self::Publish, Self::Backport, Self::Supported];

    /// Returns its name, which its file has, too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Train => "train",
            Self::Prepare => "prepare",
            Self::Tag => "tag",
            Self::Publish => "publish",
            Self::Backport => "backport",
            Self::Supported => "supported",
        }
    }
}

impl TryFrom<String> for Workflow {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|workflow| workflow.name() == name);
        found.ok_or_else(|| format!("there is no workflow `{name}`: they are {names}"))
    }
}
