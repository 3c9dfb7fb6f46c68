//! Commits as the user's git would make them: identity, signatures, hooks, line ends, filters, and
//! the kinds of repositories that people have.

mod unusual;

use std::fs;
use std::path::Path;

use crate::child::{Action, Answer, Making, answer};
use crate::support::{Sandbox, write_executable};
use crate::tools::Tool;

fn repository() -> Sandbox {
    Sandbox::with_files([("Cargo.toml", "version = \"1.0.0\"\n"), ("docs/notes.md", "old\nnotes\n")])
}

fn bump() -> Making {
    Making::commit("main", &[("Cargo.toml", "version = \"2.0.0\"\n"), ("docs/new.md", "a\nb\n")])
}

/// Publishes with variables added to the environment.
fn publish_with(sandbox: &Sandbox, making: Making, env: &[(&str, &str)]) -> Answer {
    let mut child = sandbox.child(&sandbox.root(), Action::Publish(making));
    child.envs(env.iter().copied());
    answer(&mut child, sandbox)
}

/// Checks that the making is refused for these reasons and that nothing has changed.
#[track_caller]
fn refuses(sandbox: &Sandbox, making: Making, rule: &str) -> Answer {
    let before = sandbox.everything();
    let answer = sandbox.publish(making);
    assert_eq!(answer.refused(), [rule], "{}", answer.text());
    assert_eq!(sandbox.everything(), before);
    assert_eq!(sandbox.git(["worktree", "list", "--porcelain"]).matches("worktree ").count(), 1);
    answer
}

#[track_caller]
fn is_clean(sandbox: &Sandbox) {
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    sandbox.fsck();
}

#[test]
fn identity_and_dates_come_from_the_environment_as_in_git() {
    let sandbox = repository();
    let env = [
        ("GIT_AUTHOR_NAME", "A. U. Thor."),
        ("GIT_AUTHOR_EMAIL", "author@example.org"),
        ("GIT_AUTHOR_DATE", "2024-02-29T12:00:00 +0530"),
        ("GIT_COMMITTER_EMAIL", "committer@example.org"),
        ("GIT_COMMITTER_DATE", "@1709200000 -0330"),
    ];
    publish_with(&sandbox, bump(), &env).is_fine();
    sandbox
        .command("git")
        .args(["commit", "--quiet", "--allow-empty", "-m", "x"])
        .envs(env)
        .status()
        .unwrap();
    let by = |rev: &str| sandbox.git(["log", "-1", "--format=%an|%ae|%ad|%cn|%ce|%cd", "--date=raw", rev]);
    assert_eq!(by("HEAD^"), by("HEAD"));
}

#[test]
fn identity_comes_from_includes_and_from_configuration_in_the_environment() {
    let sandbox = repository();
    let included = sandbox.dir().join("home/work");
    fs::write(&included, "[user]\n\tname = At Work\n").unwrap();
    let global = format!(
        "[user]\n\tname = Ann\n\temail = ann@example.org\n[includeIf \"hasconfig:remote.*.url:https://example.org/**\"]\n\tpath = {}\n",
        included.display()
    );
    fs::write(sandbox.global_config(), global).unwrap();
    sandbox.git(["remote", "add", "origin", "https://example.org/x"]);
    let env = [
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "user.email"),
        ("GIT_CONFIG_VALUE_0", "env@example.org"),
    ];
    publish_with(&sandbox, bump(), &env).is_fine();
    assert_eq!(sandbox.git(["log", "-1", "--format=%an %ae"]), "At Work env@example.org");
}

#[test]
fn without_an_identity_nothing_is_done() {
    let sandbox = repository();
    fs::write(sandbox.global_config(), "[user]\n\tuseConfigOnly = true\n").unwrap();
    refuses(&sandbox, bump(), "no-identity");
}

