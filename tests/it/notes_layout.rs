//! The layouts of the notes: which one a file shows, and what becomes of it.

use relprep::edit::notes::{Anew, CarriedSections, Edited, Layout, Missing};
use relprep::finding::Finding;
use relprep::template::Values;

use crate::checking::relprep;
use crate::notes_text::{day, said, v, with};
use crate::support::Sandbox;

fn outcome(edited: Result<Edited, Vec<Finding>>) -> Result<String, Vec<String>> {
    edited.map(|edited| edited.text).map_err(|findings| said(&findings))
}

/// Turns what is gathered into the section of `version`, of 20 August 2025.
fn turn(text: &str, version: &str) -> Result<String, Vec<String>> {
    outcome(with(text, |notes| notes.turn(&v(version), day(), Missing::Scaffold, Anew::Begun)))
}

fn anew(text: &str) -> Result<String, Vec<String>> {
    with(text, |notes| outcome(notes.begin_anew()))
}

fn grow(text: &str, next: &str) -> Result<String, Vec<String>> {
    outcome(with(text, |notes| notes.grow(None, &Values::of(&v(next)))))
}

#[test]
fn a_file_shows_how_it_is_laid_out() {
    for (text, layout) in [
        ("# Log\n\n## [Unreleased]\n", Some(Layout::Unreleased)),
        ("## 2.0.0 - TBD\n\n## Unreleased\n\n## 1.0.0\n", Some(Layout::Unreleased)),
        ("# unreleased\n\n# v1.0.0\n\n<!-- ARCHIVE_START -->\n", Some(Layout::Unreleased)),
        ("# unreleased\n\n# v1.0.0\n\n<!-- ARCHIVE_START -->\n* [0.9](x)\n", None),
        ("## 2.0.0\n\nUnreleased.\n\n<!-- ARCHIVE_START -->\n", Some(Layout::PerBranch)),
        ("## 2.0.0\n\nUnreleased.\n\n## 1.0.0\n", Some(Layout::Growing)),
        ("## 2.0.0\n\n### Unreleased\n", None),
        ("Prose.\n", None),
    ] {
        with(text, |notes| assert_eq!(notes.layout(), layout, "{text}"));
    }
}

#[test]
fn what_is_gathered_becomes_a_section_and_the_links_follow() {
    let before = "# Log\n\n## [Unreleased]\n\n### Added\n\n- A bell. [#3]\n\n[#3]: x/3\n\n## [1.1.0] - 2025-07-01\n\n- B\n\n\
                  [Unreleased]: https://e.org/compare/v1.1.0...HEAD\n[1.1.0]: https://e.org/compare/v1.0.0...v1.1.0\n";
    let after = "# Log\n\n## [Unreleased]\n\n## [1.2.0] - 2025-08-20\n\n### Added\n\n- A bell. [#3]\n\n[#3]: x/3\n\n## [1.1.0] - 2025-07-01\n\n- B\n\n\
                 [Unreleased]: https://e.org/compare/v1.2.0...HEAD\n[1.2.0]: https://e.org/compare/v1.1.0...v1.2.0\n[1.1.0]: https://e.org/compare/v1.0.0...v1.1.0\n";
    assert_eq!(turn(before, "1.2.0").as_deref(), Ok(after));
    let crlf = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(turn(&crlf(before), "1.2.0"), Ok(crlf(after)));
    assert_eq!(turn(after, "1.2.0").as_deref(), Ok(after), "once is enough");
}

#[test]
fn what_is_gathered_may_become_a_section_with_none_begun_above() {
    let turn = |text: &str| {
        let day = day();
        outcome(with(text, |notes| notes.turn(&v("1.2.0"), day, Missing::Scaffold, Anew::Left)))
    };
    for (before, after) in [
        (
            "# Log\n\n## Unreleased\n\n### Added\n\n- A\n\n---\n\n## [1.1.0](x/v1.1.0)\n\nReleased 2025-07-01\n\n- B\n",
            "# Log\n\n## [1.2.0](x/v1.2.0)\n\nReleased 2025-08-20\n\n### Added\n\n- A\n\n---\n\n## [1.1.0](x/v1.1.0)\n\nReleased 2025-07-01\n\n- B\n",
        ),
        (
            "# Unreleased\n- A\n# 1.1.0 - 2025-07-01\n- B\n",
            "# 1.2.0 - 2025-08-20\n- A\n# 1.1.0 - 2025-07-01\n- B\n",
        ),
    ] {
        assert_eq!(turn(before).as_deref(), Ok(after));
        assert_eq!(turn(after).as_deref(), Ok(after), "once is enough");
    }
}

