//! Published packages depend on what users can get.

use super::Subject;
use crate::edit::manifest::{DEFAULT_REGISTRY as DEFAULT, DependencyKind, PublishTargets};
use crate::finding::Finding;
use crate::plan::dependency::{DependencyEntry, entries};
use crate::rule;
use crate::workspace::Package;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let entries = entries(&subject.request.project.workspace);
    let published = entries.iter().filter(|entry| entry.package.is_published());
    published.filter_map(|entry| wrong(entry).or_else(|| elsewhere(entry))).collect()
}

fn wrong(entry: &DependencyEntry<'_>) -> Option<Finding> {
    let (owner, name) = (&entry.package.name, &entry.stated.package);
    let local = entry.stated.path.is_some() || entry.stated.git;
    if local && entry.stated.requirement.is_none() && entry.kind != DependencyKind::Development {
        let message = format!("`{owner}` is published and requires `{name}` without a version");
        let remedy = match entry.required() {
            Some(required) => format!("add `version = \"{}\"`", required.version),
            None => "add its `version`".to_owned(),
        };
        return Some(Finding::of(rule::PACKAGE_DEPENDENCY, message).at(entry.place()).remedy(remedy));
    }
    let required = entry.required().filter(|required| required.member && !required.is_published())?;
    if !entry.is_published() || required.name == *owner {
        return None;
    }
    let message = format!("`{owner}` is published and requires `{name}`, which is not");
    let remedy = match entry.kind {
        DependencyKind::Development => {
            format!("take the version out, so that `{name}` is left out of the package")
        }
        _ => format!("publish `{name}`, or do without it"),
    };
    Some(Finding::of(rule::PACKAGE_DEPENDENCY, message).at(entry.place()).remedy(remedy))
}

/// Finds that a requirement looks for a member in a registry to which that is not published, or that crates.io is to
/// take what it does not.
fn elsewhere(entry: &DependencyEntry<'_>) -> Option<Finding> {
    if !entry.is_published() || entry.stated.is_by_index {
        return None;
    }
    let registry = entry.stated.registry.as_deref().unwrap_or(DEFAULT);
    let (owner, name) = (&entry.package.name, &entry.stated.package);
    let finding = match entry.required().filter(|required| required.member && required.name != *owner) {
        Some(required) if !required.publication.is_to(registry) => {
            let places = listed(&required.publication);
            let message = format!(
                "`{owner}` requires `{name}` from {}, and that is published to {places} only",
                shown(registry)
            );
            let remedy = remedy(entry.package, required, registry);
            Finding::of(rule::PACKAGE_DEPENDENCY, message).remedy(remedy)
        }
        _ if registry != DEFAULT
            && entry.package.publication == PublishTargets::To(vec![DEFAULT.to_owned()]) =>
        {
            let message = format!(
                "`{owner}` is published to crates.io, which takes no package that requires `{name}` from {}",
                shown(registry)
            );
            Finding::of(rule::PACKAGE_DEPENDENCY, message)
                .remedy("require it from crates.io, or publish elsewhere")
        }
        _ => return None,
    };
    Some(finding.at(entry.place()))
}

/// Says what to write: a registry that both have, or else where the required one is to be published too.
fn remedy(owner: &Package, required: &Package, registry: &str) -> String {
    let PublishTargets::To(registries) = &required.publication else { return String::new() };
    match registries.iter().find(|name| owner.publication.is_to(name)) {
        Some(common) if common == DEFAULT => "take `registry` out".to_owned(),
        Some(common) => format!("state `registry = \"{common}\"`"),
        None => format!("add `\"{registry}\"` to `publish` of `{}`", required.name),
    }
}

fn listed(publication: &PublishTargets) -> String {
    match publication {
        PublishTargets::To(registries) => {
            let names: Vec<String> = registries.iter().map(|name| shown(name)).collect();
            names.join(", ")
        }
        PublishTargets::Anywhere | PublishTargets::Nowhere => String::new(),
    }
}

fn shown(registry: &str) -> String {
    if registry == DEFAULT { "crates.io".to_owned() } else { format!("`{registry}`") }
}
