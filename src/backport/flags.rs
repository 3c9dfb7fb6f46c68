//! What a backport should not do without being asked: raise the MSRV, change a requirement that the
//! users of a published package see, bring a new dependency, or add to the notes of a version that is
//! released.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use crate::edit::lockfile::{LockFile, PackageChange, third_party_changes};
use crate::edit::manifest::{Dependency, DependencyKind, Inheritable, Manifest, PackageTable};
use crate::git::CommitId;
use crate::msrv::imposed::{of_edition, of_resolver};
use crate::path::RepoPath;
use crate::rust_version::RustVersion;

/// Something that a backport would do and that a release branch is better spared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
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
    /// An edition or resolver needs a newer Rust than what was promised or was needed before.
    Imposed {
        /// The manifest.
        path: RepoPath,
        /// What needs it: `edition 2024`.
        by: String,
        /// The Rust that it needs.
        needs: RustVersion,
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
    /// Its entry in the notes stands in the section of a version that is released.
    Notes {
        /// The notes.
        path: RepoPath,
        /// The version.
        version: Version,
    },
    /// It changes a file that cannot be read, and so not judged.
    Unread {
        /// The file.
        path: RepoPath,
        /// Why.
        why: String,
    },
    /// The trunk has taken it back.
    TakenBack {
        /// The commit of the trunk that did.
        taken_back_in: CommitId,
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
            Self::Imposed { path, by, needs } => write!(f, "needs Rust {needs}, for {by} ({path})"),
            Self::Requirement { path, package, from, to } => {
                write!(f, "changes the requirement of {package} from {} to {} ({path})", any(from), any(to))
            }
            Self::Notes { path, version } => {
                write!(f, "adds to the notes of {version}, which is released ({path})")
            }
            Self::Unread { path, why } => write!(f, "changes what cannot be judged: {why} ({path})"),
            Self::TakenBack { taken_back_in } => {
                write!(f, "was taken back by the trunk in {} (revert)", taken_back_in.short())
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

/// Returns what is to be flagged, sorted, each once; `members` are not new dependencies. What does not
/// parse is not judged here.
pub fn flags(changed: &Changed, members: &BTreeSet<String>) -> Vec<Flag> {
    let mut flags = BTreeSet::new();
    for (path, (before, after)) in &changed.files {
        let (before, after) = (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
        if path.file_name() == "Cargo.lock" {
            flags.extend(locked(path, before, after));
        } else if let (Ok(before), Ok(after)) = (Manifest::parse(path, before), Manifest::parse(path, after))
        {
            flags.extend(msrv(path, &before, &after));
            flags.extend(imposed(path, &before, &after));
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
        let rust = |text: &str| text.parse::<RustVersion>().ok();
        let higher = from.as_deref().is_none_or(|from| rust(&to) > rust(from));
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

/// Finds editions and a resolver that need a newer Rust than those before them did and than
/// `rust-version` promised, as far as the manifest states that.
fn imposed(path: &RepoPath, before: &Manifest, after: &Manifest) -> Vec<Flag> {
    let shared = |manifest: &Manifest| manifest.workspace.as_ref().map(|table| table.package.clone());
    let promise = promised(before.package.as_ref()).or_else(|| promised(shared(before).as_ref()));
    let own = (before.package.clone(), after.package.clone());
    let tables = [own, (shared(before), shared(after))];
    let editions = tables.into_iter().filter_map(|(was, is)| Some((edition(&was?), edition(&is?))));
    let edition = |(was, is): (Option<String>, Option<String>)| {
        let needs = |edition: &Option<String>| of_edition(edition.as_deref()?);
        (needs(&was), needs(&is), is.map(|is| format!("edition {is}")))
    };
    // Where none is stated the edition tells, and since 2021 that is the second.
    let was = resolver(before).unwrap_or_else(|| "2".to_owned());
    let now = resolver(after).unwrap_or_else(|| "2".to_owned());
    let resolver = (of_resolver(&was), of_resolver(&now), Some(format!("resolver {now}")));
    let flag = |(from, to, by): (Option<RustVersion>, Option<RustVersion>, Option<String>)| {
        let needs = to.filter(|to| Some(*to) > from.max(promise))?;
        Some(Flag::Imposed { path: path.clone(), by: by?, needs })
    };
    let is_new = before.package.is_none() && before.workspace.is_none();
    if is_new { Vec::new() } else { editions.map(edition).chain([resolver]).filter_map(flag).collect() }
}

/// Returns the edition that a table states; the first where it states none, `None` where it inherits it.
fn edition(table: &PackageTable) -> Option<String> {
    match &table.edition {
        Inheritable::Literal(text) => Some(text.value.clone()),
        Inheritable::Absent => Some("2015".to_owned()),
        Inheritable::Inherited(_) => None,
    }
}

fn promised(table: Option<&PackageTable>) -> Option<RustVersion> {
    stated(table)?.parse().ok()
}

fn resolver(manifest: &Manifest) -> Option<String> {
    let shared = manifest.workspace.as_ref().and_then(|table| table.resolver.as_ref());
    shared.or(manifest.resolver.as_ref()).map(|text| text.value.clone())
}

fn dependencies(path: &RepoPath, before: &Manifest, after: &Manifest) -> Vec<Flag> {
    let published = after.package.as_ref().is_none_or(|package| package.publication.is_somewhere());
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
        PackageChange::Added(package) if !known.contains(package.name) => {
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
    fn an_edition_or_a_resolver_that_needs_a_newer_rust_is_flagged() {
        let base = "[package]\nname = 'a'\nedition = '2021'\nresolver = '2'\n";
        let newer = base.replace("2021", "2024");
        assert_eq!(flagged(base, &newer), ["needs Rust 1.85, for edition 2024 (a/Cargo.toml)"]);
        let resolver = base.replace("'2'", "'3'");
        assert_eq!(flagged(base, &resolver), ["needs Rust 1.84, for resolver 3 (a/Cargo.toml)"]);
        assert_eq!(flagged(&newer, base), [""; 0]);
        let promised = |text: &str| format!("{text}rust-version = '1.85'\n");
        assert_eq!(flagged(&promised(base), &promised(&newer)), [""; 0]);
        let shared = "[workspace.package]\nedition = '2021'\nrust-version = '1.80'\n";
        let expected = ["needs Rust 1.85, for edition 2024 (a/Cargo.toml)"];
        assert_eq!(flagged(shared, &shared.replace("2021", "2024")), expected);
        assert_eq!(flagged("", &newer), [""; 0]);
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
