//! The release train: which release leaves when, and until when it is supported.
//!
//! Dates in, dates out. A [`Train`] is the maintainer's policy; a [`History`] is what tags and
//! branches tell; [`Train::release`] answers for one release, [`schedule`] for the table that is
//! published. Planned and actual days are kept apart everywhere.

pub mod calendar;
pub mod history;
pub mod link;
pub mod numbering;
pub mod phase;
pub mod release;
pub mod roll;
pub mod schedule;
pub mod support;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use semver::Version;

pub use calendar::{Cadence, Calendar, MonthlyCut};
pub use history::History;
pub use link::{Category, Link, ProductPage, ReleaseLinks};
pub use numbering::{Number, Numbering};
pub use phase::{Group, Phase};
pub use release::{Day, Release};
pub use roll::{Holidays, RollOver};
pub use support::{Answer, CountFrom, EndRule, Ends, LastDay, Lts, Span, Support, Term, Window};

/// The whole policy of a release train.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Train {
    /// How releases are numbered.
    pub numbering: Numbering,
    /// The release that leaves on the calendar's anchor day.
    pub anchor: Number,
    /// The first release that ran on this train; earlier ones are not computed.
    pub since: Number,
    /// When trains leave.
    pub calendar: Calendar,
    /// How long releases are supported.
    pub support: Support,
    /// What differs for single releases.
    pub exceptions: BTreeMap<Number, SupportException>,
}

/// What differs for one release, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupportException {
    /// The planned cut, where it was moved; it does not roll over.
    pub cut: Option<NaiveDate>,
    /// The planned release, where it was moved; it does not roll over.
    pub release: Option<NaiveDate>,
    /// The end of life, whatever the support rules say.
    pub eol: Option<NaiveDate>,
    /// Whether the release is left out.
    pub skip: Option<Skip>,
    /// Why, for the reader of the schedule.
    pub reason: String,
}

/// How a release is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Its number is never used: the next number takes its day.
    Number,
    /// Neither its number nor its day is used: the next number keeps its own day.
    Release,
}

impl Train {
    /// Returns the days of the release `number`, given what has happened.
    ///
    /// `None` if the release is skipped, older than the train, or beyond the years that a date can
    /// name.
    pub fn release(&self, number: Number, history: &History) -> Option<Release> {
        let days = self.days(number, history)?;
        let term = self.term(number, &days, history)?;
        Some(Release {
            number,
            version: self.numbering.version(number),
            lts: self.support.is_lts(number),
            cut: days.cut,
            release: days.release,
            term,
            reason: self.exceptions.get(&number).map(|exception| exception.reason.clone()),
        })
    }

    /// Returns the release that `version` belongs to, a patch of it or a candidate for it included.
    pub fn number_of(&self, version: &Version) -> Option<Number> {
        self.numbering.number(version)
    }

    /// Returns the newest release that was out at the end of `day`: by its tag where the history
    /// knows tags, by its planned day otherwise.
    pub fn current(&self, day: NaiveDate, history: &History) -> Option<Number> {
        if let Some(newest) = history.newest_out() {
            return Some(newest);
        }
        let moved = self.exceptions.len() as u64 + 1;
        let by_calendar = self.number_at(self.calendar.slot_on(day)?)?;
        let nearby = (0..=moved).filter_map(|back| by_calendar.back(back));
        let excepted = self.exceptions.keys().copied();
        nearby.chain(excepted).filter(|&number| self.is_out(number, day)).max()
    }

    /// Returns the releases that may be supported on `day`, or cut and not released: all that are,
    /// and some that are not.
    pub fn candidates(&self, day: NaiveDate, history: &History) -> BTreeSet<Number> {
        let by_plan = self.calendar.slot_on(day).and_then(|slot| self.number_at(slot));
        let newest = by_plan.max(self.current(day, history));
        let horizon = self.support.horizon(&self.calendar.cadence) + self.exceptions.len() as u64;
        let ahead = self.calendar.cuts_ahead();
        let mut numbers: BTreeSet<Number> = match newest {
            Some(newest) => (newest.saturating_back(horizon).0..=newest.ahead(ahead).0).map(Number).collect(),
            None => (self.since.0..=self.since.ahead(ahead).0).map(Number).collect(),
        };
        numbers.extend(self.exceptions.keys());
        numbers.extend(history.numbers());
        numbers.retain(|&number| self.is_used(number));
        numbers
    }

    /// Returns the release after `number`, skipped ones passed over.
    pub fn next(&self, number: Number) -> Option<Number> {
        let tries = self.exceptions.len() as u64 + 1;
        (1..=tries).map(|step| number.ahead(step)).find(|&next| next > number && self.is_used(next))
    }

    /// Returns the release before `number`, skipped ones passed over.
    pub fn previous(&self, number: Number) -> Option<Number> {
        let tries = self.exceptions.len() as u64 + 1;
        (1..=tries).filter_map(|step| number.back(step)).find(|&previous| self.is_used(previous))
    }

    /// Returns why the schedule skips the release that `version` belongs to, if it does.
    pub fn skipped(&self, version: &Version) -> Option<&str> {
        let exception = self.exceptions.get(&self.number_of(version)?)?;
        exception.skip.map(|_| exception.reason.as_str())
    }

    fn is_used(&self, number: Number) -> bool {
        number >= self.since && self.skip(number).is_none()
    }

    fn is_out(&self, number: Number, day: NaiveDate) -> bool {
        self.days(number, &History::none()).is_some_and(|days| days.release.planned <= day)
    }

    fn skip(&self, number: Number) -> Option<Skip> {
        self.exceptions.get(&number)?.skip
    }

