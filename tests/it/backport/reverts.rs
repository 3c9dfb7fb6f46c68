//! What was taken back, on the trunk or on a branch.

use super::Train;

/// Returns the cells of the row of `commit`: the state of each branch, newest first.
fn states(matrix: &serde_json::Value, commit: &str) -> Vec<String> {
    let rows = matrix["backports"]["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["commit"] == commit).unwrap_or_else(|| panic!("{matrix}"));
    let state = |cell: &serde_json::Value| cell["state"].as_str().unwrap().to_owned();
    row["cells"].as_array().unwrap().iter().map(state).collect()
}

/// Reverts the tip of `branch`, with `message` if one is given; the trunk is checked out afterwards.
fn revert(train: &Train, branch: &str, options: &[&str], message: Option<&str>) -> String {
    train.git(&["switch", "-q", branch]);
    train.git(&[&["revert", "--no-edit"], options, &["HEAD"]].concat());
    if let Some(message) = message {
        train.git(&["commit", "-q", "--amend", "-m", message]);
    }
    let commit = train.sandbox.rev("HEAD");
    train.git(&["switch", "-q", "main"]);
    commit
}

#[test]
fn a_revert_that_went_to_one_branch_is_missing_where_what_it_takes_back_is() {
    let train = Train::new();
    train.cut_through(1);
    let bad = train.change("main", "src/lib.rs", "// two", "// fast and wrong", "Be fast (#7)");
    train.cut_through(4);
    train.git(&["revert", "--no-edit", &bad]);
    let revert = train.sandbox.rev("HEAD");
    train.run(&[&revert, "--to", "4.0"]).exits(0);
    let found = train.json(&["--status"]);
    assert_eq!(states(&found, &revert), ["contained", "missing", "missing", "not-needed"]);
    assert!(train.run(&["--status"]).exits(1).contains("no need"));
    train.run(&[&revert, "--to", "[23].0"]).exits(0);
    train.run(&["--status"]).exits(0);
}

#[test]
fn what_the_trunk_took_back_is_not_asked_for_and_its_revert_is() {
    let train = Train::new();
    train.cut_through(3);
    let bad = train.change("main", "src/lib.rs", "// two", "// fast and wrong", "Be fast (#7)");
    train.run(&[&bad, "--to", "[23].0"]).exits(0);
    let revert = revert(&train, "main", &[], None);
    train.run(&[&revert, "--to", "3.0"]).exits(0);
    let found = train.json(&["--status"]);
    assert_eq!(found["backports"]["rows"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(states(&found, &revert), ["contained", "still-there", "not-needed"]);
}

#[test]
fn a_backport_whose_merge_was_reverted_is_not_there() {
    let train = Train::new();
    train.cut_through(1);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    train.git(&["switch", "-q", "-c", "topic", "release-1.0.0"]);
    train.git(&["cherry-pick", "-x", &fix]);
    train.git(&["switch", "-q", "release-1.0.0"]);
    train.git(&["merge", "-q", "--no-ff", "-m", "Merge pull request #8 from a/topic", "topic"]);
    let merged = train.sandbox.rev("HEAD");
    for message in [None, Some("Revert \"Fix two\" (#9)\n\nReverts org/repo#8")] {
        revert(&train, "release-1.0.0", &["-m", "1"], message);
        assert_eq!(states(&train.json(&["--status", &fix]), &fix), ["missing"]);
        assert!(train.run(&[&fix, "-n"]).exits(0).contains("release-1.0.0  clean"));
        let again = revert(&train, "release-1.0.0", &[], None);
        assert_eq!(states(&train.json(&["--status", &fix]), &fix), ["contained"], "after {again}");
        train.git(&["branch", "-f", "release-1.0.0", &merged]);
    }
}

#[test]
fn a_branch_merged_into_the_trunk_and_a_release_branch_can_be_taken_back_there() {
    let train = Train::new();
    train.git(&["switch", "-q", "-c", "topic"]);
    train.git(&["switch", "-q", "main"]);
    train.cut_through(1);
    let fix = train.change("topic", "src/lib.rs", "// two", "// fixed", "Fix two");
    for branch in ["release-1.0.0", "main"] {
        train.git(&["switch", "-q", branch]);
        train.git(&["merge", "-q", "--no-ff", "-m", "Merge topic", "topic"]);
    }
    assert_eq!(states(&train.json(&["--status", &fix]), &fix), ["contained"]);
    revert(&train, "release-1.0.0", &["-m", "1"], None);
    assert_eq!(states(&train.json(&["--status", &fix]), &fix), ["missing"]);
}

#[test]
fn a_backport_reverted_in_the_words_of_a_forge_is_not_there() {
    let train = Train::new();
    train.cut_through(1);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    train.run(&[&fix]).exits(0);
    let words = "Revert \"Fix two (#7)\" (#9)\n\nReverts org/repo#7";
    revert(&train, "release-1.0.0", &[], Some(words));
    assert_eq!(states(&train.json(&["--status", &fix]), &fix), ["missing"]);
    let words = "Revert \"Revert \"Fix two (#7)\"\" (#10)\n\nReverts org/repo#9";
    revert(&train, "release-1.0.0", &[], Some(words));
    assert_eq!(states(&train.json(&["--status", &fix]), &fix), ["contained"]);
}

#[test]
fn the_order_in_which_commits_are_named_does_not_count() {
    let train = Train::new();
    train.cut_through(2);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    revert(&train, "main", &[], None);
    let again = revert(&train, "main", &[], None);
    train.run(&[&fix]).exits(0);
    for commits in [[&fix, &again], [&again, &fix]] {
        let found = train.json(&["--status", commits[0], commits[1]]);
        assert_eq!(states(&found, &fix), ["contained", "contained"], "{found}");
        assert_eq!(found["backports"]["rows"][0]["commit"], *commits[0]);
        assert_eq!(states(&found, &again), ["not-needed", "not-needed"], "{found}");
    }
}

#[test]
fn what_the_trunk_took_back_is_a_finding_where_it_was_backported_and_flagged_where_it_was_not() {
    let train = Train::new();
    train.cut_through(2);
    let bad = train.change("main", "src/lib.rs", "// two", "// fast and wrong", "Be fast (#7)");
    train.run(&[&bad, "--to", "2.0"]).exits(0);
    let back = revert(&train, "main", &[], Some("Revert \"Be fast\" (#8)\n\nReverts org/repo#7"));
    let found = train.json(&["--status", &bad]);
    assert_eq!(states(&found, &bad), ["still-there", "taken-back"], "{found}");
    assert_eq!(found["backports"]["rows"][0]["cells"][0]["taken_back_in"], *back);
    let text = train.run(&["--status"]).exits(1);
    assert!(text.contains(&format!("the trunk took it back in {}", &back[..10])), "{text}");
    let text = train.run(&[&bad]).exits(1);
    assert!(text.contains("clean, but flagged") && text.contains("was taken back by the trunk"), "{text}");
    train.run(&[&bad, &back]).exits(0);
    let again = revert(&train, "main", &[], None);
    assert_eq!(states(&train.json(&["--status", &bad]), &bad), ["missing", "missing"], "{again}");
}
