//! Commits: what they say, what revisions name, where a branch left another.

use std::collections::{BTreeSet, HashSet};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use git2::{Commit, ErrorCode, Oid, Sort};

use super::tags::day_of;
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Repo};
use crate::rule;

/// What a commit says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// The commit.
    pub id: CommitId,
    /// Its parents.
    pub parents: Vec<CommitId>,
    /// Its message, in full.
    pub message: String,
}

impl Repo {
    /// Returns what `commit` says.
    pub fn commit_info(&self, commit: CommitId) -> Result<CommitInfo> {
        let found = self.git.find_commit(commit.0)?;
        Ok(CommitInfo {
            id: commit,
            parents: found.parent_ids().map(CommitId).collect(),
            message: message(&found),
        })
    }

    /// Returns the commits that `tip` has and `base` has not, parents first, each with its day in UTC.
    ///
    /// # Errors
    ///
    /// If the history cannot be read, or a commit is of a day that no calendar has.
    pub fn commits_since(&self, base: CommitId, tip: CommitId) -> Result<Vec<(CommitInfo, NaiveDate)>> {
        let mut walk = self.git.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)?;
        walk.hide(base.0)?;
        walk.push(tip.0)?;
        let read = |id: Result<Oid, git2::Error>| {
            let id = id.context("cannot walk the history")?;
            let day = day_of(self.git.find_commit(id)?.time());
            let day = day.with_context(|| format!("the commit {id} is of a day that no calendar has"))?;
            Ok((self.commit_info(CommitId(id))?, day))
        };
        walk.map(read).collect()
    }

    /// Returns the commits that `merge` brought to its parent `mainline`, or its first one; none if it is
    /// no merge.
    pub fn merged_commits(&self, merge: CommitId, mainline: Option<CommitId>) -> Result<Vec<CommitId>> {
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

    /// Returns the first parent of `commit`.
    pub fn parent(&self, commit: CommitId) -> Result<Option<CommitId>> {
        Ok(self.git.find_commit(commit.0)?.parent_id(0).ok().map(CommitId))
    }

    /// Returns the second parent of `commit`: what a merge has brought.
    pub fn merged_by(&self, commit: CommitId) -> Result<Option<CommitId>> {
        Ok(self.git.find_commit(commit.0)?.parent_id(1).ok().map(CommitId))
    }

    /// Returns the commit that `revision` names, as `git rev-parse` reads it, if it is there.
    pub fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        let object = match self.git.revparse_single(revision) {
            Ok(object) => object,
            Err(error) => {
                return match error.code() {
                    ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::Ambiguous => Ok(None),
                    _ => Err(error).with_context(|| format!("cannot find {revision}")),
                };
            }
        };
        Ok(object.peel_to_commit().ok().map(|commit| CommitId(commit.id())))
    }

    /// Returns the commits that `revision` names: one, or those of a range `A..B`, parents first.
    ///
    /// # Errors
    ///
    /// A refusal if there is no such commit, or the range is empty or of another kind.
    pub fn commits_of(&self, revision: &str) -> Result<Vec<CommitId>> {
        let parsed = self.git.revparse(revision).map_err(|error| no_commit(revision, unnamed(&error)))?;
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

    /// Returns whether `descendant` is `ancestor`, or has it among its ancestors.
    pub fn has_ancestor(&self, descendant: CommitId, ancestor: CommitId) -> Result<bool> {
        Ok(descendant == ancestor || self.git.graph_descendant_of(descendant.0, ancestor.0)?)
    }

    /// Returns those of `commits` that are no merges, in their order.
    pub fn without_merges(&self, commits: &[CommitId]) -> Result<Vec<CommitId>> {
        let mut plain = Vec::new();
        for commit in commits {
            if self.git.find_commit(commit.0)?.parent_count() < 2 {
                plain.push(*commit);
            }
        }
        Ok(plain)
    }

    /// Returns the commits along the first parents from `tip` that are `wanted`, oldest first: once one is found,
    /// those among the next `more` only.
    pub fn commits_from(
        &self,
        tip: CommitId,
        more: usize,
        wanted: impl Fn(&CommitInfo) -> bool,
    ) -> Result<Vec<CommitId>> {
        let mut walk = self.git.revwalk()?;
        walk.simplify_first_parent()?;
        walk.push(tip.0)?;
        let (mut found, mut left) = (Vec::new(), more);
        for id in walk {
            let said = self.commit_info(CommitId(id?))?;
            if wanted(&said) {
                found.push(said.id);
            } else if !found.is_empty() {
                left -= 1;
            }
            if left == 0 {
                break;
            }
        }
        found.reverse();
        Ok(found)
    }

    /// Returns the commits that `tip` has and `base` has not.
    pub fn left_out_of(&self, tip: CommitId, base: CommitId) -> Result<BTreeSet<CommitId>> {
        let mut walk = self.git.revwalk()?;
        walk.hide(base.0)?;
        walk.push(tip.0)?;
        walk.map(|id| Ok(CommitId(id?))).collect()
    }

    /// Returns the commit where the branch with the tip `branch` left the one with the tip `trunk`:
    /// the first that both have as they were written, merges of one into the other passed over.
    ///
    /// `None` if they have nothing in common. The walk ends there, and does not go into older history
    /// unless commits lie about their time.
    pub fn left_at(&self, branch: CommitId, trunk: CommitId) -> Result<Option<CommitId>> {
        let (mut ours, mut theirs) = (FirstParentWalk::at(self, branch)?, FirstParentWalk::at(self, trunk)?);
        while let (Some((our, our_time)), Some((their, their_time))) = (ours.here, theirs.here) {
            if theirs.seen.contains(&our) {
                return Ok(Some(CommitId(our)));
            }
            if ours.seen.contains(&their) {
                return Ok(Some(CommitId(their)));
            }
            if our_time > their_time { ours.step(self)? } else { theirs.step(self)? }
        }
        match self.git.merge_base(branch.0, trunk.0) {
            Ok(base) => Ok(Some(CommitId(base))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).context("cannot find where the branch left the trunk"),
        }
    }

    /// Returns whether the history is cut off somewhere, as in CI's usual checkout.
    pub fn is_shallow(&self) -> bool {
        self.git.is_shallow()
    }

    /// Returns the commits whose parents are not here, because the history is cut off at them.
    pub fn cut_off(&self) -> Result<HashSet<CommitId>> {
        if !self.is_shallow() {
            return Ok(HashSet::new());
        }
        // The list that git keeps, one name a line: `shallow` in gitrepository-layout(5).
        let list = self.git.commondir().join("shallow");
        let text =
            std::fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
        Ok(text.lines().filter_map(|line| CommitId::from_hex(line.trim())).collect())
    }
}

