//! The MSRV holds.

use super::Subject;
use crate::finding::Finding;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    subject.msrv.clone()
}
