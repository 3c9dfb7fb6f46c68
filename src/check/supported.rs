//! Every supported branch is equally patched. Pure: a matrix of changes and branches in, findings out.

use std::collections::BTreeSet;

use crate::backport::matrix::{Matrix, MatrixCell, MatrixRow};
use crate::backport::statements;
use crate::finding::Finding;
use crate::git::{CommitId, TagName};
use crate::rule;
use crate::status::{self, Status};
use crate::text::counted;
use crate::version::plain;

/// Returns a finding for each change that is on one supported branch and, by nobody's leave, not on
/// another; `is_on_trunk` tells whether the trunk has a commit.
///
/// What an older branch has and a newer one lacks is an error: those who move up lose it. What only
/// older branches lack is a warning, as is what may concern one branch only since no commit of the
/// trunk is known to be its origin; where the change names an advisory, these are errors too.
pub fn findings(matrix: &Matrix, is_on_trunk: &dyn Fn(CommitId) -> bool) -> Vec<Finding> {
    let of_row = |row| [lost(matrix, row, is_on_trunk), behind(matrix, row), still_there(matrix, row)];
    matrix.rows.iter().flat_map(of_row).flatten().collect()
}

/// Finds the branches that lack what an older one has.
fn lost(matrix: &Matrix, row: &MatrixRow, is_on_trunk: &dyn Fn(CommitId) -> bool) -> Option<Finding> {
    let oldest = row.cells.iter().rposition(has)?;
    let missing = missing(matrix, row, 0..oldest);
    let on = &matrix.branches.get(oldest)?.branch;
    let message = format!("{} is on {on} and not on the newer {}", what(row), missing.join(", "));
    let finding = match row.advisories.is_empty() && !is_on_trunk(row.commit) {
        true => Finding::of(rule::FIX_LOST, format!("{message}; the trunk's commit for it is not known"))
            .as_warning(),
        false => Finding::of(rule::FIX_LOST, message),
    };
    (!missing.is_empty()).then(|| finding.remedy(remedy(row, &missing)))
}

/// Finds the branches that have what the trunk took back, where no branch took it back.
fn still_there(matrix: &Matrix, row: &MatrixRow) -> Option<Finding> {
    if row.cells.iter().any(has) {
        return None;
    }
    let is_there = |cell: &MatrixCell| matches!(cell, MatrixCell::StillThere { .. });
    let columns = (0..row.cells.len()).filter(|column| row.cells.get(*column).is_some_and(is_there));
    let on: Vec<&str> =
        columns.filter_map(|column| Some(matrix.branches.get(column)?.branch.as_str())).collect();
    let message = format!("what {} takes back is still on {}", what(row), on.join(", "));
    let finding = Finding::of(rule::FIX_MISSING, message).as_warning_if(row.advisories.is_empty());
    (!on.is_empty()).then(|| finding.remedy(remedy(row, &on)))
}

/// Finds the branches that lack what only newer ones have.
fn behind(matrix: &Matrix, row: &MatrixRow) -> Option<Finding> {
    let oldest = row.cells.iter().rposition(has)?;
    let missing = missing(matrix, row, oldest + 1..row.cells.len());
    let on = &matrix.branches.get(oldest)?.branch;
    let message = format!("{} is on {on} and not on the older {}", what(row), missing.join(", "));
    let finding = Finding::of(rule::FIX_MISSING, message).as_warning_if(row.advisories.is_empty());
    (!missing.is_empty()).then(|| finding.remedy(remedy(row, &missing)))
}

/// The latest release of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportedRelease {
    /// Its tag.
    pub tag: TagName,
    /// The commits of the matrix's cells that it contains.
    pub contains: BTreeSet<CommitId>,
}

/// Returns a finding for each change that is released on one branch and on a newer one is not, though it is
/// there: those who move up lose it, until that is released, too. `releases` holds one for each branch, and
/// none for a branch of which nothing is out.
///
/// It is an error where the change names an advisory, and a warning otherwise.
pub fn unreleased(matrix: &Matrix, releases: &[Option<SupportedRelease>]) -> Vec<Finding> {
    matrix.rows.iter().filter_map(|row| waiting(matrix, row, releases)).collect()
}

