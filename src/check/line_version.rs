//! The packages of a version line share their version.

use super::{Rule, Subject};
use crate::config::check::RuleName;
use crate::finding::Finding;

pub(super) const RULE: Rule = Rule {
    name: RuleName::LineVersion,
    explanation: "The packages of a version line have one version. One that was left behind by a bump shows \
                  here, if a `[[line]]` of the configuration names it.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    match &subject.lines {
        Ok(lines) => lines.notes.clone(),
        Err(findings) => findings.clone(),
    }
}
