//! Programs that a configuration names.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{configured, refused};
use crate::environment;
use crate::fixture::Fixture;
use crate::support::write_executable;
use crate::tools::Tool;

/// A configuration with a program that leaves the file `name` beside the repository.
fn leaving(name: &str) -> String {
    format!("[[run]]\ncommand = [\"sh\", \"-c\", \"echo >../{name}\"]\n")
}

/// Returns the files that programs have left: they run in work trees of their own.
fn left(fixture: &Fixture, name: &str) -> Vec<PathBuf> {
    let dir = fixture.sandbox.dir();
    let above = [dir.to_owned(), dir.join("home"), PathBuf::from("/dev/shm")];
    above.into_iter().map(|folder| folder.join(name)).filter(|path| path.exists()).collect()
}

/// A release branch at 7.0.0 with a configuration of its own, beside the trunk with `trunk`'s.
fn with_release_branch(trunk: &str, release: Option<&str>) -> Fixture {
    let fixture = Fixture::new("virtual-workspace");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-7.0.0"]);
    if let Some(text) = release {
        fixture.sandbox.write("relprep.toml", text);
        fixture.sandbox.commit_all("A configuration of the branch's own");
    }
    fixture.sandbox.git(["switch", "--quiet", "main"]);
    fixture.sandbox.write("relprep.toml", trunk);
    fixture.sandbox.commit_all("The trunk's configuration");
    fixture
}

#[test]
fn programs_run_only_when_something_is_prepared_from_what_is_committed() {
    let text = leaving("ran-uncommitted");
    let fixture = configured(&text);
    let ran = || left(&fixture, "ran-uncommitted");
    fixture.sandbox.git(["branch", "release-7.0.0"]);
    for args in [
        "branch --dry-run",
        "branch --dry-run --diff",
        "branch --dry-run --format json",
        "patch --branch release-7.0.0 --dry-run",
        "check",
        "check --format json",
        "check --supported",
        "check-msrv",
        "schedule",
        "status",
        "backport HEAD",
        "backport --status",
        "completions bash",
    ] {
        fixture.run(args);
        assert_eq!(ran(), [] as [PathBuf; 0], "`{args}` runs programs");
    }
    fixture.sandbox.git(["switch", "--quiet", "release-7.0.0"]);
    for args in ["patch --dry-run", "rc --dry-run", "release --dry-run"] {
        fixture.run(args);
        assert_eq!(ran(), [] as [PathBuf; 0], "`{args}` runs programs");
    }
    fixture.sandbox.git(["switch", "--quiet", "main"]);
    fixture.sandbox.git(["branch", "--quiet", "-D", "release-7.0.0"]);
    fixture.sandbox.write("relprep.toml", text.replace("echo", "exec echo"));
    for args in ["branch", "branch --allow-dirty", "branch --allow-dirty --config relprep.toml"] {
        let said = refused(&fixture, args, args);
        assert!(said.err.contains("error[config-runs]") || !args.contains("--allow"), "{}", said.err);
        assert_eq!(ran(), [] as [PathBuf; 0], "`{args}` runs programs that are not committed");
    }
}

#[test]
fn the_programs_of_a_branch_that_is_not_checked_out_do_not_run() {
    let (foreign, own) = (leaving("ran-foreign"), leaving("ran-own"));
    for trunk in ["", &own, &foreign] {
        let fixture = with_release_branch(trunk, Some(&foreign));
        // A second branch without programs is not prepared either: all or nothing.
        fixture.sandbox.git(["branch", "release-6.0.0", "release-7.0.0~1"]);
        for args in [
            "patch --branch release-7.0.0",
            "patch --branch release-7.0.0 --dry-run",
            "patch --branch release-7.0.0 --format json",
            "patch --branch release-*",
            "release --branch release-7.0.0",
            "rc --branch release-7.0.0",
        ] {
            let before = fixture.sandbox.everything();
            let said = fixture.run(args);
            assert_eq!(fixture.sandbox.everything(), before, "`{args}`: something changed");
            assert!([1, 2].contains(&said.status), "`{args}`: {}{}", said.out, said.err);
            if args.starts_with("patch") && !args.contains("json") {
                assert!(said.err.contains("error[config-runs]"), "`{args}`: {}", said.err);
                assert!(said.err.contains("check the branch out"), "`{args}`: {}", said.err);
            }
            for name in ["ran-foreign", "ran-own"] {
                assert_eq!(left(&fixture, name), [] as [PathBuf; 0], "`{args}` ran {name}");
            }
        }
    }
}