#[test]
fn links_follow_by_the_pattern_of_those_that_are_there() {
    let links = |definitions: &str| {
        let text = format!("# Unreleased\n\n- A\n\n# 1.1.0\n\n- B\n\n{definitions}");
        turn(&text, "1.2.0").map(|text| text.split_once("- B\n\n").unwrap().1.to_owned())
    };
    for (before, after) in [
        ("", ""),
        (
            "[1.1.0]: x/tag/v1.1.0\n[1.0.0]: x/tag/v1.0.0",
            "[1.2.0]: x/tag/v1.2.0\n[1.1.0]: x/tag/v1.1.0\n[1.0.0]: x/tag/v1.0.0",
        ),
        (
            "[unreleased]: x/1.1.0..main\n[v1.1.0]: x/tag/1.1.0\n",
            "[unreleased]: x/1.2.0..main\n[v1.2.0]: x/1.1.0..1.2.0\n[v1.1.0]: x/tag/1.1.0\n",
        ),
        (
            "<!-- next-url -->\n[Unreleased]: x/compare/a-b-v1.1.0...HEAD?w=1\n[1.1.0]: x/compare/a-b-v1.0.0...a-b-v1.1.0\n",
            "<!-- next-url -->\n[Unreleased]: x/compare/a-b-v1.2.0...HEAD?w=1\n[1.2.0]: x/compare/a-b-v1.1.0...a-b-v1.2.0\n\
             [1.1.0]: x/compare/a-b-v1.0.0...a-b-v1.1.0\n",
        ),
        (
            "[1.0.0]: x/v0.9.0...v1.0.0\n[1.1.0]: x/v1.0.0...v1.1.0\n[unreleased]: x/v1.1.0...HEAD",
            "[1.0.0]: x/v0.9.0...v1.0.0\n[1.1.0]: x/v1.0.0...v1.1.0\n[1.2.0]: x/v1.1.0...v1.2.0\n[unreleased]: x/v1.2.0...HEAD",
        ),
        ("[unreleased]: x/v1.1.0...HEAD\n", "[unreleased]: x/v1.2.0...HEAD\n[1.2.0]: x/v1.1.0...v1.2.0\n"),
    ] {
        assert_eq!(links(before).as_deref(), Ok(after), "{before}");
    }
    let of_line = "[unreleased]: x/v1.1.0...HEAD\n[1.1.2]: x/v1.1.1...v1.1.2\n";
    let patched = format!("# Unreleased\n\n- A\n\n# 1.1.2\n\n- B\n\n# 1.1.0\n\n{of_line}");
    let after = "[unreleased]: x/v1.2.0...HEAD\n[1.2.0]: x/v1.1.2...v1.2.0\n[1.1.2]: x/v1.1.1...v1.1.2\n";
    assert!(turn(&patched, "1.2.0").unwrap().ends_with(after), "the patches are on a branch");
    let elsewhere = "9: what is not released is compared with 1.0.0, and the newest version is 1.1.0";
    assert_eq!(links("[unreleased]: x/v1.0.0...HEAD\n"), Err(vec![elsewhere.to_owned()]));
}

