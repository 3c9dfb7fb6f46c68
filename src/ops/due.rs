//! Whether the schedule says that something is to be done on a day.

use chrono::NaiveDate;
use semver::Version;

use crate::finding::{Finding, Refused};
use crate::plan::Command;
use crate::project::{Project, lead};
use crate::rule;
use crate::train::History;
use crate::version::plain;

/// Returns why `command` is not due on `date` for the version that `project` holds, if it is not: the planned
/// day counts, rolled over and with what a `[[schedule.release]]` says of it.
///
/// # Errors
///
/// A refusal where no schedule has that release.
pub(super) fn not_due(
    project: &Project,
    command: Command,
    date: NaiveDate,
) -> Result<Option<String>, Refused> {
    let lead = lead::package(&project.workspace, &project.config).map_err(Refused)?;
    let version = plain(&lead.version);
    let Some(train) = project.config.train() else { return Err(no_schedule().into()) };
    let number = train.number_of(&version).filter(|number| train.numbering.version(*number) == version);
    let release = number.and_then(|number| train.release(number, &History::none()));
    let release = release.ok_or_else(|| Refused::from(not_scheduled(&version)))?;
    let due = match command {
        Command::Branch => release.cut.due,
        _ => release.release.due,
    };
    Ok((date < due).then(|| format!("{version} is not due until {due}")))
}

fn no_schedule() -> Finding {
    Finding::of(rule::NO_SCHEDULE, "nothing is due where there is no schedule")
        .remedy("describe the train in `[schedule]`, or leave out `--if-due`")
}

fn not_scheduled(version: &Version) -> Finding {
    Finding::of(rule::NO_SCHEDULE, format!("the schedule has no release {version}"))
        .remedy("put the version or `[schedule]` right, or leave out `--if-due`")
}