fn waiting(matrix: &Matrix, row: &MatrixRow, releases: &[Option<SupportedRelease>]) -> Option<Finding> {
    let is_out = |column: usize| match (row.cells.get(column)?, releases.get(column)?) {
        (MatrixCell::Contained(shown), Some(release)) => Some(release.contains.contains(&shown.by)),
        _ => None,
    };
    let oldest = (0..row.cells.len()).rfind(|column| is_out(*column) == Some(true))?;
    let waiting = (0..oldest).filter(|column| is_out(*column) == Some(false));
    let waiting: Vec<&str> =
        waiting.filter_map(|column| Some(matrix.branches.get(column)?.branch.as_str())).collect();
    let branches = waiting.join(", ");
    let tag = &releases.get(oldest)?.as_ref()?.tag;
    let message = format!("{} is in {tag}, and on the newer {branches} it is not released", what(row));
    let finding = Finding::of(rule::FIX_UNRELEASED, message).as_warning_if(row.advisories.is_empty());
    (!waiting.is_empty()).then(|| finding.remedy(format!("release a patch of {branches}")))
}

fn has(cell: &MatrixCell) -> bool {
    match cell {
        MatrixCell::Contained(_) => true,
        MatrixCell::Stated { status, .. } => *status == statements::StatementStatus::Contained,
        _ => false,
    }
}

/// Returns the branches of `columns` that lack the change without a statement.
fn missing<'m>(matrix: &'m Matrix, row: &MatrixRow, columns: std::ops::Range<usize>) -> Vec<&'m str> {
    let columns = columns.filter(|column| row.cells.get(*column).is_some_and(MatrixCell::is_gap));
    columns.filter_map(|column| Some(matrix.branches.get(column)?.branch.as_str())).collect()
}

fn what(row: &MatrixRow) -> String {
    let advisories: Vec<&str> = row.advisories.iter().map(String::as_str).collect();
    let of = if advisories.is_empty() { String::new() } else { format!(" for {}", advisories.join(", ")) };
    format!("{} “{}”{of}", row.commit.short(), row.title)
}

fn remedy(row: &MatrixRow, missing: &[&str]) -> String {
    let to: Vec<String> = missing.iter().map(|branch| format!("--to {branch}")).collect();
    format!(
        "run `cargo relprep backport {} {}`, or state in {} why it is not needed there",
        row.commit.short(),
        to.join(" "),
        statements::FILE
    )
}

/// Says which release the forge is to show as its latest: the one of the newest release that is in
/// support, so that a patch of an older one does not take its place. Where none is, that is said.
pub fn latest(status: &Status) -> String {
    let is_supported = |row: &&status::StatusRow| match row.state {
        status::ReleaseState::Phase(phase) => phase.is_supported(),
        status::ReleaseState::Released => true,
    };
    let mut supported = status.rows.iter().filter(is_supported);
    let Some(newest) = supported.next() else {
        let out = status.rows.iter().find(|row| row.released.is_some()).and_then(|row| row.latest.as_ref());
        return match out {
            Some((tag, day)) => format!("{tag} of {day}, and no release is in support"),
            None => "none: no release is in support".to_owned(),
        };
    };
    let older: Vec<&str> = supported.map(|row| row.short.as_str()).collect();
    let version = newest.declared.version.as_ref().map_or_else(|| newest.version.clone(), plain);
    match older.is_empty() {
        true => format!("{version}"),
        false => format!("{version}, and no patch of {}", older.join(", ")),
    }
}

