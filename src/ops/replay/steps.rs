//! Which commits of a history moved the version, and what each of them did.

use std::collections::HashSet;

use anyhow::Result;
use semver::Version;

use super::step::{PastStep, ReplayOptions};
use crate::config::{Config, Label};
use crate::finding::{Finding, Refused};
use crate::git::{BranchName, CommitId, Refs, Repo};
use crate::path::RepoPath;
use crate::plan::Command;
use crate::plan::course::Asked;
use crate::rule;
use crate::version::{self, Step, plain};
use crate::workspace::declared::{Declarations, manifests_for};

/// The trunk and the release branches, whose first parents are the history.
pub(super) struct ReleaseHistory<'a> {
    pub(super) repo: &'a Repo,
    pub(super) config: &'a Config,
    pub(super) refs: &'a Refs,
    pub(super) trunk: &'a BranchName,
    /// The lead package's manifest.
    pub(super) manifest: RepoPath,
    /// The commits at which the history is cut off.
    pub(super) cut_off: HashSet<CommitId>,
    pub(super) declarations: &'a Declarations,
}

/// A commit before which the lead package had another version.
struct VersionMove {
    commit: CommitId,
    parent: CommitId,
    from: Version,
}

/// A branch that is looked through, from its tip to where it left the trunk.
struct Branch {
    name: BranchName,
    tip: CommitId,
    left_at: Option<CommitId>,
}

