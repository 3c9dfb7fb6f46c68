//! What differs in the notes besides their sections and the archive's entries.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use semver::Version;

use crate::edit::notes::{Notes, Section};
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
    let of = |message: String| Finding::of(rule::ONLY_VERSIONS, message);
    let of_whole = |message: String| of(message).at(later.place(&(0..0)));
    let mut findings = Vec::new();
    if frame(&earlier, old) != frame(&later, new) {
        findings.push(of_whole("the notes differ outside their sections and archive entries".to_owned()));
    }
    let (were, are) = (entries(&earlier, old), entries(&later, new));
    findings.extend(were.difference(&are).map(|gone| of_whole(format!("the archive has lost `{gone}`"))));
    let (then, now) = (by_version(&earlier), by_version(&later));
    let newest = then.keys().next_back();
    for section in later.sections() {
        let then = then.get(&section.version);
        let differs = then.is_some_and(|then| old[then.range.clone()] != new[section.range.clone()]);
        if differs && newest != Some(&&section.version) {
            let message = format!("the section for {} differs, which is not being prepared", section.version);
            findings.push(of(message).at(later.place(&section.heading)));
        }
    }
    let is_cut = are.len() > were.len();
    for gone in earlier.sections().iter().filter(|section| !is_cut && !now.contains_key(&section.version)) {
        findings.push(of_whole(format!("the section for {} is gone", gone.version)));
    }
    findings
}

/// Returns the first section of each version.
fn by_version<'n>(notes: &'n Notes<'_>) -> BTreeMap<&'n Version, &'n Section> {
    notes.sections().iter().rev().map(|section| (&section.version, section)).collect()
}

/// Returns the text without sections and archive entries.
fn frame(notes: &Notes<'_>, text: &str) -> String {
    let sections = notes.sections().iter().map(|section| section.range.clone());
    let entries = notes.archive().into_iter().flat_map(|archive| &archive.entries).map(|entry| {
        let end = text[entry.range.end..].find('\n').map_or(text.len(), |at| entry.range.end + at + 1);
        entry.range.start..end
    });
    let gathered = notes.gatherings().iter().map(|gathering| gathering.range.clone());
    let mut ranges: Vec<Range<usize>> = sections.chain(gathered).chain(entries).collect();
    ranges.sort_unstable_by_key(|range| range.start);
    let is_free = |line: &Range<usize>| {
        let before = ranges.partition_point(|range| range.start <= line.start);
        before.checked_sub(1).is_none_or(|last| ranges[last].end <= line.start)
    };
    let lines = notes.definitions().iter().map(|definition| definition.line.start..definition.next);
    let lines: Vec<Range<usize>> = lines.filter(is_free).collect();
    ranges.extend(lines);
    splice::apply(text, ranges.into_iter().map(|range| Splice::new(range, "")).collect())
}

fn entries<'a>(notes: &Notes<'_>, text: &'a str) -> BTreeSet<&'a str> {
    let entries = notes.archive().into_iter().flat_map(|archive| &archive.entries);
    entries.map(|entry| text[entry.range.clone()].trim()).collect()
}
