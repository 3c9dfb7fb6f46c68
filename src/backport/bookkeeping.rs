//! The commits by which releases are made.

use anyhow::Result;

use crate::finding::Refused;
use crate::git::{CommitId, Repo};
use crate::path::RepoPath;
use crate::workspace::declared::Declarations;

/// What tells the commits that make releases from others.
#[derive(Clone, Copy)]
pub struct Bookkeeping<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// The files of notes.
    pub notes: &'a [RepoPath],
    /// The lead package's name and manifest.
    pub lead: (Option<&'a str>, &'a RepoPath),
    /// What packages declare at commits.
    pub declarations: &'a Declarations,
}

impl Bookkeeping<'_> {
    /// Returns whether `commit` makes a release, and is of no interest elsewhere: it only writes the notes, or it
    /// moves the version. It changes the files `touched`.
    pub fn makes_release(&self, commit: CommitId, touched: &[String]) -> Result<bool> {
        if touched.iter().all(|path| self.is_notes(path)) {
            return Ok(true);
        }
        self.moves_version(commit, touched)
    }

    /// Returns whether `commit`, which changes the files `touched`, moves the version. Where that cannot be read, it
    /// is not known to move.
    pub fn moves_version(&self, commit: CommitId, touched: &[String]) -> Result<bool> {
        if !touched.iter().any(|path| path.ends_with("Cargo.toml")) {
            return Ok(false);
        }
        let Some(parent) = self.repo.parent(commit)? else { return Ok(true) };
        let declared = |commit| Refused::taken_from(self.declarations.at(self.repo, commit, self.lead));
        Ok(match (declared(parent)?, declared(commit)?) {
            (Ok(before), Ok(after)) => before.map(|found| found.version) != after.map(|found| found.version),
            _ => false,
        })
    }

    fn is_notes(&self, path: &str) -> bool {
        self.notes.iter().any(|file| file.as_str() == path)
    }
}
