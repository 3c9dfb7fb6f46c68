//! `--status`.

use super::Train;

fn cell(row: &serde_json::Value, at: usize) -> String {
    let cell = &row["cells"][at];
    let word = |key: &str| cell[key].as_str().map(str::to_owned);
    word("evidence").or_else(|| word("status")).or_else(|| word("state")).unwrap()
}

#[test]
fn each_kind_of_evidence_is_found_and_ranked() {
    let train = Train::new();
    train.cut_through(6);
    let message = "Fix two (#7)\n\nCloses GHSA-aaaa-bbbb-cccc.";
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", message);
    train.git(&["branch", "release-7.0.0"]);
    let on = |major: u32, to: &str, message: &str| {
        train.change(&format!("release-{major}.0.0"), "src/lib.rs", "// two", to, message)
    };
    on(6, "// otherwise", &format!("Fix 2\n\n(cherry picked from commit {fix})"));
    on(5, "// fixed", "Something else");
    on(4, "// otherwise", "Fix two, here (#7) (#12)");
    on(3, "// otherwise", "[3.0.0] Fix two (#13)");
    on(2, "// otherwise", "Be safe\n\nghsa-AAAA-bbbb-cccc");
    let ran = train.run(&["--status", &fix]);
    let text = ran.exits(1);
    let words = ["ancestor", "picked", "patch", "pull", "subject", "advisory", "MISSING"];
    let line = text.lines().find(|line| line.starts_with(&fix[..10])).unwrap();
    assert_eq!(line.split_whitespace().skip(1).take(7).collect::<Vec<_>>(), words, "{text}");
    let row = train.json(&["--status", &fix])["backports"]["rows"][0].clone();
    let found: Vec<String> = (0..7).map(|at| cell(&row, at)).collect();
    let expected = ["ancestry", "picked-from", "patch-id", "pull-request", "subject", "advisory", "missing"];
    assert_eq!(found, expected);
    train.run(&["--status", &fix, "--except", "1.0=end of life"]).exits(0);
}

#[test]
fn statements_override_with_their_reasons() {
    let train = Train::new();
    train.cut_through(3);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let statement = |status: &str, branch: &str| {
        format!(
            "[[statement]]\ncommit = '{}'\nbranches = ['release-{branch}.*']\nstatus = '{status}'\nreason = 'because of {branch}'\n",
            &fix[..12]
        )
    };
    let all =
        [statement("contained", "3"), statement("not-affected", "2"), statement("wont-fix", "1")].concat();
    train.commit("main", &[("relprep-backports.toml", &all)], "State it");
    let text = train.run(&["--status", &fix]).exits(0);
    assert!(text.contains("not affected: because of 2"), "{text}");
    let text = train.run(&[&fix]).exits(0);
    assert!(text.contains("won't fix (because of 1)") && text.contains("already there (stated"), "{text}");
    assert_eq!(train.own("release-2.0.0"), [""; 0]);
    train.commit("main", &[("relprep-backports.toml", "[[statement]]\ncommit = 'x'\n")], "State badly");
    assert!(train.run(&["--status", &fix]).exits(1).contains("relprep-backports.toml:2:10"));
}

#[test]
fn statements_name_branches_as_targets_are_named_and_those_that_fit_nothing_are_told() {
    let train = Train::new();
    train.cut_through(2);
    train.git(&["tag", "v2.0.0", "release-2.0.0"]);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let statement = |commit: &str, branch: &str| {
        let rest = "status = 'not-affected'\nreason = 'no such code'\n";
        format!("[[statement]]\ncommit = '{commit}'\nbranches = ['{branch}']\n{rest}")
    };
    let all = [statement(&fix, "1.0"), statement(&fix, "9.9"), statement("0123456789", "2.0.0")].concat();
    train.commit("main", &[("relprep-backports.toml", &all)], "State it");
    let text = train.run(&["--status", &fix]).exits(1);
    assert!(text.contains("n/a") && text.matches("MISSING").count() == 1, "{text}");
    assert!(text.contains("`9.9` of statement 2 fits no release branch"), "{text}");
    assert!(text.contains("the commit 0123456789 of statement 3 is not here"), "{text}");
    assert_eq!(text.matches("warning[statements]").count(), 2, "{text}");
    train.git(&["branch", "-D", "release-2.0.0"]);
    let text = train.run(&["--status", &fix]).exits(0);
    assert_eq!(text.matches("warning[statements]").count(), 2, "a release whose branch is gone: {text}");
}

