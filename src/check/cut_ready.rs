//! On the trunk, all that a cut needs.

use super::{Role, Rule, Subject};
use crate::config::check::RuleName;
use crate::finding::{Finding, Severity};
use crate::plan::cut;
use crate::version::Step;

pub(super) const RULE: Rule = Rule {
    name: RuleName::CutReady,
    explanation: "On the trunk, `cargo relprep branch` would cut: the branch and tag of its version are free, every \
                  version and requirement can move, and the notes can begin anew.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.role != Role::Trunk {
        return Vec::new();
    }
    let refused = cut::plan(subject.request, Step::Major).err().unwrap_or_default();
    // Right after a cut nothing has come that could be cut, and that is as it should be.
    let matters =
        |finding: &Finding| finding.severity == Severity::Error && finding.rule != "trunk-already-moved";
    refused.into_iter().filter(matters).chain(subject.without_tags()).collect()
}
