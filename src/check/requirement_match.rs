//! Requirements match the members that they name.

use semver::VersionReq;

use super::Subject;
use crate::edit::requirement::renumbered;
use crate::finding::{Finding, Place};
use crate::plan::requirements;
use crate::rule;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let workspace = &subject.request.project.workspace;
    let mut findings = Vec::new();
    for (path, file) in &workspace.manifests {
        for dependency in &file.manifest.dependencies {
            let Some(text) = &dependency.requirement else { continue };
            let Some(package) = requirements::required(workspace, path, dependency) else { continue };
            if VersionReq::parse(&text.value).is_ok_and(|wanted| wanted.matches(&package.version)) {
                continue;
            }
            let (name, version) = (&package.name, &package.version);
            let message =
                format!("the requirement `{}` does not match {version}, the version of `{name}`", text.value);
            let finding = Finding::of(rule::REQUIREMENT_MATCH, message).as_warning_if(!file.member);
            let place = Place::range(path, &file.text, text.range.clone());
            let remedy = renumbered(&text.value, version).unwrap_or_else(|| version.to_string());
            findings.push(finding.at(place).remedy(format!("write `{remedy}`")));
        }
    }
    findings
}
