//! The status of the release branches for programs: all of it, newest release first.
//!
//! ```json
//! {
//!   "format": 2,                       // rises when a field changes its meaning or goes away
//!   "name": "Wasmtime",
//!   "date": "2025-05-04",
//!   "sources": { "policy": true, "tags": 42, "branches": 17, "shallow": false,  // history is cut off
//!                "later": { "branches": 0, "tags": 0 } },            // left out, since they came after the day
//!   "releases": [{                     // newest first; what is not known is null
//!     "version": "32.0.0",             // of a minor release with its own branch 32.1.0: `cut` is null, support its major's
//!     "state": "supported",            // in-development, cut, candidate, due, supported, last-day, ended, released
//!     "needs-fixes": true,             // whether a security fix must go there; null without a policy
//!     "branch": "release-32.0.0",
//!     "places": [{ "remote": null, "commit": "…", "unreleased": 0 }],   // null: a local branch
//!     "declared-version": "32.0.1",    // by the manifests on the branch
//!     "msrv": "1.84",
//!     "latest": "v32.0.1", "latest-date": "2025-04-28",
//!     "cut": { "planned": "2025-04-05", "due": "2025-04-05", "actual": null },
//!     "released": { "planned": "2025-04-20", "due": "2025-04-21", "actual": "2025-04-22" },
//!     "eol": "2025-06-20", "last-day": "2025-06-20",      // the last day of support, that day included
//!     "days-left": 47,                 // 0 on the last day
//!     "unreleased": 2,                 // commits since the latest tag, or since the cut; null where that is not known
//!     "fixes": 1                       // those of them that bring users something; null where that was not looked into
//!   }],
//!   // The most pressing first: release, cut, tag (prepared and not tagged), ends (with fixes), patch (fixes wait),
//!   // no-branch, other-version, behind (the remote has more), differs (so has the local branch).
//!   "todo": [
//!     { "kind": "cut", "text": "cut 33.0.0: due since yesterday", "version": "33.0.0" },
//!     { "kind": "patch", "text": "patch 32.0: 1 fix unreleased since Friday", "version": "32.0.0",
//!       "fixes": { "count": 1, "since": "2025-05-02", "advisories": [] } }
//!   ],
//!   // What nobody can change: past-end, never-tagged.
//!   "past": [{ "kind": "never-tagged", "text": "38.0.0 was never tagged though v38.0.1 was" }]
//! }
//! ```

use std::collections::BTreeSet;

use chrono::NaiveDate;
use semver::Version;
use serde::Serialize;

use super::todo::{sentence, story};
use crate::git::survey::Tip;
use crate::git::{CommitId, RemoteName};
use crate::render::json::text;
use crate::status::{Fixes, Past, ReleaseState, SourceCounts, Status, StatusRow, Todo};
use crate::train::{Day, Term};

/// The number of the format; it rises when a field changes its meaning or goes away.
pub const FORMAT: u32 = 2;

/// Returns the status as one JSON document.
pub fn render(name: &str, status: &Status) -> String {
    text(&StatusDocument {
        format: FORMAT,
        name,
        date: status.date,
        sources: status.sources,
        releases: status.rows.iter().map(|row| release(row, status.date)).collect(),
        todo: status.todo.iter().map(|todo| to_do(todo, status.date)).collect(),
        past: status.past.iter().map(past).collect(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct StatusDocument<'a> {
    format: u32,
    name: &'a str,
    date: NaiveDate,
    sources: SourceCounts,
    releases: Vec<StatusEntry<'a>>,
    todo: Vec<ToDo<'a>>,
    past: Vec<PastEvent>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct StatusEntry<'a> {
    version: &'a Version,
    state: String,
    needs_fixes: Option<bool>,
    branch: &'a str,
    places: Vec<BranchPlace<'a>>,
    declared_version: Option<&'a Version>,
    msrv: Option<&'a str>,
    latest: Option<&'a str>,
    latest_date: Option<NaiveDate>,
    cut: Option<DayEntry>,
    released: Option<DayEntry>,
    eol: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    days_left: Option<i64>,
    unreleased: Option<usize>,
    fixes: Option<usize>,
}

#[derive(Serialize)]
struct BranchPlace<'a> {
    remote: Option<&'a RemoteName>,
    commit: CommitId,
    unreleased: Option<usize>,
}

#[derive(Serialize)]
struct DayEntry {
    planned: Option<NaiveDate>,
    due: Option<NaiveDate>,
    actual: Option<NaiveDate>,
}

#[derive(Serialize)]
struct ToDo<'a> {
    kind: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a Version>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<FixCount<'a>>,
}

#[derive(Serialize)]
struct FixCount<'a> {
    count: usize,
    since: NaiveDate,
    advisories: &'a BTreeSet<String>,
}

#[derive(Serialize)]
struct PastEvent {
    kind: &'static str,
    text: String,
}

fn release(row: &StatusRow, day: NaiveDate) -> StatusEntry<'_> {
    let days = |day: &Day| DayEntry { planned: Some(day.planned), due: Some(day.due), actual: day.actual };
    let plan = row.release.as_ref();
    let term = plan.map(|plan| &plan.term).or(row.term.as_ref());
    let by_tag = row.released.map(|_| DayEntry { planned: None, due: None, actual: row.released });
    StatusEntry {
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

fn place(tip: &Tip) -> BranchPlace<'_> {
    BranchPlace { remote: tip.remote.as_ref(), commit: tip.commit, unreleased: tip.ahead }
}

fn to_do(todo: &Todo, day: NaiveDate) -> ToDo<'_> {
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
    let fixes =
        fixes.map(|Fixes { count, since, advisories }| FixCount { count: *count, since: *since, advisories });
    ToDo { kind, text: sentence(todo, day), version, branch, fixes }
}

fn past(past: &Past) -> PastEvent {
    let kind = match past {
        Past::AfterEnd { .. } => "past-end",
        Past::NeverTagged { .. } => "never-tagged",
    };
    PastEvent { kind, text: story(past) }
}
