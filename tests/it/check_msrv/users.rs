//! What is promised is what users of the published packages need.

use super::{INHERITED, check, declare_nothing, edit, lock, member, publish, released, with_third_parties};
use crate::checking::relprep;
use crate::support::Sandbox;

fn found(sandbox: &Sandbox, more: &[&str]) -> Vec<String> {
    check(sandbox, &[&["--format", "json"], more].concat()).findings()
}

/// Adds an unpublished member with what its manifest says beside.
fn add_tool(sandbox: &Sandbox, more: &str) {
    sandbox.write("members/tool/Cargo.toml", member("tool", &format!("publish = false\n{more}")));
    sandbox.write("members/tool/src/lib.rs", "");
    lock(sandbox);
}

const NONE: [&str; 0] = [];
const HOLD_ALL: &str = "[msrv]\nscope = \"all\"\n";

#[test]
fn a_member_that_is_not_published_needs_what_it_likes_unless_all_are_held() {
    let sandbox = released();
    add_tool(&sandbox, "");
    sandbox.commit_all("Add a tool");
    assert_eq!(found(&sandbox, &["--strict"]), NONE);
    let shown = check(&sandbox, &[]).exits(0);
    assert!(shown.contains("by 2 of 2 published members; 1 more, not published"), "{shown}");
    edit(
        &sandbox,
        "members/tool/Cargo.toml",
        "edition.workspace = true",
        "rust-version = \"1.90\"\nedition = \"2024\"",
    );
    sandbox.commit_all("Let the tool need more");
    assert_eq!(found(&sandbox, &["--strict"]), NONE);
    sandbox.write("relprep.toml", HOLD_ALL);
    sandbox.commit_all("Hold all");
    assert_eq!(found(&sandbox, &[]), ["error msrv-raised", "error msrv-edition"]);

    // What the configuration excludes is not published either; and where nothing is, all are held.
    sandbox.write("relprep.toml", "[publish]\nexclude = [\"lib\"]\n");
    edit(&sandbox, "members/lib/Cargo.toml", "1.65.0", "1.69");
    sandbox.commit_all("Publish less");
    assert_eq!(found(&sandbox, &[]), NONE);
    sandbox.write("relprep.toml", "[publish]\nexclude = [\"lib\", \"app\"]\n");
    sandbox.commit_all("Publish nothing");
    assert_eq!(found(&sandbox, &[]), ["error msrv-raised", "error msrv-raised", "error msrv-edition"]);
}

#[test]
fn what_only_development_or_an_unpublished_member_uses_is_no_users() {
    let sandbox = with_third_parties();
    publish(&sandbox, "tester", "1.0.0", "rust-version = \"1.80\"\n");
    let app = sandbox.read("members/app/Cargo.toml");
    sandbox.write("members/app/Cargo.toml", format!("{app}[dev-dependencies]\ntester = \"1\"\n"));
    publish(&sandbox, "builder", "1.0.0", "rust-version = \"1.81\"\n");
    add_tool(
        &sandbox,
        "[build-dependencies]\nbuilder = \"1\"\n[target.'cfg(windows)'.dependencies]\ntester = \"1\"\n",
    );
    sandbox.commit_all("Test more");
    assert_eq!(found(&sandbox, &["--strict"]), NONE);
    sandbox.write("relprep.toml", HOLD_ALL);
    sandbox.commit_all("Hold all");
    assert_eq!(
        found(&sandbox, &[]),
        ["error msrv-undeclared", "error msrv-dependency", "error msrv-dependency"]
    );
    // A published member that builds with it needs it.
    sandbox.write("relprep.toml", "");
    let lib = sandbox.read("members/lib/Cargo.toml");
    sandbox.write("members/lib/Cargo.toml", format!("{lib}[build-dependencies]\nbuilder = \"1\"\n"));
    lock(&sandbox);
    sandbox.commit_all("Build with it");
    let shown = check(&sandbox, &[]).exits(1);
    assert!(shown.contains("lib 1.0.0 → builder 1.0.0") && !shown.contains("`tester"), "{shown}");
}

#[test]
fn a_toolchain_file_is_how_the_project_is_developed() {
    let sandbox = released();
    for channel in ["1.85", "nightly-2025-01-01"] {
        sandbox.write("rust-toolchain", format!("{channel}\n"));
        sandbox.commit_all("Develop with it");
        check(&sandbox, &["--strict"]).exits(0);
    }
    sandbox.write("rust-toolchain", "1.86\n");
    sandbox.write("relprep.toml", "[check]\nmsrv-toolchain = \"off\"\n");
    sandbox.commit_all("Say nothing of it");
    assert_eq!(found(&sandbox, &[]), NONE);
}

#[test]
fn where_nothing_else_is_declared_the_toolchain_file_is_the_promise() {
    let sandbox = released();
    declare_nothing(&sandbox);
    sandbox.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.70.0\"\n");
    sandbox.commit_all("Develop with it");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    let shown = check(&sandbox, &["--strict"]).exits(0);
    assert!(shown.contains("Rust 1.70, by the toolchain file"), "{shown}");
    sandbox.write("members/new/Cargo.toml", member("new", ""));
    sandbox.write("members/new/src/lib.rs", "");
    edit(&sandbox, "rust-toolchain.toml", "1.70.0", "1.71");
    sandbox.commit_all("Develop with more");
    assert_eq!(found(&sandbox, &[]), ["error msrv-toolchain"]);
    let all = relprep(&sandbox, &["check", "--format", "json"]).findings();
    assert!(all.contains(&"error msrv-toolchain".to_owned()), "{all:?}");
    edit(
        &sandbox,
        "members/lib/Cargo.toml",
        "edition.workspace = true",
        "edition.workspace = true\nrust-version = \"1.72\"",
    );
    sandbox.commit_all("Declare what is needed");
    assert_eq!(found(&sandbox, &[]), ["error msrv-raised", "note msrv-toolchain"]);
}

