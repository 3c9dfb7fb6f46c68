//! A rendering that is kept in a file: how it is brought up to date, and when it is stale.

use chrono::NaiveDate;

use super::marker::{self, End};
use super::{Format, render};
use crate::finding::{Finding, Place};
use crate::train::schedule::Schedule;

/// The width of a rendering for the terminal that is kept in a file.
const WIDTH: usize = 80;
/// How long ago, in days, a rendering may have been made and still be compared.
const MOST_DAYS: usize = 400;

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
    format: Format,
) -> Result<String, Vec<Finding>> {
    let rendering = render(schedule, format, WIDTH);
    match (format, text) {
        (Format::Markdown, text) => {
            marker::replace(path, text.unwrap_or_default(), &rendering, End::Required)
        }
        (Format::Human, _) => Ok(anstream::adapter::strip_str(&rendering).to_string()),
        _ => Ok(rendering),
    }
}

/// Checks that the file `path` with the content `text` shows what `schedule` says.
///
/// Every rendering names the day on which it was made. It does not go stale because that day has
/// passed, but because something in it has changed since: it is compared with the renderings of all
/// days back to the last one that said something else. `on` makes the schedule of such a day.
///
/// # Errors
///
/// Findings if it is stale, or has no markers.
pub fn check(
    path: &str,
    text: &str,
    schedule: &Schedule,
    format: Format,
    on: impl Fn(NaiveDate) -> Option<Schedule>,
) -> Result<(), Vec<Finding>> {
    let shown = |schedule: &Schedule| updated(path, Some(text), schedule, format).map(|new| new == text);
    if shown(schedule)? {
        return Ok(());
    }
    let days = std::iter::successors(schedule.as_of.pred_opt(), NaiveDate::pred_opt).take(MOST_DAYS);
    for earlier in days.map_while(|day| on(day).filter(|earlier| earlier.says_the_same(schedule))) {
        if shown(&earlier)? {
            return Ok(());
        }
    }
    let finding =
        Finding::error("schedule-stale", format!("this is not the schedule as of {}", schedule.as_of));
    let place = Place { path: path.to_owned(), spot: None };
    Err(vec![finding.at(place).remedy("run `cargo relprep schedule --write` with this file, and commit it")])
}

#[cfg(test)]
mod tests {
    use super::super::tests::wasmtime_on;
    use super::*;

    fn check_on(day: &str, text: &str, format: Format) -> Result<(), &'static str> {
        let on = |day: NaiveDate| Some(wasmtime_on(&day.to_string()));
        check("x", text, &wasmtime_on(day), format, on).map_err(|findings| findings[0].rule)
    }

    #[test]
    fn a_rendering_stays_fresh_until_something_in_it_changes() {
        for format in [Format::Human, Format::Html, Format::Svg, Format::Json, Format::Ics, Format::Endoflife]
        {
            let text = updated("x", None, &wasmtime_on("2025-05-01"), format).unwrap();
            assert_eq!(check_on("2025-05-01", &text, format), Ok(()), "{format:?}");
            assert_eq!(check_on("2025-05-04", &text, format), Ok(()), "{format:?}");
        }
        let page = updated("x", None, &wasmtime_on("2025-05-01"), Format::Html).unwrap();
        assert_eq!(check_on("2025-05-21", &page, Format::Html), Err("schedule-stale"), "33.0.0 is out");
        assert_eq!(check_on("2025-05-04", "something else", Format::Html), Err("schedule-stale"));
    }

    #[test]
    fn a_markdown_file_changes_between_its_markers_alone() {
        let text = format!("# Releases\n\n{}\n{}\n\nMore.\n", marker::BEGIN, marker::END);
        assert_eq!(check_on("2025-05-01", &text, Format::Markdown), Err("schedule-stale"));
        let new = updated("x", Some(&text), &wasmtime_on("2025-05-01"), Format::Markdown).unwrap();
        assert!(new.starts_with("# Releases\n") && new.ends_with("\nMore.\n"));
        assert_eq!(check_on("2025-05-04", &new, Format::Markdown), Ok(()));
        assert_eq!(check_on("2025-05-04", "no marker", Format::Markdown), Err("marker-missing"));
    }
}
