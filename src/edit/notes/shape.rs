//! The shape that the sections of the notes have, for one that is new.

use std::ops::Range;

use semver::Version;

use super::definition::{succeeded, versions};
use super::outline::{BlockKind, Outline, next_line};
use super::state::{SectionState, StatePlace};
use super::title::{after_link, targets};
use super::{Notes, Section};
use crate::edit::splice::{self, Splice};
use crate::finding::Finding;
use crate::rule;

/// How many of the newest sections tell what is usual.
const NEWEST: usize = 5;

impl Notes<'_> {
    /// Returns the section that a new one for `version` looks like: the newest older one, of those that are
    /// patches or are not, as it is itself, where these stand at different levels; one that says its state,
    /// where the newest do.
    pub(super) fn model_for(&self, version: &Version) -> Option<&Section> {
        let older: Vec<&Section> =
            self.sections.iter().filter(|section| section.version < *version).collect();
        let alike = |section: &&&Section| (section.version.patch > 0) == (version.patch > 0);
        let has_levels =
            older.iter().any(|section| Some(section.level) != older.first().map(|first| first.level));
        let like = older.iter().filter(|section| !has_levels || alike(section));
        let stated = like.clone().take(3).find(|section| section.stated.is_some());
        stated.or_else(|| like.clone().next()).or_else(|| older.first()).copied()
    }

    /// Returns a section's heading and what follows it at once, as `model` has them, for `version`.
    pub(super) fn frame_like(&self, model: &Section, version: &Version, state: SectionState) -> String {
        let heading = self.heading_like(model, version, state);
        let link = self.link_like(model, version).map(|line| self.line_end().to_owned() + &line);
        let is_asked = model.stated.is_none() && self.style.is_released_set;
        let line = self.state_like(model, state).or_else(|| is_asked.then(|| self.state_line(state)));
        [heading, link.unwrap_or_default(), line.unwrap_or_default()].concat()
    }

    /// Returns the line that says `state` as the configuration words it, with the line ends before it.
    pub(super) fn state_line(&self, state: SectionState) -> String {
        let said = match state {
            SectionState::Unreleased => self.style.unreleased.clone(),
            SectionState::Released(date) => self.style.released_on(date),
        };
        [&self.line_end().repeat(2), &said, "."].concat()
    }

    /// Returns what says `state` in a section whose neighbour is `near`, in a heading or on a line of its own.
    pub(super) fn stated_like(&self, near: &Section, in_heading: bool, state: SectionState) -> String {
        let date = match state {
            SectionState::Unreleased => return self.style.unreleased.clone(),
            SectionState::Released(date) => date,
        };
        let others = self.sections.iter().filter(|other| other.version < near.version);
        let newer = self.sections.iter().filter(|other| other.version > near.version);
        let mut all = std::iter::once(near).chain(others).chain(newer);
        let restated = all.find_map(|section| {
            let stated = section.stated.as_ref()?;
            let stands_so = section.state_in_heading().is_some() == in_heading;
            stated.restated(self.text, date).filter(|_| stands_so)
        });
        restated.unwrap_or_else(|| self.style.released_on(date))
    }

    /// Asks how a release is dated, where the neighbour `near` has a year and no day that can be imitated.
    pub(super) fn unknown_day(&self, near: &Section) -> Option<Finding> {
        if near.stated.is_some() || self.style.is_released_set {
            return None;
        }
        let after = near.title.at.end..near.marks.text.end;
        let rest = after_link(&self.text[after.clone()]);
        let is_year = |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
        rest.split(|c: char| !c.is_ascii_digit()).find(|word| is_year(word))?;
        let message = format!("how the notes date a release cannot be told from `{}`", rest.trim());
        let finding = Finding::of(rule::NOTES_WORDING, message).at(self.place(&after));
        Some(finding.remedy("state it in `[notes]`, as in `released = \"Released {date}\"`"))
    }

    /// Returns the heading, without what `model` says about its own version only.
    fn heading_like(&self, model: &Section, version: &Version, state: SectionState) -> String {
        let (at, text) = (&model.title.at, &model.marks.text);
        let stated = model.state_in_heading();
        let said = self.stated_like(model, true, state);
        let restated = |part: Range<usize>| match stated {
            Some(StatePlace { at, .. }) if part.start <= at.start && at.end <= part.end => {
                [&self.text[part.start..at.start], &said, &self.text[at.end..part.end]].concat()
            }
            _ => self.text[part].to_owned(),
        };
        let before = restated(model.heading.start..at.start);
        let after = if model.title.has_more {
            self.until_state(model, &said)
        } else {
            let rest = restated(at.end..text.end);
            // A link leads to the release by its number.
            let led = |target: Range<usize>| {
                let succeeded = succeeded(&rest[target.clone()], &model.version, version);
                Splice::new(target, succeeded)
            };
            splice::apply(&rest, targets(&rest).into_iter().map(led).collect())
        };
        let line = before + &version.to_string() + &after;
        match &model.marks.underline {
            None => line + &self.text[text.end..model.heading.end],
            Some(underline) => {
                let new = underline_for(&line, &self.text[text.clone()], &self.text[underline.clone()]);
                line + self.line_end() + &new
            }
        }
    }

    /// Returns what follows the version in a heading that says more than its state: the marks around the
    /// version, and the state as it is set apart.
    fn until_state(&self, model: &Section, said: &str) -> String {
        let (at, text) = (&model.title.at, &model.marks.text);
        let more = &self.text[at.end..text.end];
        let closing = more.len() - more.trim_start_matches([']', '`', '*', '_']).len();
        let Some(stated) = model.state_in_heading().filter(|stated| stated.at.start >= at.end) else {
            return more[..closing].to_owned();
        };
        let before = &self.text[at.end..stated.at.start];
        if before.contains(char::is_alphanumeric) {
            return format!("{} ({said})", &more[..closing]);
        }
        let after = &self.text[stated.at.end..text.end];
        let marks = after.len() - after.trim_start_matches([']', ')', '`', '*', '_']).len();
        [before, said, &after[..marks]].concat()
    }

    /// Returns the line that says `state`, with the line ends before it and without its own; `None` if
    /// `model` has no such line.
    pub(super) fn state_like(&self, model: &Section, state: SectionState) -> Option<String> {
        let stated = model.stated.as_ref().filter(|stated| stated.at.start > model.heading.end)?;
        let line = self.line_around(&stated.at);
        let gap = &self.text[model.heading.end..line.start];
        let blank = if gap.trim().is_empty() { gap.matches('\n').count().saturating_sub(1) } else { 1 };
        let after = &self.text[stated.at.end..line.end];
        let marks = after.trim_end().find(char::is_alphanumeric).map_or(after.trim_end(), |_| ".");
        let said = self.stated_like(model, false, state) + marks;
        let whole = self.text[line.start..stated.at.start].to_owned() + &said;
        // Within a paragraph a line may begin as code or HTML does; by itself it would be that.
        let first = Outline::parse(&whole).blocks.into_iter().next();
        let is_text = first.is_some_and(|first| !matches!(first.kind, BlockKind::Code | BlockKind::Html));
        Some(self.line_end().repeat(blank + 1) + if is_text { &whole } else { &said })
    }

    /// Returns the line directly below the heading of `model`, for `version`, where that is a link to the
    /// release and nothing else.
    fn link_like(&self, model: &Section, version: &Version) -> Option<String> {
        let first = self.outline.blocks.get(model.body.start).filter(|_| !model.body.is_empty())?;
        let line = self.text[first.range.clone()].trim();
        let is_below = !self.text[model.heading.end..first.range.start].contains("\n\n");
        let is_link = line.starts_with('[') && line.ends_with(')') && line.matches("](").count() == 1;
        let names = versions(line).any(|(_, named)| named == model.version);
        let is_so =
            first.kind == BlockKind::Paragraph && !line.contains('\n') && is_below && is_link && names;
        is_so.then(|| succeeded(line, &model.version, version))
    }

    /// Returns `lines` as they are inserted at the end of the line that ends at byte `at`: with a blank line after a
    /// paragraph, which would be one with what follows.
    pub(super) fn set_apart(&self, lines: String, at: usize) -> String {
        let next = self.text[next_line(self.text, at)..].lines().next().unwrap_or_default();
        let ends_in_paragraph =
            Outline::parse(&lines).blocks.last().is_some_and(|last| last.kind == BlockKind::Paragraph);
        if ends_in_paragraph && !next.trim().is_empty() && !next.starts_with('#') {
            lines + self.line_end()
        } else {
            lines
        }
    }

    /// Returns the line that `range` is in, without its end.
    fn line_around(&self, range: &Range<usize>) -> Range<usize> {
        let line_ends = ['\n', '\r'];
        let start = self.text[..range.start].rfind(line_ends).map_or(0, |at| at + 1);
        let end = self.text[range.end..].find(line_ends).map_or(self.text.len(), |at| range.end + at);
        start..end
    }

    /// Returns the rule that stands between sections, if one usually does. The one before the
    /// archive says something about the others only where they are too few to tell.
    pub(super) fn rule_between(&self) -> Option<&str> {
        let between = &self.sections[..self.sections.len().saturating_sub(1)];
        let newest = between.iter().take(NEWEST);
        let ruled = newest.clone().filter_map(|section| section.rule.clone());
        let is_usual = ruled.clone().count() * 2 > newest.count();
        let rule = ruled.into_iter().next().filter(|_| is_usual);
        let rule = rule.or_else(|| self.tail.rule.clone().filter(|_| between.len() < 2));
        rule.map(|rule| self.text[rule].trim())
    }

    /// Returns how many blank lines stand before a section's heading, as far as others tell.
    pub(super) fn blank_lines(&self) -> usize {
        let between = self.sections.iter().skip(1).filter(|_| self.rule_between().is_none());
        let count = |section: &Section| {
            let before = &self.text[..section.range.start];
            let content = before.trim_end_matches([' ', '\t', '\r', '\n']);
            before[content.len()..].matches('\n').count().saturating_sub(1)
        };
        between.map(count).next().map_or(1, |count| count.min(3))
    }

    /// Returns the headings inside of a section, the topmost of them, each as it is written.
    pub(super) fn inner_headings(&self, body: &Range<usize>) -> Vec<&str> {
        let blocks = self.outline.blocks.get(body.clone()).unwrap_or_default();
        let headings = || {
            blocks.iter().filter_map(|block| match &block.kind {
                BlockKind::Heading(heading) => Some((heading.level, &self.text[block.range.clone()])),
                _ => None,
            })
        };
        let top = headings().map(|(level, _)| level).min();
        headings().filter(|(level, _)| Some(*level) == top).map(|(_, heading)| heading.trim()).collect()
    }

    /// Returns the headings that most of the newest sections have inside, patches aside where there are others.
    pub(super) fn usual_headings(&self) -> Vec<&str> {
        let has_others = self.sections.iter().any(|section| section.version.patch == 0);
        let newest = self.sections.iter().filter(|section| section.version.patch == 0 || !has_others);
        let newest: Vec<Vec<&str>> =
            newest.take(NEWEST).map(|section| self.inner_headings(&section.body)).collect();
        let mut usual: Vec<&str> = Vec::new();
        for heading in newest.iter().flatten() {
            let count = newest.iter().filter(|headings| headings.contains(heading)).count();
            if count * 2 > newest.len() && !usual.contains(heading) {
                usual.push(heading);
            }
        }
        usual
    }

    /// Returns the heading for fixes in a section like `model`; `None` where sections have lists and none
    /// of them has headings.
    pub(super) fn fixes_heading(&self, model: &Section) -> Option<String> {
        let newest = || self.sections.iter().take(4 * NEWEST);
        let headings = newest().flat_map(|section| self.inner_headings(&section.body));
        let has_list = |section: &&Section| {
            let blocks = self.outline.blocks.get(section.body.clone()).unwrap_or_default();
            blocks.iter().any(|block| matches!(block.kind, BlockKind::List(_)))
        };
        let inner = |section: &Section| {
            let heading = self.inner_headings(&section.body).first().copied()?;
            Some(heading.len() - heading.trim_start_matches('#').len()).filter(|level| *level > section.level)
        };
        let level = inner(model).or_else(|| newest().find_map(inner));
        if level.is_none() && newest().filter(has_list).count() > 1 {
            return None;
        }
        let is_fixes = |heading: &&str| {
            heading.starts_with('#')
                && heading.to_ascii_lowercase().contains("fix")
                && !heading.contains('\n')
        };
        let known = headings.clone().find(is_fixes).map(str::to_owned);
        Some(
            known.unwrap_or_else(|| format!("{} Fixed", "#".repeat(level.unwrap_or(model.level + 1).min(6)))),
        )
    }
}

/// Returns the underline of a heading, as long as the heading is if that was so in the model.
pub(super) fn underline_for(heading: &str, old_heading: &str, old: &str) -> String {
    let count = |text: &str| text.trim().chars().count();
    match old.trim().chars().next() {
        Some(mark) if count(old) == count(old_heading) => mark.to_string().repeat(count(heading)),
        _ => old.to_owned(),
    }
}
