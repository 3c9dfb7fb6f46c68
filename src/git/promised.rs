//! Partial clones: what is absent is fetched by the user's own git, all that a step needs in one request.
//!
//! git fetches an absent object when a command reads it; libgit2 does not. Nothing of this is paid where the
//! clone is whole: a partial one has a remote that promises the rest (`extensions.partialClone`, or
//! `remote.*.promisor`).

use anyhow::Result;
use git2::{ErrorClass, ErrorCode, Oid};

use super::command::failure;
use super::diff::DiffSide;
use super::{BlobId, CommitId, Repo, Tree};
use crate::finding::{Finding, Refused};
use crate::path::RepoPath;
use crate::rule;

/// How far back a history is fetched at once.
const MOST_COMMITS: usize = 1000;

impl Repo {
    /// Returns the remote that promises what is absent; `None` where the clone is whole.
    fn promisor(&self) -> Option<&str> {
        self.promisor.get_or_init(|| promisor(&self.git).ok().flatten()).as_deref()
    }

    /// Fetches those of `objects` that are absent, if the clone is partial.
    ///
    /// # Errors
    ///
    /// A refusal where they cannot be fetched.
    fn prefetch(&self, objects: impl IntoIterator<Item = Oid>) -> Result<()> {
        let Some(remote) = self.promisor() else { return Ok(()) };
        let odb = self.git.odb()?;
        let is_absent = |id: &Oid| !odb.exists_ext(*id, git2::OdbLookupFlags::NO_REFRESH);
        let mut absent: Vec<Oid> = objects.into_iter().filter(is_absent).collect();
        absent.sort_unstable();
        absent.dedup();
        if absent.is_empty() { Ok(()) } else { self.fetch_objects(remote, &absent) }
    }

    /// Fetches `objects`, and the trees below those that are trees, as git itself does when it misses one.
    fn fetch_objects(&self, remote: &str, objects: &[Oid]) -> Result<()> {
        let forbidden =
            std::env::var_os("GIT_NO_LAZY_FETCH").is_some_and(|value| value != "0" && !value.is_empty());
        if forbidden {
            return Err(not_fetched(remote, objects.len(), "`GIT_NO_LAZY_FETCH` is set"));
        }
        let fetch = self.user_git("fetch").config("fetch.negotiationAlgorithm", "noop");
        let quiet = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"];
        let fetch =
            fetch.args(quiet).args(["--recurse-submodules=no", "--filter=blob:none", "--stdin", remote]);
        let wanted: Vec<String> = objects.iter().map(Oid::to_string).collect();
        let output = fetch.input(wanted.join("\n") + "\n").output()?;
        let odb = self.git.odb()?;
        odb.refresh()?;
        if objects.iter().all(|id| odb.exists(*id)) {
            return Ok(());
        }
        Err(not_fetched(remote, objects.len(), &failure("git fetch", output.status, &output.stderr)))
    }

    /// Reads, and where that misses an object of a partial clone, lets `prefetch` fetch what it needs, and reads
    /// again.
    pub(super) fn reading<T>(
        &self,
        read: impl Fn() -> Result<T>,
        prefetch: impl FnOnce() -> Result<()>,
    ) -> Result<T> {
        match read() {
            Err(error) if is_missing(&error) && self.promisor().is_some() => {
                prefetch()?;
                read()
            }
            read => read,
        }
    }

    /// Fetches trees whole, where one of them, or a folder of one, is missing.
    pub(super) fn prefetch_folders(&self, trees: impl IntoIterator<Item = Oid>) -> Result<()> {
        let trees: Vec<Oid> = trees.into_iter().collect();
        match self.promisor() {
            Some(remote) if !trees.is_empty() => self.fetch_objects(remote, &trees),
            _ => Ok(()),
        }
    }

    /// Fetches those of `blobs` that are absent, in one request.
    ///
    /// # Errors
    ///
    /// A refusal where they cannot be fetched.
    pub fn prefetch_blobs(&self, blobs: impl IntoIterator<Item = BlobId>) -> Result<()> {
        self.prefetch(blobs.into_iter().map(|blob| blob.0))
    }

    /// Fetches what is absent of the files of `files` that are `wanted`, in one request.
    ///
    /// # Errors
    ///
    /// As [`Repo::prefetch_blobs`].
    pub fn prefetch_files(&self, files: &Tree, wanted: impl Fn(&RepoPath) -> bool) -> Result<()> {
        self.prefetch_blobs(files.files().filter(|(path, _)| wanted(path)).map(|(_, file)| file.blob))
    }