#[test]
fn links_follow_a_patch_of_a_growing_file_too() {
    let day = day();
    let before = "## [1.1.0] - 2025-07-01\n\n- A\n\n## [1.0.0] - 2025-06-01\n\n- B\n\n\
                  [Unreleased]: x/v1.1.0...HEAD\n[1.1.0]: x/v1.0.0...v1.1.0\n";
    let after = "## [1.1.1] - 2025-08-20\n\n## [1.1.0] - 2025-07-01\n\n- A\n\n## [1.0.0] - 2025-06-01\n\n- B\n\n\
                 [Unreleased]: x/v1.1.1...HEAD\n[1.1.1]: x/v1.1.0...v1.1.1\n[1.1.0]: x/v1.0.0...v1.1.0\n";
    let patched = with(before, |notes| notes.patch(&v("1.1.1"), day, Missing::Scaffold));
    assert_eq!(outcome(patched).as_deref(), Ok(after));
}

#[test]
fn rules_titles_and_categories_are_as_the_file_has_them() {
    for (before, after) in [
        (
            "# Log\n---\n\n## Unreleased\n\n### Added\n\n* A\n\n---\n\n## [1.1.0](x/1.0.0...1.1.0)\n\nReleased 2025-01-12\n\n* B\n",
            "# Log\n---\n\n## Unreleased\n\n---\n\n## [1.2.0](x/1.1.0...1.2.0)\n\nReleased 2025-08-20\n\n### Added\n\n* A\n\n---\n\n## [1.1.0](x/1.0.0...1.1.0)\n\nReleased 2025-01-12\n\n* B\n",
        ),
        (
            "# Unreleased\n## Added\n## Fixed\n- A\n## Removed\n\n# v1.1.0 (2025-01-12)\n## Fixed\n- B\n",
            "# Unreleased\n## Added\n## Fixed\n## Removed\n\n# v1.2.0 (2025-08-20)\n## Fixed\n- A\n\n# v1.1.0 (2025-01-12)\n## Fixed\n- B\n",
        ),
        (
            "<!-- next -->\n## [Unreleased] - ReleaseDate\n\n## [1.1.0] - 2025-01-12\n\n- B\n",
            "<!-- next -->\n## [Unreleased] - ReleaseDate\n\n## [1.2.0] - 2025-08-20\n\n## [1.1.0] - 2025-01-12\n\n- B\n",
        ),
        (
            "TBD\n===\n<!-- Add here. -->\n\n- A\n\n\n1.1.0 (2025-01-12)\n==================\n- B\n\n\n1.0.0 (2025-01-01)\n==================\n- C\n",
            "TBD\n===\n<!-- Add here. -->\n\n\n1.2.0 (2025-08-20)\n==================\n\n- A\n\n\n1.1.0 (2025-01-12)\n==================\n- B\n\n\n1.0.0 (2025-01-01)\n==================\n- C\n",
        ),
        ("# Log\n\n## [Unreleased]\n\n- A\n", "# Log\n\n## [Unreleased]\n\n## [1.2.0] - 2025-08-20\n\n- A\n"),
        (
            "## 2.0.0 - TBD\n\n- Z\n\n## Unreleased\n\n- A\n\n## 1.1.0\n\n- B\n",
            "## 2.0.0 - TBD\n\n- Z\n\n## Unreleased\n\n## 1.2.0\n\n- A\n\n## 1.1.0\n\n- B\n",
        ),
    ] {
        assert_eq!(turn(before, "1.2.0").as_deref(), Ok(after), "{before}");
    }
}

#[test]
fn what_cannot_be_turned_is_refused_with_its_place() {
    let refused = |text: &str| turn(text, "1.2.0").unwrap_err();
    let second = "5: there is a second section that gathers: `## Unreleased`";
    assert_eq!(refused("## [Unreleased]\n\n- A\n\n## Unreleased\n\n- B\n"), [second]);
    assert_eq!(
        refused("## 1.1.0\n"),
        ["0: the notes have no section `Unreleased`, which gathers what comes next"]
    );
}

