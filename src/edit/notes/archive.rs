//! The list at the end of the notes that links to older branches' notes.

use std::ops::Range;

use semver::Version;

use super::markdown::{Kind, Line};
use super::style::Style;
use crate::template::Values;

/// The archive: its marker, and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// The bytes of the marker's line, without the line's end.
    pub marker: Range<usize>,
    /// The bytes of every further marker, which should not be there.
    pub more_markers: Vec<Range<usize>>,
    /// The entries in the order of the file.
    pub entries: Vec<Entry>,
    /// Where the line after the marker begins.
    pub(super) start: usize,
    /// Where the line of the next first entry goes.
    pub(super) first: usize,
}

/// One entry of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The bytes of its first line, without the line's end.
    pub range: Range<usize>,
    /// The version that it is about, with 0 for numbers that it leaves out; `None` if the entry is
    /// not worded as configured.
    pub version: Option<Version>,
    text: String,
}

impl Archive {
    /// Reads the archive, whose marker is the first of `lines`.
    pub(super) fn read(text: &str, lines: &[Line], style: &Style) -> Self {
        let (marker, start) = lines.first().map_or((0..0, 0), |line| (line.range.clone(), line.end));
        let after = lines.get(1..).unwrap_or_default();
        let further = after.iter().filter(|line| line.kind == Kind::Marker);
        let entries: Vec<Entry> = after.iter().filter_map(|line| Entry::read(text, line, style)).collect();
        Self {
            marker,
            more_markers: further.map(|line| line.range.clone()).collect(),
            start,
            first: entries.first().map_or(start, |entry| entry.range.start),
            entries,
        }
    }

    /// Returns the entries that name `branch`, as a whole and not as a part of a longer name.
    pub fn links_to(&self, branch: &str) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| names(&entry.text, branch))
    }

    /// Returns the entry for the release branch in `values`, if there is one.
    pub(super) fn entry_for(&self, values: &Values, style: &Style) -> Option<&Entry> {
        let line = style.entry_for(values);
        let same = |entry: &&Entry| entry.text.trim() == line.trim();
        self.entries.iter().find(same).or_else(|| self.links_to(values.branch.as_deref()?).next())
    }
}

impl Entry {
    /// Reads a line that is worded as configured, or that begins an item of a list.
    fn read(text: &str, line: &Line, style: &Style) -> Option<Self> {
        let content = text[line.range.clone()].trim_end();
        let values = style.entry.read(content);
        let mut item = content.trim_start().chars();
        let item = matches!(item.next(), Some('*' | '-' | '+')) && item.next() == Some(' ');
        if !matches!(line.kind, Kind::Text | Kind::Other) || values.is_none() && !item {
            return None;
        }
        let version = values.and_then(|values| values.version);
        Some(Self { range: line.range.clone(), version, text: content.to_owned() })
    }
}

/// Returns whether `branch` stands in `text` with nothing beside it that could be part of a name.
fn names(text: &str, branch: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    !branch.is_empty()
        && text
            .match_indices(branch)
            .any(|(at, _)| !text[..at].ends_with(in_name) && !text[at + branch.len()..].starts_with(in_name))
}
