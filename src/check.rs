//! Everything that must hold before a release: one file a rule. Pure.
//!
//! A rule is a function from a [`Subject`], the project as values, to findings. [`read`] alone gathers
//! the subject from git and Cargo.

pub mod api;
mod asked;
mod branch_version;
pub mod checked_notes;
mod cut_ready;
mod dependency_held;
mod line_version;
mod lock_current;
mod msrv;
mod notes_archive;
pub mod notes_breaking;
mod notes_order;
mod notes_section;
mod notes_state;
mod package_dependency;
mod package_metadata;
pub mod packing;
mod publish_order;
pub mod read;
mod release_date;
mod requirement_match;
mod requirement_operator;
mod support;
pub mod supported;
mod tag_version;
mod version_file;

use std::collections::BTreeMap;

use semver::Version;

use crate::finding::Finding;
use crate::git::Tag;
use crate::git::fetched::FetchGap;
use crate::path::RepoPath;
use crate::plan::Request;
use crate::plan::lines::Lines;
use crate::rule;
use crate::train::Train;
use crate::workspace::{ManifestFile, Package};

use self::checked_notes::{AbsentNotes, CheckedNotes};
pub use asked::run;
pub use publish_order::order as publish_order;

/// What is checked: a project at one commit, and what else is known of that commit.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The project, the branch and the day.
    pub request: &'a Request<'a>,
    /// The package whose version names the release.
    pub lead: &'a Package,
    /// The version lines, or why there are none.
    pub lines: Result<Lines<'a>, Vec<Finding>>,
    /// What kind of branch it is.
    pub role: BranchKind,
    /// The notes that are there: those of the product first.
    pub notes: Vec<CheckedNotes<'a>>,
    /// Those that should be there.
    pub absent_notes: Vec<AbsentNotes>,
    /// The tags of releases, by version.
    pub tags: BTreeMap<Version, Tag>,
    /// What may be on the remote and not here, if something may.
    pub gap: Option<FetchGap>,
    /// The release train, if there is one.
    pub train: Option<&'a Train>,
    /// What Cargo says of each lock file that it uses; nothing if it was not asked.
    pub locked: BTreeMap<RepoPath, LockState>,
    /// What is wrong with the MSRV.
    pub msrv: Vec<Finding>,
    /// The manifests of the line's first release, if it is known and another commit.
    pub first: Option<FirstManifests>,
}

/// What the manifests said at the line's first release.
#[derive(Clone, Debug, Default)]
pub struct FirstManifests {
    /// What that release is called.
    pub release: String,
    /// The manifests of the members of today, as far as they were there, and the workspace's.
    pub manifests: BTreeMap<RepoPath, ManifestFile>,
}

/// What kind of branch is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BranchKind {
    /// A release branch, whose line begins with this version.
    Release(Version),
    /// The trunk.
    Trunk,
    /// Neither: what depends on the branch is not asked.
    Other,
}

/// What Cargo says of a lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockState {
    /// `--locked` passes.
    Accepted,
    /// `--locked` fails.
    Stale,
    /// It cannot tell offline, and why.
    Unknown(String),
}

impl<'a> Subject<'a> {
    /// Returns the version that names the release.
    fn version(&self) -> &'a Version {
        &self.lead.version
    }

    /// Says that what depends on absent tags is unchecked, if tags may be absent that are on the remote.
    ///
    /// All rules say it in the same words, so that it is said once.
    fn without_tags(&self) -> Option<Finding> {
        let gap = self.gap.as_ref()?;
        let what = if gap.lacks_branches() { "branches and tags" } else { "tags" };
        let message =
            format!("maybe not all {what} are here, and what depends on the others is unchecked: {gap}");
        Some(Finding::of(rule::NOT_FETCHED, message).remedy(gap.remedy()))
    }

    /// Says the same of branches.
    fn without_branches(&self) -> Option<Finding> {
        if self.gap.as_ref()?.lacks_branches() { self.without_tags() } else { None }
    }

    /// Returns the tags that belong to this branch's line: all of them for the trunk.
    fn tags_here(&self) -> impl DoubleEndedIterator<Item = (&Version, &Tag)> {
        let (branch, project) = (self.request.branch, self.request.project);
        let is_here = move |version: &Version| match &self.role {
            BranchKind::Release(_) => project.is_of_branch(version, branch),
            BranchKind::Trunk => true,
            BranchKind::Other => false,
        };
        self.tags.iter().filter(move |(version, _)| is_here(version))
    }
}
