//! The sections of the notes, each about one version.

use std::ops::Range;

use semver::Version;

use super::outline::{BlockKind, Heading, MarkdownBlock, Outline};
use super::state::{self, SectionState, StatePlace};
use super::style::Style;
use super::title::{Certainty, Title, after_link};

/// The section of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The version that the heading names.
    pub version: Version,
    /// The heading's level, from 1.
    pub level: usize,
    /// The bytes of the whole section, from its heading to the next section or to the tail.
    pub range: Range<usize>,
    /// The bytes of the heading, with its underline if it has one, without the line's end.
    pub heading: Range<usize>,
    pub(super) marks: Heading,
    pub(super) title: Title,
    pub(super) stated: Option<StatePlace>,
    /// The thematic break that the section ends with, without the line's end.
    pub(super) rule: Option<Range<usize>>,
    /// The level of the first heading inside.
    pub(super) inner_level: Option<usize>,
}

/// Where the sections end.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    pub(super) start: usize,
    /// The thematic break that the tail begins with, with its line's end.
    pub(super) rule: Option<Range<usize>>,
}

impl Section {
    /// Returns whether the version is released, if the section says so.
    pub fn state(&self) -> Option<SectionState> {
        self.stated.as_ref().map(|stated| stated.state)
    }

    /// Returns the bytes that say the state: `Released 2025-08-20`.
    pub fn state_range(&self) -> Option<&Range<usize>> {
        self.stated.as_ref().map(|stated| &stated.at)
    }

    /// Returns where the state is said, if that is in the heading.
    pub(super) fn state_in_heading(&self) -> Option<&StatePlace> {
        self.stated.as_ref().filter(|stated| stated.at.end <= self.heading.end)
    }
}

/// Returns the sections, and the tail of what has this outline; it ends at the archive's `marker`, or with
/// the text if there is none.
pub(super) fn sections(
    text: &str,
    outline: &Outline,
    marker: Option<&Range<usize>>,
    style: &Style,
) -> (Vec<Section>, Tail) {
    let blocks = &outline.blocks;
    let titles = titles(text, blocks, style);
    let tail = marker.map_or(blocks.len(), |_| tail(blocks, titles.last()));
    let end = marker.map_or(text.len(), |marker| marker.start);
    let start = |block: usize| blocks.get(block).map_or(end, |block| block.range.start);
    let ends = titles.iter().skip(1).map(|title| title.block).chain([tail]);
    let sections = titles.iter().zip(ends).map(|(titled, until)| {
        let range = start(titled.block)..start(until);
        section(text, outline, &blocks[titled.block..until], titled, range, style)
    });
    let rule = blocks.get(tail).filter(|block| block.kind == BlockKind::Rule);
    let tail = Tail { start: start(tail), rule: rule.map(|rule| rule.range.start..rule.next) };
    (sections.collect(), tail)
}

/// A heading with a version, and the index of its block.
struct SectionHeading<'b> {
    block: usize,
    heading: &'b Heading,
    title: Title,
}

/// Returns the headings that begin sections.
///
/// Of the headings that name a version these are the ones of the highest level there is, and those
/// below it that say nothing but the version (some projects set patches a level below). A heading of
/// many words counts only where there is no other kind.
fn titles<'b>(text: &str, blocks: &'b [MarkdownBlock], style: &Style) -> Vec<SectionHeading<'b>> {
    let titled = |(block, it): (usize, &'b MarkdownBlock)| {
        let BlockKind::Heading(heading) = &it.kind else { return None };
        Some(SectionHeading { block, heading, title: Title::read(text, &heading.text, style)? })
    };
    let mut all: Vec<SectionHeading> = blocks.iter().enumerate().filter_map(titled).collect();
    let is_plain = |title: &SectionHeading| title.title.certainty <= Certainty::Named;
    if all.iter().any(is_plain) {
        all.retain(is_plain);
    }
    let top = all.iter().map(|title| title.heading.level).min();
    all.retain(|title| Some(title.heading.level) == top || title.title.certainty == Certainty::Bare);
    all
}

/// Returns the index of the block that begins the tail: the last thematic break, else the first heading
/// after the last section that is not part of it, else the end.
fn tail(blocks: &[MarkdownBlock], last: Option<&SectionHeading>) -> usize {
    let from = last.map_or(0, |last| last.block + 1);
    let after = &blocks[from..];
    let ends_section = |block: &MarkdownBlock| match (&block.kind, last) {
        (BlockKind::Heading(heading), Some(last)) => heading.level <= last.heading.level,
        _ => false,
    };
    let rule = after.iter().rposition(|block| block.kind == BlockKind::Rule);
    rule.or_else(|| after.iter().position(ends_section)).map_or(blocks.len(), |at| from + at)
}

/// Makes the section of `blocks`, the first of which is its heading.
fn section(
    text: &str,
    outline: &Outline,
    blocks: &[MarkdownBlock],
    SectionHeading { heading, title, .. }: &SectionHeading,
    range: Range<usize>,
    style: &Style,
) -> Section {
    let body = blocks.get(1..).unwrap_or_default();
    let inner = body.iter().enumerate().find_map(|(at, block)| match &block.kind {
        BlockKind::Heading(heading) => Some((at, heading.level)),
        _ => None,
    });
    let introduction = &body[..inner.map_or(body.len(), |(at, _)| at)];
    Section {
        version: title.version.clone(),
        level: heading.level,
        heading: blocks.first().map_or(range.clone(), |block| block.range.clone()),
        range,
        marks: (*heading).clone(),
        title: title.clone(),
        stated: in_heading(text, heading, title, style).or_else(|| {
            let paragraphs = introduction.iter().filter(|block| block.kind == BlockKind::Paragraph);
            let mut lines = paragraphs.flat_map(|block| outline.lines(text, block));
            lines.find_map(|line| state::in_line(text, &line, style))
        }),
        rule: body.last().filter(|block| block.kind == BlockKind::Rule).map(|rule| rule.range.clone()),
        inner_level: inner.map(|(_, level)| level),
    }
}

/// Finds the state in the heading, before or after its version.
fn in_heading(text: &str, heading: &Heading, title: &Title, style: &Style) -> Option<StatePlace> {
    let end = heading.text.end;
    let after = end - after_link(&text[title.at.end..end]).len();
    state::in_title(text, &(heading.text.start..title.at.start), style)
        .or_else(|| state::in_title(text, &(after..end), style))
}
