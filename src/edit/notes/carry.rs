//! Entries that a commit adds to the notes, carried over to the notes of another branch.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use semver::Version;

use super::outline::{BlockKind, MarkdownBlock, next_line};
use super::state::SectionState;
use super::style::Style;
use super::{Notes, Section};
use crate::edit::splice::{self, Splice};
use crate::path::RepoPath;

/// Returns `onto`, the notes of a branch, with the entries that a commit added to the newest section
/// when it changed its notes from `before` to `after`.
///
/// They go to the end of the list under the same heading in the branch's newest section, which must
/// be unreleased. An entry that is there already is not added again.
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
    let [before, after, onto] = [before, after, onto].map(|text| Notes::parse(path, text, style));
    let added = added(&before, &after)?;
    let source = newest(&after).ok_or("its notes have no section")?;
    if added.iter().any(|entry| entry.start < source.heading.end || entry.end > source.range.end) {
        return Err("it adds to notes of an older version");
    }
    let target = newest(&onto).ok_or("the notes of the branch have no section")?;
    if target.state() != Some(SectionState::Unreleased) {
        return Err("the notes of the branch have no unreleased section");
    }
    let (source, mut target) = (parts(&after, source), parts(&onto, target));
    let mut places: HashMap<_, Vec<usize>> = HashMap::new();
    // Where there are headings, what stands before them is not a list of entries.
    for (index, part) in target.iter().enumerate().skip(usize::from(target.len() > 1)) {
        places.entry(part.heading.clone()).or_default().push(index);
    }
    for entry in added {
        let part = source.iter().take(source.partition_point(|part| part.start <= entry.start)).next_back();
        let Some(&[place]) = part.and_then(|part| places.get(&part.heading)).map(Vec::as_slice) else {
            return Err("the unreleased section of the branch has no place that fits");
        };
        target[place].gain(on_lines(&after.text[entry], onto.line_end()));
    }
    Ok(grown(&onto, &target, is_loose(&after, &after.outline.blocks)))
}

/// Returns the version of a section to which `after` adds lines though it was released in `before`.
pub fn added_to_released(path: &RepoPath, style: &Style, before: &str, after: &str) -> Option<Version> {
    let [was, is] = [before, after].map(|text| Notes::parse(path, text, style));
    let released = |section: &&Section| matches!(section.state(), Some(SectionState::Released(_)));
    let mut old: HashMap<&Version, HashSet<&str>> = HashMap::new();
    for section in was.sections.iter().filter(released) {
        old.entry(&section.version).or_default().extend(written(&before[section.range.clone()]));
    }
    let grows = |section: &&Section| {
        let old = old.get(&section.version);
        old.is_some_and(|old| written(&after[section.range.clone()]).any(|line| !old.contains(line)))
    };
    is.sections.iter().filter(released).find(grows).map(|section| section.version.clone())
}

/// Returns the items of lists that are new in `after`, if nothing else but blank lines is.
fn added(before: &Notes, after: &Notes) -> Result<Vec<Range<usize>>, &'static str> {
    let mut old: HashMap<&str, usize> = HashMap::new();
    for item in items(&before.outline.blocks) {
        *old.entry(&before.text[item.clone()]).or_default() += 1;
    }
    let mut is_new = |item: &Range<usize>| match old.get_mut(&after.text[item.clone()]) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    // Of two that are alike, the one further up is the new one.
    let mut new: Vec<Range<usize>> =
        items(&after.outline.blocks).rev().filter(|item| is_new(item)).cloned().collect();
    new.reverse();
    let starts = std::iter::once(0).chain(new.iter().map(|item| item.end));
    let ends = new.iter().map(|item| item.start).chain([after.text.len()]);
    let others = starts.zip(ends).flat_map(|(start, end)| written(&after.text[start..end]));
    let mut old = written(before.text).peekable();
    let more = others.filter(|line| old.next_if_eq(line).is_none()).count();
    match old.next() {
        Some(_) => Err("it changes notes that were there before"),
        None if more > 0 => Err("it adds more to the notes than entries of a list"),
        None if new.is_empty() => Err("it adds nothing to the notes"),
        None => Ok(new),
    }
}

