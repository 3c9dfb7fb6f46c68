//! The notes as a whole: what an edit changes, and that it changes nothing else.

mod generated;

use chrono::NaiveDate;
use relprep::edit::notes::{Edited, Missing, Notes, Opening, Section, SectionState, Style, create};
use relprep::finding::Finding;
use relprep::path::RepoPath;
use relprep::rule::Severity;
use relprep::template::Values;
use semver::Version;

const TEMPLATE: &str = "## VERSION\n\nUnreleased.\n\n### Added\n\n----\n";
const TRUNK: &str = "## 39.0.0\n\nUnreleased.\n\n### Added\n\n* Something\n\n----\n\nOlder notes are on\nthe \
                     branches.\n\n<!-- ARCHIVE_START -->\n* [38.0.x](../release-38.0.0/RELEASES.md)\n";

fn path() -> RepoPath {
    RepoPath::new("RELEASES.md").unwrap()
}

fn v(text: &str) -> Version {
    text.parse().unwrap()
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 8, day).unwrap()
}

fn with<T>(text: &str, act: impl FnOnce(&Notes) -> T) -> T {
    let (path, style) = (path(), Style::default_for(&path()));
    act(&Notes::parse(&path, text, &style))
}

/// The edited text, or each finding with its line.
type Outcome = Result<(String, Vec<String>), Vec<String>>;

fn outcome(edited: Result<Edited, Vec<Finding>>) -> Outcome {
    let line = |finding: &Finding| {
        finding.place.as_ref().and_then(|place| place.spot.as_ref()).map_or(0, |spot| spot.line)
    };
    let say = |findings: Vec<Finding>| -> Vec<String> {
        findings.iter().map(|finding| format!("{}: {}", line(finding), finding.message)).collect()
    };
    match edited {
        Ok(Edited { text, findings }) => {
            assert!(findings.iter().all(|finding| finding.severity < Severity::Error));
            Ok((text, say(findings)))
        }
        Err(findings) => Err(say(findings)),
    }
}

fn branch(version: &str) -> Values {
    Values { branch: Some(format!("release-{version}")), ..Values::of(&v(version)) }
}

fn cut(text: &str, template: &str, next: &str, branch_of: &str) -> Outcome {
    let path = RepoPath::new("template.md").unwrap();
    let opening = Opening::parse(&path, template);
    outcome(with(text, |notes| notes.cut(&opening, &Values::of(&v(next)), &branch(branch_of))))
}

fn release(text: &str, version: &str) -> Outcome {
    outcome(with(text, |notes| notes.release(&v(version), day(20))))
}

fn patch(text: &str, version: &str, missing: Missing) -> Outcome {
    outcome(with(text, |notes| notes.patch(&v(version), day(20), missing)))
}

fn scaffold(text: &str, version: &str) -> String {
    patch(text, version, Missing::Scaffold).unwrap().0
}

fn unchanged(text: &str, findings: &[&str]) -> (String, Vec<String>) {
    (text.to_owned(), findings.iter().map(|&finding| finding.to_owned()).collect())
}

fn refused(findings: &[&str]) -> Outcome {
    Err(findings.iter().map(|&finding| finding.to_owned()).collect())
}

/// The versions in the order of the file, with `-` for one that is unreleased.
fn sections(text: &str) -> String {
    let say = |section: &Section| match section.state() {
        Some(SectionState::Unreleased) => format!("-{}", section.version),
        Some(SectionState::Released(_)) => format!("+{}", section.version),
        None => section.version.to_string(),
    };
    with(text, |notes| notes.sections().iter().map(say).collect::<Vec<_>>().join(" "))
}

