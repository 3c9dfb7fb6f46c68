//! What is wrong with the notes of a release: each thing with its place, before anything is made.

use relprep::edit::notes::{Anew, Edited, Missing};
use relprep::finding::Finding;
use relprep::rule::Severity;

use crate::checking::relprep;
use crate::notes_text::{day, said, v, with};
use crate::support::Sandbox;

fn refused(edited: Result<Edited, Vec<Finding>>) -> Vec<String> {
    said(&edited.map(|edited| edited.text).unwrap_err())
}

fn turn(text: &str) -> Result<Edited, Vec<Finding>> {
    with(text, |notes| notes.turn(&v("1.2.0"), day(), Missing::Scaffold, Anew::Begun))
}

fn patch(text: &str) -> Result<Edited, Vec<Finding>> {
    with(text, |notes| notes.patch(&v("1.2.1"), day(), Missing::Scaffold))
}

fn release(text: &str) -> Result<Edited, Vec<Finding>> {
    with(text, |notes| notes.release(&v("1.2.0"), day()))
}

#[test]
fn a_second_section_that_gathers_is_refused_at_whatever_level_it_stands() {
    for (text, expected) in [
        (
            "## Unreleased\n\n- A\n\n## [unreleased]\n\n- B\n\n## 1.1.0\n",
            "5: there is a second section that gathers: `## [unreleased]`",
        ),
        (
            "# Unreleased\n\n## Fixed\n\n- A\n\n### [Unreleased]\n\n- B\n\n# 1.1.0\n",
            "7: there is a second section that gathers: `### [Unreleased]`",
        ),
        (
            "## Unreleased\n\n- A\n\n## 1.1.0\n\n- B\n\n#### **Unreleased**\n\n- C\n",
            "9: there is a second section that gathers: `#### **Unreleased**`",
        ),
        (
            "Unreleased\n==========\n\n- A\n\nUnreleased\n----------\n\n1.1.0\n=====\n",
            "6: there is a second section that gathers: `Unreleased`",
        ),
    ] {
        assert_eq!(refused(turn(text)), [expected], "{text}");
        with(text, |notes| assert_eq!(refused(notes.begin_anew()), [expected], "{text}"));
    }
    let below = "### [Unreleased]\n\n- A\n\n## 1.1.0\n\n- B\n\n## 1.0.0\n";
    let expected = ["1: `### [Unreleased]` is not a section: its level is below that of the versions"];
    assert_eq!(refused(patch(below)), expected);
    assert_eq!(said(&with(below, |notes| notes.doubts_of_cut(&v("2.0.0"), day()))), expected);
    // Its authors may call something so inside of a section that is theirs.
    assert!(patch("## 1.1.0\n\n### Unreleased\n\n- B\n\n## 1.0.0\n").is_ok());
}

#[test]
fn a_newer_version_stops_a_release_unless_it_is_planned() {
    let newer = |line: usize| format!("{line}: the notes have 1.3.0, which is newer than 1.2.0");
    assert_eq!(refused(turn("## Unreleased\n\n- A\n\n## 1.3.0\n\n- B\n")), [newer(5)]);
    assert_eq!(refused(release("# 1.3.0 (July 3rd, 2025)\n\n# 1.2.0 (Unreleased)\n")), [newer(1)]);
    assert_eq!(refused(release("# 1.2.0 (Unreleased)\n\n# 1.3.0\n\n# 1.1.0\n")), [newer(3)]);
    let patched = "5: the notes have 2.0.0, which is newer than 1.2.1";
    assert_eq!(refused(patch("# 1.2.0\n\n- A\n\n# 2.0.0 (2025-08-19)\n")), [patched]);
    let of_old = patch("# 1.2.0 (2025-07-01)\n\n- A\n\n# 2.0.0 (2014-08-19)\n\n# 1.9.0 (2014-07-19)\n");
    assert!(of_old.is_ok(), "it numbered otherwise before: {of_old:?}");
    let by_day = patch("# 1.2.0 (2025-07-20)\n\n# 2.0.0 (2025-07-01)\n\n# 1.1.0 (2025-06-01)\n");
    assert!(by_day.is_ok(), "other lines stand where their days are: {by_day:?}");
    for (planned, severity) in [
        ("## 2.0.0 - 2022-01-01\n\n## Unreleased\n\n- A\n\n## 1.1.0\n", Severity::Warning),
        ("## 2.0.0 - 2030-01-01\n\n## Unreleased\n\n- A\n\n## 1.1.0\n", Severity::Warning),
        ("## 2.0.0-rc.1 - 2025-07-01\n\n## Unreleased\n\n- A\n\n## 1.1.0\n", Severity::Warning),
        ("## 2.0.0 - TBD\n\n## Unreleased\n\n- A\n\n## 1.1.0\n", Severity::Note),
    ] {
        let Edited { text, findings } = turn(planned).unwrap();
        assert!(text.contains("## 1.2.0\n\n- A\n"), "{text}");
        assert_eq!(findings.iter().map(|it| it.severity).collect::<Vec<_>>(), [severity], "{planned}");
    }
}

