//! Version lines: which packages move together, which stay put, and why.

use std::collections::BTreeMap;

use semver::Version;

use crate::config::{Config, LineRule, LineVersion};
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::plan::kept;
pub use crate::plan::kept::{KeptPackage, KeptReason};
use crate::project::lead;
use crate::rule;
use crate::version::{Step, plain};
use crate::workspace::declared::VersionPlace;
use crate::workspace::{Package, Workspace};

/// The version lines of a workspace.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    /// The package whose version names the release.
    pub lead: &'a Package,
    /// The lines that move: the lead package's first, then the larger ones.
    pub moving: Vec<VersionLine<'a>>,
    /// The packages that stay, by name.
    pub staying: Vec<KeptPackage>,
    /// Those of them that move on request: where their version is asked for.
    pub on_request: Vec<&'a Package>,
    /// What is worth saying about the configuration.
    pub notes: Vec<Finding>,
}

/// Packages that share a version and move together.
#[derive(Clone, Debug)]
pub struct VersionLine<'a> {
    /// The version that they have.
    pub version: Version,
    /// The packages: the lead package first, published ones before others, then by name.
    pub packages: Vec<&'a Package>,
    rule: Option<&'a LineRule>,
}

impl<'a> VersionLine<'a> {
    /// Returns that of one package that no other moves with.
    pub(super) fn alone(package: &'a Package) -> Self {
        Self { version: package.version.clone(), packages: vec![package], rule: None }
    }

    /// Returns a part of it.
    pub(super) fn of(&self, packages: Vec<&'a Package>) -> Self {
        Self { packages, ..self.clone() }
    }

    /// Returns how the line steps when the lead package steps by `lead`.
    ///
    /// Below 1.0, where nothing lies between a patch and a breaking change, it goes with a minor step of the
    /// lead package to where it leaves room for patches.
    pub fn step(&self, lead: Step) -> Step {
        match self.rule.map_or(lead, |rule| rule.step(lead)) {
            Step::Minor if lead == Step::Minor && self.version.major == 0 => Step::Major,
            step => step,
        }
    }

    /// Returns whether the package `name` is in it.
    pub fn has(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.name == name)
    }
}

/// The packages that move, by their manifests, each with its old and new version.
pub type Moves<'a> = BTreeMap<&'a RepoPath, (&'a Package, Version)>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LineKey<'a> {
    Rule(usize, &'a Version),
    Version(&'a Version),
}

/// Sorts the packages of `workspace` into version lines, as `config` says and by default as they
/// share a version.
///
/// # Errors
///
/// If there is no lead package, or it stays.
pub fn lines<'a>(workspace: &'a Workspace, config: &'a Config) -> Result<Lines<'a>, Vec<Finding>> {
    let lead = lead::package(workspace, config)?;
    let mut notes = unused_patterns(workspace, config, lead);
    let mut groups: BTreeMap<LineKey<'a>, Vec<&'a Package>> = BTreeMap::new();
    let mut staying = kept::unversioned(workspace);
    staying.extend(workspace.in_submodules.iter().map(kept::of_submodule));
    let mut on_request = Vec::new();
    for package in &workspace.packages {
        let covering = config.lines.covering(&package.name, package.manifest.folder());
        match covering.into_iter().find(|index| holds(config.lines.get(*index), package, lead)) {
            Some(index) if !config.lines.get(index).r#move => {
                staying.push(kept::stay(package, KeptReason::Configured));
                on_request.push(package);
            }
            Some(index) => groups.entry(LineKey::Rule(index, &package.version)).or_default().push(package),
            None => groups.entry(LineKey::Version(&package.version)).or_default().push(package),
        }
    }
    let mut moving = Vec::new();
    for (key, packages) in groups {
        let rule = match key {
            LineKey::Rule(index, _) => Some(config.lines.get(index)),
            LineKey::Version(_) => None,
        };
        let (mut packages, left) = match rule {
            Some(_) => (packages, Vec::new()),
            None => movers(packages, lead),
        };
        staying.extend(left.iter().map(|(package, why)| kept::stay(package, *why)));
        on_request.extend(left.into_iter().map(|(package, _)| package));
        packages.sort_by_key(|package| (!std::ptr::eq(*package, lead), !package.publication.is_somewhere()));
        if let Some(first) = packages.first() {
            moving.push(VersionLine { version: first.version.clone(), packages, rule });
        }
    }
    let is_lead = |line: &VersionLine<'_>| line.packages.iter().any(|package| std::ptr::eq(*package, lead));
    moving.sort_by_key(|line| (!is_lead(line), std::cmp::Reverse(line.packages.len())));
    if !moving.first().is_some_and(is_lead) {
        return Err(vec![lead_stays(lead)]);
    }
    staying.extend(kept::outsiders(workspace, |version| moving.iter().any(|line| line.version == *version)));
    staying.sort();
    notes.sort_by(|a, b| a.message.cmp(&b.message));
    Ok(Lines { lead, moving, staying, on_request, notes })
}

/// Returns whether `rule` is for `package`, which it covers. A glob that keeps packages does not keep the lead package, so that one
/// table keeps all the others.
fn holds(rule: &LineRule, package: &Package, lead: &Package) -> bool {
    let counts = rule.releases.matches(&plain(&lead.version));
    let shares = rule.at.is_none_or(|LineVersion::Lead| package.version == lead.version);
    let keeps_lead = !rule.r#move && std::ptr::eq(package, lead) && !rule.names(&lead.name);
    counts && shares && !keeps_lead
}

/// Divides packages of one version that no `[[line]]` names into those that move and those that
/// stay.
fn movers<'a>(
    packages: Vec<&'a Package>,
    lead: &Package,
) -> (Vec<&'a Package>, Vec<(&'a Package, KeptReason)>) {
    if packages.iter().any(|package| std::ptr::eq(*package, lead)) {
        return (packages, Vec::new());
    }
    let published: Vec<&Package> =
        packages.iter().copied().filter(|package| package.is_published()).collect();
    let inherits_with_them = |package: &Package| {
        matches!(package.place, VersionPlace::Workspace(_))
            && published.iter().any(|mover| mover.place == package.place)
    };
    let mut staying = Vec::new();
    let mut moving = Vec::new();
    for package in packages {
        match package {
            _ if package.is_published() => moving.push(package),
            _ if !published.is_empty() && (!package.member || inherits_with_them(package)) => {
                moving.push(package);
            }
            _ if package.member => staying.push((package, KeptReason::Unpublished)),
            _ => staying.push((package, KeptReason::SharesNoLine)),
        }
    }
    (moving, staying)
}

