//! What a backport should not do without being asked: raise the MSRV, change a requirement that the
//! users of a published package see, or bring a new dependency.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::edit::lockfile::{Change, LockFile, third_party_changes};
use crate::edit::manifest::{Dependency, DependencyKind, Manifest, PackageTable};
use crate::path::RepoPath;

/// Something that a backport would do and that a release branch is better spared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "flag")]
pub enum Flag {
    /// `rust-version` rises, or is stated for the first time.
    Msrv {
        /// The manifest.
        path: RepoPath,
        /// What it was.
        from: Option<String>,
        /// What it becomes.
        to: String,
    },
    /// A requirement that users of the package see becomes another one.
    Requirement {
        /// The manifest.
        path: RepoPath,
        /// The package required.
        package: String,
        /// What it was; `None` where any version would do.
        from: Option<String>,
        /// What it becomes.
        to: Option<String>,
    },
    /// A dependency is new.
    Dependency {
        /// The manifest or lock file.
        path: RepoPath,
        /// The package required.
        package: String,
    },
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let any = |requirement: &Option<String>| requirement.clone().unwrap_or_else(|| "any".to_owned());
        match self {
            Self::Msrv { path, from: Some(from), to } => {
                write!(f, "raises the MSRV from {from} to {to} ({path})")
            }
            Self::Msrv { path, from: None, to } => write!(f, "states an MSRV, {to} ({path})"),
            Self::Requirement { path, package, from, to } => {
                write!(f, "changes the requirement of {package} from {} to {} ({path})", any(from), any(to))
            }
            Self::Dependency { path, package } => write!(f, "adds the dependency {package} ({path})"),
        }
    }
}

/// The manifests and lock files that a backport changes, as texts before and after.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// By path; `None` where the file is not there.
    pub files: BTreeMap<RepoPath, (Option<String>, Option<String>)>,
}

