//! Publication with real git: all of it, or none of it.

use std::fs;

use crate::child::{Action, Commit, Making, answer};
use crate::support::Sandbox;

/// A repository with two tracked files.
fn repository() -> Sandbox {
    Sandbox::with_files([("Cargo.toml", "version = \"1.0.0\"\n"), ("docs/notes.md", "old notes\n")])
}

fn bump() -> Making {
    Making::commit("main", &[("Cargo.toml", "version = \"2.0.0\"\n"), ("new/file.md", "new\n")])
}

/// Checks that the making is refused for these reasons and that nothing has changed.
#[track_caller]
fn refuses(sandbox: &Sandbox, making: Making, rules: &[&str]) {
    let before = sandbox.everything();
    let answer = sandbox.publish(making);
    assert_eq!(answer.refused(), rules, "{}", answer.text());
    assert_eq!(sandbox.everything(), before);
    assert!(!sandbox.exists(".git/relprep/journal"));
}

#[test]
fn a_commit_on_the_checked_out_branch_takes_index_and_work_tree_along() {
    let sandbox = repository();
    let first = sandbox.rev("HEAD");
    sandbox.publish(bump().and_branch("release-1.0.0")).is_fine();
    assert_eq!(sandbox.rev("HEAD^"), first);
    assert_eq!(sandbox.rev("release-1.0.0"), first);
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    assert_eq!(sandbox.read("Cargo.toml"), "version = \"2.0.0\"\n");
    assert_eq!(sandbox.git(["show", "HEAD:new/file.md"]), "new");
    assert_eq!(
        sandbox.git(["log", "-1", "--format=%an <%ae> %cn %B"]),
        "Ann Other <ann@example.org> Ann Other Release it"
    );
    assert_eq!(sandbox.git(["reflog", "-1", "--format=%gs", "HEAD"]), "relprep: branch 2.0.0");
    sandbox.fsck();
}

