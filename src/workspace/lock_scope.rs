//! Which packages of the repository a lock file may name.

use std::collections::HashSet;

use super::{Package, Workspace};
use crate::edit::manifest::DependencyKind;
use crate::path::RepoPath;

/// Tells packages of one name apart: two workspaces of a repository may each have their own `xtask`, at the
/// same version, and a lock file names packages without saying where they lie.
pub struct LockScope<'a> {
    workspace: &'a Workspace,
    /// The names that several manifests give.
    shared: HashSet<&'a str>,
}

impl<'a> LockScope<'a> {
    /// Finds out which names several packages have.
    pub fn of(workspace: &'a Workspace) -> Self {
        let mut seen = HashSet::new();
        let names = workspace.manifests.keys().filter_map(|manifest| name(workspace, manifest));
        Self { workspace, shared: names.filter(|name| !seen.insert(*name)).collect() }
    }

    /// Returns the packages that the lock file `path` may name: of those that share their names, only the
    /// ones to which its workspace leads by membership or by path, if it leads to any of that name.
    pub fn packages(&self, path: &RepoPath) -> Vec<&'a Package> {
        let workspace = self.workspace;
        if self.shared.is_empty() {
            return workspace.packages.iter().collect();
        }
        let reached = self.reached(path);
        let names: HashSet<&str> = reached.iter().filter_map(|manifest| name(workspace, manifest)).collect();
        let may_be_named = |package: &&Package| {
            let name = package.name.as_str();
            !self.shared.contains(name) || !names.contains(name) || reached.contains(&package.manifest)
        };
        workspace.packages.iter().filter(may_be_named).collect()
    }

    /// Returns the manifests of the workspace whose lock file is `path`, and all to which paths lead from
    /// there.
    fn reached(&self, path: &RepoPath) -> HashSet<&'a RepoPath> {
        let workspace = self.workspace;
        let root = path.sibling("Cargo.toml");
        let belongs = |manifest: &&RepoPath| {
            Some(*manifest) == root.as_ref() || workspace.governing_root(manifest) == root.as_ref()
        };
        let mut open: Vec<&RepoPath> = workspace.manifests.keys().filter(belongs).collect();
        let mut reached: HashSet<&RepoPath> = open.iter().copied().collect();
        while let Some(manifest) = open.pop() {
            for next in self.paths(manifest) {
                if reached.insert(next) {
                    open.push(next);
                }
            }
        }
        reached
    }

    /// Returns the manifests to which the dependencies in `manifest` lead.
    fn paths(&self, manifest: &'a RepoPath) -> impl Iterator<Item = &'a RepoPath> {
        let workspace = self.workspace;
        let file = workspace.manifests.get(manifest);
        let own = file.into_iter().flat_map(|file| &file.manifest.dependencies);
        let own = own.filter(|one| one.kind != DependencyKind::Workspace);
        own.filter_map(move |dependency| {
            let (path, stated) = workspace.stated(manifest, dependency)?;
            let target = path.sibling(&format!("{}/Cargo.toml", stated.path.as_ref()?))?;
            Some(workspace.manifests.get_key_value(&target)?.0)
        })
    }
}

fn name<'a>(workspace: &'a Workspace, manifest: &RepoPath) -> Option<&'a str> {
    let package = workspace.manifests.get(manifest)?.manifest.package.as_ref()?;
    Some(package.name.as_ref()?.value.as_str())
}
