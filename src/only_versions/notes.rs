//! What differs in the notes besides their sections and the archive's entries.

use std::collections::BTreeSet;

use super::changed::changed_lines;
use crate::edit::notes::Notes;
use crate::edit::splice::{self, Splice};
use crate::finding::Finding;
use crate::path::RepoPath;
use crate::project::Project;
use crate::rule;

/// Returns what differs from `old` to `new` besides what a cut, a release or a patch changes: the
/// section of the version that is prepared, all sections where fresh notes begin, and entries that
/// the archive gains.
pub(super) fn findings(
    path: &RepoPath,
    old: &str,
    new: &str,
    before: &Project,
    after: &Project,
) -> Vec<Finding> {
    let earlier = Notes::parse(path, old, &before.config.notes.style);
    let later = Notes::parse(path, new, &after.config.notes.style);
    let mut findings = changed_lines(path, &frame(&earlier, old), &frame(&later, new), new);
    // Lines of a frame are not where they are in the file.
    for finding in &mut findings {
        finding.place = Some(later.place(&(0..0)));
        "the notes differ outside their sections and archive entries".clone_into(&mut finding.message);
    }
    findings.truncate(1);
    let is_cut = entries(&later, new).len() > entries(&earlier, old).len();
    for gone in entries(&earlier, old).difference(&entries(&later, new)) {
        findings.push(
            Finding::of(rule::ONLY_VERSIONS, format!("the archive has lost `{gone}`"))
                .at(later.place(&(0..0))),
        );
    }
    let newest = earlier.sections().iter().map(|section| &section.version).max();
    for section in later.sections() {
        let then = earlier.sections_of(&section.version).next();
        let differs = then.is_some_and(|then| old[then.range.clone()] != new[section.range.clone()]);
        if differs && newest != Some(&section.version) {
            let message = format!("the section for {} differs, which is not being prepared", section.version);
            findings.push(Finding::of(rule::ONLY_VERSIONS, message).at(later.place(&section.heading)));
        }
    }
    if !is_cut {
        for gone in
            earlier.sections().iter().filter(|section| later.sections_of(&section.version).next().is_none())
        {
            let message = format!("the section for {} is gone", gone.version);
            findings.push(Finding::of(rule::ONLY_VERSIONS, message).at(later.place(&(0..0))));
        }
    }
    findings
}

/// Returns the text without sections and archive entries.
fn frame(notes: &Notes<'_>, text: &str) -> String {
    let sections = notes.sections().iter().map(|section| section.range.clone());
    let entries = notes.archive().into_iter().flat_map(|archive| &archive.entries).map(|entry| {
        let end = text[entry.range.end..].find('\n').map_or(text.len(), |at| entry.range.end + at + 1);
        entry.range.start..end
    });
    splice::apply(text, sections.chain(entries).map(|range| Splice::new(range, "")).collect())
}

fn entries<'a>(notes: &Notes<'_>, text: &'a str) -> BTreeSet<&'a str> {
    let entries = notes.archive().into_iter().flat_map(|archive| &archive.entries);
    entries.map(|entry| text[entry.range.clone()].trim()).collect()
}
