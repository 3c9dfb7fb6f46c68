//! Texts that are too large, too many or too deep.
//!
//! `RELPREP_HOSTILE_MEGABYTES` is the size of the largest manifest that the editor gets, 2 unless set, and
//! `RELPREP_HOSTILE_DEPTH` the deepest nesting, 100000 unless set; 100 and 1000000 are what must work.

use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use relprep::config::{self, ConfigFile};
use relprep::edit::lockfile::{Followed, LockFile, Moved, follow, third_party_changes};
use relprep::edit::manifest::Manifest;
use relprep::edit::notes::{Missing, Notes, Style};
use relprep::edit::splice::{Splice, apply};
use relprep::limits;
use relprep::path::RepoPath;

use super::{configured, refused};
use crate::fixture::Fixture;

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

fn deepest() -> usize {
    env::var("RELPREP_HOSTILE_DEPTH").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

#[test]
fn nesting_ends_in_an_error_and_not_in_the_stack() {
    let manifest = RepoPath::new("Cargo.toml").unwrap();
    let notes = RepoPath::new("RELEASES.md").unwrap();
    for depth in [1_000, 10_000, deepest()] {
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
            let source = |path: &str| ConfigFile { path: path.to_owned(), text: text.clone() };
            let empty = ConfigFile { path: "Cargo.toml".to_owned(), text: String::new() };
            let _ = config::read(Some(&source("relprep.toml")), None, &empty, Some(""));
            let _ = config::read(None, None, &source("Cargo.toml"), Some(""));
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
            format!("{}a\n{}", "- ".repeat(depth), "b\n".repeat(depth)),
            format!("{}```\n{}", "1. > ".repeat(depth), "\n".repeat(depth)),
        ] {
            let style = Style::default_for(&notes);
            let parsed = Notes::parse(&notes, &text, &style);
            let date = chrono::NaiveDate::from_ymd_opt(2025, 8, 20).unwrap();
            let _ = parsed.patch(&semver::Version::new(1, 0, 0), date, Missing::Scaffold);
        }
    }
}

#[test]
fn two_hundred_thousand_headings_are_checked_in_one_go() {
    let fixture = configured("");
    let headings = (8..180_008).rev().chain(std::iter::repeat_n(7, 20_000));
    let text = headings.fold(String::new(), |text, number| text + &format!("# {number}.0.0\n"));
    fixture.sandbox.write("RELEASES.md", text);
    fixture.sandbox.commit_all("long notes");
    let said = fixture.run("check --format json");
    assert_eq!(said.status, 1, "{}", said.err);
    assert_eq!(said.out.matches("the notes have a second section for 7.0.0").count(), 19_999);
}

fn longer_than(limit: u64, line: &str) -> String {
    line.repeat(usize::try_from(limit).unwrap() / line.len() + 1)
}

#[test]
fn a_text_that_is_too_large_is_refused_with_its_name_before_anything_reads_it() {
    let version_file = "[[version-file]]\npath = \"BIG\"\nlines = ['{version}']\n";
    let head = "[package]\nname = \"orbit\"\nversion = \"7.0.0\"\n";
    let comment = "# a line that says nothing at all, as often as it is there\n";
    for (config, path, text) in [
        ("", "Cargo.toml", format!("[workspace]\n{}", longer_than(limits::MANIFEST, comment))),
        ("", "crates/orbit/Cargo.toml", format!("{head}{}", longer_than(limits::MANIFEST, comment))),
        ("", "Cargo.lock", longer_than(limits::TEXT, comment)),
        ("", "RELEASES.md", longer_than(limits::TEXT, "* a line of notes that says nothing at all\n")),
        (version_file, "BIG", format!("7.0.0\n{}", longer_than(limits::TEXT, comment))),
        ("", "relprep.toml", longer_than(limits::CONFIGURATION, comment)),
        ("", "relprep.toml", format!("follow = [{}]", longer_than(limits::CONFIGURATION, "\"x*\",\n"))),
    ] {
        let fixture = configured(config);
        fixture.sandbox.write(path, text);
        fixture.sandbox.commit_all("large");
        let of_cargo = ["crates/orbit/Cargo.toml", "Cargo.lock"].contains(&path);
        let args = ["branch --dry-run", "branch", "check", "status"];
        for args in args.into_iter().take(if of_cargo { 4 } else { 3 }) {
            let said = refused(&fixture, args, path);
            assert!(
                said.err.contains("error[file-too-large]: this has "),
                "`{args}` on {path}: {}",
                said.err
            );
            assert!(said.err.contains(&format!("--> {path}\n")), "`{args}` on {path}: {}", said.err);
        }
        if path == "relprep.toml" {
            for args in
                ["status", "schedule", "patch --supported --dry-run", "branch -n --config relprep.toml"]
            {
                let said = refused(&fixture, args, path);
                assert!(said.err.contains("error[file-too-large]: this has "), "`{args}`: {}", said.err);
            }
        }
    }
}

