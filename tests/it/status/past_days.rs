//! What was there on a day of the past, and what `--date` means to each command.

use super::{Stream, WASMTIME, status, status_json};
use crate::fixture::Fixture;
use crate::help::commands;

#[test]
fn a_past_day_shows_what_was_there_and_says_what_is_left_out() {
    let mut stream = Stream { commands: Vec::new(), mark: 0 };
    let cut = stream.commit("refs/heads/main", None, "2025-03-05", "31.0.0");
    let next = stream.commit("refs/heads/main", Some(cut), "2025-03-06", "32.0.0");
    stream.commit("refs/heads/main", Some(next), "2025-04-06", "33.0.0");
    let branch = "refs/heads/release-31.0.0";
    let released = stream.commit(branch, Some(cut), "2025-03-20", "31.0.0");
    stream.point("refs/tags/v31.0.0", released);
    let fixed = stream.commit(branch, Some(released), "2025-03-25", "31.0.0");
    let patched = stream.commit(branch, Some(fixed), "2025-04-02", "31.0.1");
    stream.point("refs/tags/v31.0.1", patched);
    stream.commit("refs/heads/release-32.0.0", Some(next), "2025-04-21", "32.0.0");
    let repo = stream.write();

    let text = status(&repo, WASMTIME, "2025-03-28", &[]);
    assert!(text.contains("from the policy, 1 release branch and 1 tag\n"), "{text}");
    assert!(text.contains("\nWhat came later is left out: 1 release branch and 1 tag.\n"), "{text}");
    assert!(text.contains("* patch 31.0: 1 fix unreleased since Tuesday\n"), "{text}");
    let json = status_json(&repo, WASMTIME, "2025-03-28");
    assert_eq!(json["sources"]["later"], serde_json::json!({ "branches": 1, "tags": 1 }));
    let row = json["releases"].as_array().unwrap().iter().find(|row| row["version"] == "31.0.0").unwrap();
    assert_eq!((&row["latest"], &row["declared_version"]), (&"v31.0.0".into(), &"31.0.0".into()));

    let text = status(&repo, WASMTIME, "2025-04-22", &[]);
    assert!(!text.contains("came later") && text.contains("v31.0.1 (2025-04-02)"), "{text}");
}

#[test]
fn each_command_says_what_its_date_means() {
    let fixture = Fixture::new("lone-package");
    let meanings = [
        ("branch", "The day of the cut, instead of today in UTC: `--if-due` asks about it"),
        ("bump", "The day that the notes get, instead of today in UTC"),
        ("rc", "The day that `{date}` stands for in messages"),
        ("release", "The day of the release, instead of today in UTC: the notes get it, and `--if-due` asks"),
        (
            "patch",
            "The day of the patch, instead of today in UTC: the notes get it, and `--supported` goes by it",
        ),
        ("notes", "The day that `{date}` stands for in messages"),
        ("tag", "The day that `--supported` goes by, and `{date}` in messages stands for"),
        (
            "status",
            "The day as of which all is told, instead of today in UTC: commits, branches and tags that came",
        ),
        (
            "schedule",
            "The day as of which it is told, instead of today in UTC: branches and tags that came later",
        ),
        (
            "mdbook",
            "The day as of which it is told, instead of today in UTC: branches and tags that came later",
        ),
        (
            "check",
            "The day that notes and support are held against, instead of today in UTC; with `--supported`",
        ),
        ("check-msrv", "The day whose stable Rust `msrv.behind-stable` counts back from"),
        ("backport", "The day that tells which branches are in support, instead of today in UTC"),
    ];
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for command in commands(&fixture) {
        let help = words(&fixture.run(&format!("help {command}")).out);
        let meaning = meanings.iter().find(|(name, _)| *name == command.as_str());
        assert_eq!(help.contains("--date"), meaning.is_some(), "{command}: {help}");
        if let Some((_, meaning)) = meaning {
            assert!(help.contains(&format!("--date <YYYY-MM-DD> {meaning}")), "{command}: {help}");
        }
    }
}

#[test]
fn of_many_branches_without_tags_each_is_counted_as_git_counts_it() {
    for is_merged in [false, true] {
        let mut stream = Stream { commands: Vec::new(), mark: 0 };
        let mut trunk = stream.commit("refs/heads/main", None, "2024-01-01", "1.0.0");
        for month in 1..=12 {
            let (branch, version) = (format!("refs/heads/release-{month}.0.0"), format!("{month}.0.0"));
            let mut tip = trunk;
            for day in 0..month {
                tip =
                    stream.commit(&branch, Some(tip), &format!("2024-{month:02}-{:02}", 10 + day), &version);
            }
            let next = format!("{}.0.0", month + 1);
            trunk = stream.commit("refs/heads/main", Some(trunk), &format!("2024-{month:02}-25"), &next);
            if is_merged && month == 6 {
                stream.merge(tip);
            }
        }
        let repo = stream.write();
        for (day, branches) in [("2025-01-01", 12), ("2024-09-20", 9), ("2024-06-30", 6)] {
            let json = status_json(&repo, "trunk = \"main\"\n", day);
            let rows: Vec<_> =
                json["releases"].as_array().unwrap().iter().filter(|row| row["branch"] != "main").collect();
            assert_eq!(rows.len(), branches, "on {day}: {json}");
            let before = format!("--before={day}T23:59:59Z");
            let tip = |branch: &str| repo.git(["rev-list", "-1", "--first-parent", &before, branch]);
            let not_on_trunk = format!("^{}", tip("main").trim());
            for row in rows {
                let branch = tip(row["branch"].as_str().unwrap());
                let count = repo.git(["rev-list", "--count", branch.trim(), &not_on_trunk]);
                assert_eq!(row["unreleased"].to_string(), count.trim(), "{} on {day}", row["branch"]);
            }
        }
    }
}
