//! Plans: what a command will do, as a value, before anything is done. Pure.

pub mod branch_notes;
pub mod bump;
pub mod carry;
pub mod commands;
pub mod course;
pub mod cut;
pub mod dependency;
pub mod files;
mod kept;
pub mod lines;
pub mod locked;
pub mod maintain;
pub mod notes;
pub mod preconditions;
mod pull_request;
pub mod requirements;
pub mod room;

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use schemars::JsonSchema;
use semver::Version;
use serde::{Serialize, Serializer};

use crate::config::{Argv, Follower};
use crate::finding::Finding;
use crate::git::{BranchName, CommitId, Refs, Tag};
use crate::plan::bump::{LineMove, UnsettledLock};
use crate::plan::course::Asked;
use crate::plan::files::FileChange;
use crate::plan::lines::KeptPackage;
use crate::project::Project;
use crate::rule::Severity;
use crate::template::Values;
use crate::version::plain;
use crate::workspace::Package;

/// What a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The project at the tip of `branch`.
    pub project: &'a Project,
    /// The branch that is planned on.
    pub branch: &'a BranchName,
    /// The branches and tags that there are.
    pub refs: &'a Refs,
    /// The day of the release or cut.
    pub date: NaiveDate,
    /// Where somebody says that versions go.
    pub asked: &'a Asked,
}

/// The command that makes a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum Command {
    /// The cut.
    Branch,
    /// Versions that move on the trunk or a release branch.
    Bump,
    /// The next release candidate.
    Rc,
    /// The release that the branch is for.
    Release,
    /// The next patch release.
    Patch,
    /// What release branches have in their notes, for those of the trunk.
    Notes,
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Branch => "branch",
            Self::Bump => "bump",
            Self::Rc => "rc",
            Self::Release => "release",
            Self::Patch => "patch",
            Self::Notes => "notes",
        })
    }
}

impl Serialize for Command {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Everything that one command will do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Plan {
    /// The command.
    pub command: Command,
    /// The product's name.
    pub name: String,
    /// The version that is cut or released, without a pre-release that the cut takes off.
    pub version: Version,
    /// The day.
    pub date: NaiveDate,
    /// The branches that are made at commits that exist.
    pub branches: Vec<NewBranch>,
    /// The commits.
    pub commits: Vec<Commit>,
    /// The programs that see the edited tree, and whose changes join the commits.
    pub runs: Vec<Argv>,
    /// The folder of the workspace, in which they run; empty for the repository's root.
    #[serde(skip)]
    pub folder: String,
    /// The candidates that this supersedes, to be yanked where they were published.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub superseded: Vec<Superseded>,
    /// What is left to release from other repositories, under the same number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub followers: Vec<Follower>,
    /// What is worth saying.
    pub notes: Vec<Finding>,
}

impl Plan {
    /// Begins the plan that `command` makes for `version`: nothing is to be made yet.
    fn new(request: &Request<'_>, command: Command, version: Version) -> Self {
        let Project { config, workspace, name, .. } = request.project;
        Self {
            command,
            name: name.clone(),
            version,
            date: request.date,
            branches: Vec::new(),
            commits: Vec::new(),
            runs: config.runs.iter().map(|run| run.command.clone()).collect(),
            folder: workspace.root.folder().to_owned(),
            superseded: Vec::new(),
            followers: match command {
                Command::Release | Command::Patch => config.followers.clone(),
                Command::Branch | Command::Bump | Command::Rc | Command::Notes => Vec::new(),
            },
            notes: Vec::new(),
        }
    }
}

/// What one run prepares: a plan for each branch, and what was left out.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Preparation {
    /// The plans, one a branch that was asked for.
    pub plans: Vec<Plan>,
    /// The branches that are not prepared, though they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<LeftOut>,
}

/// A branch that is not prepared, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftOut {
    /// Its short name.
    pub branch: String,
    /// Why: it has no release yet, or somebody leaves it out.
    pub reason: String,
}

/// A branch that is made at a commit that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NewBranch {
    /// Its name.
    pub name: BranchName,
    /// The commit.
    pub at: CommitId,
}

/// A commit that is made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Commit {
    /// The branch that gets it.
    pub branch: BranchName,
    /// Whether that branch is made for it.
    pub makes_branch: bool,
    /// What brings it from there to the branch that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullRequest>,
    /// Its parent.
    pub parent: CommitId,
    /// The lead package's version in it.
    pub version: Version,
    /// The version lines that move.
    pub lines: Vec<LineMove>,
    /// The packages that stay.
    pub staying: Vec<KeptPackage>,
    /// The files that change.
    pub files: Vec<FileChange>,
    /// The lock files that Cargo writes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsettled: Vec<UnsettledLock>,
    /// The message.
    pub message: String,
}

/// What brings a commit from a branch of its own to the one that it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PullRequest {
    /// The branch that it is for.
    pub base: BranchName,
    /// The title.
    pub title: String,
    /// The body, as Markdown.
    pub body: String,
    /// Whether a person must settle something in it first.
    pub draft: bool,
}

/// A published version that a newer candidate or the release takes the place of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Superseded {
    /// The package.
    pub package: String,
    /// The version.
    pub version: Version,
}

impl Request<'_> {
    /// Returns the tagged releases of the line that begins with `line`, by version, without pre-releases.
    pub fn releases_of(&self, line: &Version) -> BTreeMap<Version, Tag> {
        let project = self.project;
        let branch = |version: &Version| project.branch(&Version { patch: line.patch, ..plain(version) });
        let here = branch(line);
        let named = self.refs.tags.values().filter_map(|tag| {
            let version = project.config.names.tag.read(&tag.name)?;
            Some((version, tag.clone()))
        });
        let is_here =
            |version: &Version| version.pre.is_empty() && version >= line && branch(version) == here;
        named.filter(|(version, _)| is_here(version)).collect()
    }

    /// Returns the branch where development happens.
    pub fn trunk(&self) -> BranchName {
        self.project.config.trunk_in(self.refs)
    }

    /// Returns what a text about `version` of the project may say.
    pub fn values(&self, version: &Version, lead: &Package) -> Values {
        Values {
            version: Some(version.clone()),
            branch: Some(self.project.branch(version)),
            tag: Some(self.project.tag(version)),
            date: Some(self.date),
            name: Some(self.project.name.clone()),
            repository: lead.repository.clone(),
        }
    }
}

impl Preparation {
    /// Returns the commits of all plans, in their order.
    pub fn commits(&self) -> impl Iterator<Item = &Commit> {
        self.plans.iter().flat_map(|plan| &plan.commits)
    }
}

/// Divides findings into those that refuse and those that are only said.
///
/// # Errors
///
/// All findings, if one of them is an error.
pub(crate) fn refuse(findings: Vec<Finding>) -> Result<Vec<Finding>, Vec<Finding>> {
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    if findings.iter().any(is_error) { Err(findings) } else { Ok(findings) }
}
