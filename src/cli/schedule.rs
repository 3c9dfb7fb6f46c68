//! `cargo relprep schedule`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::NaiveDate;

use super::options::{OutputFormat, day};
use super::table::{RangeOptions, TableOptions, WIDTH, characters};
use super::{ExitStatus, Output};
use crate::finding::Refused;
use crate::ops::Context;
use crate::ops::calendar::ProjectSchedule;
use crate::ops::file as page;
use crate::render::schedule::{ScheduleFormat, View, file, render};
use crate::text::quoted;

/// Show the train's calendar: which releases are supported, until when, and what comes next
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep schedule                                the releases around today
  cargo relprep schedule --columns latest,eol,notes     other columns
  cargo relprep schedule --format html > schedule.html  a page of its own
  cargo relprep schedule --write docs/releases.md       between two markers of a Markdown file
  cargo relprep schedule --check docs/releases.md       for CI: fail if that is stale")]
pub(super) struct ScheduleArgs {
    #[command(flatten)]
    range: RangeOptions,
    /// Fail if FILE does not show the schedule, as `--write` would make it
    #[arg(long, value_name = "FILE", conflicts_with = "write")]
    check: Option<PathBuf>,
    /// Update FILE, or make it, in the format that its name tells
    ///
    /// A Markdown file changes between the lines `<!-- relprep schedule -->` and
    /// `<!-- /relprep schedule -->` alone, and is made with them where it is not there; the page of a product
    /// for endoflife.date in its releases alone. In a calendar each event counts how often it has moved. Any
    /// other file becomes the schedule and nothing else.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// The output's form; otherwise that of the file's name, or human where there is no file
    #[arg(long, value_name = "FORM")]
    format: Option<ScheduleFormat>,
    #[command(flatten)]
    table: TableOptions,
    /// The day as of which it is told, instead of today in UTC: branches and tags that came later are left out
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
}

impl ScheduleArgs {
    /// Returns the command that brings the file up to date.
    fn update(&self, path: &Path) -> String {
        let mut command = "cargo relprep schedule".to_owned();
        command.push_str(&self.range.words());
        if let Some(format) = self.format {
            command = format!("{command} --format {}", format.name());
        }
        command.push_str(&self.table.words());
        format!("{command} --write {}", quoted(path.display().to_string()))
    }
}

/// Shows it, or updates or checks a file.
pub(super) fn run(context: Context, args: &ScheduleArgs, output: &mut Output) -> Result<ExitStatus> {
    let context = context.on(args.date);
    let path = args.check.as_ref().or(args.write.as_ref());
    let format = path.map(|path| file::format_of(path, args.format)).transpose()?;
    let format = format.or(args.format).unwrap_or_default();
    if path.is_none() && format == ScheduleFormat::Json {
        output.use_format(OutputFormat::Json);
    }
    args.table.check(format)?;
    let calendar = ProjectSchedule::read(&context, args.table.addresses(format), output)?;
    let on = |day| calendar.schedule(day, args.range.selection());
    let schedule = on(context.date)?;
    let Some(path) = path else {
        let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0));
        let view = View { characters: characters(), ..args.table.view(width) };
        output.result(&render(&schedule, format, &view));
        return Ok(ExitStatus::Done);
    };
    let (shown, view) = (path.display().to_string(), args.table.view(WIDTH));
    let text = page::read(path)?;
    if args.check.is_some() {
        let (update, on) = (args.update(path), |day| on(day).ok());
        file::check((&shown, &update), text.as_deref(), &schedule, (format, &view), on).map_err(Refused)?;
    } else {
        let new = file::updated(&shown, text.as_deref(), &schedule, (format, &view)).map_err(Refused)?;
        if text.as_deref() != Some(new.as_str()) {
            page::write(&context, path, &new)?;
        }
    }
    Ok(ExitStatus::Done)
}
