//! Gathering the evidence: what git and Cargo say of then and now.

use std::collections::BTreeMap;

use anyhow::Result;
use semver::Version;

use super::MsrvEvidence;
use super::baseline::{self, BaselineOverride, Search};
use super::claims::Claims;
use super::dependencies::{LockComparison, ThirdParty};
use crate::edit::lockfile::{LockFile, PackageChange, third_party_changes};
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Mode, Repo, Tree, TreeFile};
use crate::path::RepoPath;
use crate::plan::Request;
use crate::project::Project;
use crate::train::Train;
use crate::workspace::dependencies::{self, CargoFolder, GraphError, Layout};
use crate::workspace::{ManifestFile, Package};

/// The files that choose a toolchain, beside the root manifest; the first counts for rustup too.
const TOOLCHAIN_FILES: [&str; 2] = ["rust-toolchain", "rust-toolchain.toml"];

/// What a branch promised about Rust, and whether that holds.
#[derive(Clone, Copy)]
pub struct Inquiry<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// The project at the branch's tip, and the branch.
    pub request: &'a Request<'a>,
    /// The release train, if there is one: it says which lines have long-term support.
    pub train: Option<&'a Train>,
    /// What the user says about the baseline.
    pub stated: &'a BaselineOverride,
    /// Where Cargo is asked about the tip.
    pub folder: CargoFolder,
}

/// Reads what the release line that begins with `line` promised, and what it needs now.
///
/// # Errors
///
/// The inner one is the finding that nothing tells what was promised.
pub fn evidence(
    inquiry: &Inquiry<'_>,
    line: &Version,
    lead: &Package,
) -> Result<Result<MsrvEvidence, Finding>> {
    let Inquiry { repo, request, stated, .. } = *inquiry;
    let project = request.project;
    let tag = project.tag(line);
    let search = Search {
        tag: &tag,
        line,
        holds: &lead.version,
        tip: project.commit,
        trunk: &request.trunk(),
        refs: request.refs,
        stated,
    };
    let source = match baseline::find(repo, &search)? {
        Ok(source) => source,
        Err(finding) => return Ok(Err(finding)),
    };
    let then = source.commit().map(|commit| tree_then(repo, commit, project)).transpose()?;
    let claims = then.as_ref().map(|then| claims_then(repo, then, project)).transpose()?;
    let (claims, unread) = claims.unzip();
    let at_source = |finding: Finding| finding.as_note().on(&source.to_string());
    Ok(Ok(MsrvEvidence {
        lead: lead.name.clone(),
        then: claims,
        now: now(repo, project)?,
        lock: lock(inquiry, then.as_ref())?,
        stated: stated.rust_version,
        unread: unread.into_iter().flatten().map(at_source).collect(),
        source,
    }))
}

/// Reads what the members say now.
///
/// # Errors
///
/// If the repository cannot be read.
pub fn now(repo: &Repo, project: &Project) -> Result<Claims> {
    let workspace = &project.workspace;
    let claims = Claims::read(&workspace.manifests, &workspace.root, |_, file| file.member);
    with_toolchain(repo, &project.files, &workspace.root, claims)
}

/// Reads as much of a commit's tree as the members of today need; all of it where one of them was not
/// there, and may have moved.
fn tree_then(repo: &Repo, commit: CommitId, project: &Project) -> Result<Tree> {
    let root = &project.workspace.root;
    let beside = TOOLCHAIN_FILES.iter().chain(&["Cargo.lock"]).filter_map(|name| root.sibling(name));
    let beside: Vec<RepoPath> = beside.collect();
    let then = repo.files_among(commit, members(project).chain(&beside))?;
    let all_there = members(project).all(|path| then.get(path).is_some());
    if all_there { Ok(then) } else { repo.tree(commit) }
}

/// Returns the manifests of the members and of the root.
fn members(project: &Project) -> impl Iterator<Item = &RepoPath> {
    project.workspace.manifests.iter().filter(|(_, file)| file.member).map(|(path, _)| path)
}

/// Reads what the packages of a tree said then, and returns with it what could not be read. Which were
/// members then, only Cargo could tell, and nobody needs to know.
fn claims_then(repo: &Repo, then: &Tree, project: &Project) -> Result<(Claims, Vec<Finding>)> {
    let (mut manifests, mut unread) = (BTreeMap::new(), Vec::new());
    let is_manifest =
        |(path, entry): &(&RepoPath, TreeFile)| path.file_name() == "Cargo.toml" && entry.mode != Mode::Link;
    for (path, entry) in then.files().filter(is_manifest) {
        // One that is the same now was read already.
        let now = project.workspace.manifests.get(path);
        let read = match now.filter(|_| project.files.get(path) == Some(entry)) {
            Some(now) => Ok(ManifestFile { member: false, ..now.clone() }),
            None => repo.text(path.as_str(), entry.blob)?.and_then(|text| ManifestFile::parse(path, text)),
        };
        match read {
            Ok(file) => drop(manifests.insert(path.clone(), file)),
            Err(finding) => unread.push(finding),
        }
    }
    let root = &project.workspace.root;
    Ok((with_toolchain(repo, then, root, Claims::read(&manifests, root, |_, _| true))?, unread))
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
    match tree.get(path).filter(|entry| entry.mode != Mode::Link) {
        Some(entry) => Ok(Some(repo.text(path.as_str(), entry.blob)?.map_err(Refused::from)?)),
        None => Ok(None),
    }
}

/// Compares the lock files, and asks Cargo about the packages if third parties came or changed.
fn lock(inquiry: &Inquiry<'_>, then: Option<&Tree>) -> Result<LockComparison> {
    let Inquiry { repo, request, folder, .. } = *inquiry;
    let (root, tree) = (&request.project.workspace.root, &request.project.files);
    let Some(path) = root.sibling("Cargo.lock") else { return Ok(LockComparison::Untracked) };
    let Some(now) = text(repo, tree, &path)? else { return Ok(LockComparison::Untracked) };
    let then = match then {
        Some(then) if then.get(&path) == tree.get(&path) => return Ok(LockComparison::Same),
        Some(then) => text(repo, then, &path)?,
        None => None,
    };
    let packages = third_parties(&path, then.as_deref().unwrap_or_default(), &now)?;
    if packages.is_empty() {
        return Ok(LockComparison::Same);
    }
    let graph = Layout::new(repo, tree, folder)?.graph(root)?;
    let is_current = graph != Err(GraphError::Stale);
    let graph = match is_current {
        true => graph,
        false => dependencies::updated_graph(repo, tree, root, &path)?,
    };
    Ok(LockComparison::Changed { path, text: now, packages, is_current, graph })
}

/// Returns the third parties that `now` has, and `then` has not or not so.
fn third_parties(path: &RepoPath, then: &str, now: &str) -> Result<Vec<ThirdParty>> {
    let (before, after) = (LockFile::read(path, then)?, LockFile::read(path, now)?);
    let came = third_party_changes(&before, &after).into_iter().filter_map(|change| match change {
        PackageChange::Added(package) | PackageChange::Changed { after: package, .. } => Some(ThirdParty {
            name: package.name.to_owned(),
            version: package.version.to_owned(),
            line: package.line,
        }),
        PackageChange::Removed(_) => None,
    });
    Ok(came.collect())
}