#[test]
fn sections_are_found_in_every_shape_and_not_where_they_only_seem_to_be() {
    for (text, expected) in [
        ("## 36.0.0\n\nUnreleased.\n\n## v35.0.0\nReleased 2025-07-20.", "-36.0.0 +35.0.0"),
        ("# Changelog\n## [2.0.0] - Unreleased\n## [1.0.0] - 2025-01-01\n", "-2.0.0 +1.0.0"),
        ("2.0.0 (Unreleased)\n===\n\nVersion 1.0.0\n---\n*Released 2025-01-01*", "-2.0.0 +1.0.0"),
        ("# 2.0.0\n## 1.0.1\n### Serde 1.0.0\n", "2.0.0 1.0.1"),
        ("## Tool 2.0.0\n### serde 1.0.0\n## How to move from 1.0.0 to 2.0.0\n", "2.0.0"),
        ("# What is new in Tool 2.0.0\n# What was new in Tool 1.0.0\n", "2.0.0 1.0.0"),
        ("```\n## 1.0.0\n```\n<!--\n## 1.0.0\n-->\n    ## 1.0.0\n", ""),
        ("## 2.0.0\n\n### Added\n\nUnreleased.\n", "2.0.0"),
        ("## 2.0.0\n<!-- ARCHIVE_START -->\n## 1.0.0\n", "2.0.0"),
        ("\u{feff}# 1.0.0", "1.0.0"),
        ("# 2.0.0\n\n<pre>\n# 9.0.0\n</pre>\n\n[1.0.0]: x\nUnreleased", "-2.0.0"),
        ("> # 2.0.0\n\n* # 3.0.0\n\n[4.0.0]: x\n===\n#5.0.0\n\nSince 6.0.0\nit is so.\n---\n", ""),
    ] {
        assert_eq!(sections(text), expected, "{text}");
    }
}

#[test]
fn a_repeated_section_and_one_out_of_order_are_found() {
    with("# 1.0.0\n# 1.0.1\n# 1.0.0\n", |notes| {
        let line = |section: &&Section| notes.place(&section.heading).to_string();
        assert_eq!(notes.repeated().iter().map(line).collect::<Vec<_>>(), ["RELEASES.md:3:1"]);
        assert_eq!(notes.out_of_order().iter().map(line).collect::<Vec<_>>(), ["RELEASES.md:2:1"]);
    });
}

#[test]
fn the_archive_knows_which_branches_it_links_to() {
    let text = TRUNK.to_owned() + "- [0.32.x (and prior)](../release-0.32.0/RELEASES.md)\n\nThat is all.\n";
    with(&text, |notes| {
        let archive = notes.archive().unwrap();
        let versions: Vec<_> = archive.entries.iter().map(|entry| entry.version.clone()).collect();
        assert_eq!(versions, [Some(v("38.0.0")), None]);
        assert_eq!(archive.links_to("release-0.32.0").count(), 1);
        assert_eq!(archive.links_to("release-0.32").count(), 0);
        assert_eq!(archive.links_to("").count(), 0);
    });
}

#[test]
fn a_cut_starts_afresh_and_links_to_the_branch_first() {
    let (text, findings) = cut(TRUNK, TEMPLATE, "40.0.0", "39.0.0").unwrap();
    let entry = "* [39.0.x](../release-39.0.0/RELEASES.md)\n* [38.0.x]";
    let expected =
        TRUNK.replace("## 39", "## 40").replace("* Something\n\n", "").replace("* [38.0.x]", entry);
    assert_eq!((text.as_str(), findings.len()), (expected.as_str(), 0));
    let suffixed = cut(TRUNK, TEMPLATE, "40.0.0-dev", "39.0.0").unwrap().0;
    assert_eq!(suffixed, expected);
}

#[test]
fn an_entry_of_the_archive_looks_like_its_neighbour() {
    let entries = |first: &str, next: &str, branch: &str| {
        let text = format!("## 2.1.0\n\n---\n\n<!-- ARCHIVE_START -->\n\n{first}\n- [Old](x)\n");
        let values = Values { branch: Some(branch.to_owned()), ..Values::of(&v(next)) };
        let path = RepoPath::new("template.md").unwrap();
        let opening = Opening::parse(&path, TEMPLATE);
        let (after, _) =
            outcome(with(&text, |notes| notes.cut(&opening, &Values::of(&v("9.0.0")), &values))).unwrap();
        after.split_once("START -->\n\n").unwrap().1.lines().next().unwrap().to_owned()
    };
    for (first, branch, expected) in [
        (
            "- [Notes of 2.0](e.org/blob/release-2.0.0/N.md)",
            "release-2.1.0",
            "- [Notes of 2.1](e.org/blob/release-2.1.0/N.md)",
        ),
        ("* **v2.0** <https://e.org/tree/v2.0/N.md>", "v2.1", "* **v2.1** <https://e.org/tree/v2.1/N.md>"),
        ("+ 2.0.x: ../2.0.x/N.md, of 2 May", "2.1.x", "+ 2.1.x: ../2.1.x/N.md, of 2 May"),
        // What does not name the branch so cannot be imitated.
        (
            "- [The one before](e.org/blob/stable/N.md)",
            "release-2.1.0",
            "* [2.1.x](../release-2.1.0/RELEASES.md)",
        ),
        ("- [2.0](e.org/2-0/N.md)", "release-2.1.0", "* [2.1.x](../release-2.1.0/RELEASES.md)"),
    ] {
        assert_eq!(entries(first, "2.1.0", branch), expected);
    }
}

