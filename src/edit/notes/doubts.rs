//! What is wrong with the notes where a version is released: each thing with its place, before anything is made.

use chrono::NaiveDate;
use semver::Version;

use super::definition::{LinkDefinition, versions};
use super::gathered::may_compare_with;
use super::outline::{BlockKind, MarkdownBlock};
use super::state::SectionState;
use super::{Edited, MOST_REPETITIONS, Notes, Section, title};
use crate::finding::Finding;
use crate::rule::{self, Severity};

impl Notes<'_> {
    /// Returns what `edit` makes for the release of `version` on `date`, with what is worth saying of the notes.
    ///
    /// # Errors
    ///
    /// What is wrong with the notes, together with what `edit` finds.
    pub(super) fn without_doubt(
        &self,
        version: &Version,
        date: NaiveDate,
        edit: impl FnOnce() -> Result<Edited, Vec<Finding>>,
    ) -> Result<Edited, Vec<Finding>> {
        let mut findings = self.doubts(version, date);
        match edit() {
            Ok(mut edited) if findings.iter().all(|finding| finding.severity < Severity::Error) => {
                findings.append(&mut edited.findings);
                Ok(Edited { text: edited.text, findings })
            }
            Ok(_) => Err(findings),
            Err(mut wrong) => {
                findings.append(&mut wrong);
                Err(findings)
            }
        }
    }

    /// Finds what is wrong with the notes where `version` is released on `date`.
    ///
    /// What is said of older releases alone does not count: it stops none that is made now.
    pub fn doubts(&self, version: &Version, date: NaiveDate) -> Vec<Finding> {
        let version = &self.style.about(version);
        let mut findings = self.strays();
        findings.extend(self.newer(version, date));
        findings.extend(self.before_its_predecessor(version, date));
        findings.extend(self.misleading_definitions(version));
        findings.extend(self.lookalikes(version));
        findings
    }

    /// Finds what is wrong with notes that are to have a section for `next` on top, after a cut on `date`.
    pub fn doubts_of_cut(&self, next: &Version, date: NaiveDate) -> Vec<Finding> {
        let next = &self.style.about(next);
        let mut findings = self.strays();
        findings.extend(self.newer(next, date));
        findings.extend(self.lookalikes(next));
        findings
    }

    /// Finds the headings above the first section that gather what is not released, and are no sections since
    /// their level is below that of the versions.
    fn strays(&self) -> Vec<Finding> {
        let first = self.sections.first().map_or(0, |first| first.range.start);
        let above = self.strays.iter().filter(|stray| self.gatherings.is_empty() && stray.start < first);
        let finding = |stray: &std::ops::Range<usize>| {
            let message = format!(
                "`{}` is not a section: its level is below that of the versions",
                self.text[stray.clone()].lines().next().unwrap_or_default().trim()
            );
            Finding::of(rule::NOTES_SECTION, message)
                .at(self.place(stray))
                .remedy("give it the level that the headings of the versions have")
        };
        above.take(MOST_REPETITIONS).map(finding).collect()
    }

    /// Finds versions that are newer. Those that are released already stop the release, as do all that stand below
    /// where it does; others may be planned.
    fn newer(&self, version: &Version, date: NaiveDate) -> Vec<Finding> {
        let gathered = self.gatherings.first().map(|gathering| gathering.range.start);
        let here = self.sections_of(version).next().map(|section| section.range.start).or(gathered);
        let below = |section: &Section| here.is_some_and(|here| section.range.start > here);
        // Above what gathers stands what is planned, whatever its day.
        let is_planned = |section: &Section| here == gathered && gathered.is_some() && !below(section);
        // What stands below an older version that came out later is of another numbering, or of another line in
        // notes that are in the order of days.
        let is_past = |section: &Section| {
            let before = self.sections.iter().take_while(|above| above.range.start < section.range.start);
            let mut older = before.filter(|above| above.version < *version);
            older.any(|older| older.day() > section.day() && section.day().is_some())
        };
        let severity = |section: &Section| match section.state() {
            Some(SectionState::Released(day)) if day <= date && section.version.pre.is_empty() => {
                if is_planned(section) || is_past(section) {
                    Severity::Warning
                } else {
                    Severity::Error
                }
            }
            None if below(section) => Severity::Error,
            Some(SectionState::Unreleased) => Severity::Note,
            _ => Severity::Warning,
        };
        let finding = |section: &Section| {
            let message = format!("the notes have {}, which is newer than {version}", section.version);
            Finding::of(rule::NOTES_ORDER, message)
                .weighing(severity(section))
                .at(self.place(&section.heading))
                .remedy("look whether this is the right branch, or take the section to that of its version")
        };
        let newer = self.sections.iter().filter(|section| section.version > *version);
        newer.take(MOST_REPETITIONS).map(finding).collect()
    }

    /// Finds out whether the day of a release is before that of the version before, by more than time zones make:
    /// the day that its section has, or else `date`.
    fn before_its_predecessor(&self, version: &Version, date: NaiveDate) -> Option<Finding> {
        let older = self.sections.iter().filter(|section| section.version < *version);
        let previous = older.max_by(|one, other| one.version.cmp(&other.version))?;
        let day = previous.day()?;
        let own = self.sections_of(version).find_map(Section::day);
        let date = own.unwrap_or(date);
        (day.pred_opt()? > date).then(|| {
            let would = if own.is_some() { "is" } else { "would be" };
            let message = format!("{version} {would} dated {date}, before {}, of {day}", previous.version);
            Finding::of(rule::NOTES_DATE, message)
                .at(self.place(previous.state_range().unwrap_or(&previous.heading)))
                .remedy("correct the date in the notes, or give `--date` the day of the release")
        })
    }

    /// Finds the definitions of links that name another version than the one that they are about: of `version`,
    /// of the one before, and of what is not released.
    pub fn misleading_definitions(&self, version: &Version) -> Vec<Finding> {
        let version = self.style.about(version);
        let last =
            self.sections.iter().map(|section| &section.version).filter(|older| **older < version).max();
        let is_there = self.sections_of(&version).next().is_some();
        let compared = last.into_iter().chain(Some(&version).filter(|_| is_there));
        let compared: Vec<Version> = compared.cloned().collect();
        let about = |of: &LinkDefinition| match of.version(self.text) {
            Some(own) if own == version || Some(&own) == last => Some(vec![own]),
            None if last.is_some() && of.gathers(self.text, self.style) => Some(compared.clone()),
            _ => None,
        };
        let misleading = |of: &LinkDefinition| {
            let meant = about(of).filter(|meant| !meant.is_empty())?;
            let named: Vec<_> = versions(&self.text[of.target.clone()]).collect();
            let (range, other) = named.last()?;
            let is_compared = of.version(self.text).is_none();
            let leads_there = named.iter().any(|(_, named)| {
                meant.contains(named) || is_compared && meant.iter().any(|it| may_compare_with(named, it))
            });
            (!leads_there).then(|| {
                let at = of.target.start + range.start..of.target.start + range.end;
                let newest = meant.first().map(ToString::to_string).unwrap_or_default();
                let (message, remedy) = if of.version(self.text).is_some() {
                    (
                        format!("the definition of [{newest}] leads to {other}"),
                        format!("let it lead to {newest}"),
                    )
                } else {
                    let compared = format!("what is not released is compared with {other}");
                    (
                        format!("{compared}, and the newest version is {newest}"),
                        format!("let the definition compare with {newest}"),
                    )
                };
                Finding::of(rule::NOTES_LINK, message).at(self.place(&at)).remedy(remedy)
            })
        };
        self.definitions.iter().filter_map(misleading).take(MOST_REPETITIONS).collect()
    }

    /// Finds headings above the first version that is older than `version` which only look like a version:
    /// what stands below them belongs to the section above. One that may be meant for `version`, which has no
    /// section, is an error, unless it goes on in prose.
    pub fn lookalikes(&self, version: &Version) -> Vec<Finding> {
        let version = &self.style.about(version);
        let Some(level) = self.sections.iter().map(|section| section.level).min() else { return Vec::new() };
        let older = self.sections.iter().find(|section| section.version < *version);
        let end = older.map_or(self.tail.start, |older| older.range.start);
        let above = self.outline.blocks.iter().take_while(|block| block.range.start < end);
        let is_missing = self.sections_of(version).next().is_none();
        let finding = |block: &MarkdownBlock| {
            let BlockKind::Heading(heading) = &block.kind else { return None };
            let text = &self.text[heading.text.clone()];
            let is_section =
                self.sections.binary_search_by_key(&block.range.start, |it| it.range.start).is_ok();
            let numbers = title::like_version(text).filter(|_| heading.level == level && !is_section)?;
            let is_meant =
                is_missing && title::may_mean(numbers, version) && !title::is_prose(text, self.style);
            let message = format!("`{}` is neither a version nor a section", text.trim());
            let finding = Finding::of(rule::NOTES_HEADING, message)
                .at(self.place(&block.range))
                .remedy("write all three numbers of the version");
            Some(if is_meant { finding.weighing(Severity::Error) } else { finding })
        };
        above.filter_map(finding).take(MOST_REPETITIONS).collect()
    }
}
