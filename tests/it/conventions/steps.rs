//! Steps apart, on their days, and lock files that were stale.

use super::{NO_NOTES, holds, moved, pair};
use crate::fixture::Fixture;

#[test]
fn an_older_branch_has_minors_where_its_name_has_room() {
    let fixture = pair("58.3.0", "[names]\nbranch = \"{major}_maintenance\"\n");
    fixture.sandbox.git(["switch", "--quiet", "--create", "58_maintenance"]);
    fixture.prepare("bump --to 58.4.0");
    assert_eq!(holds(&fixture, "HEAD")[0], "base 58.4.0:");
    let said = fixture.refuses("bump --level major", &["branch-version"]);
    assert!(said.contains("59.0.0 is not a release of the branch `58_maintenance`"), "{said}");
    fixture.sandbox.git(["switch", "--quiet", "--create", "topic"]);
    fixture.refuses("bump", &["not-on-release-branch"]);
}

#[test]
fn a_cut_and_its_bump_may_be_apart() {
    let fixture = pair("4.0.0-dev", "prerelease = { trunk = \"dev\" }\n");
    let said = fixture.prepare("branch --no-bump");
    assert!(!said.contains("main"), "{said}");
    assert_eq!(holds(&fixture, "release-4.0.0")[0], "base 4.0.0-dev:");
    fixture.prepare("bump");
    assert_eq!(holds(&fixture, "main"), ["base 5.0.0-dev:", "top 5.0.0-dev: base =5.0.0-dev"]);

    let fixture = pair("36.0.0", "");
    fixture.sandbox.git(["tag", "v36.0.0"]);
    moved(&fixture, "36.0.0", "36.0.1");
    fixture.sandbox.git(["push", "--quiet", "origin", "main"]);
    fixture.prepare("branch --at v36.0.0");
    assert_eq!(fixture.sandbox.rev("release-36.0.0"), fixture.sandbox.rev("v36.0.0"));
    assert_eq!(holds(&fixture, "main")[0], "base 36.0.1:");
    let said = fixture.refuses("branch --at v35.0.0", &["no-base"]);
    assert!(said.contains("`v35.0.0` names no commit here"), "{said}");
    assert_eq!(fixture.run("branch --at v36.0.0 --to 37.0.0").status, 2);
}

#[test]
fn a_daily_job_does_what_is_due() {
    let schedule = "[schedule]\nanchor = { version = \"5.0.0\", release = \"2024-06-20\" }\ncut-day = 5\n\
        roll-over = { cut = \"next-weekday\", release = \"next-weekday\" }\n";
    let fixture = pair("6.0.0", schedule);
    // The 20th of July and the 6th were Saturdays; the cut of 6.0.0 is on the 5th, a Friday.
    let before = fixture.refs();
    let said = fixture.run("branch --if-due --date 2024-07-04");
    assert_eq!((said.status, fixture.refs()), (0, before), "{}", said.err);
    assert!(said.out.contains("6.0.0 is not due until 2024-07-05"), "{}", said.out);
    fixture.prepare("branch --if-due --date 2024-07-05");
    assert_eq!(holds(&fixture, "main")[0], "base 7.0.0:");
    let said = fixture.run("branch --if-due --date 2024-07-06");
    assert!(said.status == 0 && said.out.contains("7.0.0 is not due until 2024-08-05"), "{}", said.out);
    pair("6.0.0", "").refuses("branch --if-due", &["no-schedule"]);

    let fixture = pair("6.0.0-rc.2", &format!("prerelease = {{ candidate = \"rc\" }}\n{schedule}"));
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-6.0.0"]);
    let said = fixture.run("release --if-due --date 2024-07-20");
    assert!(said.status == 0 && said.out.contains("6.0.0 is not due until 2024-07-22"), "{}", said.out);
    fixture.prepare("release --if-due --date 2024-07-22");
    assert_eq!(holds(&fixture, "HEAD")[0], "base 6.0.0:");
    let said = fixture.run("release --if-due --date 2024-07-23");
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("there is nothing to release: 6.0.0 is prepared already"), "{}", said.out);
}

