//! What the changes of commits say themselves, each looked at once: patch ids, lines, and whether a
//! branch has them.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::Result;

use super::scope::Scope;
use crate::git::content::ChangedLines;
use crate::git::{CommitId, PatchId, Repo};
use crate::path::RepoPath;

/// The changes of commits, as far as they were asked for.
pub struct Judged<'r> {
    repo: &'r Repo,
    notes: Vec<RepoPath>,
    patches: HashMap<CommitId, Option<PatchId>>,
    lines: HashMap<(CommitId, Files), Rc<ChangedLines>>,
}

/// Which files of a commit are compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Files {
    /// Those that tell one change from another.
    Telling,
    All,
}

/// How many of a hundred lines of a commit one that lists it, or that two branches call alike, must have.
const MOST_OF: usize = 34;

impl<'r> Judged<'r> {
    /// Begins with nothing known.
    pub fn new(repo: &'r Repo, scope: &Scope) -> Self {
        Self { repo, notes: scope.notes_files.clone(), patches: HashMap::new(), lines: HashMap::new() }
    }

    /// Returns the patch id of `commit`.
    pub fn patch(&mut self, commit: CommitId) -> Result<Option<PatchId>> {
        if let Some(known) = self.patches.get(&commit) {
            return Ok(*known);
        }
        let patch = self.repo.patch_id(commit)?;
        self.patches.insert(commit, patch);
        Ok(patch)
    }

    /// Returns whether `by` has a good part of what `wanted` changes.
    pub fn bears_out(&mut self, by: CommitId, wanted: CommitId) -> Result<bool> {
        self.has_part(by, wanted, MOST_OF)
    }

    /// Returns whether `by` has something of what `wanted` changes.
    pub fn is_related(&mut self, by: CommitId, wanted: CommitId) -> Result<bool> {
        self.has_part(by, wanted, 1)
    }

    /// Returns whether both change a file of the same name.
    pub fn shares_file(&mut self, by: CommitId, wanted: CommitId) -> Result<bool> {
        let (by, wanted) = self.both(by, wanted)?;
        Ok(by.shares_file(&wanted))
    }

    /// Returns whether `commit` only takes something away.
    pub fn only_removes(&mut self, commit: CommitId) -> Result<bool> {
        Ok(!self.both(commit, commit)?.0.adds)
    }

    fn has_part(&mut self, by: CommitId, wanted: CommitId, least: usize) -> Result<bool> {
        let (by, wanted) = self.both(by, wanted)?;
        Ok(wanted.share(&by).map_or_else(|| wanted.shares_file(&by), |share| share >= least))
    }

    /// Returns what both change in the files that tell something, or in all where `wanted` changes none of those.
    fn both(&mut self, by: CommitId, wanted: CommitId) -> Result<(Rc<ChangedLines>, Rc<ChangedLines>)> {
        let telling = self.lines(wanted, Files::Telling)?;
        match telling.share(&telling) {
            Some(_) => Ok((self.lines(by, Files::Telling)?, telling)),
            None => Ok((self.lines(by, Files::All)?, self.lines(wanted, Files::All)?)),
        }
    }

    fn lines(&mut self, commit: CommitId, files: Files) -> Result<Rc<ChangedLines>> {
        if let Some(known) = self.lines.get(&(commit, files)) {
            return Ok(Rc::clone(known));
        }
        let lines = self.repo.changed_lines(commit, |path| files == Files::All || self.tells(path))?;
        let lines = Rc::new(lines);
        self.lines.insert((commit, files), Rc::clone(&lines));
        Ok(lines)
    }

    /// Returns whether all that `commit` changes is so at `onto`: notes and lock files are not asked for
    /// where it changes more.
    pub fn is_there(&self, commit: CommitId, onto: CommitId) -> Result<bool> {
        let before = self.repo.parent(commit)?.map(|parent| self.repo.tree_of(parent)).transpose()?;
        let after = self.repo.tree_of(commit)?;
        self.repo.has_changes(onto, (before, after), |path| self.tells(path))
    }

    /// Returns whether a file tells one change from another: notes and lock files differ by branch.
    pub fn tells(&self, path: &str) -> bool {
        path.rsplit('/').next() != Some("Cargo.lock") && self.notes.iter().all(|notes| notes.as_str() != path)
    }
}
