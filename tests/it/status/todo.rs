//! What is to be done, in real repositories.

use super::{Stream, WASMTIME, status, status_json};
use crate::support::Sandbox;

const BRANCH: &str = "refs/heads/release-32.0.0";

/// Returns what is said to be done on a day.
fn todo(repo: &Sandbox, config: &str, day: &str) -> Vec<String> {
    let json = status_json(repo, config, day);
    let said = json["todo"].as_array().unwrap().iter().map(|todo| todo["text"].as_str().unwrap().to_owned());
    // No test here has branches of 24.0 and 31.0.
    said.filter(|said| !said.contains("and there is no branch")).collect()
}

/// Returns a trunk at 33.0.0 and a branch on which 32.0.0 came out on April 21, and the mark of that.
fn released() -> (Stream, usize) {
    let mut stream = Stream { commands: Vec::new(), mark: 0 };
    let cut = stream.commit("refs/heads/main", None, "2025-04-05", "32.0.0");
    stream.commit("refs/heads/main", Some(cut), "2025-04-06", "33.0.0");
    let notes = ("RELEASES.md", "Release 32.0.0");
    let released = stream.commit_of((BRANCH, Some(cut)), "2025-04-21", "32.0.0", notes);
    stream.point("refs/tags/v32.0.0", released);
    (stream, released)
}

#[test]
fn fixes_are_what_a_patch_would_bring_to_users() {
    let (mut stream, mut tip) = released();
    let commits = [
        ("2025-04-22", ".github/workflows/ci.yml", "Use another runner"),
        ("2025-04-23", "docs/book/intro.md", "Say it better"),
        ("2025-04-23", "tests/all/fuel.rs", "Test more"),
        ("2025-04-24", "RELEASES.md", "Write notes of 32.0.1"),
        ("2025-04-25", "tools/bump.py", "tools: bump by machine"),
        ("2025-04-26", "crates/a/src/lib.rs", "Fix an overflow\n\nOf CVE-2025-12345."),
        ("2025-04-27", "crates/a/src/lib.rs", "Fix it again, see GHSA-AAAA-bbbb-cccc"),
    ];
    for (day, file, message) in commits {
        tip = stream.commit_of((BRANCH, Some(tip)), day, "32.0.0", (file, message));
    }
    let repo = stream.write();
    let config = format!("{WASMTIME}\n[backport.ignore]\nsubjects = [\"tools:*\"]\n");
    assert_eq!(todo(&repo, &config, "2025-04-25"), [""; 0]);
    assert_eq!(
        todo(&repo, WASMTIME, "2025-04-25"),
        ["patch 32.0: 1 fix unreleased today"],
        "where it is not ignored"
    );
    assert_eq!(
        todo(&repo, &config, "2025-04-28"),
        ["patch 32.0: 2 fixes unreleased since Saturday, for CVE-2025-12345, GHSA-aaaa-bbbb-cccc"]
    );
    let json = status_json(&repo, &config, "2025-04-28");
    let advisories = ["CVE-2025-12345", "GHSA-aaaa-bbbb-cccc"];
    let fixes = serde_json::json!({ "count": 2, "since": "2025-04-26", "advisories": advisories });
    let patch = json["todo"].as_array().unwrap().iter().find(|todo| todo["kind"] == "patch").unwrap();
    assert_eq!((&patch["version"], &patch["fixes"]), (&"32.0.0".into(), &fixes));
    assert_eq!((&json["releases"][1]["unreleased"], &json["releases"][1]["fixes"]), (&7.into(), &2.into()));
    assert!(status(&repo, &config, "2025-04-28", &[]).contains("  7 (2 fixes)  "));
}

