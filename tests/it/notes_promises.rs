//! What the layouts of notes promise, for texts and edits by chance.

use proptest::prelude::*;
use relprep::edit::notes::{Anew, CarriedSections, Edited, Layout, Missing, Section, SectionState};
use relprep::finding::Finding;
use relprep::template::Values;

use crate::notes_text::{day, v, with};
use crate::support::repeatable;

fn outcome(edited: Result<Edited, Vec<Finding>>) -> Result<String, Vec<String>> {
    let said = |findings: Vec<Finding>| findings.into_iter().map(|finding| finding.message).collect();
    edited.map(|edited| edited.text).map_err(said)
}

fn turn(text: &str, version: &str) -> Result<String, Vec<String>> {
    outcome(with(text, |notes| notes.turn(&v(version), day(), Missing::Scaffold, Anew::Begun)))
}

fn anew(text: &str) -> Result<String, Vec<String>> {
    with(text, |notes| outcome(notes.begin_anew()))
}

fn grow(text: &str, next: &str) -> Result<String, Vec<String>> {
    outcome(with(text, |notes| notes.grow(None, &Values::of(&v(next)))))
}

/// Brings what `branch` has released to `trunk`; `None` if nothing comes.
fn carried(trunk: &str, branch: &str) -> Option<String> {
    let is_released = |section: &Section| matches!(section.state(), Some(SectionState::Released(_)));
    let after = with(trunk, |trunk| {
        let mut carried = CarriedSections::default();
        with(branch, |branch| trunk.lacks(branch, "release-1.0.0", is_released, &mut carried));
        trunk.with_carried(&mut carried)
    });
    (after != trunk).then_some(after)
}

/// Releases 1.2.0 from notes as a plan does.
fn released(text: &str) -> Result<Edited, Vec<Finding>> {
    with(text, |notes| {
        let is_gathered =
            notes.layout() == Some(Layout::Unreleased) && notes.sections_of(&v("1.2.0")).next().is_none();
        match is_gathered {
            true => notes.turn(&v("1.2.0"), day(), Missing::Scaffold, Anew::Begun),
            false => notes.release(&v("1.2.0"), day()),
        }
    })
}

/// What a release branch has after the cut, in each layout.
const BASES: [&str; 3] = [
    "# Log\n\n## [Unreleased]\n\n### Added\n\n- A bell.\n\n## [1.1.0] - 2025-07-01\n\n- B\n\n\
     [Unreleased]: https://e.org/compare/v1.1.0...HEAD\n[1.1.0]: https://e.org/compare/v1.0.0...v1.1.0\n",
    "# 1.2.0 (Unreleased)\n\n## Fixed\n\n- A bell.\n\n# 1.1.0 (July 1st, 2025)\n\n- B\n",
    "## 1.2.0\n\nUnreleased.\n\n### Added\n\n---\n\nOlder ones:\n\n<!-- ARCHIVE_START -->\n* [1.1.x](../release-1.1.0/RELEASES.md)\n",
];

/// Returns a line of notes.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "## [Unreleased]",
        "# unreleased",
        "## [1.1.0] - 2025-07-01",
        "## 1.0.0 (June 1st, 2025)",
        "# 1.2.0",
        "### Added",
        "### Fixed",
        "- A bell.",
        "  more of it",
        "Released 2025-06-01.",
        "Unreleased.",
        "---",
        "```",
        "<!-- a comment -->",
        "<!--",
        "-->",
        "> ## 3.0.0",
        "[1.1.0]: https://e.org/compare/v1.0.0...v1.1.0",
        "[Unreleased]: https://e.org/compare/v1.1.0...HEAD",
        "[#1]: x",
        "Title",
        "=====",
        "\u{feff}",
        "é",
    ])
}

/// Texts made of what notes are made of.
fn texts() -> impl Strategy<Value = String> {
    let ends = prop::sample::select(vec!["\n", "\n\n", "\r\n", "\n\n\n"]);
    prop::collection::vec((piece(), ends), 0..24).prop_map(|lines| {
        let mut text: String = lines.iter().flat_map(|(line, end)| [*line, *end]).collect();
        // Some have no line end at the end.
        if lines.len() % 3 == 0 {
            text.truncate(text.trim_end().len());
        }
        text
    })
}

