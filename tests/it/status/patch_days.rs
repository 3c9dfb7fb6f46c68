//! What the status said on the eve and on the day of each recorded patch, beside what was done.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{WASMTIME, clone, of_document, status_json};
use crate::history::History;
use crate::tools::recorded_history;

/// A day on which patches came out: what they were, what the status says at the end of the eve, and what it
/// says on the day, right before them.
type Day = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// The record has what releases are made from: a fix that changes sources alone is not in it. What waits on the
/// eve and is not patched waits on: 28.0 and 29.0 had their lock files changed, and no patch after that.
const DAYS: [Day; 18] = [
    ("2024-09-24", "25.0.1", &[], &["patch 25.0: 1 fix unreleased today"]),
    ("2024-10-03", "24.0.1 25.0.2", &[], &[]),
    (
        "2024-11-05",
        "24.0.2 25.0.3 26.0.1",
        &[],
        &[
            "cut 27.0.0: due today",
            "patch 26.0: 1 fix unreleased today",
            "patch 25.0: 1 fix unreleased today",
            "patch 24.0: 1 fix unreleased today",
        ],
    ),
    ("2025-01-14", "28.0.1", &[], &[]),
    ("2025-01-21", "29.0.1", &[], &["patch 29.0: 1 fix unreleased today"]),
    (
        "2025-02-21",
        "30.0.1",
        &[
            "patch 28.0: it ends today, with 1 fix unreleased since February 5 2025",
            "patch 29.0: 1 fix unreleased since February 5 2025",
        ],
        &["patch 29.0: 1 fix unreleased since February 5 2025"],
    ),
    (
        "2025-02-25",
        "30.0.2",
        &["patch 29.0: 1 fix unreleased since February 5 2025"],
        &["patch 29.0: 1 fix unreleased since February 5 2025"],
    ),
    ("2025-06-24", "24.0.3 32.0.1 33.0.1 34.0.1", &[], &[]),
    ("2025-07-18", "24.0.4 33.0.2 34.0.2", &[], &[]),
    ("2025-08-20", "36.0.1", &[], &["tag 36.0.0: prepared on release-36.0.0 today, and not tagged"]),
    (
        "2025-08-26",
        "36.0.2",
        &["patch 36.0: 1 fix unreleased today"],
        &["patch 36.0: 1 fix unreleased since yesterday"],
    ),
    ("2025-09-23", "37.0.1", &[], &[]),
    ("2025-09-30", "37.0.2", &[], &[]),
    ("2025-10-20", "38.0.1", &[], &["tag 38.0.0: prepared on release-38.0.0 today, and not tagged"]),
    ("2025-10-21", "38.0.2", &[], &[]),
    ("2025-10-24", "38.0.3", &[], &[]),
    ("2025-11-11", "24.0.5 36.0.3 37.0.3 38.0.4", &[], &[]),
    ("2025-11-24", "39.0.1", &[], &[]),
];

#[test]
fn before_each_recorded_patch_what_waits_is_told_and_after_it_nothing() {
    let (Some(history), Some(bundle)) = (History::get(), recorded_history()) else { return };
    let after = clone(&bundle);
    let expected: BTreeMap<&str, &Day> = DAYS.iter().map(|day| (day.0, day)).collect();
    let days: BTreeSet<String> =
        history.steps.iter().filter(|step| step.kind == "patch").map(|step| step.date.clone()).collect();
    for day in &days {
        let patches: Vec<String> = history.lay_out(day).iter().map(|step| step.version.clone()).collect();
        let (_, versions, on_eve, on_day) = expected[day.as_str()];
        assert_eq!(patches.join(" "), *versions);
        let eve = day.parse::<NaiveDate>().unwrap().pred_opt().unwrap().to_string();
        assert_eq!(said(&history, &eve), *on_eve, "on the eve of {versions}");
        assert_eq!(said(&history, day), *on_day, "on the day of {versions}");

        let json = status_json(&after, WASMTIME, day);
        for version in &patches {
            let first = format!("{}.0.0", version.split('.').next().unwrap());
            let todo = json["todo"].as_array().unwrap();
            assert!(!todo.iter().any(|todo| todo["version"] == *first), "{version} on {day}: {todo:?}");
        }
    }
    assert_eq!(days.len(), DAYS.len());
}

/// Returns what `status` says is to be done on a day.
fn said(history: &History, date: &str) -> Vec<String> {
    let output = history.program(&["status", "--format", "json", "--date", date]).output().unwrap();
    let json = of_document(str::from_utf8(&output.stdout).unwrap());
    json["todo"].as_array().unwrap().iter().map(|todo| todo["text"].as_str().unwrap().to_owned()).collect()
}
