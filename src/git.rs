//! The git repository, as it is read.
//!
//! With [`crate::transaction`] and [`crate::checkout`] the only code that names git2 or runs git.

pub(crate) mod command;
pub mod compare;
pub mod fetched;
mod history;
pub mod log;
pub mod merge;
pub(crate) mod settings;
pub mod survey;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use git2::{ErrorCode, ObjectType, StatusOptions};
use serde::{Serialize, Serializer};

use crate::finding::{Finding, Refused};
use crate::limits;
use crate::path::RepoPath;

/// A commit that exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub(crate) git2::Oid);

/// A blob that exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub(crate) git2::Oid);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl CommitId {
    /// Makes an id for a test that has no repository.
    #[cfg(test)]
    pub(crate) fn of_test(digit: u8) -> Self {
        Self(git2::Oid::from_bytes(&[digit; 20]).unwrap())
    }

    /// Returns the first ten hexadecimal digits.
    pub fn short(self) -> String {
        let mut text = self.0.to_string();
        text.truncate(10);
        text
    }

    /// Returns whether its name in hexadecimal begins with `digits`.
    pub fn begins_with(self, digits: &str) -> bool {
        let digit = |(at, digit): (usize, char)| {
            let byte = self.0.as_bytes().get(at / 2).copied()?;
            Some(digit.to_digit(16)? == u32::from(if at % 2 == 0 { byte >> 4 } else { byte & 0xf }))
        };
        digits.chars().enumerate().all(|place| digit(place) == Some(true))
    }

    /// Returns the commit whose name is `byte` over and over.
    #[cfg(test)]
    pub(crate) fn for_tests(byte: u8) -> Self {
        let Ok(id) = git2::Oid::from_bytes(&[byte; 20]) else { panic!("twenty bytes are a name") };
        Self(id)
    }
}

impl Serialize for CommitId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// What is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// A branch, by its short name, and its commit.
    Branch(String, CommitId),
    /// A commit, and no branch.
    Detached(CommitId),
    /// A branch that has no commit yet.
    Unborn,
}

impl Head {
    /// Returns the commit that is checked out.
    pub fn commit(&self) -> Option<CommitId> {
        match self {
            Self::Branch(_, commit) | Self::Detached(commit) => Some(*commit),
            Self::Unborn => None,
        }
    }
}

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

/// The branches and tags that there are.
#[derive(Clone, Debug, Default)]
pub struct Refs {
    /// The local branches, by short name, with their commits.
    pub local: BTreeMap<String, CommitId>,
    /// The short names of all branches, local and remote-tracking, without the remote.
    pub branches: Vec<String>,
    /// The tags, by name, with their commits.
    pub tags: BTreeMap<String, CommitId>,
    /// The remote's own idea of the trunk, without the remote.
    pub remote_trunk: Option<String>,
}

impl Refs {
    /// Returns the branch where development happens, where nobody says: the one that the remote
    /// `origin`, or the only remote, has as its default, else `main` or `master`.
    pub fn default_trunk(&self) -> &str {
        let there = |name: &&str| self.branches.iter().any(|branch| branch == name);
        let remote = self.remote_trunk.as_deref();
        remote.or_else(|| ["main", "master"].into_iter().find(there)).unwrap_or("main")
    }
}

/// A repository with a work tree.
pub struct Repo {
    pub(crate) git: git2::Repository,
    pub(crate) root: PathBuf,
}

impl Repo {
    /// Opens the repository whose work tree holds `dir`, as git finds it (`GIT_DIR` and the other
    /// variables of git's documentation count).
    ///
    /// # Errors
    ///
    /// A refusal where there is none, where it is bare, or where its format is one that libgit2
    /// does not read (SHA-256, reftable).
    pub fn discover(dir: &Path) -> Result<Self> {
        Self::find(dir)?.ok_or_else(|| no_repository(dir).into())
    }

