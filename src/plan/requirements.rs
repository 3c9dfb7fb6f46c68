//! Requirements on packages that move: which follow, and which break a rule.

use std::collections::{BTreeMap, HashMap};

use semver::Version;

use crate::config::{Config, Requirements};
use crate::edit::manifest::{Dependency, DependencyKind, TomlString};
use crate::edit::requirement::{self, Follow, FollowError, Operator, Raise};
use crate::edit::splice::Splice;
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::plan::lines::Moves;
use crate::rule;
use crate::workspace::{ManifestFile, Package, Workspace};

/// The requirements that change, by manifest, and those that are wrong.
#[derive(Clone, Debug, Default)]
pub struct RequirementChanges {
    /// What to put where.
    pub splices: BTreeMap<RepoPath, Vec<Splice>>,
    /// Which cannot follow, or break a rule.
    pub findings: Vec<Finding>,
}

/// Finds every requirement on a package that moves, and what it becomes.
///
/// An entry requires a member if its `path` leads there, or if it has no place of its own and a
/// `[patch]` of its workspace puts the member in the place of the registry's package, as long as it
/// matches the member's version. An entry without either is an older release, and not concerned.
pub fn follow(workspace: &Workspace, config: &Config, moves: &Moves<'_>) -> RequirementChanges {
    let mut requiring = RequirementChanges::default();
    let inheriting = Inheriting::of(workspace);
    for (path, file) in &workspace.manifests {
        for dependency in &file.manifest.dependencies {
            let Some(text) = &dependency.requirement else { continue };
            let Some(package) = required(workspace, path, dependency) else { continue };
            // What lies outside may have been left behind on purpose, and so may an entry that nobody inherits.
            let inheriting = inheriting.from(path, dependency);
            let matters = || file.member && inheriting.is_none_or(|by| !by.is_empty());
            let requirer_moves = || match inheriting {
                Some(by) => by.iter().any(|other| moves.contains_key(other)),
                None => moves.contains_key(path),
            };
            let raise = config.requirements.follow.raise(&package.name, requirer_moves);
            let entry = RequirementEntry { path, file, text, package, raise };
            let to = moves.get(&package.manifest).map(|(_, to)| to);
            let wanted = operator(&config.requirements, package, to.unwrap_or(&package.version));
            // A rule that rewrites cannot be broken.
            let (rewriting, asking) = match wanted {
                Some(wanted) if wanted.rewrites => (Some(wanted.operator), None),
                wanted => (None, wanted.map(|wanted| wanted.operator)),
            };
            let broken = asking.and_then(|operator| entry.breaks(operator));
            requiring.findings.extend(broken.filter(|_| matters()));
            let Some(to) = to else { continue };
            match entry.followed(to, rewriting) {
                Ok(Some(splice)) => requiring.splices.entry(path.clone()).or_default().push(splice),
                Ok(None) => {}
                Err(finding) => requiring.findings.push(finding.as_warning_if(!matters())),
            }
        }
    }
    requiring
}

/// Returns the package of the repository that `dependency`, an entry in the manifest `path`,
/// requires, if it is one.
pub fn required<'a>(
    workspace: &'a Workspace,
    path: &RepoPath,
    dependency: &Dependency,
) -> Option<&'a Package> {
    if let Some(folder) = &dependency.path {
        return workspace.package_at(&path.sibling(&format!("{folder}/Cargo.toml"))?);
    }
    if dependency.git || dependency.kind == DependencyKind::Patch {
        return None;
    }
    let root = workspace.governing_root(path).unwrap_or(path);
    let folder = workspace.manifests.get(root)?.manifest.patched_by(&dependency.package)?;
    let package = workspace.package_at(&root.sibling(&format!("{folder}/Cargo.toml"))?)?;
    let requirement = semver::VersionReq::parse(&dependency.requirement.as_ref()?.value).ok()?;
    requirement.matches(&package.version).then_some(package)
}

/// The manifests that inherit an entry of `[workspace.dependencies]`, by the manifest that has it and its key.
struct Inheriting<'w>(HashMap<(&'w RepoPath, &'w str), Vec<&'w RepoPath>>);

impl<'w> Inheriting<'w> {
    fn of(workspace: &'w Workspace) -> Self {
        let mut by_entry: HashMap<_, Vec<&RepoPath>> = HashMap::new();
        for (path, file) in &workspace.manifests {
            let Some(root) = workspace.governing_root(path) else { continue };
            for entry in file.manifest.dependencies.iter().filter(|entry| entry.inherited) {
                by_entry.entry((root, entry.key.as_str())).or_default().push(path);
            }
        }
        Self(by_entry)
    }

