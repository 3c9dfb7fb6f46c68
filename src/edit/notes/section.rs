//! The sections of the notes, each about one version.

use std::ops::Range;

use semver::Version;

use super::Tail;
use super::markdown::{Heading, Kind, Line};
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

/// Returns the sections before the archive's `marker`, which is an index of `lines`, and the tail.
pub(super) fn sections(
    text: &str,
    lines: &[Line],
    marker: Option<usize>,
    style: &Style,
) -> (Vec<Section>, Tail) {
    let titles = titles(text, &lines[..marker.unwrap_or(lines.len())], style);
    let tail_line = match marker {
        Some(marker) => tail_line(lines, marker, titles.last()),
        None => lines.len(),
    };
    let ends = titles.iter().skip(1).map(|title| title.line).chain([tail_line]);
    let sections =
        titles.iter().zip(ends).map(|(title, end)| section(text, &lines[title.line..end], title, style));
    let tail = Tail {
        start: lines.get(tail_line).map_or(text.len(), |line| line.range.start),
        rule: lines
            .get(tail_line)
            .filter(|line| line.kind == Kind::Rule)
            .map(|line| line.range.start..line.end),
    };
    (sections.collect(), tail)
}

/// A heading with a version, and the index of its line.
struct SectionHeading<'l> {
    line: usize,
    heading: &'l Heading,
    title: Title,
}

/// Returns the headings that begin sections.
///
/// Of the headings that name a version these are the ones of the highest level there is, and those
/// below it that say nothing but the version (some projects set patches a level below). A heading of
/// many words counts only where there is no other kind.
fn titles<'l>(text: &str, lines: &'l [Line], style: &Style) -> Vec<SectionHeading<'l>> {
    let mut all: Vec<SectionHeading> = Vec::new();
    for (line, kind) in lines.iter().map(|line| &line.kind).enumerate() {
        if let Kind::Heading(heading) = kind
            && let Some(title) = Title::read(text, &heading.text, style)
        {
            all.push(SectionHeading { line, heading, title });
        }
    }
    let is_plain = |title: &SectionHeading| title.title.certainty <= Certainty::Named;
    if all.iter().any(is_plain) {
        all.retain(is_plain);
    }
    let top = all.iter().map(|title| title.heading.level).min();
    all.retain(|title| Some(title.heading.level) == top || title.title.certainty == Certainty::Bare);
    all
}

/// Returns the index of the line that begins the tail: the last thematic break before the marker,
/// else the first heading after the last section that is not part of it, else the marker.
fn tail_line(lines: &[Line], marker: usize, last: Option<&SectionHeading>) -> usize {
    let from = last.map_or(0, |last| last.line + 1);
    let between = &lines[from..marker];
    let ends_section = |line: &Line| match (&line.kind, last) {
        (Kind::Heading(heading), Some(last)) => heading.level <= last.heading.level,
        _ => false,
    };
    let rule = between.iter().rposition(|line| line.kind == Kind::Rule);
    rule.or_else(|| between.iter().position(ends_section)).map_or(marker, |at| from + at)
}

fn section(text: &str, lines: &[Line], titled: &SectionHeading, style: &Style) -> Section {
    let SectionHeading { heading, title, .. } = titled;
    let range = lines.first().map_or(0, |line| line.range.start)..lines.last().map_or(0, |line| line.end);
    let body = lines.get(1..).unwrap_or_default();
    let inner = body.iter().position(|line| matches!(line.kind, Kind::Heading(_)));
    let introduction = &body[..inner.unwrap_or(body.len())];
    let last = body.iter().rfind(|line| line.kind != Kind::Blank);
    Section {
        version: title.version.clone(),
        level: heading.level,
        range,
        heading: lines.first().map_or(0..0, |line| line.range.clone()),
        marks: (*heading).clone(),
        title: title.clone(),
        stated: state_place(text, heading, title, introduction, style),
        rule: last.filter(|line| line.kind == Kind::Rule).map(|line| line.range.clone()),
        inner_level: inner.and_then(|at| match &body[at].kind {
            Kind::Heading(heading) => Some(heading.level),
            _ => None,
        }),
    }
}

/// Finds the state in the heading, else in the text before the first heading inside.
fn state_place(
    text: &str,
    heading: &Heading,
    title: &Title,
    introduction: &[Line],
    style: &Style,
) -> Option<StatePlace> {
    let end = heading.text.end;
    let after = end - after_link(&text[title.at.end..end]).len();
    state::in_title(text, &(heading.text.start..title.at.start), style)
        .or_else(|| state::in_title(text, &(after..end), style))
        .or_else(|| {
            let mut lines = introduction.iter().filter(|line| line.kind == Kind::Text);
            lines.find_map(|line| state::in_line(text, &line.range, style))
        })
}
