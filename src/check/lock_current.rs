//! Lock files are current: `--locked` would pass.

use std::collections::HashMap;

use semver::{Version, VersionReq};

use super::dependency::{Entry, entries};
use super::{Locked, Rule, Subject};
use crate::config::check::RuleName;
use crate::edit::lockfile::{LockFile, LockPackage};
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::workspace::Package;

pub(super) const RULE: Rule = Rule {
    name: RuleName::LockCurrent,
    explanation: "Every lock file that Cargo uses is current, so that `--locked` passes: the members are in it at \
                  their versions, with their dependencies. Whether third parties' own dependencies are, Cargo is \
                  asked offline; where it cannot tell, that is said.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let workspace = &subject.request.project.workspace;
    let main = workspace.root.sibling("Cargo.lock");
    let mut findings = Vec::new();
    for (path, text) in workspace.locks.iter().filter(|(path, _)| workspace.is_lock_in_use(path)) {
        let lock = match LockFile::read(path, text) {
            Ok(lock) => lock,
            Err(refused) => {
                findings.extend(refused.0);
                continue;
            }
        };
        let file = File::new(path, text, &lock);
        let wrong = match main.as_ref() == Some(path) {
            true => file.of_workspace(subject),
            false => workspace.packages.iter().filter_map(|package| file.stale(package)).collect(),
        };
        let said = if wrong.is_empty() { subject.locked.get(path) } else { None };
        findings.extend(wrong);
        findings.extend(said.and_then(|said| file.by_cargo(said)));
    }
    findings
}

/// A lock file, and its packages by name.
struct File<'a> {
    path: &'a RepoPath,
    text: &'a str,
    packages: HashMap<&'a str, Vec<&'a LockPackage<'a>>>,
}

impl<'a> File<'a> {
    fn new(path: &'a RepoPath, text: &'a str, lock: &'a LockFile<'a>) -> Self {
        let mut packages: HashMap<&str, Vec<&LockPackage<'_>>> = HashMap::new();
        for package in &lock.packages {
            packages.entry(package.name).or_default().push(package);
        }
        Self { path, text, packages }
    }

    fn local(&self, package: &Package) -> Vec<&'a LockPackage<'a>> {
        let named = self.packages.get(package.name.as_str()).into_iter().flatten();
        named.copied().filter(|locked| locked.source.is_none()).collect()
    }

    fn wrong(&self, line: usize, message: String) -> Finding {
        Finding::error("", message)
            .at(Place::line(self.path, self.text, line))
            .remedy("run `cargo update --workspace` there, and commit the lock file")
    }

    /// Finds a package that is locked at another version than it has.
    fn stale(&self, package: &Package) -> Option<Finding> {
        let locked = self.local(package);
        let at_version =
            |locked: &&LockPackage<'_>| locked.version.parse().ok() == Some(package.version.clone());
        let first = locked.first().filter(|_| !locked.iter().any(at_version))?;
        let message =
            format!("`{}` is locked at {}, and it is at {}", package.name, first.version, package.version);
        Some(self.wrong(first.line, message))
    }

    fn of_workspace(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let workspace = &subject.request.project.workspace;
        let mut findings = Vec::new();
        let mut dependencies: HashMap<&RepoPath, Vec<Entry<'_>>> = HashMap::new();
        for entry in entries(workspace) {
            dependencies.entry(&entry.package.manifest).or_default().push(entry);
        }
        for package in workspace.packages.iter().filter(|package| package.member) {
            let entries = dependencies.remove(&package.manifest).unwrap_or_default();
            match (self.stale(package), self.local(package).first()) {
                (Some(stale), _) => findings.push(stale),
                (None, Some(locked)) => findings.extend(self.drift(package, locked, &entries)),
                (None, None) => findings.push(
                    Finding::error("", format!("the member `{}` is not locked", package.name))
                        .at(Place::file(self.path))
                        .remedy("run `cargo update --workspace`, and commit the lock file"),
                ),
            }
        }
        findings
    }

    /// Compares what a member depends on with what is locked for it.
    fn drift(&self, package: &Package, locked: &LockPackage<'_>, entries: &[Entry<'_>]) -> Vec<Finding> {
        let mut findings = Vec::new();
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
                findings.push(self.wrong(locked.line, message));
            } else if parsed.is_some_and(|wanted| !versions.iter().any(|version| wanted.matches(version))) {
                let wanted = wanted.map_or("*", String::as_str);
                let message = format!(
                    "`{}` requires `{name}` as `{wanted}`, and {} is locked",
                    package.name, versions[0]
                );
                findings.push(self.wrong(locked.line, message));
            }
        }
        for reference in &locked.dependencies {
            if !entries.iter().any(|entry| entry.stated.package == reference.name) {
                let message = format!(
                    "`{}` does not depend on `{}`, which is locked for it",
                    package.name, reference.name
                );
                findings.push(self.wrong(reference.line, message));
            }
        }
        findings
    }

    /// Returns the version that a reference means: its own, or that of the only package of the name.
    fn version(&self, name: &str, stated: Option<&str>) -> Option<Version> {
        let only = || self.packages.get(name)?.first().map(|package| package.version);
        stated.or_else(only)?.parse().ok()
    }

    fn by_cargo(&self, locked: &Locked) -> Option<Finding> {
        let finding = match locked {
            Locked::Accepted => return None,
            Locked::Stale => Finding::error("", "Cargo would change this lock file: `--locked` fails")
                .remedy("run `cargo update --workspace` there, and commit the lock file"),
            Locked::Unknown(why) => {
                Finding::note("", format!("the members are locked as they are; the rest is unchecked: {why}"))
                    .remedy("run `cargo fetch --locked` there first")
            }
        };
        Some(finding.at(Place::file(self.path)))
    }
}
