//! What shows that a branch has a commit: lists, contents, titles, and what shows nothing.

use super::Train;

/// A train with a library of twelve lines, far apart, and release branches up to `last`.
fn train(last: u32) -> Train {
    let train = Train::new();
    let lines: Vec<String> = (1..=12).map(|number| format!("let line_{number} = {number};")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    train.commit("main", &[("src/lib.rs", &super::spaced(&lines))], "Write lines");
    train.cut_through(last);
    train
}

/// Fixes a line on `branch`, and returns the commit.
fn fix(train: &Train, branch: &str, line: u32, message: &str) -> String {
    train.change(
        branch,
        "src/lib.rs",
        &format!("_{line} = {line};"),
        &format!("_{line} = fixed({line});"),
        message,
    )
}

/// Makes the changes of several lines on `branch` in one commit.
fn batch(train: &Train, branch: &str, lines: &[u32], message: &str) -> String {
    train.git(&["switch", "-q", branch]);
    let change = |text: String, line: &u32| {
        text.replacen(&format!("_{line} = {line};"), &format!("_{line} = fixed({line});"), 1)
    };
    let text = lines.iter().fold(train.sandbox.read("src/lib.rs"), change);
    train.commit(branch, &[("src/lib.rs", &text)], message)
}

/// Returns how each of `commits` stands on each branch, newest first: the evidence, or else the state.
fn shown(train: &Train, commits: &[&String]) -> Vec<Vec<String>> {
    let names: Vec<&str> = commits.iter().map(|commit| commit.as_str()).collect();
    let found = train.json(&[&["--status"], names.as_slice()].concat());
    let word = |cell: &serde_json::Value| {
        let evidence = cell["evidence"].as_str().or(cell["state"].as_str());
        evidence.unwrap().to_owned()
    };
    let row = |row: &serde_json::Value| row["cells"].as_array().unwrap().iter().map(word).collect();
    found["backports"]["rows"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn a_combined_backport_contains_what_it_lists_as_far_as_its_changes_bear_it_out() {
    let train = train(3);
    let two = fix(&train, "main", 2, "Fix two (#12)");
    let four = fix(&train, "main", 4, "Fix four (#14)");
    let six = fix(&train, "main", 6, "Fix six (#16)");
    let all = [&two, &four, &six];
    batch(
        &train,
        "release-3.0.0",
        &[2, 4],
        "Backports (#20)\n\n* Fix two (#12)\n* Fix four (#14)\n* Fix six (#16)",
    );
    batch(&train, "release-2.0.0", &[2, 6], "Backport #12, #14 and #16 to release-2.0.0 (#21)");
    let trailers =
        format!("Several\n\n(cherry picked from commit {four})\n(cherry picked from commit {six})");
    batch(&train, "release-1.0.0", &[4, 6], &trailers);
    // What is changed further is told by the lists.
    for major in ["3", "2"] {
        let branch = format!("release-{major}.0.0");
        train.change(&branch, "src/lib.rs", "fixed(2)", "fixed(2, here)", "Go on");
    }
    let expected = [
        ["listed", "listed", "missing"],
        ["no-difference", "missing", "picked-from"],
        ["missing", "no-difference", "picked-from"],
    ];
    assert_eq!(shown(&train, &all), expected);
    let found = train.json(&["--status", "--all"]);
    let rows: Vec<&str> = found["backports"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["commit"].as_str().unwrap())
        .collect();
    assert!(all.iter().all(|commit| rows.contains(&commit.as_str())), "{found}");
}

#[test]
fn what_was_squashed_or_rewritten_is_found_by_its_content_and_since_when() {
    let train = train(2);
    let two = fix(&train, "main", 2, "Fix two");
    let nine = fix(&train, "main", 9, "Fix nine");
    train.change("release-2.0.0", "src/lib.rs", "let line_5", "let mut line_5", "Prepare");
    let by = batch(&train, "release-2.0.0", &[9, 2], "Be better");
    train.change("release-2.0.0", "src/lib.rs", "let line_7", "let mut line_7", "Go on");
    let found = train.json(&["--status", &two, &nine]);
    for row in found["backports"]["rows"].as_array().unwrap() {
        assert_eq!(row["cells"][0]["evidence"], "no-difference", "{found}");
        assert_eq!(row["cells"][0]["by"], *by, "{found}");
        assert_eq!(row["cells"][1]["state"], "missing", "{found}");
    }
    train.run(&[&two, &nine]).exits(0);
    assert_eq!(train.own("release-2.0.0").len(), 3, "what is there is not made again");
}

#[test]
fn the_names_of_the_projects_own_branches_are_no_part_of_a_title() {
    let train = train(5);
    for (old, new) in [
        ("release-5.0.0", "stable/5.0"),
        ("release-4.0.0", "stable/4.0"),
        ("release-3.0.0", "stable/3.0"),
        ("release-2.0.0", "stable/2.0"),
        ("release-1.0.0", "stable/1.0"),
    ] {
        train.git(&["branch", "--move", old, new]);
    }
    train.commit("main", &[("relprep.toml", "[names]\nbranch = \"stable/{short}\"\n")], "Name branches");
    let two = fix(&train, "main", 2, "Make it sound for main (#31)");
    // Each in words of its own, and all of them with one line that is the same.
    for (major, title) in [
        (5, "[stable/5.0] Make it sound (#32)"),
        (4, "stable/4.0: Make it sound"),
        (3, "Make it sound for release 3"),
        (2, "Make it sound (backport) (#35)"),
        (1, "Backport #31 to stable/1.0 (#36)"),
    ] {
        train.change(
            &format!("stable/{major}.0"),
            "src/lib.rs",
            "_2 = 2;",
            &format!("_2 = other({major});"),
            title,
        );
    }
    let expected = ["subject", "subject", "subject", "subject", "pull-request"];
    let found = &shown(&train, &[&two])[0];
    assert_eq!(found[..4], expected[..4]);
    assert!(["pull-request", "listed"].contains(&found[4].as_str()), "{found:?}");
    let mut lone = fix(&train, "main", 8, "Take [sic] care (of 1) for release");
    assert_eq!(shown(&train, &[&lone])[0], ["missing"; 5]);
    train.change("stable/5.0", "src/lib.rs", "_8 = 8;", "_8 = 88;", "Take [sic] care (of 2) for release");
    assert_eq!(shown(&train, &[&lone])[0][0], "missing");
    lone.clear();
}

#[test]
fn two_batches_of_one_vague_title_are_told_apart_by_their_content() {
    let train = train(3);
    let three = batch(&train, "release-3.0.0", &[1, 2], "Some more backports");
    batch(&train, "release-2.0.0", &[5, 6], "Some more backports");
    batch(&train, "release-1.0.0", &[1, 2], "Some more backports (#9)");
    let found = shown(&train, &[&three]);
    assert_eq!(found[0], ["ancestry", "missing", "patch-id"]);
}

#[test]
fn an_origin_that_is_on_no_branch_says_nothing_and_hides_nothing() {
    let train = train(2);
    let two = fix(&train, "main", 2, "Fix two (#12)");
    let lost = "0123456789abcdef0123456789abcdef01234567";
    let picked = format!("Fix two (#12) (#20)\n\n(cherry picked from commit {lost})");
    train.change("release-2.0.0", "src/lib.rs", "_2 = 2;", "_2 = other(2);", &picked);
    let other = format!("Fix seven\n\n(cherry picked from commit {lost})");
    fix(&train, "release-1.0.0", 7, &other);
    assert_eq!(shown(&train, &[&two])[0], ["pull-request", "missing"]);
    let tip = train.git(&["rev-parse", "release-2.0.0"]).trim().to_owned();
    assert_eq!(shown(&train, &[&tip])[0], ["ancestry", "missing"]);
}

#[test]
fn a_commit_that_only_mentions_an_advisory_is_no_fix_of_it() {
    let train = train(2);
    let two = fix(&train, "main", 2, "Fix two\n\nCVE-2024-12345");
    train.change("release-2.0.0", "RELEASES.md", "Unreleased", "Soon", "Write of CVE-2024-12345");
    fix(&train, "release-1.0.0", 9, "Fix nine, unlike CVE-2024-12345");
    assert_eq!(shown(&train, &[&two])[0], ["missing", "missing"]);
}

#[test]
fn what_takes_away_what_was_never_there_is_not_needed() {
    let train = train(1);
    train.change("main", "src/lib.rs", "let line_3 = 3;", "let line_3 = 3;\nlet debug = true;", "Debug");
    let clean = train.change("main", "src/lib.rs", "let debug = true;\n", "", "Debug no more");
    assert_eq!(shown(&train, &[&clean])[0], ["not-needed"]);
}

#[test]
fn a_title_may_name_several_pull_requests_in_any_words() {
    let train = train(4);
    let two = fix(&train, "main", 2, "Fix two (#12)");
    let four = fix(&train, "main", 4, "Fix four (#14)");
    let six = fix(&train, "main", 6, "Fix six (#16)");
    let all = [&two, &four, &six];
    batch(&train, "release-4.0.0", &[2, 4], "Cherry pick #12, #14 and #16 to 4.0 (#20)");
    batch(&train, "release-3.0.0", &[2, 4], "Fix two (#12) and what it needs (#14) (#21)");
    batch(&train, "release-2.0.0", &[2, 6], "Fix two (#12, #14, #16) (#22)");
    batch(&train, "release-1.0.0", &[2, 4], "Fix four (#12) (#14) (#23)");
    for major in 1..=4 {
        let branch = format!("release-{major}.0.0");
        train.change(&branch, "src/lib.rs", "fixed(2)", "fixed(2, here)", "Go on");
    }
    let expected = [
        ["listed", "pull-request", "listed", "pull-request"],
        ["no-difference", "no-difference", "missing", "no-difference"],
        ["missing", "missing", "no-difference", "missing"],
    ];
    assert_eq!(shown(&train, &all), expected);
}

#[test]
fn what_one_of_a_list_makes_of_another_is_told_by_the_outcome() {
    let train = train(1);
    let steps = "let a = step();\nlet b = step_of(a);\nlet c = step_of(b);\nlet line_2 = c;";
    train.change("main", "src/lib.rs", "let line_2 = 2;", steps, "Check two (#12)");
    let second = train.change("main", "src/lib.rs", steps, "let line_2 = steps();", "Do it in one (#13)");
    let list = "Backports (#20)\n\n* #12\n* #13";
    train.change("release-1.0.0", "src/lib.rs", "let line_2 = 2;", "let line_2 = steps();", list);
    train.change("release-1.0.0", "src/lib.rs", "= steps();", "= steps(1);", "Go on");
    assert_eq!(shown(&train, &[&second]), [["listed"]]);
}

#[test]
fn a_backport_of_a_lock_file_alone_is_known_by_it() {
    let train = train(1);
    let lock = |more: &str| format!("# generated\nversion = 4\n{more}");
    train.commit("main", &[("Cargo.lock", &lock("a = 1\n"))], "Lock");
    let update = train.commit("main", &[("Cargo.lock", &lock("a = 2\n"))], "Update dependencies (#12)");
    let other = lock("a = 2\nb = 7\n");
    let message = "Update dependencies (#12) (#20)\n\nCherry pick of #12";
    train.commit("release-1.0.0", &[("Cargo.lock", &other)], message);
    assert_eq!(shown(&train, &[&update]), [["pull-request"]]);
}

#[test]
fn the_notes_of_a_package_tell_no_change_from_another() {
    let train = train(1);
    train.commit("main", &[("relprep.toml", "[notes]\nper-package = \"HISTORY.md\"\n")], "Keep a history");
    let change = |branch: &str, entry: &str, message: &str| {
        train.git(&["switch", "-q", branch]);
        let text = train.sandbox.read("src/lib.rs").replacen("_2 = 2;", "_2 = fixed(2);", 1);
        train.commit(branch, &[("src/lib.rs", text.as_str()), ("HISTORY.md", entry)], message)
    };
    let fix = change("main", "# 2.0.1\n\nTwo is fixed.\n", "Fix two");
    change("release-1.0.0", "# 1.0.1\n\nTwo is fixed here, too.\n", "Be better");
    assert_eq!(shown(&train, &[&fix]), [["no-difference"]]);
}
