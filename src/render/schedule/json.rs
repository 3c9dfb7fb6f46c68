//! The schedule for programs.
//!
//! ```json
//! {
//!   "format": 2,                          // rises when a field changes its meaning or goes away
//!   "name": "Wasmtime",
//!   "date": "2025-05-01",
//!   "source": "policy",                   // or "policy-and-tags"
//!   "releases": [{                        // oldest first
//!     "version": "32.0.0",
//!     "lts": false,
//!     "phase": "supported",               // in-development, cut, candidate, due, supported, last-day, ended
//!     "supported": true,                  // on that day
//!     "cut": { "planned": "2025-04-05", "due": "2025-04-05" },
//!     "release": { "planned": "2025-04-20", "due": "2025-04-21", "actual": "2025-04-21" },
//!     "eol": "2025-06-20",
//!     "last-day": "2025-06-20",           // the last day of support, that day included
//!     "rules": [{ "rule": "months", "count": 2, "eol": "2025-06-20" }],   // weeks, releases, exception
//!     "latest": { "version": "32.0.1", "date": "2025-04-28" },            // where tags were read
//!     "reason": "…"                       // of an exception
//!   }],
//!   "skipped": [{ "version": "13.0.0", "reason": "…" }]
//! }
//! ```

use chrono::NaiveDate;
use semver::Version;
use serde::Serialize;

use crate::render::json::text;
use crate::train::schedule::{Schedule, ScheduleRow, ScheduleSource, Skipped};
use crate::train::{Answer, Day, EndRule, Phase, Span};

/// The number of the format; it rises when a field changes its meaning or goes away.
pub const FORMAT: u32 = 2;

/// Returns the schedule as one JSON document.
pub fn render(schedule: &Schedule) -> String {
    text(&ScheduleDocument {
        format: FORMAT,
        name: &schedule.name,
        date: schedule.date,
        source: schedule.source,
        releases: schedule.rows.iter().map(release).collect(),
        skipped: &schedule.skipped,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ScheduleDocument<'a> {
    format: u32,
    name: &'a str,
    date: NaiveDate,
    source: ScheduleSource,
    releases: Vec<ScheduleEntry<'a>>,
    skipped: &'a [Skipped],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ScheduleEntry<'a> {
    version: &'a Version,
    lts: bool,
    phase: Phase,
    supported: bool,
    cut: Day,
    #[serde(rename = "release")]
    out: Day,
    eol: NaiveDate,
    last_day: NaiveDate,
    rules: Vec<Ruling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<Latest<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Ruling {
    rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    eol: NaiveDate,
}

#[derive(Serialize)]
struct Latest<'a> {
    version: &'a Version,
    date: NaiveDate,
}

fn release(row: &ScheduleRow) -> ScheduleEntry<'_> {
    let release = &row.release;
    ScheduleEntry {
        version: &release.version,
        lts: release.lts,
        phase: row.phase,
        supported: row.phase.is_supported(),
        cut: release.cut,
        out: release.release,
        eol: release.term.eol,
        last_day: release.term.last_day(),
        rules: release.term.answers.iter().map(ruling).collect(),
        latest: row.latest.as_ref().map(|(version, date)| Latest { version, date: *date }),
        reason: release.reason.as_deref(),
    }
}

fn ruling(answer: &Answer) -> Ruling {
    let (rule, count) = match answer.rule {
        EndRule::Span(Span::Months(months)) => ("months", Some(months)),
        EndRule::Span(Span::Weeks(weeks)) => ("weeks", Some(weeks)),
        EndRule::Releases(releases) => ("releases", Some(releases.get())),
        EndRule::Exception => ("exception", None),
    };
    Ruling { rule, count, eol: answer.eol }
}
