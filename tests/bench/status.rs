//! Prints how long `status` takes in a repository with a long history: `cargo bench --bench status`.
//!
//! It judges nothing: beside each figure stands what the one question to Cargo takes that is in it.

#![expect(clippy::unwrap_used, reason = "a measurement fails that cannot be set up")]
#![expect(clippy::print_stdout, reason = "it prints what it measures")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COMMITS: usize = 18_000;
const BRANCHES: usize = 60;
/// How many commits of the trunk lie between two cuts.
const BETWEEN: usize = COMMITS / BRANCHES;
const TAGS_OF_A_BRANCH: usize = 4;
const COMMITS_OF_A_BRANCH: usize = 10;
const RUNS: usize = 11;
/// The first of January 2020.
const BEGIN: usize = 1_577_836_800;
const MONTH: usize = 2_629_800;

const POLICY: &str = "trunk = 'main'\n[schedule]\nanchor = { version = '1.0.0', release = '2020-02-05' }\n\
                      support-months = 2\nlts = { every = 12, first = 12, support-months = 24 }\n";
const NONE: &str = "trunk = 'main'\n";

fn main() {
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let repo = dir.path().join("repo");
    std::fs::create_dir(&repo).unwrap();
    git(&repo, &["init", "--quiet", "--initial-branch=main"]);
    let mut import = Command::new("git");
    let mut import =
        import.args(["fast-import", "--quiet"]).current_dir(&repo).stdin(Stdio::piped()).spawn().unwrap();
    import.stdin.take().unwrap().write_all(history().as_bytes()).unwrap();
    assert!(import.wait().unwrap().success());
    git(&repo, &["reset", "--quiet", "--hard", "main"]);
    git(&repo, &["gc", "--quiet"]);
    git(&repo, &["config", "core.commitGraph", "false"]);
    println!(
        "{COMMITS} commits, {BRANCHES} branches, {} tags; the best and the median of {RUNS} runs",
        BRANCHES * TAGS_OF_A_BRANCH
    );
    let [today, past] = ["2025-01-10", "2022-03-01"];
    show_all(&repo, "with tags", today, past);
    git_with(&repo, &["tag", "--list"], |tags| git(&repo, &[&["tag", "--delete"], tags].concat()));
    show_all(&repo, "without tags", today, past);
}

fn show_all(repo: &Path, what: &str, today: &str, past: &str) {
    for (policy, config) in [("policy", POLICY), ("no policy", NONE)] {
        std::fs::write(repo.join("relprep.toml"), config).unwrap();
        for (when, day) in [("today", today), ("a past day", past)] {
            show(&format!("{what}, {policy}, {when}"), repo, &["relprep", "status", "--date", day]);
        }
    }
    std::fs::write(repo.join("relprep.toml"), POLICY).unwrap();
    show(&format!("{what}, --supported"), repo, &["relprep", "status", "--supported", "--date", today]);
}

/// Runs the command and prints the time that it took beside that of Cargo.
fn show(what: &str, repo: &Path, args: &[&str]) {
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..RUNS {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let metadata = ["metadata", "--no-deps", "--offline", "--format-version=1"];
        times[0].push(timed(cargo.args(metadata).current_dir(repo)));
        times[1].push(timed(Command::new(env!("CARGO_BIN_EXE_cargo-relprep")).args(args).current_dir(repo)));
    }
    let [cargo, whole] = times.map(|mut times| {
        times.sort_unstable();
        [times[0], times[RUNS / 2]].map(|time| time.as_secs_f64() * 1e3)
    });
    println!(
        "{what:36} {:6.1} {:6.1} ms, of which Cargo {:6.1} {:6.1} ms",
        whole[0], whole[1], cargo[0], cargo[1]
    );
}

fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command.output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    start.elapsed()
}

fn git(repo: &Path, args: &[&str]) {
    let output = Command::new("git").args(args).current_dir(repo).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn git_with(repo: &Path, args: &[&str], then: impl Fn(&[&str])) {
    let output = Command::new("git").args(args).current_dir(repo).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    then(&text.lines().collect::<Vec<_>>());
}

/// A trunk whose every commit changes a file, and a branch a month with commits and tags of its own.
fn history() -> String {
    let mut stream = String::new();
    let mut mark = 0;
    let mut cuts = Vec::new();
    for number in 0..COMMITS {
        mark += 1;
        let release = number / BETWEEN + 1;
        let time = BEGIN + number * MONTH / BETWEEN;
        let version = format!("{release}.0.0");
        let moved = if number.is_multiple_of(BETWEEN) { manifest(&version) } else { String::new() };
        commit(&mut stream, "main", (mark, mark - 1), time, &moved);
        if number % BETWEEN == BETWEEN - 1 {
            cuts.push((release, mark, time));
        }
    }
    for (release, cut, time) in cuts {
        let branch = format!("release-{release}.0.0");
        let mut from = cut;
        for number in 0..COMMITS_OF_A_BRANCH {
            mark += 1;
            let step = COMMITS_OF_A_BRANCH / TAGS_OF_A_BRANCH;
            let patch = (number % step == step - 1).then(|| number / step).filter(|p| *p < TAGS_OF_A_BRANCH);
            let manifest = patch.map(|patch| manifest(&format!("{release}.0.{patch}"))).unwrap_or_default();
            commit(&mut stream, &branch, (mark, from), time + (number + 1) * 86_400, &manifest);
            if let Some(patch) = patch {
                writeln!(stream, "reset refs/tags/v{release}.0.{patch}\nfrom :{mark}\n").unwrap();
            }
            from = mark;
        }
    }
    stream
}

fn commit(stream: &mut String, branch: &str, (mark, from): (usize, usize), time: usize, manifest: &str) {
    let message = format!("Change {mark} (#{mark})\n\nFor a reason that takes a line or two to say.");
    let who = format!("A U Thor <author@example.org> {time} +0000");
    writeln!(stream, "commit refs/heads/{branch}\nmark :{mark}\nauthor {who}\ncommitter {who}").unwrap();
    writeln!(stream, "data {}\n{message}", message.len()).unwrap();
    if from > 0 {
        writeln!(stream, "from :{from}").unwrap();
    }
    let (file, text) = (mark % 400, format!("// {mark}"));
    stream.push_str(manifest);
    let path = if mark == 1 { "src/lib.rs".to_owned() } else { format!("src/m{}/f{file}.rs", file % 20) };
    writeln!(stream, "M 100644 inline {path}\ndata {}\n{text}\n", text.len()).unwrap();
}

fn manifest(version: &str) -> String {
    let text = format!("[package]\nname = \"made-up\"\nversion = \"{version}\"\nedition = \"2021\"\n");
    format!("M 100644 inline Cargo.toml\ndata {}\n{text}\n", text.len())
}
