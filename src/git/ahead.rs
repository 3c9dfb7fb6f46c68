//! How much of each release branch is in no release.

use std::collections::{BTreeSet, HashSet};

use anyhow::{Context, Result};
use git2::{Oid, Revwalk};

use super::survey::{BranchStarts, Presence, ReleaseBranch, ReleaseTag, Survey, Tip, latest};
use super::{BranchName, CommitId, Repo};

/// From so many tips on it pays to read ahead.
const MANY: usize = 8;

impl Repo {
    /// Counts the commits of the release branches of `survey` that are in no release: since the latest tag, or
    /// since the cut where there is none and it is one of the `new` ones, of which nothing can be out.
    ///
    /// One walker serves all branches: what it has read of the history for one, it knows for the next.
    ///
    /// # Errors
    ///
    /// If the history cannot be read.
    pub fn count_ahead(&self, survey: &mut Survey, new: &BTreeSet<BranchName>) -> Result<()> {
        let starts = BranchStarts::of(&survey.branches);
        let cut_off = self.cut_off()?;
        let mut walk = self.git.revwalk().context("cannot walk the history")?;
        let mut trunk = survey.trunk.as_ref().map(|tip| TrunkChain::new(tip.commit));
        self.read_cuts(survey, new, &starts);
        for branch in survey.branches.iter_mut().filter(|branch| branch.presence != Presence::CutOff) {
            let is_own = |tag: &&ReleaseTag| starts.is_of(tag, branch.number, &branch.version);
            let own: Vec<&ReleaseTag> = survey.tags.iter().filter(is_own).collect();
            let tip = &mut branch.tip;
            if let Some(tag) = latest(&own) {
                tip.base = Some(tag.commit);
                tip.ahead = count(&mut walk, tip, tag.commit, &|_| true, &cut_off)?;
            } else if let Some(trunk) = trunk.as_mut().filter(|_| new.contains(&tip.name)) {
                let base = trunk.base(self, tip.commit)?;
                tip.base = Some(base);
                tip.ahead = count(&mut walk, tip, base, &|commit| !trunk.seen.contains(&commit), &cut_off)?;
            }
        }
        Ok(())
    }
}

impl Repo {
    /// Reads ahead to the cuts of the branches of which nothing can be out, where there are many.
    fn read_cuts(&self, survey: &Survey, new: &BTreeSet<BranchName>, starts: &BranchStarts) {
        let is_tagged = |branch: &&ReleaseBranch| {
            survey.tags.iter().any(|tag| starts.is_of(tag, branch.number, &branch.version))
        };
        let untagged = survey.branches.iter().filter(|branch| !is_tagged(branch));
        let branches = untagged.map(|branch| &branch.tip).filter(|tip| new.contains(&tip.name));
        let tips: Vec<Oid> = survey.trunk.iter().chain(branches).map(|tip| tip.commit.0).collect();
        let oldest =
            tips.iter().filter_map(|tip| Some(self.first_parents.step(&self.git, *tip).ok()?.seconds)).min();
        if let Some(oldest) = oldest.filter(|_| tips.len() > MANY) {
            self.first_parents.read_ahead(&self.git, &tips, oldest);
        }
    }
}

/// Counts the commits of a branch that `base` has not, and of which `is_own` holds.
fn count(
    walk: &mut Revwalk<'_>,
    tip: &Tip,
    base: CommitId,
    is_own: &dyn Fn(Oid) -> bool,
    cut_off: &HashSet<CommitId>,
) -> Result<Option<usize>> {
    walk.reset()?;
    walk.push(tip.commit.0)?;
    walk.hide(base.0)?;
    let mut ahead = Some(0);
    for commit in walk.by_ref() {
        let commit = commit.with_context(|| format!("cannot read the history of {}", tip.name))?;
        let more = usize::from(is_own(commit));
        ahead = ahead.filter(|_| !cut_off.contains(&CommitId(commit))).map(|ahead| ahead + more);
    }
    Ok(ahead)
}

/// The first parents of the trunk, as far back as they were asked for.
struct TrunkChain {
    tip: CommitId,
    seen: HashSet<Oid>,
    /// The next of them.
    next: Option<Oid>,
    /// Whether a merge is among them, by which the trunk has more than they are.
    has_merge: bool,
}

impl TrunkChain {
    fn new(tip: CommitId) -> Self {
        Self { tip, seen: HashSet::new(), next: Some(tip.0), has_merge: false }
    }

    /// Returns a commit of the trunk from which on the commits of a branch are its own: where it left the trunk or,
    /// as the trunk may have merged something of it since, the trunk's tip.
    fn base(&mut self, repo: &Repo, branch: CommitId) -> Result<CommitId> {
        let mut next = Some(branch.0);
        while let Some(id) = next {
            let step = repo.first_parents.step(&repo.git, id)?;
            self.reach(repo, step.seconds)?;
            if self.seen.contains(&id) {
                return Ok(if self.has_merge { self.tip } else { CommitId(id) });
            }
            next = step.parent;
        }
        Ok(self.tip)
    }

    /// Goes back to the first commit that is older than `time`.
    fn reach(&mut self, repo: &Repo, time: i64) -> Result<()> {
        while let Some(id) = self.next {
            let step = repo.first_parents.step(&repo.git, id)?;
            if step.seconds < time {
                break;
            }
            self.seen.insert(id);
            self.has_merge |= step.is_merge;
            self.next = step.parent;
        }
        Ok(())
    }
}
