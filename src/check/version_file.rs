//! Files outside the manifests carry the version.

use super::{Rule, Subject};
use crate::config::check::RuleName;
use crate::edit::version_file;
use crate::finding::{Finding, Place};
use crate::template::Values;

pub(super) const RULE: Rule = Rule {
    name: RuleName::VersionFile,
    explanation: "Every line that a `[[version-file]]` describes is there, with the version that its package has.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let project = subject.request.project;
    let mut findings = Vec::new();
    for file in &project.config.version_files {
        let named = |name: &String| project.workspace.packages.iter().find(|package| package.name == *name);
        let Some(package) = file.package.as_ref().map_or(Some(subject.lead), named) else {
            let message = format!("the version file {} names no package", file.path);
            findings.push(Finding::error("", message).remedy("set its `package` to a package here"));
            continue;
        };
        findings.extend(match project.texts.get(&file.path) {
            Some(text) => version_file::check(&file.path, text, &file.lines, &Values::of(&package.version)),
            None => vec![
                Finding::error("", "this version file is not there")
                    .at(Place::file(&file.path))
                    .remedy("commit it, or take its `[[version-file]]` out of the configuration"),
            ],
        });
    }
    findings
}
