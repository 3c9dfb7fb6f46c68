//! How the branches that are prepared stand to what was fetched of them.

use anyhow::Result;

use crate::finding::Finding;
use crate::git::tracking::TrackingDistance;
use crate::git::{BranchName, Refs, Repo};
use crate::rule;
use crate::text::counted;

/// What is said of a branch that lacks commits which were fetched of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behind {
    /// It is not prepared.
    #[default]
    Refuse,
    /// It is prepared all the same.
    Allow,
}

/// Says how the branch `name` stands to what was fetched of it, where that is not the same: an error where
/// it lacks something.
pub(super) fn find(
    (repo, refs): (&Repo, &Refs),
    name: &BranchName,
    is_checked_out: bool,
    behind: Behind,
) -> Result<Option<Finding>> {
    let Some(apart) = repo.tracking_distance(name, &refs.branches.tip(name))? else { return Ok(None) };
    let TrackingDistance { remote, ahead, behind: lacks, fetched } = apart;
    let theirs = match fetched {
        Some(day) => format!("{remote}/{name}, as fetched on {day}"),
        None => format!("{remote}/{name}, as fetched last"),
    };
    let [has, lacks] = [ahead, lacks].map(|count| (count > 0).then(|| counted(count, "commit")));
    Ok(match (has, lacks) {
        (None, None) => None,
        (Some(has), None) => {
            let message = format!("`{name}` has {has} that {theirs}, has not");
            Some(Finding::of(rule::BRANCH_AHEAD, message))
        }
        (None, Some(lacks)) => {
            let command = match is_checked_out {
                true => format!("git merge --ff-only {remote}/{name}"),
                false => format!("git fetch . {remote}/{name}:{name}"),
            };
            let finding = Finding::of(rule::BRANCH_BEHIND, format!("`{name}` lacks {lacks} of {theirs}"));
            Some(match behind {
                Behind::Refuse => finding.remedy(format!("run `{command}`, or give `--allow-behind`")),
                Behind::Allow => finding.remedy(format!("run `{command}` to have them")).as_warning(),
            })
        }
        (Some(has), Some(lacks)) => {
            let message =
                format!("`{name}` has diverged: it has {has} of its own, and lacks {lacks} of {theirs}");
            let finding = Finding::of(rule::BRANCH_DIVERGED, message);
            Some(finding.remedy(format!(
                "rebase it onto {remote}/{name}, or merge that: it cannot be pushed as it is"
            )))
        }
    })
}
