//! `--resolve`: the printed commands are run as printed.

use std::path::PathBuf;

use super::{Ran, Train};

/// Makes a conflict on `release-1.0.0`, and returns the commit.
fn conflict(train: &Train) -> String {
    train.cut_through(1);
    train.change("release-1.0.0", "src/lib.rs", "// two", "// other", "Go another way");
    train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two")
}

fn folder(ran: &Ran) -> PathBuf {
    let text = String::from_utf8(ran.0.stdout.clone()).unwrap();
    PathBuf::from(text.lines().next().unwrap().split_once(" waits in ").unwrap().1)
}

/// Resolves the conflict in the work tree and runs the commands that finish.
fn finish(train: &Train, ran: &Ran) {
    let lib = folder(ran).join("src/lib.rs");
    let text = std::fs::read_to_string(&lib).unwrap();
    assert!(text.contains("<<<<<<<"), "{text}");
    std::fs::write(lib, "// both\n").unwrap();
    for command in ran.commands("Finish") {
        let output = train.shell(&command);
        assert!(output.status.success(), "{command}: {output:?}");
    }
    assert!(!folder(ran).exists());
}

#[test]
fn a_conflict_is_finished_with_the_commands_that_were_printed() {
    let train = Train::new();
    let fix = conflict(&train);
    let ran = train.run(&[&fix, "--resolve", "release-1.0.0", "--signoff"]);
    ran.exits(0);
    finish(&train, &ran);
    assert_eq!(train.own("release-1.0.0"), ["Fix two", "Go another way"]);
    assert_eq!(train.file("release-1.0.0", "src/lib.rs"), "// both");
    let message = train.git(&["show", "-s", "--format=%B", "release-1.0.0"]);
    let lines = format!("(cherry picked from commit {fix})\nSigned-off-by: Ann Other <ann@example.org>");
    assert!(message.contains(&lines), "{message}");
    assert_eq!(
        train.json(&["--status", &fix])["backports"]["rows"][0]["cells"][0]["evidence"],
        "picked-from"
    );
}

#[test]
fn a_conflict_is_abandoned_without_a_trace() {
    let train = Train::new();
    let fix = conflict(&train);
    let state =
        || (train.git(&["for-each-ref"]), train.git(&["worktree", "list"]), train.git(&["status", "-s"]));
    let before = state();
    for release_in_use in [false, true] {
        train.git(&["switch", "-q", if release_in_use { "release-1.0.0" } else { "main" }]);
        let before = if release_in_use { state() } else { before.clone() };
        let ran = train.run(&[&fix, "--resolve", "1.0"]);
        ran.exits(0);
        for command in ran.commands("Abandon") {
            let output = train.shell(&command);
            assert!(output.status.success(), "{command}: {output:?}");
        }
        assert_eq!(state(), before);
        assert!(!folder(&ran).exists());
    }
}

#[test]
fn markers_that_are_left_stop_the_commands() {
    let train = Train::new();
    let fix = conflict(&train);
    let before = train.sandbox.rev("release-1.0.0");
    let ran = train.run(&[&fix, "--resolve", "release-1.0.0"]);
    let first_two: Vec<bool> =
        ran.commands("Finish").iter().take(2).map(|command| train.shell(command).status.success()).collect();
    assert_eq!(first_two, [true, false]);
    assert_eq!(train.sandbox.rev("release-1.0.0"), before);
}

#[test]
fn a_release_branch_in_use_gets_the_commit_by_fast_forward() {
    let train = Train::new();
    let fix = conflict(&train);
    train.git(&["switch", "-q", "release-1.0.0"]);
    let ran = train.run(&[&fix, "--resolve", "release-1.0.0", "--worktree", "../by hand"]);
    ran.exits(0);
    finish(&train, &ran);
    assert_eq!(train.own("release-1.0.0"), ["Fix two", "Go another way"]);
    assert_eq!(train.sandbox.read("src/lib.rs"), "// both\n");
    assert_eq!(train.git(&["branch", "--list", "backport/*"]), "");
}

#[test]
fn several_commits_go_on_after_the_conflict() {
    let train = Train::new();
    conflict(&train);
    train.change("main", "src/lib.rs", "// three", "// 3", "Fix three");
    train.commit("main", &[("new.rs", "new\n")], "Add new");
    let ran = train.run(&["main~1", "main~2", "main", "--resolve", "release-1.0.0"]);
    ran.exits(0);
    let lib = folder(&ran).join("src/lib.rs");
    let text = std::fs::read_to_string(&lib).unwrap();
    let (ours, rest) = text.split_once("<<<<<<<").unwrap();
    let rest = rest.split_once(">>>>>>>").unwrap().1.split_once('\n').unwrap().1;
    std::fs::write(lib, format!("{ours}// both\n{rest}")).unwrap();
    for command in ran.commands("Finish") {
        let output = train.shell(&command);
        assert!(output.status.success(), "{command}: {output:?}");
    }
    assert_eq!(train.own("release-1.0.0"), ["Add new", "Fix two", "Fix three", "Go another way"]);
}

#[test]
fn where_nothing_conflicts_no_work_tree_is_made() {
    let train = Train::new();
    train.cut_through(1);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let text = train.run(&[&fix, "--resolve", "release-1.0.0"]).exits(1);
    assert!(text.contains("nothing conflicts on release-1.0.0"), "{text}");
    assert_eq!(train.git(&["worktree", "list"]).lines().count(), 1);
}

#[test]
fn a_pick_that_is_cut_short_is_not_a_conflict() {
    let train = Train::new();
    conflict(&train);
    train.commit("main", &[("new.rs", "new\n")], "Add new");
    train.git(&["switch", "-q", "--detach"]);
    let state = || [train.git(&["for-each-ref"]), train.git(&["worktree", "list"])];
    let before = state();
    // The first commit applies; git stops, or is stopped, before it is made.
    for (hook, said) in [
        ("kill -KILL $PPID", "SIGKILL"),
        ("kill -TERM $PPID", "SIGTERM"),
        ("echo Not me >&2; exit 1", "Not me"),
    ] {
        let hook = train.sandbox.hook("prepare-commit-msg", hook);
        let text = train.run(&["main", "main~1", "--resolve", "release-1.0.0"]).exits(1);
        std::fs::remove_file(hook).unwrap();
        assert!(text.contains("`git cherry-pick` failed") && text.contains(said), "{text}");
        assert_eq!(state(), before, "{said}");
    }
    train.run(&["main", "main~1", "--resolve", "release-1.0.0"]).exits(0);
}

#[test]
fn a_conflict_that_git_resolves_from_memory_is_handed_over() {
    let train = Train::new();
    let fix = conflict(&train);
    train.git(&["config", "rerere.enabled", "true"]);
    train.git(&["config", "rerere.autoUpdate", "true"]);
    train.change("release-1.0.0", "src/lib.rs", "// three", "// third", "Go further");
    let before = train.sandbox.rev("release-1.0.0");
    finish(&train, &train.run(&[&fix, "--resolve", "release-1.0.0"]));
    train.git(&["branch", "--force", "release-1.0.0", &before]);
    let other = train.change("main", "src/lib.rs", "// three", "// 3", "Fix three");
    let ran = train.run(&[&fix, &other, "--resolve", "release-1.0.0"]);
    ran.exits(0);
    let folder = folder(&ran);
    assert_eq!(std::fs::read_to_string(folder.join("src/lib.rs")).unwrap(), "// both\n");
    let picked = train.git(&["-C", folder.to_str().unwrap(), "rev-parse", "CHERRY_PICK_HEAD"]);
    assert_eq!(picked, fix);
}
