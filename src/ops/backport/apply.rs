//! Tries commits on the branches, and makes what is clean.

use std::collections::BTreeMap;

use anyhow::{Error, Result};

use super::Scene;
use crate::backport::attempt::Attempt;
use crate::backport::evidence::Facts;
use crate::backport::making::{Made, Manner};
use crate::backport::targets::{Choice, Chosen};
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Head};
use crate::ops::sink::Sink;
use crate::transaction::values::{Hooks, Options, Publication};

/// What became of the commits on each branch, in memory: nothing is made of it yet.
pub struct Attempted<'s> {
    /// The commits.
    pub commits: Vec<Facts>,
    /// The branches.
    pub chosen: Chosen,
    /// What became of them on each.
    pub attempts: Vec<Attempt>,
    scene: &'s Scene<'s>,
    sign_off: Option<String>,
}

/// What was made of the attempts that came out clean.
#[derive(Debug, Default)]
pub struct Making {
    /// What was made.
    pub made: Vec<Made>,
    /// Why something was not, though it was clean, and which branches are not here.
    pub refused: Vec<Finding>,
}

impl Scene<'_> {
    /// Tries the commits on every branch.
    ///
    /// # Errors
    ///
    /// A refusal if a commit or a branch that is named is not there, among others.
    pub fn attempt(&self, choice: &Choice, sink: &mut dyn Sink) -> Result<Attempted<'_>> {
        let commits = self.commits()?;
        let chosen = self.targets(choice, sink)?;
        let (commits, attempts) = self.attempts(&commits, &chosen.targets)?;
        let sign_off = || self.session.repo.sign_off(self.session.context.moment);
        let sign_off = self.options.sign_off.then(sign_off).transpose()?;
        Ok(Attempted { commits, chosen, attempts, scene: self, sign_off })
    }
}

impl Attempted<'_> {
    /// Returns how the commits are made. Printed commands repeat `words`, the other options of the command
    /// line.
    pub fn manner<'m>(&'m self, words: &'m [String]) -> Manner<'m> {
        Manner {
            branch: self.scene.project.config.names.backport_branch.as_ref(),
            sign_off: self.sign_off.as_deref(),
            moment: self.scene.session.context.moment,
            accept_flags: self.scene.options.accept_flags,
            options: words,
        }
    }

    /// Returns whether a person must do something on one of the branches.
    pub fn needs_person(&self) -> bool {
        let manner = self.manner(&[]);
        self.attempts.iter().any(|attempt| attempt.needs_person() || attempt.is_held(&manner))
    }

    /// Finds what would stand in the way of what is clean, and makes nothing.
    pub fn obstacles(&self) -> Result<Making> {
        let mut making = Making::default();
        for (_, publication) in self.publications()? {
            making.refused.extend(self.scene.session.repo.obstacles(&publication)?);
        }
        making.refused.extend(self.chosen.absences());
        Ok(making)
    }

    /// Makes what is clean: all or nothing on each branch, whatever becomes of the others.
    ///
    /// Hooks that judge a new commit do not run, as in `git cherry-pick`.
    pub fn make(&self, sink: &mut dyn Sink) -> Result<Making> {
        let mut making = Making::default();
        let options = Options { hooks: Hooks::Skip };
        for (attempt, publication) in self.publications()? {
            let published = self.scene.session.repo.publish(&publication, options);
            match published.map_err(Error::downcast::<Refused>) {
                Ok(published) => {
                    making.made.extend(Made::new(attempt, &publication, published.commits));
                    published.findings.iter().for_each(|finding| sink.finding(finding));
                }
                Err(Ok(Refused(findings))) => making.refused.extend(findings),
                Err(Err(error)) => return Err(error),
            }
        }
        making.refused.extend(self.chosen.absences());
        Ok(making)
    }

    fn publications(&self) -> Result<Vec<(&Attempt, Publication)>> {
        let mut messages: BTreeMap<CommitId, String> = BTreeMap::new();
        for commit in &self.commits {
            messages.insert(commit.id, self.scene.session.repo.commit_info(commit.id)?.message);
        }
        let manner = self.manner(&[]);
        let publication = |attempt| Some((attempt, Attempt::publication(attempt, &messages, &manner)?));
        Ok(self.attempts.iter().filter_map(publication).collect())
    }

    /// Returns the branch that is checked out.
    pub fn current(&self) -> Option<&str> {
        match &self.scene.head {
            Head::Branch(name, _) => Some(name),
            Head::Detached(_) | Head::Unborn => None,
        }
    }

    /// Returns the remote that the first branch is pushed to, if there is one.
    pub fn remote(&self) -> Option<&str> {
        let first = self.chosen.targets.first()?;
        self.scene.refs.branches.push_remote(&first.branch).ok()
    }
}
