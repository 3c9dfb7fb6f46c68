//! Which project is meant, and at which commit.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::text;
use crate::edit::manifest::Manifest;
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Repo};
use crate::path::RepoPath;
use crate::rule;
use crate::workspace::metadata::nearest_manifest;

/// Which project is meant.
#[derive(Clone, Debug, Default)]
pub struct Location {
    /// The folder to begin at.
    pub folder: PathBuf,
    /// `--manifest-path`.
    pub manifest: Option<PathBuf>,
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--remote`.
    pub remote: Option<String>,
}

impl Location {
    /// Opens the repository that the project is in.
    ///
    /// # Errors
    ///
    /// As [`Repo::discover`], and a refusal if there is no manifest where one is named.
    pub fn repository(&self) -> Result<Repo> {
        Repo::discover(&self.folder_of_manifest()?)
    }

    /// Opens the repository that the project is in; `None` where it is in none.
    ///
    /// # Errors
    ///
    /// As [`Repo::find`], and a refusal if there is no manifest where one is named.
    pub fn repository_if_any(&self) -> Result<Option<Repo>> {
        Repo::find(&self.folder_of_manifest()?)
    }

    /// Returns the folder to begin at: that of the manifest that is named, if one is.
    ///
    /// # Errors
    ///
    /// A refusal if there is no manifest where one is named.
    pub(crate) fn folder_of_manifest(&self) -> Result<PathBuf, Refused> {
        let Some(named) = &self.manifest else { return Ok(self.folder.clone()) };
        let manifest = self.folder.join(named);
        match manifest.parent() {
            Some(folder) if manifest.is_file() => Ok(folder.to_owned()),
            _ => Err(no_manifest(named)),
        }
    }
}

/// A commit, and whether it is the one that is checked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The commit.
    pub commit: CommitId,
    /// Whether the work tree stands for it.
    pub is_checked_out: bool,
}

/// Returns the name in the nearest manifest upwards that describes a package, without asking git or Cargo.
pub fn nearest_package(location: &Location) -> Option<String> {
    let folder = location.folder_of_manifest().ok()?;
    folder.ancestors().find_map(|folder| {
        let text = text::on_disk(&folder.join("Cargo.toml"), "Cargo.toml").ok()??;
        Some(Manifest::parse(&RepoPath::known("Cargo.toml"), &text).ok()?.package?.name?.value)
    })
}

/// Finds the manifest that is meant.
pub(super) fn manifest_path(repo: &Repo, location: &Location) -> Result<PathBuf> {
    let root = repo.root().canonicalize().context("cannot find the root of the work tree")?;
    let folder = location.folder.canonicalize().context("cannot find the current folder")?;
    if let Some(manifest) = &location.manifest {
        return real(&folder.join(manifest)).ok_or_else(|| no_manifest(manifest).into());
    }
    nearest_manifest(&folder, &root).ok_or_else(|| {
        let message = format!(
            "there is no Cargo.toml in {} or above it, up to the repository's root",
            folder.display()
        );
        Refused::from(
            Finding::of(rule::NO_MANIFEST, message)
                .remedy("run this in a Cargo workspace, or give `--manifest-path`"),
        )
        .into()
    })
}

/// Returns the path without links on the way; the manifest may be one.
fn real(manifest: &Path) -> Option<PathBuf> {
    let folder = manifest.parent()?.canonicalize().ok()?;
    Some(folder.join(manifest.file_name()?)).filter(|manifest| manifest.exists())
}

/// Returns where in the repository `manifest` is.
pub(super) fn relative(repo: &Repo, manifest: &Path) -> Result<RepoPath> {
    let root = repo.root().canonicalize()?;
    let inside = manifest.strip_prefix(&root).ok().and_then(Path::to_str).and_then(RepoPath::new);
    inside.with_context(|| format!("{} is not in the repository", manifest.display()))
}

fn no_manifest(named: &Path) -> Refused {
    Finding::of(rule::NO_MANIFEST, format!("there is no manifest at {}", named.display()))
        .remedy("give `--manifest-path` the path of a Cargo.toml")
        .into()
}
