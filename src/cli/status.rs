//! `cargo relprep status`.

use anyhow::Result;
use chrono::NaiveDate;

use super::options::{OutputFormat, day};
use super::{ExitStatus, Output};
use crate::finding::Finding;
use crate::ops::Context;
use crate::ops::Sink as _;
use crate::ops::calendar::ProjectSchedule;
use crate::render::json::Body;
use crate::render::status::json::StatusData;
use crate::render::status::{self as render, Extent};
use crate::rule::Severity;

/// Show the release branches as they are: state, latest release, days left, and what to do next
///
/// From the policy of `[schedule]`, the branches and the tags; it says which of them it had.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep status                            all branches, and what is due
  cargo relprep status --supported                the branches that a security fix must go to
  cargo relprep status --supported --format json  the same for a CI matrix")]
pub(super) struct StatusArgs {
    /// Print only the branches that a security fix must go to
    ///
    /// They are those supported on the day, and those cut but not released: one a line; JSON has them on one line, as `supported`.
    #[arg(long)]
    supported: bool,
    /// Show ended releases too, and what went otherwise than planned
    ///
    /// JSON has them always.
    #[arg(long, conflicts_with = "supported")]
    all: bool,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: OutputFormat,
    /// The day as of which all is told, instead of today in UTC: commits, branches and tags that came later are left
    /// out
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
}

/// Shows it.
pub(super) fn run(context: Context, args: &StatusArgs, output: &mut Output) -> Result<ExitStatus> {
    output.use_format(args.format);
    let calendar = ProjectSchedule::read_in_full(&context.on(args.date), output)?;
    let status = if args.supported { calendar.status_to_act_on()? } else { calendar.status() };
    // What stops an action does not stop the view.
    let shown = |note: &Finding| {
        if note.severity == Severity::Error { note.clone().as_warning() } else { note.clone() }
    };
    calendar.notes.iter().for_each(|note| output.finding(&shown(note)));
    match (args.supported, args.format) {
        (true, OutputFormat::Json) => output.json(Body::Supported(&status.supported()?)),
        (true, OutputFormat::Human) => output.result(&render::lines(&status.supported()?)),
        (false, OutputFormat::Json) => output.json(Body::Status(StatusData::new(&calendar.name, &status))),
        (false, OutputFormat::Human) => {
            let extent = if args.all { Extent::All } else { Extent::Current };
            output.result(&render::human(&calendar.name, &status, extent));
        }
    }
    Ok(ExitStatus::Done)
}
