//! Notes that start afresh: on the cut, and where there were none.

use std::borrow::Cow;

use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;
use crate::template::{Placeholder, Template, Values};
use crate::version::plain;

use super::section::Section;
use super::style::Style;
use super::{Edited, MOST_REPETITIONS, Notes, line_end};

/// What new notes begin with: the frame of the next version's section, from a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening<'a> {
    path: &'a RepoPath,
    text: Cow<'a, str>,
}

impl<'a> Opening<'a> {
    /// Takes `text`, the content of `path`, as the template: a Markdown file with `{version}`, or
    /// the bare word `VERSION`, in its heading. It may have the other placeholders of a version, and
    /// `{name}`; other braces are text.
    pub fn parse(path: &'a RepoPath, text: &'a str) -> Self {
        Self { path, text: Cow::Borrowed(text.trim_start_matches('\u{feff}')) }
    }

    /// Returns what serves where no template is configured, for notes in `path`.
    pub fn built_in(path: &'a RepoPath, style: &Style) -> Self {
        let text = format!("## VERSION\n\n{}.\n\n### Added\n\n### Changed\n\n### Fixed\n", style.unreleased);
        Self { path, text: Cow::Owned(text) }
    }

    /// Returns the text for the version in `next`, ending with one line end.
    fn render(&self, next: &Values, style: &Style, line_end: &str) -> Result<String, Vec<Finding>> {
        let known: Vec<Placeholder> =
            Placeholder::OF_VERSION.iter().copied().chain([Placeholder::Name]).collect();
        let template = Template::document(&self.text, &known, &[("VERSION", Placeholder::Version)]);
        let mut rendered = template.render(next).trim_end().replace("\r\n", "\n").replace('\n', line_end);
        rendered.push_str(line_end);
        let findings = self.check(&Notes::parse(self.path, &rendered, style), next);
        if findings.is_empty() { Ok(rendered) } else { Err(findings) }
    }

    /// Returns the section for the version in `next` alone.
    pub(super) fn section(
        &self,
        next: &Values,
        style: &Style,
        line_end: &str,
    ) -> Result<String, Vec<Finding>> {
        let next = &without_suffix(next);
        let rendered = self.render(next, style, line_end)?;
        let notes = Notes::parse(self.path, &rendered, style);
        let section = next.version.as_ref().and_then(|version| notes.sections_of(version).next());
        let section = section.map_or("", |section| {
            let end = section.rule.as_ref().map_or(section.range.end, |rule| rule.start);
            rendered[section.range.start..end].trim_end()
        });
        Ok([section, line_end].concat())
    }

    /// Returns what is wrong with the notes that the template makes.
    fn check(&self, rendered: &Notes, next: &Values) -> Vec<Finding> {
        let mut findings = Vec::new();
        let has_section = next.version.as_ref().is_some_and(|next| rendered.sections_of(next).count() == 1);
        if !has_section {
            let finding =
                Finding::of(rule::NOTES_TEMPLATE, "the template has not one heading with the version");
            findings.push(
                finding.at(Place::file(self.path)).remedy("begin its section with the heading `## VERSION`"),
            );
        }
        let continued = format!("{}\n{}\n", rendered.text, rendered.style.marker);
        if Notes::parse(self.path, &continued, rendered.style).archive.is_none() {
            let message = "the template ends in a comment or a block of code, which would hide the archive";
            let finding = Finding::of(rule::NOTES_TEMPLATE, message);
            findings.push(finding.at(Place::file(self.path)).remedy("close what the template opens"));
        }
        if let Some(archive) = &rendered.archive
            && !rendered.text[archive.start..].trim().is_empty()
        {
            let finding = Finding::of(rule::NOTES_TEMPLATE, "the template has text after the archive marker");
            findings.push(
                finding
                    .at(Place::file(self.path))
                    .remedy("leave the archive's entries to the notes themselves"),
            );
        }
        findings
    }
}

