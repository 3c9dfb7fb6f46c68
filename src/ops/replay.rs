//! Past steps of a repository, prepared again from their parents and compared with what was made.
//!
//! Everything happens in memory, with the configuration of today: no ref, no file and no object is written.

mod compare;
mod step;
mod steps;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use anyhow::Result;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

pub use compare::ReplayOutcome;
pub use step::{Chosen, PastStep, ReplayOptions};

use super::session::Session;
use super::sink::{Progress, Sink};
use super::{reading, settle};
use crate::config::Config;
use crate::edit::notes::{Notes, Section, SectionState};
use crate::edit::version_file;
use crate::finding::{Finding, Refused};
use crate::git::branches::Branches;
use crate::git::{BranchName, CommitId, Refs, Repo, TagName};
use crate::path::RepoPath;
use crate::plan::course::Asked;
use crate::plan::cut::TipHistory;
use crate::plan::{Command, Plan, Request, commands, preconditions};
use crate::project::lead::product;
use crate::project::notes::files;
use crate::project::{self, Location, PastMembers, Project, Revision, names};
use crate::rule::Severity;
use crate::version::plain;
use crate::workspace::declared::Declarations;

/// A step, and how what is prepared today compares with what was made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReplayedStep {
    /// The step.
    #[serde(flatten)]
    pub step: PastStep,
    /// How it compares.
    #[serde(flatten)]
    pub outcome: ReplayOutcome,
    /// The versions of other lines that had to be asked for, as with `--to PACKAGE=VERSION`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub chosen: Chosen,
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
    let config = configured((session, &refs), config, sink)?;
    replay_as((session, &refs), &config, options, &PastCommits::default(), sink)
}

/// What is read of past commits whatever is configured, for replaying them again with another configuration.
#[derive(Default)]
pub struct PastCommits {
    /// What Cargo says of their workspaces.
    pub members: PastMembers,
    declarations: Declarations,
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

/// Prepares past steps again as `config` has it, which is [`configured`]; the oldest first. What it reads of them
/// is kept in `past`.
///
/// # Errors
///
/// As [`replay()`].
pub fn replay_as(
    (session, refs): (&Session<'_>, &Refs),
    config: &Config,
    options: &ReplayOptions,
    past: &PastCommits,
    sink: &mut dyn Sink,
) -> Result<Vec<ReplayedStep>> {
    let Session { context, repo } = session;
    let PastCommits { members, declarations } = past;
    let trunk = config.trunk_in(refs);
    let lead = project::lead(repo, &context.location, config)?;
    let manifest = lead.manifest.unwrap_or_else(|| RepoPath::known("Cargo.toml"));
    let cut_off = repo.cut_off()?;
    let history =
        steps::ReleaseHistory { repo, config, refs, trunk: &trunk, manifest, cut_off, declarations };
    let steps = history.steps(options)?;
    prefetch(repo, &steps);
    let work = |repo: &Repo, step: &PastStep| {
        ReplayRun { repo, location: &context.location, config, refs, trunk: &trunk, past: members }
            .again(step)
    };
    let outcomes = reading::in_threads(&context.location, &steps, work, |done, step| {
        sink.progress(&Progress::Read { branch: &step.branch, done, all: steps.len() });
    });
    let waived = |step: &PastStep| {
        let waiver = options.except.iter().find(|waiver| waiver.release == step.to.to_string());
        waiver.map(|waiver| waiver.reason.clone())
    };
    let replayed = outcomes.into_iter().map(|replayed| {
        let replayed: ReplayedStep = replayed?;
        Ok(ReplayedStep { waived: waived(&replayed.step), ..replayed })
    });
    replayed.collect()
}

/// Fetches what a partial clone lacks for `steps`, for all of them at once and not once for each thread. Where that
/// fails, reading says so.
fn prefetch(repo: &Repo, steps: &[PastStep]) {
    let both: Vec<CommitId> = steps.iter().flat_map(|step| [step.parent, step.commit]).collect();
    let made: Vec<CommitId> = steps.iter().map(|step| step.commit).collect();
    let _ = Project::prefetch(repo, &both).and_then(|()| repo.prefetch_changes(&made));
}

/// What a step is prepared again with.
struct ReplayRun<'a> {
    repo: &'a Repo,
    location: &'a Location,
    config: &'a Config,
    refs: &'a Refs,
    trunk: &'a BranchName,
    past: &'a PastMembers,
}

fn not_mechanical(findings: Vec<Finding>) -> ReplayOutcome {
    let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    ReplayOutcome::NotMechanical { reasons: errors.map(|finding| finding.message).collect() }
}

impl ReplayRun<'_> {
    /// Prepares `step` again, as it is asked for; where that differs from what was made, with those versions of
    /// other lines that were made: which one a line comes to is its maintainer's choice, as for the lead package.
    fn again(&self, step: &PastStep) -> Result<ReplayedStep> {
        let project = match Refused::taken_from(self.project(step.parent))? {
            Ok(project) => project,
            Err(Refused(findings)) => {
                let (step, outcome, chosen) = (step.clone(), not_mechanical(findings), Chosen::new());
                return Ok(ReplayedStep { step, outcome, chosen, waived: None });
            }
        };
        let date = self.day_made(step, &project)?.unwrap_or(step.date);
        let step = PastStep { date, ..step.clone() };
        let (outcome, chosen) = self.of_project(&step, &project)?;
        Ok(ReplayedStep { step, outcome, chosen, waived: None })
    }

