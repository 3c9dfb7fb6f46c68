//! A new section in the shape of its neighbours.

use std::ops::Range;

use chrono::NaiveDate;
use semver::Version;

use super::state::StatePlace;
use super::{Notes, Section};

/// What to do with a section that the authors have not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Write the frame of it.
    Scaffold,
    /// Leave it to the authors, and say so.
    Leave,
}

impl Notes<'_> {
    /// Returns the text with an empty section for `version`, released on `date`, directly before
    /// the first section that is older.
    pub(super) fn scaffolded(&self, version: &Version, date: NaiveDate) -> String {
        let end = self.line_end();
        let rule = self.rule_between().map(|rule| [rule, end, end].concat()).unwrap_or_default();
        let Some(older) = self.sections.iter().find(|section| section.version < *version) else {
            return self.scaffolded_last(version, date, &rule);
        };
        let frame = self.frame_like(older, version, date);
        let at = older.range.start;
        self.spliced(&(at..at), &[&frame, end, &rule].concat())
    }

    /// Returns the text with the section after all others.
    fn scaffolded_last(&self, version: &Version, date: NaiveDate, rule: &str) -> String {
        let end = self.line_end();
        let at = self.tail.start;
        let before = self.text[..at].trim_start_matches('\u{feff}');
        let content = before.trim_end_matches([' ', '\t', '\r', '\n']);
        let line_ends = before[content.len()..].matches('\n').count();
        let gap =
            if before.is_empty() { String::new() } else { end.repeat(2_usize.saturating_sub(line_ends)) };
        let (rule, frame) = match self.sections.last() {
            Some(last) => (if last.rule.is_none() { rule } else { "" }, self.frame_like(last, version, date)),
            None => ("", self.usual_frame(version, date)),
        };
        let after = if at < self.text.len() { end } else { "" };
        self.spliced(&(at..at), &[&gap, rule, &frame, after].concat())
    }

    /// Returns the rule that stands between sections, if one usually does. The one before the
    /// archive says something about the others only where they are too few to tell.
    fn rule_between(&self) -> Option<&str> {
        let between = &self.sections[..self.sections.len().saturating_sub(1)];
        let rule = between.iter().find_map(|section| section.rule.clone());
        let rule = rule.or_else(|| self.tail.rule.clone().filter(|_| between.len() < 2));
        rule.map(|rule| self.text[rule].trim())
    }

    /// Returns a section as it looks where there is none to take as a model.
    fn usual_frame(&self, version: &Version, date: NaiveDate) -> String {
        let end = self.line_end();
        let released = self.style.released_on(date);
        ["## ", &version.to_string(), end, end, &released, ".", end, end, "### Fixed", end].concat()
    }

    /// Returns a section that has heading and state as `model` has them.
    fn frame_like(&self, model: &Section, version: &Version, date: NaiveDate) -> String {
        let end = self.line_end();
        let inner = model.inner_level.filter(|&level| level > model.level).unwrap_or(model.level + 1);
        let heading = self.heading_like(model, version, date);
        let state = self.state_like(model, date).map(|line| line + end).unwrap_or_default();
        [&heading, end, &state, end, &"#".repeat(inner.min(6)), " Fixed", end].concat()
    }

    /// Returns the heading, without what `model` says about its own version only.
    fn heading_like(&self, model: &Section, version: &Version, date: NaiveDate) -> String {
        let (number, old) = (version.to_string(), model.version.to_string());
        let (at, text) = (&model.title.at, &model.marks.text);
        let stated = model.state_in_heading();
        let released = self.form_of(model).released(self.style, date);
        let restated = |part: Range<usize>| match stated {
            Some(StatePlace { at, .. }) if part.start <= at.start && at.end <= part.end => {
                [&self.text[part.start..at.start], &released, &self.text[at.end..part.end]].concat()
            }
            _ => self.text[part].to_owned(),
        };
        let before = restated(model.heading.start..at.start);
        let after = if model.title.has_more {
            let more = &self.text[at.end..text.end];
            let closing = more.len() - more.trim_start_matches([']', '`', '*', '_']).len();
            let state = stated.filter(|stated| stated.at.start >= at.end).map(|_| format!(" ({released})"));
            more[..closing].to_owned() + &state.unwrap_or_default()
        } else {
            // A link leads to the release by its number.
            restated(at.end..text.end).replace(&old, &number)
        };
        let line = before + &number + &after;
        match &model.marks.underline {
            None => line + &self.text[text.end..model.heading.end],
            Some(underline) => {
                let new = underline_for(&line, &self.text[text.clone()], &self.text[underline.clone()]);
                line + self.line_end() + &new
            }
        }
    }

    /// Returns the line that says the state, with the blank lines before it and without its end;
    /// `None` if `model` has no such line.
    fn state_like(&self, model: &Section, date: NaiveDate) -> Option<String> {
        let stated = model.stated.as_ref().filter(|stated| stated.at.start > model.heading.end)?;
        let line = self.line_around(&stated.at);
        let gap = &self.text[model.heading.end..line.start];
        let blank = if gap.trim().is_empty() { gap.matches('\n').count().saturating_sub(1) } else { 1 };
        let after = &self.text[stated.at.end..line.end];
        let marks = after.trim_end().find(char::is_alphanumeric).map_or(after.trim_end(), |_| ".");
        let released = self.style.released_on(date);
        Some(self.line_end().repeat(blank) + &self.text[line.start..stated.at.start] + &released + marks)
    }

    /// Returns the line that `range` is in, without its end.
    fn line_around(&self, range: &Range<usize>) -> Range<usize> {
        let line_ends = ['\n', '\r'];
        let start = self.text[..range.start].rfind(line_ends).map_or(0, |at| at + 1);
        let end = self.text[range.end..].find(line_ends).map_or(self.text.len(), |at| range.end + at);
        start..end
    }
}

/// Returns the underline of a heading, as long as the heading is if that was so in the model.
fn underline_for(heading: &str, old_heading: &str, old: &str) -> String {
    let count = |text: &str| text.trim().chars().count();
    match old.trim().chars().next() {
        Some(mark) if count(old) == count(old_heading) => mark.to_string().repeat(count(heading)),
        _ => old.to_owned(),
    }
}
