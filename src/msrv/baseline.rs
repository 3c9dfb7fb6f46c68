//! Where the promise of a release line is known from.

use std::fmt;

use anyhow::Result;
use semver::Version;
use serde::Serialize;

use crate::finding::Finding;
use crate::git::branches::BranchTip;
use crate::git::{BranchName, CommitId, Refs, Repo};
use crate::rule;
use crate::rust_version::RustVersion;

/// Where the promise is known from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaselineSource {
    /// The tag of the line's first release.
    FirstRelease {
        /// The tag.
        tag: String,
        /// Its commit.
        commit: CommitId,
    },
    /// The tag of the line's latest release that declares a `rust-version`, where the first one declares none.
    LaterRelease {
        /// The tag.
        tag: String,
        /// Its commit.
        commit: CommitId,
    },
    /// The commit where the branch left the trunk.
    LeftTrunk {
        /// The trunk, as it is called here.
        trunk: String,
        /// The commit.
        commit: CommitId,
    },
    /// The revision that the user names.
    Revision {
        /// The revision.
        revision: String,
        /// Its commit.
        commit: CommitId,
    },
    /// The version that the user states.
    Stated(RustVersion),
}

impl BaselineSource {
    /// Returns it in few words: the tag, or the commit.
    pub fn in_short(&self) -> String {
        match self {
            Self::FirstRelease { tag, .. } | Self::LaterRelease { tag, .. } => tag.clone(),
            Self::LeftTrunk { commit, .. } => commit.short(),
            Self::Revision { revision, .. } => revision.clone(),
            Self::Stated(version) => format!("Rust {version}"),
        }
    }

    /// Returns the commit that holds the promise; none where only the version is known.
    pub fn commit(&self) -> Option<CommitId> {
        match self {
            Self::FirstRelease { commit, .. }
            | Self::LaterRelease { commit, .. }
            | Self::LeftTrunk { commit, .. }
            | Self::Revision { commit, .. } => Some(*commit),
            Self::Stated(_) => None,
        }
    }
}

impl fmt::Display for BaselineSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FirstRelease { tag, commit } => {
                write!(f, "{tag} ({}), the tag of the line's first release", commit.short())
            }
            Self::LaterRelease { tag, commit } => {
                write!(
                    f,
                    "{tag} ({}), the latest release of the line that declares a `rust-version`: the first declares none",
                    commit.short()
                )
            }
            Self::LeftTrunk { trunk, commit } => {
                write!(
                    f,
                    "{}, where the branch left {trunk}: its first release has no tag here",
                    commit.short()
                )
            }
            Self::Revision { revision, commit } => {
                write!(f, "{revision} ({}), as `--baseline` says", commit.short())
            }
            Self::Stated(version) => {
                write!(
                    f,
                    "Rust {version}, as `--baseline-rust-version` says: neither a tag nor the trunk tells"
                )
            }
        }
    }
}

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// What the tag of the line's first release may be called, the likeliest first; at least one.
    pub tags: &'a [String],
    /// Whether that is only assumed.
    pub is_tag_assumed: bool,
    /// The line's first version.
    pub line: &'a Version,
    /// The version that the branch holds.
    pub holds: &'a Version,
    /// The tip of the release branch.
    pub tip: CommitId,
    /// The branch where development happens.
    pub trunk: &'a BranchName,
    /// The branches and tags.
    pub refs: &'a Refs,
    /// What the user says.
    pub stated: &'a BaselineOverride,
}

/// What the user says about the baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaselineOverride {
    /// `--baseline`.
    pub revision: Option<String>,
    /// `--baseline-rust-version`.
    pub rust_version: Option<RustVersion>,
}

impl BaselineOverride {
    /// Returns that nothing is said.
    pub fn none() -> &'static Self {
        static NONE: BaselineOverride = BaselineOverride { revision: None, rust_version: None };
        &NONE
    }
}

/// Finds where the promise is known from: the revision that the user names, else the tag of the line's first
/// release, else the commit where the branch left the trunk, else the version that the user states.
///
/// # Errors
///
/// A finding where nothing tells, with the command that repairs it.
pub fn find(repo: &Repo, search: &Search<'_>) -> Result<Result<BaselineSource, Finding>> {
    if let Some(revision) = &search.stated.revision {
        return Ok(match repo.resolve(revision)? {
            Some(commit) => Ok(BaselineSource::Revision { revision: revision.clone(), commit }),
            None => Err(no_revision(revision)),
        });
    }
    if let Some(tag) = search.tags.iter().find_map(|tag| search.refs.tags.get(tag.as_str())) {
        return Ok(Ok(BaselineSource::FirstRelease { tag: tag.name.to_string(), commit: tag.commit }));
    }
    // Where history is cut off, what looks like the way to the trunk may be another one.
    if !repo.is_shallow()
        && let Some(source) = left_trunk(repo, search)?
    {
        return Ok(Ok(source));
    }
    match search.stated.rust_version {
        Some(version) => Ok(Ok(BaselineSource::Stated(version))),
        None => Ok(Err(unknown(repo.is_shallow(), search))),
    }
}

fn left_trunk(repo: &Repo, search: &Search<'_>) -> Result<Option<BaselineSource>> {
    let BranchTip { local, fetched } = search.refs.branches.tip(search.trunk);
    let fetched = fetched.map(|(remote, tip)| (format!("{remote}/{}", search.trunk), tip));
    let local = local.map(|tip| (search.trunk.to_string(), tip));
    for (trunk, tip) in fetched.into_iter().chain(local) {
        if let Some(commit) = repo.left_at(search.tip, tip)? {
            return Ok(Some(BaselineSource::LeftTrunk { trunk, commit }));
        }
    }
    Ok(None)
}

fn no_revision(revision: &str) -> Finding {
    Finding::of(rule::MSRV_BASELINE, format!("`--baseline {revision}` names no commit that is here"))
        .remedy("fetch it, or name another")
}

/// Says that nothing tells what was promised, and the one command that changes that.
fn unknown(shallow: bool, search: &Search<'_>) -> Finding {
    let Search { tags, refs, trunk, line, holds, .. } = *search;
    let tag = tags.first().map_or("", String::as_str);
    let remote = refs.branches.remote_to_fetch();
    let why = if shallow { "this clone is shallow" } else { "its trunk is not here" };
    let message = format!("what the line of {line} promised is not known: there is no tag {tag}, and {why}");
    // Before the first release there is no tag to fetch.
    let released = holds > line;
    let fetch_tag = format!("`git fetch --depth=1 {remote} tag {tag}`");
    let fetch_trunk = match shallow {
        true => format!("`git fetch --unshallow {remote} +refs/heads/{trunk}:refs/remotes/{remote}/{trunk}`"),
        false => format!("`git fetch {remote} +refs/heads/{trunk}:refs/remotes/{remote}/{trunk}`"),
    };
    let fetch_tag = if shallow { fetch_tag } else { format!("`git fetch {remote} tag {tag}`") };
    let otherwise =
        if search.is_tag_assumed { "; if tags are named otherwise, state `names.tag`" } else { "" };
    let remedy = match released {
        true => format!("run {fetch_tag}"),
        false => format!("run {fetch_tag}, or, if {line} has no tag yet, {fetch_trunk}"),
    };
    Finding::of(rule::MSRV_BASELINE, message).remedy(format!("{remedy}{otherwise}"))
}
