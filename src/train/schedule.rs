//! The schedule: the releases that a reader wants to see on one day.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::history::History;
use super::link::{ProductPage, ReleaseLinks};
use super::numbering::{Number, Numbering};
use super::phase::{Group, Phase};
use super::release::Release;
use super::support::Lts;
use super::{SupportException, Train};
use crate::finding::{Finding, Refused};
use crate::rule;

/// The most rows that a schedule may have.
const MOST_ROWS: u64 = 5000;

/// The releases that are published as the schedule, as of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The name of what is released.
    pub name: String,
    /// The day as of which everything is said.
    pub date: NaiveDate,
    /// Whether tags were there, to tell actual days from planned ones.
    pub source: ScheduleSource,
    /// How the releases are numbered.
    pub numbering: Numbering,
    /// The releases, oldest first.
    pub rows: Vec<ScheduleRow>,
    /// The releases between them that were skipped, and why.
    pub skipped: Vec<Skipped>,
    /// What is said of the product.
    pub page: ProductPage,
}

/// What a schedule was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleSource {
    /// The policy: every day is a planned one.
    Policy,
    /// The policy and the tags: days that are past are actual ones.
    PolicyAndTags,
}

/// One release of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRow {
    /// The release.
    pub release: Release,
    /// Where it stands on the day of the schedule.
    pub phase: Phase,
    /// The day on which its development begins: the cut of the release before it.
    pub opened: NaiveDate,
    /// The latest version of it that has a tag, and the day of that.
    pub latest: Option<(Version, NaiveDate)>,
    /// Where it can be found, as far as that was asked for.
    pub links: ReleaseLinks,
}

impl ScheduleRow {
    /// Returns the day to which its cut rolls over, if it is still to be made on `date`.
    pub fn cut_due(&self, date: NaiveDate) -> Option<NaiveDate> {
        let is_open = self.phase == Phase::InDevelopment;
        self.release.cut.rolls_over().filter(|&due| is_open || due >= date)
    }

    /// Returns the day to which it rolls over, if it is still to come on `date`, be it late.
    pub fn release_due(&self, date: NaiveDate) -> Option<NaiveDate> {
        let is_open = self.phase.group() == Group::Upcoming;
        self.release.release.rolls_over().filter(|&due| is_open || due >= date)
    }
}

/// A release that never was, nor will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Skipped {
    /// The version that is not used.
    pub version: Version,
    /// Why.
    pub reason: String,
}

/// Which releases a schedule has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// The current release, the two before it and the next; the two latest with long-term support
    /// and the next one; and whatever else is supported.
    #[default]
    Around,
    /// From the first release of the train to the next.
    All,
    /// From one to another, both included; without a bound, from the first or to the next.
    Between(Option<Bound>, Option<Bound>),
}

/// An end of a range of releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A planned release day.
    Day(NaiveDate),
    /// The release of that number.
    Number(Number),
    /// The release that this version belongs to: major and minor.
    Version(u64, u64),
}

impl FromStr for Bound {
    type Err = String;

    /// Reads a day, `2025-05-01`, a number, `36`, or a version, `36.0.0` or `0.123.0`.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(day) = text.parse() {
            return Ok(Self::Day(day));
        }
        if let Ok(number) = text.parse() {
            return Ok(Self::Number(Number(number)));
        }
        let mut parts = text.split('.').map(str::parse::<u64>);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Self::Version(major, minor)),
            _ => Err("neither a day as in 2025-05-01 nor a release as in 36 or 36.0.0".to_owned()),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Version(major, minor) => write!(f, "{major}.{minor}.0"),
        }
    }
}

impl Schedule {
    /// Makes the schedule of `train` as of a day.
    ///
    /// # Errors
    ///
    /// A refusal if the selection holds no release, or thousands.
    pub fn new(
        name: &str,
        train: &Train,
        date: NaiveDate,
        history: &History,
        selection: Selection,
    ) -> Result<Self, Refused> {
        let numbers = select(train, date, history, selection)?;
        let rows: Vec<ScheduleRow> =
            numbers.iter().filter_map(|&number| row(train, number, date, history)).collect();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            let finding = Finding::of(rule::SCHEDULE_EMPTY, "no release of the train is in this range");
            return Err(finding.remedy("choose other `--from` and `--to`, or another `--date`").into());
        };
        let skipped = train.skipped_between(first.release.number, last.release.number);
        let source =
            if history.newest().is_some() { ScheduleSource::PolicyAndTags } else { ScheduleSource::Policy };
        let (name, page) = (name.to_owned(), ProductPage::default());
        Ok(Self { name, date, source, numbering: train.numbering, rows, skipped, page })
    }

    /// Returns whether both say the same about the same releases, be it on different days.
    pub fn says_the_same(&self, other: &Self) -> bool {
        *self == Self { date: self.date, ..other.clone() }
    }
}

impl Train {
    /// Returns the releases whose branches a security fix must go to on `day`, oldest first: those
    /// supported, and those cut but not released.
    pub fn needing_fixes(&self, day: NaiveDate, history: &History) -> Vec<Release> {
        let candidates = self.candidates(day, history).into_iter();
        let releases = candidates.filter_map(|number| self.release(number, history));
        releases.filter(|release| release.phase(day, history).needs_fixes()).collect()
    }

