//! Tries commits on the branches, and makes what is clean.

use anyhow::Result;
use serde::Serialize;

use super::BackportSession;
use crate::backport::attempt::Attempt;
use crate::backport::evidence::Facts;
use crate::backport::message::picked;
use crate::backport::targets::{Target, Targets};
use crate::finding::{Finding, Refused};
use crate::git::{BranchName, CommitId};
use crate::ops::sink::Sink;
use crate::transaction::values::{Hooks, NewCommit, Publication};

/// What became of the commits on each branch, in memory: nothing is made of it yet.
pub struct AttemptedBackport<'s> {
    /// The commits.
    pub commits: Vec<Facts>,
    /// The branches.
    pub chosen: Targets,
    /// What became of them on each.
    pub attempts: Vec<Attempt>,
    scene: &'s BackportSession<'s>,
    /// The line that each message ends with, if it is asked for.
    sign_off: Option<String>,
}

/// What was made of the attempts that came out clean.
#[derive(Debug, Default)]
pub struct AppliedBackport {
    /// What was made.
    pub made: Vec<MadeBackport>,
    /// Why something was not, though it was clean, and which branches are not here.
    pub refused: Vec<Finding>,
}

/// What was made on one release branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MadeBackport {
    /// The release branch.
    pub target: BranchName,
    /// The branch that was made or moved.
    pub branch: BranchName,
    /// Where it was, if it was there.
    pub from: Option<CommitId>,
    /// The new commits, in their order.
    pub commits: Vec<CommitId>,
}

/// What is to be made of the attempts that came out clean.
struct CleanPicks {
    /// What is made on each branch, still without commits, and how many it gets.
    made: Vec<(MadeBackport, usize)>,
    /// All of it in one step.
    publication: Publication,
    /// Why some of it cannot be made.
    refused: Vec<Finding>,
}

impl BackportSession<'_> {
    /// Tries the commits on every branch.
    ///
    /// # Errors
    ///
    /// A refusal if a commit or a branch that is named is not there, among others.
    pub fn attempt(&self, sink: &mut dyn Sink) -> Result<AttemptedBackport<'_>> {
        let commits = self.commits()?;
        let chosen = self.targets(sink)?;
        let (commits, attempts) = self.attempts(&commits, &chosen.targets)?;
        let sign_off = || self.session.repo.sign_off(self.session.context.moment);
        let sign_off = self.options.sign_off.then(sign_off).transpose()?;
        Ok(AttemptedBackport { commits, chosen, attempts, scene: self, sign_off })
    }
}

impl AttemptedBackport<'_> {
    /// Returns whether a person must do something on one of the branches.
    pub fn needs_person(&self) -> bool {
        let accepted = self.scene.options.accept_flags;
        self.attempts.iter().any(|attempt| attempt.needs_person() || attempt.is_held(accepted))
    }

    /// Finds what would stand in the way of what is clean, and makes nothing.
    pub fn obstacles(&self) -> Result<AppliedBackport> {
        let CleanPicks { publication, mut refused, .. } = self.clean()?;
        if refused.is_empty() {
            refused.extend(self.scene.session.repo.obstacles(&publication)?);
        }
        refused.extend(self.chosen.absences());
        Ok(AppliedBackport { made: Vec::new(), refused })
    }

    /// Makes what is clean, on all of the branches in one step or on none.
    ///
    /// Hooks that judge a new commit do not run, as in `git cherry-pick`.
    pub fn apply(&self, sink: &mut dyn Sink) -> Result<AppliedBackport> {
        let CleanPicks { mut made, publication, mut refused } = self.clean()?;
        if !refused.is_empty() {
            made.clear();
        } else if !made.is_empty() {
            match Refused::taken_from(self.scene.session.repo.publish(&publication, Hooks::Skip))? {
                Ok(published) => {
                    published.findings.iter().for_each(|finding| sink.finding(finding));
                    let mut commits = published.commits.into_iter();
                    for (made, count) in &mut made {
                        made.commits.extend(commits.by_ref().take(*count));
                    }
                }
                Err(Refused(findings)) => {
                    refused.extend(findings);
                    made.clear();
                }
            }
        }
        refused.extend(self.chosen.absences());
        Ok(AppliedBackport { made: made.into_iter().map(|(made, _)| made).collect(), refused })
    }

    /// Returns what is to be made of all attempts that need no person.
    fn clean(&self) -> Result<CleanPicks> {
        let moment = self.scene.session.context.moment;
        let mut all = Publication { title: String::new(), moment, commits: Vec::new(), branches: Vec::new() };
        let (mut made, mut refused) = (Vec::new(), Vec::new());
        for attempt in &self.attempts {
            match Refused::taken_from(self.publication(attempt))? {
                Ok(None) => {}
                Ok(Some(publication)) => {
                    let (branch, from) = self.place(attempt)?;
                    let target = attempt.target.branch.clone();
                    let one = MadeBackport { target, branch, from, commits: Vec::new() };
                    made.push((one, publication.commits.len()));
                    all.title = publication.title;
                    all.commits.extend(publication.commits);
                }
                Err(Refused(findings)) => refused.extend(findings),
            }
        }
        Ok(CleanPicks { made, publication: all, refused })
    }

    /// Returns the branch that gets what was picked, and where it is, unless it is made: the release branch
    /// itself, if no other is configured.
    fn place(&self, attempt: &Attempt) -> Result<(BranchName, Option<CommitId>), Refused> {
        let first = attempt.picks().first().map(|(first, _)| first.short()).unwrap_or_default();
        Ok(match &self.scene.project.config.names.backport_branch {
            Some(name) => (name.render(&first, &attempt.target.branch)?, None),
            None => (attempt.target.branch.clone(), attempt.target.local),
        })
    }

    /// Returns what is to be made of an attempt: nothing if a person is needed first.
    fn publication(&self, attempt: &Attempt) -> Result<Option<Publication>> {
        let picks = attempt.picks();
        if picks.is_empty() || attempt.is_held(self.scene.options.accept_flags) {
            return Ok(None);
        }
        let (branch, from) = self.place(attempt)?;
        let mut commits = Vec::new();
        for (origin, tree) in &picks {
            let message = self.scene.session.repo.commit_info(*origin)?.message;
            commits.push(NewCommit {
                branch: branch.clone(),
                from,
                parent: attempt.target.tip,
                tree: Some(*tree),
                files: Vec::new(),
                message: picked(&message, *origin, self.sign_off.as_deref()),
                origin: Some(*origin),
            });
        }
        let shorts: Vec<String> = picks.iter().map(|(origin, _)| origin.short()).collect();
        let (title, moment) = (format!("backport {}", shorts.join(" ")), self.scene.session.context.moment);
        Ok(Some(Publication { title, moment, commits, branches: Vec::new() }))
    }

    /// Returns the branch that is checked out, and the remote that the first of the branches is pushed to;
    /// each if there is one.
    pub fn whereabouts(&self) -> (Option<&BranchName>, Option<&str>) {
        let remote = |first: &Target| self.scene.refs.branches.push_remote(&first.branch).ok();
        (self.scene.head.branch(), self.chosen.targets.first().and_then(remote))
    }
}
