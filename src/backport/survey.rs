//! What is on the branches, read once: every command of `backport` asks here.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use serde::Serialize;

use super::evidence::{Evidence, Facts};
use super::targets::Target;
use crate::finding::{Finding, Refused};
use crate::repo::log::{PatchId, Reach, Tip};
use crate::repo::{CommitId, Repo};

/// What shows that a branch has a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// How it is known.
    pub evidence: Evidence,
    /// The commit of the branch that shows it.
    pub by: CommitId,
}

/// The branches and their commits.
pub struct Survey<'r> {
    repo: &'r Repo,
    reach: Reach,
    /// How many tips are the trunk's: they come first, the targets next, then the commits asked for.
    bases: usize,
    targets: usize,
    branches: Vec<Own>,
    /// Subjects that some branch has twice: they tell nothing.
    generic: BTreeSet<String>,
    patches: HashMap<CommitId, Option<PatchId>>,
}

/// What a branch has and the trunk has not.
#[derive(Debug, Default)]
struct Own {
    /// All of it, parents first.
    all: Vec<Facts>,
    /// What of it was not taken back later: indices of `all`.
    live: Vec<usize>,
    /// What was taken back, by name in hexadecimal; also commits from before the cut.
    reverted: BTreeSet<String>,
}

impl<'r> Survey<'r> {
    /// Reads the history of the trunk, the targets and `commits`, in one walk.
    ///
    /// # Errors
    ///
    /// A refusal where the clone is shallow and what is cut off may tell one of them from another: a
    /// commit that is not seen must not pass for one that is not there.
    pub fn read(repo: &'r Repo, trunk: &Tip, targets: &[Target], commits: &[CommitId]) -> Result<Self> {
        let mut tips: Vec<CommitId> = [trunk.local, trunk.remote].into_iter().flatten().collect();
        tips.dedup();
        let bases = tips.len();
        tips.extend(targets.iter().map(|target| target.tip));
        tips.extend(commits);
        let reach = repo.reach(&tips)?;
        whole(repo, &reach, commits)?;
        let mut branches = Vec::new();
        for number in 0..targets.len() {
            let own = reach.own(bases + number, 0..bases);
            branches.push(Own::new(own.into_iter().map(|id| facts(repo, id)).collect::<Result<_>>()?));
        }
        let generic = generic(&branches);
        Ok(Self { repo, reach, bases, targets: targets.len(), branches, generic, patches: HashMap::new() })
    }

    /// Returns what the message of `commit` tells.
    pub fn facts(&self, commit: CommitId) -> Result<Facts> {
        facts(self.repo, commit)
    }

    /// Returns the number of targets.
    pub fn targets(&self) -> usize {
        self.targets
    }

    /// Returns the commits that target number `target` has and the trunk has not, parents first.
    pub fn own(&self, target: usize) -> &[Facts] {
        self.branches.get(target).map_or(&[], |own| &own.all)
    }

    /// Returns whether target number `target` has a commit of its own that was not taken back.
    pub fn is_live(&self, target: usize, commit: CommitId) -> bool {
        self.branches.get(target).is_some_and(|own| own.live().any(|facts| facts.id == commit))
    }

    /// Returns the commits of the trunk that at least one target has not, parents first.
    pub fn of_trunk(&self) -> Vec<CommitId> {
        let mut found = Vec::new();
        let targets = self.bases..self.bases + self.targets;
        for commit in self.reach.order() {
            let on_trunk = (0..self.bases).any(|base| self.reach.contains(base, *commit));
            if on_trunk && targets.clone().any(|target| !self.reach.contains(target, *commit)) {
                found.push(*commit);
            }
        }
        found
    }

    /// Returns the commits before the commit number `commit` of those asked for that target number
    /// `target` has not, parents first.
    pub fn before(&self, commit: usize, target: usize) -> Vec<CommitId> {
        let mut found =
            self.reach.own(self.bases + self.targets + commit, self.bases + target..self.bases + target + 1);
        found.pop();
        found
    }

    /// Returns the surest evidence that target number `target` has what `wanted` does, where a commit
    /// that `taken` names already shows something else.
    pub fn evidence(
        &mut self,
        wanted: &Facts,
        target: usize,
        taken: impl Fn(CommitId) -> bool,
    ) -> Result<Option<Shown>> {
        let Some(own) = self.branches.get(target) else { return Ok(None) };
        if self.reach.contains(self.bases + target, wanted.id) && !own.has_reverted(wanted) {
            return Ok(Some(Shown { evidence: Evidence::Ancestry, by: wanted.id }));
        }
        let spoken = own.spoken(wanted, &taken, &self.generic);
        if let Some(shown) = spoken.filter(|shown| shown.evidence < Evidence::PatchId) {
            return Ok(Some(shown));
        }
        let candidates: Vec<CommitId> =
            own.live().filter(|facts| !facts.merge && !taken(facts.id)).map(|facts| facts.id).collect();
        let Some(patch) = self.patch(wanted.id)? else { return Ok(spoken) };
        for by in candidates {
            if self.patch(by)? == Some(patch) {
                return Ok(Some(Shown { evidence: Evidence::PatchId, by }));
            }
        }
        Ok(spoken)
    }

    fn patch(&mut self, commit: CommitId) -> Result<Option<PatchId>> {
        if let Some(known) = self.patches.get(&commit) {
            return Ok(*known);
        }
        let patch = self.repo.patch_id(commit)?;
        self.patches.insert(commit, patch);
        Ok(patch)
    }
}