#[test]
fn the_plan_lists_a_program_before_it_runs() {
    let fixture = configured("");
    let (shown, seen) = (fixture.sandbox.dir().join("shown"), fixture.sandbox.dir().join("seen"));
    let (from, to) = (shown.display(), seen.display());
    let text = format!("[[run]]\ncommand = [\"cp\", \"{from}\", \"{to}\"]\n");
    fixture.sandbox.write("relprep.toml", text);
    fixture.sandbox.commit_all("A program");
    let mut command = fixture.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    command.args(["relprep", "branch"]).stdout(File::create(&shown).unwrap());
    assert!(command.status().unwrap().success());
    let seen = fs::read_to_string(&seen).unwrap();
    assert!(seen.contains("\nPrograms ") && seen.contains(&format!("\n  cp {from} {to}\n")), "{seen}");
    assert!(!seen.contains("\nMade\n"), "{seen}");
    assert!(fs::read_to_string(shown).unwrap().contains("\nMade\n"));
}

#[test]
fn a_branch_without_a_configuration_runs_what_is_checked_out_and_says_so() {
    let fixture =
        with_release_branch("[[run]]\ncommand = [\"sh\", \"-c\", \"echo 1 >>RELEASES.md\"]\n", None);
    fixture.sandbox.git(["switch", "--quiet", "release-7.0.0"]);
    fixture.sandbox.write("RELEASES.md", "## 7.0.0\n\nReleased 2024-04-20.\n");
    fixture.sandbox.commit_all("Release 7.0.0");
    fixture.sandbox.git(["switch", "--quiet", "main"]);
    let dry = fixture.run("patch --branch release-7.0.0 --dry-run");
    assert_eq!(dry.status, 0, "{}", dry.err);
    assert!(dry.err.contains("that of the trunk, main, is used"), "{}", dry.err);
    assert!(dry.out.contains("\nPrograms ") && dry.out.contains("echo 1 >>RELEASES.md"), "{}", dry.out);
    let said = fixture.run("patch --branch release-7.0.0");
    assert!(said.out.starts_with(&dry.out), "{}", said.out);
    let notes = fixture.sandbox.git(["show", "release-7.0.0:RELEASES.md"]);
    assert!(notes.ends_with("\n1"), "{notes}");
}

#[test]
fn what_killed_runs_have_laid_out_for_cargo_is_removed_and_nothing_else() {
    let fixture = Fixture::new("patched");
    let base = fixture.sandbox.dir().join("home");
    let lay = |name: &str| {
        fs::create_dir_all(base.join(name).join("tree")).unwrap();
        let lock = base.join(name).join("lock");
        fs::write(&lock, "locked").unwrap();
        File::open(lock).unwrap()
    };
    let (dead, alive) = (lay("relprep-dead"), lay("relprep-alive"));
    alive.try_lock().unwrap();
    drop(dead);
    lay("other");
    // One that is just being made: its lock is not taken yet.
    drop(lay("relprep-young"));
    File::create(base.join("relprep-young/lock")).unwrap();
    fs::create_dir(base.join("relprep-mine")).unwrap();
    assert_eq!(fixture.run("branch --dry-run").status, 0);
    let is_there = |name: &str| base.join(name).exists();
    assert!(!is_there("relprep-dead") && is_there("relprep-alive"));
    assert!(is_there("other") && is_there("relprep-mine") && is_there("relprep-young"));
    let ours = fs::read_dir(&base).unwrap().flatten();
    let count = ours.filter(|entry| entry.file_name().to_string_lossy().starts_with("relprep-")).count();
    assert_eq!(count, 3, "the run removes its own folder");
}

