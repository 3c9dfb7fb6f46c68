//! The archive links every older release branch once.

use std::collections::{BTreeMap, HashSet};

use semver::Version;

use super::{BranchKind, CheckedNotes, Subject};
use crate::edit::notes::{Archive, Layout, Notes};
use crate::finding::{Finding, Place};
use crate::git::BranchName;
use crate::path::RepoPath;
use crate::rule;
use crate::version::plain;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    subject.notes.iter().flat_map(|file| of_file(subject, file)).collect()
}

fn of_file(subject: &Subject<'_>, file: &CheckedNotes<'_>) -> Vec<Finding> {
    let CheckedNotes { path, notes, .. } = file;
    // Where it is not known, the notes are those of one package, of which there may be one file.
    if matches!(file.layout, Some(Layout::Growing | Layout::Unreleased))
        || file.layout.is_none() && !file.is_products
    {
        return Vec::new();
    }
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
    if let Some(archive) = notes.archive() {
        findings.extend(leading_nowhere(subject, file, archive));
    }
    findings.extend(subject.without_branches());
    findings
}

/// Finds links to branches that are not there, and to notes that a branch does not have.
fn leading_nowhere(
    subject: &Subject<'_>,
    CheckedNotes { path, notes, missing_on, .. }: &CheckedNotes<'_>,
    archive: &Archive<'_>,
) -> Vec<Finding> {
    let (project, branches) = (subject.request.project, &subject.request.refs.branches);
    let mut findings = Vec::new();
    for branch in missing_on {
        for link in archive.links_to(branch.as_str()) {
            let message = format!("the archive links to {branch}, which has no {path}");
            let nowhere = Finding::of(rule::NOTES_ARCHIVE, message).at(notes.place(&link.range));
            findings.push(nowhere.remedy("take the entry out, or write the notes of that branch"));
        }
    }
    if subject.gap.is_some() {
        return findings;
    }
    // Of branches that are older than all that are here nobody can tell whether they are gone.
    let oldest = project.config.names.branch.lines(branches.names()).into_keys().next();
    for entry in &archive.entries {
        let is_known = |version: &&Version| oldest.as_ref().is_some_and(|oldest| *version >= oldest);
        let version = entry.version.clone().or_else(|| entry.numbered());
        let Some(version) = version.filter(|version| is_known(&version)) else { continue };
        let branch = project.branch(&version);
        if entry.names(&branch) && !branches.contains(&branch) {
            let message = format!("the archive links to {branch}, which is not there");
            let nowhere =
                Finding::of(rule::NOTES_ARCHIVE, message).as_warning().at(notes.place(&entry.range));
            findings.push(nowhere.remedy("take the entry out, or correct the branch"));
        }
    }
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
