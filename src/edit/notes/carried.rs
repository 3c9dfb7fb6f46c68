//! Sections of release branches, brought to the notes of the trunk.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use semver::Version;

use super::outline::{BlockKind, Outline};
use super::state::SectionState;
use super::{Notes, Section};
use crate::edit::splice::{self, Splice};
use crate::finding::{Finding, Place};
use crate::rule;

/// What the release branches have that the trunk is to have, too.
#[derive(Debug, Default)]
pub struct CarriedSections {
    sections: BTreeMap<Version, String>,
    /// What becomes of sections that are there, and are not released yet.
    states: Vec<Splice>,
    definitions: BTreeMap<Version, String>,
    /// What is worth saying.
    pub findings: Vec<Finding>,
}

impl CarriedSections {
    /// Returns the versions whose sections come to the trunk.
    pub fn versions(&self) -> BTreeSet<&Version> {
        self.sections.keys().collect()
    }
}

impl Notes<'_> {
    /// Adds to `carried` what the notes `from` of `branch` have of the versions that are `wanted`, and these
    /// lack: sections and links' definitions, and the day in a section that is not released here.
    pub fn lacks(
        &self,
        from: &Notes<'_>,
        branch: &str,
        wanted: impl Fn(&Section) -> bool,
        carried: &mut CarriedSections,
    ) {
        for section in from.sections.iter().filter(|section| wanted(section)) {
            let content = &from.text[from.content_of(section)];
            if is_open(content) {
                let message = format!(
                    "the section for {} on {branch} is left out: it ends in a comment or a block of code that is \
                     not closed, and would hide what follows",
                    section.version
                );
                let open =
                    Finding::of(rule::NOTES_SECTION, message).as_warning().at(from.place(&section.heading));
                carried.findings.push(open.remedy("close it on that branch"));
                continue;
            }
            match self.sections_of(&section.version).next() {
                None => drop(
                    carried.sections.entry(section.version.clone()).or_insert_with(|| content.to_owned()),
                ),
                Some(here) => carried.take_state(self, here, from, section, branch),
            }
            let definition =
                from.definitions.iter().find(|it| it.version(from.text).as_ref() == Some(&section.version));
            let is_here =
                self.definitions.iter().any(|it| it.version(self.text).as_ref() == Some(&section.version));
            if let Some(definition) = definition.filter(|_| !is_here && !self.definitions.is_empty()) {
                let line = from.text[definition.line.clone()].to_owned();
                carried.definitions.entry(section.version.clone()).or_insert(line);
            }
        }
    }

    /// Returns the text with what is `carried`: each section before the first that is older, byte for byte as on its
    /// branch; as it is, with an error, where they would not be sections there.
    pub fn with_carried(&self, carried: &mut CarriedSections) -> String {
        let text = self.joined(carried);
        let joined = Notes::parse(self.path, &text, self.style);
        let mut here: BTreeMap<&Version, usize> = BTreeMap::new();
        joined.sections.iter().for_each(|section| *here.entry(&section.version).or_default() += 1);
        let Some(hidden) = carried.sections.keys().find(|version| here.get(version) != Some(&1)) else {
            return text;
        };
        let message =
            format!("the section for {hidden} would be hidden by a comment or a block of code above");
        let finding = Finding::of(rule::NOTES_SECTION, message).at(Place::file(self.path));
        carried.findings.push(finding.remedy("close what is opened there"));
        self.text.to_owned()
    }

    fn joined(&self, carried: &CarriedSections) -> String {
        let end = self.line_end();
        let rule = self.rule_between().map(|rule| [rule, end, end].concat()).unwrap_or_default();
        let gap = end.repeat(self.blank_lines().max(1));
        let mut places: BTreeMap<usize, String> = BTreeMap::new();
        for (version, content) in carried.sections.iter().rev() {
            let older = self.sections.iter().find(|section| section.version < *version);
            let at = older.map_or(self.tail.start, |older| older.range.start);
            let lead = if older.is_none() && !self.text[..at].ends_with(&end.repeat(2)) { end } else { "" };
            let place = places.entry(at).or_default();
            place.push_str(&[lead, content, end, &gap, &rule].concat());
        }
        for (version, line) in carried.definitions.iter().rev() {
            let is_older =
                |it: &&super::LinkDefinition| it.version(self.text).is_some_and(|older| older < *version);
            if let Some(older) = self.definitions.iter().find(is_older) {
                places.entry(older.line.start).or_default().push_str(&[line, end].concat());
            }
        }
        let mut splices: Vec<Splice> =
            places.into_iter().map(|(at, text)| Splice::new(at..at, text)).collect();
        splices.extend(carried.states.iter().cloned());
        splices.extend(carried.sections.last_key_value().and_then(|(newest, _)| self.compared_anew(newest)));
        splice::apply(self.text, splices)
    }

    /// Returns the section without the rule and the blank lines that end it.
    fn content_of(&self, section: &Section) -> Range<usize> {
        let end = section.rule.as_ref().map_or(section.range.end, |rule| rule.start);
        let content = self.text[section.range.start..end].trim_end_matches([' ', '\t', '\r', '\n']);
        section.range.start..section.range.start + content.len()
    }

    /// Lets the definition of what is not released compare with `newest`, where it does so with the version before that.
    fn compared_anew(&self, newest: &Version) -> Option<Splice> {
        let is_older = |section: &&Section| {
            section.version < *newest && section.state() != Some(SectionState::Unreleased)
        };
        let last = self.sections.iter().filter(is_older).map(|section| &section.version).max()?;
        let unreleased =
            self.definitions.iter().find(|definition| definition.gathers(self.text, self.style))?;
        let target = &self.text[unreleased.target.clone()];
        let names = super::definition::versions(target).any(|(_, found)| found == *last);
        names.then(|| {
            Splice::new(unreleased.target.clone(), super::definition::succeeded(target, last, newest))
        })
    }
}

/// Returns whether what follows a section would be part of it.
fn is_open(content: &str) -> bool {
    let followed = Outline::parse(&[content, "\n\n# 0.0.0\n"].concat());
    !followed.blocks.last().is_some_and(|last| matches!(last.kind, BlockKind::Heading(_)))
}

impl CarriedSections {
    /// Takes the state of a section that is released on its branch and not here; where the two differ in more, that
    /// is said.
    fn take_state(
        &mut self,
        here: &Notes<'_>,
        own: &Section,
        from: &Notes<'_>,
        section: &Section,
        branch: &str,
    ) {
        let (Some(own_state), Some(state)) = (&own.stated, &section.stated) else { return };
        if own_state.state != SectionState::Unreleased || state.state == SectionState::Unreleased {
            return;
        }
        let splice = Splice::new(own_state.at.clone(), &from.text[state.at.clone()]);
        let range = here.content_of(own);
        let [before, after] =
            [&here.text[range.start..own_state.at.start], &here.text[own_state.at.end..range.end]];
        if [before, &splice.with, after].concat() != from.text[from.content_of(section)] {
            let message =
                format!("the section for {} differs on {branch}: only its day is taken", own.version);
            let differs = Finding::of(rule::NOTES_SECTION, message).as_warning().at(here.place(&own.heading));
            self.findings.push(differs.remedy("compare the two, and keep what is right"));
        }
        self.states.push(splice);
    }
}
