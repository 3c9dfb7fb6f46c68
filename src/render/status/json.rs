//! The status of the release branches for programs: all of it, newest release first.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::todo::{sentence, story};
use crate::git::survey::Tip;
use crate::git::{CommitId, RemoteName};
use crate::status::{Fixes, Past, ReleaseState, SourceCounts, Status, StatusRow, Todo};
use crate::train::{Day, Term};

/// The release branches as they stand on a day.
#[derive(Serialize, JsonSchema)]
pub struct StatusData<'a> {
    /// The product.
    name: &'a str,
    /// The day.
    date: NaiveDate,
    /// What it was made from.
    sources: SourceCounts,
    /// The releases, newest first.
    releases: Vec<ReleaseData<'a>>,
    /// What is to be done, the most pressing first.
    todo: Vec<TodoData<'a>>,
    /// What nobody can change, newest release first.
    past: Vec<PastData>,
}

impl<'a> StatusData<'a> {
    /// Takes the status of the product `name`.
    pub fn new(name: &'a str, status: &'a Status) -> Self {
        Self {
            name,
            date: status.date,
            sources: status.sources,
            releases: status.rows.iter().map(|row| release(row, status.date)).collect(),
            todo: status.todo.iter().map(|todo| to_do(todo, status.date)).collect(),
            past: status.past.iter().map(past).collect(),
        }
    }
}

/// A release, and its branch. What is not known is `null`.
#[derive(Serialize, JsonSchema)]
struct ReleaseData<'a> {
    /// Its first version. That of a minor release with a branch of its own is 32.1.0; its support is its major's.
    version: &'a Version,
    /// `in-development`, `cut`, `candidate`, `due`, `supported`, `last-day` or `ended`; without a policy `released`.
    state: String,
    /// Whether a security fix must go there; `null` without a policy.
    needs_fixes: Option<bool>,
    /// The name of its branch, which may not be there.
    branch: &'a str,
    /// Where its branch is.
    places: Vec<PlaceData<'a>>,
    /// The version that the manifests on the branch declare.
    declared_version: Option<&'a Version>,
    /// The Rust that it needs.
    msrv: Option<&'a str>,
    /// The tag of its latest version.
    latest: Option<&'a str>,
    /// The day of that tag.
    latest_date: Option<NaiveDate>,
    /// The day of the cut.
    cut: Option<DayData>,
    /// The day of the release.
    released: Option<DayData>,
    /// The end of life, as the policy counts it.
    eol: Option<NaiveDate>,
    /// The last day of support, that day included.
    last_day: Option<NaiveDate>,
    /// How many days are left; 0 on the last one.
    days_left: Option<i64>,
    /// How many commits the branch has since its latest tag, or since the cut.
    unreleased: Option<usize>,
    /// How many of them bring users something; `null` where that was not looked into.
    fixes: Option<usize>,
}

/// One place of a branch.
#[derive(Serialize, JsonSchema)]
struct PlaceData<'a> {
    /// The remote; `null` for the local branch.
    remote: Option<&'a RemoteName>,
    /// Its tip.
    commit: CommitId,
    /// How many commits it has since the latest tag, or since the cut.
    unreleased: Option<usize>,
}

/// A day as planned, as rolled over, and as it came.
#[derive(Serialize, JsonSchema)]
struct DayData {
    /// The day that is published.
    planned: Option<NaiveDate>,
    /// The day on which it is to be done.
    due: Option<NaiveDate>,
    /// The day on which it was done.
    actual: Option<NaiveDate>,
}

/// One thing to do.
#[derive(Serialize, JsonSchema)]
struct TodoData<'a> {
    /// `release`, `cut`, `tag` (prepared and not tagged), `ends` (with fixes), `patch` (fixes wait), `no-branch`,
    /// `other-version`, `behind` (the remote has more) or `differs` (so has the local branch).
    kind: &'static str,
    /// It in words.
    text: String,
    /// The release that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a Version>,
    /// The branch that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
    /// The fixes that wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<FixesData<'a>>,
}

/// Fixes that are not released.
#[derive(Serialize, JsonSchema)]
struct FixesData<'a> {
    /// How many.
    count: usize,
    /// Since when the first of them waits.
    since: NaiveDate,
    /// The advisories that they name.
    advisories: &'a BTreeSet<String>,
}

/// Something that went otherwise than planned.
#[derive(Serialize, JsonSchema)]
struct PastData {
    /// `past-end` or `never-tagged`.
    kind: &'static str,
    /// It in words.
    text: String,
}

fn release(row: &StatusRow, day: NaiveDate) -> ReleaseData<'_> {
    let days = |day: &Day| DayData { planned: Some(day.planned), due: Some(day.due), actual: day.actual };
    let plan = row.release.as_ref();
    let term = plan.map(|plan| &plan.term).or(row.term.as_ref());
    let by_tag = row.released.map(|_| DayData { planned: None, due: None, actual: row.released });
    ReleaseData {
        version: &row.version,
        state: row.state.name().replace(' ', "-"),
        needs_fixes: match row.state {
            ReleaseState::Phase(phase) if plan.is_some() || row.term.is_some() => Some(phase.needs_fixes()),
            _ => None,
        },
        branch: &row.branch,
        places: row.tips.iter().map(place).collect(),
        declared_version: row.declared.version.as_ref(),
        msrv: row.declared.msrv.as_deref(),
        latest: row.latest.as_ref().map(|(tag, _)| tag.as_str()),
        latest_date: row.latest.as_ref().map(|(_, date)| *date),
        cut: plan.map(|plan| days(&plan.cut)),
        released: plan.map(|plan| days(&plan.release)).or(by_tag),
        eol: term.map(|term| term.eol),
        last_day: term.map(Term::last_day),
        days_left: row.days_left(day),
        unreleased: row.tip().and_then(|tip| tip.ahead),
        fixes: row.unreleased.as_ref().map(|unreleased| unreleased.fixes),
    }
}

fn place(tip: &Tip) -> PlaceData<'_> {
    PlaceData { remote: tip.remote.as_ref(), commit: tip.commit, unreleased: tip.ahead }
}

fn to_do(todo: &Todo, day: NaiveDate) -> TodoData<'_> {
    let (kind, version, branch, fixes) = match todo {
        Todo::Release { version, .. } => ("release", Some(version), None, None),
        Todo::Cut { version, .. } => ("cut", Some(version), None, None),
        Todo::Tag { version, branch, .. } => ("tag", Some(version), Some(branch.as_str()), None),
        Todo::Ends { version, fixes, .. } => ("ends", Some(version), None, fixes.as_ref()),
        Todo::Patch { version, fixes } => ("patch", Some(version), None, Some(fixes)),
        Todo::NoBranch { version, branch } => ("no-branch", Some(version), Some(branch.as_str()), None),
        Todo::OtherVersion { branch, .. } => ("other-version", None, Some(branch.as_str()), None),
        Todo::Apart { branch, distance } => {
            (if distance.ahead == 0 { "behind" } else { "differs" }, None, Some(branch.as_str()), None)
        }
    };
    let fixes = fixes.map(|Fixes { count, since, advisories }| FixesData {
        count: *count,
        since: *since,
        advisories,
    });
    TodoData { kind, text: sentence(todo, day), version, branch, fixes }
}

fn past(past: &Past) -> PastData {
    let kind = match past {
        Past::AfterEnd { .. } => "past-end",
        Past::NeverTagged { .. } => "never-tagged",
    };
    PastData { kind, text: story(past) }
}