#[test]
fn a_cut_takes_what_is_gathered_to_the_release_branch() {
    for (before, after) in [
        (
            "# Log\r\n\r\n## [Unreleased]\r\n\r\n### Added\r\n\r\n- A\r\n\r\n## [1.0.0]\r\n",
            "# Log\r\n\r\n## [Unreleased]\r\n\r\n## [1.0.0]\r\n",
        ),
        (
            "## Unreleased\n\n<!-- Add here. -->\n\n### Added\n\n- A\n\n### Fixed\n\n---\n\n## 1.0.0\n",
            "## Unreleased\n\n<!-- Add here. -->\n\n### Added\n\n### Fixed\n\n---\n\n## 1.0.0\n",
        ),
        ("## Unreleased\n\n### Added\n\n## 1.0.0\n", "## Unreleased\n\n### Added\n\n## 1.0.0\n"),
        ("# Unreleased\n\n- A [#1]\n\n[#1]: x\n\n[unreleased]: y\n", "# Unreleased\n\n[unreleased]: y\n"),
    ] {
        assert_eq!(anew(before).as_deref(), Ok(after), "{before}");
        assert_eq!(anew(after).as_deref(), Ok(after), "once is enough");
    }
}

#[test]
fn a_growing_file_gets_the_next_section_on_top() {
    for (before, after) in [
        (
            "# Log\n\n## 2.0.0 (July 20th, 2025)\n\n### Added\n\n- A\n\n## 1.0.0 (June 20th, 2025)\n\n### Added\n\n- B\n",
            "# Log\n\n## 3.0.0 (Unreleased)\n\n### Added\n\n## 2.0.0 (July 20th, 2025)\n\n### Added\n\n- A\n\n## 1.0.0 (June 20th, 2025)\n\n### Added\n\n- B\n",
        ),
        (
            "# 2.0.0\n\nUnreleased.\n\n## Added\n\n---\n\n# 1.0.0\n\nReleased 2025-06-20.\n\n## Added\n\n- B\n",
            "# 3.0.0\n\nUnreleased.\n\n## Added\n\n---\n\n# 2.0.0\n\nUnreleased.\n\n## Added\n\n---\n\n# 1.0.0\n\nReleased 2025-06-20.\n\n## Added\n\n- B\n",
        ),
        ("## 3.0.0\n\n## 2.0.0\n", "## 3.0.0\n\n## 2.0.0\n"),
    ] {
        assert_eq!(grow(before, "3.0.0").as_deref(), Ok(after), "{before}");
    }
}

#[test]
fn what_is_carried_is_compared_with_the_version_before_it() {
    let trunk = "## 5.0.0 - 2022-11-24\n\n- P\n\n## [Unreleased]\n\n## [1.0.0] - 2024-04-01\n\n- B\n\n\
                 [Unreleased]: e/v1.0.0...HEAD\n[1.0.0]: e/v0.9.0...v1.0.0\n";
    let branch = "## [Unreleased]\n\n## [1.1.0] - 2024-05-01\n\n- A\n\n[1.1.0]: e/v1.0.0...v1.1.0\n";
    let after = with(trunk, |trunk| {
        let mut carried = CarriedSections::default();
        with(branch, |branch| trunk.lacks(branch, "release-1.0.0", |_| true, &mut carried));
        trunk.with_carried(&mut carried)
    });
    let expected = trunk
        .replace("## [1.0.0]", "## [1.1.0] - 2024-05-01\n\n- A\n\n## [1.0.0]")
        .replace("v1.0.0...HEAD\n", "v1.1.0...HEAD\n[1.1.0]: e/v1.0.0...v1.1.0\n");
    assert_eq!(after, expected);
}

/// Makes a package `bell` at 2.0.0 with these files beside its manifest.
fn bell(files: &[(&str, &str)]) -> Sandbox {
    let manifest = "[package]\nname = \"bell\"\nversion = \"2.0.0\"\nedition = \"2021\"\ndescription = \"A bell\"\nlicense = \"MIT\"\n";
    let package = [("Cargo.toml", manifest), ("src/lib.rs", "")];
    Sandbox::with_files(package.iter().chain(files).copied())
}

const GATHERED: &str = "# Log\n\n## [Unreleased]\n\n- Louder.\n\n## [1.0.0] - 2024-04-01\n\n- First.\n\n\
                        [Unreleased]: https://e.org/compare/v1.0.0...HEAD\n[1.0.0]: https://e.org/tag/v1.0.0\n";