    /// Fetches what is absent of the files `paths` of `commits`: one request for their trees where these are
    /// absent, and one for all files.
    ///
    /// # Errors
    ///
    /// As [`Repo::prefetch_blobs`].
    pub fn prefetch_at(&self, commits: &[CommitId], paths: &[RepoPath]) -> Result<()> {
        if self.promisor().is_none() {
            return Ok(());
        }
        self.prefetch_trees(commits)?;
        let mut blobs = Vec::new();
        for commit in commits {
            blobs.extend(self.files_among(*commit, paths)?.files().map(|(_, file)| file.blob));
        }
        self.prefetch_blobs(blobs)
    }

    /// Fetches what is absent of all files of `commits` that are `wanted`: one request for trees where these are
    /// absent, and one for the files of all.
    ///
    /// # Errors
    ///
    /// As [`Repo::prefetch_blobs`].
    pub fn prefetch_of_all(&self, commits: &[CommitId], wanted: impl Fn(&RepoPath) -> bool) -> Result<()> {
        if self.promisor().is_none() {
            return Ok(());
        }
        self.prefetch_trees(commits)?;
        let mut blobs = Vec::new();
        for commit in commits {
            let files = self.tree(*commit)?;
            blobs.extend(files.files().filter(|(path, _)| wanted(path)).map(|(_, file)| file.blob));
        }
        self.prefetch_blobs(blobs)
    }

    /// Fetches what is absent of the files `paths` of `tip` and of the commits before it, along first parents.
    ///
    /// # Errors
    ///
    /// As [`Repo::prefetch_blobs`].
    pub fn prefetch_history(&self, tip: CommitId, paths: &[RepoPath]) -> Result<()> {
        if self.promisor().is_none() {
            return Ok(());
        }
        let mut commits = vec![tip];
        while let Some(parent) =
            self.parent(commits[commits.len() - 1])?.filter(|_| commits.len() < MOST_COMMITS)
        {
            commits.push(parent);
        }
        self.prefetch_at(&commits, paths)
    }

    /// Fetches what is absent of all that `commits` change against their first parents: one request for
    /// trees, and one for contents.
    ///
    /// # Errors
    ///
    /// As [`Repo::prefetch_blobs`].
    pub fn prefetch_changes(&self, commits: &[CommitId]) -> Result<()> {
        if self.promisor().is_none() {
            return Ok(());
        }
        let mut all = commits.to_vec();
        for commit in commits {
            all.extend(self.parent(*commit)?);
        }
        self.prefetch_trees(&all)?;
        let mut blobs = Vec::new();
        for commit in commits {
            let differences = self.differences(self.tree_before(*commit)?, self.tree_of(*commit)?)?;
            let sides = differences.iter().flat_map(|one| [one.before, one.after]).flatten();
            blobs.extend(sides.filter_map(DiffSide::blob));
        }
        self.prefetch_blobs(blobs)
    }

    /// Fetches the trees of `commits` as far as they are absent.
    fn prefetch_trees(&self, commits: &[CommitId]) -> Result<()> {
        let roots: Result<Vec<Oid>> = commits.iter().map(|commit| Ok(self.tree_of(*commit)?.0)).collect();
        self.prefetch(roots?)
    }

    /// Returns whether `blob` is here: it may be absent from a partial clone, or from a copy of one that no
    /// remote promises to complete.
    pub fn has_blob(&self, blob: BlobId) -> bool {
        let flags = git2::OdbLookupFlags::NO_REFRESH;
        self.git.odb().is_ok_and(|odb| odb.exists_ext(blob.0, flags))
    }
}

/// Returns the remote that promises objects, as `git-config` says of it.
fn promisor(git: &git2::Repository) -> Result<Option<String>> {
    let config = git.config()?.snapshot()?;
    if let Ok(remote) = config.get_string("extensions.partialclone") {
        return Ok(Some(remote));
    }
    let mut entries = config.entries(Some("^remote\\..*\\.promisor$"))?;
    while let Some(entry) = entries.next() {
        let Ok(name) = entry?.name().map(str::to_owned) else { continue };
        if config.get_bool(&name).unwrap_or(false) {
            let remote = name.strip_prefix("remote.").and_then(|rest| rest.strip_suffix(".promisor"));
            return Ok(remote.map(str::to_owned));
        }
    }
    Ok(None)
}

fn is_missing(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<git2::Error>();
    error.is_some_and(|error| error.code() == ErrorCode::NotFound && error.class() == ErrorClass::Odb)
}

fn not_fetched(remote: &str, count: usize, said: &str) -> anyhow::Error {
    let objects = if count == 1 { "1 object" } else { &format!("{count} objects") };
    let message =
        format!("this clone is partial, and `{remote}` does not give {objects} that are needed: {said}");
    let remedy = format!(
        "run `git fetch --refetch --no-filter {remote}` where it can be reached: that makes the clone whole"
    );
    Refused::from(Finding::of(rule::PARTIAL_CLONE, message).remedy(remedy)).into()
}