#[test]
fn what_no_member_inherits_promises_nothing() {
    let sandbox = released();
    for (path, from) in
        [("members/app/Cargo.toml", INHERITED), ("members/lib/Cargo.toml", "rust-version = \"1.65.0\"")]
    {
        edit(&sandbox, path, from, "");
    }
    sandbox.commit_all("Inherit nothing");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    edit(&sandbox, "Cargo.toml", "\"1.70\"", "\"1.90\"");
    sandbox.commit_all("Raise what nobody inherits");
    assert_eq!(found(&sandbox, &[]), ["note msrv-unchecked"]);
    sandbox.git(["switch", "--quiet", "--force-create", "main"]);
    sandbox.write("relprep.toml", "[msrv]\nbehind-stable = 2\n");
    sandbox.commit_all("Hold the trunk");
    assert_eq!(found(&sandbox, &["--date", "2023-01-01"]), ["note msrv-unchecked"]);
}

#[test]
fn a_lock_file_that_the_promised_cargo_cannot_read_breaks_the_promise() {
    let sandbox = released();
    edit(&sandbox, "Cargo.lock", "version = 3", "version = 4");
    sandbox.commit_all("Lock it with the latest");
    let shown = check(&sandbox, &[]).exits(1);
    let message =
        "error[msrv-lock-file]: a lock file of version 4 needs Rust 1.78, and the line promised 1.70";
    assert!(shown.contains(message) && shown.contains("--> Cargo.lock:3:1"), "{shown}");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    assert_eq!(found(&sandbox, &[]), NONE);
}

#[test]
fn a_line_that_declared_something_only_later_is_held_to_its_latest_release_that_did() {
    let sandbox = released();
    declare_nothing(&sandbox);
    sandbox.git(["tag", "--force", "v1.0.0"]);
    let release = |version: &str, rust: &str| {
        let previous = sandbox.read("members/lib/Cargo.toml");
        let kept: Vec<&str> = previous.lines().filter(|line| !line.starts_with("rust-version")).collect();
        let kept = kept.join("\n") + "\n";
        let edition = "edition.workspace = true\n";
        sandbox.write("members/lib/Cargo.toml", kept.replace(edition, &format!("{edition}{rust}")));
        sandbox.commit_all(version);
        sandbox.git(["tag", version]);
    };
    release("v1.0.1", "rust-version = \"1.56\"\n");
    release("v1.0.2", "");
    release("v1.0.3", "rust-version = \"1.60\"\n");
    release("v1.1.0", "rust-version = \"1.80\"\n");
    sandbox.git(["tag", "v1.0.4-rc.1"]);
    // The tip is not held to itself.
    let shown = check(&sandbox, &[]).exits(1);
    assert!(shown.contains("rose from 1.60 to 1.80") && shown.contains("v1.0.3 ("), "{shown}");
    assert!(shown.contains("the latest release of the line that declares a `rust-version`"), "{shown}");
    check(&sandbox, &["--baseline-rust-version", "1.80"]).exits(0);
    check(&sandbox, &["--baseline", "v1.1.0"]).exits(0);
    check(&sandbox, &["--baseline", "v1.0.1"]).exits(1);
}

#[test]
fn what_the_user_states_is_the_promise_whatever_is_tagged() {
    let sandbox = released();
    let shown = check(&sandbox, &["--baseline-rust-version", "1.69"]).exits(1);
    assert!(shown.contains("`app` declares that it needs Rust 1.70, and the line promised 1.69"), "{shown}");
    edit(&sandbox, "Cargo.toml", "\"1.70\"", "\"1.75\"");
    sandbox.commit_all("Need more");
    check(&sandbox, &[]).exits(1);
    check(&sandbox, &["--baseline-rust-version", "1.75"]).exits(0);
}

#[test]
fn each_finding_has_one_name_in_both_commands_and_is_turned_off_by_it() {
    let sandbox = released();
    edit(&sandbox, "Cargo.toml", "\"1.70\"", "\"1.75\"");
    edit(&sandbox, "Cargo.toml", "resolver = \"2\"", "resolver = \"3\"");
    let weigh = |levels: &str| {
        sandbox.write(
            "relprep.toml",
            format!("[notes]\nenabled = false\n[check]\npackage-metadata = \"off\"\n{levels}"),
        );
        sandbox.commit_all("Weigh it");
        let about = |found: &String| found.contains("msrv");
        let all = relprep(&sandbox, &["check", "--format", "json"]).findings();
        let alone = found(&sandbox, &[]);
        assert_eq!(all.into_iter().filter(about).collect::<Vec<_>>(), alone);
        alone
    };
    assert_eq!(weigh(""), ["error msrv-raised", "error msrv-resolver"]);
    assert_eq!(weigh("msrv-raised = \"off\"\nmsrv-resolver = \"warning\""), ["warning msrv-resolver"]);
    assert_eq!(
        weigh("msrv = \"note\"\nmsrv-resolver = \"error\""),
        ["note msrv-raised", "error msrv-resolver"]
    );
    assert_eq!(weigh("msrv = \"off\""), NONE);
}
