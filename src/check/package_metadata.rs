//! Published packages have what a registry asks for.

use super::Subject;
use crate::finding::{Finding, Place};
use crate::rule;
use crate::workspace::{Package, Workspace};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let workspace = &subject.request.project.workspace;
    let published = workspace.packages.iter().filter(|package| package.is_published());
    published.flat_map(|package| wrong(subject, workspace, package)).collect()
}

fn wrong(subject: &Subject<'_>, workspace: &Workspace, package: &Package) -> Vec<Finding> {
    let about = &package.about;
    let place = || {
        let file = workspace.manifests.get(&package.manifest)?;
        let range = file.manifest.package.as_ref()?.name.as_ref()?.range.clone();
        Some(Place::range(&package.manifest, &file.text, range))
    };
    let missing = |what: &str, remedy: &str| {
        Finding::of(rule::PACKAGE_METADATA, format!("`{}` is published and has no {what}", package.name))
            .at(place())
            .remedy(remedy)
    };
    let absent = |path: &Option<String>| {
        let path = path.as_ref()?;
        let file = package.manifest.sibling(path);
        file.is_none_or(|file| subject.request.project.files.get(&file).is_none()).then(|| path.clone())
    };
    let mut findings = Vec::new();
    if about.description.as_deref().is_none_or(|text| text.trim().is_empty()) {
        findings.push(missing(
            "description",
            "state `description`; or `publish = false`, or name it in `[publish] exclude`",
        ));
    }
    if about.license.is_none() && about.license_file.is_none() {
        findings.push(missing(
            "licence",
            "state `license` or `license-file`; or `publish = false`, or name it in `[publish] exclude`",
        ));
    }
    if let Some(path) = absent(&about.readme) {
        findings.push(missing(&format!("README at {path}"), "commit it, or correct `readme`"));
    }
    if let Some(path) = absent(&about.license_file) {
        findings.push(missing(&format!("licence file at {path}"), "commit it, or correct `license-file`"));
    }
    findings
}
