//! What became of commits that were tried on a branch.

use schemars::JsonSchema;
use serde::Serialize;

use super::flags::Flag;
use super::proof::Proof;
use super::statements::StatementStatus;
use super::targets::Target;
use crate::git::merge::Conflict;
use crate::git::{CommitId, TreeId};

/// What became of the commits on one branch.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Attempt {
    /// The branch.
    pub target: Target,
    /// One step for each commit, in their order.
    pub steps: Vec<Pick>,
}

/// What became of one commit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pick {
    /// The commit.
    pub commit: CommitId,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: PickOutcome,
}

/// What became of one commit on one branch.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum PickOutcome {
    /// It can be made.
    Clean {
        /// The branch's tree with it.
        #[serde(skip)]
        tree: TreeId,
        /// The files whose conflict was resolved, and how.
        resolved: Vec<Resolved>,
        /// What is better asked about first.
        flags: Vec<Flag>,
    },
    /// The branch has it.
    AlreadyThere(Proof),
    /// The maintainers have said that the branch has it, or is not to get it.
    Stated {
        /// What they said.
        status: StatementStatus,
        /// Why.
        reason: String,
    },
    /// It changes nothing on the branch.
    Empty,
    /// A person must say how the files are to be.
    Conflict {
        /// The branch's tree with it, and with git's markers.
        #[serde(skip)]
        tree: TreeId,
        /// The files.
        files: Vec<Conflict>,
        /// Why a lock file or the notes could not be resolved.
        reasons: Vec<String>,
    },
    /// It is clean once other commits are there.
    NeedsOthers {
        /// The branch's tree with it, and with git's markers.
        #[serde(skip)]
        tree: TreeId,
        /// Those, in their order.
        needed: Vec<Prerequisite>,
        /// The files that conflict without them.
        files: Vec<Conflict>,
    },
    /// It was not tried, because an earlier one cannot be made.
    NotTried,
}

/// A file whose conflict was resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Resolved {
    /// Its path.
    pub path: String,
    /// How: `recomputed offline`.
    pub how: &'static str,
}

/// A commit that must come first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Prerequisite {
    /// The commit.
    pub commit: CommitId,
    /// Its first line.
    pub title: String,
}

impl Attempt {
    /// Returns whether a person must do something before the commits can be there.
    pub fn needs_person(&self) -> bool {
        let stuck = |step: &Pick| {
            matches!(
                step.outcome,
                PickOutcome::Conflict { .. } | PickOutcome::NeedsOthers { .. } | PickOutcome::NotTried
            )
        };
        self.steps.iter().any(stuck)
    }

    /// Returns what is better asked about first.
    pub fn flags(&self) -> impl Iterator<Item = &Flag> {
        self.steps.iter().flat_map(|step| match &step.outcome {
            PickOutcome::Clean { flags, .. } => flags.as_slice(),
            _ => &[],
        })
    }

    /// Returns whether it could be made, and waits for its flags to be `accepted`.
    pub fn is_held(&self, accepted: bool) -> bool {
        !accepted && !self.picks().is_empty() && self.flags().next().is_some()
    }

    /// Returns the commits up to the first that conflicts, each with the tree that it leads to, the files that
    /// conflict in the last, and the commits that follow it.
    pub fn draft(&self) -> Option<Draft<'_>> {
        let mut picks = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            match &step.outcome {
                PickOutcome::Clean { tree, .. } => picks.push((step.commit, *tree)),
                PickOutcome::Conflict { tree, files, .. } | PickOutcome::NeedsOthers { tree, files, .. } => {
                    picks.push((step.commit, *tree));
                    let rest = self.steps.iter().skip(at + 1);
                    let rest = rest.filter(|step| matches!(step.outcome, PickOutcome::NotTried));
                    return Some(Draft { picks, files, rest: rest.map(|step| step.commit).collect() });
                }
                _ => {}
            }
        }
        None
    }

    /// Returns the commits that can be made, each with the tree that it leads to; none if one of
    /// them needs a person.
    pub fn picks(&self) -> Vec<(CommitId, TreeId)> {
        if self.needs_person() {
            return Vec::new();
        }
        let pick = |step: &Pick| match step.outcome {
            PickOutcome::Clean { tree, .. } => Some((step.commit, tree)),
            _ => None,
        };
        self.steps.iter().filter_map(pick).collect()
    }
}

/// A conflict that is committed as it is, for a person to settle it in review.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The commits, each with the tree that it leads to; the last has git's markers.
    pub picks: Vec<(CommitId, TreeId)>,
    /// The files with markers.
    pub files: &'a [Conflict],
    /// The commits that are still to be picked.
    pub rest: Vec<CommitId>,
}