    /// Returns the releases with long-term support up to `number`, that one included, newest first;
    /// skipped ones are passed over.
    fn long_term_up_to(&self, lts: Lts, number: Number) -> impl Iterator<Item = Number> {
        let passed = number.0.checked_sub(lts.first.0).map(|after| after / lts.every);
        let nth = move |n: u64| Number(lts.first.0.saturating_add(n.saturating_mul(lts.every.get())));
        let all = std::iter::successors(passed, |n| n.checked_sub(1)).map(nth);
        all.take_while(|&number| number >= self.since).filter(|&number| self.is_used(number))
    }

    /// Returns the first release with long-term support after `number`, skipped ones passed over.
    fn long_term_after(&self, lts: Lts, number: Number) -> Option<Number> {
        let from = number.ahead(1).max(self.since);
        let distance = from.0.saturating_sub(lts.first.0).div_ceil(lts.every.get());
        let nth = |n: u64| Some(Number(lts.first.0.checked_add(n.checked_mul(lts.every.get())?)?));
        let tries = 0..=self.exceptions.len() as u64;
        tries.filter_map(|more| nth(distance.checked_add(more)?)).find(|&number| self.is_used(number))
    }

    fn skipped_between(&self, first: Number, last: Number) -> Vec<Skipped> {
        let skipped = self.exceptions.range(first..=last).filter(|(_, exception)| exception.skip.is_some());
        let entry = |(&number, exception): (&Number, &SupportException)| Skipped {
            version: self.numbering.version(number),
            reason: exception.reason.clone(),
        };
        skipped.map(entry).collect()
    }
}

fn row(train: &Train, number: Number, date: NaiveDate, history: &History) -> Option<ScheduleRow> {
    let release = train.release(number, history)?;
    let before = train.previous(number).and_then(|previous| train.release(previous, history));
    // The first release of all has nothing before it from which its development could be counted.
    let opened = before.map_or(release.cut.planned, |before| before.cut.planned.min(release.cut.planned));
    let latest = history.latest(number).cloned();
    let links = ReleaseLinks::default();
    Some(ScheduleRow { phase: release.phase(date, history), opened, latest, links, release })
}

fn select(
    train: &Train,
    date: NaiveDate,
    history: &History,
    selection: Selection,
) -> Result<BTreeSet<Number>, Refused> {
    let current = train.current(date, history);
    let next = match current {
        Some(current) => train.next(current),
        None => Some(train.since),
    };
    match selection {
        Selection::Around => Ok(around(train, date, history)),
        Selection::All => between(train, None, None, next),
        Selection::Between(from, to) => between(train, from, to, next),
    }
}

fn around(train: &Train, date: NaiveDate, history: &History) -> BTreeSet<Number> {
    let Some(current) = train.current(date, history) else {
        return BTreeSet::from([train.since]);
    };
    let mut numbers = BTreeSet::from([current]);
    let before = train.previous(current);
    numbers.extend(before);
    numbers.extend(before.and_then(|before| train.previous(before)));
    numbers.extend(train.next(current));
    if let Some(lts) = train.support.lts {
        numbers.extend(train.long_term_up_to(lts, current).take(2));
        numbers.extend(train.long_term_after(lts, current));
    }
    let supported = train.needing_fixes(date, history).into_iter();
    numbers.extend(supported.filter(|r| r.phase(date, history).is_supported()).map(|r| r.number));
    numbers
}

fn between(
    train: &Train,
    from: Option<Bound>,
    to: Option<Bound>,
    next: Option<Number>,
) -> Result<BTreeSet<Number>, Refused> {
    let slack = train.exceptions.len() as u64 + 1;
    let on = |day| train.calendar.slot_on(day).and_then(|slot| train.number_at(slot));
    let number = |major, minor| {
        train.numbering.number(&Version::new(major, minor, 0)).ok_or_else(|| not_of(train, major, minor))
    };
    let low = match from {
        None => train.since,
        Some(Bound::Number(number)) => number,
        Some(Bound::Version(major, minor)) => number(major, minor)?,
        Some(Bound::Day(day)) => on(day).map_or(train.since, |number| number.saturating_back(slack)),
    };
    let high = match to {
        None => next.unwrap_or(low),
        Some(Bound::Number(number)) => number,
        Some(Bound::Version(major, minor)) => number(major, minor)?,
        Some(Bound::Day(day)) => on(day).map_or(Number(0), |number| number.ahead(slack)),
    };
    let low = low.max(train.since);
    if high.0.saturating_sub(low.0) > MOST_ROWS {
        let message = format!("the range holds more than {MOST_ROWS} releases");
        let finding = Finding::of(rule::SCHEDULE_RANGE, message);
        return Err(finding.remedy("choose a shorter one with `--from` and `--to`").into());
    }
    let planned = |number| train.release(number, &History::none()).map(|release| release.release.planned);
    let inside = |number: &Number| {
        planned(*number).is_some_and(|day| {
            !matches!(from, Some(Bound::Day(first)) if day < first)
                && !matches!(to, Some(Bound::Day(last)) if day > last)
        })
    };
    Ok((low.0..=high.0).map(Number).filter(inside).collect())
}

fn not_of(train: &Train, major: u64, minor: u64) -> Refused {
    let message = format!("{major}.{minor} is not a release of this train");
    let example = train.numbering.version(train.anchor);
    Finding::of(rule::SCHEDULE_RANGE, message).remedy(format!("write it like {example}")).into()
}
