//! Backports: commits of the trunk on the release branches.

mod apply;
mod resolve;
mod status;

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use anyhow::Result;
use semver::Version;

pub use apply::{AppliedBackport, AttemptedBackport, MadeBackport};

use super::calendar::ProjectSchedule;
use super::session::Session;
use super::sink::Sink;
use super::standing::Behind;
use crate::backport::attempt::{self, Attempt, AttemptRequest};
use crate::backport::evidence::Facts;
use crate::backport::scope::Scope;
use crate::backport::survey::PickSurvey;
use crate::backport::targets::{Choice, Target, Targets, choose};
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Head, Refs};
use crate::plan::preconditions;
use crate::project::{self, Lead, Project};
use crate::rule;
use crate::text::counted;

/// What is backported, and how.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct BackportOptions {
    /// The commits, as git names them, oldest first; ranges as in `A..B`, and pull requests as in `#123`.
    pub commits: Vec<String>,
    /// The branches.
    pub choice: Choice,
    /// For merges: the parent that counts as the state before, from 1.
    pub mainline: Option<u32>,
    /// Whether `--status` asks about all commits of the branches, not only fixes of what is released.
    pub all: bool,
    /// Whether each commit gets a `Signed-off-by` line.
    pub sign_off: bool,
    /// Whether that is picked, too, which a branch seems to have already.
    pub again: bool,
    /// Whether that is made, too, which is flagged.
    pub accept_flags: bool,
    /// Whether a conflict is committed as it is, to a branch for a pull request.
    pub draft: bool,
    /// Whether all goes to branches of their own, for pull requests.
    pub pull_request: bool,
    /// Whether what is made is pushed, all of it or none.
    pub push: bool,
    /// What becomes of local branches that lack what was fetched of them.
    pub behind: Behind,
}

/// All that every form of a backport reads.
pub struct BackportSession<'s> {
    /// The trunk, the release branches and what is stated of them.
    pub scope: Scope,
    session: &'s Session<'s>,
    options: &'s BackportOptions,
    head: Head,
    pub(super) project: Project,
    pub(super) refs: Refs,
}

impl<'s> BackportSession<'s> {
    /// Reads the project as it is checked out, and the branches; tells what is worth saying of these.
    ///
    /// # Errors
    ///
    /// A refusal if one of them cannot be read.
    pub fn read(session: &'s Session<'_>, options: &'s BackportOptions, sink: &mut dyn Sink) -> Result<Self> {
        let Session { context, repo } = session;
        let head = repo.head()?;
        let commit = head.commit().ok_or_else(|| Refused::from(preconditions::no_commit()))?;
        let refs = project::refs(repo, &context.location)?;
        let mut project = Project::read((repo, &refs), &context.location, commit, &repo.changed()?, None)?;
        if options.pull_request {
            project.config.names.take_request_branches();
        }
        Refused::if_any(project.doubts())?;
        let scope = Scope::read(repo, &project, &refs)?;
        scope.notes.iter().for_each(|note| sink.finding(note));
        Ok(Self { scope, session, options, head, project, refs })
    }
}

