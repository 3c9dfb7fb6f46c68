//! A lock file whose merge conflicts, computed anew by Cargo, offline.

use anyhow::Result;

use super::scratch::{LayoutExtent, ScratchFolder};
use super::update::update;
use crate::edit::lockfile::{LockFile, PackageChange, redo, third_party_changes};
use crate::git::{CommitId, Repo};
use crate::path::RepoPath;

/// The three texts of a lock file in a merge.
#[derive(Clone, Copy, Debug)]
pub struct MergeTexts<'a> {
    /// Before the commit.
    pub before: &'a str,
    /// In the commit.
    pub after: &'a str,
    /// On the branch.
    pub branch: &'a str,
}

/// Returns the lock file `path` for the manifests of `merged`: that of the branch, with what the
/// commit did to third parties done again, and nothing else.
///
/// The inner error says why it cannot be: Cargo does not find what it needs offline, or would change
/// more than the commit did.
pub fn relock(
    repo: &Repo,
    merged: CommitId,
    path: &RepoPath,
    sides: MergeTexts<'_>,
) -> Result<Result<String, String>> {
    let read = |text| LockFile::read(path, text).map_err(|refused| refused.to_string());
    let (before, after, branch) = match (read(sides.before), read(sides.after), read(sides.branch)) {
        (Ok(before), Ok(after), Ok(branch)) => (before, after, branch),
        (Err(said), ..) | (_, Err(said), _) | (.., Err(said)) => return Ok(Err(said)),
    };
    let wanted = third_party_changes(&before, &after);
    let tree = repo.tree(merged)?;
    let scratch = ScratchFolder::lay(repo, &tree, LayoutExtent::Everything)?;
    scratch.write(path, redo(&branch, sides.branch, &wanted, sides.after).as_bytes())?;
    if let Err(said) = update(&scratch, path, &["--workspace"])? {
        // What follows the first line names the folder, which is another one each time.
        let said = said.edited(|said| said.lines().next().unwrap_or("Cargo cannot tell").to_owned());
        return Ok(Err(said.shown(repo, &tree)?.unwrap_or_else(|ways| ways.to_string())));
    }
    let text = std::fs::read_to_string(scratch.path(path))?;
    Ok(check(path, sides.branch, &text, &wanted).map(|()| text))
}

/// Makes sure that the new lock file does what the commit did, as far as the branch has the
/// packages, and nothing else.
fn check(path: &RepoPath, branch: &str, text: &str, wanted: &[PackageChange<'_>]) -> Result<(), String> {
    let read = |text| LockFile::read(path, text).map_err(|refused| refused.to_string());
    let (old, new) = (read(branch)?, read(text)?);
    let names: Vec<&str> = wanted.iter().map(|change| name(change)).collect();
    let foreign = third_party_changes(&old, &new);
    let foreign: Vec<String> =
        foreign.iter().filter(|change| !names.contains(&name(change))).map(ToString::to_string).collect();
    if !foreign.is_empty() {
        return Err(format!("Cargo would change more than the commit did: {}", foreign.join(", ")));
    }
    let has = |lock: &LockFile<'_>, name: &str, version: Option<&str>| {
        let mut packages = lock.packages.iter().filter(|package| package.name == name);
        packages.any(|package| version.is_none_or(|version| package.version == version))
    };
    for change in wanted {
        let (PackageChange::Changed { after, .. } | PackageChange::Added(after)) = change else { continue };
        let needed = matches!(change, PackageChange::Changed { .. }) && has(&old, after.name, None);
        if needed && !has(&new, after.name, Some(after.version)) {
            return Err(format!("Cargo does not bring {} to {} here", after.name, after.version));
        }
    }
    Ok(())
}

fn name<'a>(change: &PackageChange<'a>) -> &'a str {
    match change {
        PackageChange::Added(package) | PackageChange::Removed(package) => package.name,
        PackageChange::Changed { after, .. } => after.name,
    }
}
