//! The files that one commit changes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use schemars::JsonSchema;
use serde::Serialize;

use crate::edit::notes::Layout;
use crate::path::RepoPath;

/// A file that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileChange {
    /// Where it is.
    pub path: RepoPath,
    /// What kind of change it is.
    #[serde(flatten)]
    pub what: What,
    /// Its content before; nothing if the file is new.
    #[serde(skip)]
    pub before: Option<String>,
    /// Its content after.
    #[serde(skip)]
    pub after: String,
}

/// What changes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// Versions and requirements of a manifest.
    Manifest {
        /// How many versions of packages.
        versions: usize,
        /// How many requirements.
        requirements: usize,
    },
    /// Members in a lock file.
    Lock,
    /// Lines of a version file.
    VersionFile,
    /// The notes.
    Notes {
        /// How they are laid out, as far as that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        layout: Option<Layout>,
    },
}

/// Files that change, each once: what several edits make of one file adds up.
#[derive(Clone, Debug, Default)]
pub struct FileChanges(BTreeMap<RepoPath, FileChange>);

impl FileChanges {
    /// Returns the content of a file after the edits so far; `now`, its content in the commit, where
    /// there were none.
    pub fn text<'a>(&'a self, path: &RepoPath, now: Option<&'a String>) -> Option<&'a String> {
        self.0.get(path).map(|change| &change.after).or(now)
    }

    /// Makes `after` the content of a file which is `now` in the commit; the first edit says what kind
    /// of change it is.
    pub fn put(&mut self, path: &RepoPath, what: What, now: Option<&String>, after: String) {
        match self.0.entry(path.clone()) {
            Entry::Occupied(mut change) => change.get_mut().after = after,
            Entry::Vacant(_) if now == Some(&after) => {}
            Entry::Vacant(place) => {
                place.insert(FileChange { path: path.clone(), what, before: now.cloned(), after });
            }
        }
    }

    /// Adds the changes of other files.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Returns whether no file changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the changes, by path, each at its `own` path: a link may lead to the file.
    pub fn into_vec<'p>(&'p self, own: impl Fn(&'p RepoPath) -> &'p RepoPath) -> Vec<FileChange> {
        let at_own = |(path, change): (&'p RepoPath, &FileChange)| FileChange {
            path: own(path).clone(),
            ..change.clone()
        };
        let mut changes: Vec<FileChange> = self.0.iter().map(at_own).collect();
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_of_one_file_add_up() {
        let (path, now) = (RepoPath::new("V").unwrap(), "a 1\nb 1\n".to_owned());
        let mut files = FileChanges::default();
        files.put(&path, What::VersionFile, Some(&now), now.clone());
        assert!(files.is_empty());
        files.put(&path, What::VersionFile, Some(&now), "a 2\nb 1\n".to_owned());
        let both = files.text(&path, Some(&now)).unwrap().replace("b 1", "b 2");
        files.put(&path, What::Notes { layout: None }, Some(&now), both);
        let [change] = &files.into_vec(|path| path)[..] else { panic!("not one change") };
        assert_eq!((change.what, change.before.as_ref()), (What::VersionFile, Some(&now)));
        assert_eq!(change.after, "a 2\nb 2\n");
    }
}