impl BackportSession<'_> {
    /// Returns the commits that were named, each once. Merges in a range are passed over, which is told: what
    /// they bring is in the range, or on the trunk.
    fn commits(&self, sink: &mut dyn Sink) -> Result<Vec<CommitId>> {
        let repo = &self.session.repo;
        let (mut commits, mut findings): (Vec<CommitId>, Vec<Finding>) = (Vec::new(), Vec::new());
        for name in &self.options.commits {
            let found = match pull_request(name) {
                Some(pull) => self.commits_of_pull(pull),
                None => repo.commits_of(name),
            };
            match Refused::taken_from(found)? {
                Ok(found) if found.len() > 1 => {
                    let plain = repo.without_merges(&found)?;
                    let merges = found.len() - plain.len();
                    if merges > 0 {
                        let message = format!("{} in `{name}` passed over", counted(merges, "merge"));
                        sink.finding(&Finding::of(rule::MERGE, message).as_note());
                    }
                    commits.extend(plain);
                }
                Ok(found) => commits.extend(found),
                Err(Refused(more)) => findings.extend(more),
            }
        }
        Refused::if_any(findings)?;
        let mut seen = BTreeSet::new();
        commits.retain(|commit| seen.insert(*commit));
        Ok(commits)
    }

    /// Returns the commits by which a pull request came to the trunk, oldest first.
    ///
    /// # Errors
    ///
    /// A refusal if there is none.
    fn commits_of_pull(&self, pull: u64) -> Result<Vec<CommitId>> {
        let repo = &self.session.repo;
        let words = &self.scope.words;
        let mut found = Vec::new();
        for tip in self.scope.trunk_tip.commits() {
            found = repo.commits_from(tip, MOST_OF_PULL, |said| {
                let facts = Facts::read(said, words);
                facts.merges_pull() == Some(pull) || facts.pulls.last() == Some(&pull)
            })?;
            if !found.is_empty() {
                break;
            }
        }
        let mut commits = Vec::new();
        for commit in &found {
            let mut merged = repo.without_merges(&repo.merged_commits(*commit, None)?)?;
            merged.reverse();
            commits.extend(if merged.is_empty() { vec![*commit] } else { merged });
        }
        if commits.is_empty() {
            let message = format!("no commit of {} names the pull request #{pull}", self.scope.trunk);
            let remedy = "name its commits, or fetch the trunk; a number counts at the end of a title: `Fix it (#123)`";
            return Err(Refused::from(Finding::of(rule::NO_COMMIT, message).remedy(remedy)).into());
        }
        Ok(commits)
    }

    /// Returns which parent of a merge counts as the state before.
    fn mainline(&self) -> Option<u32> {
        self.options.mainline.or(self.project.config.backport.mainline.map(NonZeroU32::get))
    }

    /// Returns the branches that are meant.
    fn targets(&self, sink: &mut dyn Sink) -> Result<Targets> {
        let (date, choice) = (self.session.context.date, &self.options.choice);
        let branches = self.scope.branches.clone();
        let config = &self.project.config;
        if config.train().is_none() {
            if choice.to.is_empty() {
                let message = format!(
                    "no calendar says which releases are in support on {date}: all release branches are taken"
                );
                sink.finding(
                    &Finding::of(rule::NO_SCHEDULE, message).as_note().remedy("name some with `--to`"),
                );
            }
            return Ok(choose(branches, choice, |_| true).map_err(Refused)?);
        }
        let lead = Lead { name: Some(self.scope.name.clone()), ..Lead::default() };
        let calendar =
            ProjectSchedule::of(Some((&self.session.repo, &self.refs)), config.clone(), date, &lead)?;
        let status = if choice.to.is_empty() { calendar.status_to_act_on()? } else { calendar.status() };
        let supported = status.supported()?;
        let needs_fixes = |version: &Version| {
            let mut names = config.names.branch.all(version, &self.scope.name);
            names.any(|name| supported.contains(&name.as_str()))
        };
        let is_here = |name: &&&str| branches.iter().any(|target| target.branch == ***name);
        let absent = supported.iter().filter(|name| choice.to.is_empty() && !is_here(name));
        let absent = absent.map(|name| (*name).to_owned()).collect();
        let chosen = choose(branches.clone(), choice, needs_fixes).map_err(Refused)?;
        Ok(Targets { absent, ..chosen })
    }

    /// Tries `commits` on `targets`.
    fn attempts(&self, commits: &[CommitId], targets: &[Target]) -> Result<(Vec<Facts>, Vec<Attempt>)> {
        let mut survey = PickSurvey::read(&self.session.repo, &self.scope, targets, commits)?;
        let facts: Vec<Facts> = commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?;
        self.check_merges(&facts)?;
        let notes = &self.project.config.notes;
        let request = AttemptRequest {
            commits: &facts,
            mainline: self.mainline(),
            again: self.options.again,
            notes: notes.enabled.then_some((&notes.file, &notes.style)),
            scope: &self.scope,
        };
        let mut attempts = Vec::new();
        for target in targets.iter().enumerate() {
            attempts.push(attempt::attempt(&self.session.repo, &mut survey, &request, target)?);
        }
        Ok((facts, attempts))
    }

    /// Refuses merges without `--mainline`, and parents that they do not have.
    fn check_merges(&self, commits: &[Facts]) -> Result<(), Refused> {
        let mut findings = Vec::new();
        for facts in commits.iter().filter(|facts| facts.merge) {
            let short = facts.id.short();
            let parents = self.session.repo.commit_info(facts.id).map_or(0, |said| said.parents.len());
            match self.mainline() {
                None => findings.push(
                    Finding::of(rule::MERGE, format!("{short} is a merge: git cannot tell what it changes")).remedy(
                        "give the commits that it merged, or with `--mainline 1` (`backport.mainline`) all of its changes as one",
                    ),
                ),
                Some(number) if number as usize > parents => findings.push(
                    Finding::of(rule::MAINLINE, format!("{short} has no parent number {number}"))
                        .remedy(format!("give a number from 1 to {parents}")),
                ),
                Some(_) => {}
            }
        }
        Refused::if_any(findings)
    }
}

/// How many commits of the trunk are looked through for another one of a pull request once one is found.
const MOST_OF_PULL: usize = 64;

/// Reads `#123`.
fn pull_request(name: &str) -> Option<u64> {
    name.strip_prefix('#')?.parse().ok()
}
