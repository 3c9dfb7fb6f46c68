//! Partial clones: what is absent is fetched by the user's own git, in few requests, or that is refused.

use std::fs;

use crate::fixture::{Fixture, Said};
use crate::support::{Sandbox, write_executable};

/// The filters that clones are made with.
const FILTERS: [&str; 3] = ["blob:none", "tree:0", "blob:limit=200"];

/// A project that has made several releases, and a fix that is on the trunk only.
fn origin() -> Fixture {
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[
            ("Cargo.toml", "edition = \"2021\"", "edition = \"2021\"\nrust-version = \"1.70\""),
            ("crates/orbit/Cargo.toml", "edition", "rust-version.workspace = true\nedition"),
            (
                "RELEASES.md",
                "x",
                "## 7.0.0\n\nUnreleased.\n\n* A.\n\n---\n\nOlder:\n\n<!-- ARCHIVE_START -->\n",
            ),
        ],
    );
    let sandbox = &fixture.sandbox;
    for major in 7..10 {
        let said = fixture.run("branch");
        assert_eq!(said.status, 0, "{}", said.err);
        let branch = format!("release-{major}.0.0");
        sandbox.git(["switch", "--quiet", &branch]);
        assert_eq!(fixture.run("release").status, 0);
        sandbox.git(["tag", &format!("v{major}.0.0")]);
        sandbox.git(["switch", "--quiet", "main"]);
        sandbox.write("crates/orbit/src/lib.rs", format!("pub const MAJOR: u32 = {major};\n"));
        sandbox.write("large.bin", vec![major; 5000]);
        sandbox.commit_all(&format!("Say that it is {major}"));
    }
    sandbox.write("crates/orbit-macros/src/fix.rs", "// fixed\n".repeat(40));
    sandbox.commit_all("Fix the macros");
    sandbox.git(["config", "uploadpack.allowFilter", "true"]);
    fixture
}

/// A clone of `origin` without what `filter` leaves out, and a file with a line for each request since.
fn clone(origin: &Fixture, filter: Option<&str>) -> Fixture {
    let sandbox = Sandbox::bare_ground();
    let home = |sandbox: &Sandbox| sandbox.dir().join("home/cargo");
    fs::create_dir(home(&sandbox)).unwrap();
    fs::copy(home(&origin.sandbox).join("config.toml"), home(&sandbox).join("config.toml")).unwrap();
    let url = format!("file://{}", origin.sandbox.root().display());
    let mut git = sandbox.command("git");
    git.current_dir(sandbox.dir()).args(["clone", "--quiet", &url, "repo"]);
    assert!(git.args(filter.map(|filter| format!("--filter={filter}"))).status().unwrap().success());
    for major in 7..10 {
        let branch = format!("release-{major}.0.0");
        sandbox.git(["branch", "--quiet", &branch, &format!("origin/{branch}")]);
    }
    let counting = sandbox.dir().join("upload-pack");
    write_executable(
        &counting,
        "#!/bin/sh\necho x >> \"$(dirname \"$0\")/requests\"\nexec git-upload-pack \"$@\"\n",
    );
    sandbox.git(["config", "remote.origin.uploadpack", &format!("'{}'", counting.display())]);
    Fixture { sandbox }
}

/// Returns what a command says, and how many requests it has made.
fn run(fixture: &Fixture, args: &str) -> (Said, usize) {
    let log = fixture.sandbox.dir().join("requests");
    let _ = fs::remove_file(&log);
    let said = fixture.run(args);
    (said, fs::read_to_string(&log).unwrap_or_default().lines().count())
}

/// Every command that reads or writes, and the most requests that it may make with each filter: trees, the
/// files of all commits, and what the configuration names; and what a merge of git's own fetches.
const COMMANDS: [(&str, usize); 10] = [
    ("replay", 6),
    ("status --date 2024-05-20", 2),
    ("check-msrv --branch release-8.0.0", 4),
    ("check --branch release-8.0.0 --date 2024-05-20", 5),
    ("check --only-versions --branch release-8.0.0", 4),
    ("branch --dry-run", 1),
    ("patch --branch release-* --dry-run", 3),
    ("backport --status", 5),
    ("backport main --to release-7.0.0", 8),
    ("patch --branch release-*", 3),
];

#[test]
fn every_command_works_in_a_partial_clone_and_asks_for_all_at_once() {
    let origin = origin();
    let whole = clone(&origin, None);
    let expected: Vec<Said> = COMMANDS.iter().map(|(args, _)| run(&whole, args).0).collect();
    for filter in FILTERS {
        for ((args, most), expected) in COMMANDS.iter().zip(&expected) {
            // What one command fetches is there for the next.
            let partial = clone(&origin, Some(filter));
            if args.starts_with("patch --branch release-*") && !args.contains("--dry-run") {
                assert_eq!(run(&partial, "backport main --to release-7.0.0").0.status, 0);
            }
            let (said, requests) = run(&partial, args);
            assert_eq!(said, *expected, "{filter}: {args}");
            assert!(requests <= *most, "{filter}: {args} makes {requests} requests");
        }
    }
}

#[test]
fn where_nothing_can_be_fetched_a_command_completes_the_clone() {
    let origin = origin();
    for filter in FILTERS {
        let partial = clone(&origin, Some(filter));
        let sandbox = &partial.sandbox;
        let url = sandbox.git(["remote", "get-url", "origin"]);
        sandbox.git(["remote", "set-url", "origin", "file:///nowhere"]);
        for args in ["status", "check-msrv --branch release-8.0.0", "patch --branch release-8.0.0"] {
            let said = partial.run(args);
            assert_eq!(said.status, 1, "{filter}: {args}: {}{}", said.out, said.err);
            assert!(said.err.contains("error[partial-clone]: this clone is partial"), "{args}: {}", said.err);
            assert!(said.err.contains("`git fetch --refetch --no-filter origin`"), "{args}: {}", said.err);
        }
        sandbox.git(["remote", "set-url", "origin", &url]);
        sandbox.git(["fetch", "--quiet", "--refetch", "--no-filter", "origin"]);
        sandbox.git(["remote", "set-url", "origin", "file:///nowhere"]);
        for args in ["status", "check-msrv --branch release-8.0.0", "patch --branch release-8.0.0"] {
            let said = partial.run(args);
            assert_eq!(said.status, 0, "{filter}: {args}: {}{}", said.out, said.err);
        }
    }
}

#[test]
fn what_the_user_forbids_is_not_fetched() {
    let partial = clone(&origin(), Some("blob:none"));
    let output = partial.program("check-msrv --branch release-8.0.0").env("GIT_NO_LAZY_FETCH", "1").output();
    let said = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(said.contains("`GIT_NO_LAZY_FETCH` is set"), "{said}");
}
