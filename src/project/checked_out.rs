//! What is checked out, before it is known what is asked about it.

use anyhow::Result;

use super::text;
use crate::git::{CommitId, Repo, Tree};

/// The commit that is checked out: it needs neither branches nor tags, and is read while git tells its configuration.
pub struct CheckedOut {
    /// The commit.
    pub(super) commit: CommitId,
    /// Its files.
    pub(super) tree: Tree,
    /// Those of its manifests and lock files that are not so in the work tree.
    pub(super) changed: Vec<String>,
}

impl CheckedOut {
    /// Reads it; nothing where there is no commit.
    ///
    /// # Errors
    ///
    /// A refusal where its manifests and lock files are too large to be read.
    pub fn read(repo: &Repo) -> Result<Option<Self>> {
        repo.head()?.commit().map(|commit| Self::at(repo, commit)).transpose()
    }

    /// Reads it where `commit` is the one that is checked out.
    ///
    /// # Errors
    ///
    /// A refusal where its manifests and lock files are too large to be read.
    pub(super) fn at(repo: &Repo, commit: CommitId) -> Result<Self> {
        let tree = repo.tree(commit)?;
        text::check_sizes(repo, &tree)?;
        let changed = repo.changed_among(&tree, text::is_cargos)?;
        Ok(Self { commit, tree, changed })
    }
}
