//! One release of the train, and where it stands on a day.

use chrono::NaiveDate;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::history::History;
use super::numbering::Number;
use super::phase::Phase;
use super::roll::{Holidays, RollOver};
use super::support::Term;

/// One release of the train, with all its days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its number on the train.
    pub number: Number,
    /// Its first version: 36.0.0.
    pub version: Version,
    /// Whether it has long-term support.
    pub lts: bool,
    /// The day of the cut.
    pub cut: Day,
    /// The day of the release.
    pub release: Day,
    /// How long it is supported.
    pub term: Term,
    /// Why it is an exception, if it is one.
    pub reason: Option<String>,
}

/// A day as planned, and as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Day {
    /// The day that is published: not rolled over.
    pub planned: NaiveDate,
    /// The day on which it is to be done: rolled over, and never before `planned`.
    pub due: NaiveDate,
    /// The day on which it was done, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<NaiveDate>,
}

impl Day {
    /// Returns the planned day, due on the day it rolls over to.
    pub fn planned(planned: NaiveDate, roll: RollOver, holidays: &Holidays) -> Self {
        Self { planned, due: roll.roll(planned, holidays), actual: None }
    }

    /// Returns the planned day that does not roll over.
    pub fn fixed(planned: NaiveDate) -> Self {
        Self { planned, due: planned, actual: None }
    }

    /// Returns the day on which it was done, or else the planned one.
    pub fn came(&self) -> NaiveDate {
        self.actual.unwrap_or(self.planned)
    }

    /// Returns the day on which it is to be done, if that is not the planned one and it has not been done.
    pub fn rolls_over(&self) -> Option<NaiveDate> {
        Some(self.due).filter(|&due| self.actual.is_none() && due != self.planned)
    }

    /// Returns the day on which it was done, if that is not the planned one.
    pub fn differs(&self) -> Option<NaiveDate> {
        self.actual.filter(|&actual| actual != self.planned)
    }
}

impl Release {
    /// Returns where the release stands on `day`.
    ///
    /// By its tag and its branch where the history knows such, by the planned days otherwise.
    pub fn phase(&self, day: NaiveDate, history: &History) -> Phase {
        let released = match self.release.actual {
            Some(actual) => actual <= day,
            None => !history.is_known(self.number) && self.release.planned <= day,
        };
        if released {
            return self.term.phase(day);
        }
        let overtaken = history.newest().is_some_and(|newest| newest > self.number);
        if overtaken && self.term.last_day() < day {
            return Phase::Ended;
        }
        if !history.is_cut(self.number).unwrap_or(self.cut.planned <= day) {
            return Phase::InDevelopment;
        }
        if self.release.due <= day { Phase::Due } else { Phase::Cut }
    }
}