#[test]
fn what_is_gathered_goes_with_the_release_and_comes_back() {
    let sandbox = bell(&[("CHANGELOG.md", GATHERED)]);
    let said = relprep(&sandbox, &["branch", "--date", "2024-05-20"]).exits(0);
    assert!(said.contains("CHANGELOG.md  notes (unreleased)\n"), "{said}");
    assert_eq!(sandbox.read("CHANGELOG.md"), GATHERED.replace("- Louder.\n\n", ""));
    sandbox.git(["switch", "--quiet", "release-2.0.0"]);
    relprep(&sandbox, &["release", "--date", "2024-05-21"]).exits(0);
    let section = "## [2.0.0] - 2024-05-21\n\n- Louder.\n\n";
    let released = GATHERED
        .replace("- Louder.\n\n", section)
        .replace("v1.0.0...HEAD\n", "v2.0.0...HEAD\n[2.0.0]: https://e.org/compare/v1.0.0...v2.0.0\n");
    assert_eq!(sandbox.read("CHANGELOG.md"), released);
    let again = relprep(&sandbox, &["release", "--date", "2024-05-21"]).exits(1);
    assert!(again.contains("error[nothing-to-do]"), "{again}");
    sandbox.git(["tag", "v2.0.0"]);
    relprep(&sandbox, &["patch", "--date", "2024-05-22"]).exits(0);
    sandbox.git(["switch", "--quiet", "main"]);
    relprep(&sandbox, &["notes", "--carry", "--date", "2024-05-23"]).exits(0);
    assert_eq!(sandbox.read("CHANGELOG.md"), released, "2.0.1 is not tagged yet");
    let again = relprep(&sandbox, &["notes", "--carry"]).exits(1);
    assert!(
        again.contains("error[nothing-to-do]: the trunk's notes have the sections of all releases"),
        "{again}"
    );
}

#[test]
fn a_growing_file_gets_each_release_below_the_newer_ones() {
    let log = "# 2.0.0 (unreleased)\n\n- Louder.\n\n# 1.0.0 (April 1st, 2024)\n\n- First.\n";
    let sandbox = bell(&[("CHANGES.md", log)]);
    relprep(&sandbox, &["branch", "--date", "2024-05-20"]).exits(0);
    assert_eq!(sandbox.read("CHANGES.md"), format!("# 3.0.0 (Unreleased)\n\n{log}"));
    sandbox.git(["switch", "--quiet", "release-2.0.0"]);
    relprep(&sandbox, &["release", "--date", "2024-05-21"]).exits(0);
    sandbox.git(["tag", "v2.0.0"]);
    relprep(&sandbox, &["patch", "--date", "2024-05-22"]).exits(0);
    sandbox.git(["tag", "v2.0.1"]);
    let on_branch = sandbox.read("CHANGES.md");
    assert!(on_branch.starts_with("# 2.0.1 (May 22nd, 2024)\n\n# 2.0.0 (May 21st, 2024)\n"), "{on_branch}");
    sandbox.git(["switch", "--quiet", "main"]);
    relprep(&sandbox, &["notes", "--carry"]).exits(0);
    assert_eq!(sandbox.read("CHANGES.md"), format!("# 3.0.0 (Unreleased)\n\n{on_branch}"));
}

