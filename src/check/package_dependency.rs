//! Published packages depend on what users can get.

use super::Subject;
use crate::edit::manifest::DependencyKind;
use crate::finding::Finding;
use crate::plan::dependency::{DependencyEntry, entries};
use crate::rule;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let entries = entries(&subject.request.project.workspace);
    entries.iter().filter(|entry| entry.package.is_published()).filter_map(wrong).collect()
}

fn wrong(entry: &DependencyEntry<'_>) -> Option<Finding> {
    let (owner, name) = (&entry.package.name, &entry.stated.package);
    let local = entry.stated.path.is_some() || entry.stated.git;
    if local && entry.stated.requirement.is_none() && entry.kind != DependencyKind::Development {
        let message = format!("`{owner}` is published and requires `{name}` without a version");
        let remedy = match entry.required {
            Some(required) => format!("add `version = \"{}\"`", required.version),
            None => "add its `version`".to_owned(),
        };
        return Some(Finding::of(rule::PACKAGE_DEPENDENCY, message).at(entry.place()).remedy(remedy));
    }
    let required = entry.required.filter(|required| required.member && !required.is_published())?;
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
