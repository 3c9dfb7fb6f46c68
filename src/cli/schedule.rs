//! `cargo relprep schedule`.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use clap::ValueEnum as _;

use super::options::{Common, Today};
use super::{Output, Status};
use crate::finding::{Finding, Refused};
use crate::ops::calendar::Calendar;
use crate::render::schedule::{Format, file, render};
use crate::rule;
use crate::text::quoted;
use crate::train::schedule::{Bound, Schedule, Selection};
use crate::train::{History, Train};
use crate::transaction::step::step;

/// The width of what is not a terminal.
const WIDTH: usize = 80;

/// What of the calendar is meant, and what becomes of it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct ScheduleArgs {
    /// Begin with this release or planned release day, as in 36, 36.0.0 or 2025-08-20
    #[arg(long, value_name = "RELEASE|DAY", conflicts_with = "all")]
    pub(super) from: Option<Bound>,
    /// End with this release or planned release day
    #[arg(long, value_name = "RELEASE|DAY", conflicts_with = "all")]
    pub(super) to: Option<Bound>,
    /// Show every release from the train's first to the next one
    #[arg(long)]
    pub(super) all: bool,
    /// Fail if FILE does not show the schedule, as `--write` would make it
    #[arg(long, value_name = "FILE", conflicts_with = "write")]
    pub(super) check: Option<PathBuf>,
    /// Update FILE in the format that its name tells
    ///
    /// A Markdown file changes between the lines `<!-- relprep schedule -->` and
    /// `<!-- /relprep schedule -->` alone; any other becomes the schedule and nothing else.
    #[arg(long, value_name = "FILE")]
    pub(super) write: Option<PathBuf>,
}

/// Show the train's calendar: which releases are supported, until when, and what comes next
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep schedule                                the releases around today
  cargo relprep schedule --format html > schedule.html  a page of its own
  cargo relprep schedule --write docs/releases.md       between two markers of a Markdown file
  cargo relprep schedule --check docs/releases.md       for CI: fail if that is stale")]
pub(super) struct Args {
    #[command(flatten)]
    schedule: ScheduleArgs,
    /// The output's form; otherwise that of the file's name, or human where there is no file
    #[arg(long, value_name = "FORM")]
    format: Option<Format>,
    #[command(flatten)]
    today: Today,
}

/// Shows it.
pub(super) fn command(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    let calendar = Calendar::read(common, args.today.day(), output)?;
    let history = calendar.history();
    let source =
        Source { name: &calendar.name, train: calendar.train()?, history: &history, day: calendar.day };
    let repo = args.schedule.write.as_ref().and_then(|_| common.location().ok()?.repository().ok());
    let drafts = repo.and_then(|repo| repo.drafts().ok());
    if let Some(text) = run(&args.schedule, source, args.format, drafts.as_deref())? {
        output.result(&text);
    }
    Ok(Status::Done)
}

/// What a schedule is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    /// The name of what is released.
    pub(super) name: &'a str,
    /// The policy.
    pub(super) train: &'a Train,
    /// What tags and branches tell.
    pub(super) history: &'a History,
    /// The day as of which everything is said.
    pub(super) day: NaiveDate,
}

impl ScheduleArgs {
    fn selection(&self) -> Selection {
        match (self.all, self.from, self.to) {
            (true, ..) => Selection::All,
            (false, None, None) => Selection::Around,
            (false, from, to) => Selection::Between(from, to),
        }
    }

    /// Returns the command that brings the file up to date.
    fn update(&self, path: &Path, asked: Option<Format>) -> String {
        let mut command = "cargo relprep schedule".to_owned();
        if self.all {
            command.push_str(" --all");
        }
        for (option, bound) in [("--from", self.from), ("--to", self.to)] {
            command.extend(bound.map(|bound| format!(" {option} {bound}")));
        }
        if let Some(format) = asked.and_then(|format| format.to_possible_value()) {
            command = format!("{command} --format {}", format.get_name());
        }
        format!("{command} --write {}", quoted(&path.display().to_string()))
    }
}

/// Returns the schedule, or updates or checks a file; `drafts` is a folder for the draft of it.
///
/// # Errors
///
/// A refusal if there is nothing to show, or the file is stale or has no markers; a failure if it
/// cannot be read or written.
pub(super) fn run(
    args: &ScheduleArgs,
    source: Source<'_>,
    asked: Option<Format>,
    drafts: Option<&Path>,
) -> Result<Option<String>> {
    let on = |day| Schedule::new(source.name, source.train, day, source.history, args.selection());
    let schedule = on(source.day)?;
    if let Some(path) = &args.check {
        let format = file::format_of(path, asked)?;
        let text = read(path)?.unwrap_or_default();
        let shown = path.display().to_string();
        let update = args.update(path, asked);
        file::check((&shown, &update), &text, &schedule, format, |day| on(day).ok()).map_err(Refused)?;
    } else if let Some(path) = &args.write {
        let format = file::format_of(path, asked)?;
        let text = read(path)?;
        let shown = path.display().to_string();
        let new = file::updated(&shown, text.as_deref(), &schedule, format).map_err(Refused)?;
        if text.as_deref() != Some(new.as_str()) {
            write(path, &new, drafts).with_context(|| format!("cannot write {shown}"))?;
        }
    } else {
        return Ok(Some(render(&schedule, asked.unwrap_or_default(), width())));
    }
    Ok(None)
}

/// Writes the file whole or not at all; its permissions stay.
fn write(path: &Path, text: &str, drafts: Option<&Path>) -> io::Result<()> {
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match drafts.map(|drafts| replace(path, text, drafts)) {
        Some(Ok(())) => Ok(()),
        // They may lie on another file system.
        _ => replace(path, text, beside),
    }
}

/// Replaces the file by a draft that is written in the folder `drafts`.
fn replace(path: &Path, text: &str, drafts: &Path) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".relprep-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut draft = builder.tempfile_in(drafts)?;
    if let Ok(found) = fs::metadata(path) {
        if found.permissions().readonly() {
            return Err(ErrorKind::PermissionDenied.into());
        }
        draft.as_file().set_permissions(found.permissions())?;
    }
    draft.write_all(text.as_bytes())?;
    step("schedule-draft");
    draft.persist(path)?;
    Ok(())
}

/// Reads a file that shows the schedule, or returns nothing where there is none.
///
/// # Errors
///
/// A refusal where a repository has laid a symbolic link on the way, which may lead out of it; a failure
/// if it cannot be read.
fn read(path: &Path) -> Result<Option<String>> {
    // The folders of an absolute path are the machine's.
    let own = if path.is_absolute() { 1 } else { usize::MAX };
    if let Some(link) = path.ancestors().take(own).find(|part| part.is_symlink()) {
        let message = format!("{} is a symbolic link, which is not followed", link.display());
        let finding = Finding::of(rule::UNREADABLE_FILE, message).remedy("name the file itself");
        return Err(Refused::from(finding).into());
    }
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn width() -> usize {
    terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0))
}
