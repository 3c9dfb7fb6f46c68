//! Texts that nobody wrote, and what always holds of them.

use proptest::prelude::*;
use relprep::edit::notes::Missing;

use super::{TEMPLATE, TRUNK, cut, patch, refused, release, unchanged, v, with};
use crate::support::repeatable;

/// Texts made of what the outline looks for.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "## 1.0.0",
        "# v1.0.1",
        "[1.0.2]",
        " - ",
        "Unreleased",
        "Released 2025-01-01",
        ".",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "---",
        "===",
        "```",
        "~~~",
        "<!--",
        "-->",
        "<!-- ARCHIVE_START -->",
        "\n<!-- ARCHIVE_START -->\n",
        "* [0.9.x](../release-0.9.0/RELEASES.md)",
        "* ",
        "1. ",
        ">",
        "    ",
        "\t",
        "é",
        "\u{feff}",
        "\u{2028}",
        "0",
        "### Fixed",
        "[1.0.0]: x",
        "<pre>",
        "</pre>",
        "<div>",
        "(",
        ")",
        "]",
    ]);
    prop::collection::vec(prop_oneof![9 => pieces.prop_map(str::to_owned), 1 => "\\PC{0,8}"], 0..40)
        .prop_map(|pieces| pieces.concat())
}

#[test]
fn a_template_that_would_hide_the_archive_cannot_serve() {
    let hidden = "0: the template ends in a comment or a block of code, which would hide the archive";
    for open in ["<!-- text", "```"] {
        let template = format!("## VERSION\n\nUnreleased.\n\n{open}\n");
        assert_eq!(cut(TRUNK, &template, "40.0.0", "39.0.0"), refused(&[hidden]), "{open}");
    }
}

proptest! {
    #![proptest_config(repeatable())]

    #[test]
    fn the_outline_is_the_whole_text(text in texts()) {
        with(&text, |notes| {
            let gathered = notes.gatherings().iter().map(|gathering| gathering.range.clone());
            let sections = notes.sections().iter().map(|section| section.range.clone());
            let mut all: Vec<_> = sections.chain(gathered).collect();
            all.sort_by_key(|range| range.start);
            for pair in all.windows(2) {
                prop_assert_eq!(pair[0].end, pair[1].start);
            }
            prop_assert!(all.last().is_none_or(|last| last.end <= text.len()));
            Ok(())
        })?;
    }

    #[test]
    fn a_release_replaces_one_state_by_one_date(text in texts()) {
        for version in ["1.0.0", "1.0.1", "1.0.2"] {
            let at = with(&text, |notes| {
                notes.sections_of(&v(version)).next().and_then(|section| section.state_range().cloned())
            });
            if let (Ok((after, said)), Some(at)) = (release(&text, version), at) && after != text {
                prop_assert!(text[at.clone()].eq_ignore_ascii_case("unreleased"));
                let dates = ["2025-08-20", "Released 2025-08-20"];
                prop_assert!(dates.iter().any(|date| after == [&text[..at.start], date, &text[at.end..]].concat()));
                let said: Vec<&str> = said.iter().map(String::as_str).collect();
                prop_assert_eq!(release(&after, version), Ok(unchanged(&after, &said)));
            }
        }
    }

    #[test]
    fn a_patch_keeps_every_byte_around_the_section_that_it_adds(text in texts()) {
        let (after, _) = match patch(&text, "1.0.3", Missing::Scaffold) {
            Ok(after) => after,
            Err(findings) if findings.iter().any(|found| found.contains("cannot be told")) => return Ok(()),
            Err(findings) if findings.iter().any(|found| found.contains("is no version")) => return Ok(()),
            Err(findings) => return Err(TestCaseError::fail(format!("{findings:?}"))),
        };
        let same = after.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
        let added = after.len() - text.len();
        prop_assert!((0..=same).any(|at| after.as_bytes()[at + added..] == text.as_bytes()[at..]));
    }

    #[test]
    fn a_cut_keeps_every_line_of_the_archive(text in texts()) {
        if let Ok((after, _)) = cut(&text, TEMPLATE, "3.0.0", "2.0.0") {
            let marker = with(&text, |notes| notes.archive().unwrap().marker.start);
            let lines = |text: &str| text.split(['\n', '\r']).map(str::to_owned).collect::<Vec<_>>();
            let mut kept = lines(&after).into_iter();
            for line in lines(&text[marker..]) {
                prop_assert!(kept.any(|kept| kept == line), "{line:?} is gone from {after:?}");
            }
            prop_assert!(after.contains("## 3.0.0") && after.contains("release-2.0.0"));
        }
    }
}
