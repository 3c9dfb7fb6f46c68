//! On the trunk, all that a cut needs.

use super::{BranchKind, Subject};
use crate::finding::Finding;
use crate::plan::cut::{self, TipHistory};
use crate::rule::Severity;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.role != BranchKind::Trunk {
        return Vec::new();
    }
    // Right after a cut nothing has come that could be cut, and that is as it should be: what came before
    // does not matter.
    let refused = cut::plan(subject.request, &TipHistory::default()).err().unwrap_or_default();
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    refused.into_iter().filter(is_error).chain(subject.without_tags()).collect()
}