#[test]
fn a_statement_may_name_a_branch_that_is_gone_by_the_name_of_the_lead_package() {
    let train = Train::new();
    train.cut_through(2);
    train.git(&["tag", "v2.0.0", "release-2.0.0"]);
    train.git(&["branch", "--delete", "--force", "release-2.0.0"]);
    train.git(&["branch", "--move", "release-1.0.0", "tool-1.0.0"]);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let statement = format!(
        "[[statement]]\ncommit = '{fix}'\nbranches = ['tool-1.0.0', 'tool-2.0.0']\nstatus = 'not-affected'\nreason = 'no such code'\n"
    );
    let config = "[names]\nbranch = \"{name}-{version}\"\n";
    train.commit("main", &[("relprep-backports.toml", &statement), ("relprep.toml", config)], "State it");
    let text = train.run(&["--status", &fix]).exits(0);
    assert!(text.contains("n/a") && !text.contains("fits no release branch"), "{text}");
}

#[test]
fn without_commits_all_that_is_missing_somewhere_is_shown() {
    let train = Train::new();
    train.cut_through(3);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    let other = train.change("main", "src/lib.rs", "// one", "// 1", "Fix one (#8)");
    train.run(&[&fix, "--to", "release-[13]*"]).exits(0);
    train.run(&[&other]).exits(0);
    let lone = train.change("release-1.0.0", "src/lib.rs", "// three", "// 3", "Fix three, here only");
    train.change("release-1.0.0", "RELEASES.md", "Unreleased", "Released 2024-05-20", "Date the notes");
    train.change("release-1.0.0", "Cargo.toml", "1.0.0", "1.0.1", "Move the version");
    let json = train.json(&["--status"]);
    let rows = json["backports"]["rows"].as_array().unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["commit"].as_str().unwrap()).collect();
    assert_eq!(ids, [&fix, &lone], "{json}");
    assert_eq!(
        (0..3).map(|at| cell(&rows[0], at)).collect::<Vec<_>>(),
        ["picked-from", "missing", "picked-from"]
    );
    assert_eq!(json["backports"]["left_out"], 2);
    train.run(&["--status"]).exits(1);
    let markdown = train.run(&["--status", "--format", "markdown"]).exits(1);
    assert!(
        markdown
            .starts_with("| commit | release-3.0.0 | release-2.0.0 | release-1.0.0 |\n|---|---|---|---|\n")
    );
    assert!(markdown.contains("Fix two (#7) |") && markdown.contains("| **missing** |"), "{markdown}");
    train.run(&[&fix, "-n", "--format", "markdown"]).exits(2);
    train.run(&["--status", "--to", "3.0"]).exits(0);
}

#[test]
fn only_fixes_of_what_is_released_are_asked_about_unless_all_is() {
    let train = Train::new();
    train.cut_through(2);
    let early = train.change("release-1.0.0", "src/lib.rs", "// one", "// 1", "Stabilise");
    for major in 1..=2 {
        train.git(&["tag", &format!("v{major}.0.0"), &format!("release-{major}.0.0")]);
    }
    let fix = train.change("release-1.0.0", "src/lib.rs", "// two", "// fixed", "Fix two");
    let aside = [
        (".github/workflows/ci.yml", "on: push", "Run on push"),
        ("docs/book/src/intro.txt", "Hello", "Greet"),
        ("crates/a/tests/all.rs", "", "Test more"),
        ("tools/x.sh", "", "chore: keep tools"),
        ("generated/list.rs", "", "Generate"),
    ];
    for (path, text, message) in aside {
        train.commit("release-1.0.0", &[(path, text)], message);
    }
    train.change("release-1.0.0", "Cargo.toml", "1.0.0", "1.0.1", "Move the version");
    let config = "[backport.ignore]\npaths = ['generated/**']\nsubjects = ['chore:*']\n";
    train.commit("main", &[("relprep.toml", config)], "Configure");
    let found = train.json(&["--status"]);
    let rows = found["backports"]["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["commit"].as_str().unwrap()).collect::<Vec<_>>(), [&fix], "{found}");
    let expected = serde_json::json!({ "release": 1, "before-release": 1, "not-shipped": 3, "ignored": 2 });
    assert_eq!(found["backports"]["left_out_for"], expected);
    let text = train.run(&["--status"]).exits(1);
    assert!(text.contains("7 commits of these branches") && text.contains("`--all` shows them"), "{text}");
    let all = train.json(&["--status", "--all"]);
    let rows = all["backports"]["rows"].as_array().unwrap();
    assert!(rows.len() == 8 && rows.iter().any(|row| row["commit"] == *early), "{all}");
    train.run(&["--all"]).exits(2);
}

#[test]
fn what_those_lose_who_move_up_comes_first_and_what_to_run_is_said() {
    let train = Train::new();
    train.cut_through(3);
    let plain = train.change("main", "src/lib.rs", "// one", "// 1", "Fix one");
    let grave = train.change("main", "src/lib.rs", "// two", "// 2", "Fix two\n\nCVE-2024-12345");
    let lost = train.change("main", "src/lib.rs", "// three", "// 3", "Fix three");
    train.run(&[&plain, &grave, "--to", "3.0"]).exits(0);
    train.run(&[&lost, "--to", "1.0"]).exits(0);
    let found = train.json(&["--status"]);
    let rows = found["backports"]["rows"].as_array().unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["commit"].as_str().unwrap()).collect();
    assert_eq!(ids, [&lost, &grave, &plain], "{found}");
    let next = found["backports"]["next"].clone();
    let expected = serde_json::json!([
        { "commits": [lost], "branches": ["release-3.0.0", "release-2.0.0"] },
        { "commits": [plain, grave], "branches": ["release-2.0.0", "release-1.0.0"] },
    ]);
    assert_eq!(next, expected);
    let ran = train.run(&["--status"]);
    let commands = ran.commands("Next");
    assert_eq!(commands.len(), 2, "{ran:?}");
    assert!(
        commands[0].ends_with(&format!("{} --to release-3.0.0 --to release-2.0.0", &lost[..10])),
        "{ran:?}"
    );
    for command in commands {
        let words: Vec<&str> = command.split(' ').skip(3).collect();
        train.run(&words).exits(0);
    }
    train.run(&["--status"]).exits(0);
}

