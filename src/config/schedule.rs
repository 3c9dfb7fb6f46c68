//! The `[schedule]` table: calendar and support policy, as the maintainer writes them.

mod check;
mod day;

use serde::Deserialize;

pub use check::Problem;
pub use day::{DayText, WeekdayText};

use crate::train::{Category, CountFrom, Ends, LastDay, RollOver};

/// The `[schedule]` table.
///
/// ```toml
/// [schedule]
/// anchor = { version = "20.0.0", release = "2024-04-20" }
/// every-months = 1                  # or every-weeks = 6
/// cut-day = 5                       # or cut-days-before = 15
/// roll-over = { cut = "none", release = "next-weekday" }
/// holidays = ["2025-04-21", "12-25"]
/// support-months = 2                # and, or instead: support-releases = 3
/// lts = { every = 12, first = 24, support-months = 24 }
///
/// [[schedule.release]]              # what differs for one release
/// version = "30.0.0"
/// release = "2025-02-24"
/// reason = "moved past the conference"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScheduleConfig {
    /// A release of the train and its planned day, from which all others are counted, forwards and
    /// backwards; without it there is no calendar.
    pub anchor: Option<AnchorConfig>,
    /// The first version that ran on this train; by default the first of its kind, 1.0.0.
    pub since: Option<String>,
    /// Which part of the version moves; by default the major, and the minor below 1.0.
    pub numbering: Option<NumberingConfig>,
    /// The number of months between releases: 1 by default, 3 for a quarterly train.
    pub every_months: Option<u32>,
    /// The number of weeks between releases, in place of months.
    pub every_weeks: Option<u32>,
    /// The weekday of releases in a cadence of weeks: the anchor's, and checked against it.
    pub weekday: Option<WeekdayText>,
    /// The day of the month of the cut: in the month of the release, or in the one before if it
    /// comes after the anchor's day.
    pub cut_day: Option<u32>,
    /// The number of days from the cut to the release; 0 by default.
    pub cut_days_before: Option<u32>,
    /// What happens to days on a weekend or a holiday.
    pub roll_over: RollOverConfig,
    /// Days on which nothing is released: `2025-04-21`, or `12-25` for every year.
    pub holidays: Vec<DayText>,
    /// How many months a release is supported.
    pub support_months: Option<u32>,
    /// How many weeks a release is supported, in place of months.
    pub support_weeks: Option<u32>,
    /// How many of the latest releases are supported; 1 by default where there is no other rule.
    pub support_releases: Option<u32>,
    /// Which rule counts where one by dates and one by count disagree: `last` by default.
    pub support_ends: Option<Ends>,
    /// The day from which months and weeks of support are counted.
    pub eol_from: CountFrom,
    /// Whether a release is supported on its EOL day.
    pub eol_day: LastDay,
    /// Which releases are supported longer.
    pub lts: Option<LtsConfig>,
    /// What differs for single releases.
    pub release: Vec<ReleaseConfig>,
    /// What endoflife.date is told of the product.
    pub endoflife: EndoflifeConfig,
}

/// What endoflife.date is told of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EndoflifeConfig {
    /// What kind of product it is: `framework` by default.
    pub category: Category,
    /// The address where the policy of its releases is described.
    pub policy: Option<String>,
}

/// The release from which all others are counted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnchorConfig {
    /// Its version: `20.0.0`.
    pub version: String,
    /// Its planned release day.
    pub release: DayText,
}

/// Which part of the version moves with the train.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberingConfig {
    /// The major: 20.0.0, 21.0.0.
    Major,
    /// The minor: 1.84.0, 1.85.0.
    Minor,
}

/// What happens to days on a weekend or a holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RollOverConfig {
    /// To the cut: `none` by default.
    pub cut: RollOver,
    /// To the release: `next-weekday` by default.
    pub release: RollOver,
}

impl Default for RollOverConfig {
    fn default() -> Self {
        Self { cut: RollOver::None, release: RollOver::NextWeekday }
    }
}

/// Which releases are supported longer: every so many, from one on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LtsConfig {
    /// Every so many releases…
    pub every: u64,
    /// …from this one on: 24 for 24.0.0, or 123 for 0.123.0.
    pub first: u64,
    /// How many months they are supported.
    pub support_months: Option<u32>,
    /// How many weeks they are supported, in place of months.
    pub support_weeks: Option<u32>,
    /// How many of the latest of them are supported.
    pub support_releases: Option<u32>,
}

/// What differs for one release.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReleaseConfig {
    /// Its version: `30.0.0`.
    pub version: String,
    /// The day to which its cut was moved.
    pub cut: Option<DayText>,
    /// The day to which its release was moved.
    pub release: Option<DayText>,
    /// Its end of life.
    pub eol: Option<DayText>,
    /// Whether it is left out.
    pub skip: Option<SkipConfig>,
    /// Why; the schedule shows it.
    pub reason: String,
}

/// How a release is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipConfig {
    /// The number is not used, and the next one takes its day.
    Number,
    /// Neither the number nor its day is used.
    Release,
}
