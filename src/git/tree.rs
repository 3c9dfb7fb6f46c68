//! The files of a commit.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use git2::{ErrorClass, ErrorCode, ObjectType, TreeEntry};
use serde::{Deserialize, Serialize};

use crate::git::{BlobId, CommitId, Repo, TreeId};
use crate::path::RepoPath;

/// A file of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Its content.
    pub blob: BlobId,
    /// What kind of file it is.
    pub mode: Mode,
}

impl TreeFile {
    fn read(entry: &TreeEntry<'_>) -> Self {
        Self { blob: BlobId(entry.id()), mode: Mode::of(entry.filemode()).unwrap_or(Mode::Plain) }
    }
}

/// What a tree has at a path, unless it is another tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A file that cannot be executed.
    Plain,
    /// A file that can be executed.
    Executable,
    /// A symbolic link; its blob holds the target.
    Link,
    /// A submodule; of a [`Tree`], no file.
    Submodule,
}

impl Mode {
    /// Reads the mode as git writes it; `None` where it is none of these.
    pub(crate) fn of(mode: i32) -> Option<Self> {
        match mode {
            0o160_000 => Some(Self::Submodule),
            0o120_000 => Some(Self::Link),
            0o100_755 => Some(Self::Executable),
            // Old trees have files that a group may write.
            0o100_644 | 0o100_664 => Some(Self::Plain),
            _ => None,
        }
    }

    /// Returns the mode as git writes it.
    pub(crate) fn bits(self) -> u32 {
        match self {
            Self::Plain => 0o100_644,
            Self::Executable => 0o100_755,
            Self::Link => 0o120_000,
            Self::Submodule => 0o160_000,
        }
    }
}

/// The files of one commit, by path, and the submodules that it pins, whose files are not among them;
/// names that are no [`RepoPath`] are left out. Manifests and sources are there also under the paths by which
/// symbolic links lead to them.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<RepoPath, TreeFile>,
    submodules: BTreeMap<RepoPath, CommitId>,
    /// The files that links lead to, with their own paths.
    linked: BTreeMap<RepoPath, RepoPath>,
    /// The links that lead nowhere in the commit, with their targets.
    pub(super) lost: BTreeMap<RepoPath, String>,
}

impl Tree {
    /// Returns the file at `path`.
    pub fn get(&self, path: &RepoPath) -> Option<TreeFile> {
        self.files.get(path).copied()
    }

