//! Gathering what is checked: what git and Cargo say of one commit.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use semver::Version;

use super::{BranchKind, FirstManifests, LockState, Subject, checked_notes};
use crate::finding::Refused;
use crate::git::fetched::{FetchGap, Sign};
use crate::git::{BranchName, CommitId, Refs, Repo, Tag};
use crate::msrv::baseline::BaselineOverride;
use crate::msrv::inquiry::{self, Inquiry};
use crate::msrv::read;
use crate::path::RepoPath;
use crate::plan::{Request, lines};
use crate::project::{Location, Project, Revision, lead};
use crate::report::Report;
use crate::rule;
use crate::train::Train;
use crate::workspace::answer::Question;
use crate::workspace::dependencies::{Answers, GraphError};

/// Reads what the rules look at: nothing that only rules need which are off.
///
/// `cargo` is what Cargo says of the commit.
///
/// # Errors
///
/// If git or Cargo fail, or there is no lead package.
pub fn subject<'a>(
    repo: &'a Repo,
    request: &'a Request<'a>,
    train: Option<&'a Train>,
    cargo: &'a Answers<'a>,
) -> Result<Subject<'a>> {
    let project = request.project;
    let lead = lead::package(&project.workspace, &project.config).map_err(Refused)?;
    let levels = &project.config.check;
    let role = match project.config.names.branch.line(request.branch) {
        Some(line) => BranchKind::Release(line),
        None if *request.branch == request.trunk() => BranchKind::Trunk,
        None => BranchKind::Other,
    };
    let gap = gap(repo, request, &role)?;
    let mut msrv = Report::default();
    if levels.is_on(rule::MSRV) {
        Inquiry { repo, request, train, stated: BaselineOverride::none(), cargo }.report(&mut msrv)?;
    }
    let tags = tags(request);
    let lines = lines::lines(&project.workspace, &project.config);
    let (mut notes, absent_notes) = checked_notes::read(request, lines.as_ref().ok(), &tags);
    for file in notes.iter_mut().filter(|file| file.notes.archive().is_some()) {
        if levels.is_on(rule::NOTES_ARCHIVE) {
            file.missing_on = without_notes(repo, request, file.path)?;
        }
    }
    let first = match &role {
        BranchKind::Release(line)
            if levels.is_on(rule::DEPENDENCY_HELD) || levels.is_on(rule::NOTES_BREAKING) =>
        {
            read::first_manifests(repo, request, line, lead)?
        }
        _ => None,
    };
    let first = first.map(|(source, manifests)| FirstManifests { release: source.in_short(), manifests });
    Ok(Subject {
        request,
        lead,
        lines,
        role,
        notes,
        absent_notes,
        tags,
        gap,
        train,
        locked: if levels.is_on(rule::LOCK_CURRENT) { locked(request, cargo)? } else { BTreeMap::new() },
        msrv: msrv.findings,
        first,
    })
}

/// Returns what Cargo will be asked of `branch` at a commit, as far as that shows before anything is read.
///
/// # Errors
///
/// If the repository cannot be read.
pub fn question(
    (repo, refs): (&Repo, &Refs),
    location: &Location,
    at: Revision,
    branch: &BranchName,
) -> Result<Question> {
    let Ok((config, root)) = Project::config_above((repo, refs), location, at) else {
        return Ok(Question::Members);
    };
    let lock = root.sibling("Cargo.lock");
    let is_locked =
        lock.is_some_and(|lock| repo.blob_at(at.commit, lock.as_str()).is_ok_and(|blob| blob.is_some()));
    match is_locked {
        true if config.check.is_on(rule::LOCK_CURRENT) => Ok(Question::Dependencies),
        true if config.check.is_on(rule::MSRV) => {
            inquiry::question((repo, refs), location, at, branch, BaselineOverride::none())
        }
        _ => Ok(Question::Members),
    }
}

/// Returns the release branches that have no notes at `path`.
fn without_notes(repo: &Repo, request: &Request<'_>, path: &RepoPath) -> Result<BTreeSet<BranchName>> {
    let lines = request.project.config.names.branch.lines(request.refs.branches.names());
    let tip = |name: &BranchName| request.refs.branches.tip(name).commit();
    let tips: Vec<(&BranchName, CommitId)> =
        lines.into_values().filter_map(|name| Some((name, tip(name)?))).collect();
    let commits: Vec<CommitId> = tips.iter().map(|(_, tip)| *tip).collect();
    repo.prefetch_at(&commits, std::slice::from_ref(path))?;
    let mut without = BTreeSet::new();
    for (name, tip) in tips {
        if repo.files_among(tip, [path])?.get(path).is_none() {
            without.insert(name.clone());
        }
    }
    Ok(without)
}

/// Returns what may not have been fetched: a release branch without its trunk did not come alone.
fn gap(repo: &Repo, request: &Request<'_>, role: &BranchKind) -> Result<Option<FetchGap>> {
    let trunk = request.trunk();
    let branches = &request.refs.branches;
    let is_alone = matches!(role, BranchKind::Release(_)) && !branches.contains(&trunk);
    let gap = repo.gap(branches)?;
    if gap.is_none() && is_alone {
        let remote = branches.remote().cloned();
        return Ok(Some(FetchGap { remote, signs: vec![Sign::NoTrunk(trunk.clone())] }));
    }
    Ok(gap)
}

/// Returns the tags that name versions.
fn tags(request: &Request<'_>) -> BTreeMap<Version, Tag> {
    let names = &request.project.config.names.tag;
    let versions = names.versions(request.refs.tags.keys()).into_iter();
    versions.filter_map(|(version, name)| Some((version, request.refs.tags.get(name)?.clone()))).collect()
}

/// Asks Cargo for each lock file that it uses whether `--locked` passes.
fn locked(request: &Request<'_>, cargo: &Answers<'_>) -> Result<BTreeMap<RepoPath, LockState>> {
    let workspace = &request.project.workspace;
    let mut answers = BTreeMap::new();
    let in_use: Vec<&RepoPath> =
        workspace.locks.keys().filter(|path| workspace.is_lock_in_use(path)).collect();
    for path in in_use {
        let Some(manifest) = path.sibling("Cargo.toml") else { continue };
        let answer = match &*cargo.graph(&manifest)? {
            Ok(_) => LockState::Accepted,
            Err(GraphError::Stale) => LockState::Stale,
            Err(GraphError::Other(said)) => LockState::Unknown(said.clone()),
        };
        answers.insert(path.clone(), answer);
    }
    Ok(answers)
}