/// Makes sure that no history is cut off that not all tips have in common, nor the parents of one of
/// `commits`, without which it is not known what it changes.
fn whole(repo: &Repo, reach: &Reach, commits: &[CommitId]) -> Result<()> {
    let hides = |commit: &CommitId| reach.divides(*commit) || commits.contains(commit);
    if !repo.cut_off_at()?.iter().any(hides) {
        return Ok(());
    }
    let message = "this clone is shallow: which branch has which commit cannot be known";
    let finding = Finding::error("shallow-clone", message).remedy("run `git fetch --unshallow`");
    Err(Refused::from(finding).into())
}

fn facts(repo: &Repo, commit: CommitId) -> Result<Facts> {
    Ok(Facts::read(&repo.said(commit)?))
}

/// Returns the subjects that stand on one branch more than once and were not taken back in between.
fn generic(branches: &[Own]) -> BTreeSet<String> {
    let mut generic = BTreeSet::new();
    for own in branches {
        let mut seen = BTreeSet::new();
        let again = own.live().filter(|facts| !seen.insert(&facts.subject));
        generic.extend(again.map(|facts| facts.subject.clone()));
    }
    generic
}

impl Own {
    fn new(all: Vec<Facts>) -> Self {
        let mut own = Self { all, ..Self::default() };
        for at in 0..own.all.len() {
            own.add(at);
        }
        own
    }

    /// Takes the next commit into account: what it reverts is gone, and what that had reverted is
    /// back.
    fn add(&mut self, at: usize) {
        let facts = &self.all[at];
        for name in &facts.reverts {
            let gone = |&index: &usize| self.all[index].is_or_comes_from(name);
            let back: Vec<String> = self
                .live
                .iter()
                .filter(|index| gone(index))
                .flat_map(|&i| self.all[i].reverts.clone())
                .collect();
            for name in back {
                self.reverted.remove(&name);
                let again = (0..at).filter(|&index| self.all[index].is_or_comes_from(&name));
                let again: Vec<usize> = again.filter(|index| !self.live.contains(index)).collect();
                self.live.extend(again);
            }
            self.live.retain(|index| !self.all[*index].is_or_comes_from(name));
            self.reverted.insert(name.clone());
        }
        for origin in &facts.picked_from {
            self.reverted.remove(origin);
        }
        self.live.push(at);
    }

    fn live(&self) -> impl Iterator<Item = &Facts> {
        self.live.iter().map(|&index| &self.all[index])
    }

    fn has_reverted(&self, facts: &Facts) -> bool {
        self.reverted.iter().any(|name| facts.is_or_comes_from(name))
    }

    /// Returns the surest evidence in words; a `generic` subject is none.
    fn spoken(
        &self,
        wanted: &Facts,
        taken: &impl Fn(CommitId) -> bool,
        generic: &BTreeSet<String>,
    ) -> Option<Shown> {
        let tells = |shown: &Shown| shown.evidence != Evidence::Subject || !generic.contains(&wanted.subject);
        self.live()
            .filter(|facts| !taken(facts.id) && facts.id != wanted.id)
            .filter_map(|facts| Some(Shown { evidence: facts.evidence_for(wanted)?, by: facts.id }))
            .filter(tells)
            .min_by_key(|shown| shown.evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::log::Said;

    fn own(messages: &[String]) -> Own {
        let facts = |(number, message): (usize, &String)| {
            let id = CommitId::for_tests(u8::try_from(number).unwrap() + 0x10);
            Facts::read(&Said { id, parents: Vec::new(), message: message.clone() })
        };
        Own::new(messages.iter().enumerate().map(facts).collect())
    }

    fn origin() -> Facts {
        Facts::read(&Said { id: CommitId::for_tests(1), parents: Vec::new(), message: "Fix (#1)".into() })
    }

    fn shown(messages: &[String]) -> Option<Evidence> {
        let own = [own(messages)];
        own[0].spoken(&origin(), &|_| false, &generic(&own)).map(|shown| shown.evidence)
    }

    #[test]
    fn what_was_reverted_is_not_there_until_it_is_again() {
        let picked = format!("Fix (#1)\n\n(cherry picked from commit {})", CommitId::for_tests(1));
        let reverted = format!("Revert \"Fix (#1)\"\n\nThis reverts commit {}.", CommitId::for_tests(0x10));
        let again = format!("Revert \"Revert\"\n\nThis reverts commit {}.", CommitId::for_tests(0x11));
        assert_eq!(shown(std::slice::from_ref(&picked)), Some(Evidence::PickedFrom));
        assert_eq!(shown(&[picked.clone(), reverted.clone()]), None);
        assert_eq!(shown(&[picked.clone(), reverted.clone(), again]), Some(Evidence::PickedFrom));
        assert_eq!(shown(&[picked.clone(), reverted, picked]), Some(Evidence::PickedFrom));
    }

    #[test]
    fn a_revert_of_what_was_there_before_the_cut_is_seen() {
        let own = own(&[format!("Revert \"Fix (#1)\"\n\nThis reverts commit {}.", CommitId::for_tests(1))]);
        assert!(own.has_reverted(&origin()));
    }

    #[test]
    fn a_subject_that_two_commits_have_shows_nothing() {
        assert_eq!(shown(&["Fix".into()]), Some(Evidence::Subject));
        assert_eq!(shown(&["Fix".into(), "Fix".into()]), None);
    }
}
