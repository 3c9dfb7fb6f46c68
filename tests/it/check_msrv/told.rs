//! What is told where little is known, and in which form.

use std::fs;

use super::{ROOT, check, declare_nothing, edit, released};
use crate::checking::relprep;
use crate::support::Sandbox;

#[test]
fn where_cargo_refuses_the_workspace_the_tag_is_known_by_the_name_of_the_package() {
    let package =
        "[package]\nname = \"tool\"\nversion = \"1.0.0\"\nedition = \"2021\"\nrust-version = \"1.70\"\n";
    let config = "[names]\ntag = \"{name}-v{version}\"\n";
    let sandbox =
        Sandbox::with_files([("Cargo.toml", package), ("src/lib.rs", ""), ("relprep.toml", config)]);
    sandbox.git(["tag", "tool-v1.0.0"]);
    sandbox.git(["branch", "--move", "release-1.0.0"]);
    edit(&sandbox, "Cargo.toml", "2021", "2024");
    sandbox.commit_all("Need more than was promised");
    let shown = check(&sandbox, &[]).exits(1);
    assert!(shown.contains("error[msrv-edition]") && shown.contains("tool-v1.0.0 ("), "{shown}");
}

#[test]
fn a_line_that_declared_nothing_is_held_to_what_the_user_states() {
    let sandbox = released();
    declare_nothing(&sandbox);
    sandbox.git(["tag", "--force", "v1.0.0"]);
    let shown = check(&sandbox, &[]).exits(0);
    assert!(shown.contains("note[msrv-unchecked]: the line promised no Rust version"), "{shown}");
    assert!(shown.contains("`--baseline-rust-version`"), "{shown}");
    edit(&sandbox, "members/lib/Cargo.toml", "edition.workspace = true", "rust-version = \"1.80\"");
    sandbox.commit_all("Need more");
    let stated = |version: &str| check(&sandbox, &["--baseline-rust-version", version]);
    let shown = stated("1.70").exits(1);
    assert!(shown.contains("Rust 1.70, as `--baseline-rust-version` says"), "{shown}");
    stated("1.80").exits(0);
}

#[test]
fn a_failure_is_a_document_too_in_a_form_for_programs() {
    let sandbox = released();
    sandbox.write(".git/HEAD", format!("{:040}\n", 7));
    let run = |form: &str| {
        let run = check(&sandbox, &["--format", form]);
        assert_eq!(run.status, 3, "{}{}", run.out, run.err);
        assert!(run.err.contains("error[failure]: "), "{}", run.err);
        run.out
    };
    let document: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
    assert_eq!(document["failed"]["rule"], "failure");
    let document: serde_json::Value = serde_json::from_str(&run("sarif")).unwrap();
    assert_eq!(document["runs"][0]["results"][0]["ruleId"], "failure");
    assert!(run("github").starts_with("::error title=failure::"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_a_failure_unless_its_reader_went_away() {
    let sandbox = released();
    let run = |form: &str, out: std::process::Stdio| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        let output = command.args(["check-msrv", "--format", form]).stdout(out).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for form in ["human", "json", "sarif"] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let (status, said) = run(form, full.into());
        assert_eq!(status, Some(3), "{said}");
        assert!(said.contains("error[failure]: cannot write to standard output"), "{said}");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        assert_eq!(run(form, writer.into()), (Some(0), String::new()));
    }
}

#[test]
fn findings_are_annotations_and_sarif_for_checks_only() {
    let sandbox = released();
    edit(&sandbox, "members/lib/Cargo.toml", "1.65.0", "1.80");
    sandbox.commit_all("Need more");
    let run = check(&sandbox, &["--format", "github"]);
    assert!(run.out.starts_with("::error file=members/lib/Cargo.toml,line=5,col=17,"), "{}", run.out);
    let run = check(&sandbox, &["--format", "sarif"]);
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(document["runs"][0]["results"][0]["ruleId"], "msrv-raised");
    relprep(&sandbox, &["patch", "--dry-run", "--format", "sarif"]).exits(2);
    check(&sandbox, &["--no-such-option"]).exits(2);
}

#[test]
fn a_baseline_that_is_named_counts_whatever_tags_there_are() {
    let sandbox = released();
    declare_nothing(&sandbox);
    sandbox.git(["tag", "--force", "v1.0.0"]);
    edit(&sandbox, "members/lib/Cargo.toml", "edition.workspace = true", "rust-version = \"1.56\"");
    sandbox.commit_all("Declare it");
    sandbox.git(["tag", "v1.0.1"]);
    edit(&sandbox, "members/lib/Cargo.toml", "1.56", "1.63");
    sandbox.commit_all("Raise it");
    let shown = check(&sandbox, &["--baseline", "v1.0.1"]).exits(1);
    assert!(shown.contains("error[msrv-raised]") && shown.contains("as `--baseline` says\n"), "{shown}");
    check(&sandbox, &["--baseline", "HEAD"]).exits(0);
    let shown = check(&sandbox, &["--baseline", "nowhere"]).exits(1);
    assert!(shown.contains("`--baseline nowhere` names no commit"), "{shown}");
}

#[test]
fn a_repository_without_a_commit_is_refused_once() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.toml", ROOT);
    for args in [&["check-msrv"][..], &["check"], &["check", "--branch", "main"], &["check", "--supported"]] {
        let shown = relprep(&sandbox, args).exits(1);
        assert!(shown.contains("error[no-commit]: the repository has no commit yet"), "{shown}");
    }
}
