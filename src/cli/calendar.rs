//! The calendar that the configuration describes, with what the repository tells of it.

use anyhow::Result;
use chrono::NaiveDate;

use super::options::Common;
use super::schedule::Source;
use crate::config::Config;
use crate::finding::{Finding, Refused};
use crate::project;
use crate::train::{History, Train};

/// A release train, as of one day.
pub(super) struct Calendar {
    name: String,
    train: Train,
    history: History,
    day: NaiveDate,
}

impl Calendar {
    /// Reads the calendar; it needs a configuration, but no repository.
    pub(super) fn read(common: &Common, day: NaiveDate) -> Result<Self> {
        let config = project::nearest_config(&common.location()?)?;
        let train = config.train().ok_or_else(|| Refused::from(no_schedule()))?;
        Ok(Self { name: name(&config), train, history: History::none(), day })
    }

    /// Returns what a schedule is made from.
    pub(super) fn source(&self) -> Source<'_> {
        Source { name: &self.name, train: &self.train, history: &self.history, day: self.day }
    }
}

fn name(config: &Config) -> String {
    config.name.clone().or_else(|| config.lead.clone()).unwrap_or_else(|| "Releases".to_owned())
}

fn no_schedule() -> Finding {
    Finding::error("no-schedule", "the configuration describes no release train").remedy(
        "add `[schedule]` with the day of one release: `anchor = { version = \"20.0.0\", release = \"2024-04-20\" }`",
    )
}
