//! Pull requests and pushes: branches with title and body, drafts of conflicts, ranges and numbers.

use super::Train;

/// Gives the train a remote that takes its branches, and pushes them there.
fn with_remote(train: &Train) {
    let remote = train.sandbox.root().join("remote.git");
    let remote = remote.to_str().unwrap();
    train.git(&["init", "-q", "--bare", remote]);
    train.git(&["remote", "add", "origin", remote]);
    std::fs::write(train.sandbox.root().join(".git/info/exclude"), "remote.git\n").unwrap();
    train.git(&["push", "-q", "--all", "origin"]);
}

fn on_remote(train: &Train, branch: &str) -> Option<String> {
    let found = train.git(&["ls-remote", "origin", &format!("refs/heads/{branch}")]);
    found.split_whitespace().next().map(str::to_owned)
}

#[test]
fn what_is_made_is_pushed_all_of_it_or_none() {
    let train = Train::new();
    train.cut_through(2);
    with_remote(&train);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    let text = train.run(&[&fix, "--push"]).exits(0);
    assert!(text.contains("Pushed to origin"), "{text}");
    for branch in ["release-1.0.0", "release-2.0.0"] {
        assert_eq!(on_remote(&train, branch).unwrap(), train.sandbox.rev(branch));
    }
    train.change("release-1.0.0", "src/lib.rs", "// three", "// another", "Differ");
    let before = train.sandbox.rev("release-2.0.0");
    let other = train.change("main", "src/lib.rs", "// three", "// 3", "Fix three");
    let text = train.run(&[&other, "--push"]).exits(1);
    assert!(text.contains("release-1.0.0 needs a person, and `--push` is for all or none"), "{text}");
    assert_eq!(train.sandbox.rev("release-2.0.0"), before);
    train.run(&["--status", "--push"]).exits(2);
}

#[test]
fn a_branch_for_a_pull_request_comes_with_title_and_body() {
    let train = Train::new();
    train.cut_through(2);
    let config = "[names]\nbackport-branch = 'pick/{short}/{branch}'\n[backport]\ntitle = '{branch}: {subject}'\nbody = 'For {branch}:{commits}'\n";
    train.commit("main", &[("relprep.toml", config)], "Configure");
    let one = train.change("main", "src/lib.rs", "// one", "// 1", "Fix one (#7)");
    let two = train.change("main", "src/lib.rs", "// two", "// 2", "Fix 'two' (#8)");
    let found = train.json(&[&one, &two]);
    let made = found["backport"]["made"].as_array().unwrap();
    assert_eq!(made.len(), 2);
    let request = &made[0]["pull_request"];
    assert_eq!(request["title"], "release-2.0.0: Fix one (#7)");
    let body = format!("For release-2.0.0:* {} Fix one (#7)\n* {} Fix 'two' (#8)", &one[..10], &two[..10]);
    assert_eq!(request["body"], body);
    for branch in ["release-1.0.0", "release-2.0.0"] {
        train.git(&["branch", "-D", &format!("pick/{}/{branch}", &one[..10])]);
    }
    let text = train.run(&[&one, &two]).exits(0);
    let command =
        format!("gh pr create --base release-2.0.0 --head pick/{}/release-2.0.0 --title", &one[..10]);
    assert!(text.contains(&command), "{text}");
}

#[test]
fn a_conflict_is_drafted_on_a_branch_of_its_own_and_never_on_a_release_branch() {
    let train = Train::new();
    train.cut_through(2);
    train.change("release-1.0.0", "src/lib.rs", "// two", "// other", "Differ");
    let before = train.sandbox.rev("release-1.0.0");
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    let more = train.change("main", "src/lib.rs", "// three", "// 3", "Fix three (#8)");
    let text = train.run(&[&fix, &more, "--draft"]).exits(1);
    assert_eq!(train.sandbox.rev("release-1.0.0"), before, "{text}");
    let draft = format!("backport/{}-to-release-1.0.0", &fix[..10]);
    let file = train.file(&draft, "src/lib.rs");
    assert!(file.contains("<<<<<<<") && file.contains("// fixed") && file.contains("// other"), "{file}");
    let message = train.git(&["log", "-1", "--format=%B", &draft]);
    assert!(message.contains("Conflicts are not resolved in:\n* src/lib.rs"), "{message}");
    for words in ["gh pr create --draft --base release-1.0.0", "git commit --amend"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.contains(&format!("git cherry-pick -x {}", &more[..10])), "{text}");
    assert_eq!(train.own("release-2.0.0"), ["Fix three (#8)", "Fix two (#7)"], "what is clean goes its way");
}

