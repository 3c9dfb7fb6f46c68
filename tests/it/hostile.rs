//! Repositories that strangers have prepared: nothing of them leads outside the work tree, becomes an
//! option, runs unasked, or is obeyed by a terminal, and none of their texts is too large or too deep.
//!
//! `RELPREP_HOSTILE_MEGABYTES` is the size of the largest manifest, 2 unless set; 100 is what must work.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;
use std::{env, fs};

use relprep::config::{self, Source};
use relprep::edit::lockfile::{Followed, LockFile, Moved, follow, third_party_changes};
use relprep::edit::manifest::Manifest;
use relprep::edit::notes::{Missing, Notes, Style};
use relprep::edit::splice::{Splice, apply};
use relprep::path::RepoPath;

use crate::fixture::{Fixture, Said};

fn configured(text: &str) -> Fixture {
    Fixture::changed("virtual-workspace", &[("relprep.toml", "", text)])
}

/// Runs the program, which must change nothing and say why.
fn refused(fixture: &Fixture, args: &str, what: &str) -> Said {
    let before = fixture.sandbox.everything();
    let said = fixture.run(args);
    assert_eq!(said.status, 1, "{what}: {}{}", said.out, said.err);
    assert!(said.err.contains("error["), "{what}: {}", said.err);
    assert_eq!(fixture.sandbox.everything(), before, "{what}: something changed");
    said
}

