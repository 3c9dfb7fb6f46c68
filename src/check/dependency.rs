//! What members depend on, with what they take from the workspace's table.

use crate::edit::manifest::{Dependency, DependencyKind};
use crate::finding::Place;
use crate::path::RepoPath;
use crate::plan::requirements;
use crate::workspace::{Package, Workspace};

/// One entry of a member's dependency tables.
pub(super) struct Entry<'a> {
    /// The member.
    pub(super) package: &'a Package,
    /// Which table holds the entry.
    pub(super) kind: DependencyKind,
    /// The manifest that says where the dependency comes from: the member's, or the workspace's.
    path: &'a RepoPath,
    /// What is said there.
    pub(super) stated: &'a Dependency,
    /// The package of the repository that it requires, if it is one.
    pub(super) required: Option<&'a Package>,
    workspace: &'a Workspace,
}

impl Entry<'_> {
    /// Returns where the dependency is stated.
    pub(super) fn place(&self) -> Option<Place> {
        let file = self.workspace.manifests.get(self.path)?;
        Some(Place::range(self.path, &file.text, self.stated.range.clone()))
    }

    /// Returns whether the entry reaches the registry: Cargo leaves out a development dependency
    /// without a version when it packages.
    pub(super) fn is_published(&self) -> bool {
        self.kind != DependencyKind::Development || self.stated.requirement.is_some()
    }
}

/// Returns every entry of every member's dependency tables.
pub(super) fn entries(workspace: &Workspace) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    for package in workspace.packages.iter().filter(|package| package.member) {
        let Some(file) = workspace.manifests.get(&package.manifest) else { continue };
        for dependency in &file.manifest.dependencies {
            if matches!(dependency.kind, DependencyKind::Workspace | DependencyKind::Patch) {
                continue;
            }
            let Some((path, stated)) = stated(workspace, &package.manifest, dependency) else { continue };
            let required = requirements::required(workspace, path, stated);
            entries.push(Entry { package, kind: dependency.kind, path, stated, required, workspace });
        }
    }
    entries
}

/// Returns where a dependency says what it is: in the workspace's table if it is inherited.
fn stated<'a>(
    workspace: &'a Workspace,
    path: &'a RepoPath,
    dependency: &'a Dependency,
) -> Option<(&'a RepoPath, &'a Dependency)> {
    if !dependency.inherited {
        return Some((path, dependency));
    }
    let root = workspace.manifests.get(&workspace.root)?;
    let mut shared = root.manifest.dependencies.iter();
    let shared =
        shared.find(|shared| shared.kind == DependencyKind::Workspace && shared.key == dependency.key)?;
    Some((&workspace.root, shared))
}
