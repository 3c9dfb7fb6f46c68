//! The notes have the section for this version, once.

use super::{BranchKind, Subject};
use crate::finding::{Finding, Place};
use crate::rule;
use crate::version::plain;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let config = &subject.request.project.config.notes;
    if !config.enabled || subject.role == BranchKind::Other {
        return Vec::new();
    }
    let version = plain(subject.version());
    let Some((path, notes)) = &subject.notes else {
        let missing =
            Finding::of(rule::NOTES_SECTION, format!("there are no notes: {} is missing", config.file));
        return vec![missing.remedy("write them, or set `[notes] enabled = false`")];
    };
    let mut sections = notes.sections_of(&version);
    if sections.next().is_none() {
        let missing = Finding::of(rule::NOTES_SECTION, format!("the notes have no section for {version}"));
        return vec![missing.at(Place::file(path)).remedy(format!("write the section `## {version}`"))];
    }
    let second = |section: &crate::edit::notes::Section| {
        Finding::of(rule::NOTES_SECTION, format!("the notes have a second section for {version}"))
            .at(notes.place(&section.heading))
            .remedy("keep one of the sections")
    };
    sections.map(second).collect()
}