#[test]
fn the_index_needs_no_refresh_afterwards() {
    let sandbox = repository();
    // What is staged in the second in which it was written is looked at again by every git.
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    for path in sandbox.git(["ls-files"]).lines() {
        let file = fs::File::options().write(true).open(sandbox.root().join(path)).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    sandbox.git(["update-index", "--refresh"]);
    sandbox.publish(bump()).is_fine();
    // Without a refresh, `diff-files` compares what the index knows of each file.
    assert_eq!(sandbox.git(["diff-files", "--name-only"]), "");
}

#[test]
fn a_commit_on_a_new_branch_leaves_index_and_work_tree_alone() {
    let sandbox = repository();
    sandbox.write("Cargo.toml", "changed\n");
    sandbox.publish(Making::commit("next", &[("Cargo.toml", "version = \"2.0.0\"\n")])).is_fine();
    assert_eq!(sandbox.git(["show", "next:Cargo.toml"]), "version = \"2.0.0\"");
    assert_eq!(sandbox.read("Cargo.toml"), "changed\n");
    assert_eq!(sandbox.git(["status", "--porcelain"]), " M Cargo.toml");
}

#[test]
fn commits_on_several_branches_keep_their_author_and_follow_each_other() {
    let sandbox = repository();
    let theirs = ["-m", "Theirs", "--author", "Søren Else <s@example.org>", "--date", "@1700000000 +0200"];
    sandbox.git([&["commit", "--quiet", "--allow-empty"], &theirs[..]].concat());
    sandbox.git(["branch", "release-1.0.0"]);
    let on = |branch: &str, content: &str| Commit {
        branch: branch.into(),
        parent: Some("main".into()),
        files: vec![("fix.rs".into(), content.into())],
        message: format!("Fix it\n\n# {content}"),
        origin: Some("main".into()),
    };
    let commits = vec![on("release-1.0.0", "a"), on("release-2.0.0", "b"), on("release-1.0.0", "c")];
    sandbox.publish(Making { commits, ..Making::default() }).is_fine();
    assert_eq!(sandbox.git(["show", "release-1.0.0:fix.rs"]), "c");
    assert_eq!(sandbox.git(["show", "release-1.0.0^:fix.rs"]), "a");
    assert_eq!(sandbox.rev("release-1.0.0~2"), sandbox.rev("main"));
    assert_eq!(
        sandbox.git(["log", "-1", "--format=%an %ad %cn", "--date=raw", "release-2.0.0"]),
        "Søren Else 1700000000 +0200 Ann Other"
    );
    assert_eq!(sandbox.git(["log", "-1", "--format=%b", "release-2.0.0"]), "# b");
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
}

#[test]
fn a_branch_that_exists_or_has_moved_is_refused() {
    let sandbox = repository();
    sandbox.git(["branch", "release-1.0.0"]);
    sandbox.git(["branch", "old"]);
    sandbox.write("x", "x");
    sandbox.commit_all("second");
    refuses(
        &sandbox,
        Making::commit("old", &[("a", "a")]).and(bump()).and_branch("release-1.0.0"),
        &["branch-exists", "branch-moved"],
    );
}

#[test]
fn a_branch_whose_name_lies_below_another_is_refused() {
    let sandbox = repository();
    refuses(&sandbox, bump().and_branch("main/x"), &["branch-name-taken"]);
    sandbox.git(["branch", "topic/x"]);
    refuses(&sandbox, bump().and_branch("topic"), &["branch-name-taken"]);
}

#[test]
fn a_branch_of_another_work_tree_is_refused_and_this_ones_works() {
    let sandbox = repository();
    let other = sandbox.dir().join("other tree");
    sandbox.git(["worktree", "add", "--quiet", "-b", "release-1.0.0", other.to_str().unwrap()]);
    refuses(&sandbox, Making::commit("release-1.0.0", &[("a", "a")]), &["branch-in-use"]);
    let making = Making::commit("release-1.0.0", &[("Cargo.toml", "patched\n")]);
    let mut child = sandbox.child(&other, Action::Publish(making));
    answer(&mut child, &sandbox).is_fine();
    assert_eq!(fs::read_to_string(other.join("Cargo.toml")).unwrap(), "patched\n");
    assert_eq!(sandbox.git(["-C", other.to_str().unwrap(), "status", "--porcelain"]), "");
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    let mut making = bump();
    making.commits[0].parent = Some("main".into());
    let mut child = sandbox.child(&other, Action::Publish(making));
    assert_eq!(answer(&mut child, &sandbox).refused(), ["branch-in-use"]);
}

#[test]
fn changes_of_other_files_survive_staged_or_not() {
    let sandbox = repository();
    sandbox.write("staged", "staged\n");
    sandbox.git(["add", "staged"]);
    sandbox.write("docs/notes.md", "my notes\n");
    sandbox.write("untracked", "untracked\n");
    sandbox.publish(bump()).is_fine();
    assert_eq!(sandbox.git(["status", "--porcelain"]), " M docs/notes.md\nA  staged\n?? untracked");
    assert_eq!(sandbox.read("docs/notes.md"), "my notes\n");
}

#[test]
fn changes_of_a_planned_file_are_refused() {
    let sandbox = repository();
    sandbox.write("Cargo.toml", "mine\n");
    refuses(&sandbox, bump(), &["changed-file"]);
    sandbox.git(["add", "Cargo.toml"]);
    refuses(&sandbox, bump(), &["staged-change"]);
    sandbox.git(["restore", "--staged", "--worktree", "Cargo.toml"]);
    fs::remove_file(sandbox.root().join("Cargo.toml")).unwrap();
    refuses(&sandbox, bump(), &["changed-file"]);
}

#[test]
fn a_change_that_git_was_told_to_overlook_is_refused() {
    for flag in ["--assume-unchanged", "--skip-worktree"] {
        let sandbox = repository();
        sandbox.git(["update-index", flag, "Cargo.toml"]);
        sandbox.write("Cargo.toml", "mine\n");
        refuses(&sandbox, bump(), &["changed-file"]);
    }
}

#[test]
fn an_untracked_file_in_the_place_of_a_new_one_is_refused_also_an_ignored_one() {
    let sandbox = repository();
    sandbox.write("new/file.md", "mine\n");
    refuses(&sandbox, bump(), &["untracked-file"]);
    fs::write(sandbox.root().join(".git/info/exclude"), "new\n").unwrap();
    refuses(&sandbox, bump(), &["untracked-file"]);
    sandbox.git(["add", "--force", "new/file.md"]);
    refuses(&sandbox, bump(), &["staged-change"]);
}

#[test]
fn a_file_in_the_place_of_a_folder_is_refused() {
    let sandbox = repository();
    sandbox.write("new", "mine\n");
    refuses(&sandbox, bump(), &["path-not-inside"]);
    sandbox.git(["add", "new"]);
    refuses(&sandbox, bump(), &["staged-change"]);
    refuses(
        &sandbox,
        Making::commit("next", &[("Cargo.toml/x", "x"), ("docs", "x")]),
        &["path-not-inside"; 2],
    );
}

#[test]
#[cfg(unix)]
fn a_path_through_a_symbolic_link_is_refused() {
    let sandbox = repository();
    let outside = sandbox.dir().join("outside");
    fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, sandbox.root().join("linked")).unwrap();
    refuses(&sandbox, Making::commit("main", &[("linked/x", "x")]), &["path-not-inside"]);
    sandbox.commit_all("link");
    refuses(&sandbox, Making::commit("main", &[("linked/x", "x"), ("linked", "x")]), &["path-not-inside"; 2]);
    assert!(fs::read_dir(&outside).unwrap().next().is_none());
    // A folder that has become a link is a change, too.
    fs::rename(sandbox.root().join("docs"), outside.join("docs")).unwrap();
    std::os::unix::fs::symlink(outside.join("docs"), sandbox.root().join("docs")).unwrap();
    refuses(&sandbox, Making::commit("main", &[("docs/notes.md", "x")]), &["path-not-inside"]);
}

