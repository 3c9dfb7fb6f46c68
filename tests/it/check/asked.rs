//! How often Cargo is asked: once a tree and command.

use std::fs;

use super::{edit, lock, released};
use crate::check_msrv::{member, update, with_third_parties};
use crate::checking::relprep_with;
use crate::environment::CARGO;
use crate::support::{Sandbox, write_executable};

/// Runs the program with a Cargo that notes what it is asked, and returns the notes: what distinguishes one question
/// from another.
fn asked(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let (cargo, notes) = (sandbox.dir().join("noting-cargo"), sandbox.dir().join("notes"));
    write_executable(
        &cargo,
        &format!("#!/bin/sh\necho \"$@\" >> '{}'\nexec '{CARGO}' \"$@\"\n", notes.display()),
    );
    fs::write(&notes, "").unwrap();
    let run = relprep_with(sandbox, args, &[("CARGO", cargo.to_str().unwrap())]);
    assert!(run.status < 2, "{}", run.err);
    let noted = fs::read_to_string(&notes).unwrap();
    let kind = |line: &str| {
        assert!(line.starts_with("metadata "), "{line}");
        (if line.contains("--no-deps") { "members" } else { "dependencies" }).to_owned()
    };
    noted.lines().map(kind).collect()
}

#[test]
fn cargo_is_asked_once_for_all_that_a_check_looks_at() {
    let sandbox = with_third_parties();
    assert_eq!(asked(&sandbox, &["check"]), ["dependencies"]);
    assert_eq!(asked(&sandbox, &["check-msrv"]), ["members"]);
    // A version that moves is no other third party.
    edit(&sandbox, "Cargo.toml", "version = \"1.0.0\"", "version = \"1.0.1\"");
    lock(&sandbox);
    sandbox.commit_all("Begin the next");
    assert_eq!(asked(&sandbox, &["check-msrv"]), ["members"]);
    update(&sandbox, "1.1.0", "rust-version = \"1.71\"\n");
    assert_eq!(asked(&sandbox, &["check-msrv"]), ["dependencies"]);
    assert_eq!(asked(&sandbox, &["check-msrv", "--baseline", "HEAD"]), ["members"]);
    assert_eq!(asked(&sandbox, &["check"]), ["dependencies"]);
    // What is not checked out, and what is not committed so, is laid out once.
    sandbox.git(["switch", "--quiet", "main"]);
    let branch = ["--branch", "release-1.0.0"];
    assert_eq!(asked(&sandbox, &[&["check"], &branch[..]].concat()), ["dependencies"]);
    assert_eq!(asked(&sandbox, &[&["check-msrv"], &branch[..]].concat()), ["dependencies"]);
    sandbox.git(["switch", "--quiet", "release-1.0.0"]);
    sandbox.write("Cargo.lock", sandbox.read("Cargo.lock") + "\n# changed\n");
    assert_eq!(asked(&sandbox, &["check"]), ["dependencies"]);
    assert_eq!(asked(&sandbox, &["check-msrv"]), ["dependencies"]);
}

#[test]
fn nobody_asks_for_dependencies_that_no_rule_looks_at() {
    let sandbox = released();
    let config = sandbox.read("relprep.toml");
    sandbox.write("relprep.toml", format!("{config}[check]\nlock-current = \"off\"\n"));
    sandbox.commit_all("Turn it off");
    assert_eq!(asked(&sandbox, &["check"]), ["members"]);
    assert_eq!(asked(&sandbox, &["check", "--only-versions"]), ["members"; 2]);
}

#[test]
fn where_cargo_does_not_tell_the_dependencies_it_is_asked_for_the_members() {
    let sandbox = released();
    sandbox.write("members/new/Cargo.toml", member("new", "version.workspace = true\n"));
    sandbox.write("members/new/src/lib.rs", "");
    edit(&sandbox, "version.h", "1.0.0", "0.9.0");
    sandbox.commit_all("Forget the lock file");
    assert_eq!(asked(&sandbox, &["check"]), ["dependencies", "members"]);
}