#[test]
fn a_commit_is_signed_with_an_ssh_key() {
    let Some(ssh_keygen) = Tool::SshKeygen.find() else { return };
    let sandbox = repository();
    let key = sandbox.dir().join("home/key");
    let made = sandbox.command(ssh_keygen).args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    assert!(made.unwrap().success());
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    let allowed = sandbox.dir().join("home/allowed");
    fs::write(&allowed, format!("ann@example.org {public}")).unwrap();
    sandbox.git(["config", "commit.gpgsign", "true"]);
    sandbox.git(["config", "gpg.format", "ssh"]);
    sandbox.git(["config", "user.signingkey", key.to_str().unwrap()]);
    sandbox.git(["config", "gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()]);
    sandbox.publish(bump().and(Making::commit("next", &[("Cargo.toml", "x\n")]))).is_fine();
    sandbox.git(["verify-commit", "HEAD", "next"]);
    is_clean(&sandbox);
    fs::remove_file(&key).unwrap();
    refuses(&sandbox, Making::commit("main", &[("Cargo.toml", "three\n")]), "not-signed");
}

#[test]
fn a_commit_is_signed_with_an_openpgp_key() {
    let Some(gpg) = Tool::Gpg.find() else { return };
    let sandbox = repository();
    // The agent's socket has a short name only where its folder has.
    let home = tempfile::Builder::new().prefix("g").tempdir_in("/tmp").unwrap();
    let gpg = |args: &[&str]| {
        let output = sandbox.command(&gpg).env("GNUPGHOME", home.path()).args(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    gpg(&[
        "--batch",
        "--passphrase",
        "",
        "--quick-gen-key",
        "Ann Other <ann@example.org>",
        "ed25519",
        "sign",
        "never",
    ]);
    sandbox.git(["config", "commit.gpgsign", "true"]);
    let env = [("GNUPGHOME", home.path().to_str().unwrap())];
    publish_with(&sandbox, bump(), &env).is_fine();
    let verified = sandbox.command("git").args(["verify-commit", "HEAD"]).envs(env).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let _ = sandbox.command("gpgconf").args(["--kill", "all"]).envs(env).status();
    refuses(&sandbox, Making::commit("main", &[("Cargo.toml", "three\n")]), "not-signed");
}

#[test]
fn a_signing_program_of_the_users_is_run() {
    let sandbox = repository();
    let program = sandbox.dir().join("home/sign it");
    write_executable(
        &program,
        "#!/bin/sh\necho '[GNUPG:] SIG_CREATED ' >&2\ncat >/dev/null\necho '-----BEGIN PGP SIGNATURE-----'\necho signed\necho '-----END PGP SIGNATURE-----'\n",
    );
    for (key, value) in [("commit.gpgsign", "yes"), ("gpg.format", "x509")] {
        sandbox.git(["config", key, value]);
    }
    sandbox.git(["config", "gpg.x509.program", program.to_str().unwrap()]);
    sandbox.publish(bump()).is_fine();
    assert!(sandbox.git(["cat-file", "commit", "HEAD"]).contains(" signed\n"));
    write_executable(&program, "#!/bin/sh\necho 'no card' >&2\nexit 1\n");
    let answer = refuses(&sandbox, Making::commit("main", &[("Cargo.toml", "three\n")]), "not-signed");
    assert!(answer.text().contains("no card"));
}

#[test]
fn hooks_see_the_edited_tree_and_what_they_stage_joins_the_commit() {
    let sandbox = repository();
    sandbox.write("docs/notes.md", "my notes\n");
    sandbox.hook(
        "pre-commit",
        "test \"$(cat Cargo.toml)\" = 'version = \"2.0.0\"' || exit 1
         test \"$(git show :Cargo.toml)\" = 'version = \"2.0.0\"' || exit 2
         test \"$(cat docs/notes.md)\" = \"$(printf 'old\\nnotes')\" || exit 3
         test \"$(git diff --cached --name-only | wc -l)\" -eq 2 || exit 4
         test \"$(git symbolic-ref HEAD)\" = refs/heads/main || exit 5
         echo staged > extra && git add extra && echo not > unstaged",
    );
    sandbox.hook("prepare-commit-msg", "test \"$2\" = message && echo 'Prepared: yes' >> \"$1\"");
    sandbox.hook("commit-msg", "echo 'Change-Id: I1' >> \"$1\"; echo >> \"$1\"");
    sandbox.hook("post-commit", "git rev-parse HEAD > \"$(git rev-parse --git-dir)/seen\"; pwd > .git/where");
    sandbox.publish(bump()).is_fine();
    assert_eq!(sandbox.git(["log", "-1", "--format=%B"]), "Release it\nPrepared: yes\nChange-Id: I1");
    assert_eq!(sandbox.git(["show", "HEAD:extra"]), "staged");
    assert_eq!(sandbox.read("extra"), "staged\n");
    assert!(!sandbox.exists("unstaged"));
    assert_eq!(sandbox.read(".git/seen").trim(), sandbox.rev("HEAD"));
    assert_eq!(sandbox.git(["status", "--porcelain"]), " M docs/notes.md");
    assert_eq!(sandbox.git(["worktree", "list", "--porcelain"]).matches("worktree ").count(), 1);
    sandbox.fsck();
}

#[test]
fn a_hook_that_refuses_stops_all_and_can_be_skipped() {
    for name in ["pre-commit", "commit-msg"] {
        let sandbox = repository();
        sandbox.hook(name, "echo 'not on a Friday' >&2; exit 1");
        let answer = refuses(&sandbox, bump().and_branch("next"), "hook-refused");
        assert!(answer.text().contains("not on a Friday"));
        sandbox.publish(Making { no_verify: true, ..bump() }).is_fine();
        is_clean(&sandbox);
    }
}

#[test]
fn a_hook_of_the_transaction_is_heard() {
    let sandbox = repository();
    sandbox.hook("reference-transaction", "test \"$1\" != prepared || { echo 'frozen' >&2; exit 1; }");
    let answer = refuses(&sandbox, bump(), "ref-not-locked");
    assert!(answer.text().contains("frozen"), "{}", answer.text());
}

#[test]
fn the_failure_of_a_post_commit_hook_is_said_and_undoes_nothing() {
    let sandbox = repository();
    sandbox.hook("post-commit", "exit 1");
    assert_eq!(sandbox.publish(bump()).said(), ["post-commit"]);
    assert_eq!(sandbox.git(["log", "-1", "--format=%s"]), "Release it");
    is_clean(&sandbox);
}

#[test]
fn a_relative_hooks_path_means_the_users_work_tree() {
    let sandbox = repository();
    fs::write(sandbox.root().join(".git/info/exclude"), ".husky\n").unwrap();
    sandbox.write(".husky/pre-commit", "");
    write_executable(&sandbox.root().join(".husky/pre-commit"), "#!/bin/sh\necho seen; exit 1\n");
    sandbox.git(["config", "core.hooksPath", ".husky"]);
    refuses(&sandbox, bump(), "hook-refused");
}

#[test]
fn programs_see_the_edited_tree_and_their_changes_are_returned() {
    let sandbox = repository();
    let before = sandbox.everything();
    let script = "test \"$RELPREP_VERSION\" = 2.0.0 && grep -q 2.0.0 Cargo.toml && git status --short \
                  && echo by program >> docs/notes.md && touch untracked";
    let answer = sandbox.ask(Action::Scratch(bump(), script.into()));
    answer.is_fine();
    assert!(answer.text().contains(r#"["docs/notes.md","old\nnotes\nby program\n"]"#), "{}", answer.text());
    for (script, rule) in [("echo no luck; exit 3", "run-failed"), ("rm Cargo.toml", "run-changed-tree")] {
        let answer = sandbox.ask(Action::Scratch(bump(), script.into()));
        assert_eq!(answer.refused(), [rule]);
        assert!(!script.contains("luck") || answer.text().contains("no luck"));
    }
    assert_eq!(sandbox.everything(), before);
    assert_eq!(sandbox.git(["worktree", "list", "--porcelain"]).matches("worktree ").count(), 1);
}

#[test]
fn line_ends_are_those_that_git_would_check_out() {
    for (attributes, autocrlf, crlf) in [
        ("* text=auto\n", "true", true),
        ("", "true", true),
        ("*.md eol=crlf\n", "false", true),
        ("*.md text eol=lf\n", "true", false),
        ("*.md -text\n", "true", false),
        ("* text=auto\n", "input", false),
    ] {
        let sandbox = Sandbox::new();
        sandbox.git(["config", "core.autocrlf", autocrlf]);
        sandbox.write(".gitattributes", attributes);
        sandbox.write("docs/notes.md", "old\nnotes\n");
        sandbox.commit_all("first");
        fs::remove_file(sandbox.root().join("docs/notes.md")).unwrap();
        sandbox.git(["checkout", "--", "docs/notes.md"]);
        let making = Making::commit("main", &[("docs/notes.md", "new\nnotes\n"), ("docs/new.md", "a\nb\n")]);
        sandbox.publish(making).is_fine();
        let (notes, new) = if crlf { ("new\r\nnotes\r\n", "a\r\nb\r\n") } else { ("new\nnotes\n", "a\nb\n") };
        assert_eq!(sandbox.read("docs/notes.md"), notes, "{attributes} {autocrlf}");
        assert_eq!(sandbox.read("docs/new.md"), new, "{attributes} {autocrlf}");
        assert_eq!(sandbox.git(["show", "HEAD:docs/notes.md"]), "new\nnotes");
        is_clean(&sandbox);
    }
}

#[test]
fn filters_of_other_programs_are_applied() {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "filter.shout.smudge", "tr a-z A-Z"]);
    sandbox.git(["config", "filter.shout.clean", "tr A-Z a-z"]);
    sandbox.git(["config", "filter.shout.required", "true"]);
    sandbox.write(".gitattributes", "*.md filter=shout\n");
    sandbox.write("docs/the notes.md", "OLD\n");
    sandbox.commit_all("first");
    sandbox.publish(Making::commit("main", &[("docs/the notes.md", "new\n")])).is_fine();
    assert_eq!(sandbox.read("docs/the notes.md"), "NEW\n");
    assert_eq!(sandbox.git(["show", "HEAD:docs/the notes.md"]), "new");
    is_clean(&sandbox);
    sandbox.git(["config", "filter.shout.smudge", "false"]);
    let before = sandbox.everything();
    sandbox.publish(Making::commit("main", &[("docs/the notes.md", "three\n")])).failed();
    assert_eq!(sandbox.everything(), before);
}

#[test]
#[cfg(unix)]
fn modes_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = repository();
    write_executable(&sandbox.root().join("run.sh"), "#!/bin/sh\n");
    sandbox.commit_all("script");
    sandbox.publish(Making::commit("main", &[("run.sh", "#!/bin/sh\ntrue\n")])).is_fine();
    let mode = fs::metadata(sandbox.root().join("run.sh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
    assert!(sandbox.git(["ls-tree", "HEAD", "run.sh"]).starts_with("100755"));
    is_clean(&sandbox);
}

#[test]
#[cfg(unix)]
fn what_a_hook_stages_may_be_of_any_kind() {
    let sandbox = repository();
    std::os::unix::fs::symlink("Cargo.toml", sandbox.root().join("link")).unwrap();
    sandbox.write("gone/deep/file", "x");
    sandbox.commit_all("more");
    sandbox.hook(
        "pre-commit",
        "git rm -q gone/deep/file; rm link; echo file > link; ln -s link other; chmod +x docs/notes.md; git add .",
    );
    sandbox.publish(bump()).is_fine();
    is_clean(&sandbox);
    assert!(!sandbox.exists("gone"));
    assert_eq!(fs::read_link(sandbox.root().join("other")).unwrap(), Path::new("link"));
    assert_eq!(sandbox.read("link"), "file\n");
}

#[test]
fn a_sparse_checkout_gets_no_file_that_it_leaves_out() {
    let sandbox = repository();
    sandbox.git(["sparse-checkout", "set", "--no-cone", "/Cargo.toml"]);
    assert!(!sandbox.exists("docs"));
    let making = Making::commit("main", &[("Cargo.toml", "two\n"), ("docs/notes.md", "new notes\n")]);
    sandbox.publish(making).is_fine();
    assert!(!sandbox.exists("docs"));
    assert_eq!(sandbox.git(["ls-files", "-t"]), "H Cargo.toml\nS docs/notes.md");
    is_clean(&sandbox);
    sandbox.git(["sparse-checkout", "disable"]);
    assert_eq!(sandbox.read("docs/notes.md"), "new notes\n");
    is_clean(&sandbox);
}

#[test]
fn indexes_of_newer_kinds_are_kept_or_refused() {
    let sandbox = repository();
    sandbox.git(["update-index", "--index-version", "4"]);
    sandbox.git(["update-index", "--force-untracked-cache"]);
    sandbox.publish(bump()).is_fine();
    is_clean(&sandbox);
    sandbox.git(["update-index", "--split-index"]);
    let next = Making::commit("main", &[("Cargo.toml", "three\n")]);
    refuses(&sandbox, next.clone(), "index-unreadable");
    sandbox.git(["update-index", "--no-split-index"]);
    sandbox.git(["sparse-checkout", "set", "--cone", "--sparse-index", "docs"]);
    sandbox.write("docs/x", "");
    refuses(&sandbox, next.clone(), "index-unreadable");
    sandbox.git(["sparse-checkout", "disable"]);
    sandbox.publish(next).is_fine();
    assert_eq!(sandbox.git(["status", "--porcelain"]), "?? docs/x");
}

#[test]
fn the_variables_that_say_where_the_repository_lies_count() {
    let sandbox = repository();
    fs::rename(sandbox.root().join(".git"), sandbox.dir().join("git dir")).unwrap();
    fs::copy(sandbox.dir().join("git dir/index"), sandbox.dir().join("the index")).unwrap();
    // Relative to a folder that is not the root of the work tree.
    let env = [
        ("GIT_DIR", "../../git dir"),
        ("GIT_WORK_TREE", ".."),
        ("GIT_INDEX_FILE", sandbox.dir().join("the index").to_str().unwrap()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let hooks = sandbox.dir().join("git dir/hooks");
    fs::create_dir_all(&hooks).unwrap();
    write_executable(&hooks.join("pre-commit"), "#!/bin/sh\ngrep -q 2.0.0 Cargo.toml\n");
    let mut child = sandbox.child(Path::new("."), Action::Publish(bump()));
    child.current_dir(sandbox.root().join("docs")).envs(env.clone());
    answer(&mut child, &sandbox).is_fine();
    let mut status = sandbox.command("git");
    let status = status.current_dir(sandbox.root().join("docs")).args(["status", "--porcelain"]).envs(env);
    assert_eq!(String::from_utf8(status.output().unwrap().stdout).unwrap(), "");
    assert_eq!(sandbox.read("Cargo.toml"), "version = \"2.0.0\"\n");
}

#[test]
#[cfg(target_os = "linux")]
fn a_repository_whose_own_path_is_not_utf8_works() {
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = repository();
    sandbox.hook("pre-commit", "grep -q 2.0.0 Cargo.toml");
    let odd = sandbox.dir().join(std::ffi::OsStr::from_bytes(b"odd \xff"));
    fs::rename(sandbox.root(), &odd).unwrap();
    for stop in ["refs", ""] {
        let mut child = sandbox.child(Path::new("."), Action::Publish(bump()));
        let output = child.current_dir(&odd).env("RELPREP_TEST_STOP", stop).output().unwrap();
        assert_eq!(output.status.success(), stop.is_empty());
        let mut child = sandbox.child(Path::new("."), Action::Recover);
        child.current_dir(&odd);
        let answer = answer(&mut child, &sandbox);
        assert_eq!(
            answer.said(),
            if stop.is_empty() { vec![] } else { vec!["completed"] },
            "{}",
            answer.text()
        );
    }
    let mut git = sandbox.command("git");
    let output = git.current_dir(&odd).args(["status", "--porcelain"]).output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty());
}

#[test]
fn a_change_in_the_instant_after_staging_is_still_seen() {
    let sandbox = repository();
    // Same length, and a time that says nothing: only git's rule for racy entries finds it.
    let stamp = fs::metadata(sandbox.root().join(".git/index")).unwrap().modified().unwrap();
    sandbox.write("docs/notes.md", "OLD\nnotes\n");
    let file = fs::File::options().write(true).open(sandbox.root().join("docs/notes.md")).unwrap();
    file.set_modified(stamp).unwrap();
    sandbox.publish(bump()).is_fine();
    assert_eq!(sandbox.git(["status", "--porcelain"]), " M docs/notes.md");
}
