//! What the packages of other branches are called: a name in the configuration may be meant for them.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::config::Config;
use crate::edit::manifest::Manifest;
use crate::git::{BranchName, CommitId, Mode, Repo};
use crate::workspace::Workspace;

/// Returns the names of packages on the trunk and the release branches, newest first, until every name and glob of
/// `config` fits one; none where they all fit one of `workspace`.
pub(super) fn names(repo: &Repo, config: &Config, workspace: &Workspace) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let is_any_unused = |names: &BTreeSet<String>| {
        let known = || workspace.names().into_iter().chain(names.iter().map(String::as_str));
        config.package_patterns().any(|patterns| !patterns.unused(known()).is_empty())
    };
    if !is_any_unused(&names) {
        return Ok(names);
    }
    let refs = repo.refs(config.preferred(None))?;
    let trunk = config.trunk_in(&refs);
    let released =
        refs.branches.names().filter_map(|branch| Some((config.names.branch.line(branch)?, branch)));
    let mut released: Vec<_> = released.collect();
    released.sort();
    let branches = [&trunk].into_iter().chain(released.iter().rev().map(|(_, branch)| *branch));
    let tips = branches.filter_map(|branch: &BranchName| refs.branches.tip(branch).commit());
    for tip in tips {
        names.extend(packages(repo, tip)?);
        if !is_any_unused(&names) {
            break;
        }
    }
    Ok(names)
}

fn packages(repo: &Repo, commit: CommitId) -> Result<Vec<String>> {
    let tree = repo.tree(commit)?;
    let mut names = Vec::new();
    for (path, entry) in tree.files().filter(|(path, _)| path.file_name() == "Cargo.toml") {
        if entry.mode != Mode::Link
            && let Ok(text) = repo.text(path.as_str(), entry.blob)?
            && let Ok(manifest) = Manifest::parse(path, &text)
        {
            names.extend(manifest.package.and_then(|package| Some(package.name?.value)));
        }
    }
    Ok(names)
}
