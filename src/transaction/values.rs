//! What a command makes in a repository, before and after it is made.

use crate::finding::Finding;
use crate::git::tags::TagForm;
use crate::git::{BranchName, CommitId, Moment, TagName, TreeId};
use crate::path::RepoPath;

/// Everything that one command makes in the repository: all of it, or none of it.
#[derive(Clone, Debug)]
pub struct Publication {
    /// What is being done, for the reflog and for the record of an interrupted run:
    /// `branch 37.0.0`.
    pub title: String,
    /// The time of the commits.
    pub moment: Moment,
    /// The commits to make, each on a branch; those on one branch follow each other.
    pub commits: Vec<NewCommit>,
    /// The branches to make at commits that exist.
    pub branches: Vec<(BranchName, CommitId)>,
    /// The tags to make.
    pub tags: Vec<NewTag>,
}

/// A tag to make.
#[derive(Clone, Debug)]
pub struct NewTag {
    /// Its name.
    pub name: TagName,
    /// The commit, which exists.
    pub at: CommitId,
    /// What kind of tag it is.
    pub form: TagForm,
    /// The message of one that is annotated or signed.
    pub message: String,
}

/// A commit to make, and the branch that is to point at it.
#[derive(Clone, Debug)]
pub struct NewCommit {
    /// The branch.
    pub branch: BranchName,
    /// Where the branch is; `None` if it must not be there, and is made. A second commit on the same
    /// branch names the same place, and the same parent, and goes on top of the first.
    pub from: Option<CommitId>,
    /// The only parent: where the branch is, or a descendant of that.
    pub parent: CommitId,
    /// The tree that `files` change; without it, the parent's.
    pub tree: Option<TreeId>,
    /// The files that differ from those of the tree.
    pub files: Vec<NewFile>,
    /// The message, in full.
    pub message: String,
    /// The commit that this one is a pick of: its author and their date are kept, and the message is
    /// taken as it is. Without it, the user is the author, then.
    pub origin: Option<CommitId>,
}

/// The content that a file is to have; an existing file keeps its mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Where it is.
    pub path: RepoPath,
    /// All of it, as git stores it.
    pub content: Vec<u8>,
}

/// Whether the hooks `pre-commit` and `commit-msg` run (`--no-verify` skips them, as in git).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hooks {
    /// They run, and may refuse.
    Run,
    /// They are skipped.
    Skip,
}

/// What a publication has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The commits, in the order of the publication.
    pub commits: Vec<CommitId>,
    /// The branches that were made or moved, sorted.
    pub branches: Vec<BranchName>,
    /// Whether the branch that is checked out here is among them, so that its files followed.
    pub work_tree_moved: bool,
    /// What is worth saying: a `post-commit` hook that failed, an index entry that was left alone.
    pub findings: Vec<Finding>,
}

impl Publication {
    /// Returns the branches that are made or moved, sorted.
    pub(crate) fn branch_names(&self) -> Vec<BranchName> {
        let mut names: Vec<BranchName> = self.branches.iter().map(|(name, _)| name.clone()).collect();
        names.extend(self.commits.iter().map(|commit| commit.branch.clone()));
        names.sort_unstable();
        names.dedup();
        names
    }
}
