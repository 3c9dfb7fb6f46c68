//! Repositories of unusual kinds, and what is pushed.

use std::fs;

use super::{bump, repository};
use crate::child::Action;
use crate::fixture::Fixture;
use crate::support::{Sandbox, write_executable};
use crate::tools::skip;

#[test]
fn shallow_and_partial_clones_work() {
    let origin = repository();
    origin.write("docs/notes.md", "newer\n");
    origin.commit_all("second");
    origin.git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", origin.root().display());
    for option in ["--depth=1", "--filter=blob:none"] {
        let sandbox = Sandbox::bare_ground();
        let mut clone = sandbox.command("git");
        clone.current_dir(sandbox.dir()).args(["clone", "--quiet", option, &url, "repo"]);
        assert!(clone.status().unwrap().success());
        // What is missing must not be needed.
        sandbox.git(["remote", "set-url", "origin", "file:///nowhere"]);
        sandbox.publish(bump().and_branch("release-1.0.0")).is_fine();
        assert_eq!(sandbox.git(["status", "--porcelain"]), "");
        assert_eq!(sandbox.git(["show", "HEAD:docs/new.md"]), "a\nb");
    }
}

#[test]
fn formats_that_cannot_be_read_are_refused() {
    for option in ["--object-format=sha256", "--ref-format=reftable"] {
        let sandbox = Sandbox::bare_ground();
        fs::create_dir(sandbox.root()).unwrap();
        if !sandbox.try_git(["init", "--quiet", option]).status.success() {
            skip(&format!("a git that knows `init {option}`"));
            continue;
        }
        sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "first"]);
        let answer = sandbox.publish(bump());
        assert_eq!(answer.refused(), ["repository"], "{}", answer.text());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn names_that_are_not_utf8_are_left_alone() {
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = repository();
    let odd = std::ffi::OsStr::from_bytes(b"odd \xff\"name");
    sandbox.write(odd, "odd");
    sandbox.write("with space/and\ttab", "x");
    sandbox.commit_all("odd names");
    sandbox.publish(bump()).is_fine();
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    assert_eq!(fs::read(sandbox.root().join(odd)).unwrap(), b"odd");
}

#[test]
fn a_push_is_atomic_and_holds_what_was_made() {
    let sandbox = repository();
    let remote = sandbox.dir().join("remote.git");
    sandbox.git(["init", "--quiet", "--bare", remote.to_str().unwrap()]);
    sandbox.git(["remote", "add", "up", remote.to_str().unwrap()]);
    sandbox.git(["config", "push.followTags", "true"]);
    sandbox.git(["tag", "-a", "-m", "x", "v1.0.0"]);
    sandbox.publish(bump().and_branch("release-1.0.0")).is_fine();
    let branches = vec!["main".to_owned(), "release-1.0.0".to_owned()];
    let hook = remote.join("hooks/update");
    write_executable(
        &hook,
        "#!/bin/sh\ntest $1 != refs/heads/release-1.0.0 || { echo protected; exit 1; }\n",
    );
    let refs = || sandbox.git(["-C", remote.to_str().unwrap(), "for-each-ref", "--format=%(refname)"]);
    let answer = sandbox.ask(Action::Push(None, branches.clone()));
    assert_eq!(answer.refused(), ["push-rejected"], "{}", answer.text());
    assert_eq!(refs(), "");
    fs::remove_file(&hook).unwrap();
    sandbox.ask(Action::Push(None, branches.clone())).is_fine();
    assert_eq!(refs(), "refs/heads/main\nrefs/heads/release-1.0.0");
    for remote in ["--upload-pack=touch x", "nowhere"] {
        let answer = sandbox.ask(Action::Push(Some(remote.into()), branches.clone()));
        assert!(["no-remote", "not-pushed"].contains(&answer.refused()[0]));
    }
}

#[test]
fn a_branch_is_pushed_to_its_upstream() {
    let sandbox = repository();
    for name in ["one", "two"] {
        let remote = sandbox.dir().join(name);
        sandbox.git(["init", "--quiet", "--bare", remote.to_str().unwrap()]);
        sandbox.git(["remote", "add", name, remote.to_str().unwrap()]);
    }
    assert_eq!(sandbox.ask(Action::Push(None, vec!["main".into()])).refused(), ["no-remote"]);
    sandbox.git(["push", "--quiet", "--set-upstream", "two", "main:trunk"]);
    sandbox.publish(bump()).is_fine();
    sandbox.ask(Action::Push(None, vec!["main".into()])).is_fine();
    assert_eq!(sandbox.rev("two/trunk"), sandbox.rev("main"));
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_not_changed_and_yet_committed() {
    let fixture = Fixture::new("several-lines");
    let sandbox = &fixture.sandbox;
    sandbox.write("assets/big.bin", "big");
    sandbox.commit_all("An asset");
    for patterns in [&["set", "--no-cone", "/*", "!/assets/"][..], &["set", "--cone", "tools"]] {
        sandbox.git(["sparse-checkout"].into_iter().chain(patterns.iter().copied()));
        assert_eq!(sandbox.git(["status", "--porcelain"]), "");
        let said = fixture.run("branch");
        assert_eq!(said.status, 0, "{patterns:?}: {}", said.err);
        assert_eq!(sandbox.git(["status", "--porcelain"]), "", "{patterns:?}");
        assert!(!sandbox.exists("assets/big.bin"), "{patterns:?}");
        let changed = sandbox.git(["diff", "--name-only", "HEAD~1", "HEAD"]);
        assert!(changed.contains("parser/Cargo.toml"), "{patterns:?}: {changed}");
        sandbox.git(["reset", "--quiet", "--hard", "HEAD~1"]);
        sandbox.git(["branch", "--quiet", "-D", "release-1.256"]);
    }
    assert!(!sandbox.exists("parser/Cargo.toml"));
    sandbox.write("tools/Cargo.toml", "changed");
    assert!(fixture.run("branch").err.contains("error[dirty]"));
}

#[test]
fn files_in_another_encoding_and_files_that_git_skips_are_not_changed() {
    let fixture = Fixture::new("virtual-workspace");
    let sandbox = &fixture.sandbox;
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    sandbox.write(".gitattributes", "*.txt working-tree-encoding=UTF-16LE eol=lf\n");
    sandbox
        .write("relprep.toml", "[[version-file]]\npath = \"VERSION.txt\"\nlines = [\"orbit {version}\"]\n");
    sandbox.write("VERSION.txt", utf16("orbit 7.0.0\n"));
    sandbox.write("docs/note.txt", utf16("ünderstand\n"));
    sandbox.write("docs/other.md", "other\n");
    sandbox.commit_all("In UTF-16");
    for path in ["VERSION.txt", "docs/note.txt"] {
        // The index must not be believed, nor the bytes on the disk.
        let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        fs::File::options().write(true).open(sandbox.root().join(path)).unwrap().set_modified(old).unwrap();
    }
    sandbox.git(["update-index", "--skip-worktree", "docs/other.md", "crates/orbit/Cargo.toml"]);
    sandbox.write("docs/other.md", "mine\n");
    let said = fixture.run("branch");
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(fs::read(sandbox.root().join("VERSION.txt")).unwrap(), utf16("orbit 8.0.0\n"));
    assert_eq!(sandbox.git(["show", "HEAD:VERSION.txt"]), "orbit 8.0.0");
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    assert_eq!(sandbox.read("docs/other.md"), "mine\n");
    assert_eq!(sandbox.git(["ls-files", "-v", "docs/other.md"]), "S docs/other.md");
}
