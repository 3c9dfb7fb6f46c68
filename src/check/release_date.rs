//! Dates in the notes are the days of the tags.

use super::{Role, Rule, Subject};
use crate::config::check::RuleName;
use crate::edit::notes::{Section, State};
use crate::finding::Finding;

pub(super) const RULE: Rule = Rule {
    name: RuleName::ReleaseDate,
    explanation: "The date of every section is the day of its version's tag, in UTC: what readers take for the day \
                  of the release must be it.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let Some((_, notes)) = subject.notes() else { return Vec::new() };
    if subject.role == Role::Other {
        return Vec::new();
    }
    let wrong = |section: &Section| {
        let Some(State::Released(said)) = section.state() else { return None };
        let tag = subject.tags.get(&section.version)?;
        let day = tag.day.filter(|day| *day != said)?;
        let message =
            format!("the section for {} is dated {said}, and {} is of {day}", section.version, tag.name);
        let place = notes.place(section.state_range().unwrap_or(&section.heading));
        Some(Finding::error("", message).at(place).remedy(format!("date it {day}")))
    };
    let has_no_tag = |section: &Section| {
        matches!(section.state(), Some(State::Released(_))) && !subject.tags.contains_key(&section.version)
    };
    let unchecked = if notes.sections().iter().any(has_no_tag) { subject.without_tags() } else { None };
    notes.sections().iter().filter_map(wrong).chain(unchecked).collect()
}
