//! `cargo relprep mdbook`.

use std::io::{Read, Write};

use anyhow::{Context, Result};

use super::options::{Common, Today};
use super::output::unless_closed;
use super::{Output, Status};
use crate::ops::calendar::Calendar;
use crate::render::mdbook::preprocess;
use crate::train::schedule::{Schedule, Selection};

/// Put the schedule into an mdBook, in place of the line `<!-- relprep schedule -->`
///
/// Set it up in book.toml: `[preprocessor.relprep]` with `command = "cargo relprep mdbook"`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    mdbook: MdbookArgs,
    #[command(flatten)]
    today: Today,
}

/// Answers mdBook.
pub(super) fn command(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    let schedule = || {
        let calendar = Calendar::read(common, args.today.day(), output)?;
        Ok(Schedule::new(
            &calendar.name,
            calendar.train()?,
            calendar.day,
            &calendar.history(),
            Selection::Around,
        )?)
    };
    run(
        &args.mdbook,
        schedule,
        &mut std::io::stdin().lock(),
        &mut std::io::stdout().lock(),
        &mut std::io::stderr(),
    )?;
    Ok(Status::Done)
}

/// What mdBook asks.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct MdbookArgs {
    /// What mdBook asks before it sends the book
    #[command(subcommand)]
    pub(super) question: Option<Question>,
}

/// What mdBook asks before it sends the book.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Question {
    /// Whether the preprocessor has something for a renderer: it has for every one
    Supports {
        /// The renderer
        renderer: String,
    },
}

/// Reads context and book from `input` and writes the book to `out`; for a question of mdBook's it
/// does nothing, since success is the answer, and needs no schedule.
///
/// # Errors
///
/// If the schedule cannot be made, or the input is not mdBook's.
pub(super) fn run(
    args: &MdbookArgs,
    schedule: impl FnOnce() -> Result<Schedule>,
    input: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<()> {
    if args.question.is_some() {
        return Ok(());
    }
    let mut text = String::new();
    input.read_to_string(&mut text).context("cannot read what mdBook sends")?;
    let done = preprocess(&text, &schedule()?)?;
    if done.chapters == 0 {
        // Who does not listen loses the note, not the book.
        let _ = writeln!(err, "note: no chapter has the line `{}`", crate::render::schedule::marker::BEGIN);
    }
    let written = out.write_all(done.book.as_bytes()).and_then(|()| out.flush());
    unless_closed(written).context("cannot hand the book back to mdBook")
}
