//! What commits say, and which branches and tags contain them: found in one walk.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use anyhow::{Context, Result};
use git2::{Commit, DiffOptions, ErrorCode, Oid, Sort};
use serde::Serialize;

use crate::finding::{Finding, Refused};
use crate::git::merge::TreeId;
use crate::git::{BlobId, CommitId, Repo};

/// What a commit says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The commit.
    pub id: CommitId,
    /// Its parents.
    pub parents: Vec<CommitId>,
    /// Its message, in full.
    pub message: String,
}

/// What identifies a change whatever it was applied to, as `git patch-id` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatchId(Oid);

/// A file that differs between two trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its path.
    pub path: String,
    /// Its content in the first tree, if it is there.
    pub before: Option<BlobId>,
    /// Its content in the second tree, if it is there.
    pub after: Option<BlobId>,
}

/// Where a branch is, locally and as it was last seen on the remote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tip {
    /// The local branch.
    pub local: Option<CommitId>,
    /// The remote-tracking branch of `origin`, or else of the first remote that has it.
    pub remote: Option<CommitId>,
}

impl Tip {
    /// Returns the local branch's commit, or else the remote's.
    pub fn commit(&self) -> Option<CommitId> {
        self.local.or(self.remote)
    }
}

/// Which of some tips contain which commits.
#[derive(Debug)]
pub struct Reach {
    tips: usize,
    /// How many words of `masks` a commit has.
    stride: usize,
    index: HashMap<Oid, usize>,
    /// One bit for each tip.
    masks: Vec<u64>,
    /// All commits, parents first.
    order: Vec<CommitId>,
}

impl Reach {
    /// Returns whether the tip number `tip` is `commit` or a descendant of it.
    pub fn contains(&self, tip: usize, commit: CommitId) -> bool {
        self.index.get(&commit.0).is_some_and(|&at| self.bit(at, tip))
    }

    /// Returns the commits that the tip number `tip` has and none of the tips `bases` has, parents
    /// first.
    pub fn own(&self, tip: usize, bases: Range<usize>) -> Vec<CommitId> {
        let own = |commit: &&CommitId| {
            self.contains(tip, **commit) && !bases.clone().any(|base| self.contains(base, **commit))
        };
        self.order.iter().filter(own).copied().collect()
    }

    /// Returns whether some tip has `commit` and another one has not.
    pub fn divides(&self, commit: CommitId) -> bool {
        let Some(&at) = self.index.get(&commit.0) else { return false };
        !(0..self.tips).all(|tip| self.bit(at, tip))
    }

    /// Returns where `commit` stands in [`Reach::order`].
    pub fn position(&self, commit: CommitId) -> Option<usize> {
        self.index.get(&commit.0).map(|at| self.order.len() - 1 - at)
    }

    /// Returns all commits, parents first.
    pub fn order(&self) -> &[CommitId] {
        &self.order
    }

    fn bit(&self, at: usize, tip: usize) -> bool {
        self.masks.get(at * self.stride + tip / 64).is_some_and(|word| word >> (tip % 64) & 1 == 1)
    }
}

