//! What was fetched, and what is unchecked without it.

use std::collections::BTreeSet;

use relprep::rule;

use super::{check, edit, released};
use crate::checking::{Run, clone_history, configuration, relprep, relprep_with};
use crate::support::Sandbox;

#[test]
fn every_rule_is_listed() {
    let sandbox = Sandbox::new();
    let shown = relprep(&sandbox, &["check", "--list"]).exits(0);
    assert!(shown.starts_with("branch-version (error)\n  A release branch holds"), "{shown}");
    let run = relprep(&sandbox, &["check", "--list", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let listed: Vec<&str> =
        document["rules"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    assert_eq!(listed, rule::CHECKED.iter().map(|rule| rule.name).collect::<Vec<_>>());
}

#[test]
fn a_shallow_checkout_without_tags_passes_nothing_silently() {
    let upstream = released();
    let sandbox = Sandbox::bare_ground();
    let url = format!("file://{}", upstream.root().display());
    let mut clone = sandbox.command("git");
    clone.current_dir(sandbox.dir()).args(["clone", "--quiet", "--depth", "1", "--no-tags"]);
    clone.args(["--branch", "release-1.0.0", &url, "repo"]);
    assert!(clone.status().unwrap().success());
    let found = check(&sandbox, &[]).findings();
    assert_eq!(found, ["note not-fetched", "error msrv-baseline"]);
}

/// Fetches as little of `upstream` as a pull request's checkout does, and checks its commit out.
fn fetched_alone(upstream: &Sandbox, branch: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let url = format!("file://{}", upstream.root().display());
    sandbox.git(["remote", "add", "origin", &url]);
    sandbox.git(["fetch", "--quiet", "--no-tags", "--depth=1", "origin", branch]);
    sandbox.git(["checkout", "--quiet", "--detach", "FETCH_HEAD"]);
    sandbox
}

/// Runs the commands that a remedy names.
fn run_remedy(sandbox: &Sandbox, run: &Run) {
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let findings = document["report"]["findings"].as_array().unwrap();
    let remedies = findings.iter().filter_map(|finding| finding["remedy"].as_str());
    let command = remedies.filter_map(|remedy| remedy.split('`').nth(1)).find(|it| it.contains("git fetch"));
    let output = sandbox.command("sh").args(["-c", command.unwrap()]).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The line at 1.0.1, whose archive lacks a branch, and whose next commit is a pull request's.
fn patched() -> Sandbox {
    let sandbox = released();
    for path in ["Cargo.toml", "members/app/Cargo.toml", "version.h", "Cargo.lock"] {
        let text = sandbox.read(path);
        sandbox.write(path, text.replace("1.0.0", "1.0.1"));
    }
    edit(&sandbox, "RELEASES.md", "## 1.0.0", "## 1.0.1\n\nReleased 2024-05-20.\n\n## 1.0.0");
    edit(&sandbox, "RELEASES.md", "* [0.9.x](../release-0.9.0/RELEASES.md)\n", "");
    sandbox.commit_all("Release 1.0.1");
    sandbox.git(["tag", "v1.0.1"]);
    sandbox.commit_all("Merge a pull request");
    sandbox
}

#[test]
fn what_was_not_fetched_is_unchecked_and_neither_wrong_nor_right() {
    let upstream = patched();
    let sandbox = fetched_alone(&upstream, "release-1.0.0");
    sandbox.git(["fetch", "--quiet", "--depth=1", "origin", "tag", "v1.0.0"]);
    let args = ["check", "--format", "json", "--date", "2024-06-01"];
    let pull_request = [("GITHUB_ACTIONS", "true"), ("GITHUB_BASE_REF", "release-1.0.0")];
    let run = || relprep_with(&sandbox, &args, &pull_request);
    let before = run();
    assert_eq!(before.findings(), ["note not-fetched"], "{}", before.out);
    assert!(before.out.contains("this clone is shallow"), "{}", before.out);
    run_remedy(&sandbox, &before);
    assert_eq!(run().findings(), ["warning tag-version", "error notes-archive"]);
}

#[test]
fn a_clone_without_tags_or_other_branches_is_told_apart_from_a_whole_one() {
    let upstream = patched();
    let url = format!("file://{}", upstream.root().display());
    for (option, sign) in [("--no-tags", "no tags of origin"), ("--single-branch", "some branches of origin")]
    {
        let sandbox = Sandbox::bare_ground();
        let mut clone = sandbox.command("git");
        clone.current_dir(sandbox.dir()).args(["clone", "--quiet", option, "--branch", "release-1.0.0"]);
        assert!(clone.args([&url, "repo"]).status().unwrap().success());
        let run = check(&sandbox, &["--date", "2024-06-01"]);
        assert!(run.findings().contains(&"note not-fetched".to_owned()), "{option}: {}", run.out);
        assert!(!run.findings().contains(&"error notes-state".to_owned()), "{option}: {}", run.out);
        assert!(run.out.contains(sign), "{option}: {}", run.out);
        run_remedy(&sandbox, &run);
        let after = check(&sandbox, &["--date", "2024-06-01"]).findings();
        assert_eq!(after, ["warning tag-version", "error notes-archive"], "{option}");
    }
}

#[test]
fn a_trunk_that_was_fetched_alone_is_the_trunk_whatever_its_usual_name() {
    let upstream = released();
    upstream.git(["branch", "--move", "main", "master"]);
    let sandbox = fetched_alone(&upstream, "master");
    sandbox.git(["update-ref", "-d", "refs/remotes/origin/master"]);
    let pull_request = [("GITHUB_ACTIONS", "true"), ("GITHUB_BASE_REF", "master")];
    let run = relprep_with(&sandbox, &["check-msrv", "--date", "2024-05-20"], &pull_request);
    assert!(run.exits(0).contains("this is the trunk"));
}

/// Every finding on every tag of the recorded history is a true defect of that day's tree.
///
/// - The recorded tree was reduced to what preparing a release reads: the READMEs and licence files
///   that its manifests name are not in it.
/// - 30.0.2 took the dependency `arbitrary` out of `cranelift-codegen`.
/// - 32.0.1 was released four days after the end of its line's support.
/// - The notes of 40.0.0 were dated on the 20th, a Saturday; it was tagged on the Monday.
#[test]
fn every_finding_on_the_tags_of_the_recorded_history_is_a_true_defect() {
    let Some(sandbox) = clone_history() else { return };
    let tags = sandbox.git([
        "for-each-ref",
        "--sort=version:refname",
        "--format=%(refname:short) %(creatordate:short)",
        "refs/tags",
    ]);
    for tag in tags.lines() {
        sandbox.git(["tag", "--delete", tag.split(' ').next().unwrap()]);
    }
    for (tag, day) in tags.lines().filter_map(|line| line.split_once(' ')) {
        // Only what was tagged before is known that day.
        let commit = sandbox.git(["ls-remote", "--tags", "origin", tag]);
        sandbox.git(["tag", tag, commit.split('\t').next().unwrap()]);
        sandbox.git(["checkout", "--quiet", "--force", "--detach", tag]);
        let major = tag[1..].split('.').next().unwrap().parse().unwrap();
        let branch = format!("release-{major}.0.0");
        let config = configuration(major);
        let args = ["check", "--config", &config, "--branch", &branch, "--date", day, "--format", "json"];
        let run = relprep(&sandbox, &args);
        let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let found = document["report"]["findings"].as_array().unwrap_or_else(|| panic!("{tag}: {document}"));
        let wrong: BTreeSet<String> = found
            .iter()
            .filter(|finding| finding["severity"] != "note")
            .map(|finding| {
                format!("{}: {}", finding["rule"].as_str().unwrap(), finding["message"].as_str().unwrap())
            })
            .filter(|finding| {
                !(finding.contains("has no README at") || finding.contains("has no licence file at"))
            })
            .collect();
        let mut expected = BTreeSet::new();
        if tag == "v40.0.0" {
            let date =
                "release-date: the section for 40.0.0 is dated 2025-12-20, and v40.0.0 is of 2025-12-22";
            expected.insert(date.to_owned());
        }
        if tag == "v30.0.2" {
            let gone =
                "dependency-held: `cranelift-codegen` does not require `arbitrary` any more, as v30.0.0 did";
            expected.insert(gone.to_owned());
        }
        if tag == "v32.0.1" {
            let support = "support: the line of 32.0.0 was supported until 2025-06-20, and it is 2025-06-24";
            expected.insert(support.to_owned());
        }
        assert_eq!(wrong, expected, "{tag}");
    }
}
