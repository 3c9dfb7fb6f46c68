//! Gathering the evidence: what git and Cargo say of then and now.

use std::collections::BTreeMap;

use anyhow::Result;
use semver::Version;

use super::MsrvEvidence;
use super::baseline::{self, BaselineOverride, BaselineSource, Search};
use super::claims::{Claim, Claims};
use super::dependencies::{LockComparison, ThirdParty};
use super::scope::PromisedPackages;
use crate::edit::lockfile::{LockFile, LockFormat, PackageChange, third_party_changes};
use crate::finding::{Finding, Place, Refused};
use crate::git::{CommitId, Mode, Repo, Tree, TreeFile};
use crate::path::RepoPath;
use crate::plan::Request;
use crate::project::Project;
use crate::train::Train;
use crate::workspace::dependencies::{self, Answers, GraphError};
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
    /// What Cargo says of the tip.
    pub cargo: &'a Answers<'a>,
}

/// Manifests by path.
pub type Manifests = BTreeMap<RepoPath, ManifestFile>;

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
    let source = match source(repo, request, (line, lead), stated)? {
        Ok(source) => source,
        Err(finding) => return Ok(Err(finding)),
    };
    let held = PromisedPackages::of(project);
    let mut then = PromiseCommit::read(inquiry, &held, source)?;
    if stated.revision.is_none() && !then.declares() {
        then = later(inquiry, &held, line)?.unwrap_or(then);
    }
    let PromiseCommit { source, tree, claims, unread } = then;
    let (lock, lock_format) = lock(inquiry, tree.as_ref())?;
    Ok(Ok(MsrvEvidence {
        lead: lead.name.clone(),
        then: claims,
        now: now(repo, project, &held)?,
        lock,
        lock_format,
        stated: stated.rust_version,
        unread: unread.into_iter().map(|finding| finding.as_note().on(&source.to_string())).collect(),
        held,
        source,
    }))
}

/// Finds where the promise of the line is known from, as [`baseline::find`] does.
fn source(
    repo: &Repo,
    request: &Request<'_>,
    (line, lead): (&Version, &Package),
    stated: &BaselineOverride,
) -> Result<Result<BaselineSource, Finding>> {
    let project = request.project;
    let tags: Vec<String> = project.config.names.tag.all(line, &project.name).collect();
    let search = Search {
        tags: &tags,
        is_tag_assumed: project.config.names.tag.is_assumed(),
        line,
        holds: &lead.version,
        tip: project.commit,
        trunk: &request.trunk(),
        refs: request.refs,
        stated,
    };
    baseline::find(repo, &search)
}

/// What is known of the commit that holds the promise; nothing where only the version is known.
struct PromiseCommit {
    source: BaselineSource,
    tree: Option<Tree>,
    claims: Option<Claims>,
    /// What could not be read.
    unread: Vec<Finding>,
}

impl PromiseCommit {
    fn read(inquiry: &Inquiry<'_>, held: &PromisedPackages, source: BaselineSource) -> Result<Self> {
        let Inquiry { repo, request, .. } = *inquiry;
        let Some(commit) = source.commit() else {
            return Ok(Self { source, tree: None, claims: None, unread: Vec::new() });
        };
        let tree = tree_then(repo, commit, request.project)?;
        let (claims, unread) = claims_then(repo, &tree, request.project, held)?;
        Ok(Self { source, tree: Some(tree), claims: Some(claims), unread })
    }

    /// Returns whether a `rust-version` was declared, or only the user tells what was promised.
    fn declares(&self) -> bool {
        self.claims.as_ref().is_none_or(Claims::declares)
    }
}

/// Returns the latest release of the line that declares a `rust-version`, which the tip is held to where the first
/// one declares none; the tip itself is no release before it.
fn later(inquiry: &Inquiry<'_>, held: &PromisedPackages, line: &Version) -> Result<Option<PromiseCommit>> {
    let request = inquiry.request;
    let released = request.releases_of(line).into_iter().rev().map(|(_, tag)| tag);
    for tag in released.filter(|tag| tag.commit != request.project.commit) {
        let source = BaselineSource::LaterRelease { tag: tag.name.to_string(), commit: tag.commit };
        let then = PromiseCommit::read(inquiry, held, source)?;
        if then.declares() {
            return Ok(Some(then));
        }
    }
    Ok(None)
}