impl Repo {
    /// Finds out, in one walk, which of `tips` contain which commits.
    pub fn reach(&self, tips: &[CommitId]) -> Result<Reach> {
        let stride = tips.len().div_ceil(64);
        let mut walk = self.git.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL)?;
        for tip in tips {
            walk.push(tip.0)?;
        }
        let mut order = walk.collect::<Result<Vec<Oid>, _>>().context("cannot walk the history")?;
        let index: HashMap<Oid, usize> = order.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let mut masks = vec![0; order.len() * stride];
        for (number, tip) in tips.iter().enumerate() {
            if let Some(at) = index.get(&tip.0) {
                masks[at * stride + number / 64] |= 1 << (number % 64);
            }
        }
        for (at, id) in order.iter().enumerate() {
            for parent in self.git.find_commit(*id)?.parent_ids() {
                let Some(&parent) = index.get(&parent) else { continue };
                for word in 0..stride {
                    masks[parent * stride + word] |= masks[at * stride + word];
                }
            }
        }
        order.reverse();
        Ok(Reach { tips: tips.len(), stride, index, masks, order: order.into_iter().map(CommitId).collect() })
    }

    /// Returns what `commit` says.
    pub fn said(&self, commit: CommitId) -> Result<Said> {
        let found = self.git.find_commit(commit.0)?;
        Ok(Said { id: commit, parents: found.parent_ids().map(CommitId).collect(), message: message(&found) })
    }

    /// Returns the commits that `merge` brought to its parent `mainline`, or its first one; none if it is
    /// no merge.
    pub fn brought(&self, merge: CommitId, mainline: Option<CommitId>) -> Result<Vec<CommitId>> {
        let found = self.git.find_commit(merge.0)?;
        if found.parent_count() < 2 {
            return Ok(Vec::new());
        }
        let mainline = mainline.map_or_else(|| found.parent_id(0), |mainline| Ok(mainline.0))?;
        let mut walk = self.git.revwalk()?;
        walk.hide(mainline)?;
        found.parent_ids().filter(|parent| *parent != mainline).try_for_each(|parent| walk.push(parent))?;
        walk.map(|id| Ok(CommitId(id?))).collect()
    }

    /// Returns the patch id of `commit` against its first parent; `None` for a merge and for a commit
    /// that changes nothing.
    pub fn patch_id(&self, commit: CommitId) -> Result<Option<PatchId>> {
        let found = self.git.find_commit(commit.0)?;
        if found.parent_count() > 1 {
            return Ok(None);
        }
        let mut options = DiffOptions::new();
        // Otherwise all changes of a binary file would be the same.
        options.show_binary(true);
        let diff = self.changes(&found, &mut options)?;
        if diff.deltas().len() == 0 {
            return Ok(None);
        }
        Ok(Some(PatchId(diff.patchid(None)?)))
    }

    /// Returns the paths that `commit` changes against its first parent, sorted.
    pub fn touched(&self, commit: CommitId) -> Result<Vec<String>> {
        let found = self.git.find_commit(commit.0)?;
        let mut options = DiffOptions::new();
        options.skip_binary_check(true);
        let diff = self.changes(&found, &mut options)?;
        let mut paths = Vec::new();
        for delta in diff.deltas() {
            for file in [delta.old_file(), delta.new_file()] {
                paths.extend(file.path_bytes().map(|path| String::from_utf8_lossy(path).into_owned()));
            }
        }
        paths.sort_unstable();
        paths.dedup();
        Ok(paths)
    }

    /// Returns whether `commit`, unless it is a merge, changes one of `paths` against its parent.
    pub fn touches<'p>(&self, commit: CommitId, mut paths: impl Iterator<Item = &'p str>) -> Result<bool> {
        let found = self.git.find_commit(commit.0)?;
        let Ok(parent) = found.parent_id(0) else { return Ok(false) };
        if found.parent_count() > 1 {
            return Ok(false);
        }
        paths.try_fold(false, |touched, path| {
            Ok(touched || self.blob_at(commit, path)? != self.blob_at(CommitId(parent), path)?)
        })
    }

    fn changes(&self, commit: &Commit<'_>, options: &mut DiffOptions) -> Result<git2::Diff<'_>> {
        let before = match commit.parent(0) {
            Ok(parent) => Some(parent.tree()?),
            Err(_) => None,
        };
        Ok(self.git.diff_tree_to_tree(before.as_ref(), Some(&commit.tree()?), Some(options))?)
    }

    /// Returns the files that differ between two trees, with their contents in each, by path.
    pub fn differences(&self, before: TreeId, after: TreeId) -> Result<Vec<Difference>> {
        let (before, after) = (self.git.find_tree(before.0)?, self.git.find_tree(after.0)?);
        let mut options = DiffOptions::new();
        options.skip_binary_check(true);
        let diff = self.git.diff_tree_to_tree(Some(&before), Some(&after), Some(&mut options))?;
        let blob = |file: &git2::DiffFile<'_>| file.exists().then(|| BlobId(file.id()));
        let difference = |delta: git2::DiffDelta<'_>| {
            let (old, new) = (delta.old_file(), delta.new_file());
            let path = new.path_bytes().or(old.path_bytes()).unwrap_or_default();
            Difference {
                path: String::from_utf8_lossy(path).into_owned(),
                before: blob(&old),
                after: blob(&new),
            }
        };
        Ok(diff.deltas().map(difference).collect())
    }

    /// Returns whether `descendant` is `ancestor`, or has it among its ancestors.
    pub fn has_ancestor(&self, descendant: CommitId, ancestor: CommitId) -> Result<bool> {
        Ok(descendant == ancestor || self.git.graph_descendant_of(descendant.0, ancestor.0)?)
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

    /// Returns the branches, by short name without the remote.
    pub fn tips(&self) -> Result<BTreeMap<String, Tip>> {
        let mut tips: BTreeMap<String, Tip> = BTreeMap::new();
        for reference in self.git.references()? {
            let reference = reference?;
            let (Ok(name), Ok(commit)) = (reference.name(), reference.peel_to_commit()) else { continue };
            let id = CommitId(commit.id());
            if let Some(branch) = name.strip_prefix("refs/heads/") {
                tips.entry(branch.to_owned()).or_default().local = Some(id);
            } else if let Some((remote, branch)) =
                name.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/'))
            {
                let tip = tips.entry(branch.to_owned()).or_default();
                if remote == "origin" || tip.remote.is_none() {
                    tip.remote = Some(id);
                }
            }
        }
        Ok(tips)
    }

    /// Returns the commits that `revision` names: one, or those of a range `A..B`, parents first.
    ///
    /// # Errors
    ///
    /// A refusal if there is no such commit, or the range is empty or of another kind.
    pub fn commits_of(&self, revision: &str) -> Result<Vec<CommitId>> {
        let parsed = self.git.revparse(revision).map_err(|error| no_commit(revision, error.message()))?;
        let peel = |object: Option<&git2::Object<'_>>| {
            let commit = object.and_then(|object| object.peel_to_commit().ok());
            commit.map(|commit| commit.id()).ok_or_else(|| no_commit(revision, "it names no commit"))
        };
        if !parsed.mode().contains(git2::RevparseMode::RANGE) {
            return Ok(vec![CommitId(peel(parsed.from())?)]);
        }
        if parsed.mode().contains(git2::RevparseMode::MERGE_BASE) {
            return Err(no_commit(revision, "a range of three dots has two ends").into());
        }
        let mut walk = self.git.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)?;
        walk.hide(peel(parsed.from())?)?;
        walk.push(peel(parsed.to())?)?;
        let commits = walk.map(|id| Ok(CommitId(id?))).collect::<Result<Vec<_>>>()?;
        if commits.is_empty() { Err(no_commit(revision, "the range is empty").into()) } else { Ok(commits) }
    }
}

fn no_commit(revision: &str, why: &str) -> Refused {
    Finding::error("no-commit", format!("`{revision}` is no commit here: {why}"))
        .remedy("name a commit, or a range as in `A..B`; `git fetch` brings what is only on the remote")
        .into()
}

/// Returns the message as text. What is not UTF-8 is taken for Latin-1, which is what commits
/// that old are in.
fn message(commit: &Commit<'_>) -> String {
    let raw = commit.message_bytes();
    match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => raw.iter().map(|&byte| char::from(byte)).collect(),
    }
}
