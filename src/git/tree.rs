//! The files of a commit.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use git2::{ErrorCode, ObjectType, Oid};

use crate::git::{BlobId, CommitId, Repo};
use crate::path::RepoPath;

/// A file of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its content.
    pub blob: BlobId,
    /// What kind of file it is.
    pub kind: EntryKind,
}

/// What kind of file an [`Entry`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file that cannot be executed.
    Plain,
    /// A file that can be executed.
    Executable,
    /// A symbolic link; its blob holds the target.
    Link,
}

impl EntryKind {
    /// Returns the kind of file that git's mode says.
    fn of(mode: i32) -> Self {
        match mode {
            0o120_000 => Self::Link,
            0o100_755 => Self::Executable,
            _ => Self::Plain,
        }
    }
}

/// The files of one commit, by path; submodules and names that are no [`RepoPath`] are left out.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<RepoPath, Entry>,
}

impl Tree {
    /// Returns the file at `path`.
    pub fn get(&self, path: &RepoPath) -> Option<Entry> {
        self.files.get(path).copied()
    }

    /// Returns all files, in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&RepoPath, Entry)> {
        self.files.iter().map(|(path, entry)| (path, *entry))
    }
}

impl Repo {
    /// Returns the files of `commit`.
    pub fn tree(&self, commit: CommitId) -> Result<Tree> {
        let mut files = BTreeMap::new();
        self.collect(&self.git.find_commit(commit.0)?.tree()?, "", &mut files)?;
        Ok(Tree { files })
    }

    /// Collects the files of `tree`, whose own path is `folder`.
    fn collect(
        &self,
        tree: &git2::Tree<'_>,
        folder: &str,
        files: &mut BTreeMap<RepoPath, Entry>,
    ) -> Result<()> {
        for entry in tree {
            let Ok(name) = entry.name() else { continue };
            match entry.kind() {
                Some(ObjectType::Tree) => {
                    self.collect(&self.git.find_tree(entry.id())?, &format!("{folder}{name}/"), files)?;
                }
                Some(ObjectType::Blob) => {
                    if let Some(path) = RepoPath::new(&format!("{folder}{name}")) {
                        let kind = EntryKind::of(entry.filemode());
                        files.insert(path, Entry { blob: BlobId(entry.id()), kind });
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns those of `paths` that are files of `commit`: what [`Repo::tree`] does, without reading
    /// all folders.
    pub fn files_among<'a>(
        &self,
        commit: CommitId,
        paths: impl IntoIterator<Item = &'a RepoPath>,
    ) -> Result<Tree> {
        let tree = self.git.find_commit(commit.0)?.tree()?;
        let mut files = BTreeMap::new();
        for path in paths {
            match tree.get_path(path.as_ref()) {
                Ok(entry) if entry.kind() == Some(ObjectType::Blob) => {
                    let entry = Entry { blob: BlobId(entry.id()), kind: EntryKind::of(entry.filemode()) };
                    files.insert(path.clone(), entry);
                }
                Ok(_) => {}
                Err(error) if error.code() == ErrorCode::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("cannot read {path} of {commit}")),
            }
        }
        Ok(Tree { files })
    }

    /// Returns those files of `tree` that are `wanted` and are not so in the work tree: what
    /// [`Repo::changed`] does, without looking at all other files.
    ///
    /// A file that git converts on its way to the work tree counts as changed.
    pub fn changed_among(&self, tree: &Tree, wanted: impl Fn(&RepoPath) -> bool) -> Result<Vec<String>> {
        let mut changed = Vec::new();
        for (path, entry) in tree.files().filter(|(path, _)| wanted(path)) {
            let same = match std::fs::read(self.root.join(path)) {
                Ok(content) => Oid::hash_object(ObjectType::Blob, &content)? == entry.blob.0,
                Err(_) => false,
            };
            if !same && entry.kind != EntryKind::Link {
                changed.push(path.to_string());
            }
        }
        Ok(changed)
    }

    /// Returns the content that `path` has in `commit`, if it is a file there.
    pub fn blob_at(&self, commit: CommitId, path: &str) -> Result<Option<BlobId>> {
        let tree = self.git.find_commit(commit.0)?.tree()?;
        match tree.get_path(std::path::Path::new(path)) {
            Ok(entry) if entry.kind() == Some(git2::ObjectType::Blob) => Ok(Some(BlobId(entry.id()))),
            Ok(_) => Ok(None),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {path} of {commit}")),
        }
    }
}
