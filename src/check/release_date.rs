//! Dates in the notes are the days of the tags.

use chrono::NaiveDate;

use super::{BranchKind, CheckedNotes, Subject};
use crate::edit::notes::{Section, SectionState};
use crate::finding::Finding;
use crate::git::Tag;
use crate::rule;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.role == BranchKind::Other {
        return Vec::new();
    }
    subject.notes.iter().flat_map(|file| of_file(subject, file)).collect()
}

fn of_file(subject: &Subject<'_>, file: &CheckedNotes<'_>) -> Vec<Finding> {
    let CheckedNotes { notes, tags, .. } = file;
    let wrong = |section: &Section| {
        let Some(SectionState::Released(said)) = section.state() else { return None };
        let place = || notes.place(section.state_range().unwrap_or(&section.heading));
        let Some(tag) = tags.get(&section.version) else {
            let message =
                format!("the section for {} is dated {said}, which is in the future", section.version);
            let remedy = "date it on the day of its release";
            let is_future = days_between(said, subject.request.date) > 1;
            return is_future.then(|| Finding::of(rule::RELEASE_DATE, message).at(place()).remedy(remedy));
        };
        let day = tag.own_day.or(tag.day).filter(|_| !is_right(subject, file, section, tag, said))?;
        let message =
            format!("the section for {} is dated {said}, and {} is of {day}", section.version, tag.name);
        Some(Finding::of(rule::RELEASE_DATE, message).at(place()).remedy(format!("date it {day}")))
    };
    let has_no_tag = |section: &Section| {
        matches!(section.state(), Some(SectionState::Released(_))) && !tags.contains_key(&section.version)
    };
    let unchecked = if notes.sections().iter().any(has_no_tag) { subject.without_tags() } else { None };
    notes.sections().iter().filter_map(wrong).chain(unchecked).collect()
}

/// Returns whether a section may say that its version is of `said`: the day of its tag, here or in UTC; of a
/// release that is past, a day more or less, as people date it before it is out or after midnight.
fn is_right(
    subject: &Subject<'_>,
    file: &CheckedNotes<'_>,
    section: &Section,
    tag: &Tag,
    said: NaiveDate,
) -> bool {
    let days = [tag.own_day, tag.day].into_iter().flatten();
    let is_being_released = section.version == file.version
        && days.clone().all(|day| days_between(subject.request.date, day) <= 1);
    let most = i64::from(!is_being_released);
    days.map(|day| days_between(day, said).abs()).min().is_none_or(|days| days <= most)
}

fn days_between(one: NaiveDate, other: NaiveDate) -> i64 {
    one.signed_duration_since(other).num_days()
}
