//! Which commits are on which branches: commits against branches, each cell with its evidence.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use serde::Serialize;

use super::evidence::{Evidence, Facts};
use super::statements::{Statements, Status};
use super::survey::{Shown, Survey};
use super::targets::{Excepted, Target};
use crate::repo::CommitId;

/// Commits against branches.
#[derive(Clone, Debug, Serialize)]
pub struct Matrix {
    /// The branches, newest first: the columns.
    pub branches: Vec<Target>,
    /// The branches left out by request.
    pub excepted: Vec<Excepted>,
    /// The commits: the rows.
    pub rows: Vec<Row>,
    /// How many commits of the branches were not looked for elsewhere, because they only concern
    /// their own: merges, versions, notes.
    pub left_out: usize,
}

/// A commit, and where it is.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The commit: where it is known, the one that the others come from.
    pub commit: CommitId,
    /// Its first line.
    pub title: String,
    /// The advisories that it names.
    pub advisories: BTreeSet<String>,
    /// One cell for each branch.
    pub cells: Vec<Cell>,
}

/// Whether one commit is on one branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Cell {
    /// It is there.
    Contained(Shown),
    /// The maintainers have said what is so.
    Stated {
        /// What they said.
        status: Status,
        /// Why.
        reason: String,
    },
    /// It is not there.
    Missing,
}

impl Matrix {
    /// Returns whether a commit is missing somewhere and nobody has said why.
    pub fn has_gaps(&self) -> bool {
        self.rows.iter().any(Row::has_gap)
    }
}

impl Row {
    /// Returns whether it is missing somewhere.
    pub fn has_gap(&self) -> bool {
        self.cells.contains(&Cell::Missing)
    }
}

/// Returns the rows for `commits`.
///
/// A commit of a branch shows one of them only, the one for which it is the surest evidence.
pub fn rows(
    survey: &mut Survey<'_>,
    commits: &[Facts],
    branches: &[Target],
    statements: &Statements,
) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = commits.iter().map(Row::of).collect();
    for (number, target) in branches.iter().enumerate() {
        let mut taken = BTreeSet::new();
        let mut cells: Vec<Option<Cell>> = commits.iter().map(|_| None).collect();
        for weakest in [Evidence::PatchId, Evidence::PullRequest, Evidence::Subject, Evidence::Advisory] {
            for (facts, cell) in commits.iter().zip(&mut cells).filter(|(_, cell)| cell.is_none()) {
                let shown = survey.evidence(facts, number, |by| taken.contains(&by))?;
                if let Some(shown) = shown.filter(|shown| shown.evidence <= weakest) {
                    taken.insert(shown.by);
                    *cell = Some(Cell::Contained(shown));
                }
            }
        }
        for ((facts, cell), row) in commits.iter().zip(cells).zip(&mut rows) {
            let stated = statements.about(facts, &target.branch).map(|statement| Cell::Stated {
                status: statement.status,
                reason: statement.reason.as_str().to_owned(),
            });
            row.cells.push(stated.or(cell).unwrap_or(Cell::Missing));
        }
    }
    Ok(rows)
}

/// Returns a commit for each change that went to a target since its cut, its origin on the trunk
/// where that is known, newest branch first; and how many were left out because `concerns_branch`
/// says that they are of no interest elsewhere.
pub fn went_somewhere(
    survey: &mut Survey<'_>,
    concerns_branch: &mut dyn FnMut(&Facts) -> Result<bool>,
) -> Result<(Vec<Facts>, usize)> {
    let origins = Origins::read(survey)?;
    let mut found: Vec<Facts> = Vec::new();
    let mut seen: BTreeSet<CommitId> = BTreeSet::new();
    let mut left_out = 0;
    for target in 0..survey.targets() {
        for facts in survey.own(target).to_vec() {
            if seen.contains(&facts.id) || !survey.is_live(target, facts.id) || !facts.reverts.is_empty() {
                continue;
            }
            if facts.merge || concerns_branch(&facts)? {
                left_out += 1;
                continue;
            }
            let origin = origins.of(&facts).cloned().unwrap_or_else(|| facts.clone());
            if !seen.insert(origin.id) {
                continue;
            }
            // The same change on the older branches is no row of its own.
            for other in target..survey.targets() {
                let shown = survey.evidence(&origin, other, |by| seen.contains(&by) && by != origin.id)?;
                seen.extend(shown.map(|shown| shown.by));
            }
            seen.insert(facts.id);
            found.push(origin);
        }
    }
    Ok((found, left_out))
}

/// The commits of the trunk that a backport may come from.
struct Origins {
    commits: HashMap<String, Facts>,
    of_pull: HashMap<u64, String>,
    /// `None` where several have one subject.
    of_subject: HashMap<String, Option<String>>,
}

impl Origins {
    fn read(survey: &Survey<'_>) -> Result<Self> {
        let mut origins =
            Self { commits: HashMap::new(), of_pull: HashMap::new(), of_subject: HashMap::new() };
        for commit in survey.of_trunk() {
            let facts = survey.facts(commit)?;
            let id = commit.to_string();
            // The last number is the pull request's own; one before it is what it takes up.
            if let Some(pull) = facts.pulls.iter().next_back() {
                origins.of_pull.insert(*pull, id.clone());
            }
            let namesake = origins.of_subject.entry(facts.subject.clone());
            namesake.and_modify(|first| *first = None).or_insert_with(|| Some(id.clone()));
            origins.commits.insert(id, facts);
        }
        Ok(origins)
    }

    /// Returns the commit of the trunk that a branch's commit comes from: the one it names, or one
    /// of the same pull request, or the only one with the same subject.
    fn of(&self, facts: &Facts) -> Option<&Facts> {
        let named = facts.picked_from.iter().find_map(|name| self.commits.get(name));
        if named.is_some() || !facts.picked_from.is_empty() {
            return named;
        }
        let pull = facts.pulls.iter().find_map(|pull| self.of_pull.get(pull));
        let subject = || self.of_subject.get(&facts.subject).and_then(Option::as_ref);
        pull.or_else(subject).and_then(|id| self.commits.get(id))
    }
}

impl Row {
    fn of(facts: &Facts) -> Self {
        Self {
            commit: facts.id,
            title: facts.title.clone(),
            advisories: facts.advisories.clone(),
            cells: Vec::new(),
        }
    }
}