/// Reads what the members say now.
///
/// # Errors
///
/// If the repository cannot be read.
pub fn now(repo: &Repo, project: &Project, held: &PromisedPackages) -> Result<Claims> {
    let workspace = &project.workspace;
    let wanted = |_: &RepoPath, file: &ManifestFile| file.member && held.holds(file);
    let claims = Claims::read(&workspace.manifests, &workspace.root, wanted);
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
fn claims_then(
    repo: &Repo,
    then: &Tree,
    project: &Project,
    held: &PromisedPackages,
) -> Result<(Claims, Vec<Finding>)> {
    let (manifests, unread) = manifests_then(repo, then, project)?;
    let root = &project.workspace.root;
    let claims = Claims::read(&manifests, root, |_, file| held.holds(file));
    Ok((with_toolchain(repo, then, root, claims)?, unread))
}

/// Reads the manifests of a tree, and returns with them what could not be read.
fn manifests_then(repo: &Repo, then: &Tree, project: &Project) -> Result<(Manifests, Vec<Finding>)> {
    let is_read = |path: &RepoPath| {
        ["Cargo.toml", "Cargo.lock"].contains(&path.file_name())
            || TOOLCHAIN_FILES.contains(&path.file_name())
    };
    repo.prefetch_files(then, is_read)?;
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
    Ok((manifests, unread))
}

/// Reads the manifests of the members of today as they were in the line's first release, and what that is called;
/// nothing where it is not known, or is this commit.
///
/// # Errors
///
/// If git fails.
pub fn first_manifests(
    repo: &Repo,
    request: &Request<'_>,
    line: &Version,
    lead: &Package,
) -> Result<Option<(BaselineSource, Manifests)>> {
    let project = request.project;
    let Ok(source) = source(repo, request, (line, lead), BaselineOverride::none())? else {
        return Ok(None);
    };
    let Some(commit) = source.commit().filter(|commit| *commit != project.commit) else { return Ok(None) };
    let then = tree_then(repo, commit, project)?;
    Ok(Some((source, manifests_then(repo, &then, project)?.0)))
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

/// Compares the lock files, and asks Cargo about the packages if third parties came or changed; returns the format
/// beside, if it is another one.
fn lock(inquiry: &Inquiry<'_>, then: Option<&Tree>) -> Result<(LockComparison, Option<Claim<LockFormat>>)> {
    let Inquiry { repo, request, cargo, .. } = *inquiry;
    let (root, tree) = (&request.project.workspace.root, &request.project.files);
    let Some(path) = root.sibling("Cargo.lock") else { return Ok((LockComparison::Untracked, None)) };
    let Some(now) = text(repo, tree, &path)? else { return Ok((LockComparison::Untracked, None)) };
    let then = match then {
        Some(then) if then.get(&path) == tree.get(&path) => return Ok((LockComparison::Same, None)),
        Some(then) => text(repo, then, &path)?,
        None => None,
    };
    let (before, after) =
        (LockFile::read(&path, then.as_deref().unwrap_or_default())?, LockFile::read(&path, &now)?);
    let is_format_new = then.is_none() || before.format != after.format;
    let format = is_format_new.then(|| Claim { value: after.format, place: version_line(&path, &now) });
    let packages = third_parties(&before, &after);
    if packages.is_empty() {
        return Ok((LockComparison::Same, format));
    }
    let graph = cargo.graph(root)?;
    let is_current = *graph != Err(GraphError::Stale);
    let graph = match is_current {
        true => (*graph).clone(),
        false => dependencies::updated_graph(repo, tree, root, &path)?,
    };
    Ok((LockComparison::Changed { path, text: now, packages, is_current, graph }, format))
}

/// Returns whether the lock file `path` has other third parties now than it had then, where both can be read.
///
/// # Errors
///
/// If git fails.
pub fn third_parties_differ(repo: &Repo, path: &RepoPath, (then, now): (CommitId, CommitId)) -> Result<bool> {
    if repo.blob_at(then, path.as_str())? == repo.blob_at(now, path.as_str())? {
        return Ok(false);
    }
    let text = |commit| Ok::<_, anyhow::Error>(repo.text_at(commit, path)?.transpose().ok().flatten());
    let (Some(now), then) = (text(now)?, text(then)?.unwrap_or_default()) else { return Ok(false) };
    let read = (LockFile::read(path, &then), LockFile::read(path, &now));
    Ok(matches!(read, (Ok(then), Ok(now)) if !third_parties(&then, &now).is_empty()))
}

/// Returns where a lock file states its version.
fn version_line(path: &RepoPath, text: &str) -> Place {
    let line = text.lines().position(|line| line.starts_with("version"));
    line.map_or_else(|| Place::file(path), |line| Place::line(path, text, line + 1))
}

/// Returns the third parties that are there `after`, and `before` were not or not so.
fn third_parties(before: &LockFile<'_>, after: &LockFile<'_>) -> Vec<ThirdParty> {
    let came = third_party_changes(before, after).into_iter().filter_map(|change| match change {
        PackageChange::Added(package) | PackageChange::Changed { after: package, .. } => Some(ThirdParty {
            name: package.name.to_owned(),
            version: package.version.to_owned(),
            line: package.line,
        }),
        PackageChange::Removed(_) => None,
    });
    came.collect()
}
