//! What is on the branches, read once: every command of `backport` asks here.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use anyhow::Result;
use serde::Serialize;

use super::evidence::{Evidence, Facts, Strength, reverted};
use super::own::Commits;
use super::targets::Target;
use super::trunk::TrunkCommits;
use crate::finding::{Finding, Refused};
use crate::git::branches::BranchTip;
use crate::git::reach::Reach;
use crate::git::{CommitId, PatchId, Repo};
use crate::rule;

/// What shows that a branch has a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// How it is known.
    pub evidence: Evidence,
    /// The commit of the branch that shows it.
    pub by: CommitId,
}

/// The branches and their commits.
pub struct PickSurvey<'r> {
    repo: &'r Repo,
    reach: Reach,
    /// How many tips are the trunk's: they come first, the targets next, then the commits asked for.
    bases: usize,
    targets: usize,
    branches: Vec<Commits>,
    /// Subjects that some branch has twice: they tell nothing.
    repeated: BTreeSet<String>,
    patches: HashMap<CommitId, Option<PatchId>>,
    /// What the trunk has, read when it is first asked for.
    trunk: Option<Rc<TrunkCommits>>,
}

/// How deep reverts of reverts are followed.
const DEEPEST: usize = 8;

/// How many commits a revert may take back for it to be found out whether a branch has them.
const MOST_UNDONE: usize = 64;

impl<'r> PickSurvey<'r> {
    /// Reads the history of the trunk, the targets and `commits`, in one walk.
    ///
    /// # Errors
    ///
    /// A refusal where the clone is shallow and what is cut off may tell one of them from another: a
    /// commit that is not seen must not pass for one that is not there.
    pub fn read(repo: &'r Repo, trunk: &BranchTip, targets: &[Target], commits: &[CommitId]) -> Result<Self> {
        let mut tips: Vec<CommitId> = trunk.commits().collect();
        tips.dedup();
        let bases = tips.len();
        tips.extend(targets.iter().map(|target| target.tip));
        tips.extend(commits);
        let reach = repo.reach(&tips)?;
        whole(repo, &reach, commits)?;
        let mut branches = Vec::new();
        for number in 0..targets.len() {
            let own = reach.own(bases + number, 0..bases);
            let own = own.into_iter().map(|id| facts(repo, id)).collect::<Result<_>>()?;
            branches.push(Commits::new(with_merges(repo, own)?));
        }
        let repeated = repeated(&branches);
        Ok(Self {
            repo,
            reach,
            bases,
            targets: targets.len(),
            branches,
            repeated,
            patches: HashMap::new(),
            trunk: None,
        })
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
        self.branches.get(target).map_or(&[], Commits::all)
    }

    /// Returns whether target number `target` has a commit of its own that was not taken back.
    pub fn is_live(&self, target: usize, commit: CommitId) -> bool {
        self.branches.get(target).is_some_and(|own| own.live().any(|facts| facts.id == commit))
    }