/// Says in one line what a branch holds, what of that is tagged, and how much is not released.
pub fn standing(row: &status::StatusRow) -> String {
    let holds = row.declared.version.as_ref().map(|version| format!(" at {version}"));
    let tagged =
        row.latest.as_ref().map_or_else(|| "no tag".to_owned(), |(tag, day)| format!("{tag} of {day}"));
    let ahead = match row.tip().and_then(|tip| tip.ahead) {
        None => "whether all is released is unknown".to_owned(),
        Some(0) => "all of it released".to_owned(),
        Some(count) => format!("{} not released", counted(count, "commit")),
    };
    format!("{}{}: {}, {tagged}, {ahead}", row.branch, holds.unwrap_or_default(), row.state.name())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::backport::evidence::Evidence;
    use crate::backport::survey::Proof;
    use crate::backport::targets::Target;
    use crate::git::BranchName;

    fn matrix(cells: &str, advisory: Option<&str>) -> Matrix {
        let branch = |number: usize| Target {
            branch: BranchName::new(format!("release-{}.0.0", 9 - number)).unwrap(),
            version: semver::Version::new(9, 0, 0),
            tip: CommitId::of_test(2),
            remote: None,
            local: None,
        };
        let cell = |c: char| match c {
            '+' => MatrixCell::Contained(Proof { evidence: Evidence::PickedFrom, by: CommitId::of_test(3) }),
            '~' => MatrixCell::Stated {
                status: statements::StatementStatus::NotAffected,
                reason: "no such code".into(),
            },
            _ => MatrixCell::Missing,
        };
        let row = MatrixRow {
            commit: CommitId::of_test(1),
            title: "Fix".into(),
            advisories: advisory.map(str::to_owned).into_iter().collect(),
            cells: cells.chars().map(cell).collect(),
            position: None,
        };
        let branches = (0..cells.len()).map(branch).collect();
        Matrix::new(branches, Vec::new(), vec![row], BTreeMap::new())
    }

    fn found(cells: &str, advisory: Option<&str>, is_on_trunk: bool) -> Vec<String> {
        let text = |finding: Finding| {
            let (_, lacking) = finding.message.split_once("not on the ").unwrap();
            format!("{:?} {}: {lacking}", finding.severity, finding.rule.name)
        };
        findings(&matrix(cells, advisory), &|_| is_on_trunk).into_iter().map(text).collect()
    }

    #[test]
    fn what_an_older_branch_has_released_a_newer_one_must_release() {
        let release = |has: bool| {
            let contains = if has { BTreeSet::from([CommitId::of_test(3)]) } else { BTreeSet::new() };
            Some(SupportedRelease { tag: TagName::new("v1").unwrap(), contains })
        };
        let found = |cells: &str, releases: &[Option<SupportedRelease>], advisory| -> Vec<String> {
            let found = unreleased(&matrix(cells, advisory), releases);
            found.into_iter().map(|found| format!("{:?} {}", found.severity, found.remedy.unwrap())).collect()
        };
        let none: Vec<String> = Vec::new();
        let waits = [release(false), release(false), release(true)];
        assert_eq!(found("+++", &waits, None), ["Warning release a patch of release-9.0.0, release-8.0.0"]);
        assert_eq!(found("~++", &waits, Some("CVE-2024-1")), ["Error release a patch of release-8.0.0"]);
        assert_eq!(found("-++", &[release(false), release(true), release(true)], None), none);
        assert_eq!(found("+++", &[None, release(true), release(false)], None), none);
    }

    #[test]
    fn who_moves_up_must_not_lose_a_fix() {
        assert_eq!(found("+++", None, true), [""; 0]);
        assert_eq!(found("+~+", None, true), [""; 0]);
        let both = ["Error fix-lost: newer release-9.0.0", "Warning fix-missing: older release-7.0.0"];
        assert_eq!(found("-+-", None, true), both);
        assert_eq!(found("~-+", None, true), ["Error fix-lost: newer release-8.0.0"]);
        let unknown = "Warning fix-lost: newer release-9.0.0; the trunk's commit for it is not known";
        assert_eq!(found("-+", None, false), [unknown]);
        assert_eq!(found("-+", Some("CVE-2024-1"), false), ["Error fix-lost: newer release-9.0.0"]);
        let older = ["Error fix-missing: older release-8.0.0, release-7.0.0"];
        assert_eq!(found("+--", Some("CVE-2024-1"), true), older);
    }
}