#[test]
fn no_release_is_dated_before_the_one_before_it() {
    let would =
        |version: &str| format!("3: {version} would be dated 2025-08-20, before 1.1.0, of 2025-09-01");
    assert_eq!(refused(turn("## Unreleased\n\n## 1.1.0 - 2025-09-01\n")), [would("1.2.0")]);
    assert_eq!(refused(release("# 1.2.0 (Unreleased)\n\n# 1.1.0 (September 1st, 2025)\n")), [would("1.2.0")]);
    assert_eq!(refused(patch("# Log\n\n# 1.1.0 (2025-09-01)\n")), [would("1.2.1")]);
    let own = "4: 1.2.1 is dated 2025-08-01, before 1.2.0, of 2025-08-03";
    assert_eq!(refused(patch("## 1.2.1 (2025-08-01)\n\n## 1.2.0\nReleased 2025-08-03.\n")), [own]);
    // Where it is tomorrow already.
    assert!(turn("## Unreleased\n\n## 1.1.0 - 2025-08-21\n").is_ok());
    let history =
        "## Unreleased\n\n## 1.1.0 - 2025-08-01\n\n## 1.0.0 - 2025-08-02\n\n## 0.9.0 - 2026-01-01\n";
    assert!(turn(history).is_ok(), "of older ones nothing is made");
}

#[test]
fn a_definition_that_leads_elsewhere_is_refused() {
    for (definitions, expected) in [
        (
            "[unreleased]: x/v1.0.0...HEAD\n",
            "9: what is not released is compared with 1.0.0, and the newest version is 1.1.0",
        ),
        ("[1.1.0]: x/tag/v1.0.0\n[1.0.0]: x/tag/v1.0.0\n", "9: the definition of [1.1.0] leads to 1.0.0"),
        ("[v1.2.0]: x/v1.0.0...v1.1.0\n[1.1.0]: x/1.1.0\n", "9: the definition of [1.2.0] leads to 1.1.0"),
    ] {
        let gathered = format!("# Unreleased\n\n- A\n\n# 1.1.0\n\n- B\n\n{definitions}");
        assert_eq!(refused(turn(&gathered)), [expected]);
        let growing = format!("# 1.2.0\n\nUnreleased.\n\n# 1.1.0\n\n- B\n\n{definitions}");
        assert_eq!(refused(release(&growing)), [expected]);
    }
    let older = "# Unreleased\n\n# 1.1.0\n\n# 1.0.0\n\n[1.1.0]: x/1.1.0\n[1.0.0]: x/0.9.0\n[#1]: x/0.1.0\n";
    assert!(turn(older).is_ok(), "of older ones nothing is made");
}

#[test]
fn a_heading_that_looks_like_the_version_is_refused_where_that_has_no_section() {
    let like = |heading: &str| {
        with(&format!("# Unreleased\n\n# {heading}\n\n- A\n\n# 1.1.0\n\n# 1.0\n"), |notes| {
            let found = notes.lookalikes(&v("1.2.0"));
            found.iter().map(|it| (it.severity, it.message.clone())).collect::<Vec<_>>()
        })
    };
    for heading in ["1.2", "v1.2", "[1.2.x] - TBD", "Version 1.2", "1.2.0.1", "v1,2,0"] {
        let message = format!("`{heading}` is neither a version nor a section");
        assert_eq!(like(heading), [(Severity::Error, message)]);
    }
    let other = "`1.3` is neither a version nor a section".to_owned();
    assert_eq!(like("1.3"), [(Severity::Warning, other)]);
    let prose = "`1.2 migration guide` is neither a version nor a section".to_owned();
    assert_eq!(like("1.2 migration guide"), [(Severity::Warning, prose)]);
    for heading in ["2025", "A 1.2", "2025.08", "Words", "1.", "v"] {
        assert_eq!(like(heading), [], "{heading}");
    }
    let two = "3: `1.2` is neither a version nor a section";
    assert_eq!(refused(turn("# Unreleased\n\n# 1.2\n\n- A\n\n# 1.1.0\n")), [two]);
    assert_eq!(
        refused(patch("# Log\n\n## 1.2.1.0\n\n- A\n\n## 1.2.0\n")),
        ["3: `1.2.1.0` is neither a version nor a section"]
    );
}

/// Makes a package `bell` at 1.2.0 on its release branch, with these notes.
fn bell(notes: &str) -> Sandbox {
    let manifest = "[package]\nname = \"bell\"\nversion = \"1.2.0\"\nedition = \"2021\"\n";
    let files = [("Cargo.toml", manifest), ("src/lib.rs", ""), ("CHANGELOG.md", notes)];
    let sandbox = Sandbox::with_files(files);
    sandbox.git(["switch", "--quiet", "--create", "release-1.2.0"]);
    sandbox
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_nothing_is_made() {
    let sandbox = bell(
        "# Log\n\n## [Unreleased]\n\n- A\n\n### Unreleased\n\n- B\n\n## [2.0.0] - 2025-01-01\n\n## [1.1.0] - 2025-09-01\n\n\
         [unreleased]: https://e.org/v0.9.0...HEAD\n",
    );
    let said = relprep(&sandbox, &["release", "--date", "2025-08-20"]).exits(1);
    for expected in [
        "error[notes-order]: the notes have 2.0.0, which is newer than 1.2.0\n  --> CHANGELOG.md:11:1\n",
        "error[notes-date]: 1.2.0 would be dated 2025-08-20, before 1.1.0, of 2025-09-01\n  --> CHANGELOG.md:13:14\n",
        "error[notes-link]: what is not released is compared with 0.9.0, and the newest version is 1.1.0\n  --> CHANGELOG.md:15:30\n",
        "error[notes-section]: there is a second section that gathers: `### Unreleased`\n --> CHANGELOG.md:7:1\n",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
}
