//! What a status says in words.

use chrono::NaiveDate;
use relprep::git::TagName;
use relprep::render::status::{human, sentence};
use relprep::status::{ReleaseState, SourceCounts, Status, StatusRow, Todo};
use relprep::train::{LastDay, Number, Phase, Term};
use relprep::workspace::declared::Declared;
use semver::Version;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn what_is_due_is_said_as_one_says_it() {
    let ends = |short: &str, last_day: &str, unreleased| Todo::Ends {
        short: short.to_owned(),
        last_day: date(last_day),
        unreleased: Some(unreleased),
    };
    let release = || Todo::Release { version: Version::new(32, 0, 0), due: date("2025-04-21") };
    let branch = || "release-31.0.0".to_owned();
    let places = ["local", "origin"].map(str::to_owned).into();
    let never =
        Todo::NeverTagged { version: Version::new(29, 0, 0), tagged: TagName::new("v29.0.1").unwrap() };
    let other = Todo::OtherVersion { branch: branch(), version: Version::new(32, 0, 0) };
    let cut = Todo::Cut { version: Version::new(33, 0, 0), due: date("2025-05-05") };
    let missing = Todo::NoBranch { short: "31.0".to_owned(), branch: branch() };
    for (todo, day, said) in [
        (ends("30.0", "2025-04-20", 0), "2025-04-20", "30.0 ends today"),
        (ends("31.1", "2025-05-20", 2), "2025-05-20", "31.1 ends today with 2 commits unreleased"),
        (ends("24.0", "2026-08-20", 3), "2026-08-19", "24.0 ends tomorrow with 3 commits unreleased"),
        (release(), "2025-04-21", "release 32.0.0: due today"),
        (release(), "2025-04-24", "release 32.0.0: due since Monday"),
        (release(), "2025-05-05", "release 32.0.0: due since April 21 2025"),
        (cut, "2025-05-05", "cut 33.0.0: due today"),
        (never, "2025-04-20", "29.0.0 was never tagged though v29.0.1 was"),
        (other, "2025-04-22", "release-31.0.0 names the version 32.0.0"),
        (
            missing,
            "2025-04-22",
            "31.0 needs security fixes, and there is no branch release-31.0.0 here (a train that began later states `schedule.since`)",
        ),
        (
            Todo::Differs { branch: branch(), places },
            "2025-04-22",
            "release-31.0.0 is not the same in local and origin",
        ),
    ] {
        assert_eq!(sentence(&todo, date(day)), said);
    }
}

#[test]
fn what_a_status_was_made_from_is_said() {
    for (policy, tags, branches, said) in [
        (true, 0, 0, "the policy alone: there are no release branches or tags here"),
        (true, 1, 5, "the policy, 5 release branches and 1 tag"),
        (false, 6, 5, "5 release branches and 6 tags alone: no policy tells what is supported"),
    ] {
        let sources = SourceCounts { policy, tags, branches, shallow: false };
        let status = Status { date: date("2025-11-21"), sources, rows: Vec::new(), todo: Vec::new() };
        assert!(human("x", &status).starts_with(&format!("x on November 21 2025, from {said}\n")));
    }
}

#[test]
fn a_minor_release_has_the_end_of_its_major_and_its_own_day() {
    let day = date("2025-05-20");
    let row = StatusRow {
        number: Number(31),
        version: Version::new(31, 1, 0),
        short: "31.1".to_owned(),
        state: ReleaseState::Phase(Phase::LastDay),
        release: None,
        term: Some(Term { eol: day, last_day: LastDay::Included, answers: Vec::new() }),
        branch: "release-31.1.0".to_owned(),
        tips: Vec::new(),
        declared: Declared::default(),
        released: Some(date("2025-04-10")),
        latest: None,
    };
    let sources = SourceCounts { policy: true, tags: 1, branches: 1, shallow: false };
    let status = Status { date: day, sources, rows: vec![row], todo: Vec::new() };
    assert!(human("x", &status).contains("until 2025-05-20 (0 left); released 2025-04-10"));
}
