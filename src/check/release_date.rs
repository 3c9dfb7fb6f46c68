//! Dates in the notes are the days of the tags.

use super::{BranchKind, Subject};
use crate::edit::notes::{Section, SectionState};
use crate::finding::Finding;
use crate::rule;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let Some((_, notes)) = &subject.notes else { return Vec::new() };
    if subject.role == BranchKind::Other {
        return Vec::new();
    }
    let wrong = |section: &Section| {
        let Some(SectionState::Released(said)) = section.state() else { return None };
        let tag = subject.tags.get(&section.version)?;
        let day = tag.day.filter(|day| *day != said)?;
        let message =
            format!("the section for {} is dated {said}, and {} is of {day}", section.version, tag.name);
        let place = notes.place(section.state_range().unwrap_or(&section.heading));
        Some(Finding::of(rule::RELEASE_DATE, message).at(place).remedy(format!("date it {day}")))
    };
    let has_no_tag = |section: &Section| {
        matches!(section.state(), Some(SectionState::Released(_)))
            && !subject.tags.contains_key(&section.version)
    };
    let unchecked = if notes.sections().iter().any(has_no_tag) { subject.without_tags() } else { None };
    notes.sections().iter().filter_map(wrong).chain(unchecked).collect()
}
