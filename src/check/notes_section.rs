//! The notes have the section for this version, once.

use super::{BranchKind, Subject};
use crate::edit::notes::{Gathering, Layout, Notes, Section};
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
    let is_there = sections.next().is_some();
    if subject.layout == Some(Layout::Unreleased) {
        let gathered = subject.request.project.tag_among(&version, subject.request.refs).is_none();
        if let [_, more @ ..] = notes.gatherings() {
            return more.iter().map(|more| second_gathering(notes, more)).collect();
        }
        if gathered && !is_there && !notes.gatherings().is_empty() {
            return notes.lookalikes(&version);
        }
    }
    if !is_there {
        let missing = Finding::of(rule::NOTES_SECTION, format!("the notes have no section for {version}"));
        let missing = missing.at(Place::file(path)).remedy(format!("write the section `## {version}`"));
        return std::iter::once(missing).chain(notes.lookalikes(&version)).collect();
    }
    let second = |section: &Section| {
        Finding::of(rule::NOTES_SECTION, format!("the notes have a second section for {version}"))
            .at(notes.place(&section.heading))
            .remedy("keep one of the sections")
    };
    sections.map(second).collect()
}

fn second_gathering(notes: &Notes<'_>, more: &Gathering) -> Finding {
    Finding::of(rule::NOTES_SECTION, "the notes have a second section that gathers what is not released")
        .at(notes.place(&more.heading))
        .remedy("move its entries to the first one, or name its version")
}
