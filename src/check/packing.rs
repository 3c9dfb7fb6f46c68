//! What `cargo package` says, as findings; pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::manifest::{DEFAULT_REGISTRY, PublishTargets};
use crate::finding::{Finding, Place};
use crate::plan::dependency::{DependencyEntry, entries};
use crate::rule::{self, Severity};
use crate::workspace::{Package, Workspace};

/// How large a package may be on crates.io.
const MOST: u64 = 10 << 20;

/// One mebibyte.
const MIB: f64 = 1_048_576.0;

/// The members that are packed at once: Cargo packs for one registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<'w> {
    /// The registry, where Cargo does not tell it from the members.
    pub registry: Option<&'w str>,
    /// Their names.
    pub members: BTreeSet<&'w str>,
}

/// Returns what is packed at once: all, where all are published to the same registry.
pub fn batches(workspace: &Workspace) -> Vec<Batch<'_>> {
    let published: Vec<&Package> =
        workspace.packages.iter().filter(|package| package.is_published()).collect();
    let is_told =
        |one: &PublishTargets| !matches!(one, PublishTargets::To(registries) if registries.len() > 1);
    let first = published.first().map(|package| &package.publication);
    if first.is_none_or(|first| is_told(first) && published.iter().all(|one| one.publication == *first)) {
        let members = published.iter().map(|package| package.name.as_str()).collect();
        return vec![Batch { registry: None, members }];
    }
    let mut by_registry: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in &published {
        by_registry.entry(package.publication.first()).or_default().insert(&package.name);
    }
    let entries = entries(workspace);
    let batch = |(registry, members)| Batch {
        registry: Some(registry),
        members: with_required(&entries, registry, members),
    };
    by_registry.into_iter().map(batch).collect()
}

/// Returns `members`, and those that they require from the registry, directly or not.
fn with_required<'w>(
    entries: &[DependencyEntry<'w>],
    registry: &str,
    mut members: BTreeSet<&'w str>,
) -> BTreeSet<&'w str> {
    let is_from = |entry: &&DependencyEntry<'w>| {
        entry.is_published() && entry.stated.registry.as_deref().unwrap_or(DEFAULT_REGISTRY) == registry
    };
    loop {
        let required = entries.iter().filter(is_from).filter_map(|entry| {
            let required = entry.required().filter(|one| one.member && one.publication.is_to(registry))?;
            members.contains(entry.package.name.as_str()).then_some(required.name.as_str())
        });
        let more: Vec<&str> = required.filter(|name| !members.contains(name)).collect();
        if more.is_empty() {
            return members;
        }
        members.extend(more);
    }
}

/// Returns whether a rule has `found` what keeps a package from being packed: what is quoted in both.
pub fn is_known(found: &[Finding], refused: &Finding, package: &Package) -> bool {
    let quoted = refused.message.split('`').skip(1).step_by(2);
    let quoted: Vec<&str> = quoted.filter(|word| *word != package.name).collect();
    let is_same = |finding: &Finding| {
        [rule::PACKAGE_METADATA, rule::PACKAGE_DEPENDENCY].contains(&finding.rule)
            && finding.severity > Severity::Note
            && finding.place.as_ref().is_some_and(|place| place.path == package.manifest.as_str())
            && quoted.iter().any(|word| finding.message.contains(word))
    };
    found.iter().any(is_same)
}

/// Returns what is wrong with the sizes of what was packed, which is named `name-1.0.0.crate`.
pub fn too_large(workspace: &Workspace, packed: &[(String, u64)]) -> Vec<Finding> {
    let finding = |(file, size): &(String, u64)| {
        let is_this = |package: &&Package| *file == format!("{}-{}.crate", package.name, package.version);
        let package = workspace.packages.iter().find(is_this).filter(|_| *size > MOST)?;
        #[expect(clippy::cast_precision_loss, reason = "it is rounded")]
        let message = format!(
            "`{}` is {:.1} MiB when it is packed, and crates.io takes {:.0} MiB at most",
            package.name,
            *size as f64 / MIB,
            MOST as f64 / MIB
        );
        let remedy = "leave out what users do not need, by `exclude` or `include` in the manifest";
        Some(Finding::of(rule::PACKAGE_REHEARSAL, message).at(name_place(workspace, package)).remedy(remedy))
    };
    packed.iter().filter_map(finding).collect()
}

