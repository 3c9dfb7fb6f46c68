//! Lines that differ.

use similar::{ChangeTag, TextDiff};

use crate::finding::{Finding, Places};
use crate::path::RepoPath;
use crate::rule;
use crate::text::counted;

/// Returns a finding for each run of lines in which `old` and `new` differ; they are shown as they
/// are in `shown`, which has the lines of `new` at the same places.
pub(super) fn changed_lines(path: &RepoPath, old: &str, new: &str, shown: &str) -> Vec<Finding> {
    let diff = TextDiff::from_lines(old, new);
    let places = Places::of(path, shown);
    let mut findings = Vec::new();
    for hunk in diff.grouped_ops(0) {
        let changes: Vec<_> = hunk.iter().flat_map(|op| diff.iter_changes(op)).collect();
        let added = changes.iter().filter(|change| change.tag() == ChangeTag::Insert);
        let removed = changes.iter().filter(|change| change.tag() == ChangeTag::Delete);
        let (added, removed) = (added.count(), removed.count());
        let line = hunk.first().map_or(0, |op| op.new_range().start) + 1;
        let what = match (removed, added) {
            (0, _) => "a line is new that is not a version".to_owned(),
            (_, 0) => format!("{} without a version removed before this line", counted(removed, "line")),
            _ => "more than a version differs in this line".to_owned(),
        };
        findings.push(Finding::of(rule::ONLY_VERSIONS, what).at(places.line(line)));
    }
    findings
}