#[test]
fn what_was_taken_back_does_not_wait() {
    let (mut stream, released) = released();
    let fix = stream.commit_of((BRANCH, Some(released)), "2025-04-22", "32.0.0", ("src/a.rs", "Fix it (#7)"));
    let back = ("src/a.rs", "Revert \"Fix it (#7)\" (#8)");
    let back = stream.commit_of((BRANCH, Some(fix)), "2025-04-23", "32.0.0", back);
    let again = ("src/a.rs", "Reapply \"Fix it (#7)\" (#9)");
    stream.commit_of((BRANCH, Some(back)), "2025-04-24", "32.0.0", again);
    let repo = stream.write();
    assert_eq!(todo(&repo, WASMTIME, "2025-04-22"), ["patch 32.0: 1 fix unreleased today"]);
    assert_eq!(todo(&repo, WASMTIME, "2025-04-23"), [""; 0]);
    assert!(!todo(&repo, WASMTIME, "2025-04-24").is_empty());
}

#[test]
fn a_version_that_is_prepared_waits_for_its_tag_and_fixes_after_it_for_the_next() {
    let (mut stream, released) = released();
    let fix = stream.commit_of((BRANCH, Some(released)), "2025-04-22", "32.0.0", ("src/a.rs", "Fix it"));
    let prepared = ("src/lib.rs", "Release 32.0.1");
    let prepared = stream.commit_of((BRANCH, Some(fix)), "2025-04-24", "32.0.1", prepared);
    let next = stream.commit_of((BRANCH, Some(prepared)), "2025-04-25", "32.0.1", ("src/b.rs", "Fix more"));
    let repo = stream.write();
    let without_notes = format!("{WASMTIME}\n[notes]\nenabled = false\n");
    let tag = |since| format!("tag 32.0.1: prepared on release-32.0.0 {since}, and not tagged");
    assert_eq!(todo(&repo, &without_notes, "2025-04-23"), ["patch 32.0: 1 fix unreleased since yesterday"]);
    assert_eq!(todo(&repo, &without_notes, "2025-04-24"), [tag("today")]);
    let both = [tag("since yesterday"), "patch 32.0: 1 fix unreleased today".to_owned()];
    assert_eq!(todo(&repo, &without_notes, "2025-04-25"), both);

    stream.point("refs/tags/v32.0.1", prepared);
    stream.point(BRANCH, next);
    let repo = stream.write();
    assert_eq!(todo(&repo, &without_notes, "2025-04-25"), ["patch 32.0: 1 fix unreleased today"]);
}

#[test]
fn a_project_that_moves_the_version_after_each_release_lacks_no_tag() {
    let (mut stream, released) = released();
    let moved =
        stream.commit_of((BRANCH, Some(released)), "2025-04-22", "32.0.1", ("src/a.rs", "Begin 32.0.1"));
    stream.commit_of((BRANCH, Some(moved)), "2025-04-23", "32.0.1", ("src/a.rs", "Fix it"));
    let repo = stream.write();
    let without_notes = format!("{WASMTIME}\n[notes]\nenabled = false\n");
    assert_eq!(todo(&repo, &without_notes, "2025-04-22"), [""; 0]);
    assert_eq!(todo(&repo, &without_notes, "2025-04-24"), ["patch 32.0: 1 fix unreleased since yesterday"]);
}

#[test]
fn the_notes_tell_whether_a_version_is_prepared() {
    let notes = |state: &str| {
        let (mut stream, released) = released();
        let fix = stream.commit_of((BRANCH, Some(released)), "2025-04-22", "32.0.0", ("src/a.rs", "Fix it"));
        stream.commit_of((BRANCH, Some(fix)), "2025-04-24", "32.0.1", ("src/a.rs", "Release 32.0.1"));
        let text = format!("## 32.0.1\n\n{state}\n");
        stream.add_file("RELEASES.md", &text);
        todo(&stream.write(), WASMTIME, "2025-04-26")
    };
    assert_eq!(
        notes("Released 2025-04-24."),
        ["tag 32.0.1: prepared on release-32.0.0 since Thursday, and not tagged"]
    );
    assert_eq!(notes("Unreleased."), ["patch 32.0: 1 fix unreleased since Tuesday"]);
}

