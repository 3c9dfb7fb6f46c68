//! What differs in a lock file besides the versions of local packages.

use std::collections::BTreeMap;

use crate::edit::lockfile::{
    self, Followed, LockFile, LockPackage, Moved, PackageChange, third_party_changes,
};
use crate::finding::{Finding, Place, Places, Refused};
use crate::path::RepoPath;
use crate::project::Project;
use crate::rule;
use crate::workspace::lock_scope::LockScope;

/// Returns what differs from `old` to `new` besides the versions of the packages of the workspace.
pub(super) fn findings(
    path: &RepoPath,
    old: &str,
    new: &str,
    before: &Project,
    after: &Project,
) -> Vec<Finding> {
    let moved = moved(path, before, after);
    if let Ok(Followed::Edited(text)) = lockfile::follow(path, old, &moved)
        && text == new
    {
        return Vec::new();
    }
    match (LockFile::read(path, old), LockFile::read(path, new)) {
        (Ok(earlier), Ok(later)) => differences(path, new, &earlier, &later),
        (Err(Refused(findings)), _) | (_, Err(Refused(findings))) => findings,
    }
}

fn moved(path: &RepoPath, before: &Project, after: &Project) -> Vec<Moved> {
    let packages = LockScope::of(&before.workspace).packages(path);
    let moves = packages.into_iter().filter_map(|package| {
        let now = after.workspace.package_at(&package.manifest)?;
        (now.version != package.version && now.name == package.name).then(|| Moved {
            name: package.name.clone(),
            from: package.version.clone(),
            to: now.version.clone(),
        })
    });
    moves.collect()
}

fn differences(path: &RepoPath, new: &str, earlier: &LockFile<'_>, later: &LockFile<'_>) -> Vec<Finding> {
    let places = Places::of(path, new);
    let at = |line: usize| places.line(line);
    let mut findings: Vec<Finding> = third_party_changes(earlier, later)
        .into_iter()
        .map(|change| {
            let place = match change {
                PackageChange::Added(package) | PackageChange::Changed { after: package, .. } => {
                    at(package.line)
                }
                PackageChange::Removed(_) => Place::file(path),
            };
            Finding::of(rule::ONLY_VERSIONS, format!("a third party differs: {change}")).at(place)
        })
        .collect();
    let (before, after) = (dependencies(earlier), dependencies(later));
    for (name, (line, now)) in &after {
        match before.get(name) {
            None => findings.push(
                Finding::of(rule::ONLY_VERSIONS, format!("the local package `{name}` is new")).at(at(*line)),
            ),
            Some((_, then)) if then != now => {
                let message = format!("the dependencies of `{name}` are others");
                findings.push(Finding::of(rule::ONLY_VERSIONS, message).at(at(*line)));
            }
            Some(_) => {}
        }
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        findings.push(
            Finding::of(rule::ONLY_VERSIONS, format!("the local package `{name}` is gone"))
                .at(Place::file(path)),
        );
    }
    if findings.is_empty() && earlier.format != later.format {
        let message = format!(
            "the lock file's format is another one: {:?}, and it was {:?}",
            later.format, earlier.format
        );
        findings.push(Finding::of(rule::ONLY_VERSIONS, message).at(at(1)));
    }
    findings
}

/// Returns the names of what each package depends on, by the package's name, with its line.
fn dependencies<'a>(lock: &LockFile<'a>) -> BTreeMap<&'a str, (usize, Vec<&'a str>)> {
    let mut by_name: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
    let is_local = |package: &&LockPackage<'_>| package.source.is_none();
    for package in lock.packages.iter().filter(is_local) {
        let names = package.dependencies.iter().map(|reference| reference.name);
        by_name.entry(package.name).or_insert((package.line, Vec::new())).1.extend(names);
    }
    for (_, names) in by_name.values_mut() {
        names.sort_unstable();
    }
    by_name
}
