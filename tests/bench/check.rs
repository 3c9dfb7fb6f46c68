//! How long `check-msrv` and `check` take beside the one `cargo metadata` that each of them needs.
//!
//! The tree is made up: members that require each other, and third parties in a folder that stands for the registry.
//! It prints figures, and judges none; runs take turns, so that a busy machine slows both.

#![expect(clippy::unwrap_used, reason = "a benchmark fails that cannot be set up")]
#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const MEMBERS: usize = 96;
const THIRD_PARTIES: usize = 300;
const RUNS: usize = 21;

const WITHOUT_DEPENDENCIES: [&str; 4] = ["metadata", "--no-deps", "--offline", "--format-version=1"];
const WITH_DEPENDENCIES: [&str; 4] = ["metadata", "--locked", "--offline", "--format-version=1"];

fn main() {
    if env::args().any(|arg| arg == "--test") {
        return;
    }
    let bench = Bench::new();
    bench.compare("check-msrv, the lock file as it was", &["check-msrv"], &WITHOUT_DEPENDENCIES);
    bench.lock_one_more();
    bench.compare("check-msrv, a new dependency", &["check-msrv"], &WITH_DEPENDENCIES);
    bench.compare("check", &["check"], &WITH_DEPENDENCIES);
}

/// A repository on a release branch whose first release is tagged.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(TempDir::new().unwrap());
        for number in 0..=THIRD_PARTIES {
            bench.write_third_party(number);
        }
        let root = bench.root();
        let mut manifest = "[workspace]\nresolver = \"2\"\nmembers = [\"crates/*\"]\n".to_owned();
        manifest +=
            "[workspace.package]\nversion = \"36.0.0\"\nedition = \"2021\"\nrust-version = \"1.80\"\n";
        manifest += "description = \"d\"\nlicense = \"MIT\"\n";
        write(&root.join("Cargo.toml"), &manifest);
        for number in 0..MEMBERS {
            bench.write_member(number, THIRD_PARTIES);
        }
        let config = "lead = \"member-0\"\n[notes]\nenabled = false\n[schedule]\n\
                      anchor = { version = \"36.0.0\", release = \"2025-08-20\" }\nsupport-months = 24\n";
        write(&root.join("relprep.toml"), config);
        let shelf = bench.0.path().join("shelf");
        let replaced = "[source.crates-io]\nreplace-with = \"shelf\"\n[source.shelf]\n";
        write(&root.join(".cargo/config.toml"), &format!("{replaced}directory = '{}'\n", shelf.display()));
        bench.run("git", &["init", "--quiet", "--initial-branch=release-36.0.0"]);
        bench.commit();
        bench.run("git", &["tag", "v36.0.0"]);
        bench
    }

    /// Lets a member require one third party more.
    fn lock_one_more(&self) {
        self.write_member(0, THIRD_PARTIES + 1);
        self.commit();
    }

    /// Writes a member, which requires some before it and some of so many third parties.
    fn write_member(&self, number: usize, third_parties: usize) {
        let keys = ["version", "edition", "rust-version", "description", "license"];
        let inherited = keys.map(|key| format!("{key}.workspace = true\n")).concat();
        let mut text = format!("[package]\nname = \"member-{number}\"\n{inherited}[dependencies]\n");
        for other in number.saturating_sub(4)..number {
            writeln!(text, "member-{other} = {{ path = \"../member-{other}\", version = \"36.0.0\" }}")
                .unwrap();
        }
        for other in
            (0..third_parties).filter(|other| other % MEMBERS == number || *other == third_parties - 1)
        {
            writeln!(text, "third-{other} = \"1\"").unwrap();
        }
        let folder = self.root().join(format!("crates/member-{number}"));
        write(&folder.join("Cargo.toml"), &text);
        write(&folder.join("src/lib.rs"), "");
    }

    fn write_third_party(&self, number: usize) {
        let folder = self.0.path().join(format!("shelf/third-{number}"));
        let text =
            format!("[package]\nname = \"third-{number}\"\nversion = \"1.0.0\"\nrust-version = \"1.60\"\n");
        write(&folder.join("Cargo.toml"), &text);
        write(&folder.join("src/lib.rs"), "");
        write(
            &folder.join(".cargo-checksum.json"),
            &format!("{{\"files\":{{}},\"package\":\"{number:064}\"}}"),
        );
    }

    fn commit(&self) {
        self.run(&cargo(), &["generate-lockfile", "--offline", "--quiet"]);
        self.run("git", &["add", "--all"]);
        self.run("git", &["commit", "--quiet", "--message", "made up"]);
        // A clone comes packed.
        self.run("git", &["repack", "-a", "-d", "--quiet"]);
    }

    /// Prints how long the command takes beside `cargo metadata`.
    fn compare(&self, what: &str, args: &[&str], metadata: &[&str]) {
        let mut times = [const { Vec::new() }; 2];
        for _ in 0..RUNS {
            times[0].push(timed(self.command(cargo()).args(metadata)));
            let mut command = self.command(env!("CARGO_BIN_EXE_cargo-relprep"));
            times[1].push(timed(command.args(args).args(["--date", "2025-09-01"])));
        }
        let [metadata, command] = times.each_mut().map(|times| median(times).as_secs_f64());
        let (beside, known) = (command * 1e3, metadata * 1e3);
        println!("{what:36} {beside:8.1} ms, metadata {known:8.1} ms: {:5.2} ×", command / metadata);
    }

    fn root(&self) -> std::path::PathBuf {
        self.0.path().join("tree")
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

    fn run(&self, program: &str, args: &[&str]) {
        timed(self.command(program).args(args));
    }
}

fn cargo() -> String {
    env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
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
