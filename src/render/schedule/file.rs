//! A rendering that is kept in a file: how it is brought up to date, and when it is stale.

use std::path::Path;

use chrono::NaiveDate;
use clap::ValueEnum as _;

use super::marker::{self, End};
use super::words::one_line;
use super::{ScheduleFormat, View, render};
use super::{endoflife, ics};
use crate::finding::{Finding, Place, Refused};
use crate::render::markdown_text;
use crate::rule;
use crate::train::schedule::Schedule;

/// How long ago, in days, a rendering may have been made and still be compared.
const MOST_DAYS: usize = 400;

/// Returns the format in which the file `path` shows the schedule: the one that is `asked` for, else the
/// one that the file's name tells.
///
/// # Errors
///
/// A refusal if the name tells none, and if it tells another.
pub fn format_of(path: &Path, asked: Option<ScheduleFormat>) -> Result<ScheduleFormat, Refused> {
    let shown = path.display();
    let refusal = |message| Finding::of(rule::SCHEDULE_FORMAT, message);
    match (asked, ending(path)) {
        (Some(asked), Some(ending)) if !endings(asked).contains(&ending.as_str()) => {
            let message =
                format!("{shown} ends in .{ending}, as no file of the format {} does", asked.name());
            let right = endings(asked).join(", .");
            let other = by_ending(&ending).map(|_| ", or leave out `--format`").unwrap_or_default();
            Err(refusal(message).remedy(format!("name a file that ends in .{right}{other}")).into())
        }
        (Some(format), _) => Ok(format),
        (None, ending) => ending.as_deref().and_then(by_ending).ok_or_else(|| {
            let message = format!("the name {shown} does not tell in which format it shows the schedule");
            refusal(message).remedy(format!("say it with `--format`: {}", names().join(", "))).into()
        }),
    }
}

fn ending(path: &Path) -> Option<String> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(ending).filter(|ending| !ending.is_empty())
}

/// Returns the format that the ending of a file's name stands for.
fn by_ending(ending: &str) -> Option<ScheduleFormat> {
    ScheduleFormat::value_variants().iter().copied().find(|format| endings(*format).contains(&ending))
}

/// Returns the endings of the names of files of a format; what several have stands for the first of them.
fn endings(format: ScheduleFormat) -> &'static [&'static str] {
    match format {
        ScheduleFormat::Human => &["txt"],
        ScheduleFormat::Markdown => &["md", "markdown", "mdx"],
        ScheduleFormat::Html => &["html", "htm"],
        ScheduleFormat::Svg => &["svg"],
        ScheduleFormat::Mermaid => &["mmd", "mermaid"],
        ScheduleFormat::Ics => &["ics"],
        ScheduleFormat::Json => &["json"],
        ScheduleFormat::Endoflife => &["md", "markdown"],
    }
}

fn names() -> Vec<String> {
    ScheduleFormat::value_variants().iter().map(|format| format.name()).collect()
}

/// Returns what the file `path` holds once it shows `schedule`; `text` is what it holds now, if it
/// exists.
///
/// A Markdown file changes between its markers alone, a page of endoflife.date in its releases, and a new one is made with them; a calendar counts how
/// often each of its events has moved; any other is the rendering and nothing else.
///
/// # Errors
///
/// Findings if a Markdown file has no markers, or one without the other.
pub fn updated(
    path: &str,
    text: Option<&str>,
    schedule: &Schedule,
    (format, view): (ScheduleFormat, &View),
) -> Result<String, Vec<Finding>> {
    let rendering = || render(schedule, format, view);
    match (format, text) {
        (ScheduleFormat::Markdown, Some(text)) => marker::replace(path, text, &rendering(), End::Required),
        (ScheduleFormat::Markdown, None) => {
            let (begin, end, name) = (marker::BEGIN, marker::END, markdown_text(&one_line(&schedule.name)));
            Ok(format!("# {name} releases\n\n{begin}\n\n{}\n{end}\n", rendering()))
        }
        (ScheduleFormat::Ics, before) => Ok(ics::render(schedule, before)),
        (ScheduleFormat::Endoflife, Some(text)) => endoflife::updated(path, text, schedule),
        (ScheduleFormat::Human, _) => Ok(anstream::adapter::strip_str(&rendering()).to_string()),
        _ => Ok(rendering()),
    }
}

/// Checks that the file `path` with the content `text` shows what `schedule` says; `update` is the command
/// that makes it so.
///
/// Every rendering names the day on which it was made. It does not go stale because that day has
/// passed, but because something in it has changed since: it is compared with the renderings of all
/// days back to the last one that said something else. `on` makes the schedule of such a day.
///
/// # Errors
///
/// Findings if it is stale, or has no markers.
pub fn check(
    (path, update): (&str, &str),
    text: Option<&str>,
    schedule: &Schedule,
    (format, view): (ScheduleFormat, &View),
    on: impl Fn(NaiveDate) -> Option<Schedule>,
) -> Result<(), Vec<Finding>> {
    let place = Place { path: path.to_owned(), spot: None };
    let stale = |message: String| {
        let finding = Finding::of(rule::SCHEDULE_STALE, message).at(place);
        vec![finding.remedy(format!("run `{update}`, and commit the file"))]
    };
    let Some(text) = text else { return Err(stale("this file is not there".to_owned())) };
    let shown =
        |schedule: &Schedule| updated(path, Some(text), schedule, (format, view)).map(|new| new == text);
    if shown(schedule)? {
        return Ok(());
    }
    let days = std::iter::successors(schedule.date.pred_opt(), NaiveDate::pred_opt).take(MOST_DAYS);
    for earlier in days.map_while(|day| on(day).filter(|earlier| earlier.says_the_same(schedule))) {
        if shown(&earlier)? {
            return Ok(());
        }
    }
    Err(stale(format!("this is not the schedule as of {}", schedule.date)))
}
