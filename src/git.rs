//! The git repository, as it is read.
//!
//! With [`crate::transaction`] and [`crate::checkout`] the only code that names git2 or runs git.

mod ahead;
mod blobs;
pub mod branches;
pub(crate) mod command;
pub mod content;
pub mod diff;
pub mod fetched;
mod first_parents;
pub mod history;
pub(crate) mod identity;
mod ids;
mod links;
pub mod merge;
mod moment;
mod names;
mod promised;
pub mod reach;
mod refs;
mod rerere;
pub(crate) mod settings;
pub(crate) mod stamp;
mod submodules;
pub mod survey;
pub mod tags;
pub mod tracking;
mod tree;
pub mod work_trees;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use git2::{ErrorCode, Index, IndexEntry, Status, StatusEntry, StatusOptions};

pub use branches::{Branches, Preferred, Refs};
pub use ids::{BlobId, CommitId, PatchId, TreeId};
pub use moment::Moment;
pub use names::{BranchName, RefName, RemoteName, TagName};
pub use refs::FoundRefs;
pub use tags::Tag;
pub use tree::{Mode, Tree, TreeFile};

use self::first_parents::FirstParents;
use self::stamp::FileStamp;
use crate::finding::{Finding, Refused};
use crate::git::settings::Settings;
use crate::path::RepoPath;
use crate::rule;

/// What is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// A branch, by its short name, and its commit.
    Branch(BranchName, CommitId),
    /// A commit, and no branch.
    Detached(CommitId),
    /// A branch that has no commit yet.
    Unborn,
}

impl Head {
    /// Returns the branch that is checked out, unless it has no commit yet.
    pub fn branch(&self) -> Option<&BranchName> {
        match self {
            Self::Branch(name, _) => Some(name),
            Self::Detached(_) | Self::Unborn => None,
        }
    }

    /// Returns the commit that is checked out.
    pub fn commit(&self) -> Option<CommitId> {
        match self {
            Self::Branch(_, commit) | Self::Detached(commit) => Some(*commit),
            Self::Unborn => None,
        }
    }
}

