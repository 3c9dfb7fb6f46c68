//! Versions that another branch holds.

use std::ops::Bound;

use anyhow::Result;
use semver::Version;

use crate::finding::{Finding, Refused};
use crate::git::{BranchName, CommitId, Refs, Repo};
use crate::plan::bump::LineMove;
use crate::plan::{Command, Plan};
use crate::project::Project;
use crate::rule;
use crate::version::plain;
use crate::workspace::declared::Declarations;

/// Finds versions that `plan` prepares on a branch and that the trunk or the release branch before or after it
/// holds: only one of the two could be published. Cuts make room for theirs.
///
/// # Errors
///
/// If the repository cannot be read.
pub(super) fn find(repo: &Repo, project: &Project, refs: &Refs, plan: &Plan) -> Result<Vec<Finding>> {
    if !matches!(plan.command, Command::Patch | Command::Bump) {
        return Ok(Vec::new());
    }
    let declarations = Declarations::default();
    let mut findings = Vec::new();
    for commit in &plan.commits {
        for (other, tip) in neighbours(project, refs, &commit.branch, &commit.version) {
            for line in &commit.lines {
                findings.extend(of_line(repo, project, &declarations, (other, tip), line)?);
            }
        }
    }
    Ok(findings)
}

/// Returns the trunk, the release branches whose versions are next to that of `branch`, and the one that is named
/// after `version`.
fn neighbours<'r>(
    project: &Project,
    refs: &'r Refs,
    branch: &BranchName,
    version: &Version,
) -> Vec<(&'r BranchName, CommitId)> {
    let lines = project.config.names.branch.lines(refs.branches.names());
    let around = project.config.names.branch.line(branch).map(|here| {
        let after = (Bound::Excluded(here.clone()), Bound::Unbounded);
        [lines.range(..here).next_back(), lines.range(after).next()]
    });
    let trunk = project.config.trunk_in(refs);
    let named = project.branch(version);
    let is_meant = |name: &&BranchName| (**name == trunk || name.as_str() == named) && *name != branch;
    let trunk = refs.branches.names().filter(is_meant);
    let around = around.into_iter().flatten().flatten().map(|(_, name)| *name);
    let others = trunk.into_iter().chain(around);
    others.filter_map(|name| Some((name, refs.branches.tip(name).commit()?))).collect()
}

/// Looks at the first package of a line, for all.
fn of_line(
    repo: &Repo,
    project: &Project,
    declarations: &Declarations,
    (other, tip): (&BranchName, CommitId),
    line: &LineMove,
) -> Result<Option<Finding>> {
    let Some(name) = line.packages.first() else { return Ok(None) };
    let Some(package) = project.workspace.packages.iter().find(|package| package.name == *name) else {
        return Ok(None);
    };
    // What cannot be read there is that branch's to put right.
    let there = Refused::taken_from(declarations.at(repo, tip, (Some(name), &package.manifest)))?;
    let held = there.ok().flatten().and_then(|declared| declared.version);
    let is_same = held.as_ref().is_some_and(|held| plain(held) == plain(&line.to));
    Ok(is_same.then(|| {
        Finding::of(rule::VERSION_HELD, format!("`{other}` holds {} of `{name}` already", line.to))
            .remedy("move that branch to the next version, or choose another one with `--to`")
    }))
}
