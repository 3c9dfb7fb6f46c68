//! How long `cargo relprep patch`, with its commit, takes beside `cargo metadata --no-deps --offline` on
//! the same tree, and on five branches beside one.
//!
//! The trees are made up, of 96, 500 and 2,000 packages, and every manifest changes; one more is
//! Wasmtime's of August 2025 where the recorded history lies beside this repository (or where
//! `RELPREP_HISTORY` says). It prints figures, and judges none. Runs take turns, so that a busy machine
//! slows both, and each begins with the same objects and reflogs.

#![expect(clippy::unwrap_used, reason = "a benchmark fails that cannot be set up")]
#![expect(clippy::print_stdout, reason = "figures are what it is for")]

mod made_up;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How many packages the made-up trees have, and how often each command runs there.
const MADE_UP: [(usize, usize); 3] = [(96, 21), (500, 15), (2000, 9)];
const RUNS: usize = 21;

/// A tree of the recorded history: 96 manifests, and a lock file of 5,859 lines.
const RECORDED: &str = "refs/cases/patch/36.0.3/before";
const BRANCH: &str = "release-36.0.0";

/// The branches that are patched beside it: each with the state before its recorded patch.
const OTHERS: [(&str, &str); 4] = [
    ("release-24.0.0", "refs/cases/patch/24.0.5/before"),
    ("release-37.0.0", "refs/cases/patch/37.0.3/before"),
    ("release-38.0.0", "refs/cases/patch/38.0.4/before"),
    ("release-39.0.0", "refs/cases/patch/39.0.1/before"),
];

fn main() {
    if env::args().any(|arg| arg == "--test") {
        return;
    }
    println!(
        "{:10} {:>9} {:>10} {:>12} {:>20} {:>20}",
        "tree", "manifests", "lock lines", "metadata", "patch --dry-run", "patch"
    );
    for (packages, runs) in MADE_UP {
        Bench::made_up(packages).compare("made up", runs);
    }
    if let Some(bench) = Bench::recorded() {
        bench.compare("Wasmtime", RUNS);
        bench.fetch_others();
        several(&bench);
    }
}

/// Prints how long the patches of five branches take beside that of one.
fn several(bench: &Bench) {
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..RUNS {
        times[0].push(timed(&mut bench.patch(&["--branch", BRANCH])));
        bench.take_back(&OTHERS[..0]);
        times[1].push(timed(&mut bench.patch(&["--branch", "release-*"])));
        bench.take_back(&OTHERS);
    }
    let [one, five] = &mut times;
    let (one, five) = (median(one).as_secs_f64(), median(five).as_secs_f64());
    println!("{:30} {:7.1} ms", "patch of one branch", one * 1e3);
    println!("{:30} {:7.1} ms  {:.2} × one", "patch of five branches", five * 1e3, five / one);
}

fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command.output().unwrap();
    let took = start.elapsed();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    took
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn bundle() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/history/wasmtime.bundle");
    env::var_os("RELPREP_HISTORY").map_or_else(beside, PathBuf::from)
}

/// Returns the files in `folder` and below it.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => drop(found.insert(path)),
        }
    }
    found
}

/// A repository in a folder of its own.
struct Bench {
    folder: TempDir,
    config: Option<PathBuf>,
    /// The files of the git dir's objects and reflogs before the first run.
    before: BTreeSet<PathBuf>,
}

impl Bench {
    fn empty() -> Self {
        let bench = Self { folder: TempDir::new().unwrap(), config: None, before: BTreeSet::new() };
        bench.git(&["init", "--quiet", "--initial-branch=empty"]);
        bench
    }

    fn made_up(packages: usize) -> Self {
        let bench = Self::empty();
        made_up::write(bench.root(), packages);
        bench.git(&["add", "--all"]);
        bench.git(&["commit", "--quiet", "--message", "made up"]);
        bench.git(&["branch", "--quiet", "--move", BRANCH]);
        bench.ready()
    }

    /// Makes the recorded one, if it is there.
    fn recorded() -> Option<Self> {
        let bundle = bundle();
        if !bundle.is_file() {
            return None;
        }
        let mut bench = Self::empty();
        bench.config = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml"));
        let branch = format!("{RECORDED}:refs/heads/{BRANCH}");
        // The tag of the very version that is prepared is in it too.
        bench.git(&["fetch", "--quiet", "--no-tags", bundle.to_str().unwrap(), &branch]);
        bench.git(&["checkout", "--quiet", BRANCH]);
        Some(bench.ready())
    }

    fn ready(mut self) -> Self {
        self.git(&["tag", "before"]);
        self.git(&["repack", "--quiet", "-a", "-d"]);
        self.git(&["status", "--short"]);
        self.before = self.kept();
        self
    }

    /// Fetches the other branches.
    fn fetch_others(&self) {
        for (branch, before) in OTHERS {
            let refs = [format!("{before}:refs/heads/{branch}"), format!("{before}:refs/before/{branch}")];
            self.git(&["fetch", "--quiet", "--no-tags", bundle().to_str().unwrap(), &refs[0], &refs[1]]);
        }
    }

    /// Prints how long the commands take beside each other.
    fn compare(&self, what: &str, runs: usize) {
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..runs {
            times[0].push(timed(&mut self.metadata()));
            times[1].push(timed(&mut self.patch(&["--dry-run"])));
            times[2].push(timed(&mut self.patch(&[])));
            self.take_back(&[]);
            self.forget();
        }
        let [metadata, dry_run, patch] = times.each_mut().map(|times| median(times).as_secs_f64());
        let beside = |time: f64| format!("{:8.1} ms {:6.2} ×", time * 1e3, time / metadata);
        println!(
            "{what:10} {:>9} {:>10} {:>9.1} ms {:>20} {:>20}",
            self.manifests(),
            self.lock_lines(),
            metadata * 1e3,
            beside(dry_run),
            beside(patch)
        );
    }

    /// Puts the branch that is checked out, and `others`, back to where they were.
    fn take_back(&self, others: &[(&str, &str)]) {
        self.git(&["reset", "--quiet", "--hard", "before"]);
        for (branch, _) in others {
            self.git(&["update-ref", &format!("refs/heads/{branch}"), &format!("refs/before/{branch}")]);
        }
    }

    /// Removes the objects that a run has made, and its reflogs.
    fn forget(&self) {
        for path in self.kept().difference(&self.before) {
            fs::remove_file(path).unwrap();
        }
        self.git(&["reflog", "expire", "--expire=all", "--all"]);
    }

    fn kept(&self) -> BTreeSet<PathBuf> {
        files(&self.root().join(".git/objects"))
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let home = if cfg!(windows) { "NUL" } else { "/dev/null" };
        command.current_dir(self.root()).stdin(Stdio::null());
        command.env("GIT_CONFIG_GLOBAL", home).env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "Bench")
                .env(format!("GIT_{who}_EMAIL"), "bench@example.org");
        }
        command
    }

    fn git(&self, args: &[&str]) {
        timed(self.command("git").args(args));
    }

    fn metadata(&self) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["metadata", "--no-deps", "--offline", "--format-version=1"]);
        command
    }

    fn patch(&self, more: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.args(["patch", "--date", "2025-12-05"]).args(more);
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        command
    }

    fn manifests(&self) -> usize {
        let files = self.command("git").args(["ls-files", "*Cargo.toml"]).output().unwrap();
        String::from_utf8_lossy(&files.stdout).lines().count()
    }

    fn lock_lines(&self) -> usize {
        fs::read_to_string(self.root().join("Cargo.lock")).unwrap().lines().count()
    }
}
