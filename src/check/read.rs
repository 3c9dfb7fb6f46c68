//! Gathering what is checked: what git and Cargo say of one commit.

use std::collections::BTreeMap;

use anyhow::Result;
use semver::Version;

use super::{Locked, Role, Subject, Tag};
use crate::config::check::RuleName;
use crate::finding::Refused;
use crate::msrv::baseline::Stated;
use crate::msrv::inquiry::Inquiry;
use crate::plan::{Request, lines};
use crate::repo::Repo;
use crate::report::Report;
use crate::train::Train;
use crate::workspace::dependencies;
use crate::workspace::scratch::{Extent, Scratch};

/// Reads what the rules look at: nothing that only rules need which are off.
///
/// `changed` are the tracked files that differ from the commit.
///
/// # Errors
///
/// If git or Cargo fail, or there is no lead package.
pub fn subject<'a>(
    repo: &Repo,
    request: &'a Request<'a>,
    train: Option<&'a Train>,
    changed: &[String],
) -> Result<Subject<'a>> {
    let project = request.project;
    let lead = lines::lead(&project.workspace, &project.config).map_err(Refused)?;
    let levels = &project.config.check;
    let role = match project.config.names.branch.read(request.branch) {
        Some(line) => Role::Release(line),
        None if request.branch == request.trunk() => Role::Trunk,
        None => Role::Other,
    };
    let mut msrv = Report::default();
    if levels.is_on(RuleName::Msrv) {
        let stated = Stated::default();
        Inquiry { repo, request, train, stated: &stated, changed }.report(&mut msrv)?;
    }
    Ok(Subject {
        request,
        lead,
        lines: lines::lines(&project.workspace, &project.config),
        role,
        tags: tags(repo, request)?,
        train,
        locked: if levels.is_on(RuleName::LockCurrent) {
            locked(repo, request, changed)?
        } else {
            Locked::Unasked
        },
        msrv: msrv.findings,
    })
}

/// Returns the tags that name versions.
fn tags(repo: &Repo, request: &Request<'_>) -> Result<BTreeMap<Version, Tag>> {
    let names = &request.project.config.names.tag;
    let days = repo.tag_days()?;
    let named = request.refs.tags.iter().filter_map(|(name, commit)| {
        let tag = Tag { name: name.clone(), commit: *commit, day: days.get(name).copied() };
        Some((names.read(name)?, tag))
    });
    Ok(named.collect())
}

/// Asks Cargo whether `--locked` passes.
fn locked(repo: &Repo, request: &Request<'_>, changed: &[String]) -> Result<Locked> {
    let (root, files) = (&request.project.workspace.root, &request.project.files);
    if root.sibling("Cargo.lock").is_none_or(|lock| files.get(&lock).is_none()) {
        return Ok(Locked::Unasked);
    }
    let concerns = |path: &String| path.ends_with("Cargo.toml") || path.ends_with("Cargo.lock");
    let answer = if changed.iter().any(concerns) {
        let scratch = Scratch::lay(repo, files, Extent::Everything)?;
        dependencies::graph(&scratch.path(root))?
    } else {
        dependencies::graph(&repo.root().join(root))?
    };
    Ok(match answer {
        Ok(_) => Locked::Accepted,
        Err(said) if said.contains("--locked was passed") => Locked::Stale,
        Err(said) => Locked::Unknown(said),
    })
}
