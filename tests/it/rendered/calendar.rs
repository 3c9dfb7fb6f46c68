//! The calendar of events, as it is kept over time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use relprep::render::schedule::file::updated;
use relprep::render::schedule::{ScheduleFormat, View};
use relprep::train::schedule::{Schedule, Selection};
use relprep::train::{History, Number};
use tempfile::TempDir;

use super::{WASMTIME, render, schedule_of, wasmtime_on};
use crate::environment;
use crate::tools::Tool;

fn moved_to(day: &str, on: &str) -> Schedule {
    let config =
        format!("{WASMTIME}[[release]]\nversion = \"33.0.0\"\nrelease = \"{day}\"\nreason = \"moved\"\n");
    schedule_of("Wasmtime", &config, on, &History::none(), Selection::Around)
}

/// Returns the schedule of a day on which the release that moved is out, a day later still.
fn out_on(day: &str) -> Schedule {
    let tags = [("32.0.0", "2025-04-20"), ("33.0.0", "2025-06-03")];
    let tags = tags.map(|(version, day)| {
        let version: semver::Version = version.parse().unwrap();
        (Number(version.major), version, day.parse().unwrap())
    });
    let history = History::new(day.parse().unwrap(), tags, []);
    let config = format!(
        "{WASMTIME}[[release]]\nversion = \"33.0.0\"\nrelease = \"2025-06-02\"\nreason = \"moved\"\n"
    );
    schedule_of("Wasmtime", &config, day, &history, Selection::Around)
}

fn next(before: Option<&str>, schedule: &Schedule) -> String {
    updated("x.ics", before, schedule, (ScheduleFormat::Ics, &View::default())).unwrap()
}

/// Returns day, number and stamp of each event.
fn events(calendar: &str) -> BTreeMap<String, (String, u32, String)> {
    let unfolded = calendar.replace("\r\n ", "");
    let read = |event: &str| {
        let of = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        (of("UID:"), (of("DTSTART;VALUE=DATE:"), of("SEQUENCE:").parse().unwrap(), of("DTSTAMP:")))
    };
    unfolded.split("BEGIN:VEVENT").skip(1).map(read).collect()
}

/// Returns what became of the release day of 33.0.0.
fn release(calendar: &str) -> (String, u32, String) {
    events(calendar)["wasmtime-33.0.0-release@relprep"].clone()
}

/// Returns the calendars of a release that is moved, moved again, moved back, and comes out late.
fn over_time() -> Vec<String> {
    let mut calendars = vec![next(None, &wasmtime_on("2025-05-01"))];
    for schedule in [
        wasmtime_on("2025-05-03"),
        moved_to("2025-05-27", "2025-05-04"),
        moved_to("2025-06-02", "2025-05-08"),
        moved_to("2025-05-27", "2025-05-08"),
        // Made as of a day of the past.
        moved_to("2025-06-02", "2025-04-30"),
        out_on("2025-06-04"),
    ] {
        let new = next(calendars.last().map(String::as_str), &schedule);
        calendars.push(new);
    }
    calendars
}

#[test]
fn an_event_that_moves_has_the_next_number_and_no_earlier_stamp() {
    let calendars = over_time();
    let history: Vec<_> = calendars.iter().map(|calendar| release(calendar)).collect();
    let expected = [
        ("20250520", 0, "20250501T000000Z"),
        ("20250520", 0, "20250501T000000Z"),
        ("20250527", 1, "20250504T000000Z"),
        ("20250602", 2, "20250508T000000Z"),
        ("20250527", 3, "20250508T000000Z"),
        ("20250602", 4, "20250508T000000Z"),
        ("20250603", 5, "20250604T000000Z"),
    ];
    assert_eq!(history, expected.map(|(day, number, stamp)| (day.to_owned(), number, stamp.to_owned())));
    for pair in calendars.windows(2) {
        let (before, after) = (events(&pair[0]), events(&pair[1]));
        for (uid, (day, number, stamp)) in &after {
            let Some((day_before, number_before, stamp_before)) = before.get(uid) else { continue };
            assert!(stamp >= stamp_before && number >= number_before, "{uid}");
            assert_eq!(number > number_before, day != day_before, "{uid}");
        }
    }
}

#[test]
fn a_calendar_changes_with_its_events_alone() {
    let first = next(None, &wasmtime_on("2025-05-01"));
    assert_eq!(next(Some(&first), &wasmtime_on("2025-05-02")), first);
    // Another program may have written it with other line ends.
    let lines = first.replace("\r\n", "\n");
    assert_eq!(next(Some(&lines), &wasmtime_on("2025-05-02")), first);
    assert_eq!(next(Some("no calendar"), &wasmtime_on("2025-05-01")), first);
    assert_eq!(render(&wasmtime_on("2025-05-01"), ScheduleFormat::Ics), first);
}

#[test]
fn without_a_calendar_before_the_number_counts_what_is_known() {
    let numbers = [wasmtime_on("2025-05-01"), moved_to("2025-06-02", "2025-05-08"), out_on("2025-06-04")]
        .map(|schedule| release(&render(&schedule, ScheduleFormat::Ics)).1);
    assert_eq!(numbers, [0, 1, 2]);
}

#[test]
fn another_program_takes_what_has_moved_for_the_same_events() {
    let Some(python) = Tool::Python.find() else { return };
    let dir = TempDir::new().unwrap();
    let mut command = environment::command(&python, dir.path());
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/import.py"));
    for (index, calendar) in over_time().iter().enumerate() {
        let path = dir.path().join(format!("{index}.ics"));
        fs::write(&path, calendar).unwrap();
        // A reader asks more than once.
        command.args([&path, &path]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let kept = String::from_utf8(output.stdout).unwrap();
    let kept: Vec<&str> = kept.lines().filter(|line| line.contains("-33.0.0-")).collect();
    assert_eq!(
        kept,
        [
            "wasmtime-33.0.0-cut@relprep 2025-05-05",
            "wasmtime-33.0.0-eol@relprep 2025-08-02",
            "wasmtime-33.0.0-release@relprep 2025-06-03",
        ]
    );
}
