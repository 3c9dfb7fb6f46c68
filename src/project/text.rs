//! The texts of a project: those of a commit, and the few that are read from the disk.
//!
//! None is read through a symbolic link, which may lead anywhere.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};

use crate::finding::{Finding, Place, Refused};
use crate::git::{Repo, Tree};
use crate::limits;
use crate::path::RepoPath;
use crate::rule;

/// Reads the file `path` of a commit, or returns nothing where it has none.
///
/// # Errors
///
/// A refusal where it is a symbolic link or lies beyond one, is not text, or too large.
pub(super) fn of_commit(repo: &Repo, tree: &Tree, path: &RepoPath) -> Result<Option<String>> {
    Ok(repo.text_among(tree, path)?.transpose().map_err(Refused::from)?)
}

/// Refuses the manifests and lock files of a commit that are too large, before Cargo reads them.
///
/// # Errors
///
/// A refusal with all of them.
pub(super) fn check_sizes(repo: &Repo, tree: &Tree) -> Result<()> {
    repo.prefetch_files(tree, is_read)?;
    let mut sizes = Vec::new();
    for (path, entry) in tree.files() {
        if is_cargos(path) {
            sizes.push((path, repo.size(entry.blob)?));
        }
    }
    let findings = limits::check_all(sizes.into_iter());
    Ok(Refused::if_any(findings)?)
}

/// Returns whether Cargo may read the tracked manifests and lock files as they lie in the work tree.
pub(super) fn is_small_enough(repo: &Repo) -> bool {
    let Ok(paths) = repo.tracked(is_named_as_cargos) else { return false };
    let size = |path: &RepoPath| repo.root().join(path).metadata().map_or(0, |found| found.len());
    limits::check_all(paths.iter().map(|path| (path, size(path)))).is_empty()
}

/// Returns whether the file is read of a commit, as far as that is known before.
pub(super) fn is_read(path: &RepoPath) -> bool {
    is_cargos(path) || READ.contains(&path.file_name())
}

/// The names of other files that most commands read.
const READ: [&str; 5] =
    ["relprep.toml", "rust-toolchain", "rust-toolchain.toml", "RELEASES.md", ".gitmodules"];

pub(super) fn is_cargos(path: &RepoPath) -> bool {
    is_named_as_cargos(path.as_str())
}

fn is_named_as_cargos(path: &str) -> bool {
    ["Cargo.toml", "Cargo.lock"].contains(&path.rsplit('/').next().unwrap_or(path))
}

/// Reads the file `path` of the disk, which is named to the user as `shown`, or returns nothing where
/// there is none.
///
/// # Errors
///
/// A refusal where it is a symbolic link, is not text, or too large.
pub(super) fn on_disk(path: &Path, shown: &str) -> Result<Option<String>> {
    let found = match path.symlink_metadata() {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {shown}")),
    };
    if found.is_symlink() {
        return Err(Refused::from(unreadable(shown, "this is a symbolic link, which is not followed")).into());
    }
    if !found.is_file() {
        return Err(Refused::from(unreadable(shown, "this is not a file")).into());
    }
    limits::check(shown, found.len()).map_err(Refused::from)?;
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(Refused::from(unreadable(shown, "this is not UTF-8")).into())
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {shown}")),
    }
}

fn unreadable(path: &str, message: &str) -> Finding {
    Finding::of(rule::UNREADABLE_FILE, message)
        .at(Place { path: path.to_owned(), spot: None })
        .remedy("name a text file that is tracked")
}
