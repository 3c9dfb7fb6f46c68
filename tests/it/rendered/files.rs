//! Renderings that are kept in a file.

use std::path::Path;

use chrono::NaiveDate;
use relprep::render::schedule::file::{check, format_of, updated};
use relprep::render::schedule::{Format, marker};
use relprep::rule::{self, Rule};

use super::wasmtime_on;

fn check_on(day: &str, text: &str, format: Format) -> Result<(), Rule> {
    let on = |day: NaiveDate| Some(wasmtime_on(&day.to_string()));
    check(("x", "update"), text, &wasmtime_on(day), format, on).map_err(|findings| findings[0].rule)
}

#[test]
fn a_rendering_stays_fresh_until_something_in_it_changes() {
    for format in [Format::Human, Format::Html, Format::Svg, Format::Json, Format::Ics, Format::Endoflife] {
        let text = updated("x", None, &wasmtime_on("2025-05-01"), format).unwrap();
        assert_eq!(check_on("2025-05-01", &text, format), Ok(()), "{format:?}");
        assert_eq!(check_on("2025-05-04", &text, format), Ok(()), "{format:?}");
    }
    let page = updated("x", None, &wasmtime_on("2025-05-01"), Format::Html).unwrap();
    assert_eq!(check_on("2025-05-21", &page, Format::Html), Err(rule::SCHEDULE_STALE), "33.0.0 is out");
    assert_eq!(check_on("2025-05-04", "something else", Format::Html), Err(rule::SCHEDULE_STALE));
}

#[test]
fn the_name_of_a_file_tells_its_format() {
    let format = |name: &str, asked| format_of(Path::new(name), asked).map_err(|refused| refused.0[0].rule);
    for (name, expected) in [
        ("docs/releases.md", Format::Markdown),
        ("README.MARKDOWN", Format::Markdown),
        ("page.html", Format::Html),
        ("a.b.svg", Format::Svg),
        ("chart.mmd", Format::Mermaid),
        ("releases.ics", Format::Ics),
        ("releases.json", Format::Json),
        ("releases.txt", Format::Human),
    ] {
        assert_eq!(format(name, None), Ok(expected), "{name}");
        let other = format(name, Some(Format::Endoflife));
        let markdown = expected == Format::Markdown;
        assert_eq!(
            other,
            if markdown { Err(rule::SCHEDULE_FORMAT) } else { Ok(Format::Endoflife) },
            "{name}"
        );
    }
    for name in ["releases", "md", "releases.yml", "releases."] {
        assert_eq!(format(name, None), Err(rule::SCHEDULE_FORMAT), "{name}");
        assert_eq!(format(name, Some(Format::Markdown)), Ok(Format::Markdown), "{name}");
    }
    assert_eq!(format("releases.md", Some(Format::Human)), Err(rule::SCHEDULE_FORMAT));
}

#[test]
fn a_markdown_file_changes_between_its_markers_alone() {
    let text = format!("# Releases\n\n{}\n{}\n\nMore.\n", marker::BEGIN, marker::END);
    assert_eq!(check_on("2025-05-01", &text, Format::Markdown), Err(rule::SCHEDULE_STALE));
    let new = updated("x", Some(&text), &wasmtime_on("2025-05-01"), Format::Markdown).unwrap();
    assert!(new.starts_with("# Releases\n") && new.ends_with("\nMore.\n"));
    assert_eq!(check_on("2025-05-04", &new, Format::Markdown), Ok(()));
    assert_eq!(check_on("2025-05-04", "no marker", Format::Markdown), Err(rule::MARKER_MISSING));
}
