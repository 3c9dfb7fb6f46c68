//! The sections of the notes, each about one version.

use std::ops::Range;

use chrono::NaiveDate;
use semver::Version;

use super::definition;
use super::outline::{BlockKind, Heading, MarkdownBlock, Outline};
use super::state::{self, SectionState, StatePlace};
use super::style::Style;
use super::title::{Certainty, Title, gathers, names_unreleased};

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
    /// The blocks after the heading, by their indices in the outline.
    pub(super) body: Range<usize>,
}

/// A section that gathers what belongs to no version yet: `## [Unreleased]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathering {
    /// The bytes of the whole section.
    pub range: Range<usize>,
    /// The bytes of the heading, with its underline if it has one, without the line's end.
    pub heading: Range<usize>,
    pub(super) marks: Heading,
    /// The blocks after the heading, by their indices in the outline.
    pub(super) body: Range<usize>,
}

/// The parts of the notes before the archive.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) sections: Vec<Section>,
    pub(super) gatherings: Vec<Gathering>,
    pub(super) strays: Vec<Range<usize>>,
    pub(super) tail: Tail,
}

/// Where the sections end: at what introduces the archive, or at the links' definitions that end the text.
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

    /// Returns the day of the release, if the section says one.
    pub fn day(&self) -> Option<NaiveDate> {
        match self.state() {
            Some(SectionState::Released(day)) => Some(day),
            _ => None,
        }
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

/// Returns the parts of what has this outline; it ends at the archive's `marker`, or with the text if there
/// is none.
pub(super) fn parts(text: &str, outline: &Outline, marker: Option<&Range<usize>>, style: &Style) -> Parts {
    let blocks = &outline.blocks;
    let starts = starts(text, blocks, style);
    let tail = match marker {
        Some(_) => tail(blocks, starts.last()),
        None => file_definitions(text, blocks, starts.last().map_or(0, |last| last.block + 1), style),
    };
    let end = marker.map_or(text.len(), |marker| marker.start);
    let start = |block: usize| blocks.get(block).map_or(end, |block| block.range.start);
    let (mut sections, mut gatherings) = (Vec::new(), Vec::new());
    let ends = starts.iter().skip(1).map(|next| next.block).chain([tail]);
    for (begin, until) in starts.iter().zip(ends) {
        let range = start(begin.block)..start(until);
        let heading = blocks.get(begin.block).map_or(range.clone(), |block| block.range.clone());
        let body = begin.block + 1..until;
        match &begin.title {
            Some(title) => {
                sections.push(section(text, outline, begin.heading, title, (range, heading, body), style));
            }
            None => gatherings.push(Gathering { range, heading, marks: begin.heading.clone(), body }),
        }
    }
    let rule = blocks.get(tail).filter(|block| block.kind == BlockKind::Rule);
    let tail = Tail { start: start(tail), rule: rule.map(|rule| rule.range.start..rule.next) };
    Parts { sections, gatherings, strays: strays(text, blocks, &starts, style), tail }
}

/// A heading that begins a section, the index of its block, and its title if it names a version.
struct SectionHeading<'b> {
    block: usize,
    heading: &'b Heading,
    title: Option<Title>,
}

/// Returns the headings that begin sections.
///
/// Of the headings that name a version these are the ones of the highest level there is, and those
/// below it that say nothing but the version (some projects set patches a level below). A heading of
/// many words counts only where there is no other kind. Beside them stand those of the highest level that
/// gather what is not released yet.
fn starts<'b>(text: &str, blocks: &'b [MarkdownBlock], style: &Style) -> Vec<SectionHeading<'b>> {
    let headings = blocks.iter().enumerate().filter_map(|(block, it)| match &it.kind {
        BlockKind::Heading(heading) => Some((block, heading)),
        _ => None,
    });
    let mut all: Vec<SectionHeading> = headings
        .map(|(block, heading)| (block, heading, Title::read(text, &heading.text, style)))
        .filter(|(_, heading, title)| title.is_some() || gathers(&text[heading.text.clone()], style))
        .map(|(block, heading, title)| SectionHeading { block, heading, title })
        .collect();
    let certainty = |start: &SectionHeading| start.title.as_ref().map(|title| title.certainty);
    let is_plain = |start: &SectionHeading| certainty(start).is_none_or(|sure| sure <= Certainty::Named);
    if all.iter().any(|start| start.title.is_some() && is_plain(start)) {
        all.retain(is_plain);
    }
    let levels = |titled: bool| {
        let these = all.iter().filter(move |start| start.title.is_some() || !titled);
        these.map(|start| start.heading.level).min()
    };
    let top = levels(true).or_else(|| levels(false));
    all.retain(|start| Some(start.heading.level) == top || certainty(start) == Some(Certainty::Bare));
    all
}

/// Returns the headings that say no more than that something is not released, and begin no section.
fn strays(
    text: &str,
    blocks: &[MarkdownBlock],
    starts: &[SectionHeading],
    style: &Style,
) -> Vec<Range<usize>> {
    let is_start = |block: usize| starts.binary_search_by_key(&block, |start| start.block).is_ok();
    let strays = blocks.iter().enumerate().filter(|(index, block)| match &block.kind {
        BlockKind::Heading(heading) => {
            names_unreleased(&text[heading.text.clone()], style) && !is_start(*index)
        }
        _ => false,
    });
    strays.map(|(_, block)| block.range.clone()).collect()
}

/// Returns the index of the block that begins the definitions of the whole file, which end the text: the first
/// of a version, or of what is not released yet, after which no other kind of block comes but comments.
fn file_definitions(text: &str, blocks: &[MarkdownBlock], from: usize, style: &Style) -> usize {
    let is_comment = |block: &MarkdownBlock| {
        block.kind == BlockKind::Html && text[block.range.clone()].starts_with("<!--")
    };
    let is_end = |block: &&MarkdownBlock| block.kind == BlockKind::Definition || is_comment(block);
    let end = blocks.len() - blocks[from..].iter().rev().take_while(is_end).count();
    let is_of_file = |block: &MarkdownBlock| {
        block.kind == BlockKind::Definition
            && definition::in_lines(text, &block.range).any(|it| it.is_of_release(text, style))
    };
    let Some(first) = blocks[end..].iter().position(is_of_file) else { return blocks.len() };
    let comments = blocks[end..end + first].iter().rev().take_while(|block| is_comment(block)).count();
    end + first - comments
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

/// Makes the section with this `heading`, whose range, heading and body are given.
fn section(
    text: &str,
    outline: &Outline,
    heading: &Heading,
    title: &Title,
    (range, whole_heading, body): (Range<usize>, Range<usize>, Range<usize>),
    style: &Style,
) -> Section {
    let blocks = outline.blocks.get(body.clone()).unwrap_or_default();
    let is_inner = |block: &MarkdownBlock| matches!(block.kind, BlockKind::Heading(_));
    let introduction = blocks.split(is_inner).next().unwrap_or_default();
    Section {
        version: title.version.clone(),
        level: heading.level,
        range,
        heading: whole_heading,
        marks: heading.clone(),
        title: title.clone(),
        stated: title.stated.clone().or_else(|| {
            let paragraphs = introduction.iter().filter(|block| block.kind == BlockKind::Paragraph);
            let mut lines = paragraphs.flat_map(|block| outline.lines(text, block));
            lines.find_map(|line| state::in_line(text, &line, style))
        }),
        rule: blocks.last().filter(|block| block.kind == BlockKind::Rule).map(|rule| rule.range.clone()),
        body,
    }
}