    /// Returns whether target number `target` has a commit of its own that takes back only others of
    /// its own.
    pub fn takes_back_own(&self, target: usize, facts: &Facts) -> bool {
        self.branches.get(target).is_some_and(|own| own.takes_back_own(facts))
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

    /// Returns what the messages of [`PickSurvey::of_trunk`] tell.
    pub fn trunk(&mut self) -> Result<Rc<TrunkCommits>> {
        if let Some(trunk) = &self.trunk {
            return Ok(Rc::clone(trunk));
        }
        let all = self.of_trunk().into_iter().map(|id| self.facts(id)).collect::<Result<_>>()?;
        let trunk = Rc::new(TrunkCommits::new(with_merges(self.repo, all)?));
        self.trunk = Some(Rc::clone(&trunk));
        Ok(trunk)
    }

    /// Returns where `commit` stands among all commits, of which parents come first.
    pub fn position(&self, commit: CommitId) -> Option<usize> {
        self.reach.position(commit)
    }

    /// Returns the commits before the commit number `commit` of those asked for that target number
    /// `target` has not, parents first.
    pub fn before(&self, commit: usize, target: usize) -> Vec<CommitId> {
        let mut found =
            self.reach.own(self.bases + self.targets + commit, self.bases + target..self.bases + target + 1);
        found.pop();
        found
    }

    /// Returns the surest evidence that target number `target` has what `wanted` does.
    pub fn evidence(&mut self, wanted: &Facts, target: usize) -> Result<Option<Proof>> {
        Ok(self.surest(wanted, target, |_| false)?.map(|(_, shown)| shown))
    }

    /// Returns the same, and how sure it is, where a commit that `taken` names already shows something
    /// else.
    ///
    /// A commit of the branch that is surer evidence for another commit of the trunk is none for this.
    pub fn surest(
        &mut self,
        wanted: &Facts,
        target: usize,
        taken: impl Fn(CommitId) -> bool,
    ) -> Result<Option<(Strength, Proof)>> {
        let Some(own) = self.branches.get(target) else { return Ok(None) };
        if self.reach.contains(self.bases + target, wanted.id) && !own.has_reverted(wanted) {
            let proof = Proof { evidence: Evidence::Ancestry, by: wanted.id };
            return Ok(Some((wanted.strength(Evidence::Ancestry, wanted), proof)));
        }
        let by_message: Vec<(Strength, Facts)> = by_message(own, wanted, &taken, &self.repeated);
        let surest = by_message.first().map(|(strength, facts)| (*strength, proof(*strength, facts)));
        if surest.is_some_and(|(strength, _)| strength.evidence < Evidence::PatchId) {
            return Ok(surest);
        }
        if let Some(same) = self.same_patch(wanted, target, &taken)? {
            return Ok(Some(same));
        }
        for (strength, facts) in by_message {
            if !self.is_surer_for_another(&facts, wanted, strength)? {
                return Ok(Some((strength, proof(strength, &facts))));
            }
        }
        Ok(None)
    }

    /// Finds a commit that makes the same change as `wanted`, best with the same subject.
    fn same_patch(
        &mut self,
        wanted: &Facts,
        target: usize,
        taken: &impl Fn(CommitId) -> bool,
    ) -> Result<Option<(Strength, Proof)>> {
        let Some(patch) = self.patch(wanted.id)? else { return Ok(None) };
        let Some(own) = self.branches.get(target) else { return Ok(None) };
        let candidates = own.live().filter(|facts| !facts.merge && !taken(facts.id));
        let mut candidates: Vec<(Strength, CommitId)> =
            candidates.map(|facts| (facts.strength(Evidence::PatchId, wanted), facts.id)).collect();
        candidates.sort_by_key(|(strength, _)| *strength);
        for (strength, by) in candidates {
            if self.patch(by)? == Some(patch) && !self.names_another(&self.facts(by)?, wanted)? {
                return Ok(Some((strength, Proof { evidence: Evidence::PatchId, by })));
            }
        }
        Ok(None)
    }

    /// Returns whether `facts` says that it was picked from another commit of the trunk than `wanted`.
    fn names_another(&mut self, facts: &Facts, wanted: &Facts) -> Result<bool> {
        if facts.picked_from.is_empty() || facts.evidence_for(wanted) == Some(Evidence::PickedFrom) {
            return Ok(false);
        }
        let trunk = self.trunk()?;
        Ok(facts.picked_from.iter().any(|name| trunk.contains(name)))
    }

    /// Returns whether a commit of a branch, which is evidence of `strength` for `wanted`, is surer
    /// evidence for another commit of the trunk.
    fn is_surer_for_another(&mut self, facts: &Facts, wanted: &Facts, strength: Strength) -> Result<bool> {
        if self.branches.iter().any(|own| own.all().iter().any(|one| one.id == wanted.id)) {
            return Ok(false);
        }
        let trunk = self.trunk()?;
        let others: Vec<&Facts> =
            trunk.related(facts).into_iter().filter(|one| one.id != wanted.id).collect();
        let surer = |other: &&Facts| {
            let evidence = facts.evidence_for(other);
            evidence.is_some_and(|evidence| facts.strength(evidence, other) < strength)
        };
        if others.iter().any(surer) {
            return Ok(true);
        }
        let patch = self.patch(facts.id)?;
        for other in others.into_iter().take(MOST_UNDONE) {
            if patch.is_some() && self.patch(other.id)? == patch {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns whether target number `target` does not need `wanted`, which takes back what the target
    /// has not.
    pub fn is_not_needed(&mut self, wanted: &Facts, target: usize) -> Result<bool> {
        self.is_not_needed_within(wanted, target, DEEPEST)
    }

    fn is_not_needed_within(&mut self, wanted: &Facts, target: usize, deepest: usize) -> Result<bool> {
        let names = if wanted.is_revert() { self.trunk()?.undone_by(wanted) } else { Vec::new() };
        if names.is_empty() || names.len() > MOST_UNDONE || deepest == 0 {
            return Ok(false);
        }
        for name in names {
            let Some(undone) = self.repo.resolve(&name)? else { return Ok(false) };
            let undone = self.facts(undone)?;
            let is_there = self.evidence(&undone, target)?.is_some();
            if is_there || self.is_not_needed_within(&undone, target, deepest - 1)? {
                return Ok(false);
            }
        }
        Ok(true)
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
    if !repo.cut_off()?.iter().any(hides) {
        return Ok(());
    }
    let message = "this clone is shallow: which branch has which commit cannot be known";
    let finding = Finding::of(rule::SHALLOW_CLONE, message).remedy("run `git fetch --unshallow`");
    Err(Refused::from(finding).into())
}

/// Returns what the message of `commit` tells; of a revert of a merge, also what that had brought.
fn facts(repo: &Repo, commit: CommitId) -> Result<Facts> {
    let said = repo.commit_info(commit)?;
    let mut facts = Facts::read(&said);
    for (name, mainline) in reverted(&said.message) {
        if let Some(merge) = repo.resolve(&name)? {
            let mainline = mainline.map(|name| repo.resolve(&name)).transpose()?.flatten();
            facts.reverts.extend(repo.merged_commits(merge, mainline)?.iter().map(ToString::to_string));
        }
    }
    Ok(facts)
}

/// Returns `all` with the commits that those take back which only name the pull request of a merge.
fn with_merges(repo: &Repo, mut all: Vec<Facts>) -> Result<Vec<Facts>> {
    for at in 0..all.len() {
        let Some(undone) = &all[at].undoes else { continue };
        let is_meant = |facts: &&Facts| {
            facts.merge && facts.merges_pull().is_some_and(|pull| undone.stated.contains(&pull))
        };
        let Some(merge) = all[..at].iter().rfind(is_meant).map(|facts| facts.id) else { continue };
        let names = repo.merged_commits(merge, None)?.into_iter().chain([merge]);
        all[at].reverts = names.map(|id| id.to_string()).collect();
        all[at].undoes = None;
    }
    Ok(all)
}

/// Returns the commits of a branch that say that they do what `wanted` does, the surest first; a
/// `repeated` subject says nothing.
fn by_message(
    own: &Commits,
    wanted: &Facts,
    taken: &impl Fn(CommitId) -> bool,
    repeated: &BTreeSet<String>,
) -> Vec<(Strength, Facts)> {
    let tells =
        |strength: &Strength| strength.evidence != Evidence::Subject || !repeated.contains(&wanted.subject);
    let others = own.live().filter(|facts| !taken(facts.id) && facts.id != wanted.id);
    let found =
        others.filter_map(|facts| Some((facts.strength(facts.evidence_for(wanted)?, wanted), facts.clone())));
    let mut found: Vec<(Strength, Facts)> = found.filter(|(strength, _)| tells(strength)).collect();
    found.sort_by_key(|(strength, _)| *strength);
    found
}

fn proof(strength: Strength, facts: &Facts) -> Proof {
    Proof { evidence: strength.evidence, by: facts.id }
}

/// Returns the subjects that stand on one branch more than once and were not taken back in between.
fn repeated(branches: &[Commits]) -> BTreeSet<String> {
    let mut repeated = BTreeSet::new();
    for own in branches {
        let mut seen = BTreeSet::new();
        let again = own.live().filter(|facts| !seen.insert(&facts.subject));
        repeated.extend(again.map(|facts| facts.subject.clone()));
    }
    repeated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::history::CommitInfo;

    fn own(messages: &[String]) -> Commits {
        let facts = |(number, message): (usize, &String)| {
            let id = CommitId::of_test(u8::try_from(number).unwrap() + 0x10);
            Facts::read(&CommitInfo { id, parents: Vec::new(), message: message.clone() })
        };
        Commits::new(messages.iter().enumerate().map(facts).collect())
    }

    fn origin() -> Facts {
        Facts::read(&CommitInfo { id: CommitId::of_test(1), parents: Vec::new(), message: "Fix (#1)".into() })
    }

    fn shown(messages: &[String]) -> Option<Evidence> {
        let own = [own(messages)];
        by_message(&own[0], &origin(), &|_| false, &repeated(&own))
            .first()
            .map(|(strength, _)| strength.evidence)
    }

    #[test]
    fn what_was_reverted_is_not_there_until_it_is_again() {
        let picked = format!("Fix (#1)\n\n(cherry picked from commit {})", CommitId::of_test(1));
        let reverted = format!("Revert \"Fix (#1)\"\n\nThis reverts commit {}.", CommitId::of_test(0x10));
        let again = format!("Revert \"Revert\"\n\nThis reverts commit {}.", CommitId::of_test(0x11));
        assert_eq!(shown(std::slice::from_ref(&picked)), Some(Evidence::PickedFrom));
        assert_eq!(shown(&[picked.clone(), reverted.clone()]), None);
        assert_eq!(shown(&[picked.clone(), reverted.clone(), again]), Some(Evidence::PickedFrom));
        assert_eq!(shown(&[picked.clone(), reverted, picked]), Some(Evidence::PickedFrom));
    }

    #[test]
    fn a_revert_of_what_was_there_before_the_cut_is_seen() {
        let own = own(&[format!("Revert \"Fix (#1)\"\n\nThis reverts commit {}.", CommitId::of_test(1))]);
        assert!(own.has_reverted(&origin()));
    }

    #[test]
    fn a_subject_that_two_commits_have_shows_nothing() {
        assert_eq!(shown(&["Fix".into()]), Some(Evidence::Subject));
        assert_eq!(shown(&["Fix".into(), "Fix".into()]), None);
    }
}
