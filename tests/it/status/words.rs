//! What a status says in words.

use chrono::NaiveDate;
use relprep::git::survey::LaterRefs;
use relprep::git::tracking::TrackingDistance;
use relprep::git::{BranchName, RemoteName, TagName};
use relprep::render::status::{Extent, human, sentence};
use relprep::status::{Fixes, ReleaseState, SourceCounts, Status, StatusRow, Todo};
use relprep::train::{LastDay, Number, Phase, Term};
use relprep::workspace::declared::Declared;
use semver::Version;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn fixes(count: usize, since: &str, advisories: &[&str]) -> Fixes {
    let advisories = advisories.iter().map(|name| (*name).to_owned()).collect();
    Fixes { count, since: date(since), advisories }
}

fn ends(major: u64, minor: u64, last_day: &str, fixes: Option<Fixes>) -> Todo {
    Todo::Ends { version: Version::new(major, minor, 0), last_day: date(last_day), fixes }
}

fn patch(fixes: Fixes) -> Todo {
    Todo::Patch { version: Version::new(36, 0, 0), fixes }
}

#[test]
fn what_is_due_is_said_as_one_says_it() {
    let release = || Todo::Release { version: Version::new(32, 0, 0), due: date("2025-04-21") };
    let branch = || "release-31.0.0".to_owned();
    let other = Todo::OtherVersion { branch: branch(), version: Version::new(32, 0, 0) };
    let cut = Todo::Cut { version: Version::new(33, 0, 0), due: date("2025-05-05") };
    let missing = Todo::NoBranch { version: Version::new(31, 0, 0), branch: branch() };
    let tag = Todo::Tag { version: Version::new(31, 0, 2), branch: branch(), since: date("2025-04-20") };
    for (todo, day, said) in [
        (
            ends(31, 1, "2025-05-20", Some(fixes(2, "2025-05-18", &[]))),
            "2025-05-20",
            "patch 31.1: it ends today, with 2 fixes unreleased since Sunday",
        ),
        (
            ends(24, 0, "2026-08-20", Some(fixes(1, "2026-08-18", &["CVE-2026-0001"]))),
            "2026-08-19",
            "patch 24.0: it ends tomorrow, with 1 fix unreleased since yesterday, for CVE-2026-0001",
        ),
        (
            ends(24, 0, "2026-08-20", None),
            "2026-08-17",
            "24.0 ends on Thursday, August 20, and whether all of it is released is not known",
        ),
        (
            patch(fixes(12, "2025-03-21", &["CVE-2025-0001", "GHSA-aaaa-bbbb-cccc"])),
            "2025-04-20",
            "patch 36.0: 12 fixes unreleased since March 21 2025, for CVE-2025-0001, GHSA-aaaa-bbbb-cccc",
        ),
        (patch(fixes(1, "2025-04-20", &[])), "2025-04-20", "patch 36.0: 1 fix unreleased today"),
        (release(), "2025-04-21", "release 32.0.0: due today"),
        (release(), "2025-04-24", "release 32.0.0: due since Monday"),
        (release(), "2025-05-05", "release 32.0.0: due since April 21 2025"),
        (cut, "2025-05-05", "cut 33.0.0: due today"),
        (tag, "2025-04-22", "tag 31.0.2: prepared on release-31.0.0 since Sunday, and not tagged"),
        (other, "2025-04-22", "release-31.0.0 names the version 32.0.0"),
        (
            missing,
            "2025-04-22",
            "31.0 needs security fixes, and there is no branch release-31.0.0 here (a train that began later states `schedule.since`)",
        ),
    ] {
        assert_eq!(sentence(&todo, date(day)), said);
    }
    for (ahead, behind, said) in [
        (0, 1, "main lacks 1 commit of origin"),
        (2, 0, "main has 2 commits that origin lacks"),
        (2, 1, "main has diverged: 2 commits here, 1 commit of origin"),
    ] {
        let remote = RemoteName::new("origin").unwrap();
        let distance = TrackingDistance { remote, ahead, behind, fetched: None };
        let todo = Todo::Apart { branch: BranchName::new("main").unwrap(), distance };
        assert_eq!(sentence(&todo, date("2025-04-22")), said);
    }
}

#[test]
fn what_a_status_was_made_from_is_said() {
    for (policy, tags, branches, said) in [
        (true, 0, 0, "the policy alone: there are no release branches or tags here"),
        (true, 1, 5, "the policy, 5 release branches and 1 tag"),
        (false, 6, 5, "5 release branches and 6 tags alone: no policy tells what is supported"),
    ] {
        let status = status("2025-11-21", SourceCounts { policy, tags, branches, ..counts() }, None);
        assert!(
            human("x", &status, Extent::All).starts_with(&format!("x on November 21 2025, from {said}\n"))
        );
    }
    let left_out = |branches, tags| {
        let later = LaterRefs { branches, tags };
        human("x", &status("2025-11-21", SourceCounts { later, ..counts() }, None), Extent::Current)
    };
    assert!(left_out(2, 1).contains("\nWhat came later is left out: 2 release branches and 1 tag.\n"));
    assert!(left_out(0, 3).contains("\nWhat came later is left out: 3 tags.\n"));
    assert!(!left_out(0, 0).contains("later"));
}

#[test]
fn a_minor_release_has_the_end_of_its_major_and_its_own_day() {
    let tag = (TagName::new("v31.1.0").unwrap(), date("2025-04-10"));
    let row = row(Phase::LastDay, Some(tag));
    let status = status("2025-05-20", counts(), Some(row));
    let text = human("x", &status, Extent::Current);
    assert!(
        text.contains("31.1     last day  v31.1.0 (2025-04-10)              2025-05-20 (today)"),
        "{text}"
    );
}

#[test]
fn the_end_is_said_with_how_far_it_is_and_ended_releases_on_demand() {
    for (day, phase, said) in [
        ("2025-05-08", Phase::Supported, "supported                              2025-05-20 (in 12 days)"),
        ("2025-05-19", Phase::Supported, "supported                              2025-05-20 (tomorrow)"),
        ("2025-05-21", Phase::Ended, "ended                              2025-05-20 (yesterday)"),
        ("2025-06-20", Phase::Ended, "ended                              2025-05-20 (31 days ago)"),
    ] {
        let text = |extent| human("x", &status(day, counts(), Some(row(phase, None))), extent);
        assert!(text(Extent::All).contains(said), "{}", text(Extent::All));
        let ended = phase == Phase::Ended;
        let current = text(Extent::Current);
        assert_eq!(current.contains("1 ended release not shown: `--all` shows all."), ended, "{current}");
        assert_eq!(current.contains("31.1"), !ended, "{current}");
    }
}

fn row(phase: Phase, latest: Option<(TagName, NaiveDate)>) -> StatusRow {
    StatusRow {
        number: Number(31),
        version: Version::new(31, 1, 0),
        short: "31.1".to_owned(),
        state: ReleaseState::Phase(phase),
        release: None,
        term: Some(Term { eol: date("2025-05-20"), last_day: LastDay::Included, answers: Vec::new() }),
        branch: "release-31.1.0".to_owned(),
        tips: Vec::new(),
        declared: Declared::default(),
        unreleased: None,
        released: Some(date("2025-04-10")),
        latest,
    }
}

fn counts() -> SourceCounts {
    SourceCounts { policy: true, tags: 1, branches: 1, shallow: false, later: LaterRefs::default() }
}

fn status(day: &str, sources: SourceCounts, row: Option<StatusRow>) -> Status {
    let rows = row.into_iter().collect();
    Status { date: date(day), sources, rows, todo: Vec::new(), past: Vec::new() }
}
