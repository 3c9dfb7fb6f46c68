//! What each format says of a schedule.

use std::collections::BTreeSet;

use clap::ValueEnum;
use relprep::render::schedule::{Characters, ScheduleFormat, View, chart, svg};
use relprep::train::schedule::{Bound, Schedule, Selection};
use relprep::train::{History, Number, Phase};

use super::{ODD, WASMTIME, render, schedule, schedule_of, tagged, wasmtime_on};

fn wasmtime() -> Schedule {
    wasmtime_on("2025-05-01")
}

/// Returns a schedule with all that can be odd.
fn odd() -> Schedule {
    let name = "Wasm, “time”; <b>&: #1 with a name that goes on and on and on and on and on";
    schedule(name, ODD, &tagged(), Selection::Between(None, Some(Bound::Number(Number(36)))))
}

fn plain(schedule: &Schedule, width: usize) -> String {
    let view = View { width, ..View::default() };
    anstream::adapter::strip_str(&relprep::render::schedule::render(schedule, ScheduleFormat::Human, &view))
        .to_string()
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
            for line in chart::plain(&schedule, width, Characters::Unicode).lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }
    assert_eq!(chart::plain(&wasmtime(), 20, Characters::Unicode), "");
}

/// Returns the chart's lanes, by the label of the release.
fn lanes(schedule: &Schedule, width: usize, characters: Characters) -> Vec<(String, String)> {
    let text = chart::plain(schedule, width, characters);
    let mut lanes = text.lines().skip(1).take_while(|line| !line.is_empty());
    let lane = |line: &str| {
        let row =
            schedule.rows.iter().find(|row| line.starts_with(&row.release.version.to_string())).unwrap();
        (row.release.version.to_string(), line.to_owned())
    };
    lanes.by_ref().map(lane).collect()
}

