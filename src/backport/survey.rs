//! What is on the branches, read once: every command of `backport` asks here.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use anyhow::Result;

use super::by_change::{FileIndex, PatchIndex};
use super::evidence::{Evidence, Facts, Strength, reverted};
use super::judged::Judged;
use super::own::Commits;
pub use super::proof::Proof;
use super::proof::{by_message, proof, repeated};
use super::scope::Scope;
use super::targets::Target;
use super::title::BranchWords;
use super::trunk::TrunkCommits;
use crate::finding::{Finding, Refused};
use crate::git::reach::Reach;
use crate::git::{CommitId, Repo};
use crate::rule;
use crate::workspace::declared::manifests_for;

/// The branches and their commits.
pub struct PickSurvey<'r> {
    repo: &'r Repo,
    words: BranchWords,
    reach: Reach,
    /// How many tips are the trunk's: they come first, the targets next, then the commits asked for.
    bases: usize,
    tips: Vec<CommitId>,
    /// Where each target left the trunk, as far as it was asked for.
    cuts: HashMap<usize, Option<CommitId>>,
    branches: Vec<Commits>,
    /// Subjects that some branch has twice: they tell nothing.
    repeated: BTreeSet<String>,
    judged: Judged<'r>,
    /// The commits of each target by what they change, as far as it was asked for.
    by_patch: HashMap<usize, PatchIndex>,
    by_file: HashMap<usize, FileIndex>,
    /// What is the surest evidence for each commit on each target, as far as it was asked for.
    known: HashMap<(CommitId, usize), Option<(Strength, Proof)>>,
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
    pub fn read(repo: &'r Repo, scope: &Scope, targets: &[Target], commits: &[CommitId]) -> Result<Self> {
        let mut tips: Vec<CommitId> = scope.trunk_tip.commits().collect();
        tips.dedup();
        let bases = tips.len();
        tips.extend(targets.iter().map(|target| target.tip));
        let of_targets = tips[bases..].to_vec();
        tips.extend(commits);
        let reach = repo.reach(&tips)?;
        whole(repo, &reach, commits)?;
        let mut survey = Self {
            repo,
            words: scope.words.clone(),
            reach,
            bases,
            tips: of_targets,
            cuts: HashMap::new(),
            branches: Vec::new(),
            repeated: BTreeSet::new(),
            judged: Judged::new(repo, scope),
            by_patch: HashMap::new(),
            by_file: HashMap::new(),
            known: HashMap::new(),
            trunk: None,
        };
        let own = |number| survey.reach.own(bases + number, 0..bases);
        let all: Vec<CommitId> = (0..targets.len()).flat_map(own).chain(commits.iter().copied()).collect();
        repo.prefetch_changes(&all)?;
        repo.prefetch_at(&all, &manifests_for(&scope.lead.1))?;
        for number in 0..targets.len() {
            let own = survey.reach.own(bases + number, 0..bases);
            let own = own.into_iter().map(|id| survey.facts(id)).collect::<Result<_>>()?;
            survey.branches.push(Commits::new(with_merges(repo, own)?));
        }
        survey.repeated = repeated(&survey.branches);
        Ok(survey)
    }

    /// Returns what the message of `commit` tells; of a revert of a merge, also what that had brought. An
    /// origin that is on no branch is not told: nobody knows what it was.
    pub fn facts(&self, commit: CommitId) -> Result<Facts> {
        let said = self.repo.commit_info(commit)?;
        let mut facts = Facts::read(&said, &self.words);
        for (name, mainline) in reverted(&said.message) {
            if let Some(merge) = self.repo.resolve(&name)? {
                let mainline = mainline.map(|name| self.repo.resolve(&name)).transpose()?.flatten();
                facts
                    .reverts
                    .extend(self.repo.merged_commits(merge, mainline)?.iter().map(ToString::to_string));
            }
        }
        let mut known = Vec::new();
        for name in facts.picked_from {
            if self.repo.resolve(&name)?.is_some_and(|origin| self.reach.position(origin).is_some()) {
                known.push(name);
            }
        }
        Ok(Facts { picked_from: known, ..facts })
    }

    /// Returns the number of targets.
    pub fn targets(&self) -> usize {
        self.tips.len()
    }

    /// Returns the commits that target number `target` has and the trunk has not, parents first.
    pub fn own(&self, target: usize) -> &[Facts] {
        self.branches.get(target).map_or(&[], Commits::all)
    }

    /// Returns whether target number `target` has a commit of its own that was not taken back.
    pub fn is_live(&self, target: usize, commit: CommitId) -> bool {
        self.branches.get(target).is_some_and(|own| own.is_live(commit))
    }

    /// Returns whether target number `target` has a commit of its own that takes back only others of
    /// its own.
    pub fn takes_back_own(&self, target: usize, facts: &Facts) -> bool {
        self.branches.get(target).is_some_and(|own| own.takes_back_own(facts))
    }

    /// Returns the commits of the trunk that at least one target has not, parents first.
    pub fn of_trunk(&self) -> Vec<CommitId> {
        let mut found = Vec::new();
        let targets = self.bases..self.bases + self.tips.len();
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
        let mut found = self
            .reach
            .own(self.bases + self.tips.len() + commit, self.bases + target..self.bases + target + 1);
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
        let free = match self.known.get(&(wanted.id, target)) {
            Some(known) => *known,
            None => self.surest_within(wanted, target, &|_| false, DEEPEST)?,
        };
        self.known.insert((wanted.id, target), free);
        match free {
            Some((_, shown)) if shown.evidence.is_of_one() && taken(shown.by) => {
                self.surest_within(wanted, target, &taken, DEEPEST)
            }
            free => Ok(free),
        }
    }

    fn surest_within(
        &mut self,
        wanted: &Facts,
        target: usize,
        taken: &dyn Fn(CommitId) -> bool,
        deepest: usize,
    ) -> Result<Option<(Strength, Proof)>> {
        let Some(own) = self.branches.get(target) else { return Ok(None) };
        if self.reach.contains(self.bases + target, wanted.id) && !own.has_reverted(wanted) {
            let proof = Proof { evidence: Evidence::Ancestry, by: wanted.id };
            return Ok(Some((wanted.strength(Evidence::Ancestry, wanted), proof)));
        }
        let by_message: Vec<(Strength, Facts)> = by_message(own, wanted, taken, &self.repeated);
        for (strength, facts) in &by_message {
            if strength.evidence == Evidence::PickedFrom && self.is_borne_out(*strength, facts, wanted)? {
                return Ok(Some((*strength, proof(*strength, facts))));
            }
        }
        if let Some(same) = self.same_patch(wanted, target, taken)? {
            return Ok(Some(same));
        }
        if let Some(there) = self.no_difference(wanted, target, deepest)? {
            return Ok(Some((wanted.strength(there.evidence, wanted), there)));
        }
        for (strength, facts) in by_message {
            if self.is_borne_out(strength, &facts, wanted)?
                && (self.is_of_several(strength.evidence, &facts)?
                    || !self.is_surer_for_another(&facts, wanted, strength)?)
            {
                return Ok(Some((strength, proof(strength, &facts))));
            }
        }
        Ok(None)
    }

    /// Returns whether the changes of `facts`, which by its words is evidence for `wanted`, say so too: those
    /// of one that lists several, or of two batches that are called alike, must be the same in good part.
    fn is_borne_out(&mut self, strength: Strength, facts: &Facts, wanted: &Facts) -> Result<bool> {
        let (by, wanted_id) = (facts.id, wanted.id);
        match strength.evidence {
            Evidence::PickedFrom if facts.picked_from.len() > 1 => self.judged.is_related(by, wanted_id),
            // Of what is listed, one may change what the other had: then it is the outcome that counts.
            Evidence::Listed => {
                Ok(self.judged.bears_out(by, wanted_id)? || self.judged.is_there(wanted_id, by)?)
            }
            Evidence::Subject if self.is_own(wanted) => self.judged.bears_out(by, wanted_id),
            Evidence::Subject | Evidence::Advisory => self.judged.is_related(by, wanted_id),
            Evidence::PullRequest if self.is_of_several(strength.evidence, facts)? => {
                self.judged.bears_out(by, wanted_id)
            }
            Evidence::PullRequest => self.judged.shares_file(by, wanted_id),
            _ => Ok(strength.evidence < Evidence::NoDifference),
        }
    }

    /// Returns whether `facts`, a commit of a branch, shows others beside the one for which it is evidence.
    fn is_of_several(&mut self, evidence: Evidence, facts: &Facts) -> Result<bool> {
        Ok(match evidence {
            Evidence::PullRequest => facts.pulls.len() > 1 && self.trunk()?.names_several(facts),
            _ => !evidence.is_of_one(),
        })
    }

    /// Returns whether the commit that `shown` names can show no other commit of the trunk any more.
    pub fn is_taken(&mut self, shown: Proof) -> Result<bool> {
        let facts = self.facts(shown.by)?;
        Ok(!self.is_of_several(shown.evidence, &facts)?)
    }

    /// Returns the commits of the trunk that a commit of a branch comes from, as far as its changes say so too.
    pub fn origins(&mut self, facts: &Facts) -> Result<Vec<Facts>> {
        let trunk = self.trunk()?;
        let mut origins = Vec::new();
        for (evidence, origin) in trunk.origins(facts) {
            if self.is_borne_out(facts.strength(evidence, origin), facts, origin)? {
                origins.push(origin.clone());
            }
        }
        Ok(origins)
    }

    /// Returns whether two commits make the same change, in good part.
    pub fn is_same_change(&mut self, one: CommitId, other: CommitId) -> Result<bool> {
        Ok(self.judged.is_same_patch(one, other)? || self.judged.bears_out(one, other)?)
    }

    /// Returns whether all that `commit` changes is so at `onto`.
    pub fn has_changes(&self, commit: CommitId, onto: CommitId) -> Result<bool> {
        self.judged.is_there(commit, onto)
    }

    /// Returns the commit of the trunk that took `wanted` back.
    pub fn taken_back(&mut self, wanted: &Facts) -> Result<Option<Facts>> {
        Ok(self.trunk()?.taken_back(wanted).cloned())
    }

    /// Returns the commit of target number `target` by which it has what `wanted` takes back.
    pub fn still_has(&mut self, wanted: &Facts, target: usize) -> Result<Option<CommitId>> {
        for name in self.trunk()?.undone_by(wanted).into_iter().take(MOST_UNDONE) {
            let Some(undone) = self.repo.resolve(&name)? else { continue };
            let undone = self.facts(undone)?;
            let by = self.evidence(&undone, target)?.map(|shown| shown.by);
            if let Some(by) = by.filter(|by| self.has_own(target, *by)) {
                return Ok(Some(by));
            }
        }
        Ok(None)
    }

    /// Returns whether target number `target` has a commit that the trunk has not.
    pub fn has_own(&self, target: usize, commit: CommitId) -> bool {
        self.branches.get(target).is_some_and(|own| own.get(commit).is_some())
    }

    /// Returns whether a release branch has `wanted` and the trunk has not.
    fn is_own(&self, wanted: &Facts) -> bool {
        self.branches.iter().any(|own| own.get(wanted.id).is_some())
    }

    /// Finds that `wanted` changes nothing on a target, and the commit of the branch since which that is so;
    /// the one at which it was cut where it was so before.
    ///
    /// What is taken back, or only taken away, and was never there is none: it is not needed.
    fn no_difference(&mut self, wanted: &Facts, target: usize, deepest: usize) -> Result<Option<Proof>> {
        let Some(tip) = self.tips.get(target).copied() else { return Ok(None) };
        if wanted.merge || !self.judged.is_there(wanted.id, tip)? {
            return Ok(None);
        }
        if wanted.is_revert() && self.is_not_needed_within(wanted, target, deepest)? {
            return Ok(None);
        }
        let cut = self.cut(target)?;
        if let Some(cut) = cut
            && self.judged.is_there(wanted.id, cut)?
        {
            let is_none = wanted.is_revert() || self.judged.only_removes(wanted.id)?;
            return Ok((!is_none).then_some(Proof { evidence: Evidence::NoDifference, by: cut }));
        }
        let Some(own) = self.branches.get(target) else { return Ok(None) };
        let index = match self.by_file.entry(target) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unread) => unread.insert(FileIndex::read(own, self.repo)?),
        };
        let mut since = tip;
        for at in index.touching(&self.repo.touched(wanted.id)?).into_iter().rev() {
            let by = own.all()[at].id;
            if !self.judged.is_there(wanted.id, by)? {
                break;
            }
            since = by;
        }
        Ok(Some(Proof { evidence: Evidence::NoDifference, by: since }))
    }

    /// Returns whether target number `target` had nothing that `wanted` changes when it was cut: what takes
    /// away only what was not there.
    fn changed_nothing(&mut self, wanted: &Facts, target: usize) -> Result<bool> {
        let Some(tip) = self.tips.get(target).copied() else { return Ok(false) };
        Ok(!wanted.merge && self.judged.only_removes(wanted.id)? && self.judged.is_there(wanted.id, tip)?)
    }

    /// Returns the commit at which target number `target` left the trunk.
    pub fn cut(&mut self, target: usize) -> Result<Option<CommitId>> {
        if let Some(known) = self.cuts.get(&target) {
            return Ok(*known);
        }
        let (trunk, tip) = (self.reach.tips().first().copied(), self.tips.get(target).copied());
        let cut = match trunk.zip(tip) {
            Some((trunk, tip)) => self.repo.left_at(tip, trunk)?,
            None => None,
        };
        self.cuts.insert(target, cut);
        Ok(cut)
    }

    /// Finds a commit that makes the same change as `wanted`, best with the same subject.
    fn same_patch(
        &mut self,
        wanted: &Facts,
        target: usize,
        taken: &dyn Fn(CommitId) -> bool,
    ) -> Result<Option<(Strength, Proof)>> {
        let Some(own) = self.branches.get(target) else { return Ok(None) };
        let index = match self.by_patch.entry(target) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unread) => unread.insert(PatchIndex::read(own, &self.judged)?),
        };
        let same = index.same(wanted.id, &mut self.judged)?.iter().filter(|by| !taken(**by));
        let mut same: Vec<(Strength, Facts)> = same
            .filter_map(|by| own.get(*by))
            .map(|facts| (facts.strength(Evidence::PatchId, wanted), facts.clone()))
            .collect();
        same.sort_by_key(|(strength, _)| *strength);
        for (strength, facts) in same {
            if !self.names_another(&facts, wanted)? {
                return Ok(Some((strength, proof(strength, &facts))));
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
        if self.is_own(wanted) {
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
        for other in others.into_iter().take(MOST_UNDONE) {
            if self.judged.is_same_patch(facts.id, other.id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns whether target number `target` does not need `wanted`, which takes back what the target
    /// has not.
    pub fn is_not_needed(&mut self, wanted: &Facts, target: usize) -> Result<bool> {
        Ok(self.is_not_needed_within(wanted, target, DEEPEST)? || self.changed_nothing(wanted, target)?)
    }

    fn is_not_needed_within(&mut self, wanted: &Facts, target: usize, deepest: usize) -> Result<bool> {
        let names = if wanted.is_revert() { self.trunk()?.undone_by(wanted) } else { Vec::new() };
        if names.is_empty() || names.len() > MOST_UNDONE || deepest == 0 {
            return Ok(false);
        }
        for name in names {
            let Some(undone) = self.repo.resolve(&name)? else { return Ok(false) };
            let undone = self.facts(undone)?;
            let is_there = self.surest_within(&undone, target, &|_| false, deepest - 1)?.is_some();
            if is_there || self.is_not_needed_within(&undone, target, deepest - 1)? {
                return Ok(false);
            }
        }
        Ok(true)
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
