//! Which branches a command prepares.

use anyhow::Result;
use globset::Glob;

use super::calendar::ProjectSchedule;
use super::session::Session;
use crate::finding::{Finding, Refused};
use crate::git::{BranchName, CommitId, Head, Refs};
use crate::plan::{LeftOut, preconditions};
use crate::project;
use crate::rule;
use crate::status::{ReleaseState, Status, Waiver};

/// The branches that are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BranchChoice {
    /// The one that is checked out.
    #[default]
    CheckedOut,
    /// The trunk, as it is at a commit.
    At(String),
    /// The local ones that have such a name; each is a glob.
    Named(Vec<String>),
    /// Those of all releases that are supported on the day, but for these.
    Supported {
        /// Releases that are left out.
        except: Vec<Waiver>,
    },
}

/// A branch that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChosenBranch {
    /// Its name.
    pub(super) branch: BranchName,
    /// Its tip.
    pub(super) commit: CommitId,
    /// Whether it is checked out.
    pub(super) is_checked_out: bool,
}

/// The branches that are prepared, and those that are not though they were asked for.
#[derive(Debug, Default)]
pub(super) struct ChosenBranches {
    /// The branches.
    pub(super) targets: Vec<ChosenBranch>,
    /// The others.
    pub(super) left: Vec<LeftOut>,
}

impl BranchChoice {
    /// Returns the branches that are meant.
    ///
    /// # Errors
    ///
    /// Every glob that matches no local branch; no branch at all; as [`supported`].
    pub(super) fn select(&self, session: &Session<'_>, head: &Head, refs: &Refs) -> Result<ChosenBranches> {
        let targets = match self {
            Self::CheckedOut => {
                let branch = preconditions::checked_out(head).map_err(Refused::from)?;
                refs.branches.local(branch).map(|commit| target(branch, commit, head)).into_iter().collect()
            }
            Self::At(revision) => vec![at(session, revision, refs)?],
            Self::Named(globs) => named(globs, head, refs)?,
            Self::Supported { except } => {
                let location = &session.context.location;
                let (config, _) = project::config_here(Some(&session.repo), location)?;
                let lead = project::lead(&session.repo, location, &config)?;
                let calendar =
                    ProjectSchedule::of(Some((&session.repo, refs)), config, session.context.date, &lead)?;
                return Ok(supported(&calendar.status_to_act_on()?, except, head, refs)?);
            }
        };
        Ok(ChosenBranches { targets, left: Vec::new() })
    }
}

/// Returns the trunk, as it is at the commit that `revision` names.
fn at(session: &Session<'_>, revision: &str, refs: &Refs) -> Result<ChosenBranch> {
    let Session { context, repo } = session;
    let commit = repo.resolve(revision)?.ok_or_else(|| {
        let message = format!("`{revision}` names no commit here");
        Refused::from(
            Finding::of(rule::NO_BASE, message).remedy("fetch it, or give a tag or a commit that is here"),
        )
    })?;
    let branch = project::config_here(Some(repo), &context.location)?.0.trunk_in(refs);
    Ok(ChosenBranch { branch, commit, is_checked_out: false })
}

/// Returns the local branches that match one of `globs`, each once, by name.
fn named(globs: &[String], head: &Head, refs: &Refs) -> Result<Vec<ChosenBranch>, Refused> {
    let mut findings = Vec::new();
    let mut targets: Vec<ChosenBranch> = Vec::new();
    for glob in globs {
        match matching(glob, head, refs) {
            Ok(found) => targets.extend(found),
            Err(finding) => findings.push(finding),
        }
    }
    targets.sort_by(|a, b| a.branch.cmp(&b.branch));
    targets.dedup();
    Refused::if_any(findings)?;
    Ok(targets)
}

fn matching(glob: &str, head: &Head, refs: &Refs) -> Result<Vec<ChosenBranch>, Finding> {
    let matcher = Glob::new(glob).map_err(|error| Finding::of(rule::BRANCH_GLOB, error.to_string()))?;
    let matcher = matcher.compile_matcher();
    let matching =
        refs.branches.locals().filter(|(name, _)| name.as_str() == glob || matcher.is_match(name.as_str()));
    let found: Vec<ChosenBranch> = matching.map(|(name, commit)| target(name, commit, head)).collect();
    match found.is_empty() {
        true => Err(no_branch(format!("no local branch matches `{glob}`"), glob, refs)),
        false => Ok(found),
    }
}

fn no_branch(message: String, branch: &str, refs: &Refs) -> Finding {
    let finding = Finding::of(rule::NO_BRANCH, message);
    if refs.branches.remotes().next().is_none() {
        return finding.remedy("name a branch that is here: `git branch` lists them");
    }
    // A glob names no branch that could be made.
    let name = if branch.contains(['*', '?', '[', '{']) { "NAME" } else { branch };
    let remote = refs.branches.remote_to_fetch();
    finding.remedy(format!("make the remote's branch local, as in `git branch {name} {remote}/{name}`"))
}

/// Returns the branches of the releases that `status` says are supported. One that is cut and not
/// released is left: it gets the fix, and its release carries it.
///
/// # Errors
///
/// A supported release without a local branch; a waiver for a release that is not supported; no
/// supported release at all; no policy.
fn supported(
    status: &Status,
    waivers: &[Waiver],
    head: &Head,
    refs: &Refs,
) -> Result<ChosenBranches, Refused> {
    let (rows, unused) = status.waived(waivers)?;
    let (mut selected, mut findings) = (ChosenBranches::default(), Vec::new());
    for (row, waiver) in rows.into_iter().rev() {
        let left = |reason: String| LeftOut { branch: row.branch.clone(), reason };
        if let Some(waiver) = waiver {
            selected.left.push(left(waiver.reason.clone()));
        } else if !matches!(row.state, ReleaseState::Phase(phase) if phase.is_supported()) {
            selected.left.push(left("cut and not released: it gets the fix, not a patch release".to_owned()));
        } else if let Some((branch, commit)) = refs.branches.locals().find(|(name, _)| **name == *row.branch)
        {
            selected.targets.push(target(branch, commit, head));
        } else {
            let message = format!(
                "{} is supported, and there is no local branch `{}` (a train that began later states `schedule.since`)",
                row.short, row.branch
            );
            findings.push(no_branch(message, &row.branch, refs));
        }
    }
    findings.extend(unused);
    if findings.is_empty() && selected.targets.is_empty() && selected.left.is_empty() {
        findings.push(nothing_supported(status));
    }
    Refused::if_any(findings)?;
    Ok(selected)
}

fn nothing_supported(status: &Status) -> Finding {
    Finding::of(rule::NO_TARGET, format!("no release is supported on {}", status.date))
        .remedy("see `cargo relprep schedule` for those that were; name a branch with `--branch` to patch it all the same")
}

fn target(branch: &BranchName, commit: CommitId, head: &Head) -> ChosenBranch {
    ChosenBranch { branch: branch.clone(), commit, is_checked_out: head.branch() == Some(branch) }
}
