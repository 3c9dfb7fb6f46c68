//! The archive links every older release branch once.

use std::collections::{BTreeMap, HashSet};

use semver::Version;

use super::{BranchKind, Subject};
use crate::edit::notes::{Archive, Notes};
use crate::finding::{Finding, Place};
use crate::git::BranchName;
use crate::path::RepoPath;
use crate::rule;
use crate::version::plain;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let Some((path, notes)) = &subject.notes else { return Vec::new() };
    let line = match &subject.role {
        BranchKind::Release(line) => line.clone(),
        BranchKind::Trunk => plain(subject.version()),
        BranchKind::Other => return Vec::new(),
    };
    let names = &subject.request.project.config.names.branch;
    let branches = subject.request.refs.branches.names();
    let mut older = names.lines(branches);
    older.retain(|version, _| *version < line);
    let mut findings = match notes.archive() {
        None if older.is_empty() => Vec::new(),
        None => {
            let message = format!("the notes have no archive, and there are {} older branches", older.len());
            vec![
                Finding::of(rule::NOTES_ARCHIVE, message)
                    .at(Place::file(path))
                    .remedy("write the archive's marker and entries"),
            ]
        }
        Some(archive) => wrong(path, notes, archive, &older),
    };
    findings.extend(subject.without_branches());
    findings
}

fn wrong(
    path: &RepoPath,
    notes: &Notes<'_>,
    archive: &Archive<'_>,
    older: &BTreeMap<Version, &BranchName>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for marker in &archive.more_markers {
        let second =
            Finding::of(rule::NOTES_ARCHIVE, "the archive has a second marker").at(notes.place(marker));
        findings.push(second.remedy("keep the first"));
    }
    let versions: HashSet<&Version> =
        archive.entries.iter().filter_map(|entry| entry.version.as_ref()).collect();
    for (version, branch) in older {
        let mut links = archive.links_to(branch.as_str());
        if links.next().is_none() && !versions.contains(version) {
            let missing = Finding::of(rule::NOTES_ARCHIVE, format!("the archive does not link to {branch}"));
            findings.push(missing.at(Place::file(path)).remedy("add its entry, the newest first"));
        }
        for link in links {
            let again = Finding::of(rule::NOTES_ARCHIVE, format!("the archive links to {branch} again"));
            findings.push(again.at(notes.place(&link.range)).remedy("keep one of the entries"));
        }
    }
    findings
}
