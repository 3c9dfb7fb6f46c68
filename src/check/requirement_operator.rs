//! Members require each other as the configuration says: exactly, or by caret.

use super::{Rule, Subject};
use crate::config::check::RuleName;
use crate::finding::Finding;
use crate::plan::lines::Moves;
use crate::plan::requirements;

pub(super) const RULE: Rule = Rule {
    name: RuleName::RequirementOperator,
    explanation: "Members require each other exactly or by caret, as `[requirements]` says. Parts of one whole that \
                  are not required exactly can be mixed with those of another release.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let project = subject.request.project;
    requirements::follow(&project.workspace, &project.config, &Moves::new()).findings
}
