//! The texts of a project: those of a commit, and the few that are read from the disk.
//!
//! None is read through a symbolic link, which may lead anywhere.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};

use crate::finding::{Finding, Place, Refused};
use crate::git::{EntryKind, Repo, Tree};
use crate::limits;
use crate::path::RepoPath;
use crate::rule;

/// Reads the file `path` of a commit, or returns nothing where it has none.
///
/// # Errors
///
/// A refusal where it is a symbolic link or lies beyond one, is no text, or too large.
pub(super) fn of_commit(repo: &Repo, tree: &Tree, path: &RepoPath) -> Result<Option<String>> {
    let is_link = |path: &RepoPath| tree.get(path).is_some_and(|entry| entry.kind == EntryKind::Link);
    if let Some(link) = path.and_above().find(is_link) {
        return Err(Refused::from(linked(path, &link)).into());
    }
    let Some(entry) = tree.get(path) else { return Ok(None) };
    limits::check(path.as_str(), repo.size(entry.blob)?).map_err(Refused::from)?;
    match String::from_utf8(repo.read(entry.blob)?) {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(Refused::from(unreadable(path.as_str(), "this is not UTF-8")).into()),
    }
}

/// Refuses the manifests and lock files of a commit that are too large, before Cargo reads them.
///
/// # Errors
///
/// A refusal with all of them.
pub(super) fn check_sizes(repo: &Repo, tree: &Tree) -> Result<()> {
    let mut sizes = Vec::new();
    for (path, entry) in tree.files() {
        if ["Cargo.toml", "Cargo.lock"].contains(&path.file_name()) {
            sizes.push((path, repo.size(entry.blob)?));
        }
    }
    let findings = limits::check_all(sizes.into_iter());
    if findings.is_empty() { Ok(()) } else { Err(Refused(findings).into()) }
}

/// Reads the file `path` of the disk, which is named to the user as `shown`, or returns nothing where
/// there is none.
///
/// # Errors
///
/// A refusal where it is a symbolic link, is no text, or too large.
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
        return Err(Refused::from(unreadable(shown, "this is no file")).into());
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

fn linked(path: &RepoPath, link: &RepoPath) -> Finding {
    if path == link {
        return unreadable(path.as_str(), "this is a symbolic link, which is not followed");
    }
    let message = format!("this leads through {link}, which is a symbolic link and is not followed");
    unreadable(path.as_str(), &message)
}

fn unreadable(path: &str, message: &str) -> Finding {
    Finding::of(rule::UNREADABLE_FILE, message)
        .at(Place { path: path.to_owned(), spot: None })
        .remedy("name a text file that is tracked")
}
