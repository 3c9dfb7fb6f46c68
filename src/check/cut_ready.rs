//! On the trunk, all that a cut needs.

use super::{BranchKind, Subject};
use crate::finding::Finding;
use crate::plan::cut::{self, TipHistory};
use crate::rule::{self, Severity};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.role != BranchKind::Trunk {
        return Vec::new();
    }
    // Right after a cut nothing has come that could be cut, and that is as it should be: what came before
    // does not matter.
    let refused = cut::plan(subject.request, &TipHistory::default()).err().unwrap_or_default();
    // Where there are no release branches, releases are made from the trunk, and its version is tagged.
    let request = subject.request;
    let is_cut = !request.project.config.names.branch.lines(request.refs.branches.names()).is_empty();
    let is_error = |finding: &Finding| {
        finding.severity == Severity::Error && (is_cut || finding.rule != rule::TAG_EXISTS)
    };
    refused.into_iter().filter(is_error).chain(subject.without_tags()).collect()
}