/// The keys of git that name a program; `driver` is the one that the attributes ask for.
const OF_GIT: [&str; 27] = [
    "core.alternateRefsCommand",
    "core.askPass",
    "core.editor",
    "core.fsmonitor",
    "core.gitProxy",
    "core.pager",
    "core.sshCommand",
    "credential.helper",
    "diff.driver.command",
    "diff.driver.textconv",
    "diff.external",
    "filter.driver.clean",
    "filter.driver.smudge",
    "gpg.program",
    "gpg.ssh.defaultKeyCommand",
    "gpg.ssh.program",
    "interactive.diffFilter",
    "merge.driver.driver",
    "pager.diff",
    "pager.log",
    "pager.status",
    "remote.origin.receivepack",
    "remote.origin.uploadpack",
    "sequence.editor",
    "submodule.moon.update",
    "trailer.signed.command",
    "uploadpack.packObjectsHook",
];

/// The hooks that run where a commit is made and a ref moves, as they do for `git commit`.
const COMMITTING: [&str; 6] = [
    "hook commit-msg",
    "hook post-commit",
    "hook post-index-change",
    "hook pre-commit",
    "hook prepare-commit-msg",
    "hook reference-transaction",
];

/// What `git status` runs where files look changed.
const LOOKING: [&str; 2] = ["core.fsmonitor", "filter.driver.clean"];

/// Hooks of other occasions.
const OTHER_HOOKS: [&str; 7] = [
    "applypatch-msg",
    "fsmonitor-watchman",
    "post-checkout",
    "post-merge",
    "pre-merge-commit",
    "pre-push",
    "pre-receive",
];

/// A repository in which every program that git can be told of leaves its name behind.
struct Planted {
    fixture: Fixture,
    /// A shell reads many of the keys: without a space in its path.
    programs: TempDir,
    ran: PathBuf,
}

impl Planted {
    fn new() -> Self {
        let fixture = Fixture::new("patched");
        fixture.sandbox.write(".gitattributes", "* filter=driver diff=driver merge=driver\n");
        fixture.sandbox.commit_all("Attributes");
        let programs =
            tempfile::Builder::new().prefix("programs").tempdir_in(fixture.sandbox.dir().parent().unwrap());
        let ran = fixture.sandbox.dir().join("ran");
        let planted = Self { fixture, programs: programs.unwrap(), ran };
        for key in OF_GIT {
            let path = planted.program(key).display().to_string();
            let value = if key.starts_with("submodule") { format!("!{path}") } else { path };
            planted.fixture.sandbox.git(["config", key, &value]);
        }
        let hooks = planted.fixture.sandbox.root().join(".git/hooks");
        fs::create_dir_all(&hooks).unwrap();
        for hook in COMMITTING.map(|name| &name[5..]).into_iter().chain(OTHER_HOOKS) {
            fs::copy(planted.program(&format!("hook {hook}")), hooks.join(hook)).unwrap();
        }
        planted
    }

    /// Makes a program that leaves its name; a filter passes on what it is given, all others do nothing.
    fn program(&self, name: &str) -> PathBuf {
        let path = self.programs.path().join(name.replace(' ', "-"));
        let then = if name.starts_with("filter") { "exec cat" } else { "exit 0" };
        write_executable(&path, &format!("#!/bin/sh\necho '{name}' >>'{}'\n{then}\n", self.ran.display()));
        path
    }