#[test]
fn what_is_too_large_or_no_text_on_another_branch_is_told_and_not_taken_for_absent() {
    let fixture = configured("");
    let manifest = "crates/orbit/Cargo.toml";
    let large = longer_than(limits::MANIFEST, "# a line that says nothing at all, as often as it is there\n");
    let head = "[package]\nname = \"orbit\"\nversion = \"6.6.6\"\n";
    for (branch, content, why) in [
        (
            "release-5.0.0",
            format!("{head}{large}").into_bytes(),
            "note[file-too-large]: on release-5.0.0: this has ",
        ),
        ("release-6.0.0", b"\xff".to_vec(), "note[not-utf8]: on release-6.0.0: byte 0 is not UTF-8"),
    ] {
        fixture.sandbox.git(["switch", "--quiet", "--create", branch]);
        fixture.sandbox.write(manifest, content);
        fixture.sandbox.commit_all("large");
        fixture.sandbox.git(["switch", "--quiet", "main"]);
        let said = fixture.run("status");
        assert_eq!(said.status, 0, "{}", said.err);
        assert!(said.err.contains(why) && said.err.contains(manifest), "{}", said.err);
        assert!(!said.out.contains("6.6.6"), "{}", said.out);
    }
}

#[test]
fn a_text_that_is_too_large_to_compare_is_told() {
    let fixture = configured("");
    for line in ["a = 1\n", "b = 1\n"] {
        fixture.sandbox.write("data/large.toml", longer_than(limits::CONFIGURATION, line));
        fixture.sandbox.commit_all("large");
    }
    let said = refused(&fixture, "check --only-versions", "data/large.toml");
    assert!(
        said.err.contains("error[only-versions]: the file has another content: this has 131"),
        "{}",
        said.err
    );
    assert!(said.err.contains("--> data/large.toml\n"), "{}", said.err);
}

#[test]
fn one_manifest_in_many_places_is_as_large_as_all_of_them() {
    let fixture = Fixture::new("virtual-workspace");
    let text =
        longer_than(limits::MANIFEST - 1_000, "# a line that says nothing at all, as often as it is there\n");
    fixture.sandbox.write("large", text);
    let blob = fixture.sandbox.git(["hash-object", "-w", "large"]);
    for number in 0..=limits::TOGETHER / limits::MANIFEST {
        let entry = format!("100644,{blob},bomb/{number}/Cargo.toml");
        fixture.sandbox.git(["update-index", "--add", "--cacheinfo", &entry]);
    }
    fixture.sandbox.git(["commit", "--quiet", "-m", "One blob, many files"]);
    for args in ["branch --dry-run --allow-dirty", "check", "patch --branch main --dry-run"] {
        let said = refused(&fixture, args, args);
        assert!(said.err.contains("the manifests and lock files of this commit have"), "{}", said.err);
    }
}

#[test]
fn a_configuration_as_large_as_one_may_be_is_read() {
    let limit = usize::try_from(limits::CONFIGURATION).unwrap();
    let full = |head: &str, line: &dyn Fn(usize) -> String, tail: &str| {
        let mut text = head.to_owned();
        for number in 0.. {
            let line = line(number);
            if text.len() + line.len() + tail.len() > limit {
                break;
            }
            text.push_str(&line);
        }
        text + tail
    };
    let anchor = "[schedule]\nanchor = { version = \"20.0.0\", release = \"2024-04-20\" }\n";
    let exception = |number: usize| {
        format!(
            "[[schedule.release]]\nversion = \"{}.0.0\"\nreason = \"x\"\neol = \"2300-01-01\"\n",
            number + 20
        )
    };
    let fixture = Fixture::new("virtual-workspace");
    for text in [
        format!("follow = [{}]\n", "\"x*\",".repeat(1_000)),
        full("follow = [", &|_| "\"x*\",".to_owned(), "]\n"),
        full("follow = [", &|number| format!("\"{{a{number},b*}}/[a-z]*.toml\","), "]\n"),
        full("follow = [\"", &|_| "{a,b}*".to_owned(), "\"]\n"),
        full("", &|_| "[[line]]\npackages = [\"a*\"]\n".to_owned(), ""),
        full("", &|_| "[[run]]\ncommand = [\"a\"]\n".to_owned(), ""),
        full("[names]\nbranch = \"", &|_| "{version}".to_owned(), "\"\n"),
        full("[names]\nbranch = \"", &|_| "{".to_owned(), "\"\n"),
        full("[commit]\ncut = \"", &|_| "{nothing}".to_owned(), "\"\n"),
        full(anchor, &exception, ""),
    ] {
        fixture.sandbox.write("relprep.toml", text);
        let said = fixture.run("schedule --all --date 2024-05-01");
        assert!([0, 1].contains(&said.status) && !said.err.contains("panicked"), "{}", said.err);
    }
}

#[test]
fn a_manifest_that_is_no_text_is_refused() {
    let fixture = Fixture::new("virtual-workspace");
    let bytes: Vec<u8> =
        (0..1 << 20_u32).map(|number: u32| number.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    for path in ["Cargo.toml", "crates/orbit/Cargo.toml", "Cargo.lock", "relprep.toml"] {
        fixture.sandbox.write(path, &bytes);
        fixture.sandbox.commit_all("no text");
        for args in ["branch --dry-run", "check"] {
            let said = refused(&fixture, args, path);
            assert!(said.err.contains(&format!("--> {path}")), "{path}: {}", said.err);
            assert!(said.err.len() < 100_000, "{path}: {} bytes are said", said.err.len());
        }
        fixture.sandbox.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    }
}
