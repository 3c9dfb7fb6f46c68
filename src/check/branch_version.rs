//! The version and the branch's name agree.

use super::{BranchKind, Subject};
use crate::finding::Finding;
use crate::plan::{lines, preconditions};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if !matches!(subject.role, BranchKind::Release(_)) {
        return Vec::new();
    }
    let wrong = preconditions::on_release_branch(subject.request, subject.version());
    let place = lines::version_place(&subject.request.project.workspace, subject.lead);
    wrong.map(|finding| finding.at(place)).into_iter().collect()
}
