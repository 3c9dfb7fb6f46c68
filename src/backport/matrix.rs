//! Which commits are on which branches: commits against branches, each cell with its evidence.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use super::concern::{Concern, Concerns};
use super::evidence::{Evidence, Facts, Strength};
use super::statements::{StatementStatus, Statements};
use super::survey::{PickSurvey, Proof};
use super::targets::Target;
use crate::git::{BranchName, CommitId};
use crate::plan::LeftOut;

/// Commits against branches.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Matrix {
    /// The branches, newest first: the columns.
    pub branches: Vec<Target>,
    /// The branches left out by request.
    pub excepted: Vec<LeftOut>,
    /// The commits: the rows.
    pub rows: Vec<MatrixRow>,
    /// How many commits of the branches were not looked for elsewhere, because they only concern
    /// their own.
    pub left_out: usize,
    /// How many of them there are for each reason.
    pub left_out_for: BTreeMap<Concern, usize>,
    /// What is to be backported next, the most urgent first.
    pub next: Vec<NextBackport>,
}

/// Commits that the same branches lack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NextBackport {
    /// The commits, oldest first.
    pub commits: Vec<CommitId>,
    /// The branches.
    pub branches: Vec<BranchName>,
}

/// The commits that were brought to some branch.
#[derive(Clone, Debug, Default)]
pub struct BackportedCommits {
    /// The commits, their origins on the trunk where they are known.
    pub commits: Vec<Facts>,
    /// How many were left out, and why.
    pub left_out: BTreeMap<Concern, usize>,
}

/// A commit, and where it is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MatrixRow {
    /// The commit: where it is known, the one that the others come from.
    pub commit: CommitId,
    /// Its first line.
    pub title: String,
    /// The advisories that it names.
    pub advisories: BTreeSet<String>,
    /// One cell for each branch.
    pub cells: Vec<MatrixCell>,
    /// Where it stands among all commits, of which parents come first.
    #[serde(skip)]
    pub position: Option<usize>,
}

/// Whether one commit is on one branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum MatrixCell {
    /// It is there.
    Contained(Proof),
    /// The maintainers have said what is so.
    Stated {
        /// What they said.
        status: StatementStatus,
        /// Why.
        reason: String,
    },
    /// It takes back what is not there.
    NotNeeded,
    /// The trunk took it back, and it is not there.
    TakenBack {
        /// The commit of the trunk that did.
        taken_back_in: CommitId,
    },
    /// The trunk took it back after it was backported, and it is still there.
    StillThere {
        /// The commit of the branch that has it.
        by: CommitId,
        /// The commit of the trunk that took it back.
        taken_back_in: CommitId,
    },
    /// It is not there.
    Missing,
}

impl Matrix {
    /// Makes it of `rows`.
    pub fn new(
        branches: Vec<Target>,
        excepted: Vec<LeftOut>,
        rows: Vec<MatrixRow>,
        left_out_for: BTreeMap<Concern, usize>,
    ) -> Self {
        let next = next(&rows, &branches);
        Self { branches, excepted, rows, left_out: left_out_for.values().sum(), left_out_for, next }
    }

    /// Returns whether a commit is missing somewhere and nobody has said why.
    pub fn has_gaps(&self) -> bool {
        self.rows.iter().any(MatrixRow::has_gap)
    }
}

impl MatrixRow {
    /// Returns whether a newer branch lacks what an older one has.
    pub fn is_lost(&self) -> bool {
        let oldest = self.cells.iter().rposition(MatrixCell::has).unwrap_or(0);
        self.cells.iter().take(oldest).any(MatrixCell::is_gap)
    }

    /// Returns whether it is missing somewhere.
    pub fn has_gap(&self) -> bool {
        self.cells.iter().any(MatrixCell::is_gap)
    }
}

/// Puts the most urgent first: what a newer branch lacks and an older one has, which those lose who move up;
/// then what names an advisory; then the rest.
pub fn most_urgent_first(rows: &mut [MatrixRow]) {
    rows.sort_by_key(|row| (!row.has_gap(), !row.is_lost(), row.advisories.is_empty()));
}

/// Returns what is to be backported, commits that the same branches lack together.
fn next(rows: &[MatrixRow], branches: &[Target]) -> Vec<NextBackport> {
    let mut next: Vec<NextBackport> = Vec::new();
    let mut places = BTreeMap::new();
    for row in rows.iter().filter(|row| row.has_gap()) {
        let lacking = branches.iter().zip(&row.cells).filter(|(_, cell)| cell.is_gap());
        let lacking: Vec<BranchName> = lacking.map(|(target, _)| target.branch.clone()).collect();
        let commit = row.cells.iter().find_map(MatrixCell::taken_back_in).unwrap_or(row.commit);
        places.insert(commit, row.position);
        match next.iter_mut().find(|one| one.branches == lacking) {
            Some(one) => one.commits.push(commit),
            None => next.push(NextBackport { commits: vec![commit], branches: lacking }),
        }
    }
    for one in &mut next {
        one.commits.sort_by_key(|commit| places.get(commit).copied());
    }
    next
}

impl MatrixCell {
    /// Returns the commit that must follow where the trunk took back what is still there.
    fn taken_back_in(&self) -> Option<CommitId> {
        match self {
            Self::StillThere { taken_back_in, .. } => Some(*taken_back_in),
            _ => None,
        }
    }

    /// Returns whether the branch has it.
    pub(super) fn has(&self) -> bool {
        matches!(self, Self::Contained(_) | Self::Stated { status: StatementStatus::Contained, .. })
    }

    /// Returns whether something is to be done.
    pub fn is_gap(&self) -> bool {
        matches!(self, Self::Missing | Self::StillThere { .. })
    }
}