#[test]
fn a_cut_brings_the_sections_of_releases_where_it_is_configured() {
    let log = "# 2.0.0 (unreleased)\n\n- Louder.\n\n# 1.0.0 (April 1st, 2024)\n\n- First.\n";
    let sandbox = bell(&[("CHANGES.md", log), ("relprep.toml", "[notes]\ncarry = \"cut\"\n")]);
    relprep(&sandbox, &["branch", "--date", "2024-05-20"]).exits(0);
    sandbox.git(["switch", "--quiet", "release-2.0.0"]);
    relprep(&sandbox, &["release", "--date", "2024-05-21"]).exits(0);
    sandbox.git(["tag", "v2.0.0"]);
    relprep(&sandbox, &["patch", "--date", "2024-05-22"]).exits(0);
    let text =
        sandbox.read("CHANGES.md").replace("(May 22nd, 2024)\n", "(May 22nd, 2024)\n\n-  Not so  loud.\n");
    sandbox.write("CHANGES.md", &text);
    sandbox.commit_all("Say what is fixed");
    sandbox.git(["tag", "v2.0.1"]);
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.git(["commit", "--quiet", "--allow-empty", "--message=Go on"]);
    let said = relprep(&sandbox, &["branch", "--date", "2024-06-20"]).exits(0);
    assert!(said.contains("CHANGES.md  notes (growing)\n"), "{said}");
    let both = format!("# 4.0.0 (Unreleased)\n\n# 3.0.0 (Unreleased)\n\n{text}");
    assert_eq!(sandbox.read("CHANGES.md"), both);
    sandbox.git(["commit", "--quiet", "--allow-empty", "--message=Go on"]);
    relprep(&sandbox, &["branch", "--date", "2024-07-20"]).exits(0);
    assert_eq!(sandbox.read("CHANGES.md"), format!("# 5.0.0 (Unreleased)\n\n{both}"), "once is enough");
    let own = bell(&[
        ("RELEASES.md", "## 2.0.0\n\n<!-- ARCHIVE_START -->\n"),
        ("relprep.toml", "[notes]\ncarry = \"cut\"\n"),
    ]);
    let said = relprep(&own, &["branch"]).exits(1);
    assert!(said.contains("error[notes-layout]: RELEASES.md is laid out per branch"), "{said}");
    assert!(said.contains("= help: take `carry` out of `[notes]`"), "{said}");
}

#[test]
fn a_cut_brings_what_was_gathered_and_released_back() {
    let sandbox = bell(&[("CHANGELOG.md", GATHERED), ("relprep.toml", "[notes]\ncarry = \"cut\"\n")]);
    relprep(&sandbox, &["branch", "--date", "2024-05-20"]).exits(0);
    sandbox.git(["switch", "--quiet", "release-2.0.0"]);
    relprep(&sandbox, &["release", "--date", "2024-05-21"]).exits(0);
    sandbox.git(["tag", "v2.0.0"]);
    let released = sandbox.read("CHANGELOG.md");
    sandbox.git(["switch", "--quiet", "main"]);
    let text = sandbox.read("CHANGELOG.md").replace("## [Unreleased]\n", "## [Unreleased]\n\n- Of 3.0.0.\n");
    sandbox.write("CHANGELOG.md", text);
    sandbox.commit_all("Go on");
    relprep(&sandbox, &["branch", "--date", "2024-06-20"]).exits(0);
    assert_eq!(sandbox.read("CHANGELOG.md"), released);
    assert!(sandbox.git(["show", "release-3.0.0:CHANGELOG.md"]).contains("- Of 3.0.0."));
}

#[test]
fn how_notes_are_laid_out_is_asked_where_they_do_not_show_it() {
    let sandbox = bell(&[("RELEASES.md", "## 2.0.0\n\nUnreleased.\n")]);
    let said = relprep(&sandbox, &["branch"]).exits(1);
    assert!(said.contains("error[notes-layout]: it cannot be told how RELEASES.md is laid out\n"), "{said}");
    let growing = bell(&[
        ("RELEASES.md", "## 2.0.0\n\nUnreleased.\n"),
        ("relprep.toml", "[notes]\nlayout = \"growing\"\n"),
    ]);
    relprep(&growing, &["branch"]).exits(0);
    assert_eq!(growing.read("RELEASES.md"), "## 3.0.0\n\nUnreleased.\n\n## 2.0.0\n\nUnreleased.\n");
    let unknown = bell(&[("relprep.toml", "[notes]\nlayout = \"one\"\n")]);
    let said = relprep(&unknown, &["branch"]).exits(1);
    assert!(said.contains("takes one of \"per-branch\", \"growing\", \"unreleased\", not `one`"), "{said}");
    let own = bell(&[("RELEASES.md", "## 2.0.0\n\n<!-- ARCHIVE_START -->\n")]);
    let said = relprep(&own, &["notes", "--carry"]).exits(1);
    assert!(said.contains("each release branch keeps its own"), "{said}");
}

