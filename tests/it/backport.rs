//! `cargo relprep backport`, on repositories made with real git.

#![expect(clippy::unwrap_used, reason = "a test fails that cannot be set up")]

mod advisory;
mod agreement;
mod evidence;
mod locks;
mod outcomes;
mod requests;
mod resolving;
mod reverts;
mod shallow;
mod status;

use std::path::Path;
use std::process::Output;

use crate::support::Sandbox;

/// A file with a line for each of `lines`, so far apart that changes to two of them do not touch.
fn spaced(lines: &[&str]) -> String {
    let gap = "//\n".repeat(5);
    lines.iter().flat_map(|line| [line, "\n", &gap]).collect()
}

/// The notes of a branch whose newest section is unreleased.
fn notes(version: &str, entries: &str) -> String {
    format!("## {version}\n\nUnreleased.\n\n### Fixed\n{entries}")
}

fn manifest(version: &str) -> String {
    format!("[package]\nname = \"tool\"\nversion = \"{version}\"\nedition = \"2021\"\n")
}

/// A project on a train: a package, its notes, and release branches.
struct Train {
    sandbox: Sandbox,
}

impl Train {
    /// Makes a project whose trunk is at 1.0.0.
    fn new() -> Self {
        let sandbox = Sandbox::with_files([
            ("Cargo.toml", manifest("1.0.0")),
            ("src/lib.rs", spaced(&["// one", "// two", "// three"])),
            ("RELEASES.md", notes("1.0.0", "")),
        ]);
        Self { sandbox }
    }

    /// Cuts the release branch of every major up to `last`; then the trunk is one ahead.
    fn cut_through(&self, last: u32) {
        let first =
            self.sandbox.read("Cargo.toml").split('"').nth(3).unwrap().split('.').next().unwrap().parse();
        for major in first.unwrap()..=last {
            self.git(&["branch", &format!("release-{major}.0.0")]);
            self.sandbox.write("Cargo.toml", manifest(&format!("{}.0.0", major + 1)));
            self.sandbox.write("RELEASES.md", notes(&format!("{}.0.0", major + 1), ""));
            self.sandbox.commit_all(&format!("Bump to {}.0.0", major + 1));
        }
    }

    fn git(&self, args: &[&str]) -> String {
        self.sandbox.git(args)
    }

    /// Commits `files` to `branch`, and returns the commit; the trunk is checked out afterwards.
    fn commit(&self, branch: &str, files: &[(&str, &str)], message: &str) -> String {
        self.git(&["switch", "--quiet", branch]);
        for (path, content) in files {
            self.sandbox.write(path, content);
        }
        self.sandbox.commit_all(message);
        let commit = self.sandbox.rev("HEAD");
        self.git(&["switch", "--quiet", "main"]);
        commit
    }

    /// Changes one text of a file on `branch` for another, and returns the commit.
    fn change(&self, branch: &str, path: &str, from: &str, to: &str, message: &str) -> String {
        self.git(&["switch", "--quiet", branch]);
        let text = self.sandbox.read(path);
        assert!(text.contains(from), "{path} of {branch} has no {from}: {text}");
        let text = text.replacen(from, to, 1);
        self.commit(branch, &[(path, &text)], message)
    }

    /// Runs `cargo relprep backport`, as cargo does.
    fn run(&self, args: &[&str]) -> Ran {
        self.run_in(&self.sandbox.root(), args)
    }

    /// Runs it in another folder.
    fn run_in(&self, folder: &Path, args: &[&str]) -> Ran {
        let mut command = self.sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.current_dir(folder);
        command.args(["relprep", "backport"]).args(args).env("GIT_EDITOR", "true");
        Ran(command.output().unwrap())
    }

    /// Runs it, and reads what it prints as JSON.
    fn json(&self, args: &[&str]) -> serde_json::Value {
        let ran = self.run(&[args, &["--format", "json"]].concat());
        serde_json::from_slice(&ran.0.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }

    /// Runs a command that was printed, in a shell.
    fn shell(&self, command: &str) -> Output {
        self.sandbox.command("sh").args(["-c", command]).env("GIT_EDITOR", "true").output().unwrap()
    }

    /// Returns the subjects of the commits that `branch` has and the trunk has not, newest first.
    fn own(&self, branch: &str) -> Vec<String> {
        let log = self.git(&["log", "--format=%s", &format!("main..{branch}")]);
        log.lines().map(str::to_owned).collect()
    }

    fn file(&self, branch: &str, path: &str) -> String {
        self.git(&["show", &format!("{branch}:{path}")])
    }
}

/// What became of a run.
#[derive(Debug)]
struct Ran(Output);

impl Ran {
    fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    /// Returns what was printed, having made sure of the exit status.
    #[track_caller]
    fn exits(&self, code: i32) -> String {
        let (out, err) = (String::from_utf8_lossy(&self.0.stdout), String::from_utf8_lossy(&self.0.stderr));
        assert_eq!(self.code(), code, "{out}{err}");
        format!("{out}{err}")
    }

    /// Returns the commands printed below `heading`.
    fn commands(&self, heading: &str) -> Vec<String> {
        let text = String::from_utf8(self.0.stdout.clone()).unwrap();
        let below = text.lines().skip_while(|line| !line.starts_with(heading)).skip(1);
        below.map_while(|line| line.strip_prefix("  ")).map(str::to_owned).collect()
    }
}