/// Returns the lines of `text` that are not blank.
fn written(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty())
}

fn on_lines(text: &str, line_end: &str) -> String {
    text.lines().collect::<Vec<_>>().join(line_end)
}

fn newest<'n>(notes: &'n Notes<'_>) -> Option<&'n Section> {
    notes.sections().iter().max_by_key(|section| &section.version)
}

fn items(blocks: &[MarkdownBlock]) -> impl DoubleEndedIterator<Item = &Range<usize>> {
    blocks.iter().flat_map(|block| match &block.kind {
        BlockKind::List(items) => items.as_slice(),
        _ => &[],
    })
}

/// Returns whether blank lines stand between entries, if there are two in a row.
fn is_loose(notes: &Notes, blocks: &[MarkdownBlock]) -> Option<bool> {
    blocks.iter().find_map(|block| match &block.kind {
        BlockKind::List(items) => {
            items.get(1).map(|second| next_line(notes.text, items[0].end) < second.start)
        }
        _ => None,
    })
}

/// What stands under one heading inside of a section; the first part stands under the section's own, and
/// has no name.
struct Subsection<'n> {
    /// The heading in lower-case letters.
    heading: Option<String>,
    start: usize,
    /// The blocks, the heading included.
    blocks: &'n [MarkdownBlock],
    /// The entries.
    entries: HashSet<String>,
    /// Those of them that are to be added.
    gained: Vec<String>,
}

impl Subsection<'_> {
    fn gain(&mut self, entry: String) {
        if self.entries.insert(entry.clone()) {
            self.gained.push(entry);
        }
    }
}

fn parts<'n>(notes: &'n Notes, section: &Section) -> Vec<Subsection<'n>> {
    let blocks = &notes.outline.blocks;
    let at = |byte: usize| blocks.partition_point(|block| block.range.start < byte);
    let blocks = &blocks[at(section.range.start)..at(section.range.end)];
    // What follows a thematic break is about something else.
    let blocks = blocks.split(|block| block.kind == BlockKind::Rule).next().unwrap_or_default();
    let parts = blocks.chunk_by(|_, next| !matches!(next.kind, BlockKind::Heading(_)));
    let part = |blocks: &'n [MarkdownBlock]| Subsection {
        heading: match &blocks[0].kind {
            BlockKind::Heading(heading) if blocks[0].range.start > section.range.start => {
                Some(notes.text[heading.text.clone()].to_ascii_lowercase())
            }
            _ => None,
        },
        start: blocks[0].range.start,
        blocks,
        entries: items(blocks).map(|item| on_lines(&notes.text[item.clone()], notes.line_end())).collect(),
        gained: Vec::new(),
    };
    parts.map(part).collect()
}

/// Returns the text of `notes` with what the `parts` of its newest section gain, set apart as their
/// entries are, or else as is `usual`.
fn grown(notes: &Notes, parts: &[Subsection], usual: Option<bool>) -> String {
    let end = notes.line_end();
    let gaining = parts.iter().filter(|part| !part.gained.is_empty());
    let splice = |part: &Subsection| {
        let last = part.blocks.last()?;
        let between = end.repeat(if is_loose(notes, part.blocks).or(usual).unwrap_or(true) { 2 } else { 1 });
        let gap = if matches!(last.kind, BlockKind::List(_)) { &between } else { &end.repeat(2) };
        let missing = if last.next == last.range.end { end } else { "" };
        let new = [gap, &part.gained.join(&between), missing].concat();
        Some(Splice::new(last.range.end..last.range.end, new))
    };
    splice::apply(notes.text, gaining.filter_map(splice).collect())
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
            (&entry.replace("* New", "```\n* New\n```"), unreleased, "more to the notes"),
            (&TRUNK.replace("* Old", "* Old\n  * New"), unreleased, "changes notes"),
            (TRUNK, unreleased, "adds nothing"),
        ] {
            let said = carried(after, onto).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