#[test]
fn a_form_that_cannot_be_imitated_is_asked_for_and_then_taken() {
    let log = "# 1.9.0 (2nd quarter of 2023)\n\n- First.\n\n# 1.8.0 (1st quarter of 2023)\n\n- None.\n";
    let sandbox = bell(&[("CHANGES.md", &format!("# 2.0.0\n\n- Louder.\n\n{log}"))]);
    sandbox.git(["switch", "--quiet", "--create", "release-2.0.0"]);
    let said = relprep(&sandbox, &["release", "--date", "2024-05-20"]).exits(1);
    let asked = "error[notes-wording]: how the notes date a release cannot be told from `(2nd quarter of 2023)`\n --> CHANGES.md:5:";
    assert!(said.contains(asked), "{said}");
    assert!(said.contains("`released = \"Released {date}\"`"), "{said}");
    sandbox.write("relprep.toml", "[notes]\nreleased = \"Released {date}\"\n");
    sandbox.commit_all("Say how releases are dated");
    let said = relprep(&sandbox, &["release", "--date", "2024-05-20"]).exits(0);
    assert!(said.contains("note[notes-state]: the section for 2.0.0 says neither"), "{said}");
    let dated = format!("# 2.0.0\n\nReleased 2024-05-20.\n\n- Louder.\n\n{log}");
    assert_eq!(sandbox.read("CHANGES.md"), dated);
    relprep(&sandbox, &["patch", "--date", "2024-05-21"]).exits(0);
    assert_eq!(sandbox.read("CHANGES.md"), format!("# 2.0.1\n\nReleased 2024-05-21.\n\n{dated}"));
}

#[test]
fn a_section_without_a_state_is_dated_as_its_neighbours_are_and_that_is_said() {
    for (older, dated) in [
        ("## [1.0.0] - 2024-04-01", "## [2.0.0] - 2024-05-20\n"),
        ("## [1.0.0] (April 1st, 2024)", "## [2.0.0] (May 20th, 2024)\n"),
        ("## 1.0.0\n\n*Released on 2024/04/01.*", "## [2.0.0]\n\n*Released on 2024/05/20.*\n"),
    ] {
        let sandbox = bell(&[("CHANGES.md", &format!("## [2.0.0]\n\n- Louder.\n\n{older}\n\n- First.\n"))]);
        sandbox.git(["switch", "--quiet", "--create", "release-2.0.0"]);
        let said = relprep(&sandbox, &["release", "--date", "2024-05-20"]).exits(0);
        assert!(
            said.contains("note[notes-state]: the section for 2.0.0 says neither `Unreleased`"),
            "{said}"
        );
        assert_eq!(sandbox.read("CHANGES.md"), format!("{dated}\n- Louder.\n\n{older}\n\n- First.\n"));
    }
}

#[test]
fn a_section_that_is_not_closed_is_not_carried() {
    let log = "# 2.0.0 (unreleased)\n\n- Louder.\n\n# 1.0.0 (April 1st, 2024)\n\n- First.\n";
    let sandbox = bell(&[("CHANGES.md", log)]);
    relprep(&sandbox, &["branch", "--date", "2024-05-20"]).exits(0);
    sandbox.git(["switch", "--quiet", "release-2.0.0"]);
    let open = "# 2.0.1 (2024-05-22)\n\n```\nring()\n";
    sandbox.write("CHANGES.md", open);
    sandbox.commit_all("Open a block of code");
    sandbox.git(["tag", "v2.0.1"]);
    sandbox.git(["switch", "--quiet", "main"]);
    let said = relprep(&sandbox, &["notes", "--carry"]).exits(1);
    assert!(
        said.contains("the section for 2.0.1 on release-2.0.0 is left out: it ends in a comment"),
        "{said}"
    );
}