#[test]
fn a_branch_and_a_trunk_that_lack_what_was_fetched_are_told() {
    let (mut stream, released) = released();
    let trunk = stream.commit("refs/remotes/origin/main", Some(2), "2025-04-22", "33.0.0");
    stream.commit("refs/remotes/origin/main", Some(trunk), "2025-04-24", "33.0.0");
    let ci = |name: &'static str| ("ci/run.sh", name);
    let theirs = "refs/remotes/origin/release-32.0.0";
    stream.commit_of((theirs, Some(released)), "2025-04-23", "32.0.0", ci("one"));
    stream.commit_of((BRANCH, Some(released)), "2025-04-25", "32.0.0", ci("other"));
    let repo = stream.write();
    let on = |day| todo(&repo, WASMTIME, day);
    assert_eq!(on("2025-04-21"), [""; 0]);
    assert_eq!(on("2025-04-22"), ["main lacks 1 commit of origin"]);
    assert_eq!(
        on("2025-04-24"),
        ["main lacks 2 commits of origin", "release-32.0.0 lacks 1 commit of origin"]
    );
    let both =
        ["main lacks 2 commits of origin", "release-32.0.0 has diverged: 1 commit here, 1 commit of origin"];
    assert_eq!(on("2025-04-25"), both);
    assert!(on("2025-06-21").iter().all(|said| !said.contains("release-32.0.0")), "it has ended");
    let json = status_json(&repo, WASMTIME, "2025-04-25");
    let kinds: Vec<_> =
        json["todo"].as_array().unwrap().iter().map(|todo| todo["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["behind", "differs", "no-branch", "no-branch"]);
}

#[test]
fn where_tags_of_newer_releases_are_missing_the_plan_tells_and_no_number_is_made_up() {
    let mut stream = Stream { commands: Vec::new(), mark: 0 };
    let mut trunk = stream.commit("refs/heads/main", None, "2025-02-28", "31.0.0");
    for (number, cut, released) in
        [(31, "2025-03-05", "2025-03-20"), (32, "2025-04-05", "2025-04-21"), (33, "2025-05-05", "2025-05-20")]
    {
        let branch = format!("refs/heads/release-{number}.0.0");
        let version = format!("{number}.0.0");
        let tip = stream.commit_of((&branch, Some(trunk)), released, &version, ("src/a.rs", "Release"));
        stream.commit_of((&branch, Some(tip)), "2025-05-28", &version, ("src/a.rs", "Fix it"));
        trunk = stream.commit("refs/heads/main", Some(trunk), cut, &format!("{}.0.0", number + 1));
        if number == 31 {
            stream.point("refs/tags/v31.0.0", tip);
        }
    }
    stream.commit("refs/heads/main", Some(trunk), "2025-06-05", "35.0.0");
    let repo = stream.write();
    let json = status_json(&repo, WASMTIME, "2025-06-06");
    let rows: Vec<String> = json["releases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {} {} {}", row["version"], row["state"], row["latest"], row["unreleased"]))
        .collect();
    let expected = [
        "\"35.0.0\" \"in-development\" null null",
        "\"33.0.0\" \"supported\" null null",
        "\"32.0.0\" \"supported\" null null",
        "\"31.0.0\" \"ended\" \"v31.0.0\" 1",
        "\"24.0.0\" \"supported\" null null",
    ];
    assert_eq!(rows, expected, "neither due nor with so many commits unreleased");
    let nothing_due = todo(&repo, WASMTIME, "2025-06-06");
    assert!(
        !nothing_due.iter().any(|said| said.starts_with("release 3") || said.starts_with("tag ")),
        "{nothing_due:?}"
    );
    let text = status(&repo, WASMTIME, "2025-06-06", &[]);
    assert!(
        text.contains("? stands for what is not known: no tag here shows what is released of it."),
        "{text}"
    );
}
