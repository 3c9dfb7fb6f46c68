//! The version and the branch's name agree.

use super::{Role, Rule, Subject};
use crate::config::check::RuleName;
use crate::finding::Finding;
use crate::plan::{lines, preconditions};

pub(super) const RULE: Rule = Rule {
    name: RuleName::BranchVersion,
    explanation: "A release branch holds a version of its own line: `release-36.0.0` holds 36.0.x. A bump that \
                  was made on the wrong branch shows here.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if !matches!(subject.role, Role::Release(_)) {
        return Vec::new();
    }
    let wrong = preconditions::on_release_branch(subject.request, subject.version(), &subject.name());
    let place = lines::version_place(&subject.request.project.workspace, subject.lead);
    wrong.map(|finding| finding.at(place)).into_iter().collect()
}