#[test]
fn a_range_passes_over_merges_and_a_number_names_its_pull_request() {
    let train = Train::new();
    train.cut_through(1);
    let base = train.sandbox.rev("main");
    train.git(&["switch", "-q", "-c", "topic"]);
    train.git(&["switch", "-q", "main"]);
    train.change("topic", "src/lib.rs", "// two", "// 2", "Fix two");
    train.change("topic", "src/lib.rs", "// three", "// 3", "Fix three");
    train.change("main", "src/lib.rs", "// one", "// 1", "Fix one (#6)");
    train.git(&["merge", "-q", "--no-ff", "-m", "Merge pull request #7 from a/topic", "topic"]);
    let text = train.run(&[&format!("{base}..main"), "-n"]).exits(0);
    assert!(text.contains("1 merge in") && text.contains("Backport of 3 commits"), "{text}");
    let text = train.run(&["#7"]).exits(0);
    assert!(text.contains("Backport of 2 commits"), "{text}");
    assert_eq!(train.own("release-1.0.0"), ["Fix three", "Fix two"]);
    train.run(&["#6"]).exits(0);
    assert_eq!(train.own("release-1.0.0").len(), 3);
    assert!(train.run(&["#99"]).exits(1).contains("no commit of main names the pull request #99"));
}

#[test]
fn the_configuration_may_say_which_side_of_a_merge_counts() {
    let train = Train::new();
    train.cut_through(1);
    train.commit("main", &[("relprep.toml", "[backport]\nmainline = 1\n")], "Configure");
    train.git(&["switch", "-q", "-c", "topic"]);
    train.git(&["switch", "-q", "main"]);
    train.change("topic", "src/lib.rs", "// two", "// 2", "Fix two");
    train.git(&["merge", "-q", "--no-ff", "-m", "Merge topic", "topic"]);
    train.run(&["main"]).exits(0);
    assert!(train.file("release-1.0.0", "src/lib.rs").contains("// 2"));
    train.commit("main", &[("relprep.toml", "[backport]\nmainline = 0\n")], "Configure badly");
    assert!(train.run(&["main"]).exits(1).contains("relprep.toml:2:"));
}

#[test]
fn of_many_files_that_conflict_the_first_are_shown_and_a_count() {
    let train = Train::new();
    let names: Vec<String> = (10..33).map(|number| format!("src/f{number}.rs")).collect();
    let all = |text: &str| -> Vec<(String, String)> {
        names.iter().map(|name| (name.clone(), text.to_owned())).collect()
    };
    let commit = |branch: &str, text: &str, message: &str| {
        let files = all(text);
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        train.commit(branch, &files, message)
    };
    commit("main", "one\n", "Write files");
    train.cut_through(1);
    commit("release-1.0.0", "other\n", "Differ");
    let fix = commit("main", "fixed\n", "Fix files");
    let text = train.run(&[&fix, "-n"]).exits(1);
    assert!(text.contains("conflict in 23 files") && text.contains("and 13 files"), "{text}");
    assert!(text.contains("src/f19.rs") && !text.contains("src/f20.rs"), "{text}");
    let found = train.json(&[&fix, "-n"]);
    assert_eq!(found["backport"]["attempts"][0]["steps"][0]["files"].as_array().unwrap().len(), 23);
}

#[test]
fn a_merge_driver_of_the_project_settles_what_it_is_for() {
    let train = Train::new();
    train.commit("main", &[(".gitattributes", "list.txt merge=union\n"), ("list.txt", "a\n")], "List");
    train.cut_through(1);
    train.commit("release-1.0.0", &[("list.txt", "a\nb\n")], "Add b");
    let fix = train.commit("main", &[("list.txt", "a\nc\n")], "Add c");
    train.run(&[&fix]).exits(0);
    let list = train.file("release-1.0.0", "list.txt");
    assert!(list.contains("b\n") && list.contains('c'), "{list}");
}

#[test]
fn a_conflict_that_was_resolved_before_is_resolved_likewise() {
    let train = Train::new();
    train.cut_through(2);
    train.git(&["config", "rerere.enabled", "true"]);
    for major in ["1", "2"] {
        train.change(&format!("release-{major}.0.0"), "src/lib.rs", "// two", "// other", "Differ");
    }
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    assert!(train.run(&[&fix, "-n"]).exits(1).contains("conflict"));
    train.git(&["switch", "-q", "release-2.0.0"]);
    assert!(!train.sandbox.try_git(["cherry-pick", "-x", &fix]).status.success());
    let text = train.sandbox.read("src/lib.rs");
    let (before, rest) = text.split_once("<<<<<<<").unwrap();
    let after = rest.split_once(">>>>>>>").unwrap().1.split_once('\n').unwrap().1;
    train.sandbox.write("src/lib.rs", format!("{before}// other, fixed\n{after}"));
    train.git(&["commit", "-qam", "Fix two, otherwise"]);
    train.git(&["switch", "-q", "main"]);
    let text = train.run(&[&fix, "--to", "1.0"]).exits(0);
    assert!(text.contains("resolved as before (rerere)"), "{text}");
    assert!(train.file("release-1.0.0", "src/lib.rs").contains("// other, fixed\n"));
    train.git(&["config", "rerere.enabled", "false"]);
    train.git(&["branch", "-f", "release-1.0.0", "release-1.0.0~1"]);
    train.run(&[&fix, "-n", "--to", "1.0"]).exits(1);
}
