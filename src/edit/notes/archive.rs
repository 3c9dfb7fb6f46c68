//! The list at the end of the notes that links to older branches' notes.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use semver::Version;

use super::outline::{BlockKind, Outline, next_line};
use super::style::Style;
use super::title::words;
use crate::edit::splice::{self, Splice};
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

    /// Returns the line of a new entry for the release branch in `values`: as the configuration words it, or else like
    /// that of its newest neighbour, as far as that can be told from the branch in it.
    pub(super) fn new_entry(&self, values: &Values, style: &Style) -> String {
        let neighbour = self.entries.first().filter(|_| !style.is_entry_set);
        neighbour.and_then(|neighbour| neighbour.succeeded(values)).unwrap_or_else(|| style.entry_for(values))
    }
}

impl ArchiveEntry<'_> {
    /// Returns the version that the longest of its numbers is, with 0 for what that leaves out.
    pub fn numbered(&self) -> Option<Version> {
        let longest = numbers(self.text).max_by_key(|range| (range.len(), usize::MAX - range.start))?;
        let mut parts = self.text[longest].split('.').map(str::parse);
        let mut next = || parts.next().unwrap_or(Ok(0)).ok();
        Some(Version::new(next()?, next()?, next()?))
    }

    /// Returns the entry as it is for the release branch in `values`: each number that is the version, or the beginning
    /// of it, is that of the new one.
    fn succeeded(&self, values: &Values) -> Option<String> {
        let parts = |of: &Version| [of.major, of.minor, of.patch].map(|part| part.to_string());
        let (old, new) = (parts(&self.numbered()?), parts(values.version.as_ref()?));
        let splices = numbers(self.text).filter_map(|range| {
            let count = self.text[range.clone()].split('.').count().min(old.len());
            let is_old = self.text[range.clone()] == old[..count].join(".");
            is_old.then(|| Splice::new(range, new[..count].join(".")))
        });
        let entry = splice::apply(self.text, splices.collect());
        let is_for_branch = values.branch.as_ref().is_some_and(|branch| names(&entry, branch));
        (is_for_branch && !entry.contains(['\n', '\r'])).then_some(entry)
    }

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

/// Returns where numbers with dots between them stand: `36.0` in `36.0.x`.
fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    words(text, |c| c.is_ascii_digit() || c == '.').filter_map(|word| {
        let number = text[word.clone()].trim_matches('.');
        let start = word.start + text[word].find(number)?;
        (!number.is_empty()).then_some(start..start + number.len())
    })
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
