//! `cargo relprep mdbook`.

use std::io::{self, Read as _};

use anyhow::{Context as _, Result};
use chrono::NaiveDate;

use super::options::day;
use super::table::{RangeOptions, TableOptions, WIDTH};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::ops::calendar::ProjectSchedule;
use crate::render::mdbook::preprocess;
use crate::render::schedule::{ScheduleFormat, marker};

/// Put the schedule into an mdBook, in place of the line `<!-- relprep schedule -->`
///
/// mdBook runs it, as book.toml says.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  [preprocessor.relprep]              in book.toml
  command = \"cargo relprep mdbook\"
  command = \"cargo relprep mdbook --columns version,eol,state\"")]
pub(super) struct MdbookArgs {
    /// What mdBook asks before it sends the book
    #[command(subcommand)]
    question: Option<MdbookCommand>,
    #[command(flatten)]
    range: RangeOptions,
    #[command(flatten)]
    table: TableOptions,
    /// The day as of which it is told, instead of today in UTC: branches and tags that came later are left out
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
}

/// What mdBook asks before it sends the book.
#[derive(Clone, Debug, clap::Subcommand)]
enum MdbookCommand {
    /// Whether the preprocessor has something for a renderer: it has for every one
    Supports {
        /// The renderer
        renderer: String,
    },
}

/// Reads context and book and hands the book back; for a question of mdBook's it does nothing, since
/// success is the answer, and needs no schedule.
pub(super) fn run(context: Context, args: &MdbookArgs, output: &mut Output) -> Result<ExitStatus> {
    if args.question.is_some() {
        return Ok(ExitStatus::Done);
    }
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text).context("cannot read what mdBook sends")?;
    let context = context.on(args.date);
    let calendar = ProjectSchedule::read(&context, args.table.addresses(ScheduleFormat::Markdown), output)?;
    let schedule = calendar.schedule(context.date, args.range.selection())?;
    let done = preprocess(&text, &schedule, &args.table.view(WIDTH))?;
    if done.chapters == 0 {
        output.say(&format!("note: no chapter has the line `{}`", marker::BEGIN));
    }
    output.result(&done.book);
    Ok(ExitStatus::Done)
}