/// What is looked for in one pass over the commits after the other: nothing weaker.
const PASSES: [Strength; 9] = [
    Strength { evidence: Evidence::PickedFrom, renamed: true },
    Strength { evidence: Evidence::PatchId, renamed: false },
    Strength { evidence: Evidence::PatchId, renamed: true },
    Strength { evidence: Evidence::NoDifference, renamed: true },
    Strength { evidence: Evidence::Listed, renamed: true },
    Strength { evidence: Evidence::PullRequest, renamed: false },
    Strength { evidence: Evidence::PullRequest, renamed: true },
    Strength { evidence: Evidence::Subject, renamed: true },
    Strength { evidence: Evidence::Advisory, renamed: true },
];

/// Returns the rows for `commits`.
///
/// A commit of a branch shows one of them only, the one for which it is the surest evidence; of equals
/// the oldest, so that the order of `commits` does not count.
pub fn rows(
    survey: &mut PickSurvey<'_>,
    commits: &[Facts],
    branches: &[Target],
    statements: &Statements,
) -> Result<Vec<MatrixRow>> {
    let row = |facts: &Facts| MatrixRow { position: survey.position(facts.id), ..MatrixRow::of(facts) };
    let mut rows: Vec<MatrixRow> = commits.iter().map(row).collect();
    let mut oldest_first: Vec<usize> = (0..commits.len()).collect();
    oldest_first.sort_by_key(|&at| survey.position(commits[at].id));
    for (number, target) in branches.iter().enumerate() {
        let mut taken = BTreeSet::new();
        let mut cells: Vec<Option<MatrixCell>> = commits.iter().map(|_| None).collect();
        for weakest in PASSES {
            for &at in &oldest_first {
                if cells[at].is_some() {
                    continue;
                }
                let surest = survey.surest(&commits[at], number, |by| taken.contains(&by))?;
                if let Some((_, shown)) = surest.filter(|(strength, _)| *strength <= weakest) {
                    if survey.is_taken(shown)? {
                        taken.insert(shown.by);
                    }
                    cells[at] = Some(MatrixCell::Contained(shown));
                }
            }
        }
        for ((facts, cell), row) in commits.iter().zip(cells).zip(&mut rows) {
            let stated = statements.about(facts, target).map(|statement| MatrixCell::Stated {
                status: statement.status,
                reason: statement.reason.as_str().to_owned(),
            });
            row.cells.push(match stated {
                Some(stated) => stated,
                None => judged(survey, facts, number, cell)?,
            });
        }
    }
    Ok(rows)
}

/// Returns the cell of a commit, for which `found` shows that the target number `number` has it: what the
/// trunk took back counts otherwise.
fn judged(
    survey: &mut PickSurvey<'_>,
    facts: &Facts,
    number: usize,
    found: Option<MatrixCell>,
) -> Result<MatrixCell> {
    let taken_back = survey.taken_back(facts)?;
    Ok(match (found, taken_back) {
        (Some(MatrixCell::Contained(shown)), Some(revert)) if survey.has_own(number, shown.by) => {
            match survey.evidence(&revert, number)? {
                Some(_) => MatrixCell::Contained(shown),
                None => MatrixCell::StillThere { by: shown.by, taken_back_in: revert.id },
            }
        }
        (Some(found), _) => found,
        (None, Some(revert)) => MatrixCell::TakenBack { taken_back_in: revert.id },
        (None, None) if survey.is_not_needed(facts, number)? => MatrixCell::NotNeeded,
        (None, None) => match survey.still_has(facts, number)? {
            Some(by) => MatrixCell::StillThere { by, taken_back_in: facts.id },
            None => MatrixCell::Missing,
        },
    })
}

/// Returns a commit for each change that went to a target since its cut, its origin on the trunk
/// where that is known, newest branch first; and how many were left out because `concerns` says that they
/// are of no interest elsewhere.
///
/// What a branch took back of its own is not a change. In the place of what the trunk took back stands what
/// took it back: the branches that have the one lack the other.
pub fn backported(survey: &mut PickSurvey<'_>, concerns: &Concerns<'_>) -> Result<BackportedCommits> {
    let mut found = BackportedCommits::default();
    let mut seen: BTreeSet<CommitId> = BTreeSet::new();
    for target in 0..survey.targets() {
        for facts in survey.own(target).to_vec() {
            if seen.contains(&facts.id) || !survey.is_live(target, facts.id) {
                continue;
            }
            let origins = survey.origins(&facts)?;
            if origins.is_empty() && survey.takes_back_own(target, &facts) {
                continue;
            }
            if let Some(concern) = concerns.of(target, &facts)? {
                *found.left_out.entry(concern).or_default() += 1;
                continue;
            }
            let origins = if origins.is_empty() { vec![facts.clone()] } else { origins };
            for origin in origins {
                let origin = survey.taken_back(&origin)?.unwrap_or(origin);
                if !seen.insert(origin.id) {
                    continue;
                }
                // The same change on the older branches is not a row of its own.
                for other in target..survey.targets() {
                    let shown = survey.surest(&origin, other, |by| seen.contains(&by) && by != origin.id)?;
                    if let Some((_, shown)) = shown
                        && survey.is_taken(shown)?
                    {
                        seen.insert(shown.by);
                    }
                }
                found.commits.push(origin);
            }
            seen.insert(facts.id);
        }
    }
    Ok(found)
}

impl MatrixRow {
    fn of(facts: &Facts) -> Self {
        Self {
            commit: facts.id,
            title: facts.title.clone(),
            advisories: facts.advisories.clone(),
            cells: Vec::new(),
            position: None,
        }
    }
}