#[test]
fn what_has_ended_stays_away_from_the_line_of_the_day() {
    for day in ["2025-05-01", "2025-04-21", "2025-05-21", "2025-04-20", "2024-09-30", "2027-12-31"] {
        let all = Selection::Between(Some(Bound::Number(Number(20))), Some(Bound::Number(Number(48))));
        let schedule = schedule_of("Wasmtime", WASMTIME, day, &History::none(), all);
        for width in [80, 120, 200] {
            for (version, lane) in lanes(&schedule, width, Characters::Unicode) {
                let phase = schedule
                    .rows
                    .iter()
                    .find(|row| row.release.version.to_string() == version)
                    .unwrap()
                    .phase;
                let Some((before, after)) = lane.split_once('│') else { panic!("{day}, {width}: {lane}") };
                match phase {
                    Phase::Ended => {
                        assert!(before.ends_with(' ') && after.is_empty(), "{day}, {width}: {lane}");
                    }
                    Phase::Supported => assert!(after.starts_with(['▓', '█']), "{day}, {width}: {lane}"),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn a_terminal_that_knows_ascii_alone_gets_the_same_chart() {
    for (schedule, width) in [(wasmtime(), 80), (odd(), 200)] {
        let chart = |characters| chart::plain(&schedule, width, characters);
        let ascii = chart(Characters::Ascii);
        assert!(ascii.is_ascii(), "{ascii}");
        let marks = [('·', '.'), ('░', '-'), ('▓', '='), ('█', '#'), ('│', '|')];
        let unicode = chart(Characters::Unicode);
        let same = unicode
            .chars()
            .map(|c| marks.iter().find(|(unicode, _)| *unicode == c).map_or(c, |(_, ascii)| *ascii));
        assert_eq!(ascii, same.collect::<String>());
    }
}

#[test]
fn a_narrow_terminal_gets_short_days() {
    assert!(plain(&wasmtime(), 60).contains("* 31.0.0        2025-03-05   2025-03-20    2025-05-20\n"));
}

#[test]
fn markdown_has_the_table_as_published() {
    let text = render(&wasmtime(), ScheduleFormat::Markdown);
    assert!(text.starts_with(
        "| Version | LTS | Branch Date | Release Date | EOL Date |\n\
         |---|---|---|---|---|\n\
         | **24.0.0** | LTS | August 5 2024 | August 20 2024 | August 20 2026 |\n\
         | 30.0.0 | | February 5 2025 | February 20 2025 | April 20 2025 |\n"
    ));
}

#[test]
fn both_days_are_shown_where_they_differ() {
    let text = render(&odd(), ScheduleFormat::Markdown);
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
        assert_eq!(render(&odd(), *format), render(&odd(), *format));
    }
}

#[test]
fn a_page_needs_nothing_else_and_says_its_markup_as_text() {
    let page = render(&odd(), ScheduleFormat::Html);
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

/// Returns the attribute `name` of each element that begins with `begin`.
fn attributes<'a>(svg: &'a str, begin: &str, name: &str) -> Vec<&'a str> {
    let value =
        |element: &'a str| element.split_once(&format!(" {name}=\"")).unwrap().1.split('"').next().unwrap();
    svg.lines().filter(|line| line.starts_with(begin)).map(value).collect()
}

#[test]
fn a_chart_names_its_years_and_its_day_once() {
    let range =
        |from, to| Selection::Between(Some(Bound::Number(Number(from))), Some(Bound::Number(Number(to))));
    for (from, to) in [(31, 33), (24, 36), (20, 39), (10, 59), (1, 59)] {
        let schedule = schedule_of("Wasmtime", WASMTIME, "2025-05-01", &History::none(), range(from, to));
        let chart = svg::inline(&schedule);
        let label = "<text class=\"relprep-small\" x=\"";
        for x in attributes(&chart, "<line class=\"relprep-year\"", "x1") {
            let named = chart
                .lines()
                .filter(|line| line.starts_with(&format!("{label}{x}\"")) && line.contains(">20"));
            // Above the bars, and below them again where they are taller than a screen.
            assert_eq!(named.count(), if to - from > 25 { 2 } else { 1 }, "{x}: {chart}");
        }
        assert_eq!(chart.matches("1 May 2025<").count(), 1);
        assert_eq!(chart.matches("<line class=\"relprep-today\"").count(), 1);
        // The legend is one row, of what is shown.
        let legend: Vec<&str> = chart.split("<g transform=\"translate(").skip(1).collect();
        assert!(legend.iter().all(|entry| entry.split_once(' ').unwrap().1.starts_with("0)\"")), "{chart}");
        // Labels have a column of their own, left of all bars.
        let labels = attributes(&chart, "<text x=\"-", "x").len()
            + attributes(&chart, "<text class=\"relprep-strong\"", "x").len();
        assert_eq!(labels, schedule.rows.len());
    }
}

#[test]
fn what_has_ended_is_faint_and_what_is_to_come_is_lighter() {
    let chart = svg::inline(&wasmtime());
    let bars =
        |look: &str| attributes(&chart, &format!("<rect class=\"relprep-support{look}\""), "width").len();
    // 30.0.0 has ended, 31.0.0 and 32.0.0 are under way, and 33.0.0 is to come.
    assert_eq!([bars(" relprep-ended"), bars(""), bars(" relprep-later")], [1, 3, 3]);
}

#[test]
fn a_calendar_is_folded_and_escaped() {
    let text = render(&odd(), ScheduleFormat::Ics);
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
fn json_has_its_documented_fields() {
    let json: serde_json::Value = serde_json::from_str(&render(&odd(), ScheduleFormat::Json)).unwrap();
    assert_eq!((&json["version"], &json["command"]), (&3.into(), &"schedule".into()));
    assert_eq!(json["schedule"]["source"], "policy-and-tags");
    let releases = json["schedule"]["releases"].as_array().unwrap();
    let release = releases.iter().find(|release| release["version"] == "32.0.0").unwrap();
    assert_eq!(
        *release,
        serde_json::json!({
            "version": "32.0.0", "lts": false, "phase": "supported", "supported": true,
            "cut": { "planned": "2025-04-05", "due": "2025-04-05" },
            "release": { "planned": "2025-04-20", "due": "2025-04-21", "actual": "2025-04-21" },
            "eol": "2025-07-20", "last_day": "2025-07-20",
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
    let text = render(&odd(), ScheduleFormat::Endoflife);
    assert!(
        text.contains(
            "\nreleases:\n  - releaseCycle: \"32\"\n    releaseDate: 2025-04-21\n    eol: 2025-07-20\n    \
             latest: \"32.0.1\"\n    latestReleaseDate: 2025-04-28\n\n  - releaseCycle: \"31\"\n"
        ),
        "{text}"
    );
    let minor =
        "anchor = { version = \"1.84.0\", release = \"2025-01-09\" }\nnumbering = \"minor\"\nevery-weeks = 6";
    let rust = schedule_of("Rust", minor, "2025-01-10", &History::none(), Selection::Around);
    assert!(render(&rust, ScheduleFormat::Endoflife).contains("  - releaseCycle: \"1.84\"\n"));
}
