//! The table: its columns, its groups, and the days that are not the planned ones.

use relprep::render::schedule::columns::{Column, Columns};
use relprep::render::schedule::{self, ScheduleFormat, View};
use relprep::train::schedule::{Bound, Schedule, Selection};
use relprep::train::{History, Link, Number};

use super::{WASMTIME, schedule_of, wasmtime_on};

const TABLES: [ScheduleFormat; 3] = [ScheduleFormat::Human, ScheduleFormat::Markdown, ScheduleFormat::Html];

fn shown(schedule: &Schedule, format: ScheduleFormat, columns: &str, grouped: bool) -> String {
    let view = View { columns: columns.parse().unwrap(), grouped, width: 200, ..View::default() };
    anstream::adapter::strip_str(&schedule::render(schedule, format, &view)).to_string()
}

/// Returns the schedule of a day with one release that has tag, branch and notes.
fn linked() -> Schedule {
    let mut schedule = wasmtime_on("2025-05-01");
    let row = schedule.rows.iter_mut().find(|row| row.release.number == Number(32)).unwrap();
    let link = |text: &str| {
        let address = Some(format!("https://example.org/x/{text}"));
        Some(Link { text: text.to_owned(), address })
    };
    row.latest = Some(("32.0.1".parse().unwrap(), "2025-04-28".parse().unwrap()));
    row.links.tag = link("v32.0.1");
    row.links.notes = link("NEWS.md");
    row.links.branch = Some(Link { text: "release_32".to_owned(), address: None });
    schedule
}

#[test]
fn columns_are_chosen_and_lead_somewhere() {
    let columns = "latest,version,notes,tag,branch,state";
    let markdown = shown(&linked(), ScheduleFormat::Markdown, columns, false);
    assert!(
        markdown
            .starts_with("| Latest | Version | Notes | Tag | Branch | State |\n|---|---|---|---|---|---|\n")
    );
    let row = "| [32.0.1 (April 28 2025)](https://example.org/x/v32.0.1) | **32.0.0** | \
               [NEWS.md](https://example.org/x/NEWS.md) | [v32.0.1](https://example.org/x/v32.0.1) | \
               release\\_32 | supported |\n";
    assert!(markdown.contains(row), "{markdown}");
    let html = shown(&linked(), ScheduleFormat::Html, columns, false);
    assert!(html.contains("<td><a href=\"https://example.org/x/NEWS.md\">NEWS.md</a></td>"), "{html}");
    let human = shown(&linked(), ScheduleFormat::Human, columns, false);
    assert!(human.contains("https://example.org/x/NEWS.md  v32.0.1  release_32  supported\n"), "{human}");
}

#[test]
fn a_choice_of_columns_is_read_back_and_has_the_version() {
    for (text, read) in
        [("eol", "version,eol"), ("eol, version", "eol,version"), ("state,tag", "version,state,tag")]
    {
        assert_eq!(text.parse::<Columns>().unwrap().to_string(), read);
    }
    assert_eq!("eol,eol".parse::<Columns>().unwrap_err(), "`eol` is there twice");
    let error = "eol,end".parse::<Columns>().unwrap_err();
    assert!(error.starts_with("`end` is none of version, lts, ") && error.ends_with(", state"), "{error}");
    let every = Column::ALL.map(Column::name).join(",");
    assert_eq!(every.parse::<Columns>().unwrap().to_string(), every);
    assert_eq!("".parse::<Columns>().unwrap_err().split(' ').next(), Some("``"));
}

#[test]
fn what_is_supported_and_what_has_ended_stand_apart() {
    for format in TABLES {
        let text = shown(&wasmtime_on("2025-05-01"), format, "eol", true);
        let words = ["Supported", "24.0.0", "32.0.0", "Upcoming", "33.0.0", "36.0.0", "Ended", "30.0.0"];
        let mut rest = text.as_str();
        for word in words {
            // What is looked for comes after all that was found before.
            rest = rest.split_once(word).unwrap_or_else(|| panic!("{format:?}: {word}: {text}")).1;
        }
    }
    let markdown = shown(&wasmtime_on("2025-05-01"), ScheduleFormat::Markdown, "eol", true);
    assert!(markdown.starts_with("**Supported**\n\n| Version | EOL Date |\n|---|---|\n| **24.0.0** |"));
    assert_eq!(markdown.matches("| Version | EOL Date |").count(), 3);
    let without = schedule_of(
        "x",
        WASMTIME,
        "2024-04-25",
        &History::none(),
        Selection::Between(Some(Bound::Number(Number(20))), Some(Bound::Number(Number(20)))),
    );
    let text = shown(&without, ScheduleFormat::Markdown, "eol", true);
    assert!(!text.contains("Ended") && !text.contains("Upcoming"), "{text}");
}

#[test]
fn a_day_that_rolls_over_is_shown_until_it_has_passed() {
    let config = format!(
        "{WASMTIME}\nholidays = [\"2025-04-21\", \"05-05\"]\nroll-over = {{ cut = \"next-weekday\", release = \"next-weekday\" }}\n"
    );
    let on = |day: &str| schedule_of("Wasmtime", &config, day, &History::none(), Selection::Around);
    for format in TABLES {
        let text = shown(&on("2025-04-15"), format, "cut,release", false);
        // The 20th is a Sunday, and the 21st a holiday.
        assert!(text.contains("April 20 2025 (due: April 22 2025)"), "{format:?}: {text}");
        let text = shown(&on("2025-04-23"), format, "cut,release", false);
        assert!(!text.contains("April 20 2025 (due"), "{format:?}: {text}");
        assert!(text.contains("May 5 2025 (due: May 6 2025)"), "{format:?}: {text}");
    }
    let svg = schedule::render(&on("2025-04-15"), ScheduleFormat::Svg, &View::default());
    assert!(svg.contains("32.0.0: release April 20 2025 (due April 22 2025)"), "{svg}");
    let calendar = schedule::render(&on("2025-04-15"), ScheduleFormat::Ics, &View::default());
    assert!(
        calendar
            .replace("\r\n ", "")
            .contains("DESCRIPTION:Planned for April 20 2025\\; due on April 22 2025.")
    );
    let chart = schedule::render(&on("2025-04-15"), ScheduleFormat::Mermaid, &View::default());
    assert!(chart.contains("due Apr 22"), "{chart}");
}

#[test]
fn a_release_that_is_late_shows_the_day_on_which_it_was_due() {
    let tag = (Number(31), "31.0.0".parse().unwrap(), "2025-03-20".parse().unwrap());
    let history = History::new("2025-04-25".parse().unwrap(), [tag], []);
    let late = schedule_of("Wasmtime", WASMTIME, "2025-04-25", &history, Selection::Around);
    for format in TABLES {
        let text = shown(&late, format, "release,state", false);
        assert!(text.contains("April 20 2025 (due: April 21 2025)"), "{format:?}: {text}");
    }
}

#[test]
fn a_page_says_how_far_each_day_is() {
    let page = shown(&wasmtime_on("2025-05-01"), ScheduleFormat::Html, "cut,eol", false);
    for (day, far) in
        [("2025-05-05", "in 4 days"), ("2025-04-20", "11 days ago"), ("2027-08-20", "in 2 years")]
    {
        let part = format!("<time datetime=\"{day}\">");
        let rest = page.split(&part).nth(1).unwrap();
        assert!(
            rest.split_once("</td>").unwrap().0.ends_with(&format!("<span class=\"relative\">{far}</span>")),
            "{rest}"
        );
    }
}