    /// Runs a command and returns what it said, and which programs have run.
    fn run(&self, args: &str) -> (String, BTreeSet<String>) {
        let _ = fs::remove_file(&self.ran);
        let said = self.fixture.run(args);
        let ran = fs::read_to_string(&self.ran).unwrap_or_default();
        (said.err, ran.lines().map(str::to_owned).collect())
    }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn what_only_looks_runs_no_program_of_git() {
    let planted = Planted::new();
    let sandbox = &planted.fixture.sandbox;
    for (branch, change) in [("", ""), ("release-1.4.2", ""), ("", "# mine\n")] {
        if !branch.is_empty() {
            sandbox.git(["branch", branch]);
        }
        let attributes = sandbox.read(".gitattributes");
        sandbox.write(".gitattributes", attributes + change);
        for args in [
            "status",
            "check",
            "check --branch release-1.4.2",
            "check --only-versions",
            "check-msrv",
            "check-msrv --branch release-1.4.2",
            "branch --dry-run",
            "branch --dry-run --diff --allow-dirty",
            "patch --branch release-1.4.2 --dry-run",
            "backport HEAD --dry-run",
            "backport --status",
            "replay",
            "init --dry-run",
            "tag --dry-run",
        ] {
            let (said, ran) = planted.run(args);
            assert!(ran.is_subset(&set(&LOOKING)), "`{args}` {ran:?} {said}");
        }
    }
}

#[test]
fn what_commits_runs_the_programs_that_git_commit_would_and_no_others() {
    let planted = Planted::new();
    let sandbox = &planted.fixture.sandbox;
    sandbox.git(["branch", "release-1.4.2"]);
    let of_commits = |ran: &BTreeSet<String>, more: &[&str]| {
        let allowed = &set(&COMMITTING) | &(&set(&LOOKING) | &set(more));
        ran.is_subset(&allowed)
            && ran.contains("hook pre-commit")
            && more.iter().all(|name| ran.contains(*name))
    };
    sandbox.git(["config", "commit.gpgsign", "true"]);
    // It signs nothing, and so nothing is made.
    let (said, ran) = planted.run("patch --branch release-1.4.2");
    assert!(said.contains("error[not-signed]"), "{said}");
    assert!(of_commits(&ran, &["gpg.program", "filter.driver.smudge"]), "{ran:?} {said}");
    sandbox.git(["config", "--unset", "commit.gpgsign"]);
    let (said, ran) = planted.run("patch --branch release-1.4.2");
    assert!(of_commits(&ran, &["filter.driver.smudge"]), "{ran:?} {said}");
    let (said, ran) = planted.run("bump --push");
    assert!(of_commits(&ran, &["filter.driver.smudge", "remote.origin.receivepack"]), "{ran:?} {said}");
    sandbox.git(["config", "--unset", "remote.origin.receivepack"]);
    let (said, ran) = planted.run("bump --push");
    assert!(of_commits(&ran, &["filter.driver.smudge", "hook pre-push"]), "{ran:?} {said}");
    let (said, ran) = planted.run("tag --branch release-1.4.2");
    assert_eq!(ran, set(&["hook reference-transaction"]), "{said}");
    // Both sides have changed what is picked.
    sandbox.git(["switch", "--quiet", "release-1.4.2"]);
    sandbox.write("NEWS", "ours\n");
    sandbox.commit_all("News of the branch");
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("NEWS", "one\n");
    sandbox.commit_all("News");
    sandbox.write("NEWS", "two\n");
    sandbox.commit_all("Newer");
    let (said, ran) = planted.run("backport HEAD --dry-run");
    assert_eq!(ran, set(&["merge.driver.driver"]), "{said}");
}

#[test]
fn a_toolchain_that_another_branch_names_is_not_run() {
    let Some(rustup) = Tool::Rustup.find() else { return };
    let proxies = Path::new(&rustup).parent().unwrap();
    let fixture = Fixture::new("patched");
    let ran = fixture.sandbox.dir().join("ran");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-1.4.2"]);
    let evil = fixture.sandbox.dir().join("evil");
    fixture.sandbox.write("rust-toolchain.toml", format!("[toolchain]\npath = '{}'\n", evil.display()));
    for name in ["cargo", "rustc", "rustdoc"] {
        let path = evil.join("bin").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_executable(&path, &format!("#!/bin/sh\necho {name} >>'{}'\n", ran.display()));
    }
    fixture.sandbox.commit_all("A toolchain");
    let run = |args: &str| {
        let mut program = fixture.program(args);
        program.env("PATH", environment::path(&[proxies])).env_remove("CARGO");
        program.output().unwrap()
    };
    run("check");
    assert!(ran.exists(), "rustup is not the Cargo that was asked, and the test is blind");
    fixture.sandbox.git(["switch", "--quiet", "main"]);
    fs::remove_file(&ran).unwrap();
    for args in [
        "status",
        "check",
        "check --branch release-1.4.2",
        "check-msrv --branch release-1.4.2",
        "patch --branch release-1.4.2 --dry-run",
        "patch --branch release-1.4.2",
        "backport HEAD --dry-run",
        "backport --status",
    ] {
        let said = run(args);
        assert!(!ran.exists(), "`{args}`: {}", String::from_utf8_lossy(&said.stderr));
    }
}
