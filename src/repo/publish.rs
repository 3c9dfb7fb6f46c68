//! Publication: commits and refs, whole or not at all.

use crate::path::RepoPath;
use crate::repo::CommitId;

/// Everything that one command makes in the repository: all of it, or none of it.
#[derive(Clone, Debug)]
pub struct Publication {
    /// What is being done, for the reflog and for the record of an interrupted run:
    /// `branch 37.0.0`.
    pub title: String,
    /// The commits to make, each on a branch.
    pub commits: Vec<NewCommit>,
    /// The branches to make at commits that exist, by short name.
    pub branches: Vec<(String, CommitId)>,
}

/// A commit to make, and the branch that is to point at it.
#[derive(Clone, Debug)]
pub struct NewCommit {
    /// The short name of the branch. If it exists, it must be at `parent`; otherwise it is made.
    pub branch: String,
    /// The only parent.
    pub parent: CommitId,
    /// The files that differ from the parent's.
    pub files: Vec<NewFile>,
    /// The message, in full.
    pub message: String,
}

/// The content that a file is to have; an existing file keeps its mode.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Where it is.
    pub path: RepoPath,
    /// All of it, as git stores it.
    pub content: Vec<u8>,
}
