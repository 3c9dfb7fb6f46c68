//! What a document can hold.

use anstream::adapter::strip_str;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use crate::backport::fixes::FixReport;
use crate::backport::manual::ManualSteps;
use crate::backport::matrix::Matrix;
use crate::backport::outcome::Attempt;
use crate::finding::Finding;
use crate::git::BranchName;
use crate::ops::backport::{AppliedBackport, AttemptedBackport, MadeBackport};
use crate::ops::outcome::Outcome;
use crate::ops::replay::ReplayedStep;
use crate::ops::tag::PlannedTag;
use crate::plan::files::FileChange;
use crate::plan::{Commit, LeftOut, Preparation};
use crate::render::diff;
use crate::render::schedule::json::ScheduleData;
use crate::render::status::json::StatusData;
use crate::report::Report;
use crate::rule::{Rule, Severity};

/// What a document holds.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Body<'a> {
    /// What `branch`, `bump`, `rc`, `release`, `patch` and `notes` will do, and what they made.
    Preparation(PreparationData<'a>),
    /// What `tag` will make, and what it made.
    Tagging(TaggingData<'a>),
    /// What `check` and `check-msrv` found.
    Report(&'a Report),
    /// The rules, of `check --list`.
    Rules(Vec<RuleData>),
    /// The past steps of `replay`, the oldest first.
    Steps(Vec<StepData<'a>>),
    /// The release branches as they stand, of `status`.
    Status(StatusData<'a>),
    /// The branches that a security fix must go to, of `status --supported`: all on one line, for a CI matrix.
    Supported(&'a [&'a str]),
    /// The calendar, of `schedule`.
    Schedule(ScheduleData<'a>),
    /// What became of commits on each branch, of `backport`.
    Backport(BackportData<'a>),
    /// Which branches have which commits, of `backport --status`.
    Backports(&'a Matrix),
    /// How a person finishes a backport, of `backport --resolve`.
    ByHand(&'a ManualSteps),
    /// Affected and patched versions, of `backport --advisory`.
    Advisory(&'a FixReport),
    /// Why the command refused: exit status 1.
    Refused(&'a [Finding]),
    /// Why the command failed: exit status 3.
    Failed(&'a Finding),
}

/// Plans, and what became of them.
#[derive(Serialize, JsonSchema)]
pub struct PreparationData<'a> {
    #[serde(flatten)]
    preparation: &'a Preparation,
    /// The commits' changes, with `--diff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    diffs: Option<Vec<DiffData<'a>>>,
    /// What was made; absent for a dry run, and where there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<&'a Outcome>,
}

impl<'a> PreparationData<'a> {
    /// Takes plans, with the commits' changes if `with_diffs`, and what became of them if they were carried out.
    pub fn new(preparation: &'a Preparation, with_diffs: bool, made: Option<&'a Outcome>) -> Self {
        let diff = |commit: &'a Commit| DiffData { branch: &commit.branch, text: plain_diff(&commit.files) };
        let diffs = with_diffs.then(|| preparation.commits().map(diff).collect());
        Self { preparation, diffs, made }
    }
}

/// What a commit changes.
#[derive(Serialize, JsonSchema)]
struct DiffData<'a> {
    /// The branch that gets it.
    branch: &'a BranchName,
    /// The unified diff.
    text: String,
}

/// Tags, and what became of them.
#[derive(Serialize, JsonSchema)]
pub struct TaggingData<'a> {
    /// The tags.
    pub tags: &'a [PlannedTag],
    /// The branches that are not tagged, though they were asked for.
    pub left: &'a [LeftOut],
    /// What was made; absent for a dry run, and where there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<MadeTags<'a>>,
}

/// What becomes of tags that were made.
#[derive(Serialize, JsonSchema)]
pub struct MadeTags<'a> {
    /// The commands that take them back, in their order.
    pub undo: &'a [String],
    /// The command that pushes them, if it is known where to.
    pub push: Option<&'a str>,
    /// Whether they were pushed.
    pub pushed: bool,
}

/// A rule of `check`.
#[derive(Serialize, JsonSchema)]
pub struct RuleData {
    /// Its name, as `[check]` takes it.
    name: &'static str,
    /// How much a finding weighs.
    level: Severity,
    /// What must hold, and why.
    explanation: &'static str,
}

impl From<&Rule> for RuleData {
    fn from(rule: &Rule) -> Self {
        Self { name: rule.name, level: rule.level, explanation: rule.explanation }
    }
}

/// A past step.
#[derive(Serialize, JsonSchema)]
pub struct StepData<'a> {
    #[serde(flatten)]
    step: &'a ReplayedStep,
    /// Every line that differs, as a unified diff from what was made, with `--diff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

impl<'a> StepData<'a> {
    /// Takes a step, with every line that differs if `with_diff`.
    pub fn new(step: &'a ReplayedStep, with_diff: bool) -> Self {
        Self { step, diff: step.outcome.files().filter(|_| with_diff).map(plain_diff) }
    }
}

/// What became of commits on each branch, and what was made.
#[derive(Serialize, JsonSchema)]
pub struct BackportData<'a> {
    /// The day that tells which branches are in support.
    date: NaiveDate,
    /// What became of them on each branch.
    attempts: &'a [Attempt],
    /// The branches left out by request.
    #[serde(skip_serializing_if = "<[LeftOut]>::is_empty")]
    excepted: &'a [LeftOut],
    /// What was made.
    made: &'a [MadeBackport],
    /// The remote that it was pushed to, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pushed: Option<&'a str>,
    /// Why something was not made, though it was clean, and which branches are not here.
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    refused: &'a [Finding],
}

impl<'a> BackportData<'a> {
    /// Takes what became of commits on `date`, and what was made.
    pub fn new(date: NaiveDate, attempted: &'a AttemptedBackport<'_>, applied: &'a AppliedBackport) -> Self {
        Self {
            date,
            attempts: &attempted.attempts,
            excepted: &attempted.chosen.excepted,
            made: &applied.made,
            pushed: applied.pushed.as_deref(),
            refused: &applied.refused,
        }
    }
}

fn plain_diff(files: &[FileChange]) -> String {
    strip_str(&diff::unified(files)).to_string()
}
