//! Repositories that do not have all of the history.

use std::path::PathBuf;

use super::Train;

/// Clones the newest `depth` commits of each branch, and returns the folder.
fn clone(train: &Train, depth: &str) -> PathBuf {
    let folder = train.sandbox.dir().join(format!("clone-{depth}"));
    let url = format!("file://{}", train.sandbox.root().display());
    let depth = format!("--depth={depth}");
    train.git(&["clone", "-q", &depth, "--no-single-branch", &url, &folder.to_string_lossy()]);
    folder
}

#[test]
fn where_history_is_cut_off_nothing_passes_and_the_remedy_is_named() {
    let train = Train::new();
    train.cut_through(2);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    train.run(&[&fix, "--to", "2.0"]).exits(0);
    let shallow = clone(&train, "1");
    for args in [&["--status"][..], &["--status", "HEAD"], &["HEAD", "-n"], &["HEAD", "--resolve", "1.0"]] {
        let text = train.run_in(&shallow, args).exits(1);
        assert!(text.contains("error[shallow-clone]") && text.contains("git fetch --unshallow"), "{text}");
    }
    let text = train.run_in(&shallow, &["--advisory", "CVE-2024-12345", "HEAD"]).exits(1);
    assert!(text.contains("error[shallow-clone]"), "{text}");
    train.git(&["-C", &shallow.to_string_lossy(), "fetch", "-q", "--unshallow"]);
    let text = train.run_in(&shallow, &["--status"]).exits(1);
    assert!(text.contains("MISSING") && text.contains("Fix two"), "{text}");
}

#[test]
fn a_shallow_clone_that_reaches_behind_the_cuts_is_enough() {
    let train = Train::new();
    train.cut_through(1);
    for number in 1..=4 {
        train.commit("main", &[("work", &number.to_string())], "Work on");
    }
    train.cut_through(3);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    train.run(&[&fix, "--to", "3.0"]).exits(0);
    // The trunk: the fix, the bump to 4.0.0, where release-3.0.0 was cut, where release-2.0.0 was.
    let clone = clone(&train, "4");
    assert!(clone.join(".git/shallow").exists());
    assert!(train.run_in(&clone, &["--status", "--to", "[23].0"]).exits(1).contains("MISSING"));
    train.run_in(&clone, &["HEAD", "-n", "--to", "[23].0"]).exits(0);
    assert!(train.run_in(&clone, &["--status"]).exits(1).contains("error[shallow-clone]"));
}

#[test]
fn a_branch_in_support_that_is_not_here_is_missed() {
    let train = Train::new();
    let schedule =
        "[schedule]\nanchor = { version = '1.0.0', release = '2024-05-20' }\nsupport-months = 12\n";
    train.commit("main", &[("relprep.toml", schedule)], "Configure");
    train.cut_through(3);
    for major in 1..=3 {
        train.git(&["tag", &format!("v{major}.0.0"), &format!("release-{major}.0.0")]);
    }
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let day = ["--date", "2024-05-21"];
    train.git(&["branch", "-m", "release-2.0.0", "elsewhere"]);
    let text = train.run(&[&["--status"], &day[..]].concat()).exits(1);
    assert!(text.contains("error[no-branch]: release-2.0.0 is in support, and it is not here"), "{text}");
    let text = train.run(&[&[fix.as_str()], &day[..]].concat()).exits(1);
    assert!(text.contains("error[no-branch]: release-2.0.0"), "{text}");
    assert_eq!(train.own("release-3.0.0"), ["Fix two"], "{text}");
    train.run(&[&["--status", "--to", "[13].0"], &day[..]].concat()).exits(0);
    train.git(&["branch", "-m", "elsewhere", "release-2.0.0"]);
    train.run(&[&[fix.as_str()], &day[..]].concat()).exits(0);
    train.run(&[&["--status"], &day[..]].concat()).exits(0);
}
