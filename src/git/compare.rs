//! What differs between two commits.

use anyhow::Result;
use git2::{Delta, DiffOptions, FileMode};

use super::{BlobId, CommitId, Repo};

/// A file that differs between two commits; names are shown as far as they are UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its path.
    pub path: String,
    /// How it differs.
    pub kind: DifferenceKind,
}

/// How a file differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Only the later commit has it.
    Added,
    /// Only the earlier commit has it.
    Removed,
    /// Its mode is another one: executable, a link, a submodule.
    Mode,
    /// It is a submodule, at another commit.
    Submodule,
    /// Its content is another one: the texts before and after, or why one of them cannot be read.
    Content(Result<[String; 2], String>),
}

impl Repo {
    /// Returns how the files of `after` differ from those of `before`, by path.
    pub fn changed_files(&self, before: CommitId, after: CommitId) -> Result<Vec<Difference>> {
        let trees = (self.git.find_commit(before.0)?.tree()?, self.git.find_commit(after.0)?.tree()?);
        let mut options = DiffOptions::new();
        options.include_typechange(true);
        let diff = self.git.diff_tree_to_tree(Some(&trees.0), Some(&trees.1), Some(&mut options))?;
        diff.deltas()
            .map(|delta| {
                let (old, new) = (delta.old_file(), delta.new_file());
                let path = new.path_bytes().or(old.path_bytes()).unwrap_or_default();
                let path = String::from_utf8_lossy(path).into_owned();
                let kind = match delta.status() {
                    Delta::Added => DifferenceKind::Added,
                    Delta::Deleted => DifferenceKind::Removed,
                    _ if old.mode() != new.mode() => DifferenceKind::Mode,
                    _ if new.mode() == FileMode::Commit => DifferenceKind::Submodule,
                    _ => {
                        let text = |id| self.text(&path, BlobId(id));
                        DifferenceKind::Content(match (text(old.id())?, text(new.id())?) {
                            (Ok(old), Ok(new)) => Ok([old, new]),
                            (Err(unread), _) | (_, Err(unread)) => Err(unread.message),
                        })
                    }
                };
                Ok(Difference { path, kind })
            })
            .collect()
    }
}
