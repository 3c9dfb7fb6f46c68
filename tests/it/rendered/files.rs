//! Renderings that are kept in a file.

use std::path::Path;

use chrono::NaiveDate;
use clap::ValueEnum as _;
use relprep::render::schedule::file::{check, format_of, updated};
use relprep::render::schedule::{ScheduleFormat, View, marker};
use relprep::rule::{self, Rule};

use super::wasmtime_on;

fn check_on(day: &str, text: &str, format: ScheduleFormat) -> Result<(), Rule> {
    let on = |day: NaiveDate| Some(wasmtime_on(&day.to_string()));
    check(("x", "update"), Some(text), &wasmtime_on(day), (format, &View::default()), on)
        .map_err(|findings| findings[0].rule)
}

#[test]
fn a_rendering_stays_fresh_until_something_in_it_changes() {
    for format in [
        ScheduleFormat::Human,
        ScheduleFormat::Html,
        ScheduleFormat::Svg,
        ScheduleFormat::Json,
        ScheduleFormat::Ics,
        ScheduleFormat::Endoflife,
    ] {
        let text = updated("x", None, &wasmtime_on("2025-05-01"), (format, &View::default())).unwrap();
        assert_eq!(check_on("2025-05-01", &text, format), Ok(()), "{format:?}");
        assert_eq!(check_on("2025-05-04", &text, format), Ok(()), "{format:?}");
    }
    let page =
        updated("x", None, &wasmtime_on("2025-05-01"), (ScheduleFormat::Html, &View::default())).unwrap();
    assert_eq!(
        check_on("2025-05-21", &page, ScheduleFormat::Html),
        Err(rule::SCHEDULE_STALE),
        "33.0.0 is out"
    );
    assert_eq!(check_on("2025-05-04", "something else", ScheduleFormat::Html), Err(rule::SCHEDULE_STALE));
}

#[test]
fn the_name_of_a_file_tells_its_format() {
    let format = |name: &str, asked| format_of(Path::new(name), asked).map_err(|refused| refused.0[0].rule);
    for (name, expected) in [
        ("docs/releases.md", ScheduleFormat::Markdown),
        ("README.MARKDOWN", ScheduleFormat::Markdown),
        ("page.html", ScheduleFormat::Html),
        ("a.b.svg", ScheduleFormat::Svg),
        ("chart.mmd", ScheduleFormat::Mermaid),
        ("releases.ics", ScheduleFormat::Ics),
        ("releases.json", ScheduleFormat::Json),
        ("releases.txt", ScheduleFormat::Human),
    ] {
        assert_eq!(format(name, None), Ok(expected), "{name}");
        let product = format(name, Some(ScheduleFormat::Endoflife));
        let is_markdown = expected == ScheduleFormat::Markdown;
        let answer = if is_markdown { Ok(ScheduleFormat::Endoflife) } else { Err(rule::SCHEDULE_FORMAT) };
        assert_eq!(product, answer, "{name}");
        for other in ScheduleFormat::value_variants().iter().filter(|other| **other != expected) {
            if (*other, is_markdown) != (ScheduleFormat::Endoflife, true) {
                assert_eq!(format(name, Some(*other)), Err(rule::SCHEDULE_FORMAT), "{name}: {other:?}");
            }
        }
    }
    for asked in ScheduleFormat::value_variants() {
        for name in ["releases.yml", "picture.png", "a.md.in"] {
            assert_eq!(format(name, Some(*asked)), Err(rule::SCHEDULE_FORMAT), "{name}: {asked:?}");
        }
    }
    for name in ["releases", "md", ".svg", "releases."] {
        assert_eq!(format(name, None), Err(rule::SCHEDULE_FORMAT), "{name}");
        assert_eq!(format(name, Some(ScheduleFormat::Markdown)), Ok(ScheduleFormat::Markdown), "{name}");
    }
}

#[test]
fn the_page_of_a_product_changes_in_its_releases_alone() {
    let updated = |text: Option<&str>, day: &str| {
        updated("x.md", text, &wasmtime_on(day), (ScheduleFormat::Endoflife, &View::default()))
    };
    let new = updated(None, "2025-05-01").unwrap();
    assert!(
        new.starts_with("---\ntitle: Wasmtime\ncategory: framework\npermalink: /wasmtime\n\nreleases:\n"),
        "{new}"
    );
    let edited = new
        .replace("category: framework\n", "addedAt: 2025-01-01\ncategory: app\ntags: runtime\n")
        .replace("\nreleases:", "\n# eol(x) = releaseDate(x+2)\nreleases:")
        .replace("\n---\n\n>", "\nLTSLabel: LTS\n---\n\nOur words.\n\n---\n\n>");
    let later = updated(Some(&edited), "2025-05-21").unwrap();
    assert!(!edited.contains("\"33\"") && later.contains("\n  - releaseCycle: \"33\"\n"), "{later}");
    let (before, after) = (edited.find("releases:").unwrap(), edited.find("LTSLabel").unwrap());
    assert!(later.starts_with(&edited[..before]) && later.ends_with(&edited[after..]), "{later}");
    assert_eq!(updated(Some(&later), "2025-05-21").unwrap(), later);
    let windows = later.replace('\n', "\r\n");
    assert_eq!(updated(Some(&windows), "2025-05-21").unwrap(), windows);
    for other in [
        "",
        "# Releases\n",
        "---\ntitle: x\n---\nreleases:\n",
        "---\nreleases:\n",
        "text\n---\nreleases:\n---\n",
    ] {
        assert_eq!(updated(Some(other), "2025-05-01").unwrap_err()[0].rule, rule::SCHEDULE_FORMAT, "{other}");
    }
}

#[test]
fn a_markdown_file_changes_between_its_markers_alone() {
    let text = format!("# Releases\n\n{}\n{}\n\nMore.\n", marker::BEGIN, marker::END);
    assert_eq!(check_on("2025-05-01", &text, ScheduleFormat::Markdown), Err(rule::SCHEDULE_STALE));
    let new =
        updated("x", Some(&text), &wasmtime_on("2025-05-01"), (ScheduleFormat::Markdown, &View::default()))
            .unwrap();
    assert!(new.starts_with("# Releases\n") && new.ends_with("\nMore.\n"));
    assert_eq!(check_on("2025-05-04", &new, ScheduleFormat::Markdown), Ok(()));
    assert_eq!(check_on("2025-05-04", "no marker", ScheduleFormat::Markdown), Err(rule::MARKER_MISSING));
}
