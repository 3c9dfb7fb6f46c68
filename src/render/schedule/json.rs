//! The schedule for programs.

use chrono::NaiveDate;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use crate::train::schedule::{Schedule, ScheduleRow, ScheduleSource, Skipped};
use crate::train::{Answer, Day, EndRule, Phase, Span};

/// The calendar of the train on a day.
#[derive(Serialize, JsonSchema)]
pub struct ScheduleData<'a> {
    /// The product.
    name: &'a str,
    /// The day.
    date: NaiveDate,
    /// What it was made from.
    source: ScheduleSource,
    /// The releases, oldest first.
    releases: Vec<ScheduledRelease<'a>>,
    /// The versions that are left out.
    skipped: &'a [Skipped],
}

impl<'a> From<&'a Schedule> for ScheduleData<'a> {
    fn from(schedule: &'a Schedule) -> Self {
        Self {
            name: &schedule.name,
            date: schedule.date,
            source: schedule.source,
            releases: schedule.rows.iter().map(release).collect(),
            skipped: &schedule.skipped,
        }
    }
}

/// A release.
#[derive(Serialize, JsonSchema)]
struct ScheduledRelease<'a> {
    /// Its first version.
    version: &'a Version,
    /// Whether it has long-term support.
    lts: bool,
    /// Where it stands.
    phase: Phase,
    /// Whether it is supported on the day.
    supported: bool,
    /// The day of the cut.
    cut: Day,
    /// The day of the release.
    #[serde(rename = "release")]
    out: Day,
    /// The end of life, as the policy counts it.
    eol: NaiveDate,
    /// The last day of support, that day included.
    last_day: NaiveDate,
    /// What each rule of support says.
    rules: Vec<RulingData>,
    /// Its latest version, where tags were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<LatestData<'a>>,
    /// Why it is an exception, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// What one rule of support says.
#[derive(Serialize, JsonSchema)]
struct RulingData {
    /// `months`, `weeks`, `releases` or `exception`.
    rule: &'static str,
    /// How many of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    /// The end of life that it gives.
    eol: NaiveDate,
}

/// A version that has a tag.
#[derive(Serialize, JsonSchema)]
struct LatestData<'a> {
    /// The version.
    version: &'a Version,
    /// The day of its tag.
    date: NaiveDate,
}

fn release(row: &ScheduleRow) -> ScheduledRelease<'_> {
    let release = &row.release;
    ScheduledRelease {
        version: &release.version,
        lts: release.lts,
        phase: row.phase,
        supported: row.phase.is_supported(),
        cut: release.cut,
        out: release.release,
        eol: release.term.eol,
        last_day: release.term.last_day(),
        rules: release.term.answers.iter().map(ruling).collect(),
        latest: row.latest.as_ref().map(|(version, date)| LatestData { version, date: *date }),
        reason: release.reason.as_deref(),
    }
}

fn ruling(answer: &Answer) -> RulingData {
    let (rule, count) = match answer.rule {
        EndRule::Span(Span::Months(months)) => ("months", Some(months)),
        EndRule::Span(Span::Weeks(weeks)) => ("weeks", Some(weeks)),
        EndRule::Releases(releases) => ("releases", Some(releases.get())),
        EndRule::Exception => ("exception", None),
    };
    RulingData { rule, count, eol: answer.eol }
}