    /// Returns all files, in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&RepoPath, TreeFile)> {
        self.files.iter().map(|(path, entry)| (path, *entry))
    }

    /// Returns the files below the folder `path`.
    pub(super) fn below<'a>(&'a self, path: &'a RepoPath) -> impl Iterator<Item = (&'a RepoPath, TreeFile)> {
        let near = self.files.range(path.clone()..);
        // Names like `a-b` stand between `a` and `a/b`.
        let near = near.take_while(|(file, _)| file.as_str().starts_with(path.as_str()));
        near.filter(|(file, _)| file.is_below(path.as_str())).map(|(file, entry)| (file, *entry))
    }

    /// Adds a file under the path by which a link leads to it.
    pub(super) fn add_linked(&mut self, path: RepoPath, to: RepoPath, file: TreeFile) {
        self.files.insert(path.clone(), file);
        self.linked.insert(path, to);
    }

    /// Takes from `whole`, the tree of the same commit, what links lead to of `paths`.
    fn take_linked(&mut self, whole: Self, paths: &[&RepoPath]) {
        for path in paths {
            if let (Some(to), Some(file)) = (whole.linked.get(*path), whole.get(path)) {
                self.add_linked(RepoPath::clone(path), to.clone(), file);
            }
        }
        self.lost = whole.lost;
    }

    /// Returns the own path of the file at `path`, which a link may lead to.
    pub fn own_path<'a>(&'a self, path: &'a RepoPath) -> &'a RepoPath {
        self.linked.get(path).unwrap_or(path)
    }

    /// Returns the files to which links lead: each with the path through the link, and its own.
    pub fn linked(&self) -> impl Iterator<Item = (&RepoPath, &RepoPath)> {
        self.linked.iter()
    }

    /// Returns the links that lead to nothing in the commit, with their targets.
    pub fn lost_links(&self) -> impl Iterator<Item = (&RepoPath, &str)> {
        self.lost.iter().map(|(link, target)| (link, target.as_str()))
    }

    /// Returns the submodules, each with the commit that is pinned; they are not known of a tree that
    /// [`Repo::files_among`] made.
    pub fn submodules(&self) -> impl Iterator<Item = (&RepoPath, CommitId)> {
        self.submodules.iter().map(|(path, commit)| (path, *commit))
    }

    /// Returns the submodule that `path` lies in.
    pub fn submodule_of(&self, path: &RepoPath) -> Option<&RepoPath> {
        self.submodules.keys().find(|submodule| path.is_below(submodule.as_str()))
    }

    /// Collects the files of the commit whose tree is `tree`, as they lie in the folder `folder`, which is
    /// empty or ends with `/`.
    pub(super) fn collect(git: &git2::Repository, tree: &git2::Tree<'_>, folder: &str) -> Result<Self> {
        let mut collected = Self::default();
        collected.add(git, tree, folder)?;
        Ok(collected)
    }

    fn add(&mut self, git: &git2::Repository, tree: &git2::Tree<'_>, folder: &str) -> Result<()> {
        for entry in tree {
            let Ok(name) = entry.name() else { continue };
            if entry.kind() == Some(ObjectType::Tree) {
                self.add(git, &git.find_tree(entry.id())?, &format!("{folder}{name}/"))?;
                continue;
            }
            let Some(path) = RepoPath::new(&format!("{folder}{name}")) else { continue };
            match entry.kind() {
                Some(ObjectType::Blob) => drop(self.files.insert(path, TreeFile::read(&entry))),
                Some(ObjectType::Commit) => drop(self.submodules.insert(path, CommitId(entry.id()))),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Returns whether Cargo may look for the file.
pub(super) fn is_code(path: &RepoPath) -> bool {
    path.file_name() == "Cargo.toml"
        || std::path::Path::new(path.file_name()).extension().is_some_and(|extension| extension == "rs")
}

fn is_link(entry: &TreeEntry<'_>) -> bool {
    Mode::of(entry.filemode()) == Some(Mode::Link)
}

impl Repo {
    /// Returns the tree of `commit`.
    pub fn tree_of(&self, commit: CommitId) -> Result<TreeId> {
        Ok(TreeId(self.git.find_commit(commit.0)?.tree_id()))
    }

    /// Returns the files of `commit`.
    pub fn tree(&self, commit: CommitId) -> Result<Tree> {
        let read = || Tree::collect(&self.git, &self.git.find_commit(commit.0)?.tree()?, "");
        let mut tree = self.reading(read, || self.prefetch_folders([self.tree_of(commit)?.0]))?;
        self.follow_links(&mut tree)?;
        Ok(tree)
    }

    /// Returns those of `paths` that are files of `commit`: what [`Repo::tree`] does, without reading
    /// all folders.
    pub fn files_among<'a>(
        &self,
        commit: CommitId,
        paths: impl IntoIterator<Item = &'a RepoPath>,
    ) -> Result<Tree> {
        let paths: Vec<&RepoPath> = paths.into_iter().collect();
        self.reading(|| self.find_files(commit, &paths), || self.prefetch_folders([self.tree_of(commit)?.0]))
    }

    fn find_files(&self, commit: CommitId, paths: &[&RepoPath]) -> Result<Tree> {
        let mut folders = BTreeMap::from([("", Some(self.git.find_commit(commit.0)?.tree()?))]);
        let mut found = Tree::default();
        let mut has_links = false;
        for path in paths {
            let mut above = "";
            for (end, _) in path.as_str().match_indices('/') {
                let (folder, name) =
                    (&path.as_str()[..end], path.as_str()[above.len()..end].trim_start_matches('/'));
                if !folders.contains_key(folder) {
                    let entry = folders[above].as_ref().and_then(|tree| tree.get_name(name));
                    has_links |= entry.as_ref().is_some_and(is_link);
                    let entry = entry.filter(|entry| entry.kind() == Some(ObjectType::Tree));
                    let tree = entry.map(|entry| self.git.find_tree(entry.id())).transpose();
                    folders
                        .insert(folder, tree.with_context(|| format!("cannot read {folder} of {commit}"))?);
                }
                above = folder;
            }
            let entry = folders[above].as_ref().and_then(|tree| tree.get_name(path.file_name()));
            if let Some(entry) = entry.filter(|entry| entry.kind() == Some(ObjectType::Blob)) {
                has_links |= is_link(&entry) && is_code(path);
                found.files.insert(RepoPath::clone(path), TreeFile::read(&entry));
            }
        }
        if has_links {
            found.take_linked(self.tree(commit)?, paths);
        }
        Ok(found)
    }

    /// Returns those files of `tree` that are `wanted` and are not so in the work tree: what
    /// [`Repo::changed`] does, without looking at all other files. What is so there is not read again.
    ///
    /// A file that git converts on its way to the work tree counts as changed.
    pub fn changed_among(&self, tree: &Tree, wanted: impl Fn(&RepoPath) -> bool) -> Result<Vec<String>> {
        let mut changed = Vec::new();
        // Links lead anywhere, and are not followed.
        let files = tree.files().filter(|(path, entry)| entry.mode != Mode::Link && wanted(path));
        for (path, entry) in files {
            if !self.know_by_file(path, entry.blob)? {
                changed.push(path.to_string());
            }
        }
        Ok(changed)
    }

    /// Returns the content that `path` has in `commit`, if it is a file there.
    pub fn blob_at(&self, commit: CommitId, path: &str) -> Result<Option<BlobId>> {
        self.reading(|| self.find_blob(commit, path), || self.prefetch_folders([self.tree_of(commit)?.0]))
    }

    fn find_blob(&self, commit: CommitId, path: &str) -> Result<Option<BlobId>> {
        let tree = self.git.find_commit(commit.0)?.tree()?;
        match tree.get_path(std::path::Path::new(path)) {
            Ok(entry) if entry.kind() == Some(git2::ObjectType::Blob) => Ok(Some(BlobId(entry.id()))),
            Ok(_) => Ok(None),
            Err(error) if error.code() == ErrorCode::NotFound && error.class() == ErrorClass::Tree => {
                Ok(None)
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {path} of {commit}")),
        }
    }
}