#[test]
fn the_first_release_branch_has_notes_that_are_released() {
    let sandbox = bell(&[]);
    relprep(&sandbox, &["branch", "--date", "2024-05-20"]).exits(0);
    sandbox.git(["switch", "--quiet", "release-2.0.0"]);
    assert!(sandbox.read("RELEASES.md").starts_with("## 2.0.0\n\nUnreleased.\n"));
    relprep(&sandbox, &["release", "--date", "2024-05-20"]).exits(0);
    assert!(sandbox.read("RELEASES.md").starts_with("## 2.0.0\n\nReleased 2024-05-20.\n"));
    sandbox.git(["tag", "--annotate", "--message=2.0.0", "v2.0.0"]);
    relprep(&sandbox, &["check", "--date", "2024-05-20"]).exits(0);
    sandbox.git(["switch", "--quiet", "main"]);
    assert!(sandbox.read("RELEASES.md").ends_with("* [2.0.x](../release-2.0.0/RELEASES.md)\n"));
    let found = relprep(&sandbox, &["check", "--format", "json"]);
    assert!(!found.out.contains("notes-archive"), "{}", found.out);
    let link = "* [2.1.x](../release-2.1.0/RELEASES.md)\n";
    sandbox.write("RELEASES.md", sandbox.read("RELEASES.md") + link);
    sandbox.commit_all("A link to nothing");
    let found = relprep(&sandbox, &["check", "--format", "json"]).findings();
    assert_eq!(found.iter().filter(|found| found.contains("notes-archive")).count(), 1, "{found:?}");
}

#[test]
fn each_package_has_notes_that_move_with_it() {
    let member = |name: &str, version: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n")
    };
    let root = "[workspace]\nmembers = [\"bell\", \"rope\", \"tower\"]\nresolver = \"2\"\n";
    let make = |configuration: &str| {
        Sandbox::with_files([
            ("Cargo.toml", root.to_owned()),
            ("bell/Cargo.toml", member("bell", "2.0.0")),
            ("bell/src/lib.rs", String::new()),
            ("bell/CHANGELOG.md", GATHERED.to_owned()),
            ("rope/Cargo.toml", member("rope", "0.3.0")),
            ("rope/src/lib.rs", String::new()),
            ("rope/CHANGELOG.md", "# 0.3.0\n\n- New.\n\n# 0.2.0 (2024-04-01)\n\n- Old.\n".to_owned()),
            ("tower/Cargo.toml", member("tower", "2.0.0")),
            ("tower/src/lib.rs", String::new()),
            ("relprep.toml", format!("lead = \"bell\"\n{configuration}")),
        ])
    };
    let sandbox = make("[notes]\nper-package = \"CHANGELOG.md\"\n");
    sandbox.git(["switch", "--quiet", "--create", "release-2.0.0"]);
    let said = relprep(&sandbox, &["release", "--date", "2024-05-20"]).exits(0);
    assert!(said.contains("bell/CHANGELOG.md  notes (unreleased)\n"), "{said}");
    assert!(sandbox.read("bell/CHANGELOG.md").contains("## [2.0.0] - 2024-05-20\n\n- Louder."));
    assert!(sandbox.read("rope/CHANGELOG.md").starts_with("# 0.3.0 (2024-05-20)\n"), "{said}");
    relprep(&sandbox, &["patch", "--date", "2024-05-21"]).exits(0);
    assert!(sandbox.read("rope/CHANGELOG.md").starts_with("# 0.3.1 (2024-05-21)\n\n# 0.3.0 (2024-05-20)\n"));
    let named = make("[[notes]]\npackages = [\"rope\"]\n");
    relprep(&named, &["branch", "--date", "2024-05-20"]).exits(0);
    assert_eq!(named.read("bell/CHANGELOG.md"), GATHERED);
    assert!(named.read("rope/CHANGELOG.md").starts_with("# 0.4.0 (Unreleased)\n\n# 0.3.0\n"));
    let wrong = make("[[notes]]\npackage = [\"rope\"]\n");
    let said = relprep(&wrong, &["branch"]).exits(1);
    assert!(said.contains("= help: did you mean `packages`?"), "{said}");
}
