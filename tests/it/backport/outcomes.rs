//! What becomes of a commit on a branch.

use super::{Train, notes, spaced};

/// Returns the outcome of each step, by branch.
fn outcomes(train: &Train, args: &[&str]) -> Vec<(String, Vec<String>)> {
    let json = train.json(&[args, &["--dry-run"]].concat());
    let attempts = json["backport"]["attempts"].as_array().unwrap_or_else(|| panic!("{json}")).clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    attempts
        .iter()
        .map(|attempt| {
            let steps = attempt["steps"].as_array().unwrap();
            (text(&attempt["target"]["branch"]), steps.iter().map(|step| text(&step["outcome"])).collect())
        })
        .collect()
}

fn only_outcome(train: &Train, args: &[&str]) -> String {
    let all = outcomes(train, args);
    let [(_, steps)] = all.as_slice() else { panic!("{all:?}") };
    let [step] = steps.as_slice() else { panic!("{steps:?}") };
    step.clone()
}

#[test]
fn five_targets_are_all_tried_and_all_shown_though_the_third_conflicts() {
    let train = Train::new();
    train.cut_through(5);
    train.change("release-3.0.0", "src/lib.rs", "// two", "// other", "Go another way");
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two (#7)");
    let before = train.sandbox.rev("release-3.0.0");
    let ran = train.run(&[&fix]);
    let text = ran.exits(1);
    for branch in [1, 2, 4, 5] {
        let name = format!("release-{branch}.0.0");
        assert_eq!(train.own(&name), ["Fix two (#7)"], "{text}");
        assert!(text.contains(&format!("{name}  clean")), "{text}");
        assert!(train.file(&name, "src/lib.rs").contains("// fixed"));
    }
    assert!(text.contains("release-3.0.0  conflict in 1 file"), "{text}");
    assert!(text.contains("src/lib.rs  branch and commit change the same lines"), "{text}");
    assert_eq!(train.sandbox.rev("release-3.0.0"), before);
    assert!(text.find("release-5.0.0").unwrap() < text.find("release-1.0.0").unwrap(), "newest first");
    train.sandbox.fsck();
}

#[test]
fn a_dry_run_makes_nothing_and_no_run_touches_work_tree_or_index() {
    let train = Train::new();
    train.cut_through(2);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    train.sandbox.write("src/lib.rs", "half done");
    train.sandbox.write("new", "untracked");
    train.git(&["add", "new"]);
    let state = || (train.git(&["status", "--porcelain"]), train.sandbox.read("src/lib.rs"));
    let before = (state(), train.git(&["for-each-ref"]));
    train.run(&[&fix, "-n"]).exits(0);
    assert_eq!((state(), train.git(&["for-each-ref"])), before);
    train.run(&[&fix]).exits(0);
    assert_eq!(state(), before.0);
    assert_eq!(train.own("release-1.0.0"), ["Fix two"]);
}

#[test]
fn author_date_and_message_stay_and_the_origin_is_named() {
    let train = Train::new();
    train.cut_through(1);
    train.sandbox.write("src/lib.rs", "fixed");
    train.git(&["add", "-A"]);
    let message = "Fix Zoë's bug\n\nTested-by: Ann <a@b>";
    train.git(&[
        "commit",
        "-q",
        "-m",
        message,
        "--author=Zoë B <zoe@example.org>",
        "--date=2001-02-03T04:05:06+0530",
    ]);
    let fix = train.sandbox.rev("HEAD");
    train.run(&[&fix, "--signoff"]).exits(0);
    let shown = train.git(&["show", "-s", "--format=%an|%ae|%ad|%cn|%B", "--date=iso", "release-1.0.0"]);
    let expected = format!(
        "Zoë B|zoe@example.org|2001-02-03 04:05:06 +0530|Ann Other|{message}\n\
         (cherry picked from commit {fix})\nSigned-off-by: Ann Other <ann@example.org>"
    );
    assert_eq!(shown.trim_end(), expected);
}

#[test]
fn what_is_there_is_said_with_its_evidence() {
    let train = Train::new();
    let old = train.change("main", "src/lib.rs", "// one", "// 1", "Fix one");
    train.cut_through(2);
    let fix = train.change("main", "src/lib.rs", "// two", "// 2", "Fix two");
    train.git(&["switch", "-q", "release-2.0.0"]);
    train.git(&["cherry-pick", "-x", &fix]);
    train.git(&["switch", "-q", "main"]);
    let text = train.run(&[&old, &fix, "--to", "2.0"]).exits(0);
    assert!(text.contains("already there (ancestry)"), "{text}");
    assert!(text.contains("(cherry picked)"), "{text}");
    assert_eq!(train.own("release-2.0.0"), ["Fix two"], "nothing was made");
    let again = outcomes(&train, &[&fix, "--again", "--to", "2.0"]);
    assert_eq!(again[0].1, ["empty"]);
}

#[test]
fn a_commit_whose_changes_are_there_is_there() {
    let train = Train::new();
    train.cut_through(1);
    train.commit("release-1.0.0", &[("src/lib.rs", "a"), ("x", "x")], "Much else");
    let fix = train.commit("main", &[("src/lib.rs", "a")], "Make it a");
    assert_eq!(only_outcome(&train, &[&fix]), "already-there");
    assert_eq!(outcomes(&train, &[&fix, "--again"])[0].1, ["empty"]);
    train.run(&[&fix]).exits(0);
}

#[test]
fn a_commit_that_builds_on_others_names_them() {
    let train = Train::new();
    train.cut_through(1);
    let first = train.change("main", "src/lib.rs", "// two", "// two, new", "Make two new");
    train.change("main", "src/lib.rs", "// one", "// one, unrelated", "Touch one");
    let fix = train.change("main", "src/lib.rs", "// two, new", "// two, new and right", "Fix two");
    let text = train.run(&[&fix]).exits(1);
    assert!(text.contains(&format!("needs {} first", &first[..10])), "{text}");
    assert!(text.contains("Make two new") && !text.contains("Touch one"), "{text}");
    let command =
        text.lines().find_map(|line| line.split_once("with them: cargo relprep backport ")).unwrap().1;
    train.run(&command.split(' ').collect::<Vec<_>>()).exits(0);
    assert_eq!(train.own("release-1.0.0"), ["Fix two", "Make two new"]);
}

#[test]
fn several_commits_keep_their_order_and_go_whole_or_not_at_all() {
    let train = Train::new();
    train.cut_through(2);
    train.change("release-1.0.0", "src/lib.rs", "// three", "// III", "Go another way");
    let base = train.sandbox.rev("main");
    for (from, to) in [("// one", "// 1"), ("// two", "// 2"), ("// three", "// 3"), ("// 1", "// I")] {
        train.change("main", "src/lib.rs", from, to, &format!("Make it {to}"));
    }
    let all = outcomes(&train, &[&format!("{base}..main")]);
    assert_eq!(all[0].1, ["clean"; 4]);
    assert_eq!(all[1].1, ["clean", "clean", "conflict", "not-tried"]);
    train.run(&[&format!("{base}..main")]).exits(1);
    let subjects = ["Make it // I", "Make it // 3", "Make it // 2", "Make it // 1"];
    assert_eq!(train.own("release-2.0.0"), subjects);
    assert_eq!(train.own("release-1.0.0"), ["Go another way"]);
}

#[test]
fn what_is_clean_is_made_on_all_branches_or_on_none() {
    let train = Train::new();
    train.cut_through(3);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let lock = ".git/refs/heads/release-2.0.0.lock";
    train.sandbox.write(lock, "");
    let branches = || train.sandbox.git(["for-each-ref", "refs/heads"]);
    let before = branches();
    let text = train.run(&[&fix]).exits(1);
    assert!(text.contains("release-2.0.0"), "{text}");
    assert_eq!(branches(), before);
    std::fs::remove_file(train.sandbox.root().join(lock)).unwrap();
    train.run(&[&fix]).exits(0);
    for branch in ["release-1.0.0", "release-2.0.0", "release-3.0.0"] {
        assert_eq!(train.own(branch), ["Fix two"]);
    }
}

#[test]
fn a_merge_is_refused_without_mainline() {
    let train = Train::new();
    train.cut_through(1);
    train.git(&["switch", "-q", "-c", "topic"]);
    train.git(&["switch", "-q", "main"]);
    train.change("topic", "src/lib.rs", "// two", "// fixed", "Fix two");
    train.change("main", "src/lib.rs", "// one", "// 1", "Touch one");
    train.git(&["merge", "-q", "--no-ff", "-m", "Merge topic", "topic"]);
    let merge = train.sandbox.rev("main");
    let text = train.run(&[&merge]).exits(1);
    assert!(text.contains("is a merge") && text.contains("--mainline 1"), "{text}");
    assert!(train.run(&[&merge, "-m", "3"]).exits(1).contains("no parent number 3"));
    train.run(&[&merge, "-m", "1"]).exits(0);
    let lib = train.file("release-1.0.0", "src/lib.rs");
    assert!(lib.contains("// fixed") && lib.contains("// one"), "{lib}");
}

#[test]
fn a_printed_command_repeats_the_options_that_it_needs() {
    let train = Train::new();
    train.sandbox.write("my config.toml", "name = 'Tool'\n");
    train.cut_through(1);
    train.change("release-1.0.0", "src/lib.rs", "// two", "// other", "Go another way");
    train.git(&["switch", "-q", "-c", "topic"]);
    train.change("topic", "src/lib.rs", "// two", "// fixed", "Fix two");
    train.git(&["merge", "-q", "--no-ff", "-m", "Merge topic", "topic"]);
    train.git(&["remote", "add", "up", "../elsewhere"]);
    let options = ["-m", "1", "--signoff", "--again", "--config", "my config.toml"];
    let places = ["--manifest-path", "Cargo.toml", "--remote", "up"];
    let ran = train.run(&[&["main"], &options[..], &places].concat());
    let text = ran.exits(1);
    let command = text.lines().find_map(|line| line.split_once("by hand: cargo relprep ")).unwrap().1;
    let program = env!("CARGO_BIN_EXE_cargo-relprep");
    let output = train.shell(&format!("'{program}' relprep {command}"));
    assert!(output.status.success(), "{command}: {output:?}");
    let paths = ["--config 'my config.toml'", "--manifest-path Cargo.toml", "--remote up"];
    for option in ["--mainline 1", "--signoff", "--again"].iter().chain(&paths) {
        assert!(command.contains(option), "{command}");
    }
}

#[test]
fn where_there_is_no_remote_no_push_is_printed() {
    let train = Train::new();
    train.cut_through(1);
    let one = train.change("main", "src/lib.rs", "// one", "// 1", "Fix one");
    let two = train.change("main", "src/lib.rs", "// two", "// 2", "Fix two");
    let text = train.run(&[&one]).exits(0);
    assert!(text.contains("There is no remote to push to.") && !text.contains("git push"), "{text}");
    train.git(&["remote", "add", "elsewhere", "../elsewhere"]);
    assert!(train.run(&[&two]).exits(0).contains("git push --atomic elsewhere release-1.0.0"));
}

#[test]
fn a_file_renamed_on_either_side_is_found() {
    let train = Train::new();
    train.cut_through(1);
    train.git(&["mv", "src/lib.rs", "src/code.rs"]);
    train.sandbox.write("src/lib.rs", "mod code;\n");
    train.sandbox.commit_all("Move the code");
    let fix = train.change("main", "src/code.rs", "// two", "// fixed", "Fix two");
    assert_eq!(only_outcome(&train, &[&fix]), "needs-others", "the name is taken: the move must come first");
    let train = Train::new();
    train.sandbox.write("old.rs", spaced(&["a", "b", "c"]));
    train.sandbox.commit_all("Add");
    train.cut_through(1);
    train.git(&["mv", "old.rs", "new.rs"]);
    train.sandbox.commit_all("Move");
    let fix = train.change("main", "new.rs", "b\n", "fixed\n", "Fix");
    train.run(&[&fix]).exits(0);
    assert_eq!(train.file("release-1.0.0", "old.rs"), spaced(&["a", "fixed", "c"]).trim_end());
    train.git(&["mv", "src/lib.rs", "src/main.rs"]);
    train.sandbox.commit_all("Make it a program");
    train.change("release-1.0.0", "src/lib.rs", "// one", "// 1", "Change one");
    train.run(&["main"]).exits(0);
    assert_eq!(train.git(&["ls-tree", "--name-only", "release-1.0.0", "src/"]), "src/main.rs");
    assert!(train.file("release-1.0.0", "src/main.rs").contains("// 1\n"));
}

#[test]
fn a_file_that_one_side_has_deleted_conflicts_and_that_is_said() {
    let train = Train::new();
    train.cut_through(1);
    train.git(&["switch", "-q", "release-1.0.0"]);
    train.git(&["rm", "-q", "src/lib.rs"]);
    train.sandbox.write("src/main.rs", "fn main() {}\n");
    train.sandbox.commit_all("Drop the library");
    train.git(&["switch", "-q", "main"]);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let text = train.run(&[&fix]).exits(1);
    assert!(text.contains("not there on the branch; the commit changes it"), "{text}");
    let train = Train::new();
    train.cut_through(1);
    train.change("release-1.0.0", "src/lib.rs", "// two", "// 2", "Change two");
    train.git(&["rm", "-q", "src/lib.rs"]);
    train.sandbox.write("src/main.rs", "fn main() {}\n");
    train.sandbox.commit_all("Drop the library");
    let text = train.run(&["main"]).exits(1);
    assert!(text.contains("changed on the branch; the commit deletes it"), "{text}");
}

#[test]
fn binary_files_are_taken_whole_or_conflict() {
    let train = Train::new();
    train.commit("main", &[("logo", "\0one")], "Draw");
    train.cut_through(2);
    train.commit("release-1.0.0", &[("logo", "\0other")], "Draw otherwise");
    let fix = train.commit("main", &[("logo", "\0two")], "Draw better");
    let text = train.run(&[&fix]).exits(1);
    assert!(text.contains("logo  branch and commit change it, and it is not text"), "{text}");
    assert_eq!(train.git(&["rev-parse", "release-2.0.0:logo"]), train.git(&["rev-parse", "main:logo"]));
}

#[test]
fn an_entry_of_the_notes_goes_to_the_unreleased_section_of_the_branch() {
    let train = Train::new();
    train.cut_through(2);
    let released = notes("1.0.0", "\n* Done.\n").replace("Unreleased", "Released 2024-05-20");
    train.commit("release-1.0.0", &[("RELEASES.md", &released)], "Release 1.0.0");
    let patch = format!("{}\n---\n\n{released}", notes("2.0.1", "\n* Old.\n"));
    train.commit("release-2.0.0", &[("RELEASES.md", &patch)], "Begin 2.0.1");
    let fix = train.commit("main", &[("RELEASES.md", &notes("3.0.0", "\n* New.\n"))], "Note it");
    let text = train.run(&[&fix]).exits(1);
    assert!(text.contains("entry put into the unreleased section"), "{text}");
    assert!(text.contains("RELEASES.md: the notes of the branch have no unreleased section"), "{text}");
    let expected = patch.replacen("* Old.\n", "* Old.\n\n* New.\n", 1);
    assert_eq!(train.file("release-2.0.0", "RELEASES.md"), expected.trim_end());
}

#[test]
fn an_entry_that_a_merge_puts_under_a_released_version_is_moved_or_flagged() {
    let train = Train::new();
    train.commit("main", &[("RELEASES.md", &notes("1.0.0", "\n* Old.\n"))], "Note the old");
    train.git(&["branch", "release-1.0.0"]);
    train.git(&["branch", "release-2.0.0"]);
    let released = notes("1.0.0", "\n* Old.\n").replace("Unreleased", "Released 2024-05-20");
    let patch = notes("1.0.1", "\n* Branch.\n");
    train.commit("release-1.0.0", &[("RELEASES.md", &format!("{patch}\n{released}"))], "Begin 1.0.1");
    train.commit("release-2.0.0", &[("RELEASES.md", &released)], "Release it");
    let entry = notes("1.0.0", "\n* Old.\n* New.\n");
    let fix = train.commit("main", &[("RELEASES.md", &entry), ("new.rs", "")], "Add new");
    let text = train.run(&[&fix]).exits(1);
    assert!(text.contains("clean; RELEASES.md: entry put into the unreleased section"), "{text}");
    let expected = format!("{}\n{released}", patch.replace("* Branch.\n", "* Branch.\n* New.\n"));
    assert_eq!(train.file("release-1.0.0", "RELEASES.md"), expected.trim_end());
    assert!(text.contains("it adds to the notes of 1.0.0, which is released (RELEASES.md)"), "{text}");
    assert_eq!(train.own("release-2.0.0"), ["Release it"]);
}

#[test]
fn an_edition_that_needs_a_newer_rust_waits_to_be_accepted() {
    let train = Train::new();
    train.git(&["branch", "release-1.0.0"]);
    let fix = train.change("main", "Cargo.toml", "\"2021\"", "\"2024\"", "Move to 2024");
    let text = train.run(&[&fix]).exits(1);
    assert!(text.contains("it needs Rust 1.85, for edition 2024 (Cargo.toml)"), "{text}");
    assert_eq!(train.own("release-1.0.0"), [""; 0]);
}

#[test]
fn what_a_release_branch_should_be_spared_waits_to_be_accepted() {
    let train = Train::new();
    train.cut_through(1);
    let fix =
        train.change("main", "Cargo.toml", "\"2021\"\n", "\"2021\"\nrust-version = \"1.60\"\n", "State it");
    let text = train.run(&[&fix]).exits(1);
    assert!(text.contains("it states an MSRV, 1.60 (Cargo.toml)") && text.contains("flagged"), "{text}");
    assert_eq!(train.own("release-1.0.0"), [""; 0]);
    let command = text.lines().find_map(|line| line.split_once("cargo relprep backport ")).unwrap().1;
    train.run(&command.split(' ').collect::<Vec<_>>()).exits(0);
    assert_eq!(train.own("release-1.0.0"), ["State it"]);
}

#[test]
fn a_backport_goes_to_a_branch_of_its_own_where_that_is_configured() {
    let train = Train::new();
    train.commit(
        "main",
        &[("relprep.toml", "[names]\nbackport-branch = 'backport/{short}-to-{branch}'\n")],
        "Configure",
    );
    train.cut_through(2);
    let before = train.sandbox.rev("release-1.0.0");
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let text = train.run(&[&fix]).exits(0);
    let name = format!("backport/{}-to-release-1.0.0", &fix[..10]);
    assert!(text.contains(&name), "{text}");
    assert_eq!(train.own(&name), ["Fix two"]);
    assert_eq!(train.sandbox.rev("release-1.0.0"), before);
    let text = train.run(&[&fix]).exits(1);
    assert!(text.contains("branch-exists") && text.matches("already exists").count() == 2, "{text}");
}

#[test]
fn the_branch_that_is_checked_out_follows_and_undo_takes_it_back() {
    let train = Train::new();
    train.cut_through(2);
    train.git(&["switch", "-q", "release-1.0.0"]);
    train.git(&["switch", "-q", "main"]);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    train.git(&["switch", "-q", "release-1.0.0"]);
    let before = train.git(&["for-each-ref"]);
    let ran = train.run(&[&fix]);
    ran.exits(0);
    assert!(train.sandbox.read("src/lib.rs").contains("// fixed"));
    assert_eq!(train.git(&["status", "--porcelain"]), "");
    for command in ran.commands("Undo") {
        assert!(train.shell(&command).status.success(), "{command}");
    }
    assert_eq!(train.git(&["for-each-ref"]), before);
    assert!(train.sandbox.read("src/lib.rs").contains("// two"));
}

#[test]
fn a_branch_that_only_the_remote_has_or_has_moved_is_taken_from_there() {
    let train = Train::new();
    train.cut_through(2);
    train.git(&["clone", "-q", "--bare", ".", "../remote"]);
    train.git(&["remote", "add", "origin", "../remote"]);
    train.change("release-2.0.0", "src/lib.rs", "// one", "// 1", "Done elsewhere");
    train.git(&["push", "-q", "origin", "release-2.0.0"]);
    train.git(&["branch", "-f", "release-2.0.0", "release-2.0.0~1"]);
    train.git(&["branch", "-D", "release-1.0.0"]);
    train.git(&["fetch", "-q", "origin"]);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let said = train.run(&[&fix]).exits(1);
    assert!(said.contains("`release-2.0.0` lacks 1 commit of origin/release-2.0.0"), "{said}");
    train.run(&[&fix, "--allow-behind"]).exits(0);
    assert_eq!(train.own("release-2.0.0"), ["Fix two", "Done elsewhere"]);
    assert_eq!(train.own("release-1.0.0"), ["Fix two"]);
}

#[test]
fn targets_are_named_and_left_out_with_a_reason() {
    let train = Train::new();
    train.cut_through(3);
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two");
    let text =
        train.run(&[&fix, "-n", "--to", "release-[12]*", "--except", "1.0=the code is not there"]).exits(0);
    assert!(text.contains("release-2.0.0  clean") && !text.contains("release-3"), "{text}");
    assert!(text.contains("release-1.0.0  left out: the code is not there"), "{text}");
    assert!(train.run(&[&fix, "--to", "9.0"]).exits(1).contains("fits no release branch"));
    assert!(train.run(&["nonsense", "main..main"]).exits(1).contains("the range is empty"));
    train.run(&[]).exits(2);
}

#[test]
fn a_dry_run_finds_a_branch_that_is_in_use() {
    let train = Train::new();
    train.cut_through(1);
    let fix = train.commit("main", &[("fix.rs", "fixed\n")], "Fix it");
    train.git(&["worktree", "add", "--quiet", "../beside", "release-1.0.0"]);
    for args in [&[fix.as_str(), "--dry-run"][..], &[&fix]] {
        assert!(train.run(args).exits(1).contains("error[branch-in-use]"), "{args:?}");
    }
}

#[test]
fn what_changes_a_file_that_cannot_be_read_is_not_made_unasked() {
    let train = Train::new();
    train.cut_through(1);
    train.sandbox.write("data/Cargo.toml", b"\xff");
    train.sandbox.commit_all("Add what is not text");
    let text = train.run(&["HEAD"]).exits(1);
    assert!(text.contains("changes what cannot be judged: byte 0 is not UTF-8 (data/Cargo.toml)"), "{text}");
    assert_eq!(train.own("release-1.0.0"), [""; 0]);
    train.run(&["HEAD", "--accept-flags"]).exits(0);
}
