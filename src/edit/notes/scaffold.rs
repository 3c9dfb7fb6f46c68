//! A new section, in the shape of its neighbours.

use chrono::NaiveDate;
use semver::Version;

use super::Notes;
use super::state::SectionState;
use crate::edit::splice::{self, Splice};
use crate::finding::Finding;

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
    ///
    /// # Errors
    ///
    /// If it cannot be told how releases are dated.
    pub(super) fn scaffolded(&self, version: &Version, date: NaiveDate) -> Result<String, Vec<Finding>> {
        let frame = self.patch_frame(version, date)?;
        let definitions = self.succeeding_definitions(version);
        let section = self.inserted_section(version, &frame);
        Ok(splice::apply(self.text, definitions.into_iter().chain([section]).collect()))
    }

    fn patch_frame(&self, version: &Version, date: NaiveDate) -> Result<String, Vec<Finding>> {
        let end = self.line_end();
        let Some(model) = self.model_for(version).or_else(|| self.sections.last()) else {
            let released = self.style.released_on(date);
            return Ok(
                ["## ", &version.to_string(), end, end, &released, ".", end, end, "### Fixed", end].concat()
            );
        };
        if let Some(unknown) = self.unknown_day(model) {
            return Err(vec![unknown]);
        }
        let frame = self.frame_like(model, version, SectionState::Released(date));
        let fixes = self.fixes_heading(model).map(|heading| [end, &heading, end].concat());
        Ok([&frame, end, &fixes.unwrap_or_default()].concat())
    }

    /// Returns the text with `section`, which ends with its last line, for `version` before the first older one.
    pub(super) fn with_section(&self, version: &Version, section: &str) -> String {
        splice::apply(self.text, vec![self.inserted_section(version, section)])
    }

    fn inserted_section(&self, version: &Version, section: &str) -> Splice {
        let end = self.line_end();
        let rule = self.rule_between().map(|rule| [rule, end, end].concat()).unwrap_or_default();
        match self.sections.iter().find(|section| section.version < *version) {
            Some(older) => {
                let at = older.range.start;
                let gap = end.repeat(self.blank_lines());
                Splice::new(at..at, [section, &gap, &rule].concat())
            }
            None => self.with_last(section, &rule),
        }
    }

    /// Puts the section after all others.
    fn with_last(&self, section: &str, rule: &str) -> Splice {
        let end = self.line_end();
        let at = self.tail.start;
        let before = self.text[..at].trim_start_matches('\u{feff}');
        let content = before.trim_end_matches([' ', '\t', '\r', '\n']);
        let line_ends = before[content.len()..].matches('\n').count();
        let gap =
            if before.is_empty() { String::new() } else { end.repeat(2_usize.saturating_sub(line_ends)) };
        let rule = if self.sections.last().is_some_and(|last| last.rule.is_none()) { rule } else { "" };
        let after = if at < self.text.len() { end } else { "" };
        Splice::new(at..at, [&gap, rule, section, after].concat())
    }
}
