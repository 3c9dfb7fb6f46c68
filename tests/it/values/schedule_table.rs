//! The `[schedule]` table, from its text to a train or what is wrong.

use relprep::config::schedule::*;
use relprep::rule::{self, Rule};

/// The table of Wasmtime, which the design sketches.
const WASMTIME: &str = r#"
    anchor = { version = "20.0.0", release = "2024-04-20" }
    every-months = 1
    cut-day = 5
    support-months = 2
    lts = { every = 12, first = 24, support-months = 24 }
"#;

fn read(text: &str) -> ScheduleConfig {
    toml_edit::de::from_str(text).unwrap()
}

/// Returns key and rule of all that is wrong with Wasmtime's table after `more` was added.
fn problems(more: &str) -> Vec<(String, Rule)> {
    let problems = read(&format!("{WASMTIME}{more}")).train().unwrap_err();
    problems.into_iter().map(|problem| (problem.key, problem.finding.rule)).collect()
}

#[test]
fn an_absent_table_is_no_train() {
    assert_eq!(read("").train(), Ok(None));
    assert_eq!(read("every-months = 1").train().unwrap_err()[0].finding.rule, rule::SCHEDULE_ANCHOR);
}

#[test]
fn a_day_may_be_a_string_or_a_toml_date() {
    let text = read(WASMTIME);
    let bare = read(&WASMTIME.replace("\"2024-04-20\"", "2024-04-20"));
    assert_eq!(text, bare);
    assert!(text.train().unwrap().is_some());
}

#[test]
fn an_unknown_key_is_an_error() {
    assert!(toml_edit::de::from_str::<ScheduleConfig>("every-month = 1").is_err());
}

#[test]
fn impossible_days_are_all_reported() {
    let more = r#"
        holidays = ["2025-02-29", "02-29", "13-01", "2025-1-1"]
        [[release]]
        version = "30.0.0"
        release = "2025-02-30"
        reason = "moved"
    "#;
    let keys: Vec<_> = problems(more).into_iter().map(|(key, _)| key).collect();
    assert_eq!(
        keys,
        ["schedule.holidays.0", "schedule.holidays.2", "schedule.holidays.3", "schedule.release.0.release"]
    );
    let zeroth = WASMTIME.replace("cut-day = 5", "cut-day = 0");
    assert_eq!(read(&zeroth).train().unwrap_err()[0].key, "schedule.cut-day");
}

#[test]
fn keys_that_contradict_each_other_are_reported() {
    for (more, key) in [
        ("every-weeks = 6", "schedule.every-weeks"),
        ("cut-days-before = 15", "schedule.cut-days-before"),
        ("support-weeks = 8", "schedule.support-weeks"),
        ("weekday = \"monday\"", "schedule.weekday"),
        ("support-ends = \"first\"", "schedule.support-ends"),
        ("since = \"20.1.0\"", "schedule.since"),
        ("support-releases = 0", "schedule.support-releases"),
        ("support-releases = 4000000000", "schedule.support-releases"),
    ] {
        assert_eq!(problems(more)[0].0, key, "{more}");
    }
}

#[test]
fn the_weekday_is_checked_against_the_anchor() {
    let weekly = "anchor = { version = \"1.84.0\", release = \"2025-01-09\" }\nnumbering = \"minor\"\nevery-weeks = 6\n";
    assert!(read(&format!("{weekly}weekday = \"thursday\"")).train().unwrap().is_some());
    let problems = read(&format!("{weekly}weekday = \"friday\"")).train().unwrap_err();
    assert_eq!(problems[0].finding.message, "`schedule.weekday`: the anchor 2025-01-09 is a Thursday");
}

#[test]
fn exceptions_must_be_in_order_and_say_why() {
    let more = r#"
        [[release]]
        version = "30.0.0"
        cut = "2025-03-01"
        eol = "2025-02-01"
        reason = " "
        [[release]]
        version = "30.0.1"
        skip = "number"
        reason = "unlucky"
        [[release]]
        version = "20.0.0"
        skip = "release"
        reason = "never happened"
    "#;
    assert_eq!(
        problems(more),
        [
            ("schedule.release.0.reason".to_owned(), rule::SCHEDULE_RELEASE),
            ("schedule.release.1.version".to_owned(), rule::SCHEDULE_VERSION),
            ("schedule.release.0".to_owned(), rule::SCHEDULE_ORDER),
            ("schedule.release.0.eol".to_owned(), rule::SCHEDULE_ORDER),
            ("schedule.release.2.skip".to_owned(), rule::SCHEDULE_CONTRADICTION),
        ]
    );
}
