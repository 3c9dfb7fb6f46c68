//! The chart as a value: one lane a release, its stretches, and the ticks of the axis.

use chrono::{Datelike, NaiveDate};

use crate::train::schedule::{Schedule, ScheduleRow};

/// What a stretch of time means for a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// From the cut before to its own.
    Development,
    /// From the cut to the release.
    Candidate,
    /// From the release to the end of life.
    Support,
    /// The same, of a long-term release.
    LongTerm,
}

impl Stage {
    /// All stages, in their order.
    pub(super) const ALL: [Self; 4] = [Self::Development, Self::Candidate, Self::Support, Self::LongTerm];

    /// Returns the stage in a word.
    pub(super) fn short_name(self) -> &'static str {
        match self {
            Self::Development => "Opened",
            Self::Candidate => "Cut",
            Self::Support => "Supported",
            Self::LongTerm => "LTS",
        }
    }

    /// Returns the stage in words.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Development => "In development",
            Self::Candidate => "Cut, to be released",
            Self::Support => "Supported",
            Self::LongTerm => "Long-term support",
        }
    }
}

/// A stretch of time; the last day is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) stage: Stage,
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
}

/// A place on the axis and its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) day: NaiveDate,
    pub(super) label: Option<String>,
    /// Whether a year begins here.
    pub(super) is_year: bool,
}

/// The extent of a chart in days: the last is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timeline {
    from: NaiveDate,
    to: NaiveDate,
}

/// Returns the stretches of a release that are not empty, in their order.
pub(super) fn stretches(row: &ScheduleRow) -> Vec<Stretch> {
    let (cut, out) = (row.release.cut.came(), row.release.release.came());
    let last = row.release.term.last_day();
    let end = last.succ_opt().unwrap_or(last);
    let support = if row.release.lts { Stage::LongTerm } else { Stage::Support };
    let stretch = |stage, from, to| Stretch { stage, from, to };
    let all = [
        stretch(Stage::Development, row.opened, cut),
        stretch(Stage::Candidate, cut, out),
        stretch(support, out, end),
    ];
    all.into_iter().filter(|stretch| stretch.from < stretch.to).collect()
}

impl Timeline {
    /// Returns the extent that holds every stretch of the schedule.
    pub(super) fn of(schedule: &Schedule) -> Self {
        let stretches = || schedule.rows.iter().flat_map(stretches);
        let from = stretches().map(|stretch| stretch.from).min().unwrap_or(schedule.date);
        let to = stretches().map(|stretch| stretch.to).max().unwrap_or(schedule.date);
        Self { from, to: to.max(from.succ_opt().unwrap_or(from)) }
    }

    /// Returns where `day` is on a line of `length` steps; 0 and `length` for what lies outside.
    pub(super) fn position(self, day: NaiveDate, length: usize) -> usize {
        let days = |from: NaiveDate, to: NaiveDate| u64::try_from((to - from).num_days()).unwrap_or(0);
        let total = days(self.from, self.to).max(1);
        let at = days(self.from, day).min(total) * length as u64 / total;
        usize::try_from(at).unwrap_or(length)
    }

    /// Returns whether `day` is on the chart.
    pub(super) fn contains(self, day: NaiveDate) -> bool {
        (self.from..self.to).contains(&day)
    }

    /// Returns the first days of the months, quarters or years that divide the axis, with at most `most`
    /// labels: a year's line always has one, and months have theirs where all of them fit.
    pub(super) fn ticks(self, most: usize) -> Vec<Tick> {
        let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        let (first, last) = (month(self.from) + 1, month(self.to));
        let span = last - first + 1;
        let fits = |step: &i64| span / step < i64::try_from(most.max(1)).unwrap_or(i64::MAX);
        let labelled = LABELLED.into_iter().find(fits).unwrap_or(12_000);
        let step = match labelled {
            1..=3 => 1,
            4..=12 => 3,
            years => years,
        };
        (first..=last)
            .filter(|month| month.rem_euclid(step) == 0)
            .filter_map(|at| tick(at, labelled))
            .collect()
    }
}

/// The distances in months at which labels may stand.
const LABELLED: [i64; 9] = [1, 3, 6, 12, 24, 60, 120, 240, 1200];

fn tick(month: i64, labelled: i64) -> Option<Tick> {
    let year = i32::try_from(month.div_euclid(12)).ok()?;
    let day = NaiveDate::from_ymd_opt(year, u32::try_from(month.rem_euclid(12)).ok()? + 1, 1)?;
    let is_year = day.month0() == 0;
    let label = day.format(if is_year { "%Y" } else { "%b" }).to_string();
    Some(Tick { day, label: (month.rem_euclid(labelled) == 0).then_some(label), is_year })
}