/// Returns the finding for what Cargo `said` when it refused to pack, and the package that it is about, if it is told.
///
/// That something is not there offline is unchecked, unless it is a member that is not published.
pub fn refused<'w>(workspace: &'w Workspace, said: &str) -> (Finding, Option<&'w Package>) {
    let named = |name: &str| workspace.packages.iter().find(|package| package.member && package.name == name);
    let about = about(workspace, said).or_else(|| {
        said.lines().rev().find_map(|line| {
            let rest = line
                .trim()
                .strip_prefix("required by package `")
                .or(line.trim().strip_prefix("Packaging "))?;
            named(rest.split(' ').next()?)
        })
    });
    let missing = said.lines().find_map(|line| line.trim().strip_prefix("no matching package named `"));
    let missing = missing.and_then(|rest| rest.split('`').next());
    let is_offline = said.contains("offline") && missing.is_none_or(|name| named(name).is_none());
    let what = about.map_or_else(|| "the workspace".to_owned(), |package| format!("`{}`", package.name));
    let reason = reason(said);
    let finding = match (is_offline, missing) {
        (false, Some(name)) if named(name).is_some_and(Package::is_published) => Finding::of(
            rule::PACKAGE_REHEARSAL,
            format!("whether {what} can be packed is unchecked: it requires `{name}` from another registry"),
        )
        .as_note()
        .remedy(format!("publish `{name}` first")),
        (true, _) => Finding::of(
            rule::PACKAGE_REHEARSAL,
            format!("whether {what} can be packed is unchecked, without network: {reason}"),
        )
        .as_note()
        .remedy("run `cargo fetch` first"),
        (false, Some(name)) => Finding::of(
            rule::PACKAGE_REHEARSAL,
            format!("{what} cannot be packed: it requires `{name}`, which is not published"),
        )
        .remedy(format!("publish `{name}`, or do without it")),
        (false, None) => Finding::of(rule::PACKAGE_REHEARSAL, format!("{what} cannot be packed: {reason}"))
            .remedy("make `cargo package` succeed there"),
    };
    (finding.at(about.and_then(|package| name_place(workspace, package))), about)
}

/// Returns the package whose manifest or folder is named in what Cargo said, the longest one that is.
fn about<'w>(workspace: &'w Workspace, said: &str) -> Option<&'w Package> {
    let error = &said[said.rfind("error: ")?..];
    let is_named = |package: &&Package| {
        let folder = package.manifest.folder();
        let manifest = format!("/{}`", package.manifest);
        package.member
            && (error.contains(&manifest) || !folder.is_empty() && error.contains(&format!("/{folder}`")))
    };
    workspace.packages.iter().filter(is_named).max_by_key(|package| package.manifest.folder().len())
}

/// Returns the error in Cargo's words, with its cause, on one line.
fn reason(said: &str) -> String {
    let error = said.rfind("error: ").map_or(said, |at| &said[at + "error: ".len()..]);
    let lines: Vec<&str> = error.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let cause = lines.iter().position(|line| *line == "Caused by:").and_then(|at| lines.get(at + 1));
    cause
        .or(lines.first())
        .map_or_else(|| "Cargo says nothing".to_owned(), |line| line.trim_end_matches('.').to_owned())
}

fn name_place(workspace: &Workspace, package: &Package) -> Option<Place> {
    let file = workspace.manifests.get(&package.manifest)?;
    let range = file.manifest.package.as_ref()?.name.as_ref()?.range.clone();
    Some(Place::range(&package.manifest, &file.text, range))
}
