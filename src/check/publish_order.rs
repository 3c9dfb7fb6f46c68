//! The published packages can be published one after the other.

use std::collections::{BTreeMap, BTreeSet};

use semver::VersionReq;

use super::Subject;
use crate::edit::manifest::DependencyKind;
use crate::finding::{Finding, Place};
use crate::plan::dependency::{DependencyEntry, entries};
use crate::rule;
use crate::workspace::Workspace;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let workspace = &subject.request.project.workspace;
    let Err(cycle) = order(subject) else { return Vec::new() };
    let first = workspace.packages.iter().find(|package| Some(&package.name.as_str()) == cycle.first());
    let way: Vec<String> = cycle.iter().chain(cycle.first()).map(|name| format!("`{name}`")).collect();
    let message = format!("there is no order in which to publish: {}", way.join(" requires "));
    let finding =
        Finding::of(rule::PUBLISH_ORDER, message).at(first.map(|package| Place::file(&package.manifest)));
    vec![finding.remedy("take the version out of one that is for development only, or undo the cycle")]
}

/// Returns the names of the published members, each after all that it requires and that is not there already, and
/// otherwise by name.
///
/// # Errors
///
/// The names of members of which each requires the next one, and the last one the first.
pub fn order<'a>(subject: &Subject<'a>) -> Result<Vec<&'a str>, Vec<&'a str>> {
    let workspace: &'a Workspace = &subject.request.project.workspace;
    let published = workspace.packages.iter().filter(|package| package.is_published());
    let mut requires: BTreeMap<&str, BTreeSet<&str>> =
        published.map(|package| (package.name.as_str(), BTreeSet::new())).collect();
    for entry in entries(workspace).iter().filter(|entry| entry.is_published() && !is_there(subject, entry)) {
        let Some(required) = entry.required().filter(|required| required.is_published()) else {
            continue;
        };
        if required.name != entry.package.name
            && let Some(all) = requires.get_mut(entry.package.name.as_str())
        {
            all.insert(&required.name);
        }
    }
    sorted(&requires)
}

/// Returns whether what is needed for development only was published before: where an earlier release, which is tagged
/// and has the version of the package, satisfies the requirement.
fn is_there(subject: &Subject<'_>, entry: &DependencyEntry<'_>) -> bool {
    let (Some(required), Some(text)) = (entry.required(), &entry.stated.requirement) else { return false };
    let is_satisfied = |wanted: VersionReq| {
        let earlier = subject.tags.keys().filter(|version| **version < required.version);
        earlier.clone().any(|version| wanted.matches(version))
    };
    entry.kind == DependencyKind::Development
        && required.version == *subject.version()
        && VersionReq::parse(&text.value).is_ok_and(is_satisfied)
}

fn sorted<'a>(requires: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Result<Vec<&'a str>, Vec<&'a str>> {
    let mut open: BTreeMap<&str, usize> = requires.iter().map(|(name, all)| (*name, all.len())).collect();
    let mut required_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, all) in requires {
        for required in all {
            required_by.entry(required).or_default().push(name);
        }
    }
    let mut ready: BTreeSet<&str> =
        open.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    let mut order = Vec::new();
    while let Some(name) = ready.pop_first() {
        order.push(name);
        open.remove(name);
        for dependent in required_by.get(name).into_iter().flatten() {
            if let Some(count) = open.get_mut(dependent) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(dependent);
                }
            }
        }
    }
    match open.keys().next() {
        None => Ok(order),
        Some(first) => Err(cycle(requires, &open, first)),
    }
}

/// Follows requirements among those that are left until one comes again.
fn cycle<'a>(
    requires: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    left: &BTreeMap<&'a str, usize>,
    first: &'a str,
) -> Vec<&'a str> {
    let mut way = vec![first];
    let mut places = BTreeMap::from([(first, 0)]);
    loop {
        let here = way[way.len() - 1];
        let mut next = requires.get(here).into_iter().flatten().filter(|name| left.contains_key(*name));
        let Some(next) = next.next() else { return way };
        if let Some(at) = places.get(next) {
            return way.split_off(*at);
        }
        places.insert(next, way.len());
        way.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requires<'a>(all: &[(&'a str, &[&'a str])]) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        all.iter().map(|(name, required)| (*name, required.iter().copied().collect())).collect()
    }

    #[test]
    fn each_comes_after_all_that_it_requires() {
        let requires =
            requires(&[("app", &["lib", "core"]), ("core", &[]), ("lib", &["core"]), ("alone", &[])]);
        assert_eq!(sorted(&requires), Ok(vec!["alone", "core", "lib", "app"]));
    }

    #[test]
    fn a_cycle_is_named_without_what_leads_to_it() {
        let requires =
            requires(&[("a", &["b"]), ("b", &["c"]), ("c", &["d", "x"]), ("d", &["b"]), ("x", &[])]);
        assert_eq!(sorted(&requires), Err(vec!["b", "c", "d"]));
    }
}
