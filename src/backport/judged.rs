//! What the changes of commits say themselves, each looked at once: patch ids, lines, and whether a
//! branch has them.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use anyhow::Result;

use super::scope::Scope;
use crate::git::content::ChangedLines;
use crate::git::diff::Difference;
use crate::git::{CommitId, PatchId, Repo};
use crate::path::RepoPath;

/// The changes of commits, as far as they were asked for.
pub struct Judged<'r> {
    repo: &'r Repo,
    notes: Vec<RepoPath>,
    patches: HashMap<CommitId, Option<PatchId>>,
    lines: HashMap<(CommitId, Files), Rc<ChangedLines>>,
    /// What each changes in the files that tell one change from another.
    changes: RefCell<HashMap<CommitId, Rc<[Difference]>>>,
    /// Whether all that the first changes is so at the second.
    there: RefCell<HashMap<(CommitId, CommitId), bool>>,
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
        Self {
            repo,
            notes: scope.notes_files.clone(),
            patches: HashMap::new(),
            lines: HashMap::new(),
            changes: RefCell::default(),
            there: RefCell::default(),
        }
    }

    /// Returns whether both make the same change, wherever in a file it is. Which files they are is seen first: it
    /// is known sooner.
    pub fn is_same_patch(&mut self, one: CommitId, other: CommitId) -> Result<bool> {
        if self.files(one)? != self.files(other)? {
            return Ok(false);
        }
        let patch = self.patch(one)?;
        Ok(patch.is_some() && patch == self.patch(other)?)
    }

    /// Returns the paths of the files in which `commit` changes what tells one change from another.
    pub(super) fn files(&self, commit: CommitId) -> Result<Vec<String>> {
        Ok(self.changes(commit)?.iter().map(Difference::shown).collect())
    }

    /// Returns what tells whether two commits make the same change; `None` for a merge and for one that changes
    /// nothing.
    pub(super) fn patch(&mut self, commit: CommitId) -> Result<Option<PatchId>> {
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
        let (changes, others) = (self.changes(by)?, self.changes(wanted)?);
        if others.is_empty() {
            let (by, wanted) = self.both(by, wanted)?;
            return Ok(by.shares_file(&wanted));
        }
        let name = |one: &Difference| one.shown().rsplit('/').next().unwrap_or_default().to_owned();
        let names: BTreeSet<String> = changes.iter().map(name).collect();
        Ok(others.iter().any(|one| names.contains(&name(one))))
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
        if let Some(known) = self.there.borrow().get(&(commit, onto)) {
            return Ok(*known);
        }
        let is_there = self.repo.has_changes(onto, &self.changes(commit)?)?;
        self.there.borrow_mut().insert((commit, onto), is_there);
        Ok(is_there)
    }

    fn changes(&self, commit: CommitId) -> Result<Rc<[Difference]>> {
        if let Some(known) = self.changes.borrow().get(&commit) {
            return Ok(Rc::clone(known));
        }
        let before = self.repo.parent(commit)?.map(|parent| self.repo.tree_of(parent)).transpose()?;
        let mut changes = self.repo.differences(before, self.repo.tree_of(commit)?)?;
        changes.retain(|one| self.tells(&one.shown()));
        let changes: Rc<[Difference]> = changes.into();
        self.changes.borrow_mut().insert(commit, Rc::clone(&changes));
        Ok(changes)
    }

    /// Returns whether a file tells one change from another: notes and lock files differ by branch.
    pub fn tells(&self, path: &str) -> bool {
        path.rsplit('/').next() != Some("Cargo.lock") && self.notes.iter().all(|notes| notes.as_str() != path)
    }
}
