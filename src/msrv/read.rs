//! Gathering the evidence: what git and Cargo say of then and now.

use std::collections::BTreeMap;

use anyhow::Result;
use semver::Version;

use super::Evidence;
use super::baseline::{self, Search};
use super::claims::Claims;
use super::dependencies::{Lock, Locked};
use super::inquiry::Inquiry;
use crate::edit::lockfile::{Change, LockFile, third_party_changes};
use crate::edit::manifest::Manifest;
use crate::finding::Finding;
use crate::path::RepoPath;
use crate::plan::Request;
use crate::repo::{EntryKind, Repo, Tree};
use crate::workspace::scratch::{Extent, Scratch};
use crate::workspace::{ManifestFile, Package, dependencies};

/// The files that choose a toolchain, beside the root manifest; the first counts for rustup too.
const TOOLCHAIN_FILES: [&str; 2] = ["rust-toolchain", "rust-toolchain.toml"];

/// Reads what the release line that begins with `line` promised, and what it needs now.
///
/// # Errors
///
/// The inner one is the finding that nothing tells what was promised.
pub fn evidence(inquiry: &Inquiry<'_>, line: &Version, lead: &Package) -> Result<Result<Evidence, Finding>> {
    let Inquiry { repo, request, stated, .. } = *inquiry;
    let project = request.project;
    let tag = project.config.names.tag.render(line, &request.name(&lead.name));
    let remote = repo.push_remote(request.branch).unwrap_or_else(|_| "origin".to_owned());
    let search = Search {
        tag: &tag,
        line,
        holds: &lead.version,
        tip: project.commit,
        trunk: request.trunk(),
        remote: &remote,
        stated,
    };
    let source = match baseline::find(repo, &search)? {
        Ok(source) => source,
        Err(finding) => return Ok(Err(finding)),
    };
    let tree = repo.tree(project.commit)?;
    let then = match source.commit() {
        Some(commit) if commit == project.commit => Some(tree.clone()),
        Some(commit) => Some(repo.tree(commit)?),
        None => None,
    };
    let root = &project.workspace.root;
    Ok(Ok(Evidence {
        line: line.clone(),
        lead: lead.name.clone(),
        then: then.as_ref().map(|tree| claims_then(repo, tree, root)).transpose()?,
        now: now(repo, &tree, request)?,
        lock: lock(inquiry, &tree, then.as_ref())?,
        source,
    }))
}

/// Reads what the members say now.
///
/// # Errors
///
/// If the repository cannot be read.
pub fn now(repo: &Repo, tree: &Tree, request: &Request<'_>) -> Result<Claims> {
    let workspace = &request.project.workspace;
    let claims = Claims::read(&workspace.manifests, &workspace.root, |_, file| file.member);
    with_toolchain(repo, tree, &workspace.root, claims)
}

/// Reads what all packages said then; which of them were members, only Cargo could tell, and nobody
/// needs to know.
fn claims_then(repo: &Repo, tree: &Tree, root: &RepoPath) -> Result<Claims> {
    let mut manifests = BTreeMap::new();
    for (path, entry) in tree.files().filter(|(path, _)| path.file_name() == "Cargo.toml") {
        if entry.kind == EntryKind::Link {
            continue;
        }
        let Ok(text) = String::from_utf8(repo.read(entry.blob)?) else { continue };
        if let Ok(manifest) = Manifest::parse(path, &text) {
            manifests.insert(path.clone(), ManifestFile { text, manifest, member: false });
        }
    }
    let claims = Claims::read(&manifests, root, |_, _| true);
    with_toolchain(repo, tree, root, claims)
}

fn with_toolchain(repo: &Repo, tree: &Tree, root: &RepoPath, claims: Claims) -> Result<Claims> {
    for path in TOOLCHAIN_FILES.iter().filter_map(|name| root.sibling(name)) {
        if let Some(text) = text(repo, tree, &path)? {
            return Ok(claims.with_toolchain(Some((&path, &text))));
        }
    }
    Ok(claims)
}

fn text(repo: &Repo, tree: &Tree, path: &RepoPath) -> Result<Option<String>> {
    match tree.get(path).filter(|entry| entry.kind != EntryKind::Link) {
        Some(entry) => Ok(String::from_utf8(repo.read(entry.blob)?).ok()),
        None => Ok(None),
    }
}

/// Compares the lock files, and asks Cargo about the packages if third parties came or changed.
fn lock(inquiry: &Inquiry<'_>, tree: &Tree, then: Option<&Tree>) -> Result<Lock> {
    let Inquiry { repo, request, changed, .. } = *inquiry;
    let root = &request.project.workspace.root;
    let Some(path) = root.sibling("Cargo.lock") else { return Ok(Lock::Untracked) };
    let Some(now) = text(repo, tree, &path)? else { return Ok(Lock::Untracked) };
    let then = match then {
        Some(then) if then.get(&path) == tree.get(&path) => return Ok(Lock::Same),
        Some(then) => text(repo, then, &path)?,
        None => None,
    };
    let packages = third_parties(&path, then.as_deref().unwrap_or_default(), &now)?;
    if packages.is_empty() {
        return Ok(Lock::Same);
    }
    let graph = if changed.iter().any(|path| path.ends_with("Cargo.toml") || path.ends_with("Cargo.lock")) {
        let scratch = Scratch::lay(repo, tree, Extent::Everything)?;
        dependencies::graph(&scratch.path(root))?
    } else {
        dependencies::graph(&repo.root().join(root))?
    };
    Ok(Lock::Changed { path, text: now, packages, graph })
}

/// Returns the third parties that `now` has, and `then` has not or not so.
fn third_parties(path: &RepoPath, then: &str, now: &str) -> Result<Vec<Locked>> {
    let (before, after) = (LockFile::read(path, then)?, LockFile::read(path, now)?);
    let came = third_party_changes(&before, &after).into_iter().filter_map(|change| match change {
        Change::Added(package) | Change::Changed { after: package, .. } => Some(Locked {
            name: package.name.to_owned(),
            version: package.version.to_owned(),
            line: package.line,
        }),
        Change::Removed(_) => None,
    });
    Ok(came.collect())
}
