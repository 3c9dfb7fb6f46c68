//! What the packages of other branches are called: a name in the configuration may be meant for them.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::NaiveDate;
use semver::Version;

use crate::config::Config;
use crate::edit::manifest::Manifest;
use crate::git::{BranchName, CommitId, Mode, Repo};
use crate::train::{History, Phase, Train};
use crate::workspace::Workspace;

/// Returns the names and folders of packages on the trunk and the release branches, newest first, until every name and
/// glob of `config` fits one; none where they all fit one of `workspace`.
///
/// What was supported no more when `commit` was made is not looked at: a name that fits nothing else is of no use.
pub(super) fn packages(
    repo: &Repo,
    config: &Config,
    workspace: &Workspace,
    commit: CommitId,
) -> Result<BTreeSet<(String, String)>> {
    let mut found = BTreeSet::new();
    if !is_any_unused(config, workspace, &found) {
        return Ok(found);
    }
    let refs = repo.refs(config.preferred(None))?;
    let trunk = config.trunk_in(&refs);
    let schedule = config.train().zip(repo.time_of(commit)?.1);
    let is_over = |line: &Version| schedule.as_ref().is_some_and(|(train, day)| is_over(train, line, *day));
    let released =
        refs.branches.names().filter_map(|branch| Some((config.names.branch.line(branch)?, branch)));
    let mut released: Vec<_> = released.filter(|(line, _)| !is_over(line)).collect();
    released.sort();
    let branches = [&trunk].into_iter().chain(released.iter().rev().map(|(_, branch)| *branch));
    let tips = branches.filter_map(|branch: &BranchName| refs.branches.tip(branch).commit());
    for tip in tips {
        found.extend(packages_at(repo, tip)?);
        if !is_any_unused(config, workspace, &found) {
            break;
        }
    }
    Ok(found)
}

fn is_any_unused(config: &Config, workspace: &Workspace, found: &BTreeSet<(String, String)>) -> bool {
    let here = workspace.packages.iter().map(|package| (package.name.as_str(), package.manifest.folder()));
    let there = found.iter().map(|(name, folder)| (name.as_str(), folder.as_str()));
    config.are_packages_unused(&here.chain(there))
}

/// Returns whether the support of a line had ended on `day`, by the schedule alone.
fn is_over(train: &Train, line: &Version, day: NaiveDate) -> bool {
    let release = train.number_of(line).and_then(|number| train.release(number, &History::none()));
    release.is_some_and(|release| release.phase(day, &History::none()) == Phase::Ended)
}

fn packages_at(repo: &Repo, commit: CommitId) -> Result<Vec<(String, String)>> {
    let tree = repo.tree(commit)?;
    let mut found = Vec::new();
    for (path, entry) in tree.files().filter(|(path, _)| path.file_name() == "Cargo.toml") {
        if entry.mode != Mode::Link
            && let Ok(text) = repo.text(path.as_str(), entry.blob)?
            && let Ok(manifest) = Manifest::parse(path, &text)
        {
            let name = manifest.package.and_then(|package| Some(package.name?.value));
            found.extend(name.map(|name| (name, path.folder().to_owned())));
        }
    }
    Ok(found)
}
