//! On the trunk, all that a cut needs.

use super::{Role, Subject};
use crate::finding::Finding;
use crate::plan::cut;
use crate::rule::{self, Severity};
use crate::version::Step;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.role != Role::Trunk {
        return Vec::new();
    }
    let refused = cut::plan(subject.request, Step::Major).err().unwrap_or_default();
    // Right after a cut nothing has come that could be cut, and that is as it should be.
    let matters =
        |finding: &Finding| finding.severity == Severity::Error && finding.rule != rule::TRUNK_ALREADY_MOVED;
    refused.into_iter().filter(matters).chain(subject.without_tags()).collect()
}