#[test]
fn a_cut_keeps_preamble_byte_order_mark_and_line_ends() {
    let crlf = format!("\u{feff}# Notes\n\n{TRUNK}").replace('\n', "\r\n");
    let (text, _) = cut(&crlf, TEMPLATE, "40.0.0", "39.0.0").unwrap();
    assert!(text.starts_with("\u{feff}# Notes\r\n\r\n## 40.0.0\r\n"), "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let (text, _) = cut(&crlf, "# Ours\n\n## {version}\n", "40.0.0", "39.0.0").unwrap();
    assert!(text.starts_with("\u{feff}# Ours\r\n\r\n## 40.0.0\r\n\r\n----\r\n\r\nOlder notes"), "{text}");
}

#[test]
fn a_cut_finds_the_tail_of_every_notes() {
    for (old, new) in [
        ("# 1.0.0\n---\n<!-- ARCHIVE_START -->", "# 2.0.0\n\n---\n<!-- ARCHIVE_START -->\n@"),
        ("# 1.0.0\n\n<!-- ARCHIVE_START -->\n\n* x\n", "# 2.0.0\n\n<!-- ARCHIVE_START -->\n\n@\n* x\n"),
        ("# 1.0.0\nx\n# Old\n<!-- ARCHIVE_START -->\n", "# 2.0.0\n\n# Old\n<!-- ARCHIVE_START -->\n@\n"),
        ("<!-- ARCHIVE_START -->\ntext\n", "# 2.0.0\n\n<!-- ARCHIVE_START -->\n@\ntext\n"),
        ("<!-- ARCHIVE_START -->", "# 2.0.0\n\n<!-- ARCHIVE_START -->\n@"),
    ] {
        let (text, _) = cut(old, "# VERSION", "2.0.0", "1.0.0").unwrap();
        assert_eq!(text, new.replace('@', "* [1.0.x](../release-1.0.0/RELEASES.md)"), "{old}");
    }
    let template = "# VERSION\n\n***\n\nOld ones:\n\n<!-- ARCHIVE_START -->\n";
    let (text, _) = cut("# 1.0.0\n\n<!-- ARCHIVE_START -->\n* x\n", template, "2.0.0", "1.0.0").unwrap();
    assert!(
        text.ends_with("\n<!-- ARCHIVE_START -->\n* [1.0.x](../release-1.0.0/RELEASES.md)\n* x\n"),
        "{text}"
    );
}

#[test]
fn what_a_cut_cannot_do_is_refused_at_once() {
    let no_version = "0: the template has not one heading with the version";
    assert_eq!(
        cut("## 2.0.0\n", "## {verison}\n", "2.0.0", "1.0.0"),
        refused(&[
            "0: the notes have no archive marker, the line `<!-- ARCHIVE_START -->`",
            "1: the notes have a section for 2.0.0 already",
            no_version,
        ])
    );
    // In a paragraph it is a comment; by itself it would be code.
    for indent in ["    ", "\t", " \t"] {
        assert_eq!(
            cut(&format!("# 1.0.0\n->\n{indent}<!-- ARCHIVE_START -->\n"), "# VERSION", "2.0.0", "1.0.0"),
            refused(&["0: the notes have no archive marker, the line `<!-- ARCHIVE_START -->`"])
        );
    }
    let twice = "# 1.0.0\n<!-- ARCHIVE_START -->\n<!-- ARCHIVE_START -->\n";
    assert_eq!(
        cut(twice, "VERSION", "2.0.0", "1.0.0"),
        refused(&["3: the notes have a second archive marker", no_version])
    );
    let filled = "# VERSION\n<!-- ARCHIVE_START -->\n* x\n";
    assert_eq!(
        cut(TRUNK, filled, "40.0.0", "39.0.0"),
        refused(&["0: the template has text after the archive marker"])
    );
    // Below the level of the sections it is not a section; when they are gone, it is one.
    let below = "## Upgrade 2.0.0\n# 1.0.0\n---\n<!-- ARCHIVE_START -->\n";
    assert_eq!(
        cut(below, "## VERSION", "2.0.0", "1.0.0"),
        refused(&["1: after the cut this would be a section for 2.0.0, too"])
    );
}

#[test]
fn a_cut_says_what_it_left_out() {
    let (text, findings) = cut(TRUNK, TEMPLATE, "40.0.0", "38.0.0").unwrap();
    assert_eq!(text.matches("release-38.0.0").count(), 1);
    assert_eq!(findings, ["15: the archive links to release-38.0.0 already"]);
    let (_, findings) =
        cut("# 1.0.0\nOld:\n<!-- ARCHIVE_START -->\n", "# VERSION", "2.0.0", "1.0.0").unwrap();
    assert_eq!(
        findings,
        ["3: nothing separates the last section from the archive: what introduces that goes too"]
    );
}

#[test]
fn the_first_notes_link_to_every_older_branch_newest_first() {
    let path = path();
    let style = Style::default_for(&path);
    let next = Values { name: Some("Tool".to_owned()), ..Values::of(&v("3.0.0")) };
    let older = [branch("1.0.0"), branch("2.0.0")];
    let text = create(&Opening::built_in(&path, &style), &next, &older, &style).unwrap();
    assert_eq!(
        text,
        "## 3.0.0\n\nUnreleased.\n\n### Added\n\n### Changed\n\n### Fixed\n\n".to_owned()
            + &"-".repeat(80)
            + "\n\nThe notes of Tool for older versions are on their release branches:\n\n\
               <!-- ARCHIVE_START -->\n* [2.0.x](../release-2.0.0/RELEASES.md)\n\
               * [1.0.x](../release-1.0.0/RELEASES.md)\n"
    );
    let again = with(&text, |notes| {
        notes.cut(&Opening::built_in(&path, &style), &Values::of(&v("4.0.0")), &branch("3.0.0")).unwrap()
    });
    assert_eq!(again.findings, []);
    let ruled = create(&Opening::parse(&path, TEMPLATE), &next, &[], &style).unwrap();
    assert!(ruled.contains("\n----\n\nThe notes"), "{ruled}");
    assert!(create(&Opening::parse(&path, "none"), &next, &[], &style).is_err());
}

#[test]
fn a_release_changes_the_state_and_nothing_else() {
    for (before, after) in [
        ("## 1.0.0\r\n\r\nUnreleased.\r\n\r\nx", "## 1.0.0\r\n\r\nReleased 2025-08-20.\r\n\r\nx"),
        ("# 1.0.0 (unreleased)", "# 1.0.0 (Released 2025-08-20)"),
        ("# [1.0.0] - Unreleased\n# [0.9.0] - 2025-01-01", "# [1.0.0] - 2025-08-20\n# [0.9.0] - 2025-01-01"),
        ("# 1.0.0\n_Unreleased_", "# 1.0.0\n_Released 2025-08-20_"),
        ("# 1.0.0\nReleased 2025-08-20.", "# 1.0.0\nReleased 2025-08-20."),
    ] {
        assert_eq!(release(before, "1.0.0"), Ok(unchanged(after, &[])), "{before}");
        assert_eq!(release(before, "1.0.0-rc.1"), Ok(unchanged(after, &[])), "{before}");
    }
}

#[test]
fn a_day_is_written_as_the_newest_neighbour_has_it() {
    for (heading, neighbour, dated) in [
        ("# 1.1.0 (unreleased)", "# 1.0.9 (July 1st, 2025)", "# 1.1.0 (August 20th, 2025)"),
        ("# 1.1.0 - TBD", "# 1.0.9 - 2025.07.01", "# 1.1.0 - 2025.08.20"),
        ("# v1.1.0", "# v1.0.9 / 1 Jul 2025", "# v1.1.0 / 20 Aug 2025"),
        ("# [1.1.0]", "# [1.0.9](x) — *2025-07-01*", "# [1.1.0] — *2025-08-20*"),
        ("# 1.1.0", "# 2025-07-01: 1.0.9", "# 1.1.0 (2025-08-20)"),
        (
            "# 1.1.0\n\nUnreleased.",
            "# 1.0.9\n\n_Out on Monday._\n\n**Released on 1 July 2025**",
            "# 1.1.0\n\nReleased on 20 August 2025.",
        ),
        ("# 1.1.0\r\n", "# 1.0.9\r\n\r\n*1. July, 2025*\r\n", "# 1.1.0\r\n\r\n*20. August, 2025*\r\n"),
    ] {
        let (text, findings) = release(&format!("{heading}\n\n* New\n\n{neighbour}\n"), "1.1.0").unwrap();
        assert_eq!(text, format!("{dated}\n\n* New\n\n{neighbour}\n"));
        assert!(findings.len() < 2, "{findings:?}");
    }
    let text = "# 1.1.0\n\n# 1.0.9 (2nd quarter of 2025)\n";
    let asked = ["3: how the notes date a release cannot be told from `(2nd quarter of 2025)`"];
    assert_eq!(release(text, "1.1.0"), refused(&asked));
    let older = text.trim_start_matches("# 1.1.0\n\n");
    let asked = [asked[0].replace("3:", "1:")];
    assert_eq!(patch(older, "1.1.1", Missing::Scaffold), refused(&[&asked[0]]));
}

#[test]
fn a_section_that_cannot_be_dated_is_refused_with_its_place() {
    assert_eq!(release("# 0.9.0", "1.0.0"), refused(&["0: the notes have no section for 1.0.0"]));
    assert_eq!(
        release("# 1.0.0\n# 1.0.0\n# 1.0.0", "1.0.0"),
        refused(&[
            "2: the notes have a second section for 1.0.0",
            "3: the notes have a second section for 1.0.0"
        ])
    );
    assert_eq!(
        release("# 1.0.0\nReleased 2025-08-19.", "1.0.0"),
        refused(&["2: the section for 1.0.0 is dated 2025-08-19, not 2025-08-20"])
    );
    let unsaid = "1: the section for 1.0.0 says neither `Unreleased` nor when it was released";
    let stated = unchanged("# 1.0.0\nReleased 2025-08-20\n# 0.9.0\nUnreleased", &[unsaid]);
    assert_eq!(release("# 1.0.0\n# 0.9.0\nUnreleased", "1.0.0"), Ok(stated));
    assert_eq!(release("# 1.0.0\n", "1.0.0"), Ok(unchanged("# 1.0.0\n", &[unsaid])));
}

#[test]
fn a_patch_leaves_the_date_that_its_authors_gave_it() {
    let dated = "# 1.0.1\nReleased 2025-08-21.\n";
    let warning = "2: the section for 1.0.1 is dated 2025-08-21, not 2025-08-20";
    assert_eq!(patch(dated, "1.0.1", Missing::Scaffold), Ok(unchanged(dated, &[warning])));
    let missing = "0: the notes have no section for 1.0.2";
    assert_eq!(patch(dated, "1.0.2", Missing::Leave), Ok(unchanged(dated, &[missing])));
}

#[test]
fn an_underline_follows_its_heading() {
    let before = "1.1.0 (Unreleased)\n==================\n\n- A\n\n1.0.0 (2025-08-01)\n==================\n";
    let after = before.replacen(
        "1.1.0 (Unreleased)\n==================",
        "1.1.0 (2025-08-20)\n==================",
        1,
    );
    assert_eq!(release(before, "1.1.0").unwrap().0, after);
    for (before, after) in [
        ("1.1.0 - TBD\n-----------\n", "1.1.0 - Released 2025-08-20\n---------------------------\n"),
        ("1.1.0 - Unreleased\n===\n", "1.1.0 - Released 2025-08-20\n===\n"),
    ] {
        assert_eq!(release(before, "1.1.0").unwrap().0, after);
    }
}

#[test]
fn a_missing_section_takes_the_shape_of_its_neighbours() {
    for (before, section) in [
        ("^## 1.0.0\n\nReleased 2025-08-01.\n", "## 1.0.1\n\nReleased 2025-08-20.\n\n### Fixed\n\n"),
        (
            "\u{feff}^# v1.0.0\r\n*Unreleased*\r\n",
            "# v1.0.1\r\n*Released 2025-08-20*\r\n\r\n## Fixed\r\n\r\n",
        ),
        ("x\n\n^1.0.0\n=====\n\n### A\n", "1.0.1\n=====\n\n### Fixed\n\n"),
        ("^Tool 1.0.0 (2025-01-01)\n---\n", "Tool 1.0.1 (2025-08-20)\n---\n\n### Fixed\n\n"),
        (
            "^## [v1.0.0 (2025-01-01)](x/tag/v1.0.0)\n\n- a\n",
            "## [v1.0.1 (2025-08-20)](x/tag/v1.0.1)\n\n### Fixed\n\n",
        ),
        ("^# 1.0.0\n- x\n# 0.9.0\n- y\n# 0.8.0\n- z\n***\n# 0.7.0\n", "# 1.0.1\n"),
        ("^## [1.0.0](x/v1.0.0) ##\n", "## [1.0.1](x/v1.0.1) ##\n\n### Fixed\n\n"),
        ("^# 1.0.0 - the one (2025-01-01)\n", "# 1.0.1 (2025-08-20)\n\n## Fixed\n\n"),
        ("^# 1.0.0\nx\n\n***\n# 0.9.0\n", "# 1.0.1\n\n## Fixed\n\n***\n\n"),
        ("# 1.1.0\n\n^# 1.0.0\n", "# 1.0.1\n\n## Fixed\n\n"),
        ("^# 1.0.0 (July 1st, 2025)\n- a\n\n\n# 0.9.0\n- b\n", "# 1.0.1 (August 20th, 2025)\n\n\n"),
        (
            "^## Tool 1.0.0\n[v0.9.0...v1.0.0](x/v0.9.0...v1.0.0)\n\n### Bugfixes\n",
            "## Tool 1.0.1\n[v1.0.0...v1.0.1](x/v1.0.0...v1.0.1)\n\n### Bugfixes\n\n",
        ),
        (
            "^## [1.0.0](x/0.9.9...1.0.0)\n\nReleased 2025-01-12\n\n",
            "## [1.0.1](x/1.0.0...1.0.1)\n\nReleased 2025-08-20\n\n### Fixed\n\n",
        ),
        ("^## 1.0.0\n\n### 0.9.1\n\n#### Repairs\n\n## 0.9.0\n\n#### Fixes\n", "### 1.0.1\n\n#### Fixes\n\n"),
        ("^# 0.9.0 - 2025-01-01 - the one\n", "# 1.0.1 - 2025-08-20\n\n## Fixed\n\n"),
        ("# 1.1.0^", "\n\n# 1.0.1\n\n## Fixed\n"),
        ("Hello.\n^", "\n## 1.0.1\n\nReleased 2025-08-20.\n\n### Fixed\n"),
        ("^---\n<!-- ARCHIVE_START -->", "## 1.0.1\n\nReleased 2025-08-20.\n\n### Fixed\n\n"),
        ("^", "## 1.0.1\n\nReleased 2025-08-20.\n\n### Fixed\n"),
    ] {
        assert_eq!(scaffold(&before.replace('^', ""), "1.0.1"), before.replace('^', section), "{before}");
    }
}

#[test]
fn a_rule_missing_once_is_there_before_the_next_section() {
    let once = "## 1.0.1\n\nReleased 2025-08-01.\n\n## 1.0.0\n\nReleased 2025-07-01.\n\n----\n\n\
                <!-- ARCHIVE_START -->\n";
    let section = "## 1.0.2\n\nReleased 2025-08-20.\n\n### Fixed\n\n----\n\n";
    assert_eq!(scaffold(once, "1.0.2"), section.to_owned() + once);
}

#[test]
fn odd_texts_take_time_linear_in_their_length() {
    let pieces = "- |* |#|```\n|## 1.0.0\n|<!--|1. |> |x\r|---\n|[|\u{feff}|1.|<|]|`|\r```|[a]: b\n|* [0.9.x](release-0.9.0)\n";
    for piece in pieces.split('|') {
        let text = piece.repeat(50_000);
        with(&text, |notes| assert!(notes.sections().len() <= 50_000));
        with(&("<!-- ARCHIVE_START -->\n".to_owned() + &text), |notes| {
            assert!(notes.archive().unwrap().links_to("release-0.9.0").count() <= 50_000);
        });
    }
}

#[test]
fn a_state_that_is_text_in_a_paragraph_only_is_written_without_what_stands_before_it() {
    for before in ["    ", "\t", "    <!"] {
        let notes = format!("## 1.0.1\n\nText.\n\n## 1.0.0\n\nMore.\n{before}Released 2025-07-20.\n");
        let dated = notes.replacen("Text.", "Released 2025-08-20.\n\nText.", 1);
        assert_eq!(scaffold(&notes, "1.0.1"), dated, "{before:?}");
        assert_eq!(scaffold(&dated, "1.0.1"), dated, "{before:?}");
    }
}