/// A walk along first parents.
struct FirstParentWalk {
    /// The commit reached, and its time; nothing past the first one.
    here: Option<(Oid, i64)>,
    seen: HashSet<Oid>,
}

impl FirstParentWalk {
    fn at(repo: &Repo, commit: CommitId) -> Result<Self> {
        let mut walk = Self { here: None, seen: HashSet::new() };
        walk.reach(repo, Some(commit.0))?;
        Ok(walk)
    }

    fn step(&mut self, repo: &Repo) -> Result<()> {
        let parent = match self.here {
            Some((commit, _)) => repo.git.find_commit(commit)?.parent_id(0).ok(),
            None => None,
        };
        self.reach(repo, parent)
    }

    fn reach(&mut self, repo: &Repo, commit: Option<Oid>) -> Result<()> {
        self.here = match commit {
            Some(id) => Some((id, repo.git.find_commit(id)?.time().seconds())),
            None => None,
        };
        self.seen.extend(commit);
        Ok(())
    }
}

/// Says why a revision names nothing.
fn unnamed(error: &git2::Error) -> &str {
    match error.code() {
        ErrorCode::NotFound => "nothing has that name",
        ErrorCode::Ambiguous => "several begin so",
        ErrorCode::InvalidSpec => "a revision is not written so",
        _ => error.message(),
    }
}

fn no_commit(revision: &str, why: &str) -> Refused {
    Finding::of(rule::NO_COMMIT, format!("`{revision}` is not a commit here: {why}"))
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
