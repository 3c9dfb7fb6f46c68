//! A section says that its version is released when it is, and only then.

use super::{BranchKind, Subject};
use crate::edit::notes::{Layout, Notes, Section, SectionState};
use crate::finding::Finding;
use crate::rule;
use crate::version::plain;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let Some((_, notes)) = &subject.notes else { return Vec::new() };
    // Where no section says a state, that is how these notes are.
    if subject.role == BranchKind::Other || notes.sections().iter().all(|section| section.state().is_none()) {
        return Vec::new();
    }
    let sections = notes.sections();
    let current = plain(subject.version());
    let rests_on_tags =
        |section: &Section| section.version == current && !subject.tags.contains_key(&current);
    let unchecked = if sections.iter().any(rests_on_tags) { subject.without_tags() } else { None };
    let wrong = sections.iter().filter_map(|section| wrong(subject, notes, section));
    wrong.chain(unchecked).collect()
}

/// Returns whether a version without a tag is one that is not tagged.
fn all_tags_are_here(subject: &Subject<'_>) -> bool {
    subject.gap.is_none() && !subject.tags.is_empty()
}

fn wrong(subject: &Subject<'_>, notes: &Notes<'_>, section: &Section) -> Option<Finding> {
    let version = &section.version;
    let tag = subject.tags.get(version);
    let is_current = *version == plain(subject.version());
    let in_work = is_current && (subject.role == BranchKind::Trunk || !subject.version().pre.is_empty());
    let place = notes.place(section.state_range().unwrap_or(&section.heading));
    let finding = match (section.state(), tag) {
        (Some(SectionState::Released(day)), None) if in_work => Finding::of(
            rule::NOTES_STATE,
            format!("the section for {version} is dated {day}, and it is not released"),
        )
        .remedy("say that it is unreleased"),
        (Some(SectionState::Released(day)), None)
            if is_current && day < subject.request.date && all_tags_are_here(subject) =>
        {
            let message =
                format!("the section for {version} is dated {day}, and it was not tagged on that day");
            Finding::of(rule::NOTES_STATE, message).remedy("date it on the day on which it is tagged")
        }
        (Some(SectionState::Unreleased), Some(tag)) => {
            let message =
                format!("the section for {version} says that it is unreleased, and {} is there", tag.name);
            Finding::of(rule::NOTES_STATE, message).remedy("date it on the day of the tag")
        }
        // In a file with all versions old ones may be of a time with other habits.
        (None, _) if is_current || tag.is_some() && subject.layout == Some(Layout::PerBranch) => Finding::of(
            rule::NOTES_STATE,
            format!("the section for {version} says neither that it is released nor that it is not"),
        )
        .remedy("say it as the other sections do"),
        _ => return None,
    };
    Some(finding.at(place))
}
