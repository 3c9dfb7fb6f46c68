//! Entries that a commit adds to the notes, carried over to the notes of another branch.

use std::ops::Range;

use semver::Version;
use similar::{ChangeTag, TextDiff};

use super::markdown::{Kind, Line, lines};
use super::state::SectionState;
use super::style::Style;
use super::{Notes, Section, line_end};
use crate::path::RepoPath;

/// Returns `onto`, the notes of a branch, with the entries that a commit added to the newest section
/// when it changed its notes from `before` to `after`.
///
/// They go to the end of the list under the same heading in the branch's newest section, which must
/// be unreleased. An entry that already exists is not added again.
///
/// # Errors
///
/// Why it is not plain where they belong: a clause that begins with a lower-case letter.
pub fn carry(
    path: &RepoPath,
    style: &Style,
    before: &str,
    after: &str,
    onto: &str,
) -> Result<String, &'static str> {
    let mut text = onto.to_owned();
    for block in added(before, after)? {
        let heading = heading_above(path, style, after, &block)?;
        let entry = after[block].trim_matches(['\r', '\n']);
        text = with_entry(path, style, &text, heading.as_deref(), entry, is_loose(after))?;
    }
    Ok(text)
}

/// Returns the version of a section to which `after` adds lines though it was released in `before`.
pub fn added_to_released(path: &RepoPath, style: &Style, before: &str, after: &str) -> Option<Version> {
    let is_released = |section: &Section| matches!(section.state(), Some(SectionState::Released(_)));
    let (was, is) = (Notes::parse(path, before, style), Notes::parse(path, after, style));
    let mut at = 0;
    let mut new = Vec::new();
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        match change.tag() {
            ChangeTag::Insert if !change.value().trim().is_empty() => new.push(at),
            _ => {}
        }
        at += if change.tag() == ChangeTag::Delete { 0 } else { change.value().len() };
    }
    let grows = |section: &&Section| {
        is_released(section)
            && was.sections_of(&section.version).any(is_released)
            && new.iter().any(|at| section.range.contains(at))
    };
    is.sections().iter().find(grows).map(|section| section.version.clone())
}

/// Returns where the lines stand that are new in `after`, blank ones around them left out.
fn added(before: &str, after: &str) -> Result<Vec<Range<usize>>, &'static str> {
    let diff = TextDiff::from_lines(before, after);
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for change in diff.iter_all_changes() {
        let line = change.value();
        match change.tag() {
            ChangeTag::Delete if line.trim().is_empty() => {}
            ChangeTag::Delete => return Err("it changes notes that were there before"),
            ChangeTag::Equal => at += line.len(),
            ChangeTag::Insert => {
                match blocks.last_mut().filter(|block| block.end == at) {
                    Some(block) => block.end += line.len(),
                    None => blocks.push(at..at + line.len()),
                }
                at += line.len();
            }
        }
    }
    blocks.retain(|block| !after[block.clone()].trim().is_empty());
    let is_entry = |block: &Range<usize>| {
        let text = after[block.clone()].trim_start_matches(['\r', '\n']);
        ["* ", "- ", "+ "].iter().any(|mark| text.starts_with(mark))
            && !text.lines().any(|line| line.starts_with('#'))
    };
    if blocks.is_empty() {
        Err("it adds nothing to the notes")
    } else if blocks.iter().all(is_entry) {
        Ok(blocks)
    } else {
        Err("it adds more to the notes than entries of a list")
    }
}

/// Returns the heading inside of the newest section that `block` stands under, if there is one.
fn heading_above(
    path: &RepoPath,
    style: &Style,
    text: &str,
    block: &Range<usize>,
) -> Result<Option<String>, &'static str> {
    let notes = Notes::parse(path, text, style);
    let newest = newest(&notes).ok_or("its notes have no section")?;
    if block.start < newest.heading.end || block.end > newest.range.end {
        return Err("it adds to notes of an older version");
    }
    let parts = parts(text, newest, style);
    let part = parts.iter().rfind(|part| part.range.start <= block.start);
    Ok(part.and_then(|part| part.heading.clone()))
}

/// Returns `text` with `entry` at the end of the list under `heading`.
fn with_entry(
    path: &RepoPath,
    style: &Style,
    text: &str,
    heading: Option<&str>,
    entry: &str,
    loose: Option<bool>,
) -> Result<String, &'static str> {
    let notes = Notes::parse(path, text, style);
    let newest = newest(&notes).ok_or("the notes of the branch have no section")?;
    if newest.state() != Some(SectionState::Unreleased) {
        return Err("the notes of the branch have no unreleased section");
    }
    let parts = parts(text, newest, style);
    let same = |part: &&Part| match (&part.heading, heading) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (None, None) => parts.len() == 1,
        _ => false,
    };
    let mut fitting = parts.iter().filter(same);
    let (Some(part), None) = (fitting.next(), fitting.next()) else {
        return Err("the unreleased section of the branch has no place that fits");
    };
    let content = text[part.range.clone()].trim_end();
    let end = line_end(text);
    let entry = entry.lines().collect::<Vec<_>>().join(end);
    if content.contains(&entry) {
        return Ok(text.to_owned());
    }
    let after_entry = content.lines().next_back().is_some_and(|line| !line.starts_with('#'));
    let loose = is_loose(content).or(loose).unwrap_or(true);
    let gap = if after_entry && heading.is_some() && !loose { 1 } else { 2 };
    let at = part.range.start + content.len();
    let missing_end = if text[at..].starts_with(['\r', '\n']) { "" } else { end };
    Ok([&text[..at], &end.repeat(gap), &entry, missing_end, &text[at..]].concat())
}

