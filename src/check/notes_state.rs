//! A section says that its version is released when it is, and only then.

use super::{BranchKind, CheckedNotes, Subject};
use crate::edit::notes::{Layout, Section, SectionState};
use crate::finding::Finding;
use crate::rule;
use crate::text::counted;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.role == BranchKind::Other {
        return Vec::new();
    }
    let files = subject.notes.iter().filter(|file| file.moves && file.rests_on_tags());
    let findings = files.flat_map(|file| of_file(subject, file));
    let unknown = if subject.tags.is_empty() { None } else { without_tags_of_packages(subject) };
    findings.chain(unknown).collect()
}

fn of_file(subject: &Subject<'_>, file: &CheckedNotes<'_>) -> Vec<Finding> {
    let sections = file.notes.sections();
    // Where no section says a state, that is how these notes are.
    if sections.iter().all(|section| section.state().is_none()) {
        return Vec::new();
    }
    let current = file.version.clone();
    let rests_on_tags = |section: &Section| section.version == current && !file.tags.contains_key(&current);
    let unchecked = if sections.iter().any(rests_on_tags) { subject.without_tags() } else { None };
    let wrong = sections.iter().filter_map(|section| wrong(subject, file, section));
    wrong.chain(unchecked).collect()
}

fn wrong(subject: &Subject<'_>, file: &CheckedNotes<'_>, section: &Section) -> Option<Finding> {
    let (version, notes) = (&section.version, &file.notes);
    let tag = file.tags.get(version);
    let is_current = *version == file.version.clone();
    let in_work = is_current && (subject.role == BranchKind::Trunk || !file.package.version.pre.is_empty());
    // Without them a version that has no tag may be one that was not fetched.
    let all_tags_are_here = subject.gap.is_none() && !file.tags.is_empty();
    let place = notes.place(section.state_range().unwrap_or(&section.heading));
    let finding = match (section.state(), tag) {
        (Some(SectionState::Released(day)), None) if in_work => Finding::of(
            rule::NOTES_STATE,
            format!("the section for {version} is dated {day}, and it is not released"),
        )
        .remedy("say that it is unreleased"),
        (Some(SectionState::Released(day)), None)
            if is_current && day < subject.request.date && all_tags_are_here =>
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
        (None, _) if is_current || tag.is_some() && file.layout == Some(Layout::PerBranch) => Finding::of(
            rule::NOTES_STATE,
            format!("the section for {version} says neither that it is released nor that it is not"),
        )
        .remedy("say it as the other sections do"),
        _ => return None,
    };
    Some(finding.at(place))
}

/// Says of which packages no tag is known, so that what rests on it is unchecked.
fn without_tags_of_packages(subject: &Subject<'_>) -> Option<Finding> {
    let files = subject.notes.iter().filter(|file| !file.rests_on_tags());
    let without: Vec<&str> = files.map(|file| file.package.name.as_str()).collect();
    let (first, more) = without.split_first()?;
    let others =
        if more.is_empty() { String::new() } else { format!(" and {} more", counted(more.len(), "package")) };
    let message = format!("no tag of `{first}`{others} is known, and whether its notes fit is unchecked");
    let finding = Finding::of(rule::NOTES_STATE, message).as_note();
    Some(finding.remedy("tag its releases as `name-v1.2.3`, or let `names.tag` have `{name}`"))
}
