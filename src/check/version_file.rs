//! Files outside the manifests carry the version.

use super::Subject;
use crate::edit::version_file;
use crate::finding::{Finding, Place};
use crate::rule;
use crate::template::Values;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let project = subject.request.project;
    let mut findings = Vec::new();
    for file in &project.config.version_files {
        let named = |name: &String| project.workspace.packages.iter().find(|package| package.name == *name);
        let Some(package) = file.package.as_ref().map_or(Some(subject.lead), named) else {
            let message = format!("the version file {} names no package", file.path);
            findings
                .push(Finding::of(rule::VERSION_FILE, message).remedy("set its `package` to a package here"));
            continue;
        };
        findings.extend(match project.texts.get(&file.path) {
            Some(text) => version_file::check(&file.path, text, &file.lines, &Values::of(&package.version)),
            None => vec![
                Finding::of(rule::VERSION_FILE, "this version file is not there")
                    .at(Place::file(&file.path))
                    .remedy("commit it, or take its `[[version-file]]` out of the configuration"),
            ],
        });
    }
    findings
}
