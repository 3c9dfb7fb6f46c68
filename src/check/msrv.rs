//! The MSRV holds.

use super::{Rule, Subject};
use crate::config::check::RuleName;
use crate::finding::Finding;

pub(super) const RULE: Rule = Rule {
    name: RuleName::Msrv,
    explanation: "A release branch needs no newer Rust than it promised, and the trunk stays `msrv.behind-stable` \
                  releases behind: what `cargo relprep check-msrv` says.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    subject.msrv.clone()
}
