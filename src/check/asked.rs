//! Which rules are asked, and in which order.

use std::collections::HashSet;

use super::{
    Subject, branch_version, cut_ready, dependency_held, line_version, lock_current, msrv, notes_archive,
    notes_breaking, notes_order, notes_section, notes_state, package_dependency, package_metadata,
    publish_order, release_date, requirement_match, requirement_operator, support, tag_version, version_file,
};
use crate::finding::Finding;
use crate::rule::{self, Rule};

/// How a rule finds out what is wrong.
type Find = fn(&Subject<'_>) -> Vec<Finding>;

/// Every rule that is asked, in that order.
const ASKED: &[(Rule, Find)] = &[
    (rule::BRANCH_VERSION, branch_version::find),
    (rule::LINE_VERSION, line_version::find),
    (rule::TAG_VERSION, tag_version::find),
    (rule::REQUIREMENT_OPERATOR, requirement_operator::find),
    (rule::REQUIREMENT_MATCH, requirement_match::find),
    (rule::LOCK_CURRENT, lock_current::find),
    (rule::VERSION_FILE, version_file::find),
    (rule::NOTES_SECTION, notes_section::find),
    (rule::NOTES_STATE, notes_state::find),
    (rule::NOTES_ORDER, notes_order::find),
    (rule::NOTES_ARCHIVE, notes_archive::find),
    (rule::NOTES_BREAKING, notes_breaking::find),
    (rule::RELEASE_DATE, release_date::find),
    (rule::PACKAGE_METADATA, package_metadata::find),
    (rule::PACKAGE_DEPENDENCY, package_dependency::find),
    (rule::PUBLISH_ORDER, publish_order::find),
    (rule::MSRV, msrv::find),
    (rule::DEPENDENCY_HELD, dependency_held::find),
    (rule::SUPPORT, support::find),
    (rule::CUT_READY, cut_ready::find),
];

/// Asks every rule that is on, and returns what was noted of the project and what they find, in that
/// order; what two rules find is said once.
pub fn run(subject: &Subject<'_>) -> Vec<Finding> {
    let project = subject.request.project;
    let levels = &project.config.check;
    let notes = project.notes.iter().map(|note| (note.rule, note.clone()));
    let asked = ASKED.iter().filter(|(rule, _)| levels.is_on(*rule));
    let found = asked.flat_map(|(rule, find)| find(subject).into_iter().map(|finding| (*rule, finding)));
    let mut said = HashSet::new();
    let mut places = HashSet::new();
    let mut findings = Vec::new();
    for (asked, finding) in notes.chain(found) {
        let Some(finding) = levels.weighed(asked, finding) else { continue };
        // A cut is refused for what other rules find, too.
        let spot = finding.place.clone().filter(|place| place.spot.is_some());
        let is_known = asked == rule::CUT_READY && spot.as_ref().is_some_and(|spot| places.contains(spot));
        if said.insert((finding.place.clone(), finding.message.clone())) && !is_known {
            places.extend(spot);
            findings.push(finding);
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_that_are_asked_are_listed_first_and_in_their_order() {
        let asked: Vec<Rule> = ASKED.iter().map(|(rule, _)| *rule).collect();
        assert!(rule::CHECKED.starts_with(&asked));
    }
}
