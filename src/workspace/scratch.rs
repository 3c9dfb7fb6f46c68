//! A folder of its own in which Cargo sees a tree that is not checked out.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::path::RepoPath;
use crate::repo::{EntryKind, Repo, Tree};

/// How much of a tree is laid out. Of Rust sources only those are there that may be a target's root,
/// and they are empty: Cargo only wants them to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Only what `cargo metadata --no-deps` looks at.
    Manifests,
    /// Everything: also Cargo's configuration, lock files and vendored packages.
    Everything,
}

/// Where the roots of targets may lie: where Cargo looks for them by itself ("Target auto-discovery" in
/// its reference), and where a manifest says.
#[derive(Default)]
struct Sources {
    packages: HashSet<String>,
    named: HashSet<RepoPath>,
}

impl Sources {
    fn add(&mut self, manifest: &RepoPath, text: &str) {
        self.packages.insert(manifest.folder().to_owned());
        let words = text.split(['"', '\'']).filter(|word| has_source_extension(word));
        self.named.extend(words.filter_map(|word| manifest.sibling(word)));
    }

    fn is_target(&self, path: &RepoPath) -> bool {
        let (folder, name) = (path.folder(), path.file_name());
        let lies_in = |folder: &str, place: &str| {
            let above = folder
                .strip_suffix(place)
                .and_then(|rest| rest.strip_suffix('/').or(Some(rest).filter(|r| r.is_empty())));
            above.is_some_and(|package| self.packages.contains(package))
        };
        let is_collected = |folder: &str| {
            ["src/bin", "examples", "tests", "benches"].iter().any(|place| lies_in(folder, place))
        };
        self.named.contains(path)
            || name == "build.rs" && self.packages.contains(folder)
            || ["lib.rs", "main.rs"].contains(&name) && lies_in(folder, "src")
            || is_collected(folder)
            || name == "main.rs" && folder.rsplit_once('/').is_some_and(|(above, _)| is_collected(above))
    }
}

fn is_source(path: &RepoPath) -> bool {
    has_source_extension(path.file_name())
}

fn has_source_extension(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "rs")
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
        let mut sources = Sources::default();
        for (path, entry) in tree.files().filter(|(_, entry)| entry.kind != EntryKind::Link) {
            let is_manifest = path.file_name() == "Cargo.toml";
            if is_source(path) || !(is_manifest || extent == Extent::Everything) {
                continue;
            }
            let content = repo.read(entry.blob)?;
            scratch.write(path, &content)?;
            if is_manifest {
                sources.add(path, &String::from_utf8_lossy(&content));
            }
        }
        for (path, _) in tree.files().filter(|(path, _)| is_source(path) && sources.is_target(path)) {
            scratch.write(path, b"")?;
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
