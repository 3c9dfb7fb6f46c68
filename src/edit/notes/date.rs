//! Dating a section on the day of its release.

use chrono::NaiveDate;
use semver::Version;

use super::scaffold::Missing;
use super::shape::underline_for;
use super::state::{SectionState, StatePlace};
use super::title::after_link;
use super::{Edited, Notes, Section};
use crate::edit::splice::{self, Splice};
use crate::finding::{Finding, Place};
use crate::rule::{self, Severity};

impl Notes<'_> {
    /// Turns the state of the section of `version` from unreleased into released on `date`.
    ///
    /// # Errors
    ///
    /// If there is not exactly one section of that version, if it is dated differently, or if it
    /// says no state and others do.
    pub fn release(&self, version: &Version, date: NaiveDate) -> Result<Edited, Vec<Finding>> {
        self.without_doubt(version, date, || match self.only_section_of(version)? {
            Some(section) => self.dated(section, date, Severity::Error),
            None => Err(vec![self.no_section(version, Severity::Error)]),
        })
    }

    /// Dates the section of `version` like [`Notes::release`], and does with a section that is
    /// missing what `missing` says. One that its authors have dated differently stays, with a
    /// warning: patches are often dated in advance.
    ///
    /// # Errors
    ///
    /// If there is more than one section of that version, or if it says no state and others do.
    pub fn patch(
        &self,
        version: &Version,
        date: NaiveDate,
        missing: Missing,
    ) -> Result<Edited, Vec<Finding>> {
        self.without_doubt(version, date, || match (self.only_section_of(version)?, missing) {
            (Some(section), _) => self.dated(section, date, Severity::Warning),
            (None, Missing::Scaffold) => Ok(self.scaffolded(&self.style.about(version), date)?.into()),
            (None, Missing::Leave) => {
                let findings = vec![self.no_section(version, Severity::Note)];
                Ok(Edited { text: self.text.to_owned(), findings })
            }
        })
    }

    /// Dates a section; one that has another date already is left, with a finding of that severity.
    fn dated(&self, section: &Section, date: NaiveDate, other: Severity) -> Result<Edited, Vec<Finding>> {
        let Some(stated) = &section.stated else { return self.stating(section, date) };
        match stated.state {
            SectionState::Unreleased => {
                let near = self.model_for(&section.version).unwrap_or(section);
                if let Some(unknown) = self.unknown_day(near) {
                    return Err(vec![unknown]);
                }
                let in_heading = section.state_in_heading().is_some();
                let said = self.stated_like(near, in_heading, SectionState::Released(date));
                Ok(self.followed(section, Splice::new(stated.at.clone(), said)).into())
            }
            SectionState::Released(day) if day == date => Ok(self.text.to_owned().into()),
            SectionState::Released(day) => {
                let message = format!("the section for {} is dated {day}, not {date}", section.version);
                let finding = Finding::of(rule::NOTES_DATE, message).weighing(other);
                self.left(
                    finding
                        .at(self.place(&stated.at))
                        .remedy(format!("correct the date in the notes, or give `--date {day}`")),
                )
            }
        }
    }

    /// Returns the text as it is, with a finding, which is an error of the whole if it is one.
    fn left(&self, finding: Finding) -> Result<Edited, Vec<Finding>> {
        match finding.severity {
            Severity::Error => Err(vec![finding]),
            _ => Ok(Edited { text: self.text.to_owned(), findings: vec![finding] }),
        }
    }

    /// Dates a section that says no state, as its neighbour does, or else as the configuration words it; where
    /// neither tells, it is left.
    fn stating(&self, section: &Section, date: NaiveDate) -> Result<Edited, Vec<Finding>> {
        let newer = || self.sections.iter().rev().find(|newer| newer.version > section.version);
        let near = self.model_for(&section.version).or_else(newer);
        if let Some(unknown) = near.and_then(|near| self.unknown_day(near)) {
            return Err(vec![unknown]);
        }
        let splice = match near.and_then(|near| Some((near, near.stated.as_ref()?))) {
            Some((near, stated)) => self.stated_as(near, stated, section, date),
            None if self.style.is_released_set => {
                let line = self.state_line(SectionState::Released(date));
                let at = section.heading.end;
                Splice::new(at..at, self.set_apart(line, at))
            }
            None => {
                let remedy = "state how releases are dated, if they are: `released = \"Released {date}\"` in `[notes]`";
                return self.left(self.no_state(section).as_warning().remedy(remedy));
            }
        };
        let finding = self.no_state(section).as_note().remedy("look whether the date stands where it should");
        Ok(Edited { text: self.followed(section, splice), findings: vec![finding] })
    }

    /// Dates a section as its neighbour `near` has it in `stated`.
    fn stated_as(&self, near: &Section, stated: &StatePlace, section: &Section, date: NaiveDate) -> Splice {
        let state = SectionState::Released(date);
        if stated.at.start > near.heading.end {
            let line = self.state_like(near, state).unwrap_or_default();
            let at = section.heading.end;
            Splice::new(at..at, self.set_apart(line, at))
        } else {
            let after = near.title.at.end..near.marks.text.end;
            let rest = after_link(&self.text[after.clone()]).trim_start_matches([']', '`', '*', '_']);
            let start = after.end - rest.len();
            // Where the day stands before the version, or far behind it, it is set apart as is usual.
            let is_near = start <= stated.at.start
                && !self.text[start..stated.at.start].contains(char::is_alphanumeric);
            let said = self.stated_like(near, true, state);
            let said = if is_near {
                let closing = &self.text[stated.at.end..after.end];
                let marks = closing.len() - closing.trim_start_matches([']', ')', '`', '*', '_']).len();
                [&self.text[start..stated.at.start], &said, &closing[..marks]].concat()
            } else {
                format!(" ({said})")
            };
            let at = section.marks.text.end;
            Splice::new(at..at, said)
        }
    }

    /// Returns the text with a section dated by `splice`; an underline as long as its heading follows, and so do the links'
    /// definitions at the end.
    fn followed(&self, section: &Section, splice: Splice) -> String {
        let mut splices = self.succeeding_definitions(&section.version);
        let line = section.heading.start..section.marks.text.end;
        if let Some(underline) = section.marks.underline.clone().filter(|_| splice.range.end <= line.end) {
            let [before, after] = [line.start..splice.range.start, splice.range.end..line.end];
            let now = [&self.text[before], &splice.with, &self.text[after]].concat();
            let drawn = underline_for(&now, &self.text[line], &self.text[underline.clone()]);
            splices.push(Splice::new(underline, drawn));
        }
        splices.push(splice);
        splice::apply(self.text, splices)
    }

    fn no_section(&self, version: &Version, severity: Severity) -> Finding {
        let version = self.style.about(version);
        Finding::of(rule::NOTES_SECTION, format!("the notes have no section for {version}"))
            .weighing(severity)
            .at(Place::file(self.path))
            .remedy(format!("add the section `## {version}` with the line `{}.`", self.style.unreleased))
    }

    fn no_state(&self, section: &Section) -> Finding {
        let word = &self.style.unreleased;
        let message =
            format!("the section for {} says neither `{word}` nor when it was released", section.version);
        Finding::of(rule::NOTES_STATE, message).at(self.place(&section.heading))
    }
}
