//! How long a release is supported.

use std::cmp::Ordering;
use std::num::{NonZeroU32, NonZeroU64};

use chrono::NaiveDate;
use serde::Deserialize;

use super::calendar::Cadence;
use super::numbering::Number;
use super::phase::Phase;

/// How long releases are supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// The window of a normal release.
    pub normal: Window,
    /// Which releases are supported longer, and how long.
    pub lts: Option<Lts>,
    /// The day from which a span is counted.
    pub from: CountFrom,
    /// Whether a release is supported on its EOL day.
    pub last_day: LastDay,
    /// Which rule ends support, where there are two.
    pub ends: Ends,
}

/// The rules that end the support of a release; with neither, it ends on its release day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// So long after its release.
    pub span: Option<Span>,
    /// When so many later releases are out.
    pub releases: Option<NonZeroU32>,
}

/// A length of time in whole units of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// So many months.
    Months(u32),
    /// So many weeks.
    Weeks(u32),
}

/// Which releases have long-term support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lts {
    /// Every so many releases…
    pub every: NonZeroU64,
    /// …from this one on.
    pub first: Number,
    /// Their window; it counts long-term releases only.
    pub window: Window,
}

/// The day from which a span of support is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountFrom {
    /// The planned release day, as published.
    #[default]
    Planned,
    /// The planned release day, rolled over.
    Due,
    /// The day of the tag; until there is one, the day on which the release is due.
    Actual,
}

/// Whether a release is supported on its EOL day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastDay {
    /// It is.
    #[default]
    Included,
    /// It is not: the day before is the last.
    Excluded,
}

/// Which rule ends support, where one by dates and one by count are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ends {
    /// The one that ends first.
    First,
    /// The one that ends last: a release is supported while either rule supports it.
    #[default]
    Last,
}

/// The support of one release: its end, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The end of life.
    pub eol: NaiveDate,
    /// Whether that day is still supported.
    pub last_day: LastDay,
    /// What each rule says, in the order dates, count, exception.
    pub answers: Vec<Answer>,
}

/// What one rule says about the end of life of one release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The rule.
    pub rule: EndRule,
    /// The end of life by it.
    pub eol: NaiveDate,
}

/// A rule that ends support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndRule {
    /// Some time after the release.
    Span(Span),
    /// With the release that is so many releases later.
    Releases(NonZeroU32),
    /// An exception for this one release.
    Exception,
}

impl Support {
    /// Returns whether the release `number` has long-term support.
    pub fn is_lts(&self, number: Number) -> bool {
        self.lts.is_some_and(|lts| lts.contains(number))
    }

    /// Returns the window of the release `number`.
    pub fn window(&self, number: Number) -> Window {
        match self.lts {
            Some(lts) if lts.contains(number) => lts.window,
            _ => self.normal,
        }
    }

    /// Returns a number of releases past which none is supported by these rules any more.
    pub fn horizon(&self, cadence: &Cadence) -> u64 {
        let lts = self.lts.map_or(0, |lts| lts.window.horizon(cadence, lts.every.get()));
        self.normal.horizon(cadence, 1).max(lts)
    }
}

impl Window {
    fn horizon(&self, cadence: &Cadence, every: u64) -> u64 {
        let days = match self.span {
            Some(Span::Months(months)) => u64::from(months) * 31,
            Some(Span::Weeks(weeks)) => u64::from(weeks) * 7,
            None => 0,
        };
        let by_span = days / u64::from(cadence.shortest_days()) + 2;
        let by_count = self.releases.map_or(0, |count| u64::from(count.get()).saturating_mul(every) + 1);
        by_span.max(by_count)
    }
}

impl Lts {
    /// Returns whether the release `number` has long-term support.
    pub fn contains(&self, number: Number) -> bool {
        number.0.checked_sub(self.first.0).is_some_and(|after| after % self.every == 0)
    }
}

impl Ends {
    /// Returns the end that counts, if there is one.
    pub fn pick(self, ends: impl Iterator<Item = NaiveDate>) -> Option<NaiveDate> {
        match self {
            Self::First => ends.min(),
            Self::Last => ends.max(),
        }
    }
}

impl Term {
    /// Returns the last day of support, that day included.
    pub fn last_day(&self) -> NaiveDate {
        match self.last_day {
            LastDay::Included => self.eol,
            LastDay::Excluded => self.eol.pred_opt().unwrap_or(self.eol),
        }
    }

    /// Returns where a release that is out stands on `day`.
    pub fn phase(&self, day: NaiveDate) -> Phase {
        match self.last_day().cmp(&day) {
            Ordering::Greater => Phase::Supported,
            Ordering::Equal => Phase::LastDay,
            Ordering::Less => Phase::Ended,
        }
    }

    /// Returns whether the rules (exceptions apart) gave different answers.
    pub fn disagrees(&self) -> bool {
        let mut by_rule = self.answers.iter().filter(|answer| answer.rule != EndRule::Exception);
        by_rule.next().is_some_and(|first| by_rule.any(|answer| answer.eol != first.eol))
    }
}
