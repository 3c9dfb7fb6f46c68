//! What each format says of a schedule.

use std::collections::BTreeSet;

use clap::ValueEnum;
use relprep::render::schedule::{ScheduleFormat, chart, render, svg};
use relprep::train::schedule::{Bound, Schedule, Selection};
use relprep::train::{History, Number};

use super::{ODD, schedule, schedule_of, tagged, wasmtime_on};

fn wasmtime() -> Schedule {
    wasmtime_on("2025-05-01")
}

/// Returns a schedule with all that can be odd.
fn odd() -> Schedule {
    let name = "Wasm, “time”; <b>&: #1 with a name that goes on and on and on and on and on";
    schedule(name, ODD, &tagged(), Selection::Between(None, Some(Bound::Number(Number(36)))))
}

fn plain(schedule: &Schedule, width: usize) -> String {
    anstream::adapter::strip_str(&render(schedule, ScheduleFormat::Human, width)).to_string()
}

#[test]
fn the_terminal_shows_table_and_chart() {
    assert_eq!(
        plain(&wasmtime(), 80),
        "\
Wasmtime releases as of May 1 2025

  Version  LTS  Branch Date      Release Date      EOL Date
* 24.0.0   LTS  August 5 2024    August 20 2024    August 20 2026
  30.0.0        February 5 2025  February 20 2025  April 20 2025
* 31.0.0        March 5 2025     March 20 2025     May 20 2025
* 32.0.0        April 5 2025     April 20 2025     June 20 2025
  33.0.0        May 5 2025       May 20 2025       July 20 2025
  36.0.0   LTS  August 5 2025    August 20 2025    August 20 2027

* supported on that day. All days are planned days: no tags were read.

                     2025       Jul        2026       Jul        2027       Jul
24.0.0 LTS ·░████████████████│███████████████████████████
30.0.0                ·░▓▓▓▓ │
31.0.0                 ··░▓▓▓│▓
32.0.0                   ··░▓│▓▓
33.0.0                     ··│▓▓▓▓
36.0.0 LTS                   │   ·░█████████████████████████████████████████████

· in development   ░ cut, to be released   ▓ supported   █ long-term support
│ May 1 2025
"
    );
}