impl Notes<'_> {
    /// Returns the notes of the trunk after a cut: the `opening` for the version in `next`, then the
    /// tail of these notes with an entry for the release branch in `cut` before all others.
    ///
    /// What comes before the first section stays, unless the opening brings text of its own there.
    /// `cut` has at least version and branch. An entry that already exists is not added, with a
    /// warning; so is one where nothing separates the last section from the archive.
    ///
    /// # Errors
    ///
    /// If the archive's marker is missing or there more than once, if there is a section for `next`
    /// already or would be another one after the cut, or if the template cannot serve.
    pub fn cut(&self, opening: &Opening, next: &Values, cut: &Values) -> Result<Edited, Vec<Finding>> {
        let (next, cut) = (&without_suffix(next), &without_suffix(cut));
        let mut findings = self.obstacles(next);
        let rendered = opening.render(next, self.style, self.line_end()).unwrap_or_else(|mut wrong| {
            findings.append(&mut wrong);
            String::new()
        });
        if !findings.is_empty() {
            return Err(findings);
        }
        let new = Notes::parse(opening.path, &rendered, self.style);
        let beginning = self.beginning(&new);
        let opened = next.version.as_ref().and_then(|next| new.sections_of(next).next());
        let opened = opened.map_or(0, |opened| beginning.len() - (new.text.len() - opened.range.start));
        let text = beginning + &self.ending(&new, cut);
        let misread = self.misread(&text, opened, next);
        if misread.is_empty() { Ok(Edited { text, findings: self.remarks(cut) }) } else { Err(misread) }
    }

    /// Returns what the new `text` would have for sections of `next` beside the one at byte `opened`:
    /// without the old sections, a heading below their level may be read otherwise.
    fn misread(&self, text: &str, opened: usize, next: &Values) -> Vec<Finding> {
        let again = Notes::parse(self.path, text, self.style);
        let sections = next.version.iter().flat_map(|next| again.sections_of(next));
        let others = sections.filter(|section| section.range.start != opened).take(MOST_REPETITIONS);
        let finding = |section: &Section| {
            let heading = &text[section.heading.clone()];
            let place = self.text.find(heading).map(|at| self.place(&(at..at + heading.len())));
            let message = format!("after the cut this would be a section for {}, too", section.version);
            Finding::of(rule::NOTES_SECTION, message)
                .at(place)
                .remedy("take the version out of the heading: what surrounds the sections stays")
        };
        others.map(finding).collect()
    }

    /// Returns what stands in the way of a cut.
    fn obstacles(&self, next: &Values) -> Vec<Finding> {
        let mut findings = Vec::new();
        let marker = &self.style.marker;
        if self.archive.is_none() {
            let message = format!("the notes have no archive marker, the line `{marker}`");
            findings.push(
                Finding::of(rule::NOTES_ARCHIVE_MARKER, message)
                    .at(Place::file(self.path))
                    .remedy("add the line before the links to older notes, or at the end if there are none"),
            );
        }
        for more in self.archive.iter().flat_map(|archive| &archive.more_markers).take(MOST_REPETITIONS) {
            findings.push(
                Finding::of(rule::NOTES_ARCHIVE_MARKER, "the notes have a second archive marker")
                    .at(self.place(more))
                    .remedy("keep the one before the links to older notes"),
            );
        }
        for section in next.version.iter().flat_map(|next| self.sections_of(next)).take(MOST_REPETITIONS) {
            let message = format!("the notes have a section for {} already", section.version);
            findings.push(
                Finding::of(rule::NOTES_SECTION, message)
                    .at(self.place(&section.heading))
                    .remedy("remove the section: a cut starts it from the template, and would lose its text"),
            );
        }
        findings
    }

    /// Returns what is worth saying about a cut that can be done.
    fn remarks(&self, cut: &Values) -> Vec<Finding> {
        let mut findings = Vec::new();
        let Some(archive) = &self.archive else { return findings };
        if let Some(entry) = archive.entry_for(cut, self.style) {
            let branch = cut.branch.as_deref().unwrap_or("the release branch");
            findings.push(
                Finding::of(rule::NOTES_ARCHIVE, format!("the archive links to {branch} already"))
                    .as_warning()
                    .at(self.place(&entry.range))
                    .remedy("look whether the entry is right and in its place"),
            );
        }
        if self.tail.start == archive.marker.start && !self.sections.is_empty() {
            let message =
                "nothing separates the last section from the archive: what introduces that goes too";
            findings.push(
                Finding::of(rule::NOTES_ARCHIVE, message)
                    .as_warning()
                    .at(self.place(&archive.marker))
                    .remedy("put a line `---` before the introduction of the archive"),
            );
        }
        findings
    }

    /// Returns where the first section begins.
    fn start(&self) -> usize {
        self.sections.first().map_or(0, |section| section.range.start)
    }

    /// Returns what new notes have before their tail, where `new` are those that the opening makes.
    fn beginning(&self, new: &Notes) -> String {
        let start = new.start();
        if !new.text[..start].trim().is_empty() {
            let bom = if self.text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
            return bom.to_owned() + new.text;
        }
        let end = self.sections.first().map_or(self.tail.start, |section| section.range.start);
        let preamble = &self.text[..end];
        let ends_line = preamble.is_empty() || preamble.ends_with(['\n', '\r', '\u{feff}']);
        let gap = if ends_line { "" } else { self.line_end() };
        [preamble, gap, &new.text[start..]].concat()
    }

    /// Returns the tail of these notes as it follows the beginning, with an entry for `cut`.
    fn ending(&self, new: &Notes, cut: &Values) -> String {
        let Some(archive) = &self.archive else { return String::new() };
        let ends_with_rule = new.sections.last().is_some_and(|section| section.rule.is_some());
        let (gap, from) = match (&new.archive, &self.tail.rule) {
            (Some(_), _) => ("", archive.start),
            (None, Some(rule)) if ends_with_rule => ("", rule.end),
            (None, _) => (self.line_end(), self.tail.start),
        };
        let (before, after) = (&self.text[from..archive.first], &self.text[archive.first..]);
        if archive.entry_for(cut, self.style).is_some() {
            return [gap, before, after].concat();
        }
        let entry = archive.new_entry(cut, self.style);
        if before.is_empty() || before.ends_with(['\n', '\r']) {
            [gap, before, &entry, self.line_end(), after].concat()
        } else {
            // The marker is the last line of the file and has no end; neither has the entry then.
            [gap, before, self.line_end(), &entry].concat()
        }
    }
}