#[test]
fn a_fix_that_a_branch_took_back_is_missing_there() {
    let train = Train::new();
    train.cut_through(2);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    train.run(&[&fix]).exits(0);
    train.git(&["switch", "-q", "release-1.0.0"]);
    train.git(&["revert", "--no-edit", "HEAD"]);
    train.git(&["switch", "-q", "main"]);
    let row = train.json(&["--status", &fix])["backports"]["rows"][0].clone();
    assert_eq!((cell(&row, 0), cell(&row, 1)), ("picked-from".into(), "missing".into()));
}

#[test]
fn two_fixes_of_one_advisory_need_two_backports() {
    let train = Train::new();
    train.cut_through(1);
    let one = train.change("main", "src/lib.rs", "// one", "// 1", "Fix one\n\nCVE-2024-12345");
    let two = train.change("main", "src/lib.rs", "// two", "// 2", "Fix two\n\nCVE-2024-12345");
    train.change("release-1.0.0", "src/lib.rs", "// one", "// first", "Be safe\n\nCVE-2024-12345");
    let json = train.json(&["--status", &one, &two]);
    let rows = &json["backports"]["rows"];
    assert_eq!((cell(&rows[0], 0), cell(&rows[1], 0)), ("advisory".into(), "missing".into()), "{json}");
}

#[test]
fn the_second_commit_of_a_pull_request_is_not_taken_for_the_first() {
    let train = Train::new();
    train.cut_through(3);
    let one = train.change("main", "src/lib.rs", "// one", "// 1", "Part one (#300)");
    let two = train.change("main", "src/lib.rs", "// two", "// 2", "Part two (#300)");
    train.change("release-1.0.0", "src/lib.rs", "// one", "// I", "Part one (#300) (#301)");
    train.change("release-2.0.0", "src/lib.rs", "// one", "// 1", "Parts (#300) (#302)");
    train.change("release-3.0.0", "src/lib.rs", "// one", "// all", "Parts (#300) (#303)");
    let row = train.json(&["--status", &two])["backports"]["rows"][0].clone();
    let found: Vec<String> = (0..3).map(|at| cell(&row, at)).collect();
    assert_eq!(found, ["pull-request", "missing", "missing"]);
    for rows in [[&one, &two], [&two, &one]] {
        let json = train.json(&["--status", rows[0], rows[1]]);
        let row = &json["backports"]["rows"][usize::from(rows[0] == &two)];
        let found: Vec<String> = (0..3).map(|at| cell(row, at)).collect();
        assert_eq!(found, ["pull-request", "patch-id", "pull-request"], "{json}");
    }
    assert!(train.run(&[&two, "--to", "1.0"]).exits(0).contains("release-1.0.0  clean"));
    assert_eq!(train.own("release-1.0.0"), ["Part two (#300)", "Part one (#300) (#301)"]);
    let json = train.json(&["--status"]);
    let rows = json["backports"]["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["commit"] == one.as_str() || row["commit"] == two.as_str()), "{json}");
}
