//! What a lock file says of the packages of the repository, against what their manifests say.

use std::collections::HashMap;

use semver::{Version, VersionReq};

use crate::edit::lockfile::{LockFile, LockPackage};
use crate::path::RepoPath;
use crate::plan::dependency::{DependencyEntry, entries_of};
use crate::workspace::{Package, Workspace};

/// A place in which a lock file is out of date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleEntry {
    /// The line, from 1; `None` where something is missing.
    pub line: Option<usize>,
    /// What is wrong, as a clause.
    pub message: String,
}

impl StaleEntry {
    fn new(line: usize, message: String) -> Self {
        Self { line: Some(line), message }
    }
}

/// Returns where the lock file `path` differs from the manifests: in the members with all that they
/// depend on where it is the workspace's own, and otherwise in the versions of the `packages` that it may
/// name, and in what the package beside it depends on.
pub fn stale(
    workspace: &Workspace,
    path: &RepoPath,
    lock: &LockFile<'_>,
    packages: &[&Package],
) -> Vec<StaleEntry> {
    let locked = LockedByName::new(lock);
    let manifest = path.sibling("Cargo.toml");
    if manifest.as_ref() == Some(&workspace.root) {
        let members = workspace.packages.iter().filter(|package| package.member);
        return members.flat_map(|package| locked.stale_member(workspace, package)).collect();
    }
    let mut stale: Vec<StaleEntry> =
        packages.iter().filter_map(|package| locked.stale_version(package)).collect();
    let beside = manifest.and_then(|manifest| workspace.outsider(&manifest));
    if let Some(package) = beside
        && let Some(block) = locked.block(&package)
    {
        stale.extend(locked.drift(&package, block, &entries_of(workspace, &package)));
    }
    stale
}

/// The packages of a lock file, by name.
struct LockedByName<'a>(HashMap<&'a str, Vec<&'a LockPackage<'a>>>);

impl<'a> LockedByName<'a> {
    fn new(lock: &'a LockFile<'a>) -> Self {
        let mut packages: HashMap<&str, Vec<&LockPackage<'_>>> = HashMap::new();
        for package in &lock.packages {
            packages.entry(package.name).or_default().push(package);
        }
        Self(packages)
    }

    fn local(&self, name: &str) -> Vec<&'a LockPackage<'a>> {
        let named = self.0.get(name).into_iter().flatten();
        named.copied().filter(|locked| locked.source.is_none()).collect()
    }

    /// Returns the block of a package: of several of its name, the one at its version.
    fn block(&self, package: &Package) -> Option<&'a LockPackage<'a>> {
        let locked = self.local(&package.name);
        locked.iter().find(|locked| is_at(locked, package)).or(locked.first()).copied()
    }

    fn stale_member(&self, workspace: &Workspace, package: &Package) -> Vec<StaleEntry> {
        match (self.stale_version(package), self.block(package)) {
            (Some(stale), _) => vec![stale],
            (None, Some(locked)) => self.drift(package, locked, &entries_of(workspace, package)),
            (None, None) => {
                vec![StaleEntry {
                    line: None,
                    message: format!("the member `{}` is not locked", package.name),
                }]
            }
        }
    }

    /// Finds a package that is locked at another version than it has.
    fn stale_version(&self, package: &Package) -> Option<StaleEntry> {
        let locked = self.local(&package.name);
        let first = locked.first().filter(|_| !locked.iter().any(|locked| is_at(locked, package)))?;
        let message =
            format!("`{}` is locked at {}, and it is at {}", package.name, first.version, package.version);
        Some(StaleEntry::new(first.line, message))
    }

    /// Compares what a member depends on with what is locked for it.
    fn drift(
        &self,
        package: &Package,
        locked: &LockPackage<'_>,
        entries: &[DependencyEntry<'_>],
    ) -> Vec<StaleEntry> {
        let mut stale = Vec::new();
        for entry in entries.iter().filter(|entry| entry.stated.package != package.name) {
            let name = entry.stated.package.as_str();
            let versions: Vec<Version> = locked
                .dependencies
                .iter()
                .filter(|reference| reference.name == name)
                .filter_map(|reference| self.version(name, reference.version))
                .collect();
            let wanted = entry.stated.requirement.as_ref().map(|text| &text.value);
            let parsed = wanted.and_then(|wanted| VersionReq::parse(wanted).ok());
            if versions.is_empty() {
                let message = format!("`{}` depends on `{name}`, which is not locked for it", package.name);
                stale.push(StaleEntry::new(locked.line, message));
            } else if parsed.is_some_and(|wanted| !versions.iter().any(|version| wanted.matches(version))) {
                let wanted = wanted.map_or("*", String::as_str);
                let message = format!(
                    "`{}` requires `{name}` as `{wanted}`, and {} is locked",
                    package.name, versions[0]
                );
                stale.push(StaleEntry::new(locked.line, message));
            }
        }
        for reference in &locked.dependencies {
            if !entries.iter().any(|entry| entry.stated.package == reference.name) {
                let message = format!(
                    "`{}` does not depend on `{}`, which is locked for it",
                    package.name, reference.name
                );
                stale.push(StaleEntry::new(reference.line, message));
            }
        }
        stale
    }

    /// Returns the version that a reference means: its own, or that of the only package of the name.
    fn version(&self, name: &str, stated: Option<&str>) -> Option<Version> {
        let only = || self.0.get(name)?.first().map(|package| package.version);
        stated.or_else(only)?.parse().ok()
    }
}

fn is_at(locked: &LockPackage<'_>, package: &Package) -> bool {
    locked.version.parse::<Version>().is_ok_and(|version| version == package.version)
}
