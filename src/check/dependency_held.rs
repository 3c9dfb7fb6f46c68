//! A patch asks users for nothing new: dependencies and features are those of the line's first release.

use std::collections::BTreeMap;

use semver::{Op, VersionReq};

use super::{BranchKind, FirstManifests, Subject};
use crate::edit::manifest::{Dependency, DependencyKind, Manifest};
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;
use crate::workspace::{ManifestFile, Workspace};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let (BranchKind::Release(_), Some(first)) = (&subject.role, &subject.first) else { return Vec::new() };
    let workspace = &subject.request.project.workspace;
    let mut findings = Vec::new();
    for package in workspace.packages.iter().filter(|package| package.is_published()) {
        let Some(before) = first.manifests.get(&package.manifest) else { continue };
        let Some(now) = workspace.manifests.get(&package.manifest) else { continue };
        let comparison = PackageComparison {
            workspace,
            first,
            name: &package.name,
            path: &package.manifest,
            before: &before.manifest,
            now,
        };
        findings.extend(comparison.dependencies());
        findings.extend(comparison.features());
    }
    findings
}

/// One package, then and now.
struct PackageComparison<'a> {
    workspace: &'a Workspace,
    first: &'a FirstManifests,
    name: &'a str,
    path: &'a RepoPath,
    before: &'a Manifest,
    now: &'a ManifestFile,
}

/// A dependency as it is stated: in the workspace's table if it is inherited.
type StatedDependency<'a> = (&'a Dependency, &'a RepoPath);

impl PackageComparison<'_> {
    fn dependencies(&self) -> Vec<Finding> {
        let (root, release) = (&self.workspace.root, &self.first.release);
        let before = users(self.before, (self.path, root), &self.first.manifests);
        let now = users(&self.now.manifest, (self.path, root), &self.workspace.manifests);
        let mut findings = Vec::new();
        for (name, (stated, path)) in &now {
            let Some((earlier, _)) = before.get(name) else {
                let message = format!("`{}` requires `{name}`, which {release} did not", self.name);
                findings.push(wrong(message).at(self.place(path, stated)));
                continue;
            };
            let (Some(from), Some(to)) = (&earlier.requirement, &stated.requirement) else { continue };
            if is_incompatible(&from.value, &to.value) {
                let (from, to) = (&from.value, &to.value);
                let message =
                    format!("`{}` requires `{name}` `{to}`, and {release} required `{from}`", self.name);
                findings.push(wrong(message).at(self.place(path, stated)));
            }
        }
        for name in before.keys().filter(|name| !now.contains_key(*name)) {
            let message = format!("`{}` does not require `{name}` any more, as {release} did", self.name);
            findings.push(wrong(message).at(Place::file(self.path)));
        }
        findings
    }

    fn features(&self) -> Vec<Finding> {
        let release = &self.first.release;
        let gone = self.before.features.iter().filter(|name| !self.now.manifest.features.contains(name));
        let finding = |name: &String| {
            let message = format!("`{}` has no feature `{name}`, which {release} had", self.name);
            wrong(message).at(Place::file(self.path))
        };
        gone.map(finding).collect()
    }

    fn place(&self, path: &RepoPath, stated: &Dependency) -> Option<Place> {
        let file = self.workspace.manifests.get(path)?;
        Some(Place::range(path, &file.text, stated.range.clone()))
    }
}

fn wrong(message: String) -> Finding {
    Finding::of(rule::DEPENDENCY_HELD, message)
        .remedy("leave it as it was, or let it wait for the next release")
}

/// Returns what users of a package get with it from others than the workspace, by name.
fn users<'a>(
    manifest: &'a Manifest,
    (path, root): (&'a RepoPath, &'a RepoPath),
    manifests: &'a BTreeMap<RepoPath, ManifestFile>,
) -> BTreeMap<&'a str, StatedDependency<'a>> {
    let shared = |key: &str| manifests.get(root)?.manifest.shared(key);
    let counts = |one: &&Dependency| matches!(one.kind, DependencyKind::Normal | DependencyKind::Build);
    let stated = manifest.dependencies.iter().filter(counts).filter_map(|one| match one.inherited {
        true => Some((shared(&one.key)?, root)),
        false => Some((one, path)),
    });
    stated
        .filter(|(one, _)| one.path.is_none())
        .map(|(one, path)| (one.package.as_str(), (one, path)))
        .collect()
}

/// Returns whether no version that `from` takes is one that `to` takes, as Cargo tells compatible versions: by the
/// first number that is not zero.
fn is_incompatible(from: &str, to: &str) -> bool {
    let series = |text: &str| -> Option<Vec<(u64, u64, u64)>> {
        let requirement = VersionReq::parse(text).ok()?;
        let bound = |one: &semver::Comparator| match one.op {
            Op::Exact | Op::Caret | Op::Tilde => Some(match (one.major, one.minor, one.patch) {
                (0, Some(0), Some(patch)) => (0, 0, patch),
                (0, Some(minor), _) => (0, minor, 0),
                (major, _, _) => (major, 0, 0),
            }),
            _ => None,
        };
        requirement.comparators.iter().map(bound).collect()
    };
    match (series(from), series(to)) {
        (Some(from), Some(to)) if !from.is_empty() && !to.is_empty() => from != to,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_incompatible;

    #[test]
    fn versions_are_compatible_up_to_the_first_number_that_is_not_zero() {
        for (from, to) in [("1.2", "1.9.3"), ("0.3.1", "=0.3.7"), ("^2", "~2.1"), ("*", "3"), (">=1", "5")] {
            assert!(!is_incompatible(from, to), "{from} {to}");
        }
        for (from, to) in [("1.2", "2"), ("0.3.1", "0.4"), ("0.0.3", "0.0.4"), ("0.9", "1.0")] {
            assert!(is_incompatible(from, to), "{from} {to}");
        }
    }
}
