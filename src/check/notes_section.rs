//! The notes have the section for this version, once, and nothing beside it is in doubt.

use super::{AbsentNotes, BranchKind, CheckedNotes, Subject};
use crate::edit::notes::{Layout, Section};
use crate::finding::{Finding, Place};
use crate::rule;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.role == BranchKind::Other {
        return Vec::new();
    }
    let files = subject.notes.iter().filter(|file| file.moves);
    subject.absent_notes.iter().map(missing).chain(files.flat_map(|file| of_file(subject, file))).collect()
}

fn missing(absent: &AbsentNotes) -> Finding {
    let missing = Finding::of(rule::NOTES_SECTION, format!("there are no notes: {} is missing", absent.path));
    missing.remedy(match absent.is_products {
        true => "write them, or set `[notes] enabled = false`",
        false => "write them, or take the package out of the `packages` of its `[[notes]]`",
    })
}

fn of_file(subject: &Subject<'_>, file: &CheckedNotes<'_>) -> Vec<Finding> {
    let CheckedNotes { path, notes, .. } = file;
    let version = file.version.clone();
    let is_released = file.tags.contains_key(&version);
    let mut findings = match subject.role {
        _ if is_released => Vec::new(),
        BranchKind::Release(_) => notes.doubts(&version, subject.request.date),
        BranchKind::Trunk | BranchKind::Other => notes.misleading_definitions(&version),
    };
    let mut sections = notes.sections_of(&version);
    let is_there = sections.next().is_some();
    let mut is_gathered = false;
    if file.layout == Some(Layout::Unreleased) {
        findings.extend(notes.gathered_again());
        is_gathered = !is_released && !is_there && !notes.gatherings().is_empty();
    }
    if !is_there && !is_gathered {
        let missing = Finding::of(rule::NOTES_SECTION, format!("the notes have no section for {version}"));
        findings.push(missing.at(Place::file(path)).remedy(format!("write the section `## {version}`")));
    }
    let second = |section: &Section| {
        Finding::of(rule::NOTES_SECTION, format!("the notes have a second section for {version}"))
            .at(notes.place(&section.heading))
            .remedy("keep one of the sections")
    };
    findings.extend(sections.map(second));
    if !is_there && subject.role == BranchKind::Trunk {
        findings.extend(notes.lookalikes(&version));
    }
    findings
}