    /// Opens the repository whose work tree holds `dir`; `None` where there is none.
    ///
    /// # Errors
    ///
    /// A refusal where there is one that cannot be used: as [`Repo::discover`], and where git would not
    /// trust it because it belongs to somebody else.
    pub fn find(dir: &Path) -> Result<Option<Self>> {
        let git = match open(dir) {
            Ok(git) => git,
            Err(error) if error.code() == ErrorCode::NotFound && !is_pointed_to(dir) => return Ok(None),
            Err(error) => return Err(not_opened(dir, &error)),
        };
        let Some(root) = git.workdir().map(Path::to_owned) else {
            return Err(Refused::from(
                Finding::error(
                    "bare-repository",
                    format!("the repository at {} is bare", git.path().display()),
                )
                .remedy("run this in a clone that has a work tree"),
            )
            .into());
        };
        Ok(Some(Self { git, root }))
    }

    /// Returns the root of the work tree.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns what is checked out.
    pub fn head(&self) -> Result<Head> {
        let head = match self.git.head() {
            Ok(head) => head,
            Err(error) if error.code() == ErrorCode::UnbornBranch => return Ok(Head::Unborn),
            Err(error) => return Err(error).context("cannot read HEAD"),
        };
        let commit = CommitId(head.peel_to_commit().context("HEAD is no commit")?.id());
        Ok(match head.shorthand() {
            Ok(name) if head.is_branch() => Head::Branch(name.to_owned(), commit),
            _ => Head::Detached(commit),
        })
    }

    /// Returns the commit of the local branch `name`, if there is one.
    pub fn branch(&self, name: &str) -> Result<Option<CommitId>> {
        self.reference(&format!("refs/heads/{name}"))
    }

    /// Returns the commit of the tag `name`, annotated or not, if there is one.
    pub fn tag(&self, name: &str) -> Result<Option<CommitId>> {
        self.reference(&format!("refs/tags/{name}"))
    }

    fn reference(&self, name: &str) -> Result<Option<CommitId>> {
        match self.git.find_reference(name) {
            Ok(reference) => {
                let commit = reference.peel_to_commit().with_context(|| format!("{name} is no commit"))?;
                Ok(Some(CommitId(commit.id())))
            }
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {name}")),
        }
    }

