//! The packages of a version line share their version.

use super::Subject;
use crate::finding::Finding;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    match &subject.lines {
        Ok(lines) => lines.notes.clone(),
        Err(findings) => findings.clone(),
    }
}