    /// Returns the train that `number` takes, counted from the anchor's.
    fn slot(&self, number: Number) -> Option<i64> {
        let distance = i64::try_from(i128::from(number.0) - i128::from(self.anchor.0)).ok()?;
        let unused = |low: Number, high: Number| {
            let between = self.exceptions.iter().filter(|&(&n, _)| low < n && n < high);
            between.filter(|(_, exception)| exception.skip == Some(Skip::Number)).map(|_| 1).sum::<i64>()
        };
        Some(if distance >= 0 {
            distance - unused(self.anchor, number)
        } else {
            distance + unused(number, self.anchor)
        })
    }

    /// Returns the number that takes the train `slot`: the inverse of `slot`.
    pub fn number_at(&self, slot: i64) -> Option<Number> {
        let mut number = self.anchor.offset(slot)?;
        let unused = || self.exceptions.iter().filter(|(_, e)| e.skip == Some(Skip::Number)).map(|(&n, _)| n);
        if slot >= 0 {
            for skipped in unused().filter(|&n| n > self.anchor) {
                number = if skipped <= number { number.ahead(1) } else { number };
            }
        } else {
            for skipped in unused().filter(|&n| n < self.anchor).collect::<Vec<_>>().into_iter().rev() {
                number = if skipped >= number { number.back(1)? } else { number };
            }
        }
        Some(number)
    }

    fn days(&self, number: Number, history: &History) -> Option<ReleaseDays> {
        if !self.is_used(number) {
            return None;
        }
        let slot = self.slot(number)?;
        let exception = self.exceptions.get(&number);
        let calendar = &self.calendar;
        let cut = match exception.and_then(|exception| exception.cut) {
            Some(moved) => Day::fixed(moved),
            None => Day::planned(calendar.cut(slot)?, calendar.cut_roll, &calendar.holidays),
        };
        let release = match exception.and_then(|exception| exception.release) {
            Some(moved) => Day::fixed(moved),
            None => Day::planned(calendar.release(slot)?, calendar.release_roll, &calendar.holidays),
        };
        // A cut that rolls past a release that does not takes the release along.
        let release = Day { due: release.due.max(cut.due), actual: history.released(number), ..release };
        let moved = exception.is_some_and(|exception| exception.release.is_some());
        Some(ReleaseDays { slot: (!moved).then_some(slot), cut, release })
    }

    fn term(&self, number: Number, days: &ReleaseDays, history: &History) -> Option<Term> {
        let window = self.support.window(number);
        let mut answers = Vec::new();
        if let Some(span) = window.span {
            answers.push(Answer { rule: EndRule::Span(span), eol: self.end_of_span(span, days, history)? });
        }
        if let Some(count) = window.releases {
            let successor = self.successor(number, u64::from(count.get()))?;
            answers.push(Answer { rule: EndRule::Releases(count), eol: self.expected(successor, history)? });
        }
        let by_rules = self.support.ends.pick(answers.iter().map(|answer| answer.eol));
        let fixed = self.exceptions.get(&number).and_then(|exception| exception.eol);
        answers.extend(fixed.map(|eol| Answer { rule: EndRule::Exception, eol }));
        // What came out later than its end was planned is supported on its day at least.
        let out = days.release.planned.max(days.release.came());
        let eol = fixed.or(by_rules).unwrap_or(out).max(out);
        Some(Term { eol, last_day: self.support.last_day, answers })
    }

    fn end_of_span(&self, span: Span, days: &ReleaseDays, history: &History) -> Option<NaiveDate> {
        let planned = days.release.planned;
        let from = match self.support.from {
            CountFrom::Planned => planned,
            CountFrom::Due => days.release.due,
            CountFrom::Actual => days.release.actual.unwrap_or_else(|| history.at_earliest(days.release.due)),
        };
        match (span, days.slot) {
            (Span::Months(months), Some(slot)) if from == planned => {
                self.calendar.months_after_release(slot, months)
            }
            (Span::Months(months), _) => calendar::month_later(from, i64::from(months), None),
            (Span::Weeks(weeks), _) => calendar::days_later(from, i64::from(weeks) * 7),
        }
    }

    /// Returns the `count`th release after `number` that counts with it: among the long-term ones
    /// for a long-term release, among all for another.
    fn successor(&self, number: Number, count: u64) -> Option<Number> {
        let step = match &self.support.lts {
            Some(lts) if lts.contains(number) => lts.every.get(),
            _ => 1,
        };
        let mut target = number.0.checked_add(count.checked_mul(step)?)?;
        for (skipped, _) in self.exceptions.range(number..).filter(|(_, e)| e.skip.is_some()) {
            if skipped.0 <= target && (skipped.0 - number.0).is_multiple_of(step) {
                target = target.checked_add(step)?;
            }
        }
        Some(Number(target))
    }

    /// Returns the day of a release for the rule that counts releases: the real one, or the planned
    /// one while it can still be kept. One that a newer release has overtaken is not waited for.
    fn expected(&self, number: Number, history: &History) -> Option<NaiveDate> {
        let days = self.days(number, history)?;
        Some(days.release.actual.unwrap_or_else(|| {
            let is_overtaken = history.newest().is_some_and(|newest| newest > number);
            if history.is_known(number) && !is_overtaken {
                history.at_earliest(days.release.planned)
            } else {
                days.release.planned
            }
        }))
    }
}

/// The days of one release; the slot is that of its planned release day unless it was moved.
struct ReleaseDays {
    slot: Option<i64>,
    cut: Day,
    release: Day,
}
