//! A rendering that is kept in a file: how it is brought up to date, and when it is stale.

use std::path::Path;

use chrono::NaiveDate;
use clap::ValueEnum as _;

use super::marker::{self, End};
use super::{ScheduleFormat, render};
use crate::finding::{Finding, Place, Refused};
use crate::rule;
use crate::train::schedule::Schedule;

/// The width of a rendering for the terminal that is kept in a file.
const WIDTH: usize = 80;
/// How long ago, in days, a rendering may have been made and still be compared.
const MOST_DAYS: usize = 400;

/// Returns the format in which the file `path` shows the schedule: the one that is `asked` for, else the
/// one that the file's name tells.
///
/// # Errors
///
/// A refusal if the name tells none, and if a Markdown file would be replaced by another format: it may
/// hold more than the schedule.
pub fn format_of(path: &Path, asked: Option<ScheduleFormat>) -> Result<ScheduleFormat, Refused> {
    let shown = path.display();
    let by_name = by_extension(path);
    match (asked, by_name) {
        (Some(asked), Some(ScheduleFormat::Markdown)) if asked != ScheduleFormat::Markdown => {
            Err(Finding::of(
                rule::SCHEDULE_FORMAT,
                format!("{shown} is a Markdown file, and would be replaced as a whole"),
            )
            .remedy(
                "leave out `--format`, so that it changes between its markers alone, or name another file",
            )
            .into())
        }
        (Some(format), _) | (None, Some(format)) => Ok(format),
        (None, None) => {
            let message = format!("the name {shown} does not tell in which format it shows the schedule");
            Err(Finding::of(rule::SCHEDULE_FORMAT, message)
                .remedy(format!("say it with `--format`: {}", names().join(", ")))
                .into())
        }
    }
}

/// Returns the format that the extension of a file's name stands for.
///
/// YAML stands for none: a file that holds the `releases` of endoflife.date is not known by that.
pub fn by_extension(path: &Path) -> Option<ScheduleFormat> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "md" | "markdown" | "mdx" => ScheduleFormat::Markdown,
        "html" | "htm" => ScheduleFormat::Html,
        "svg" => ScheduleFormat::Svg,
        "mmd" | "mermaid" => ScheduleFormat::Mermaid,
        "ics" => ScheduleFormat::Ics,
        "json" => ScheduleFormat::Json,
        "txt" => ScheduleFormat::Human,
        _ => return None,
    })
}

fn names() -> Vec<String> {
    let values = ScheduleFormat::value_variants().iter().filter_map(ScheduleFormat::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect()
}

/// Returns what the file `path` holds once it shows `schedule`; `text` is what it holds now, if it
/// exists.
///
/// A Markdown file changes between its markers alone; any other is the rendering and nothing else.
///
/// # Errors
///
/// Findings if a Markdown file has no markers, or one without the other.
pub fn updated(
    path: &str,
    text: Option<&str>,
    schedule: &Schedule,
    format: ScheduleFormat,
) -> Result<String, Vec<Finding>> {
    let rendering = render(schedule, format, WIDTH);
    match (format, text) {
        (ScheduleFormat::Markdown, text) => {
            marker::replace(path, text.unwrap_or_default(), &rendering, End::Required)
        }
        (ScheduleFormat::Human, _) => Ok(anstream::adapter::strip_str(&rendering).to_string()),
        _ => Ok(rendering),
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
    text: &str,
    schedule: &Schedule,
    format: ScheduleFormat,
    on: impl Fn(NaiveDate) -> Option<Schedule>,
) -> Result<(), Vec<Finding>> {
    let shown = |schedule: &Schedule| updated(path, Some(text), schedule, format).map(|new| new == text);
    if shown(schedule)? {
        return Ok(());
    }
    let days = std::iter::successors(schedule.date.pred_opt(), NaiveDate::pred_opt).take(MOST_DAYS);
    for earlier in days.map_while(|day| on(day).filter(|earlier| earlier.says_the_same(schedule))) {
        if shown(&earlier)? {
            return Ok(());
        }
    }
    let finding =
        Finding::of(rule::SCHEDULE_STALE, format!("this is not the schedule as of {}", schedule.date));
    let place = Place { path: path.to_owned(), spot: None };
    Err(vec![finding.at(place).remedy(format!("run `{update}`, and commit the file"))])
}