    /// Returns those of `dependency`, an entry in the manifest `path`; none unless it may be inherited.
    fn from(&self, path: &'w RepoPath, dependency: &'w Dependency) -> Option<&[&'w RepoPath]> {
        let inheriting = || self.0.get(&(path, dependency.key.as_str()));
        (dependency.kind == DependencyKind::Workspace).then(|| inheriting().map_or(&[][..], Vec::as_slice))
    }
}

/// What a rule asks for.
#[derive(Clone, Copy)]
struct OperatorRule {
    operator: Operator,
    /// Whether a requirement is made so, instead of refused.
    rewrites: bool,
}

/// Returns what the rules ask of a requirement on `package`, at or on its way to `version`.
fn operator(rules: &Requirements, package: &Package, version: &Version) -> Option<OperatorRule> {
    let name = &package.name;
    if rules.exact_prerelease.matches(name) {
        let operator = if version.pre.is_empty() { Operator::Caret } else { Operator::Exact };
        return Some(OperatorRule { operator, rewrites: true });
    }
    let caret = match &rules.caret {
        Some(caret) => caret.matches(name),
        None => !rules.exact.is_empty(),
    };
    let operator = match () {
        () if rules.exact.matches(name) => Operator::Exact,
        () if caret => Operator::Caret,
        () => return None,
    };
    Some(OperatorRule { operator, rewrites: false })
}

/// One requirement on a package of the repository.
struct RequirementEntry<'a> {
    path: &'a RepoPath,
    file: &'a ManifestFile,
    text: &'a TomlString,
    package: &'a Package,
    raise: Raise,
}

impl RequirementEntry<'_> {
    fn place(&self) -> Place {
        Place::range(self.path, &self.file.text, self.text.range.clone())
    }

    fn breaks(&self, operator: Operator) -> Option<Finding> {
        if requirement::has_operator(&self.text.value, operator) {
            return None;
        }
        let version = &self.package.version;
        let (rule, wanted, example) = match operator {
            Operator::Exact => (rule::REQUIREMENT_EXACT, "exactly", format!("={version}")),
            Operator::Caret => (rule::REQUIREMENT_CARET, "by caret", version.to_string()),
        };
        let message =
            format!("`{}` must be required {wanted}, not by `{}`", self.package.name, self.text.value);
        Some(
            Finding::of(rule, message)
                .at(self.place())
                .remedy(format!("write `{example}`, or change `[requirements]`")),
        )
    }

    fn followed(&self, to: &Version, rewrite: Option<Operator>) -> Result<Option<Splice>, Finding> {
        let old = &self.text.value;
        let follow = requirement::follow(old, &self.package.version, to, self.raise)
            .map_err(|stuck| self.stuck(stuck, to))?;
        let new = match follow {
            Follow::Stays => old.clone(),
            Follow::Becomes(new) => new,
        };
        let new = rewrite
            .filter(|operator| !requirement::has_operator(&new, *operator))
            .and_then(|operator| requirement::with_operator(&new, operator))
            .unwrap_or(new);
        Ok((new != *old).then(|| Splice::new(self.text.range.clone(), new)))
    }

    fn stuck(&self, stuck: FollowError, to: &Version) -> Finding {
        let (name, old, from) = (&self.package.name, &self.text.value, &self.package.version);
        let finding = match stuck {
            FollowError::Invalid => Finding::of(
                rule::REQUIREMENT_INVALID,
                format!("`{old}` is not a requirement that Cargo knows"),
            )
            .remedy(format!("write `{from}`")),
            FollowError::StaleBefore => {
                let message =
                    format!("the requirement `{old}` does not match {from}, the version of `{name}`");
                let remedy = requirement::renumbered(old, from).unwrap_or_else(|| from.to_string());
                Finding::of(rule::REQUIREMENT_MATCH, message).remedy(format!("write `{remedy}`"))
            }
            FollowError::RangeExcludes => {
                let message = format!("the requirement `{old}` on `{name}` would not match {to}");
                Finding::of(rule::REQUIREMENT_RANGE, message)
                    .remedy(format!("widen it to include {to}, or write `{from}` and it will follow"))
            }
        };
        finding.at(self.place())
    }
}