impl ReleaseHistory<'_> {
    /// Returns the steps that are asked for, the oldest first.
    pub(super) fn steps(&self, options: &ReplayOptions) -> Result<Vec<PastStep>> {
        let most = if options.versions.is_empty() { options.last } else { usize::MAX };
        let branches = self.branches()?;
        // Where release branches left the trunk: a cut has that commit for its parent.
        let cuts: HashSet<CommitId> = branches.iter().filter_map(|branch| branch.left_at).collect();
        branches.iter().try_for_each(|branch| self.prefetch(branch.tip))?;
        let (mut steps, mut seen) = (Vec::new(), HashSet::new());
        // What the trunk has merged of a release branch was made there.
        let is_trunk = |branch: &&Branch| branch.name == *self.trunk;
        let others = branches.iter().filter(|branch| !is_trunk(branch));
        for branch in others.chain(branches.iter().filter(is_trunk)) {
            let found = self.of_branch(branch, &cuts, most)?;
            steps.extend(found.into_iter().rev().filter(|step| seen.insert(step.commit)));
        }
        // Of one second, what is on the trunk comes first, and a parent before its child.
        steps.sort_by_key(|step| (step.moment, step.branch != *self.trunk));
        if options.versions.is_empty() {
            steps.drain(..steps.len().saturating_sub(options.last));
            return Ok(steps);
        }
        let missing =
            options.versions.iter().filter(|version| !steps.iter().any(|step| step.to == **version));
        Refused::if_any(missing.map(never_reached).collect())?;
        steps.retain(|step| options.versions.contains(&step.to));
        Ok(steps)
    }

    /// Returns the trunk and the release branches.
    fn branches(&self) -> Result<Vec<Branch>> {
        let branches = &self.refs.branches;
        let trunk = branches.tip(self.trunk).commit();
        let mut found = Vec::new();
        for name in branches.names() {
            let Some(tip) = branches.tip(name).commit() else { continue };
            if *name == *self.trunk {
                found.insert(0, Branch { name: name.clone(), tip, left_at: None });
            } else if self.config.names.branch.read(name).is_some() {
                let left_at = trunk.map(|trunk| self.repo.left_at(tip, trunk)).transpose()?.flatten();
                found.push(Branch { name: name.clone(), tip, left_at });
            }
        }
        Ok(found)
    }

    /// Returns the latest steps of one branch, `most` at the most and the latest first.
    fn of_branch(&self, branch: &Branch, cuts: &HashSet<CommitId>, most: usize) -> Result<Vec<PastStep>> {
        let mut steps = Vec::new();
        let mut here = (branch.tip, self.version(branch.tip)?);
        while steps.len() < most && Some(here.0) != branch.left_at {
            let Some((parent, before)) = self.before(here.0)? else { break };
            if let (Some(from), Some(to)) = (&before, &here.1)
                && from != to
            {
                let moved = self.made_in(VersionMove { commit: here.0, parent, from: from.clone() }, to)?;
                let VersionMove { commit, parent, from } = moved;
                if let Some((command, asked)) = self.command(branch, &from, to, cuts.contains(&parent))
                    && let (moment, Some(date)) = self.repo.time_of(commit)?
                {
                    let (branch, to) = (branch.name.clone(), to.clone());
                    steps.push(PastStep { command, asked, branch, from, to, date, moment, commit, parent });
                }
            }
            here = (parent, before);
        }
        Ok(steps)
    }

    /// Returns the commit that moved the version to `to`, where `moved` only merged it.
    fn made_in(&self, mut moved: VersionMove, to: &Version) -> Result<VersionMove> {
        while let Some(merged) = self.repo.merged_by(moved.commit)? {
            self.prefetch(merged)?;
            if self.version(merged)?.as_ref() != Some(to) {
                break;
            }
            let mut commit = merged;
            let made = loop {
                match self.before(commit)? {
                    Some((parent, Some(version))) if version == *to => commit = parent,
                    Some((parent, Some(from))) => break Some(VersionMove { commit, parent, from }),
                    Some((_, None)) | None => break None,
                }
            };
            match made {
                Some(made) => moved = made,
                None => break,
            }
        }
        Ok(moved)
    }

    /// Returns the first parent of a commit, if it is here, and the version there.
    fn before(&self, commit: CommitId) -> Result<Option<(CommitId, Option<Version>)>> {
        if self.cut_off.contains(&commit) {
            return Ok(None);
        }
        let Some(parent) = self.repo.parent(commit)? else { return Ok(None) };
        Ok(Some((parent, self.version(parent)?)))
    }

    /// Returns the lead package's version at a commit, if it can be read.
    fn version(&self, commit: CommitId) -> Result<Option<Version>> {
        let at = (None, &self.manifest);
        let declared = Refused::taken_from(self.declarations.at(self.repo, commit, at))?;
        Ok(declared.ok().flatten().and_then(|declared| declared.version))
    }

    /// Fetches what tells the versions before `tip`.
    fn prefetch(&self, tip: CommitId) -> Result<()> {
        self.repo.prefetch_history(tip, &manifests_for(&self.manifest))
    }

    /// Returns the command that goes from one version to the other.
    fn command(
        &self,
        branch: &Branch,
        from: &Version,
        to: &Version,
        is_cut: bool,
    ) -> Option<(Command, Asked)> {
        let by = [Step::Major, Step::Minor, Step::Patch]
            .into_iter()
            .find(|by| version::next(from, *by).is_ok_and(|next| next == plain(to)));
        let candidate = self.config.prerelease.candidate.as_ref().map(Label::as_str);
        let is_candidate = candidate.is_some_and(|label| version::candidate_number(to, label).is_some());
        let on_trunk = branch.name == *self.trunk;
        let command = match by {
            _ if to < from => return None,
            Some(_) if on_trunk && is_cut => Command::Branch,
            _ if on_trunk => Command::Bump,
            _ if is_candidate => Command::Rc,
            _ if !from.pre.is_empty() && *to == plain(from) => Command::Release,
            Some(Step::Patch) if to.pre.is_empty() => Command::Patch,
            _ => Command::Bump,
        };
        let level = by.filter(|_| command == Command::Branch);
        let lead = (command == Command::Bump).then(|| to.clone());
        Some((command, Asked { level, lead, ..Asked::default() }))
    }
}

fn never_reached(version: &Version) -> Finding {
    Finding::of(rule::NO_STEP, format!("no commit on the trunk or a release branch moves to {version}"))
        .remedy("name a version that the history has; see those that it finds with `cargo relprep replay`")
}