fn newest<'n>(notes: &'n Notes<'_>) -> Option<&'n Section> {
    notes.sections().iter().max_by_key(|section| &section.version)
}

/// What stands under one heading inside of a section, the heading included; the first part has none.
struct Part {
    heading: Option<String>,
    range: Range<usize>,
}

fn parts(text: &str, section: &Section, style: &Style) -> Vec<Part> {
    let inside: Vec<Line> = lines(&text[..section.range.end], section.range.start, &style.marker);
    let mut parts = Vec::new();
    let mut part = Part { heading: None, range: section.range.start..section.heading.end };
    for line in inside.into_iter().filter(|line| line.range.start >= section.heading.end) {
        match &line.kind {
            Kind::Heading(heading) => {
                let heading = Some(text[heading.text.clone()].trim().to_owned());
                parts.push(std::mem::replace(&mut part, Part { heading, range: line.range.clone() }));
            }
            // What follows a thematic break is about something else.
            Kind::Rule => break,
            _ => part.range.end = line.range.end,
        }
    }
    parts.push(part);
    parts
}

/// Returns whether blank lines stand between entries, if there are two in a row.
fn is_loose(text: &str) -> Option<bool> {
    let mut in_list = false;
    let mut blank = false;
    for line in text.lines() {
        let begins = ["* ", "- ", "+ "].iter().any(|mark| line.starts_with(mark));
        if begins && in_list {
            return Some(blank);
        }
        blank = line.trim().is_empty();
        in_list = begins || (in_list && (blank || line.starts_with([' ', '\t'])));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUNK: &str = "## 38.0.0\n\nUnreleased.\n\n### Added\n\n### Fixed\n\n* Old.\n";

    fn carried(after: &str, onto: &str) -> Result<String, &'static str> {
        let path = RepoPath::new("RELEASES.md").unwrap();
        carry(&path, &Style::default_for(&path), TRUNK, after, onto)
    }

    #[test]
    fn an_entry_goes_under_the_same_heading_of_the_unreleased_section() {
        let after = TRUNK.replace("* Old.\n", "* Old.\n\n* New\n  [#1](x).\n");
        let onto = "## 36.0.3\r\n\r\nUnreleased.\r\n\r\n### Fixed\r\n\r\n---\r\n\r\n## 36.0.2\r\n\r\nReleased 2025-08-20.\r\n";
        let expected = onto.replacen("### Fixed\r\n", "### Fixed\r\n\r\n* New\r\n  [#1](x).\r\n", 1);
        assert_eq!(carried(&after, onto).unwrap(), expected);
        assert_eq!(carried(&after, &expected).unwrap(), expected, "once is enough");
        let two = "## 36.0.3\n\nUnreleased.\n\n### Fixed\n\n* A.\n* B.";
        assert_eq!(carried(&after, two).unwrap(), format!("{two}\n* New\n  [#1](x).\n"));
    }

    #[test]
    fn what_is_added_to_a_released_section_is_seen() {
        let path = RepoPath::new("RELEASES.md").unwrap();
        let style = Style::default_for(&path);
        let added = |before: &str, after: &str| {
            added_to_released(&path, &style, before, after).map(|version| version.to_string())
        };
        let released = "## 7.0.0\n\nReleased 2025-08-20.\n\n### Fixed\n\n* Old.\n";
        let both = format!("## 7.0.1\n\nUnreleased.\n\n### Fixed\n\n{released}");
        let below = both.replacen("* Old.\n", "* New.\n* Old.\n", 1);
        assert_eq!(added(&both, &below), Some("7.0.0".to_owned()));
        let above = both.replacen("### Fixed\n\n", "### Fixed\n\n* New.\n\n", 1);
        assert_eq!(added(&both, &above), None);
        assert_eq!(added(&released.replace("Released 2025-08-20", "Unreleased"), released), None);
        assert_eq!(added("", released), None);
        assert_eq!(added(&below, &both), None);
    }

    #[test]
    fn what_is_not_plain_is_left_to_a_person() {
        let entry = TRUNK.replace("* Old.\n", "* Old.\n* New.\n");
        let unreleased = "## 36.0.3\n\nUnreleased.\n\n### Fixed\n";
        for (after, onto, why) in [
            (entry.as_str(), "## 36.0.2\n\nReleased 2025-08-20.\n\n### Fixed\n", "no unreleased section"),
            (&entry, "## 36.0.3\n\nUnreleased.\n\n### Changed\n", "no place that fits"),
            (&entry, "## 36.0.3\n\nUnreleased.\n\n### Fixed\n\n### Fixed\n", "no place that fits"),
            (&entry, "", "no section"),
            (&TRUNK.replace("Old", "Other"), unreleased, "changes notes"),
            (&TRUNK.replace("### Added\n", "### Added\n\nProse.\n"), unreleased, "more to the notes"),
            (TRUNK, unreleased, "adds nothing"),
        ] {
            let said = carried(after, onto).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
