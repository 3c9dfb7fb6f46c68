//! What packages depend on, with what they take from their workspace's table.

use crate::edit::manifest::{Dependency, DependencyKind};
use crate::finding::Place;
use crate::path::RepoPath;
use crate::plan::requirements;
use crate::workspace::{Package, Workspace};

/// One entry of a package's dependency tables.
pub struct DependencyEntry<'a> {
    /// The member.
    pub package: &'a Package,
    /// Which table holds the entry.
    pub kind: DependencyKind,
    /// The manifest that says where the dependency comes from: the member's, or the workspace's.
    path: &'a RepoPath,
    /// What is said there.
    pub stated: &'a Dependency,
    workspace: &'a Workspace,
}

impl<'a> DependencyEntry<'a> {
    /// Returns the package of the repository that it requires, if it is one.
    pub fn required(&self) -> Option<&'a Package> {
        requirements::required(self.workspace, self.path, self.stated)
    }

    /// Returns where the dependency is stated.
    pub fn place(&self) -> Option<Place> {
        let file = self.workspace.manifests.get(self.path)?;
        Some(Place::range(self.path, &file.text, self.stated.range.clone()))
    }

    /// Returns whether the entry reaches the registry: Cargo leaves out a development dependency
    /// without a version when it packages.
    pub fn is_published(&self) -> bool {
        self.kind != DependencyKind::Development || self.stated.requirement.is_some()
    }
}

/// Returns every entry of every member's dependency tables.
pub fn entries(workspace: &Workspace) -> Vec<DependencyEntry<'_>> {
    let members = workspace.packages.iter().filter(|package| package.member);
    members.flat_map(|package| entries_of(workspace, package)).collect()
}

/// Returns every entry of a package's dependency tables.
pub fn entries_of<'a>(workspace: &'a Workspace, package: &'a Package) -> Vec<DependencyEntry<'a>> {
    let Some(file) = workspace.manifests.get(&package.manifest) else { return Vec::new() };
    let of_tables =
        file.manifest.dependencies.iter().filter(|dependency| {
            !matches!(dependency.kind, DependencyKind::Workspace | DependencyKind::Patch)
        });
    let entry = |dependency: &'a Dependency| {
        let (path, stated) = workspace.stated(&package.manifest, dependency)?;
        Some(DependencyEntry { package, kind: dependency.kind, path, stated, workspace })
    };
    of_tables.filter_map(entry).collect()
}