    /// Prepares `step` again from the `project` that it was made from.
    fn of_project(&self, step: &PastStep, project: &Project) -> Result<(ReplayOutcome, Chosen)> {
        let refs = self.refs_then(step, project);
        let request =
            Request { project, branch: &step.branch, refs: &refs, date: step.date, asked: &step.asked };
        let made = OnceCell::new();
        let planned = self.plan(&request, step)?;
        let is_planned = planned.is_ok();
        let (outcome, moves) = match planned {
            Ok(plan) => (self.compare(step, &plan, project, &made)?, compare::moves(&plan, step)),
            Err(refused) => (refused, Vec::new()),
        };
        let is_settled = match &outcome {
            ReplayOutcome::Identical | ReplayOutcome::Written { .. } | ReplayOutcome::OtherFiles { .. } => {
                true
            }
            // Of a plan: more than versions changed, whichever they are.
            ReplayOutcome::NotMechanical { .. } => is_planned,
            ReplayOutcome::Differs { .. } => false,
        };
        if is_settled {
            return Ok((outcome, Chosen::new()));
        }
        let Ok(made_project) = Refused::taken_from(self.made(step, &made))? else {
            return Ok((outcome, Chosen::new()));
        };
        let chosen = compare::chosen(project, made_project, &moves);
        if chosen.is_empty() {
            return Ok((outcome, chosen));
        }
        let asked = Asked { packages: chosen.clone(), ..step.asked.clone() };
        let Ok(plan) = self.plan(&Request { asked: &asked, ..request }, step)? else {
            return Ok((outcome, Chosen::new()));
        };
        let again = self.compare(step, &plan, project, &made)?;
        Ok(if again.differing() < outcome.differing() { (again, chosen) } else { (outcome, Chosen::new()) })
    }

    fn project(&self, commit: CommitId) -> Result<Project> {
        let (at, config) = ((commit, self.past), self.config.clone());
        let mut project = Project::read_commit_as((self.repo, self.refs), self.location, at, config)?;
        // Lines that came to carry the version later on. One that should have moved still shows: it did.
        let texts = &project.texts;
        for file in &mut project.config.version_files {
            file.lines.retain(|line| texts.get(&file.path).is_some_and(|text| line.is_in(text)));
        }
        project.config.version_files.retain(|file| !file.lines.is_empty());
        Ok(project)
    }

    /// Returns the day that the notes of `step` say, or a version file, where they say one: the commit may be made on
    /// another.
    fn day_made(&self, step: &PastStep, project: &Project) -> Result<Option<NaiveDate>> {
        let text = |path: &RepoPath| -> Result<Option<String>> {
            Ok(self.repo.text_at(step.commit, path)?.and_then(Result::ok))
        };
        let all = files(&project.config, &project.workspace);
        if let Some(file) = all.first().filter(|file| file.is_products)
            && let Some(text) = text(&file.path)?
            && let notes = Notes::parse(&file.path, &text, &file.config.style)
            && let Some(SectionState::Released(day)) = notes.sections_of(&step.to).find_map(Section::state)
        {
            return Ok(Some(day));
        }
        for file in &project.config.version_files {
            if let Some(day) = text(&file.path)?.and_then(|text| version_file::day(&text, &file.lines)) {
                return Ok(Some(day));
            }
        }
        Ok(None)
    }

    /// Reads what `step` made, once.
    fn made<'p>(&self, step: &PastStep, read: &'p OnceCell<Project>) -> Result<&'p Project> {
        if let Some(project) = read.get() {
            return Ok(project);
        }
        let project = self.project(step.commit)?;
        Ok(read.get_or_init(|| project))
    }

    fn plan(&self, request: &Request<'_>, step: &PastStep) -> Result<Result<Plan, ReplayOutcome>> {
        let mut plan = match commands::plan(request, step.command, &TipHistory::default()) {
            Ok(plan) => plan,
            Err(findings) => return Ok(Err(not_mechanical(findings))),
        };
        let settled = Refused::taken_from(settle::settle(self.repo, &mut plan))?;
        Ok(settled.map(|()| plan).map_err(|Refused(findings)| not_mechanical(findings)))
    }

    fn compare(
        &self,
        step: &PastStep,
        plan: &Plan,
        before: &Project,
        made: &OnceCell<Project>,
    ) -> Result<ReplayOutcome> {
        compare::compare(self.repo, step, plan, before, || self.made(step, made))
    }

    /// Returns the branches and tags as they were before `step`, as far as it looks at them.
    fn refs_then(&self, step: &PastStep, project: &Project) -> Refs {
        let trunk = self.refs.branches.tip(self.trunk).commit().filter(|_| step.branch != *self.trunk);
        let trunk = trunk.map(|commit| (self.trunk.clone(), commit));
        let branches = Branches::of_locals(trunk.into_iter().chain([(step.branch.clone(), step.parent)]));
        let made = if step.command == Command::Branch { plain(&step.from) } else { step.to.clone() };
        let is_older =
            |name: &TagName| project.config.names.tag.read(name).is_some_and(|version| version < made);
        let tags = self.refs.tags.iter().filter(|(name, _)| is_older(name));
        Refs { branches, tags: tags.map(|(name, tag)| (name.clone(), tag.clone())).collect() }
    }
}
