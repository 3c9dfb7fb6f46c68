//! What was there on a day of the past, and what `--date` means to each command.

use super::{Stream, WASMTIME, status, status_json};
use crate::fixture::Fixture;

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
    assert_eq!((&row["latest"], &row["declared-version"]), (&"v31.0.0".into(), &"31.0.0".into()));

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
    let help = fixture.run("--help").out;
    for command in help.lines().filter_map(|line| line.strip_prefix("  ")?.split("  ").next()) {
        let help = words(&fixture.run(&format!("help {command}")).out);
        let meaning = meanings.iter().find(|(name, _)| *name == command);
        assert_eq!(help.contains("--date"), meaning.is_some(), "{command}: {help}");
        if let Some((_, meaning)) = meaning {
            assert!(help.contains(&format!("--date <YYYY-MM-DD> {meaning}")), "{command}: {help}");
        }
    }
}