/// A repository with a work tree.
pub struct Repo {
    pub(crate) git: git2::Repository,
    pub(crate) root: PathBuf,
    settings: OnceCell<Settings>,
    asked_settings: Cell<Option<JoinHandle<Result<Vec<u8>>>>>,
    /// The repositories of submodules that were read from, each with the submodule's path: blobs are looked for
    /// there, too.
    submodules: RefCell<Vec<(RepoPath, git2::Repository)>>,
    /// The remote that promises what is absent from a partial clone.
    promisor: OnceCell<Option<String>>,
    /// What was read of the history along first parents.
    first_parents: FirstParents,
    /// What blobs hold that are known from the work tree.
    known_blobs: RefCell<HashMap<BlobId, Vec<u8>>>,
    /// The files of the work tree from which that is known.
    known_files: RefCell<HashMap<RepoPath, (BlobId, FileStamp)>>,
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
                Finding::of(
                    rule::BARE_REPOSITORY,
                    format!("the repository at {} is bare", git.path().display()),
                )
                .remedy("run this in a clone that has a work tree"),
            )
            .into());
        };
        Ok(Some(Self::new(git, root)))
    }

    /// Takes a repository whose work tree has this root.
    pub(crate) fn new(git: git2::Repository, root: PathBuf) -> Self {
        Self {
            git,
            root,
            settings: OnceCell::new(),
            asked_settings: Cell::default(),
            submodules: RefCell::default(),
            promisor: OnceCell::new(),
            first_parents: FirstParents::default(),
            known_blobs: RefCell::default(),
            known_files: RefCell::default(),
        }
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
        let commit = CommitId(head.peel_to_commit().context("HEAD is not a commit")?.id());
        let name = head.name().ok().and_then(|name| RefName::new(name)?.branch());
        Ok(match name {
            Some(name) => Head::Branch(name, commit),
            None => Head::Detached(commit),
        })
    }

    /// Returns the configuration of git, as it was when it was first asked for.
    ///
    /// The user's git tells it: libgit2 does not know `GIT_CONFIG_COUNT`, `git -c` around this program,
    /// or `includeIf "hasconfig:…"`, and a signature must not be missed for that.
    pub(crate) fn settings(&self) -> Result<&Settings> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        let listed = match self.asked_settings.take() {
            Some(asked) => asked.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?,
            None => self.user_git("config").args(["--list", "-z"]).run()?,
        };
        Ok(self.settings.get_or_init(|| Settings::parse(&String::from_utf8_lossy(&listed))))
    }

    /// Has git tell its configuration while other things are done.
    pub(crate) fn ask_settings(&self) {
        let git = self.user_git("config").args(["--list", "-z"]);
        self.asked_settings.set(Some(std::thread::spawn(move || git.run())));
    }

    /// Returns the folder of the hooks: `core.hooksPath`, or `hooks` of the repository.
    pub(crate) fn hooks_dir(&self) -> Result<PathBuf> {
        if self.settings()?.text("core.hookspath").is_none() {
            return Ok(self.git.commondir().join("hooks"));
        }
        // Only git knows what `~ann/` and `%(prefix)/` at its beginning mean.
        let said = self.user_git("rev-parse").args(["--git-path", "hooks"]).run()?;
        let path = String::from_utf8(said).context("core.hooksPath is not UTF-8")?;
        Ok(self.root.join(path.trim_end_matches('\n')))
    }

    /// Returns whether there is a hook `name` that git would run.
    pub(crate) fn has_hook(&self, name: &str) -> Result<bool> {
        let Ok(found) = std::fs::metadata(self.hooks_dir()?.join(name)) else { return Ok(false) };
        #[cfg(unix)]
        let can_run = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o111 != 0;
        #[cfg(not(unix))]
        let can_run = true;
        Ok(found.is_file() && can_run)
    }

    /// Returns the tracked files that differ from HEAD, in the index or in the work tree, sorted; those
    /// that a sparse checkout leaves out are among them.
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
        let path = |entry: &StatusEntry<'_>| String::from_utf8_lossy(entry.path_bytes()).into_owned();
        let is_in_doubt = |entry: &StatusEntry<'_>| entry.status() == Status::WT_MODIFIED;
        let (in_doubt, others): (Vec<_>, Vec<_>) = statuses.iter().partition(is_in_doubt);
        let mut paths: Vec<String> = others.iter().map(path).collect();
        if !in_doubt.is_empty() {
            let modified = self.modified()?;
            paths.extend(in_doubt.iter().map(path).filter(|path| modified.contains(path)));
        }
        paths.sort_unstable();
        Ok(paths)
    }

    /// Asks git which tracked files differ from the index: libgit2 knows neither `working-tree-encoding` nor
    /// filters that are programs.
    fn modified(&self) -> Result<BTreeSet<String>> {
        let status = self.user_git("status").env("GIT_OPTIONAL_LOCKS", "0");
        let args = ["--porcelain", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules=all"];
        let listed = String::from_utf8_lossy(&status.args(args).run()?).into_owned();
        Ok(listed.split_terminator('\0').filter_map(|line| line.get(3..)).map(str::to_owned).collect())
    }

    /// Returns those paths of the index that are `wanted`.
    ///
    /// # Errors
    ///
    /// As [`Repo::changed`].
    pub fn tracked(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<RepoPath>> {
        Ok(self.index()?.iter().filter_map(|entry| wanted_path(&entry, &wanted)).collect())
    }

    /// Returns the sizes of those files of the index that are `wanted`, in bytes, where all look as git has last
    /// seen them; nothing where one does not. That is a guess, without reading any of them.
    pub fn seen(&self, wanted: impl Fn(&str) -> bool) -> Option<Vec<(RepoPath, u64)>> {
        let size = |(path, entry): (RepoPath, IndexEntry)| {
            let found = self.root.join(&path).symlink_metadata().ok()?;
            let since = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            let is_seen = i32::try_from(since.as_secs()) == Ok(entry.mtime.seconds())
                && found.len() == u64::from(entry.file_size);
            is_seen.then_some((path, found.len()))
        };
        let index = self.index().ok()?;
        let paths = index.iter().filter_map(|entry| Some((wanted_path(&entry, &wanted)?, entry)));
        paths.map(size).collect()
    }

    /// Returns those of the `changed` files that somebody has changed: a sparse checkout leaves the others
    /// out of the work tree, and git calls it clean.
    ///
    /// # Errors
    ///
    /// As [`Repo::changed`].
    pub fn not_left_out(&self, changed: &[String]) -> Result<Vec<String>> {
        let index = self.index()?;
        let is_left_out = |path: &&String| {
            let entry = index.get_path(Path::new(path), 0);
            entry.is_some_and(|entry| is_skipped(&entry)) && !self.root.join(path).exists()
        };
        Ok(changed.iter().filter(|path| !is_left_out(path)).cloned().collect())
    }

    /// Returns the index of this work tree.
    ///
    /// # Errors
    ///
    /// A refusal where it is of a kind that libgit2 does not read.
    pub(crate) fn index(&self) -> Result<Index> {
        self.git.index().map_err(|error| {
            Refused::from(
                Finding::of(rule::INDEX_UNREADABLE, format!("this index cannot be read: {}", error.message())).remedy(
                    "run `git update-index --no-split-index` or `git sparse-checkout reapply --no-sparse-index`",
                ),
            )
            .into()
        })
    }
}

/// Returns the path of an entry of the index, if it is `wanted` and names a place in the work tree.
fn wanted_path(entry: &IndexEntry, wanted: impl Fn(&str) -> bool) -> Option<RepoPath> {
    // Of all entries few are wanted.
    RepoPath::new(std::str::from_utf8(&entry.path).ok().filter(|path| wanted(path))?)
}

/// The flag of an index entry that a sparse checkout leaves out of the work tree.
const SKIP_WORKTREE: u16 = 1 << 14;

/// Returns whether a sparse checkout leaves the file of this entry out of the work tree.
pub(crate) fn is_skipped(entry: &git2::IndexEntry) -> bool {
    entry.flags_extended & SKIP_WORKTREE != 0
}

/// Opens the repository that git would find.
///
/// libgit2 reads `GIT_DIR` only where no folder is given, and understands the work tree of the
/// environment otherwise than git's documentation says: relative to the git dir.
fn open(dir: &Path) -> std::result::Result<git2::Repository, git2::Error> {
    // As in git: whether an object is what its name says is for `git fsck` to find.
    git2::opts::strict_hash_verification(false);
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
    Finding::of(rule::NO_REPOSITORY, format!("{} is not in a git repository", dir.display()))
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
    Refused::from(Finding::of(rule::REPOSITORY, message).remedy(remedy)).into()
}
