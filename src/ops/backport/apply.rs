//! Tries commits on the branches, and makes what is clean.

use std::collections::BTreeSet;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use super::BackportSession;
use crate::backport::attempt::{Attempt, Draft};
use crate::backport::evidence::Facts;
use crate::backport::message::picked;
use crate::backport::targets::{Target, Targets};
use crate::config::BackportName;
use crate::finding::{Finding, Refused};
use crate::git::merge::Conflict;
use crate::git::{BranchName, CommitId};
use crate::ops::sink::Sink;
use crate::ops::standing;
use crate::plan::PullRequest;
use crate::rule::{self, Severity};
use crate::text::{listed, on_a_line, quoted};
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
    /// The remote that it was pushed to, if it was.
    pub pushed: Option<String>,
}

/// What was made on one release branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MadeBackport {
    /// The release branch.
    pub target: BranchName,
    /// The branch that was made or moved.
    pub branch: BranchName,
    /// Where it was, if it was there.
    pub from: Option<CommitId>,
    /// The new commits, in their order.
    pub commits: Vec<CommitId>,
    /// What a pull request needs, where the branch is for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullRequest>,
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
        let commits = self.commits(sink)?;
        let chosen = self.targets(sink)?;
        self.check_standing(&chosen, sink)?;
        let (commits, attempts) = self.attempts(&commits, &chosen.targets)?;
        let sign_off = || self.session.repo.sign_off(self.session.context.moment);
        let sign_off = self.options.sign_off.then(sign_off).transpose()?;
        Ok(AttemptedBackport { commits, chosen, attempts, scene: self, sign_off })
    }

    /// Refuses local branches that lack what was fetched of them, unless that is allowed: what is made then
    /// builds on what was fetched.
    fn check_standing(&self, chosen: &Targets, sink: &mut dyn Sink) -> Result<()> {
        let mut behind = Vec::new();
        for target in chosen.targets.iter().filter(|target| target.local.is_some()) {
            let is_checked_out = self.head.branch() == Some(&target.branch);
            let repo = (&self.session.repo, &self.refs);
            match standing::find(repo, &target.branch, is_checked_out, self.options.behind)? {
                Some(finding)
                    if finding.rule == rule::BRANCH_BEHIND && finding.severity == Severity::Error =>
                {
                    behind.push(finding);
                }
                Some(finding) if finding.rule == rule::BRANCH_AHEAD => sink.finding(&finding),
                // That a branch has diverged was said when the branches were read.
                Some(_) | None => {}
            }
        }
        Ok(Refused::if_any(behind)?)
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
        Ok(AppliedBackport { refused, ..AppliedBackport::default() })
    }

    /// Makes what is clean, on all of the branches in one step or on none.
    ///
    /// Hooks that judge a new commit do not run, as in `git cherry-pick`.
    pub fn apply(&self, sink: &mut dyn Sink) -> Result<AppliedBackport> {
        let CleanPicks { mut made, publication, mut refused } = self.clean()?;
        let remote = match self.scene.options.push {
            true => self.remote(&made)?,
            false => None,
        };
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
        let made: Vec<MadeBackport> = made.into_iter().map(|(made, _)| made).collect();
        let mut pushed = None;
        if let Some(remote) = remote.filter(|_| !made.is_empty()) {
            let branches: Vec<BranchName> = made.iter().map(|made| made.branch.clone()).collect();
            match Refused::taken_from(self.scene.session.repo.push(&remote, &branches, Hooks::Run))? {
                Ok(()) => pushed = Some(remote),
                Err(Refused(findings)) => refused.extend(findings),
            }
        }
        Ok(AppliedBackport { made, refused, pushed })
    }

    /// Returns the remote that all of `made` are pushed to.
    ///
    /// # Errors
    ///
    /// A refusal if there is none, or they go to several: one push is all or nothing only on one.
    fn remote(&self, made: &[(MadeBackport, usize)]) -> Result<Option<String>, Refused> {
        let of = |made: &MadeBackport| self.scene.refs.branches.push_remote(&made.target).map(str::to_owned);
        let remotes = made.iter().map(|(made, _)| of(made)).collect::<Result<BTreeSet<String>, _>>()?;
        if remotes.len() > 1 {
            let message = format!(
                "these branches are pushed to several remotes: {}",
                listed(&Vec::from_iter(remotes), 5)
            );
            return Err(Finding::of(rule::NO_REMOTE, message).remedy("name one with `--remote`").into());
        }
        Ok(remotes.into_iter().next())
    }

    /// Returns why nothing is pushed: with `--push` it is all or none.
    fn not_whole(&self) -> Vec<Finding> {
        let options = self.scene.options;
        let waits = |attempt: &&Attempt| {
            let is_drafted = options.draft && attempt.draft().is_some();
            (attempt.needs_person() && !is_drafted) || attempt.is_held(options.accept_flags)
        };
        let finding = |attempt: &Attempt| {
            let message =
                format!("{} needs a person, and `--push` is for all or none", attempt.target.branch);
            Finding::of(rule::NOT_WHOLE, message)
                .remedy("resolve it, give `--draft`, or leave the branch out with `--except`")
        };
        self.attempts.iter().filter(waits).map(finding).collect()
    }

    /// Returns what is to be made of all attempts that need no person, and of conflicts that are drafted.
    fn clean(&self) -> Result<CleanPicks> {
        let moment = self.scene.session.context.moment;
        let mut all = Publication {
            title: String::new(),
            moment,
            commits: Vec::new(),
            branches: Vec::new(),
            tags: Vec::new(),
        };
        let mut made = Vec::new();
        let mut refused = if self.scene.options.push { self.not_whole() } else { Vec::new() };
        for attempt in &self.attempts {
            match Refused::taken_from(self.publication(attempt))? {
                Ok(None) => {}
                Ok(Some(publication)) => {
                    let (branch, from) = self.place(attempt)?;
                    let target = attempt.target.branch.clone();
                    let pull_request = (branch != target).then(|| self.pull_request(attempt, &branch));
                    let one = MadeBackport { target, branch, from, commits: Vec::new(), pull_request };
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
        let draft = self.draft(attempt);
        let is_draft = draft.is_some();
        let picks = draft.map_or_else(|| attempt.picks(), |draft| draft.picks);
        let first = picks.first().map(|(first, _)| first.short()).unwrap_or_default();
        let target = &attempt.target;
        Ok(match &self.scene.project.config.names.backport_branch {
            Some(name) => (name.render(&first, &target.branch)?, None),
            None if is_draft => (BackportName::default().render(&first, &target.branch)?, None),
            None => (target.branch.clone(), target.local),
        })
    }

    /// Returns the conflict of an attempt that is to be committed as it is.
    fn draft<'a>(&self, attempt: &'a Attempt) -> Option<Draft<'a>> {
        attempt.draft().filter(|_| self.scene.options.draft)
    }

    /// Returns what a pull request of `branch` needs: of a draft the files that conflict, and how a person goes on.
    fn pull_request(&self, attempt: &Attempt, branch: &BranchName) -> PullRequest {
        let config = &self.scene.project.config.backport;
        let draft = self.draft(attempt);
        let picks = draft.as_ref().map_or_else(|| attempt.picks(), |draft| draft.picks.clone());
        let rest = draft.as_ref().map(|draft| draft.rest.clone()).unwrap_or_default();
        let title =
            |id: CommitId| self.commits.iter().find(|facts| facts.id == id).map(|facts| facts.title.clone());
        let named = |id: CommitId| (id.short(), title(id).unwrap_or_default());
        let commits: Vec<_> =
            picks.iter().map(|(id, _)| *id).chain(rest.iter().copied()).map(named).collect();
        let target = attempt.target.branch.as_str();
        let mut body = config.body.render(target, &commits);
        if let Some(draft) = &draft {
            body.push_str(&conflict_text(draft, branch));
        }
        PullRequest {
            base: attempt.target.branch.clone(),
            title: config.title.render(target, &commits),
            body,
            draft: draft.is_some(),
        }
    }

    /// Returns what is to be made of an attempt: nothing if a person is needed first.
    fn publication(&self, attempt: &Attempt) -> Result<Option<Publication>> {
        let draft = self.draft(attempt);
        let files = draft.as_ref().map(|draft| draft.files);
        let picks = draft.map_or_else(|| attempt.picks(), |draft| draft.picks);
        if picks.is_empty() || attempt.is_held(self.scene.options.accept_flags) {
            return Ok(None);
        }
        let (branch, from) = self.place(attempt)?;
        let mut commits = Vec::new();
        for (at, (origin, tree)) in picks.iter().enumerate() {
            let mut message = self.scene.session.repo.commit_info(*origin)?.message;
            if let Some(files) = files.filter(|_| at + 1 == picks.len()) {
                message =
                    format!("{}\n\nConflicts are not resolved in:\n{}\n", message.trim_end(), paths(files));
            }
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
        Ok(Some(Publication { title, moment, commits, branches: Vec::new(), tags: Vec::new() }))
    }

    /// Returns the branch that is checked out, and the remote that the first of the branches is pushed to;
    /// each if there is one.
    pub fn whereabouts(&self) -> (Option<&BranchName>, Option<&str>) {
        let remote = |first: &Target| self.scene.refs.branches.push_remote(&first.branch).ok();
        (self.scene.head.branch(), self.chosen.targets.first().and_then(remote))
    }
}

/// How many files are named.
const MOST_FILES: usize = 10;

/// Returns the first of the files that conflict, one a line, and how many more there are.
fn paths(files: &[Conflict]) -> String {
    let mut lines: Vec<String> =
        files.iter().take(MOST_FILES).map(|file| format!("* {}", on_a_line(&file.path))).collect();
    if let Some(more) = files.len().checked_sub(MOST_FILES).filter(|more| *more > 0) {
        lines.push(format!("* and {more} more"));
    }
    lines.join("\n")
}

/// Says which files conflict in a draft on `branch`, and which commands settle that.
fn conflict_text(draft: &Draft<'_>, branch: &BranchName) -> String {
    let rest: Vec<String> = draft.rest.iter().map(|commit| commit.short()).collect();
    let more =
        if rest.is_empty() { String::new() } else { format!("git cherry-pick -x {}\n", rest.join(" ")) };
    let name = quoted(branch);
    format!(
        "\n\n**Conflicts are not resolved** in\n\n{}\n\n```sh\ngit switch {name}\n# settle the files\ngit add --all\ngit commit --amend\n{more}git push --force-with-lease\n```\n",
        paths(draft.files)
    )
}