#[test]
fn one_table_keeps_all_the_rest() {
    let made = |table: &str| {
        Fixture::made(
            &[
                ("clock 2.5.0", &["hands 0.31.0", "dial 2.5.0", "springs 7.1.0"]),
                ("dial 2.5.0", &[]),
                ("hands 0.31.0", &[]),
                ("springs 7.1.0", &[]),
            ],
            &format!("lead = \"clock\"\n{table}\n{NO_NOTES}"),
        )
    };
    let versions = |fixture: &Fixture| -> Vec<String> {
        let held = holds(fixture, "main");
        held.iter().map(|line| line.split(':').next().unwrap().to_owned()).collect()
    };
    for (table, expected) in [
        (
            "[[line]]\npackages = [\"*\"]\nmove = false",
            ["clock 3.0.0", "dial 2.5.0", "hands 0.31.0", "springs 7.1.0"],
        ),
        (
            "[[line]]\nat = \"lead\"\n[[line]]\nmove = false",
            ["clock 3.0.0", "dial 3.0.0", "hands 0.31.0", "springs 7.1.0"],
        ),
        (
            "[[line]]\npackages = [\"hands/\", \"/spr*/**\", \"./springs\"]\nmove = false",
            ["clock 3.0.0", "dial 3.0.0", "hands 0.32.0", "springs 7.1.0"],
        ),
        // Each version is a line of its own.
        (
            "[[line]]\npackages = [\"hands\", \"springs\"]\nmajor = \"patch\"\npatch = \"none\"",
            ["clock 3.0.0", "dial 3.0.0", "hands 0.31.1", "springs 7.1.1"],
        ),
    ] {
        let fixture = made(table);
        fixture.prepare("branch");
        assert_eq!(versions(&fixture), expected, "{table}");
    }
    let said = made("[[line]]\npackages = [\"hands/\"]\nmove = false").prepare("branch");
    assert!(said.contains("no package lies at `hands/`, as a `[[line]]` expects"), "{said}");
    made("[[line]]\npackages = [\"clock\"]\nmove = false").refuses("branch", &["lead-stays"]);
    made("[[line]]\npackages = [\"../springs\"]\nmove = false").refuses("branch", &["config-value"]);
    made("[[line]]\nat = \"trunk\"\nmove = false").refuses("branch", &["config-value"]);
}

/// A workspace, and beside it another one with a lock file of its own that is out of date.
fn with_stale_examples(config: &str) -> Fixture {
    let fixture = pair("0.8.8", config);
    fixture.sandbox.write("examples/Cargo.toml", "[package]\nname = \"examples\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[dependencies]\nbase = { path = \"../base\" }\n\n[workspace]\n");
    fixture.sandbox.write("examples/src/lib.rs", "");
    let output = fixture
        .command(crate::environment::CARGO)
        .args(["generate-lockfile", "--offline", "--manifest-path", "examples/Cargo.toml"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let lock = fixture.sandbox.read("examples/Cargo.lock").replace("0.8.8", "0.8.1");
    fixture.sandbox.write("examples/Cargo.lock", lock);
    fixture.sandbox.commit_all("examples");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-0.8.0"]);
    fixture
}

#[test]
fn a_lock_file_that_was_stale_is_left_or_renewed_or_refused() {
    let base = |fixture: &Fixture| {
        let lock = fixture.sandbox.git(["show", "release-0.8.0:examples/Cargo.lock"]);
        lock.split("name = \"base\"\n").nth(1).unwrap().lines().next().unwrap().to_owned()
    };
    let fixture = with_stale_examples("");
    assert_eq!(fixture.run("patch").status, 0);
    assert_eq!(base(&fixture), "version = \"0.8.9\"");
    for config in ["locks.stale = \"leave\"\n", "locks.ignore = [\"examples/*\"]\n"] {
        let fixture = with_stale_examples(config);
        let said = fixture.run("patch");
        assert_eq!(said.status, 0, "{}", said.err);
        assert_eq!(base(&fixture), "version = \"0.8.1\"");
        assert_eq!(
            said.err.contains("warning[lock-stale]: this lock file is out of date"),
            config.contains("leave")
        );
    }
    let said = with_stale_examples("locks.stale = \"refuse\"\n").refuses("patch", &["lock-stale"]);
    assert!(said.contains("`base` is locked at 0.8.1, and it is at 0.8.8"), "{said}");
}
