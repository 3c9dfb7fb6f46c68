//! The work tree for a conflict, and the commands that finish or abandon it.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use crate::git::{BranchName, CommitId};
use crate::text::quoted;

/// Where the commits go that a person finishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManualPlace {
    /// Onto the release branch, which is there and nobody uses.
    Branch,
    /// Onto the release branch, which is made at this commit: so far only the remote has it.
    NewBranch(CommitId),
    /// Onto a branch of their own, from which they reach the release branch by review.
    Backport(BranchName, CommitId),
    /// Onto a branch of their own, because the release branch is checked out in this folder.
    Beside(BranchName, CommitId, PathBuf),
    /// Onto a branch of their own, because the release branch must first follow the remote's.
    Ahead(BranchName, CommitId),
}

impl ManualPlace {
    /// Returns the branch that gets the commits, where `release` is the release branch.
    pub fn branch<'a>(&'a self, release: &'a BranchName) -> &'a BranchName {
        match self {
            Self::Branch | Self::NewBranch(_) => release,
            Self::Backport(name, _) | Self::Beside(name, ..) | Self::Ahead(name, _) => name,
        }
    }

    /// Returns the commit at which that branch is made, unless it is there.
    pub fn start(&self) -> Option<CommitId> {
        match self {
            Self::Branch => None,
            Self::NewBranch(at) | Self::Backport(_, at) | Self::Beside(_, at, _) | Self::Ahead(_, at) => {
                Some(*at)
            }
        }
    }
}

/// What is to be done by hand, and the commands for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ManualSteps {
    /// The work tree.
    pub folder: PathBuf,
    /// The branch that is checked out in it.
    pub branch: BranchName,
    /// The commands that finish, once the files are as they should be; in their order.
    pub finish: Vec<String>,
    /// The commands that take all of it back, in their order.
    pub abandon: Vec<String>,
}

impl ManualSteps {
    /// Says how the cherry-pick in `folder` is finished and abandoned, where `root` is this work tree
    /// and `release` the release branch.
    pub fn new(root: &Path, folder: &Path, release: &BranchName, place: &ManualPlace) -> Self {
        let (here, there) = (quoted(root.to_string_lossy()), quoted(folder.to_string_lossy()));
        let branch = place.branch(release);
        let (name, release) = (quoted(branch), quoted(release));
        // What is left of the markers, and nothing else, is an error to this check.
        let marks = "core.whitespace=-blank-at-eol,-blank-at-eof,-space-before-tab";
        let mut finish = vec![
            format!("git -C {there} add --all"),
            format!("git -C {there} -c {marks} diff --cached --check"),
            format!("git -C {there} cherry-pick --continue"),
            format!("git -C {here} worktree remove {there}"),
        ];
        match place {
            ManualPlace::Branch | ManualPlace::NewBranch(_) | ManualPlace::Backport(..) => {}
            ManualPlace::Beside(_, _, user) => {
                finish.push(format!("git -C {} merge --ff-only {name}", quoted(user.to_string_lossy())));
                finish.push(format!("git -C {here} branch -d {name}"));
            }
            ManualPlace::Ahead(..) => {
                finish.push(format!("git -C {here} fetch . {name}:{release}"));
                finish.push(format!("git -C {here} branch -D {name}"));
            }
        }
        let mut abandon = vec![
            format!("git -C {there} cherry-pick --abort"),
            format!("git -C {here} worktree remove --force {there}"),
        ];
        if place.start().is_some() {
            abandon.push(format!("git -C {here} branch -D {name}"));
        }
        Self { folder: folder.to_owned(), branch: branch.clone(), finish, abandon }
    }
}
