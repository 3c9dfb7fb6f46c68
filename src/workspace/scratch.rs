//! A folder of its own in which Cargo sees a tree that is not checked out.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::path::RepoPath;
use crate::repo::{EntryKind, Repo, Tree};

/// How much of a tree is laid out; Rust sources are empty in any case, since Cargo only wants each
/// target's file to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Only what `cargo metadata --no-deps` looks at.
    Manifests,
    /// Everything: also Cargo's configuration, lock files and vendored packages.
    Everything,
}

/// The folder; it goes when this is dropped.
pub struct Scratch {
    root: PathBuf,
    _folder: TempDir,
}

impl Scratch {
    /// Lays out `tree`.
    pub fn lay(repo: &Repo, tree: &Tree, extent: Extent) -> Result<Self> {
        let folder = TempDir::with_prefix("relprep-").context("cannot make a temporary folder")?;
        let root = folder.path().canonicalize()?;
        let scratch = Self { root, _folder: folder };
        for (path, entry) in tree.files() {
            let is_source =
                Path::new(path.file_name()).extension().is_some_and(|extension| extension == "rs");
            let is_wanted = is_source || extent == Extent::Everything || path.file_name() == "Cargo.toml";
            if entry.kind == EntryKind::Link || !is_wanted {
                continue;
            }
            let content = if is_source { Vec::new() } else { repo.read(entry.blob)? };
            scratch.write(path, &content)?;
        }
        Ok(scratch)
    }

    /// Writes a file.
    pub fn write(&self, path: &RepoPath, content: &[u8]) -> Result<()> {
        let file = self.path(path);
        if let Some(above) = file.parent() {
            std::fs::create_dir_all(above)?;
        }
        std::fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))
    }

    /// Returns where a file lies.
    pub fn path(&self, path: &RepoPath) -> PathBuf {
        self.root.join(path)
    }

    /// Returns the folder that stands for the repository's root.
    pub fn root(&self) -> &Path {
        &self.root
    }
}
