//! The ways by which manifests lead Cargo to other packages of the repository.

use globset::Glob;

use crate::edit::manifest::{Dependency, Manifest};
use crate::path::RepoPath;

/// A folder, or a glob of folders, that a manifest leads to.
#[derive(Debug)]
pub(super) struct Way {
    /// Its components, from the repository's root.
    pub(super) parts: Vec<String>,
    /// The dependency that leads there; `None` for one of `members`.
    pub(super) dependency: Option<Dependency>,
    /// The manifest that says so.
    pub(super) from: RepoPath,
}

impl Way {
    /// Returns whether it leads to `submodule`, or further down.
    pub(super) fn leads_into(&self, submodule: &RepoPath) -> bool {
        let parts: Vec<&str> = submodule.as_str().split('/').collect();
        self.parts.len() >= parts.len()
            && self.parts.iter().zip(parts).all(|(one, part)| self.covers(one, part))
    }

    fn covers(&self, one: &str, part: &str) -> bool {
        one == part
            || self.is_glob(one) && Glob::new(one).is_ok_and(|glob| glob.compile_matcher().is_match(part))
    }

    /// Returns the folder that it leads to, with the submodule's own path in place of what matches that.
    pub(super) fn folder_in(&self, submodule: &RepoPath) -> String {
        let depth = submodule.as_str().split('/').count();
        let rest = self.parts[depth..].iter().map(String::as_str);
        [submodule.as_str()].into_iter().chain(rest).collect::<Vec<_>>().join("/")
    }

    /// Returns whether the component stands for more than itself.
    pub(super) fn is_glob(&self, part: &str) -> bool {
        self.dependency.is_none() && part.contains(['*', '?', '['])
    }
}

/// Returns where a manifest leads Cargo.
pub(super) fn ways_of(path: &RepoPath, manifest: &Manifest) -> Vec<Way> {
    let way = |folder: &str, dependency: Option<Dependency>| {
        let inside = path.sibling(&format!("{folder}/Cargo.toml"))?;
        let parts = inside.folder().split('/').map(str::to_owned).collect();
        Some(Way { parts, dependency, from: path.clone() })
    };
    let dependencies = manifest.dependencies.iter();
    let required =
        dependencies.filter_map(|dependency| way(dependency.path.as_ref()?, Some(dependency.clone())));
    let members = manifest.workspace.iter().flat_map(|table| &table.members);
    required.chain(members.filter_map(|folder| way(folder, None))).collect()
}
