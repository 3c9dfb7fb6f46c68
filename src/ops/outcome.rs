//! What a command made, how to take it back, and how to push it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::is_plain_name;
use crate::git::{BranchName, CommitId, Refs, TagName};
use crate::plan::{NewBranch, Preparation};
use crate::text::quoted;

/// What a command made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Outcome {
    /// The branches that were made or moved.
    pub branches: Vec<MadeBranch>,
    /// The commands that take it back, to be run in their order.
    pub undo: Vec<String>,
    /// The command that pushes it, if it is known where to.
    pub push: Option<String>,
    /// Whether it was pushed.
    pub pushed: bool,
}

/// A branch that was made or moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MadeBranch {
    /// Its short name.
    pub name: BranchName,
    /// The commit before, if it was there.
    pub from: Option<CommitId>,
    /// The commit now.
    pub to: CommitId,
    /// The first line of the commit that was made on it, if one was.
    pub subject: Option<String>,
}

impl Outcome {
    /// Says what became of `preparation`, whose commits became `commits` in their order, where `refs`
    /// is what was before, `current` is checked out, and `remote` is to be pushed to, if any.
    pub fn new(
        preparation: &Preparation,
        commits: &[CommitId],
        refs: &Refs,
        current: Option<&BranchName>,
        remote: Option<&str>,
    ) -> Self {
        let made_at = |branch: &NewBranch| MadeBranch {
            name: branch.name.clone(),
            from: None,
            to: branch.at,
            subject: None,
        };
        let mut branches: Vec<MadeBranch> =
            preparation.plans.iter().flat_map(|plan| &plan.branches).map(made_at).collect();
        for (commit, id) in preparation.commits().zip(commits) {
            branches.push(MadeBranch {
                name: commit.branch.clone(),
                from: refs.branches.local(commit.branch.as_str()),
                to: *id,
                subject: commit.message.lines().next().map(str::to_owned),
            });
        }
        let undo = branches.iter().map(|made| undo(&made.name, made.from, current)).collect();
        let push = remote.map(|remote| push(branches.iter().map(|made| &made.name), remote));
        Self { branches, undo, push, pushed: false }
    }
}

/// Returns the command that takes back what was made on `branch`, which was at `from` if it was there,
/// where `current` is checked out.
pub(crate) fn undo(branch: &BranchName, from: Option<CommitId>, current: Option<&BranchName>) -> String {
    let name = quoted(branch);
    match from {
        None => format!("git branch -D {name}"),
        Some(from) if current == Some(branch) => format!("git reset --keep {from}"),
        Some(from) => format!("git branch --force {name} {from}"),
    }
}

/// Returns the command that pushes all of `branches` to `remote` at once.
pub(crate) fn push<'a>(branches: impl Iterator<Item = &'a BranchName>, remote: &str) -> String {
    let names: Vec<String> = branches.map(|branch| quoted(pushed_as(branch))).collect();
    format!("git push --atomic {} {}", quoted(remote), names.join(" "))
}

/// Returns the command that pushes all of `tags` and `branches` to `remote` at once.
pub(super) fn tag_push(tags: &[TagName], branches: &[BranchName], remote: &str) -> String {
    let tags: Vec<String> = tags.iter().map(|tag| quoted(format!("refs/tags/{tag}"))).collect();
    format!("{} {}", push(branches.iter(), remote), tags.join(" "))
}

/// Returns what names the branch to `git push`, which takes `+` for force and reads other refs first.
fn pushed_as(branch: &BranchName) -> String {
    if is_plain_name(branch.as_str()) { branch.to_string() } else { branch.full().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_push_would_misread_is_given_in_full() {
        let pushed_as = |name: &str| pushed_as(&BranchName::new(name).unwrap());
        assert_eq!(pushed_as("release-36.0.0"), "release-36.0.0");
        assert_eq!(pushed_as("+main"), "refs/heads/+main");
        assert_eq!(pushed_as("tags/v1"), "refs/heads/tags/v1");
    }
}
