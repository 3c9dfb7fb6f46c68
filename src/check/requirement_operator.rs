//! Members require each other as the configuration says: exactly, or by caret.

use super::Subject;
use crate::finding::Finding;
use crate::plan::lines::Moves;
use crate::plan::requirements;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let project = subject.request.project;
    requirements::follow(&project.workspace, &project.config, &Moves::new()).findings
}
