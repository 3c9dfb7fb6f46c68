//! Version tokens of a manifest.

use crate::edit::splice::{self, Splice};
use crate::path::RepoPath;
use crate::plan::requirements::required;
use crate::project::Project;

/// What stands in the place of a version; no manifest can contain it.
const MASK: &str = "\0";

/// Returns `text`, the manifest `path` of `project`, with every version of a package of the workspace
/// masked: its own, the inherited one, and the numbers of each requirement on one.
///
/// Operators stay as they are, unless a rule of the configuration changes them with the version.
pub(super) fn masked(project: &Project, path: &RepoPath, text: &str) -> String {
    let Some(file) = project.workspace.manifests.get(path) else { return text.to_owned() };
    let mut splices = Vec::new();
    let mut mask = |range| splices.push(Splice::new(range, MASK));
    if project.workspace.package_at(path).is_some()
        && let Some(version) = file.manifest.package.as_ref().and_then(|package| package.version.literal())
    {
        mask(version.range.clone());
    }
    if let Some(version) = file.manifest.workspace.as_ref().and_then(|table| table.package.version.literal())
    {
        mask(version.range.clone());
    }
    for dependency in &file.manifest.dependencies {
        let Some(requirement) = &dependency.requirement else { continue };
        let Some(package) = required(&project.workspace, path, dependency) else { continue };
        let rewrites = project.config.requirements.exact_prerelease.matches(&package.name);
        let operator = match rewrites {
            true => 0,
            false => requirement.value.find(|c: char| c.is_ascii_digit()).unwrap_or(requirement.value.len()),
        };
        let is_single = !requirement.value.contains(',');
        if is_single {
            mask(requirement.range.start + operator..requirement.range.end);
        }
    }
    splice::apply(text, splices)
}