    /// Returns the short names of all local branches and of all remote-tracking branches (without
    /// their remote), sorted, each once.
    pub fn branch_names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for reference in self.git.references_glob("refs/heads/*")?.names() {
            names.push(reference?.trim_start_matches("refs/heads/").to_owned());
        }
        for reference in self.git.references_glob("refs/remotes/*")?.names() {
            let reference = reference?;
            if let Some((_, name)) = reference.trim_start_matches("refs/remotes/").split_once('/') {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Returns the first parent of `commit`.
    pub fn parent(&self, commit: CommitId) -> Result<Option<CommitId>> {
        Ok(self.git.find_commit(commit.0)?.parent_id(0).ok().map(CommitId))
    }

    /// Returns the branches and tags.
    pub fn refs(&self) -> Result<Refs> {
        let mut refs = Refs { branches: self.branch_names()?, ..Refs::default() };
        for reference in self.git.references()? {
            let reference = reference?;
            let (Ok(name), Ok(target)) = (reference.name(), reference.peel_to_commit()) else { continue };
            let id = CommitId(target.id());
            if let Some(branch) = name.strip_prefix("refs/heads/") {
                refs.local.insert(branch.to_owned(), id);
            } else if let Some(tag) = name.strip_prefix("refs/tags/") {
                refs.tags.insert(tag.to_owned(), id);
            }
        }
        refs.remote_trunk = self.remote_trunk()?;
        Ok(refs)
    }

    /// Returns the branch that the remote `origin` has as its default, or else the only remote.
    fn remote_trunk(&self) -> Result<Option<String>> {
        let remotes = self.git.remotes().context("cannot list the remotes")?;
        let mut names = remotes.iter().filter_map(|remote| remote.ok().flatten());
        let remote = match (names.next(), names.next()) {
            (Some(only), None) => only,
            _ => "origin",
        };
        let folder = format!("refs/remotes/{remote}/");
        let Ok(head) = self.git.find_reference(&format!("{folder}HEAD")) else { return Ok(None) };
        let target = head.symbolic_target().ok().flatten();
        Ok(target.and_then(|target| target.strip_prefix(&folder)).map(str::to_owned))
    }

    /// Returns whether `name` can be the short name of a branch, as `git check-ref-format --branch`
    /// says.
    pub fn is_branch_name(name: &str) -> bool {
        git2::Branch::name_is_valid(name).unwrap_or(false)
    }

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

    /// Returns the content of `blob`.
    pub fn read(&self, blob: BlobId) -> Result<Vec<u8>> {
        Ok(self.git.find_blob(blob.0)?.content().to_vec())
    }

    /// Returns the size of `blob` in bytes, without reading it.
    pub fn size(&self, blob: BlobId) -> Result<u64> {
        Ok(self.git.odb()?.read_header(blob.0)?.0 as u64)
    }

    /// Returns the content of `blob`, or nothing where it is no text or a larger one than any text is.
    pub fn text_of(&self, blob: BlobId) -> Result<Option<String>> {
        if self.size(blob)? > limits::TEXT {
            return Ok(None);
        }
        Ok(String::from_utf8(self.read(blob)?).ok())
    }

    /// Returns the tracked files that differ from HEAD, in the index or in the work tree, sorted.
    ///
    /// # Errors
    ///
    /// A refusal where the index is of a kind that libgit2 does not read (split, sparse).
    pub fn changed(&self) -> Result<Vec<String>> {
        self.index()?;
        let mut options = StatusOptions::new();
        options.include_untracked(false).include_ignored(false).exclude_submodules(true).no_refresh(true);
        let statuses =
            self.git.statuses(Some(&mut options)).context("cannot compare the work tree with HEAD")?;
        let mut paths: Vec<String> =
            statuses.iter().map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()).collect();
        paths.sort_unstable();
        Ok(paths)
    }
}

/// Opens the repository that git would find.
///
/// libgit2 reads `GIT_DIR` only where no folder is given, and understands the work tree of the
/// environment otherwise than git's documentation says: relative to the git dir.
fn open(dir: &Path) -> std::result::Result<git2::Repository, git2::Error> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let git = if variable("GIT_DIR").is_some() {
        git2::Repository::open_from_env()?
    } else {
        let none = std::iter::empty::<&std::ffi::OsStr>();
        git2::Repository::open_ext(dir, git2::RepositoryOpenFlags::FROM_ENV, none)?
    };
    let here = || std::env::current_dir().map_err(|error| git2::Error::from_str(&error.to_string()));
    if let Some(work_tree) = variable("GIT_WORK_TREE") {
        git.set_workdir(&here()?.join(work_tree), false)?;
    } else if variable("GIT_DIR").is_some()
        && !git.is_bare()
        && git.config()?.get_path("core.worktree").is_err()
    {
        git.set_workdir(&here()?, false)?;
    }
    Ok(git)
}

/// Returns whether something says where the repository of `dir` is, be it there or not: the environment,
/// or a file in place of the folder `.git`, as in a linked work tree.
fn is_pointed_to(dir: &Path) -> bool {
    std::env::var_os("GIT_DIR").is_some_and(|value| !value.is_empty())
        || dir.ancestors().any(|folder| folder.join(".git").is_file())
}

fn no_repository(dir: &Path) -> Refused {
    Finding::error("no-repository", format!("{} is not in a git repository", dir.display()))
        .remedy("run `git init` and commit the workspace first")
        .into()
}

fn not_opened(dir: &Path, error: &git2::Error) -> anyhow::Error {
    let message = format!("cannot open the git repository of {}: {}", dir.display(), error.message());
    let remedy = match error.code() {
        ErrorCode::Owner => {
            "run this as its owner, or `git config --global --add safe.directory` with its folder"
        }
        _ => {
            "see whether `git status` works here; repositories in SHA-256 or reftable format cannot be read yet"
        }
    };
    Refused::from(Finding::error("repository", message).remedy(remedy)).into()
}
