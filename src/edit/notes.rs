//! The release notes: sections of versions, and the archive that links to older branches' notes.
//!
//! [`Notes`] is an outline of ranges over the text. Edits splice into the text at these ranges, so
//! that all which the outline does not know stays as it is, byte for byte.

mod archive;
mod breaking;
mod carried;
mod carry;
mod date;
mod day;
mod definition;
mod doubts;
mod fresh;
mod gathered;
mod growing;
mod layout;
mod outline;
mod scaffold;
mod section;
mod shape;
mod state;
mod style;
mod title;

use std::collections::HashSet;
use std::ops::Range;

use semver::Version;

pub use self::archive::{Archive, ArchiveEntry};
pub use self::carried::CarriedSections;
pub use self::carry::{added_to_released, carry};
pub use self::definition::LinkDefinition;
pub use self::fresh::{Opening, create};
pub use self::gathered::Anew;
pub use self::layout::Layout;
pub use self::outline::{BlockKind, Heading, MarkdownBlock, Outline, next_line};
pub use self::scaffold::Missing;
pub use self::section::{Gathering, Section};
use self::section::{Parts, Tail};
pub use self::state::SectionState;
pub use self::style::{PrereleaseNotes, Style, Wording};
use crate::finding::{Finding, Place, Places};
use crate::path::RepoPath;
use crate::rule;

/// The notes as they are in one file.
///
/// The text is, in this order and with nothing between: what comes before the first section, the
/// sections, and the tail, which is empty or holds the archive.
#[derive(Clone, Debug)]
pub struct Notes<'a> {
    path: &'a RepoPath,
    text: &'a str,
    style: &'a Style,
    places: Places<'a>,
    /// What stands before the archive's marker.
    outline: Outline,
    sections: Vec<Section>,
    gatherings: Vec<Gathering>,
    /// Headings that gather and are no sections, below the level of these.
    strays: Vec<Range<usize>>,
    definitions: Vec<LinkDefinition>,
    archive: Option<Archive<'a>>,
    tail: Tail,
}

/// How many repetitions of one thing are reported: one who wants to see more of them repeats the command
/// after the first are gone.
const MOST_REPETITIONS: usize = 10;

/// An edited text, and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The whole new text.
    pub text: String,
    /// Warnings and notes; an edit with an error returns no text.
    pub findings: Vec<Finding>,
}

impl<'a> Notes<'a> {
    /// Reads `text`, the content of `path`. Every text is notes; what it lacks shows in the outline.
    pub fn parse(path: &'a RepoPath, text: &'a str, style: &'a Style) -> Self {
        let whole = Outline::parse(text);
        let definitions = definition::read(text, &whole);
        let marker = whole.lines_with(text, &style.marker).next();
        let outline = match &marker {
            Some(marker) => Outline::parse(&text[..marker.start]),
            None => whole,
        };
        let Parts { sections, gatherings, strays, tail } =
            section::parts(text, &outline, marker.as_ref(), style);
        let archive = marker.map(|marker| Archive::read(text, marker, style));
        let places = Places::of(path, text);
        Self { path, text, style, places, outline, sections, gatherings, strays, definitions, archive, tail }
    }

    /// Returns the sections in the order of the file.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Returns the sections that gather what no version has yet: one, if the notes are well.
    pub fn gatherings(&self) -> &[Gathering] {
        &self.gatherings
    }

    /// Returns the definitions of links, in the order of the file.
    pub fn definitions(&self) -> &[LinkDefinition] {
        &self.definitions
    }

    /// Returns the sections of one version, as [`Style::about`] has it: 36.0.0 for 36.0.0-rc.1, unless that has a section
    /// of its own.
    pub fn sections_of(&self, version: &Version) -> impl Iterator<Item = &Section> {
        let version = self.style.about(version);
        self.sections.iter().filter(move |section| section.version == version)
    }

    /// Returns the sections whose version has one further up.
    pub fn repeated(&self) -> Vec<&Section> {
        let mut seen = HashSet::new();
        self.sections.iter().filter(|section| !seen.insert(&section.version)).collect()
    }

    /// Returns the sections that are newer than the one above them.
    pub fn out_of_order(&self) -> Vec<&Section> {
        let pairs = self.sections.windows(2).filter(|pair| pair[1].version > pair[0].version);
        pairs.map(|pair| &pair[1]).collect()
    }

    /// Returns the archive, if its marker is there.
    pub fn archive(&self) -> Option<&Archive<'a>> {
        self.archive.as_ref()
    }

    /// Returns the place of a range of the text: of [`Section::heading`], for one.
    pub fn place(&self, range: &Range<usize>) -> Place {
        self.places.range(range.clone())
    }

    /// Returns the one section of `version`, or `None`.
    ///
    /// # Errors
    ///
    /// If there is more than one: a finding for each after the first.
    fn only_section_of(&self, version: &Version) -> Result<Option<&Section>, Vec<Finding>> {
        let mut all = self.sections_of(version);
        let first = all.next();
        let more: Vec<Finding> = all
            .take(MOST_REPETITIONS)
            .map(|section| {
                Finding::of(
                    rule::NOTES_SECTION,
                    format!("the notes have a second section for {}", self.style.about(version)),
                )
                .at(self.place(&section.heading))
                .remedy("keep one of the sections")
            })
            .collect();
        if more.is_empty() { Ok(first) } else { Err(more) }
    }

    /// Returns the text with `new` in place of `range`.
    fn spliced(&self, range: &Range<usize>, new: &str) -> String {
        [&self.text[..range.start], new, &self.text[range.end..]].concat()
    }

    /// Returns the end of a line as the file has it.
    fn line_end(&self) -> &'static str {
        line_end(self.text)
    }
}

impl From<String> for Edited {
    fn from(text: String) -> Self {
        Self { text, findings: Vec::new() }
    }
}

/// Returns the end of the first line, or a line feed if there is none.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}
