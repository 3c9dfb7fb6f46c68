//! What differs between two commits.

use anyhow::Result;
use git2::{Delta, DiffOptions, Oid};

use super::{CommitId, Repo};

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
    /// Its content is another one.
    Content {
        /// The earlier text; nothing if it is not UTF-8.
        before: Option<String>,
        /// The later text; nothing if it is not UTF-8.
        after: Option<String>,
    },
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
                let path =
                    delta.new_file().path_bytes().or(delta.old_file().path_bytes()).unwrap_or_default();
                let kind = match delta.status() {
                    Delta::Added => DifferenceKind::Added,
                    Delta::Deleted => DifferenceKind::Removed,
                    _ if delta.old_file().mode() != delta.new_file().mode() => DifferenceKind::Mode,
                    _ => DifferenceKind::Content {
                        before: self.text(delta.old_file().id()),
                        after: self.text(delta.new_file().id()),
                    },
                };
                Ok(Difference { path: String::from_utf8_lossy(path).into_owned(), kind })
            })
            .collect()
    }

    fn text(&self, blob: Oid) -> Option<String> {
        String::from_utf8(self.git.find_blob(blob).ok()?.content().to_vec()).ok()
    }
}