#[test]
fn no_path_of_the_configuration_leads_outside() {
    let fixture = configured("");
    for path in ["../x", "/etc/passwd", "a/../../x", ".git/config", "a/.GIT/x", "a\\\\b", "", "a\\u0007b"] {
        for text in [
            format!("[notes]\nfile = \"{path}\"\n"),
            format!("[notes]\ntemplate = \"{path}\"\n"),
            format!("[[version-file]]\npath = \"{path}\"\nlines = ['{{version}}']\n"),
        ] {
            fixture.sandbox.write("relprep.toml", &text);
            let said = refused(&fixture, "branch --dry-run --allow-dirty", &text);
            assert!(said.err.contains("names no place inside the repository"), "{text}: {}", said.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn no_path_leads_outside_through_a_symbolic_link() {
    let fixture = Fixture::new("virtual-workspace");
    let sandbox = &fixture.sandbox;
    let outside = sandbox.dir().join("outside");
    fs::create_dir(&outside).unwrap();
    let secret = "## 1.0.0\n\nUnreleased.\n\n<!-- ARCHIVE_START -->\nVERSION 1.0.0\n";
    fs::write(outside.join("file"), secret).unwrap();
    std::os::unix::fs::symlink(&outside, sandbox.root().join("folder")).unwrap();
    std::os::unix::fs::symlink(outside.join("file"), sandbox.root().join("file")).unwrap();
    for path in ["file", "folder/file"] {
        for text in [
            format!("[notes]\nfile = \"{path}\"\n"),
            format!("[notes]\ntemplate = \"{path}\"\n"),
            format!("[[version-file]]\npath = \"{path}\"\nlines = ['VERSION {{version}}']\n"),
        ] {
            sandbox.write("relprep.toml", &text);
            sandbox.commit_all("links");
            let said = fixture.run("branch");
            assert!(
                said.status == 1 || !said.out.contains("ARCHIVE_START"),
                "{text}{}{}",
                said.out,
                said.err
            );
            assert!(!said.err.contains("panicked"), "{}", said.err);
            assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), secret, "{text}");
            if said.status == 0 {
                sandbox.git(["reset", "--quiet", "--hard", "origin/main"]);
                for branch in
                    sandbox.git(["branch", "--list", "release*", "--format=%(refname:short)"]).lines()
                {
                    sandbox.git(["branch", "--quiet", "-D", branch]);
                }
                std::os::unix::fs::symlink(&outside, sandbox.root().join("folder")).unwrap();
                std::os::unix::fs::symlink(outside.join("file"), sandbox.root().join("file")).unwrap();
            }
        }
    }
}

#[test]
fn no_manifest_outside_is_written() {
    let fixture = Fixture::new("virtual-workspace");
    let outside = fixture.sandbox.dir().join("outside");
    fs::create_dir_all(outside.join("src")).unwrap();
    fs::write(outside.join("src/lib.rs"), "").unwrap();
    let manifest = "[package]\nname = \"outside\"\nversion = \"1.0.0\"\n";
    fs::write(outside.join("Cargo.toml"), manifest).unwrap();
    let root = fixture.sandbox.read("Cargo.toml").replacen("members = [", "members = [\"../outside\", ", 1);
    fixture.sandbox.write("Cargo.toml", root);
    fixture.sandbox.commit_all("A member outside");
    refused(&fixture, "branch", "a member outside");
    assert_eq!(fs::read_to_string(outside.join("Cargo.toml")).unwrap(), manifest);
}

#[test]
fn no_name_becomes_an_option_or_misleads_git() {
    let fixture = configured("");
    for text in [
        "[names]\nbranch = \"--upload-pack={version}\"\n",
        "[names]\nbranch = \"-{version}\"\n",
        "[names]\nbranch = \"a..{version}\"\n",
        "[names]\nbranch = \"{version}@{{1}}\"\n",
        "[names]\nbranch = \"{version}.lock\"\n",
        "[names]\nbranch = \"a b{version}\"\n",
        "[names]\nbranch = \"a\\u001b{version}\"\n",
        "[names]\nbranch = \"+{version}:refs/heads/main\"\n",
        "[names]\ntag = \"--delete={version}\"\n",
        "[names]\ntag = \"v{version}~1\"\n",
        "name = \"-x\"\n[names]\nbranch = \"{name}{version}\"\n",
        "name = \"a:b\"\n[names]\nbranch = \"{name}-{version}\"\n",
        "trunk = \"--output=x\"\n",
        "trunk = \"main:main\"\n",
    ] {
        fixture.sandbox.write("relprep.toml", text);
        refused(&fixture, "branch --allow-dirty", text);
    }
}

/// Returns the first character that a terminal or a log would obey.
fn obeyed(text: &str) -> Option<char> {
    text.chars().find(|c| (c.is_control() && *c != '\n' && *c != '\t') || *c == '\u{202e}')
}

#[test]
fn control_characters_are_printed_escaped_in_every_format() {
    let odd = "A\\u001b]0;x\\u0007\\u009b1m\\u202e\\r::error::x";
    for text in [
        format!("name = \"{odd}\"\n[commit]\ncut = \"{{name}} {{version}}\"\n"),
        format!("trunk = \"{odd}\"\n"),
        format!("lead = \"{odd}\"\n"),
        format!("\"{odd}\" = 1\n"),
        format!("[names]\nbranch = \"{odd}{{version}}\"\n"),
        format!("[[line]]\npackages = [\"{odd}\"]\n"),
        format!("[notes]\narchive-marker = \"{odd}\"\n"),
        format!("[[run]]\ncommand = [\"{odd}\"]\n"),
        format!("name = \"\u{1b}[31m{odd}\"\n"),
    ] {
        let fixture = configured(&text);
        for args in [
            "branch --dry-run --diff",
            "branch --dry-run --format json",
            "check",
            "check --format json",
            "check --format github",
            "check --format sarif",
            "status",
            "status --format json",
            "schedule",
            "schedule --format json",
        ] {
            let said = fixture.run(args);
            assert!([0, 1].contains(&said.status), "{args} on {text:?}: {}", said.err);
            for printed in [&said.out, &said.err] {
                assert_eq!(obeyed(printed), None, "{args} on {text:?}: {printed:?}");
            }
            assert!(!said.out.lines().any(|line| line.starts_with("::error::x")), "{args}: {}", said.out);
        }
    }
}

#[test]
fn programs_run_only_when_something_is_prepared_from_what_is_committed() {
    let text = "[[run]]\ncommand = [\"sh\", \"-c\", \"echo >../ran\"]\n";
    let fixture = configured(text);
    let ran = fixture.sandbox.dir().join("ran");
    for args in
        ["branch --dry-run", "branch --dry-run --format json", "check", "check-msrv", "schedule", "status"]
    {
        fixture.run(args);
        assert!(!ran.exists(), "`{args}` runs programs");
    }
    fixture.sandbox.write("relprep.toml", text.replace("echo", "exec echo"));
    for args in ["branch", "branch --allow-dirty", "branch --allow-dirty --config relprep.toml"] {
        let said = refused(&fixture, args, args);
        assert!(said.err.contains("error[config-runs]") || !args.contains("--allow"), "{}", said.err);
        assert!(!ran.exists(), "`{args}` runs programs that are not committed");
    }
}

#[test]
fn ten_thousand_tags_are_no_burden() {
    let fixture = Fixture::new("virtual-workspace");
    let head = fixture.sandbox.rev("HEAD");
    let mut refs = String::new();
    for number in 0..10_000 {
        let _ = writeln!(refs, "create refs/tags/v{}.{}.0 {head}", number / 100, number % 100);
    }
    let mut git = fixture.command("git");
    let mut git = git.args(["update-ref", "--stdin"]).stdin(Stdio::piped()).spawn().unwrap();
    git.stdin.take().unwrap().write_all(refs.as_bytes()).unwrap();
    assert!(git.wait().unwrap().success());
    for args in ["status", "schedule", "check", "branch --dry-run"] {
        let said = fixture.run(args);
        assert!([0, 1].contains(&said.status) && !said.err.contains("panicked"), "{args}: {}", said.err);
    }
}

fn megabytes() -> usize {
    env::var("RELPREP_HOSTILE_MEGABYTES").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

#[test]
fn a_large_manifest_is_edited_like_a_small_one() {
    let path = RepoPath::new("Cargo.toml").unwrap();
    let mut text = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[dependencies]\n".to_owned();
    let mut count = 0;
    while text.len() < megabytes() << 20 {
        let _ = writeln!(text, "p{count} = {{ version = \"1.0.0\", path = \"{}\" }}", "x".repeat(1000));
        count += 1;
    }
    let manifest = Manifest::parse(&path, &text).unwrap();
    assert_eq!(manifest.dependencies.len(), count);
    let splices = manifest.dependencies.into_iter().filter_map(|dependency| dependency.requirement);
    let splices = splices.map(|text| Splice { range: text.range, with: "2.0.0".to_owned() }).collect();
    assert_eq!(apply(&text, splices), text.replace("{ version = \"1.0.0\"", "{ version = \"2.0.0\""));
}

#[test]
fn a_lock_file_of_a_million_lines_follows() {
    let mut text = "version = 4\n".to_owned();
    for number in 0..143_000 {
        let _ = write!(
            text,
            "\n[[package]]\nname = \"p{number:06}\"\nversion = \"1.0.0\"\ndependencies = [\n \"p{:06}\",\n]\n",
            (number + 1) % 143_000
        );
    }
    assert!(text.lines().count() > 1_000_000);
    let path = RepoPath::new("Cargo.lock").unwrap();
    let (from, to) = (semver::Version::new(1, 0, 0), semver::Version::new(1, 0, 1));
    let moved: Vec<Moved> = (0..143_000)
        .map(|number| Moved { name: format!("p{number:06}"), from: from.clone(), to: to.clone() })
        .collect();
    let Ok(Followed::Edited(edited)) = follow(&path, &text, &moved) else { panic!("not edited") };
    assert_eq!(edited, text.replace("\"1.0.0\"", "\"1.0.1\""));
    let lock = LockFile::read(&path, &text).unwrap();
    assert_eq!(third_party_changes(&lock, &lock), []);
}

#[test]
fn nesting_ends_in_an_error_and_not_in_the_stack() {
    let manifest = RepoPath::new("Cargo.toml").unwrap();
    let notes = RepoPath::new("RELEASES.md").unwrap();
    for depth in [1_000, 10_000, 100_000] {
        for text in [
            format!("a = {}", "[".repeat(depth)),
            format!("a = {}{}", "[".repeat(depth), "]".repeat(depth)),
            format!("a = {}1{}", "{a=".repeat(depth), "}".repeat(depth)),
            format!("[{}a]\nversion = \"1.0.0\"", "a.".repeat(depth)),
            format!("[[{}a]]", "a.".repeat(depth)),
            format!("{}a = 1", "a.".repeat(depth)),
            format!("[dependencies]\nx = {{ {}a = 1 }}", "a.".repeat(depth)),
            format!("[workspace.metadata.relprep.{}a]", "a.".repeat(depth)),
            (0..depth.min(1_000)).fold(String::new(), |text, _| text + "[[a]]\n"),
        ] {
            let _ = Manifest::parse(&manifest, &text);
            let source = |path: &str| Source { path: path.to_owned(), text: text.clone() };
            let empty = Source { path: "Cargo.toml".to_owned(), text: String::new() };
            let _ = config::read(Some(&source("relprep.toml")), None, &empty);
            let _ = config::read(None, None, &source("Cargo.toml"));
            let _ = LockFile::read(&manifest, &text);
        }
        for text in [
            format!("{}## 1.0.0\n", "> ".repeat(depth)),
            format!("{}## 1.0.0\n", "* ".repeat(depth)),
            format!("## {}1.0.0{}\n", "[".repeat(depth), "](x)".repeat(depth)),
            format!("## 1.0.0\n\n{}\n", "*_".repeat(depth)),
            format!("## 1.0.0\n\n{}\n", "<!-- ".repeat(depth)),
            format!("## 1.0.0\n\n{}\n", "`".repeat(depth)),
            format!("{}\n", "## 1.0.0\n".repeat(depth)),
        ] {
            let style = Style::default_for(&notes);
            let parsed = Notes::parse(&notes, &text, &style);
            let date = chrono::NaiveDate::from_ymd_opt(2025, 8, 20).unwrap();
            let _ = parsed.patch(&semver::Version::new(1, 0, 0), date, Missing::Scaffold);
        }
    }
}