/// Returns whether the lines of `part` are all in `whole`, in their order, but for those that `may_go`.
fn keeps_lines(whole: &str, part: &str, may_go: impl Fn(&str) -> bool) -> bool {
    let mut lines = whole.split(['\n', '\r']);
    part.split(['\n', '\r'])
        .filter(|line| !line.trim_matches([' ', '\u{feff}']).is_empty() && !may_go(line))
        .all(|line| lines.any(|other| other.trim_matches('\u{feff}') == line.trim_matches('\u{feff}')))
}

proptest! {
    #![proptest_config(repeatable())]

    #[test]
    fn a_release_loses_nothing_but_empty_categories_and_the_link_that_follows(text in texts()) {
        // An underlined line may be such a category, too.
        let underlined = |lines: &[&str]| lines[1] == "---" && !lines[0].is_empty();
        if text.lines().collect::<Vec<_>>().windows(2).any(underlined) {
            return Ok(());
        }
        let Ok(after) = turn(&text, "1.3.0") else { return Ok(()) };
        let may_go = |line: &str| ["###", "[Unreleased]:", "Unreleased."].iter().any(|token| line.starts_with(token));
        prop_assert!(keeps_lines(&after, &text, may_go), "{text:?} became {after:?}");
        if after != text {
            prop_assert_eq!(turn(&after, "1.3.0"), Ok(after.clone()), "twice");
        }
    }

    #[test]
    fn a_next_section_is_all_that_a_growing_file_gains(text in texts()) {
        let Ok(after) = grow(&text, "2.0.0") else { return Ok(()) };
        prop_assert!(keeps_lines(&after, &text, |_| false), "{text:?} became {after:?}");
        let added = after.len() - text.len();
        let same = after.bytes().zip(text.bytes()).take_while(|(one, other)| one == other).count();
        prop_assert!((0..=same).any(|at| after.as_bytes()[at + added..] == text.as_bytes()[at..]));
    }

    #[test]
    fn what_is_carried_is_all_that_the_trunk_gains(trunk in texts(), branch in texts()) {
        let Some(after) = carried(&trunk, &branch) else { return Ok(()) };
        let may_go = |line: &str| ["[Unreleased]:", "Unreleased."].iter().any(|token| line.starts_with(token));
        prop_assert!(keeps_lines(&after, &trunk, may_go), "{trunk:?} and {branch:?} became {after:?}");
        for version in with(&branch, |notes| notes.sections().iter().map(|it| it.version.clone()).collect::<Vec<_>>()) {
            let count = |text: &str| with(text, |notes| notes.sections_of(&version).count());
            prop_assert!(count(&trunk) > 0 || count(&after) <= 1, "{trunk:?} and {branch:?} became {after:?}");
        }
    }

    #[test]
    fn a_release_after_any_edit_works_or_says_why(
        base in prop::sample::select(BASES.to_vec()),
        edits in prop::collection::vec((any::<prop::sample::Index>(), piece(), 0..3_u8), 1..4),
    ) {
        let mut lines: Vec<&str> = base.split_inclusive('\n').collect();
        for (at, piece, how) in &edits {
            let at = at.index(lines.len() + 1);
            match how {
                0 => lines.insert(at, piece),
                1 if at < lines.len() => drop(lines.remove(at)),
                _ if at < lines.len() => lines[at] = piece,
                _ => {}
            }
        }
        let text = lines.join("\n").replace("\n\n\n", "\n\n");
        match released(&text) {
            Ok(Edited { text: after, findings }) => {
                let states = with(&after, |notes| notes.sections_of(&v("1.2.0")).map(Section::state).collect::<Vec<_>>());
                let is_dated = matches!(states.as_slice(), [Some(SectionState::Released(_))]);
                prop_assert!(is_dated || !findings.is_empty(), "{text:?} became {after:?}");
                let again = released(&after).map(|again| again.text);
                prop_assert!(again.as_ref().map_or(true, |again| *again == after), "{text:?}: twice {again:?}");
            }
            Err(findings) => {
                let says = |finding: &Finding| finding.place.is_some() && finding.remedy.is_some();
                prop_assert!(!findings.is_empty() && findings.iter().all(says), "{text:?}: {findings:?}");
            }
        }
    }

    #[test]
    fn what_a_cut_takes_out_was_gathered(text in texts()) {
        let Ok(after) = anew(&text) else { return Ok(()) };
        let gathered = with(&text, |notes| notes.gatherings()[0].range.clone());
        let rest = [&text[..gathered.start], &text[gathered.end..]].concat();
        prop_assert!(keeps_lines(&after, &rest, |_| false), "{text:?} became {after:?}");
        prop_assert_eq!(anew(&after), Ok(after.clone()), "twice");
    }
}