/// Returns what is to be flagged, sorted, each once; `members` are no new dependencies. What cannot be
/// read is not judged here.
pub fn flags(changed: &Changed, members: &BTreeSet<String>) -> Vec<Flag> {
    let mut flags = BTreeSet::new();
    for (path, (before, after)) in &changed.files {
        let (before, after) = (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
        if path.file_name() == "Cargo.lock" {
            flags.extend(locked(path, before, after));
        } else if let (Ok(before), Ok(after)) = (Manifest::parse(path, before), Manifest::parse(path, after))
        {
            flags.extend(msrv(path, &before, &after));
            flags.extend(dependencies(path, &before, &after));
        }
    }
    let in_manifest: BTreeSet<String> = flags.iter().filter_map(manifest_dependency).collect();
    let twice = |flag: &Flag| match flag {
        Flag::Dependency { path, package } => {
            path.file_name() == "Cargo.lock" && in_manifest.contains(package)
        }
        _ => false,
    };
    let member = |flag: &Flag| matches!(flag, Flag::Dependency { package, .. } if members.contains(package));
    flags.into_iter().filter(|flag| !twice(flag) && !member(flag)).collect()
}

fn manifest_dependency(flag: &Flag) -> Option<String> {
    match flag {
        Flag::Dependency { path, package } if path.file_name() != "Cargo.lock" => Some(package.clone()),
        _ => None,
    }
}

fn msrv(path: &RepoPath, before: &Manifest, after: &Manifest) -> Vec<Flag> {
    let package = |manifest: &Manifest| stated(manifest.package.as_ref());
    let workspace = |manifest: &Manifest| stated(manifest.workspace.as_ref().map(|table| &table.package));
    let is_new = before.package.is_none() && before.workspace.is_none();
    let rises = |(from, to): (Option<String>, Option<String>)| {
        let to = to?;
        let higher = from.as_deref().is_none_or(|from| numbers(&to) > numbers(from));
        (higher && !is_new).then(|| Flag::Msrv { path: path.clone(), from, to })
    };
    [(package(before), package(after)), (workspace(before), workspace(after))]
        .into_iter()
        .filter_map(rises)
        .collect()
}

fn stated(table: Option<&PackageTable>) -> Option<String> {
    Some(table?.rust_version.literal()?.value.clone())
}

/// Returns the three numbers of a `rust-version`, of which the last may be left out.
fn numbers(version: &str) -> [u64; 3] {
    let mut numbers = [0; 3];
    let text = version.split(['-', '+']).next().unwrap_or_default();
    for (slot, number) in numbers.iter_mut().zip(text.split('.')) {
        *slot = number.trim().parse().unwrap_or(0);
    }
    numbers
}

fn dependencies(path: &RepoPath, before: &Manifest, after: &Manifest) -> Vec<Flag> {
    let published = after.package.as_ref().is_none_or(|package| !package.unpublished);
    let counts = |dependency: &&Dependency| {
        matches!(dependency.kind, DependencyKind::Normal | DependencyKind::Build | DependencyKind::Workspace)
    };
    let mut flags = Vec::new();
    for new in after.dependencies.iter().filter(counts) {
        let old = before.dependencies.iter().find(|old| old.kind == new.kind && old.key == new.key);
        let requirement =
            |dependency: &Dependency| dependency.requirement.as_ref().map(|text| text.value.clone());
        let elsewhere = || before.dependencies.iter().any(|old| old.package == new.package);
        match old {
            Some(old)
                if published && old.inherited == new.inherited && requirement(old) != requirement(new) =>
            {
                flags.push(Flag::Requirement {
                    path: path.clone(),
                    package: new.package.clone(),
                    from: requirement(old),
                    to: requirement(new),
                });
            }
            None if new.kind != DependencyKind::Workspace && !elsewhere() => {
                flags.push(Flag::Dependency { path: path.clone(), package: new.package.clone() });
            }
            _ => {}
        }
    }
    flags
}

/// Returns the third parties that a lock file has never named before.
fn locked(path: &RepoPath, before: &str, after: &str) -> Vec<Flag> {
    let (Ok(before), Ok(after)) = (LockFile::read(path, before), LockFile::read(path, after)) else {
        return Vec::new();
    };
    let known: BTreeSet<&str> = before.packages.iter().map(|package| package.name).collect();
    let changes = third_party_changes(&before, &after);
    let new = changes.iter().filter_map(|change| match change {
        Change::Added(package) if !known.contains(package.name) => {
            Some(Flag::Dependency { path: path.clone(), package: package.name.to_owned() })
        }
        _ => None,
    });
    new.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flagged(before: &str, after: &str) -> Vec<String> {
        let path = RepoPath::new("a/Cargo.toml").unwrap();
        let files = [(path, (Some(before.to_owned()), Some(after.to_owned())))].into();
        flags(&Changed { files }, &BTreeSet::from(["mine".to_owned()]))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn only_what_users_notice_is_flagged() {
        let base = "[package]\nname = 'a'\nrust-version = '1.80'\n[dependencies]\nb = '1'\n[dev-dependencies]\nt = '1'\n";
        let with = |from: &str, to: &str| flagged(base, &base.replace(from, to));
        assert_eq!(with("'1.80'", "'1.81.0'"), ["raises the MSRV from 1.80 to 1.81.0 (a/Cargo.toml)"]);
        assert_eq!(
            with("b = '1'", "b = '1.2'"),
            ["changes the requirement of b from 1 to 1.2 (a/Cargo.toml)"]
        );
        assert_eq!(with("b = '1'", "b = '1'\nc = '1'"), ["adds the dependency c (a/Cargo.toml)"]);
        assert_eq!(with("rust-version = '1.80'\n", "rust-version = '1.79'\n"), [""; 0]);
        assert_eq!(with("t = '1'", "t = '2'\nu = '1'"), [""; 0]);
        assert_eq!(with("b = '1'", "b = { version = '1' }"), [""; 0]);
        assert_eq!(with("name = 'a'", "name = 'a'\npublish = false"), [""; 0]);
        assert_eq!(with("b = '1'", "b = '1'\nmine.workspace = true"), [""; 0]);
    }

    #[test]
    fn the_workspace_speaks_for_its_members() {
        let base = "[workspace.package]\nrust-version = '1.80'\n[workspace.dependencies]\nb = '1'\n";
        let after = base.replace("1.80", "1.90").replace("b = '1'", "b = '2'\nc = '1'");
        let expected = [
            "raises the MSRV from 1.80 to 1.90 (a/Cargo.toml)",
            "changes the requirement of b from 1 to 2 (a/Cargo.toml)",
        ];
        assert_eq!(flagged(base, &after), expected);
    }
}
