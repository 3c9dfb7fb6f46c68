//! Prints how long the status matrix and a pick take on a long history and a large tree:
//! `cargo bench --bench backport`.

#![expect(clippy::unwrap_used, reason = "a measurement fails that cannot be set up")]
#![expect(clippy::print_stdout, reason = "it prints what it measures")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COMMITS: usize = 18_000;
const FILES: usize = 6_000;
const BRANCHES: [usize; 5] = [12_000, 15_000, 16_000, 17_000, 17_500];
const RUNS: usize = 5;

fn main() {
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
    git(&repo, &["config", "user.name", "Ann Other"]);
    git(&repo, &["config", "user.email", "ann@example.org"]);
    println!("{COMMITS} commits, {FILES} files, {} branches; the best of {RUNS} runs", BRANCHES.len());

    let commits: Vec<String> = (0..20).map(|back| format!("main~{}", back * 20 + 1)).collect();
    let commits: Vec<&str> = commits.iter().map(String::as_str).collect();
    show("20 commits against 5 branches", &repo, &[&["--status"], commits.as_slice()].concat());
    show("all that is missing somewhere", &repo, &["--status"]);
    show("one commit tried on 5 branches", &repo, &["main~30", "--dry-run"]);
    show("one commit tried on 1 branch", &repo, &["main~30", "--dry-run", "--to", "1.0"]);
    picks(&repo);
}

/// Runs the command and prints the shortest time it took, reading of the project included.
fn show(what: &str, repo: &Path, args: &[&str]) {
    let best = (0..RUNS).map(|_| {
        let start = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-relprep"));
        let output = command.args(["relprep", "backport"]).args(args).current_dir(repo).output().unwrap();
        let code = output.status.code().unwrap();
        assert!(code < 2, "{}", String::from_utf8_lossy(&output.stderr));
        start.elapsed()
    });
    print(what, best.min().unwrap());
}

fn picks(repo: &Path) {
    let repo = relprep::git::Repo::discover(repo).unwrap();
    let one = |name: &str| repo.commits_of(name).unwrap()[0];
    let (commit, onto) = (one("main~30"), one("release-1.0.0"));
    let best = (0..RUNS).map(|_| {
        let start = Instant::now();
        let before = repo.before(commit, None).unwrap();
        assert!(repo.pick(onto, before, commit).unwrap().conflicts.is_empty());
        start.elapsed()
    });
    print("a clean pick", best.min().unwrap());
}

fn print(what: &str, time: Duration) {
    println!("{what:32} {:7.1} ms", time.as_secs_f64() * 1e3);
}

fn git(repo: &Path, args: &[&str]) {
    assert!(Command::new("git").args(args).current_dir(repo).status().unwrap().success());
}

fn path(number: usize) -> String {
    format!("crates/c{}/src/m{}/f{number}.rs", number % 60, number / 60 % 10)
}

/// A trunk whose every commit changes one file, and branches with forty commits of their own, half of
/// them picked from the trunk.
fn history() -> String {
    let mut stream = String::new();
    let mut mark = 0;
    let commit = |stream: &mut String,
                  branch: &str,
                  from: Option<usize>,
                  message: &str,
                  files: &[(String, String)]| {
        mark += 1;
        let _ = writeln!(stream, "commit refs/heads/{branch}\nmark :{mark}");
        let _ = writeln!(stream, "committer Bob <bob@example.org> {} +0000", 1_600_000_000 + mark * 600);
        let _ = write!(stream, "data {}\n{message}\n", message.len());
        if let Some(from) = from {
            let _ = writeln!(stream, "from :{from}");
        }
        for (path, text) in files {
            let _ = write!(stream, "M 100644 inline {path}\ndata {}\n{text}\n", text.len());
        }
        mark
    };
    let mut commit = commit;
    let text = |number: usize, serial: usize| {
        (0..40).fold(String::new(), |mut text, line| {
            let changed = if line == serial % 40 { serial } else { 0 };
            let _ = writeln!(text, "line {line} of file {number}, {changed}");
            text
        })
    };
    let mut first: Vec<(String, String)> = (0..FILES).map(|number| (path(number), text(number, 0))).collect();
    first.push(("Cargo.toml".into(), "[package]\nname = \"tool\"\nversion = \"9.0.0\"\n".into()));
    first.push(("src/lib.rs".into(), String::new()));
    let mut tip = commit(&mut stream, "main", None, "Begin", &first);
    let mut cuts = Vec::new();
    for serial in 1..COMMITS {
        let number = serial * 7 % FILES;
        let files = [(path(number), text(number, serial))];
        tip = commit(&mut stream, "main", Some(tip), &format!("Change {number} (#{serial})"), &files);
        if BRANCHES.contains(&serial) {
            cuts.push((serial, tip));
        }
    }
    for (at, (cut, mut tip)) in cuts.into_iter().enumerate() {
        for own in 0..40 {
            let serial = cut + 1 + own * 3;
            let number = serial * 7 % FILES;
            let message = match own % 2 {
                0 => format!("Change {number} (#{serial}) (#{})", 90_000 + own),
                _ => format!("Something of its own, {own}"),
            };
            let files = [(path(number), text(number, serial))];
            tip = commit(&mut stream, &format!("release-{}.0.0", at + 1), Some(tip), &message, &files);
        }
    }
    stream
}