/// Returns the first notes of a repository: the `opening` for the version in `next`, and an archive
/// with an entry for each of the `older` release branches, the newest first.
///
/// # Errors
///
/// If the template cannot serve.
pub fn create(
    opening: &Opening,
    next: &Values,
    older: &[Values],
    style: &Style,
) -> Result<String, Vec<Finding>> {
    let end = line_end(&opening.text);
    let mut text = opening.render(&without_suffix(next), style, end)?;
    let rendered = Notes::parse(opening.path, &text, style);
    let has_rule = rendered.sections.last().is_some_and(|section| section.rule.is_some());
    if rendered.archive.is_none() {
        if !has_rule {
            text.extend([end, &"-".repeat(80), end]);
        }
        let of = next.name.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
        let introduction = format!("The notes{of} for older versions are on their release branches:");
        text.extend([end, &introduction, end, end, &style.marker, end]);
    }
    let mut older: Vec<Values> = older.iter().map(without_suffix).collect();
    older.sort_by(|a, b| b.version.cmp(&a.version));
    for values in &older {
        text.extend([&style.entry_for(values), end]);
    }
    Ok(text)
}

/// Returns the values as the notes speak of them: a version there has no pre-release.
fn without_suffix(values: &Values) -> Values {
    Values { version: values.version.as_ref().map(plain), ..values.clone() }
}
