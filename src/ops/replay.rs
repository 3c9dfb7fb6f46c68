//! Past steps of a repository, prepared again from their parents and compared with what was made.
//!
//! Everything happens in memory, with the configuration of today: no ref, no file and no object is written.

mod compare;
mod step;
mod steps;

use anyhow::Result;
use serde::Serialize;

pub use compare::ReplayOutcome;
pub use step::{PastStep, ReplayOptions};

use super::session::Session;
use super::sink::{Progress, Sink};
use super::{reading, settle};
use crate::config::Config;
use crate::finding::{Finding, Refused};
use crate::git::branches::Branches;
use crate::git::{BranchName, Refs, Repo, TagName};
use crate::plan::cut::TipHistory;
use crate::plan::{Command, Request, commands, preconditions};
use crate::project::lead::product;
use crate::project::{self, Location, Project, Revision, names};
use crate::rule::Severity;
use crate::version::plain;

/// A step, and how what is prepared today compares with what was made.
#[derive(Clone, Debug, Serialize)]
pub struct ReplayedStep {
    /// The step.
    #[serde(flatten)]
    pub step: PastStep,
    /// How it compares.
    #[serde(flatten)]
    pub outcome: ReplayOutcome,
    /// Why it may differ, if somebody says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
}

impl ReplayedStep {
    /// Returns whether it differs and may not.
    pub fn fails(&self) -> bool {
        self.waived.is_none() && matches!(self.outcome, ReplayOutcome::Differs { .. })
    }
}

/// Prepares past steps again, the oldest first.
///
/// # Errors
///
/// A refusal if the repository has no lead package, or a version that is named was never reached.
pub fn replay(
    session: &Session<'_>,
    options: &ReplayOptions,
    sink: &mut dyn Sink,
) -> Result<Vec<ReplayedStep>> {
    let Session { context, repo } = session;
    let refs = project::refs(repo, &context.location)?;
    let Some(commit) = repo.head()?.commit() else {
        return Err(Refused::from(preconditions::no_commit()).into());
    };
    let (config, _) =
        Project::config_at((repo, &refs), &context.location, Revision { commit, is_checked_out: true })?;
    replay_as((session, &refs), &configured((session, &refs), config, sink)?, options, sink)
}

/// Returns `config` with the names that the repository's branches and tags show, and without its programs.
///
/// # Errors
///
/// A refusal where they show two ways of naming alike.
pub fn configured(
    (session, refs): (&Session<'_>, &Refs),
    mut config: Config,
    sink: &mut dyn Sink,
) -> Result<Config> {
    let Session { context, repo } = session;
    // Programs see a tree that is checked out, and nothing is.
    config.runs.clear();
    config.trunk = Some(config.trunk_in(refs));
    let lead = project::lead(repo, &context.location, &config)?;
    let name = product(&config, lead.name.as_deref());
    for said in names::infer(&mut config, refs, &lead.product(&name)) {
        match said.severity {
            Severity::Error => return Err(Refused::from(said).into()),
            _ => sink.finding(&said),
        }
    }
    Ok(config)
}

/// Prepares past steps again as `config` has it, which is [`configured`]; the oldest first.
///
/// # Errors
///
/// As [`replay()`].
pub fn replay_as(
    (session, refs): (&Session<'_>, &Refs),
    config: &Config,
    options: &ReplayOptions,
    sink: &mut dyn Sink,
) -> Result<Vec<ReplayedStep>> {
    let Session { context, repo } = session;
    let trunk = config.trunk_in(refs);
    let lead = project::lead(repo, &context.location, config)?;
    let history = steps::ReleaseHistory { repo, config, refs, trunk: &trunk, lead: &lead };
    let steps = history.steps(options)?;
    let work = |repo: &Repo, step: &PastStep| {
        Replaying { repo, location: &context.location, config, refs, trunk: &trunk }.again(step)
    };
    let outcomes = reading::in_threads(&context.location, &steps, work, |done, step| {
        sink.progress(&Progress::Read { branch: &step.branch, done, all: steps.len() });
    });
    let waived = |step: &PastStep| {
        let waiver = options.except.iter().find(|waiver| waiver.release == step.to.to_string());
        waiver.map(|waiver| waiver.reason.clone())
    };
    let replayed = steps.iter().zip(outcomes).map(|(step, outcome)| {
        Ok(ReplayedStep { step: step.clone(), outcome: outcome?, waived: waived(step) })
    });
    replayed.collect()
}

/// What a step is prepared again with.
struct Replaying<'a> {
    repo: &'a Repo,
    location: &'a Location,
    config: &'a Config,
    refs: &'a Refs,
    trunk: &'a BranchName,
}

impl Replaying<'_> {
    fn again(&self, step: &PastStep) -> Result<ReplayOutcome> {
        let not_mechanical = |findings: Vec<Finding>| {
            let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
            ReplayOutcome::NotMechanical { reasons: errors.map(|finding| finding.message).collect() }
        };
        let project =
            Project::read_commit_as((self.repo, self.refs), self.location, step.parent, self.config.clone());
        let project = match Refused::taken_from(project)? {
            Ok(project) => project,
            Err(Refused(findings)) => return Ok(not_mechanical(findings)),
        };
        let refs = self.refs_then(step, &project);
        let request = Request {
            project: &project,
            branch: &step.branch,
            refs: &refs,
            date: step.date,
            asked: &step.asked,
        };
        let mut plan = match commands::plan(&request, step.command, &TipHistory::default()) {
            Ok(plan) => plan,
            Err(findings) => return Ok(not_mechanical(findings)),
        };
        if let Err(Refused(findings)) = Refused::taken_from(settle::settle(self.repo, &mut plan))? {
            return Ok(not_mechanical(findings));
        }
        compare::compare(self.repo, step, &plan, &project, || {
            Project::read_commit_as((self.repo, self.refs), self.location, step.commit, self.config.clone())
        })
    }

    /// Returns the branches and tags as they were before `step`, as far as it looks at them.
    fn refs_then(&self, step: &PastStep, project: &Project) -> Refs {
        let trunk = self.refs.branches.tip(self.trunk).commit().filter(|_| step.branch != *self.trunk);
        let trunk = trunk.map(|commit| (self.trunk.clone(), commit));
        let branches = Branches::of_locals(trunk.into_iter().chain([(step.branch.clone(), step.parent)]));
        let made = if step.command == Command::Branch { &step.from } else { &step.to };
        let made = plain(made);
        let is_older =
            |name: &TagName| project.config.names.tag.read(name).is_some_and(|version| version < made);
        let tags = self.refs.tags.iter().filter(|(name, _)| is_older(name));
        Refs { branches, tags: tags.map(|(name, tag)| (name.clone(), tag.clone())).collect() }
    }
}
