//! The files of notes that a project has, and the package that each is about.

use super::lead;
use crate::config::{Config, NotesConfig, PackageNotes};
use crate::git::Tree;
use crate::path::RepoPath;
use crate::workspace::{Package, Workspace};

/// Names of notes beside the root manifest, where the configuration has none: the first that is there.
pub const USUAL: [&str; 3] = ["RELEASES.md", "CHANGELOG.md", "CHANGES.md"];

/// A file of notes.
#[derive(Clone, Debug)]
pub struct NotesFile<'a> {
    /// Where it is.
    pub path: RepoPath,
    /// What is known about it.
    pub config: &'a NotesConfig,
    /// The package whose versions its sections are about.
    pub package: &'a Package,
    /// Whether it is about the product, and not about a package alone.
    pub is_products: bool,
    /// Whether nothing is missing where it is not there.
    pub is_optional: bool,
}

/// Returns the files of notes: that of the product first, if it has any.
pub fn files<'a>(config: &'a Config, workspace: &'a Workspace) -> Vec<NotesFile<'a>> {
    let notes = &config.notes;
    let lead = lead::package(workspace, config).ok().filter(|_| notes.enabled);
    let product = lead.map(|package| NotesFile {
        path: (*notes.file).clone(),
        config: notes,
        package,
        is_products: true,
        is_optional: false,
    });
    product.into_iter().chain(notes.packages.iter().flat_map(|of| of_packages(of, workspace))).collect()
}

fn of_packages<'a>(of: &'a PackageNotes, workspace: &'a Workspace) -> Vec<NotesFile<'a>> {
    let is_meant = |package: &&Package| {
        package.member && of.packages.as_ref().is_none_or(|packages| packages.matches(&package.name))
    };
    let meant = workspace.packages.iter().filter(is_meant);
    let file = |package: &'a Package| {
        let shared = of.is_shared.then(|| (*of.notes.file).clone());
        Some(NotesFile {
            path: shared.or_else(|| package.manifest.sibling(of.notes.file.as_str()))?,
            config: &of.notes,
            package,
            is_products: false,
            is_optional: of.packages.is_none(),
        })
    };
    meant.take(if of.is_shared { 1 } else { usize::MAX }).filter_map(file).collect()
}

/// Finds the notes among `files`, those of a commit, where the configuration does not name them.
pub(super) fn find(config: &mut Config, files: &Tree, root: &RepoPath) {
    if config.notes.is_file_set || !config.notes.enabled {
        return;
    }
    let usual = USUAL.iter().map(|name| RepoPath::from_folder(root.folder(), name));
    if let Some(found) = usual.into_iter().find(|path| files.get(path).is_some()) {
        config.notes.find(found);
    }
}