#[test]
fn the_chart_fits_every_width() {
    for schedule in [wasmtime(), odd()] {
        for width in 1..=200 {
            for line in chart::plain(&schedule, width).lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }
    assert_eq!(chart::plain(&wasmtime(), 20), "");
}

#[test]
fn a_narrow_terminal_gets_short_days() {
    assert!(plain(&wasmtime(), 60).contains("* 31.0.0        2025-03-05   2025-03-20    2025-05-20\n"));
}

#[test]
fn markdown_has_the_table_as_published() {
    let text = render(&wasmtime(), ScheduleFormat::Markdown, 80);
    assert!(text.starts_with(
        "| Version | LTS | Branch Date | Release Date | EOL Date |\n\
         |---|---|---|---|---|\n\
         | **24.0.0** | LTS | August 5 2024 | August 20 2024 | August 20 2026 |\n\
         | 30.0.0 | | February 5 2025 | February 20 2025 | April 20 2025 |\n"
    ));
}

#[test]
fn both_days_are_shown_where_they_differ() {
    let text = render(&odd(), ScheduleFormat::Markdown, 80);
    assert!(text.contains("| April 20 2025 (actual: April 21 2025) |"), "{text}");
    assert!(text.contains("* 34.0.0 is skipped: no\n"));
    assert!(text.contains(
        "* 31.0.0: 2 months of support end on May 20 2025, its place among the latest 3 releases ends on \
         June 20 2025; the later day counts\n"
    ));
}

#[test]
fn the_same_schedule_is_the_same_text() {
    for format in ScheduleFormat::value_variants() {
        assert_eq!(render(&odd(), *format, 80), render(&odd(), *format, 80));
    }
}

#[test]
fn a_page_needs_nothing_else_and_says_its_markup_as_text() {
    let page = render(&odd(), ScheduleFormat::Html, 80);
    for outside in ["<script", "<link", "url(", "@import", "src=", "<b>", "<really>"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("http").count(), 0);
    assert!(page.contains("<th scope=\"row\">32.0.0<span class=\"unseen\"> (supported)</span></th>"));
}

#[test]
fn a_chart_in_a_page_has_no_empty_line_and_says_what_it_shows() {
    let chart = svg::inline(&wasmtime());
    assert!(!chart.contains("\n\n"), "an empty line would end it in Markdown");
    assert!(chart.contains("role=\"img\" aria-label=\"Wasmtime releases as of May 1 2025. 24.0.0 LTS: supported until August 20 2026."));
}

#[test]
fn a_calendar_is_folded_and_escaped() {
    let text = render(&odd(), ScheduleFormat::Ics, 80);
    assert!(text.split_terminator("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
    let unfolded = text.replace("\r\n ", "");
    assert!(unfolded.contains("SUMMARY:Wasm\\, “time”\\; <b>&: #1 with"));
    assert!(unfolded.contains("\\nmoved\\, for ‘a’ holiday\\; <really>\r\n"));
    assert!(unfolded.contains("DTSTART;VALUE=DATE:20250421\r\n"), "32.0.0 came a day late");
    let uids: Vec<_> = unfolded.lines().filter(|line| line.starts_with("UID:")).collect();
    assert_eq!(uids.len(), odd().rows.len() * 3);
    assert_eq!(uids.iter().collect::<BTreeSet<_>>().len(), uids.len());
}

#[test]
fn nothing_but_a_moved_day_changes_an_event() {
    let later = wasmtime_on("2025-05-02");
    assert_eq!(render(&wasmtime(), ScheduleFormat::Ics, 80), render(&later, ScheduleFormat::Ics, 80));
}

#[test]
fn json_has_its_documented_fields() {
    let json: serde_json::Value = serde_json::from_str(&render(&odd(), ScheduleFormat::Json, 80)).unwrap();
    assert_eq!(json["format"], 2);
    assert_eq!(json["source"], "policy-and-tags");
    let releases = json["releases"].as_array().unwrap();
    let release = releases.iter().find(|release| release["version"] == "32.0.0").unwrap();
    assert_eq!(
        *release,
        serde_json::json!({
            "version": "32.0.0", "lts": false, "phase": "supported", "supported": true,
            "cut": { "planned": "2025-04-05", "due": "2025-04-05" },
            "release": { "planned": "2025-04-20", "due": "2025-04-21", "actual": "2025-04-21" },
            "eol": "2025-07-20", "last-day": "2025-07-20",
            "rules": [
                { "rule": "months", "count": 2, "eol": "2025-06-20" },
                { "rule": "releases", "count": 3, "eol": "2025-07-20" },
            ],
            "latest": { "version": "32.0.1", "date": "2025-04-28" },
        })
    );
}

#[test]
fn endoflife_lists_what_is_out_newest_first() {
    let text = render(&odd(), ScheduleFormat::Endoflife, 80);
    assert!(text.starts_with(
        "releases:\n\n-   releaseCycle: \"32\"\n    releaseDate: 2025-04-21\n    eol: 2025-07-20\n    \
         latest: \"32.0.1\"\n    latestReleaseDate: 2025-04-28\n\n-   releaseCycle: \"31\"\n"
    ));
    let minor =
        "anchor = { version = \"1.84.0\", release = \"2025-01-09\" }\nnumbering = \"minor\"\nevery-weeks = 6";
    let rust = schedule_of("Rust", minor, "2025-01-10", &History::none(), Selection::Around);
    assert!(render(&rust, ScheduleFormat::Endoflife, 80).contains("-   releaseCycle: \"1.84\"\n"));
}
