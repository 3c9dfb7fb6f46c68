//! Dating a section on the day of its release.

use chrono::NaiveDate;
use semver::Version;

use super::scaffold::Missing;
use super::state::{Form, SectionState};
use super::{Edited, Notes, Section};
use crate::finding::{Finding, Place};
use crate::rule::{self, Severity};
use crate::version::plain;

impl Notes<'_> {
    /// Turns the state of the section of `version` from unreleased into released on `date`.
    ///
    /// # Errors
    ///
    /// If there is not exactly one section of that version, if it is dated differently, or if it
    /// says no state and others do.
    pub fn release(&self, version: &Version, date: NaiveDate) -> Result<Edited, Vec<Finding>> {
        match self.only_section_of(version)? {
            Some(section) => self.dated(section, date, Severity::Error),
            None => Err(vec![self.no_section(version, Severity::Error)]),
        }
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
        match (self.only_section_of(version)?, missing) {
            (Some(section), _) => self.dated(section, date, Severity::Warning),
            (None, Missing::Scaffold) => Ok(self.scaffolded(&plain(version), date).into()),
            (None, Missing::Leave) => {
                let findings = vec![self.no_section(version, Severity::Note)];
                Ok(Edited { text: self.text.to_owned(), findings })
            }
        }
    }

    /// Dates a section; one that has another date already is left, with a finding of that severity.
    fn dated(&self, section: &Section, date: NaiveDate, other: Severity) -> Result<Edited, Vec<Finding>> {
        let Some(stated) = &section.stated else { return self.left(self.no_state(section)) };
        match stated.state {
            SectionState::Unreleased => {
                let form = self.form_of(section);
                Ok(self.spliced(&stated.at, &form.released(self.style, date)).into())
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

    /// Returns the form in which a section will say that it is released: where its state is in the
    /// heading, that of the other headings.
    pub(super) fn form_of(&self, section: &Section) -> Form {
        let dated = |other: &&Section| matches!(other.state(), Some(SectionState::Released(_)));
        let others = self.sections.iter().filter(dated).filter_map(Section::state_in_heading);
        match section.state_in_heading() {
            Some(_) => others.map(|stated| stated.form).next().unwrap_or(Form::Worded),
            None => Form::Worded,
        }
    }

    fn no_section(&self, version: &Version, severity: Severity) -> Finding {
        let version = plain(version);
        Finding::of(rule::NOTES_SECTION, format!("the notes have no section for {version}"))
            .weighing(severity)
            .at(Place::file(self.path))
            .remedy(format!("add the section `## {version}` with the line `{}.`", self.style.unreleased))
    }

    /// Where no section says a state, that is how these notes are.
    fn no_state(&self, section: &Section) -> Finding {
        let usual = self.sections.iter().any(|section| section.stated.is_some());
        let word = &self.style.unreleased;
        let message =
            format!("the section for {} says neither `{word}` nor when it was released", section.version);
        Finding::of(rule::NOTES_STATE, message)
            .as_warning_if(!usual)
            .at(self.place(&section.heading))
            .remedy(format!("add the line `{word}.` below the heading"))
    }
}
