//! What differs between two trees.

use anyhow::Result;
use git2::{Commit, DiffOptions};

use crate::git::{BlobId, CommitId, PatchId, Repo, TreeId};

/// A file that differs between two trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its path.
    pub path: String,
    /// Its content in the first tree, if it is there.
    pub before: Option<BlobId>,
    /// Its content in the second tree, if it is there.
    pub after: Option<BlobId>,
}

impl Repo {
    /// Returns the patch id of `commit` against its first parent; `None` for a merge and for a commit
    /// that changes nothing.
    pub fn patch_id(&self, commit: CommitId) -> Result<Option<PatchId>> {
        let found = self.git.find_commit(commit.0)?;
        if found.parent_count() > 1 {
            return Ok(None);
        }
        let mut options = DiffOptions::new();
        // Otherwise all changes of a binary file would be the same.
        options.show_binary(true);
        let diff = self.changes(&found, &mut options)?;
        if diff.deltas().len() == 0 {
            return Ok(None);
        }
        Ok(Some(PatchId(diff.patchid(None)?)))
    }

    /// Returns the paths that `commit` changes against its first parent, sorted.
    pub fn touched(&self, commit: CommitId) -> Result<Vec<String>> {
        let found = self.git.find_commit(commit.0)?;
        let mut options = DiffOptions::new();
        options.skip_binary_check(true);
        let diff = self.changes(&found, &mut options)?;
        let mut paths = Vec::new();
        for delta in diff.deltas() {
            for file in [delta.old_file(), delta.new_file()] {
                paths.extend(file.path_bytes().map(|path| String::from_utf8_lossy(path).into_owned()));
            }
        }
        paths.sort_unstable();
        paths.dedup();
        Ok(paths)
    }

    /// Returns whether `commit`, unless it is a merge, changes one of `paths` against its parent.
    pub fn touches<'p>(&self, commit: CommitId, mut paths: impl Iterator<Item = &'p str>) -> Result<bool> {
        let found = self.git.find_commit(commit.0)?;
        let Ok(parent) = found.parent_id(0) else { return Ok(false) };
        if found.parent_count() > 1 {
            return Ok(false);
        }
        paths.try_fold(false, |touched, path| {
            Ok(touched || self.blob_at(commit, path)? != self.blob_at(CommitId(parent), path)?)
        })
    }

    fn changes(&self, commit: &Commit<'_>, options: &mut DiffOptions) -> Result<git2::Diff<'_>> {
        let before = match commit.parent(0) {
            Ok(parent) => Some(parent.tree()?),
            Err(_) => None,
        };
        Ok(self.git.diff_tree_to_tree(before.as_ref(), Some(&commit.tree()?), Some(options))?)
    }

    /// Returns the files that differ between two trees, with their contents in each, by path.
    pub fn differences(&self, before: TreeId, after: TreeId) -> Result<Vec<Difference>> {
        let (before, after) = (self.git.find_tree(before.0)?, self.git.find_tree(after.0)?);
        let mut options = DiffOptions::new();
        options.skip_binary_check(true);
        let diff = self.git.diff_tree_to_tree(Some(&before), Some(&after), Some(&mut options))?;
        let blob = |file: &git2::DiffFile<'_>| file.exists().then(|| BlobId(file.id()));
        let difference = |delta: git2::DiffDelta<'_>| {
            let (old, new) = (delta.old_file(), delta.new_file());
            let path = new.path_bytes().or(old.path_bytes()).unwrap_or_default();
            Difference {
                path: String::from_utf8_lossy(path).into_owned(),
                before: blob(&old),
                after: blob(&new),
            }
        };
        Ok(diff.deltas().map(difference).collect())
    }
}
