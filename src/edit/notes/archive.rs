//! The list at the end of the notes that links to older branches' notes.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use semver::Version;

use super::outline::{BlockKind, Outline, next_line};
use super::style::Style;
use super::title::words;
use crate::template::Values;

/// The archive: its marker, and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive<'a> {
    /// The bytes of the marker's line, without the line's end.
    pub marker: Range<usize>,
    /// The bytes of every further marker, which should not be there.
    pub more_markers: Vec<Range<usize>>,
    /// The entries in the order of the file.
    pub entries: Vec<ArchiveEntry<'a>>,
    /// Where the line after the marker begins.
    pub(super) start: usize,
    /// Where the line of the next first entry goes.
    pub(super) first: usize,
    /// The indices of the entries in which each run of characters of a name stands.
    by_word: HashMap<&'a str, BTreeSet<usize>>,
}

/// One entry of the archive: an item of a list, or another line that is worded as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveEntry<'a> {
    /// The bytes of its lines, without the end of the last one.
    pub range: Range<usize>,
    /// The version that it is about, with 0 for numbers that it leaves out; `None` if the entry is
    /// not worded as configured.
    pub version: Option<Version>,
    text: &'a str,
}

impl<'a> Archive<'a> {
    /// Reads the archive that begins with the line `marker`; what follows that is read as if it stood
    /// alone.
    pub(super) fn read(text: &'a str, marker: Range<usize>, style: &Style) -> Self {
        let start = next_line(text, marker.end);
        let outline = Outline::of(text, start..text.len());
        let entries = entries(text, &outline, style);
        let mut by_word: HashMap<_, BTreeSet<usize>> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            for word in words(entry.text, is_in_name) {
                by_word.entry(&entry.text[word]).or_default().insert(index);
            }
        }
        Self {
            more_markers: outline.lines_with(text, &style.marker).collect(),
            first: entries.first().map_or(start, |entry| entry.range.start),
            marker,
            entries,
            start,
            by_word,
        }
    }

    /// Returns the entries that name `branch`, as a whole and not as a part of a longer name.
    pub fn links_to(&self, branch: &str) -> impl Iterator<Item = &ArchiveEntry<'a>> {
        let word = words(branch, is_in_name).last().map_or("", |word| &branch[word]);
        let entries = self.by_word.get(word).into_iter().flatten().map(|&index| &self.entries[index]);
        entries.filter(move |entry| names(entry.text, branch))
    }

    /// Returns the entry for the release branch in `values`, if there is one.
    pub(super) fn entry_for(&self, values: &Values, style: &Style) -> Option<&ArchiveEntry<'a>> {
        let line = style.entry_for(values);
        let same = |entry: &&ArchiveEntry| entry.text.trim() == line.trim();
        self.entries.iter().find(same).or_else(|| self.links_to(values.branch.as_deref()?).next())
    }
}

impl ArchiveEntry<'_> {
    /// Returns whether the entry names `branch`, as a whole.
    pub fn names(&self, branch: &str) -> bool {
        names(self.text, branch)
    }
}

fn entries<'a>(text: &'a str, outline: &Outline, style: &Style) -> Vec<ArchiveEntry<'a>> {
    let read = |range: &Range<usize>| style.entry.read(text[range.clone()].lines().next()?.trim_end());
    let mut entries = Vec::new();
    for block in &outline.blocks {
        let ranges = match &block.kind {
            BlockKind::List(items) => items.clone(),
            BlockKind::Paragraph | BlockKind::Definition | BlockKind::Html => {
                outline.lines(text, block).filter(|line| read(line).is_some()).collect()
            }
            _ => Vec::new(),
        };
        entries.extend(ranges.into_iter().map(|range| ArchiveEntry {
            version: read(&range).and_then(|values| values.version),
            text: text[range.clone()].trim_end(),
            range,
        }));
    }
    entries
}

fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// Returns whether `branch` stands in `text` with nothing beside it that could be part of a name.
fn names(text: &str, branch: &str) -> bool {
    let is_whole =
        |at: usize| !text[..at].ends_with(is_in_name) && !text[at + branch.len()..].starts_with(is_in_name);
    text.match_indices(branch).any(|(at, _)| is_whole(at))
}