#[test]
fn a_path_into_a_submodule_is_refused_and_others_work() {
    let sandbox = repository();
    let library = Sandbox::with_files([("Cargo.toml", "library\n")]);
    let url = library.root();
    sandbox.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        url.to_str().unwrap(),
        "lib",
    ]);
    sandbox.commit_all("submodule");
    refuses(
        &sandbox,
        Making::commit("main", &[("lib/Cargo.toml", "x"), ("lib", "x")]),
        &["path-not-inside"; 2],
    );
    sandbox.publish(bump()).is_fine();
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    assert_eq!(sandbox.read("lib/Cargo.toml"), "library\n");
}

#[test]
fn an_operation_in_progress_is_refused() {
    let sandbox = repository();
    sandbox.git(["checkout", "--quiet", "-b", "side"]);
    sandbox.write("docs/notes.md", "theirs\n");
    sandbox.commit_all("theirs");
    sandbox.git(["checkout", "--quiet", "main"]);
    sandbox.write("docs/notes.md", "ours\n");
    sandbox.commit_all("ours");
    assert!(!sandbox.try_git(["merge", "side"]).status.success());
    refuses(&sandbox, bump(), &["operation-in-progress"]);
}

#[test]
fn a_checked_out_branch_without_a_commit_is_refused() {
    let sandbox = repository();
    let mut making = bump();
    making.commits[0].branch = "empty".into();
    making.commits[0].parent = Some("main".into());
    let other = sandbox.dir().join("other tree");
    sandbox.git(["worktree", "add", "--quiet", "--detach", other.to_str().unwrap()]);
    sandbox.git(["-C", other.to_str().unwrap(), "symbolic-ref", "HEAD", "refs/heads/empty"]);
    refuses(&sandbox, making, &["branch-in-use"]);
    sandbox.git(["worktree", "remove", "--force", other.to_str().unwrap()]);
    sandbox.git(["symbolic-ref", "HEAD", "refs/heads/empty"]);
    let mut making = bump();
    making.commits[0].branch = "empty".into();
    making.commits[0].parent = Some("main".into());
    refuses(&sandbox, making, &["unborn-branch"]);
}

#[test]
fn foreign_locks_are_named_and_stay() {
    let sandbox = repository();
    for (lock, rule) in [
        (".git/index.lock", "index-locked"),
        (".git/HEAD.lock", "ref-not-locked"),
        (".git/refs/heads/main.lock", "ref-not-locked"),
    ] {
        sandbox.write(lock, "");
        refuses(&sandbox, bump(), &[rule]);
        fs::remove_file(sandbox.root().join(lock)).unwrap();
    }
    sandbox.publish(bump()).is_fine();
}

#[test]
fn a_run_holds_the_lock_as_long_as_it_lives() {
    let sandbox = repository();
    let mut child = sandbox.child(&sandbox.root(), Action::Publish(bump()));
    // It dies before it has written anything but its lock.
    child.env("RELPREP_TEST_STOP", "objects");
    assert!(!child.output().unwrap().status.success());
    let lock = fs::File::open(sandbox.root().join(".git/relprep/lock")).unwrap();
    lock.lock().unwrap();
    refuses(&sandbox, bump(), &["already-running"]);
    lock.unlock().unwrap();
    sandbox.publish(bump()).is_fine();
    assert_eq!(sandbox.left(), [""; 0]);
}

#[test]
fn a_repository_above_the_folder_and_a_detached_head_work() {
    let sandbox = repository();
    let mut child = sandbox.child(&sandbox.root().join("docs"), Action::Publish(bump()));
    answer(&mut child, &sandbox).is_fine();
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    sandbox.git(["checkout", "--quiet", "--detach"]);
    sandbox.publish(Making::commit("main", &[("Cargo.toml", "three\n")])).is_fine();
    assert_eq!(sandbox.git(["show", "main:Cargo.toml"]), "three");
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    assert_eq!(sandbox.read("Cargo.toml"), "version = \"2.0.0\"\n");
}
