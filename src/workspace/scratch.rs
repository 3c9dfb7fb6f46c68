//! A folder of its own in which Cargo sees a tree that is not checked out.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::own_folder::OwnFolder;
use super::resolution;
use super::submodules::ReachedSubmodules;
use crate::git::{Mode, Repo, Tree};
use crate::limits;
use crate::path::RepoPath;

/// How much of a tree is laid out. Of Rust sources only those are there that may be a target's root,
/// and they are empty: Cargo only wants them to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutExtent {
    /// Only what `cargo metadata --no-deps` looks at.
    Manifests,
    /// Everything but what is larger than any text: also Cargo's configuration, lock files and vendored
    /// packages.
    Everything,
}

/// Where the roots of targets may lie: where Cargo looks for them by itself ("Target auto-discovery" in
/// its reference), and where a manifest says.
#[derive(Default)]
struct TargetRoots {
    /// The folders of packages.
    packages: HashSet<String>,
    /// Those of packages that have a library or program in the usual place.
    rooted: HashSet<String>,
    /// The files that a manifest names.
    named: HashSet<RepoPath>,
    /// What manifests quote: the names of targets among it.
    words: HashSet<String>,
}

impl TargetRoots {
    fn add(&mut self, manifest: &RepoPath, text: &str) {
        self.packages.insert(manifest.folder().to_owned());
        for word in text.split(['"', '\'']) {
            if has_source_extension(word) {
                self.named.extend(manifest.sibling(word));
            } else if !word.contains(['\n', ' ']) {
                self.words.insert(word.to_owned());
            }
        }
    }

    fn add_root(&mut self, path: &RepoPath) {
        if ["lib.rs", "main.rs"].contains(&path.file_name()) {
            self.rooted.extend(package_of(path.folder(), "src").map(str::to_owned));
        }
    }

    fn is_target(&self, path: &RepoPath) -> bool {
        let (folder, name) = (path.folder(), path.file_name());
        let is_in =
            |place: &str| package_of(folder, place).is_some_and(|package| self.packages.contains(package));
        self.named.contains(path)
            || name == "build.rs" && self.packages.contains(folder)
            || ["lib.rs", "main.rs"].contains(&name) && is_in("src")
            || self.is_collected(folder, name.trim_end_matches(".rs"))
            || name == "main.rs"
                && folder.rsplit_once('/').is_some_and(|(above, stem)| self.is_collected(above, stem))
    }

    /// Returns whether the target `stem` in `folder` must be there: a program's always, another one's if
    /// a manifest names it, or if its package has nothing else.
    fn is_collected(&self, folder: &str, stem: &str) -> bool {
        let is_needed = |package: &str| !self.rooted.contains(package) || self.words.contains(stem);
        let lies_in = |place| package_of(folder, place).filter(|package| self.packages.contains(*package));
        lies_in("src/bin").is_some()
            || ["examples", "tests", "benches"].into_iter().filter_map(lies_in).any(is_needed)
    }
}

/// Returns the folder above `place`, if that is what `folder` ends with.
fn package_of<'a>(folder: &'a str, place: &str) -> Option<&'a str> {
    let above = folder.strip_suffix(place)?;
    above.strip_suffix('/').or(Some(above).filter(|above| above.is_empty()))
}

/// Returns whether rustup would run what the file names.
fn chooses_toolchain(path: &RepoPath) -> bool {
    ["rust-toolchain", "rust-toolchain.toml"].contains(&path.file_name())
}

/// Returns whether Cargo itself reads the file; what else there is may stay absent from a partial clone.
fn is_read_by_cargo(path: &RepoPath) -> bool {
    ["Cargo.toml", "Cargo.lock", ".cargo-checksum.json"].contains(&path.file_name()) || is_cargo_config(path)
}

fn is_cargo_config(path: &RepoPath) -> bool {
    ["config", "config.toml"].contains(&path.file_name())
        && (path.folder() == ".cargo" || path.folder().ends_with("/.cargo"))
}

fn is_source(path: &RepoPath) -> bool {
    has_source_extension(path.file_name())
}

fn has_source_extension(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "rs")
}

/// The folder; it goes when this is dropped.
pub struct ScratchFolder {
    root: PathBuf,
    pub(super) submodules: ReachedSubmodules,
    _folder: OwnFolder,
}

impl ScratchFolder {
    /// Lays out `tree`.
    pub fn lay(repo: &Repo, tree: &Tree, extent: LayoutExtent) -> Result<Self> {
        let folder = OwnFolder::make()?;
        let root = folder.path()?.join("tree");
        std::fs::create_dir(&root).with_context(|| format!("cannot create {}", root.display()))?;
        let mut scratch = Self { root, submodules: ReachedSubmodules::default(), _folder: folder };
        repo.prefetch_files(tree, is_read_by_cargo)?;
        let mut sources = TargetRoots::default();
        for (path, entry) in tree.files().filter(|(_, entry)| entry.mode != Mode::Link) {
            let is_manifest = path.file_name() == "Cargo.toml";
            let is_wanted = is_manifest || (extent == LayoutExtent::Everything && !chooses_toolchain(path));
            if is_source(path) || !is_wanted || !(is_read_by_cargo(path) || repo.has_blob(entry.blob)) {
                continue;
            }
            let Some(mut content) = repo.bytes(entry.blob, limits::TEXT)? else { continue };
            if is_cargo_config(path) {
                content = resolution::of_text(&String::from_utf8_lossy(&content)).into_bytes();
            }
            scratch.write(path, &content)?;
            if is_manifest {
                sources.add(path, &String::from_utf8_lossy(&content));
            }
        }
        scratch.lay_submodules(repo, tree, &mut sources)?;
        let files = || tree.files().chain(scratch.submodules.files());
        files().for_each(|(path, _)| sources.add_root(path));
        for (path, _) in files().filter(|(path, _)| is_source(path) && sources.is_target(path)) {
            scratch.write(path, b"")?;
        }
        Ok(scratch)
    }

    /// Writes the manifests of the submodules that Cargo would look into.
    fn lay_submodules(&mut self, repo: &Repo, tree: &Tree, sources: &mut TargetRoots) -> Result<()> {
        let reached = ReachedSubmodules::of_tree(repo, tree)?;
        for (path, text) in reached.manifests(repo)? {
            self.write(&path, text.as_bytes())?;
            sources.add(&path, &text);
        }
        for package in &reached.stand_ins {
            self.write(&package.manifest, package.text.as_bytes())?;
        }
        self.submodules = reached;
        Ok(())
    }

    /// Writes a file.
    pub fn write(&self, path: &RepoPath, content: &[u8]) -> Result<()> {
        let file = self.path(path);
        let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&file, content))
            .with_context(|| format!("cannot write {}", file.display()))
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
