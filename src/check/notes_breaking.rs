//! The notes of a release name what it breaks.

use std::collections::BTreeSet;

use semver::Version;

use super::{BranchKind, CheckedNotes, Subject};
use crate::finding::{Finding, Place};
use crate::rule;
use crate::version::{Step, distance, plain};
use crate::workspace::Package;

/// Finds version lines that take a major step on a release branch, and notes that do not say so.
pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let (BranchKind::Release(_), Ok(lines), Some(first)) = (&subject.role, &subject.lines, &subject.first)
    else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for line in &lines.moving {
        let then = |package: &&'_ Package| Some((package.name.clone(), version_then(subject, package)?));
        let Some((name, before)) = line.packages.iter().find_map(then) else { continue };
        if distance(&plain(&before), &plain(&line.version)) != Step::Major {
            continue;
        }
        let what = format!("`{name}` goes from {before}, of {}, to {}", first.release, line.version);
        let silent = silent(subject, |file| line.has(&file.package.name));
        findings.extend(silent.map(|file| unnamed(file, &what)));
    }
    findings
}

/// Finds notes that name nothing breaking, of releases that break the interfaces of `packages`.
pub fn of_interfaces(subject: &Subject<'_>, packages: &BTreeSet<&str>) -> Vec<Finding> {
    let Some(first) = packages.first() else { return Vec::new() };
    let is_broken = |file: &CheckedNotes<'_>| packages.contains(file.package.name.as_str());
    let silent = silent(subject, is_broken);
    let finding = |file: &CheckedNotes<'_>| {
        let name = if is_broken(file) { file.package.name.as_str() } else { first };
        unnamed(file, &format!("the interface of `{name}` breaks"))
    };
    silent.map(finding).collect()
}

/// Returns the notes that are about what breaks, and name nothing breaking: those that are `meant`, or else those of
/// the product.
fn silent<'s>(
    subject: &'s Subject<'_>,
    meant: impl Fn(&CheckedNotes<'_>) -> bool + Copy + 's,
) -> impl Iterator<Item = &'s CheckedNotes<'s>> {
    let has_own = subject.notes.iter().any(|file| !file.is_products && meant(file));
    let files = subject.notes.iter().filter(move |file| if has_own { meant(file) } else { file.is_products });
    files.filter(|file| {
        // An earlier release of the branch may have said it.
        let since = version_then(subject, file.package).map(|then| plain(&then));
        let current = file.version.clone();
        let is_earlier =
            |version: &Version| *version < current && since.as_ref().is_some_and(|since| version > since);
        let mut earlier = file.notes.sections().iter().filter(|section| is_earlier(&section.version));
        file.notes.names_breaking(&current) == Some(false)
            && !earlier.any(|section| file.notes.section_names_breaking(section))
    })
}

fn unnamed(file: &CheckedNotes<'_>, what: &str) -> Finding {
    let version = file.version.clone();
    let place = file.notes.sections_of(&version).map(|section| &section.heading).next();
    let place = place.or(file.notes.gatherings().first().map(|gathering| &gathering.heading));
    let place = place.map_or_else(|| Place::file(file.path), |heading| file.notes.place(heading));
    let message = format!("{what}, and the notes of {version} name nothing that breaks");
    Finding::of(rule::NOTES_BREAKING, message)
        .at(place)
        .remedy("say it in an entry with the word `breaking`, or under a heading of changes or removals")
}

/// Returns the version that a package had at the line's first release.
fn version_then(subject: &Subject<'_>, package: &Package) -> Option<Version> {
    let manifests = &subject.first.as_ref()?.manifests;
    let own = &manifests.get(&package.manifest)?.manifest.package.as_ref()?.version;
    let shared = manifests.get(&subject.request.project.workspace.root);
    let inherited = || shared?.manifest.workspace.as_ref()?.package.version.literal();
    own.literal().or_else(inherited)?.value.parse().ok()
}
