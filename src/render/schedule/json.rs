//! The schedule for programs.
//!
//! ```json
//! {
//!   "format": 1,                          // rises when a field changes its meaning or goes away
//!   "name": "Wasmtime",
//!   "as-of": "2025-05-01",
//!   "source": "policy",                   // or "policy-and-tags"
//!   "releases": [{                        // oldest first
//!     "version": "32.0.0",
//!     "lts": false,
//!     "phase": "supported",               // in-development, cut, candidate, due, supported, last-day, ended
//!     "supported": true,                  // on the day `as-of`
//!     "cut": { "planned": "2025-04-05", "due": "2025-04-05" },
//!     "release": { "planned": "2025-04-20", "due": "2025-04-21", "actual": "2025-04-21" },
//!     "eol": "2025-06-20",
//!     "last-day": "2025-06-20",           // the last day of support, that day included
//!     "rules": [{ "rule": "months", "count": 2, "eol": "2025-06-20" }],   // weeks, releases, exception
//!     "latest": { "version": "32.0.1", "day": "2025-04-28" },             // where tags were read
//!     "reason": "…"                       // of an exception
//!   }],
//!   "skipped": [{ "version": "13.0.0", "reason": "…" }]
//! }
//! ```

use chrono::NaiveDate;
use serde::Serialize;

use crate::render::escaped_json;

use crate::train::schedule::{Row, Schedule, Source};
use crate::train::{Answer, Day, Phase, Rule, Span};

/// The number of the format; it rises when a field changes its meaning or goes away.
pub const FORMAT: u32 = 1;

/// Returns the schedule as one JSON document.
pub fn render(schedule: &Schedule) -> String {
    let document = Document {
        format: FORMAT,
        name: &schedule.name,
        as_of: schedule.as_of.to_string(),
        source: match schedule.source {
            Source::Policy => "policy",
            Source::PolicyAndTags => "policy-and-tags",
        },
        releases: schedule.rows.iter().map(release).collect(),
        skipped: schedule
            .skipped
            .iter()
            .map(|skip| Skip { version: skip.version.to_string(), reason: &skip.reason })
            .collect(),
    };
    // Strings and numbers alone: nothing in it can fail to serialize.
    serde_json::to_string_pretty(&document).map(|json| escaped_json(json) + "\n").unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    format: u32,
    name: &'a str,
    as_of: String,
    source: &'static str,
    releases: Vec<Release<'a>>,
    skipped: Vec<Skip<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Release<'a> {
    version: String,
    lts: bool,
    phase: Phase,
    supported: bool,
    cut: Days,
    #[serde(rename = "release")]
    out: Days,
    eol: String,
    last_day: String,
    rules: Vec<Ruling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<Latest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Days {
    planned: String,
    due: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<String>,
}

#[derive(Serialize)]
struct Ruling {
    rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    eol: String,
}

#[derive(Serialize)]
struct Latest {
    version: String,
    day: String,
}

#[derive(Serialize)]
struct Skip<'a> {
    version: String,
    reason: &'a str,
}

fn release(row: &Row) -> Release<'_> {
    let release = &row.release;
    Release {
        version: release.version.to_string(),
        lts: release.lts,
        phase: row.phase,
        supported: row.phase.is_supported(),
        cut: days(&release.cut),
        out: days(&release.release),
        eol: release.term.eol.to_string(),
        last_day: release.term.last_day().to_string(),
        rules: release.term.answers.iter().map(ruling).collect(),
        latest: row
            .latest
            .as_ref()
            .map(|(version, day)| Latest { version: version.to_string(), day: day.to_string() }),
        reason: release.reason.as_deref(),
    }
}

fn days(day: &Day) -> Days {
    let text = |day: NaiveDate| day.to_string();
    Days { planned: text(day.planned), due: text(day.due), actual: day.actual.map(text) }
}

fn ruling(answer: &Answer) -> Ruling {
    let (rule, count) = match answer.rule {
        Rule::Span(Span::Months(months)) => ("months", Some(months)),
        Rule::Span(Span::Weeks(weeks)) => ("weeks", Some(weeks)),
        Rule::Releases(releases) => ("releases", Some(releases.get())),
        Rule::Exception => ("exception", None),
    };
    Ruling { rule, count, eol: answer.eol.to_string() }
}
