//! How long `cargo relprep patch` takes beside `cargo metadata --no-deps --offline`, on the same tree,
//! and on five branches beside one.
//!
//! The tree is Wasmtime's of August 2025 where the recorded history lies beside this repository (or
//! where `RELPREP_HISTORY` says), else one made up of the same size. It prints figures, and judges
//! none. Runs take turns, so that a busy machine slows both.

#![expect(clippy::unwrap_used, reason = "a benchmark fails that cannot be set up")]
#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

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
    let bench = Bench::set_up();
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..RUNS {
        times[0].push(timed(&mut bench.metadata()));
        times[1].push(timed(&mut bench.patch(&["--dry-run"])));
        times[2].push(timed(&mut bench.patch(&[])));
        bench.git(&["reset", "--quiet", "--hard", "before"]);
    }
    println!("{}: {} manifests, a lock file of {} lines", bench.what, bench.manifests(), bench.lock_lines());
    let metadata = median(&mut times[0]);
    let names = ["cargo metadata --no-deps", "cargo relprep patch --dry-run", "cargo relprep patch"];
    for (name, times) in names.iter().zip(&mut times) {
        let median = median(times);
        let ratio = median.as_secs_f64() / metadata.as_secs_f64();
        println!("{name:30} {:7.1} ms  {ratio:.2} ×", median.as_secs_f64() * 1e3);
    }
    if bench.fetch_others() {
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

/// A repository in a folder of its own.
struct Bench {
    folder: TempDir,
    what: &'static str,
    config: Option<PathBuf>,
}

impl Bench {
    fn set_up() -> Self {
        let bundle = bundle();
        let mut bench = Self { folder: TempDir::new().unwrap(), what: "made up", config: None };
        bench.git(&["init", "--quiet", "--initial-branch=empty"]);
        if bundle.is_file() {
            bench.what = "Wasmtime";
            bench.config = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml"));
            let branch = format!("{RECORDED}:refs/heads/{BRANCH}");
            // The tag of the very version that is prepared is in it too.
            bench.git(&["fetch", "--quiet", "--no-tags", bundle.to_str().unwrap(), &branch]);
            bench.git(&["checkout", "--quiet", BRANCH]);
        } else {
            bench.make_up();
            bench.git(&["add", "--all"]);
            bench.git(&["commit", "--quiet", "--message", "made up"]);
            bench.git(&["branch", "--quiet", "--move", BRANCH]);
        }
        bench.git(&["tag", "before"]);
        bench
    }

    /// Fetches the other branches, if they are recorded.
    fn fetch_others(&self) -> bool {
        for (branch, before) in self.config.iter().flat_map(|_| OTHERS) {
            let refs = [format!("{before}:refs/heads/{branch}"), format!("{before}:refs/before/{branch}")];
            self.git(&["fetch", "--quiet", "--no-tags", bundle().to_str().unwrap(), &refs[0], &refs[1]]);
        }
        self.config.is_some()
    }

    /// Puts the branch that is checked out, and `others`, back to where they were.
    fn take_back(&self, others: &[(&str, &str)]) {
        self.git(&["reset", "--quiet", "--hard", "before"]);
        for (branch, _) in others {
            self.git(&["update-ref", &format!("refs/heads/{branch}"), &format!("refs/before/{branch}")]);
        }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes 95 members that require each other, and 480 third parties in the lock file.
    fn make_up(&self) {
        let mut manifest = "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\n".to_owned();
        let mut lock = "version = 4\n".to_owned();
        for member in 0..95 {
            let mut requires = String::new();
            for required in (0..member).rev().take(6) {
                writeln!(
                    requires,
                    "member-{required:02} = {{ path = \"../member-{required:02}\", version = \"=36.0.3\" }}"
                )
                .unwrap();
            }
            writeln!(
                manifest,
                "member-{member:02} = {{ path = \"crates/member-{member:02}\", version = \"36.0.3\" }}"
            )
            .unwrap();
            writeln!(lock, "\n[[package]]\nname = \"member-{member:02}\"\nversion = \"36.0.3\"").unwrap();
            let folder = self.root().join(format!("crates/member-{member:02}"));
            fs::create_dir_all(folder.join("src")).unwrap();
            fs::write(folder.join("src/lib.rs"), "").unwrap();
            let package = format!(
                "[package]\nname = \"member-{member:02}\"\nversion = \"36.0.3\"\nedition = \"2021\"\n"
            );
            fs::write(folder.join("Cargo.toml"), format!("{package}[dependencies]\n{requires}")).unwrap();
        }
        for third in 0..480 {
            writeln!(lock, "\n[[package]]\nname = \"third-{third:03}\"\nversion = \"1.0.{third}\"").unwrap();
            writeln!(lock, "source = \"registry+https://github.com/rust-lang/crates.io-index\"").unwrap();
            writeln!(lock, "checksum = \"{third:064}\"\ndependencies = [\n \"third-000\",\n \"third-001\",\n \"third-002\",\n]").unwrap();
        }
        fs::write(self.root().join("Cargo.toml"), manifest).unwrap();
        fs::write(self.root().join("Cargo.lock"), lock).unwrap();
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
        command.args(["patch", "--date", "2025-11-11"]).args(more);
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
