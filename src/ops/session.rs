//! Where and when an operation takes place.

use anyhow::Result;
use chrono::NaiveDate;

use super::recovery::{self, Purpose};
use super::sink::Sink;
use crate::git::{Moment, Repo};
use crate::project::Location;

/// Where and when an operation takes place.
#[derive(Clone, Debug)]
pub struct Context {
    /// Which project is meant.
    pub location: Location,
    /// When it takes place: the time of every commit.
    pub moment: Moment,
    /// The day of the release or cut, and the day as of which calendars are told.
    pub date: NaiveDate,
}

impl Context {
    /// Makes the context of what is done at `moment`, and on its day.
    pub fn new(location: Location, moment: Moment) -> Self {
        Self { location, moment, date: moment.date() }
    }

    /// Takes another day, if one is given.
    #[must_use]
    pub fn on(self, date: Option<NaiveDate>) -> Self {
        Self { date: date.unwrap_or(self.date), ..self }
    }

    /// Opens the repository, once what an interrupted run has left there is put right as `purpose` asks.
    ///
    /// # Errors
    ///
    /// A refusal if there is none, or as [`recovery::recover`].
    pub fn open(&self, purpose: Purpose, sink: &mut dyn Sink) -> Result<Session<'_>> {
        let repo = self.location.repository()?;
        repo.ask_settings();
        recovery::recover(&repo, purpose, sink)?;
        Ok(Session { context: self, repo })
    }
}

/// An operation's repository.
pub struct Session<'a> {
    /// Where and when.
    pub context: &'a Context,
    /// The repository.
    pub repo: Repo,
}