/// Returns where the version of `package` stands.
pub fn version_place(workspace: &Workspace, package: &Package) -> Option<Place> {
    let (path, table) = match &package.place {
        VersionPlace::Own => {
            let file = workspace.manifests.get(&package.manifest)?;
            (&package.manifest, file.manifest.package.as_ref()?)
        }
        VersionPlace::Workspace(root) => {
            (root, &workspace.manifests.get(root)?.manifest.workspace.as_ref()?.package)
        }
    };
    Some(Place::range(path, &workspace.manifests.get(path)?.text, table.version.literal()?.range.clone()))
}

fn lead_stays(lead: &Package) -> Finding {
    Finding::of(rule::LEAD_STAYS, format!("the lead package `{}` is in no line that moves", lead.name))
        .at(Place::file(&lead.manifest))
        .remedy("take it out of the `[[line]]` with `move = false`, or name another `lead`")
}

fn unused_patterns(workspace: &Workspace, config: &Config, lead: &Package) -> Vec<Finding> {
    let here = workspace.packages.iter().map(|package| (package.name.as_str(), package.manifest.folder()));
    let there = workspace.elsewhere.iter().map(|(name, folder)| (name.as_str(), folder.as_str()));
    let packages = here.chain(there);
    let names = || packages.clone().map(|(name, _)| name);
    let counts = |rule: &LineRule| rule.releases.matches(&plain(&lead.version));
    let unused = config.lines.unused(packages.clone(), counts).into_iter();
    let note = |pattern: &str| {
        let (is, what) = if pattern.contains('/') { ("lies at", "path") } else { ("is named", "name") };
        Finding::of(rule::LINE_UNUSED, format!("no package {is} `{pattern}`, as a `[[line]]` expects"))
            .remedy(format!("correct the {what}, or take it out"))
    };
    let followers = workspace.packages.iter().filter(|package| !package.member);
    let places = followers.flat_map(|package| [package.manifest.as_str(), package.manifest.folder()]);
    let unfollowed = |pattern: &str| {
        let message = format!("no package outside the workspace lies at `{pattern}`, as `follow` expects");
        Finding::of(rule::FOLLOW_UNUSED, message).remedy("correct the path, or take it out")
    };
    let rules = &config.requirements;
    let always = Some(rules.follow.packages());
    let required = [Some(&rules.exact), rules.caret.as_ref(), Some(&rules.exact_prerelease), always];
    let unrequired = required.into_iter().flatten().flat_map(|patterns| patterns.unused(names()));
    let note_required = |pattern: &str| {
        let message = format!("no package is named `{pattern}`, as `[requirements]` expects");
        Finding::of(rule::REQUIREMENTS_UNUSED, message).remedy("correct the name, or take it out")
    };
    let followed = config.follow.unused(places).into_iter().map(unfollowed);
    let unpublished = config.publish.exclude.unused(names()).into_iter().map(|pattern| {
        let message = format!("no package is named `{pattern}`, as `[publish] exclude` expects");
        Finding::of(rule::PUBLISH_UNUSED, message).remedy("correct the name, or take it out")
    });
    unused.map(note).chain(followed).chain(unrequired.map(note_required)).chain(unpublished).collect()
}
