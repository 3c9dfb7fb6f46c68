//! Every supported branch is equally patched. Pure: a matrix of changes and branches in, findings out.

use crate::backport::matrix::{Cell, Matrix, Row};
use crate::backport::statements;
use crate::finding::Finding;
use crate::repo::CommitId;
use crate::status::{self, Status};
use crate::version::plain;

/// Returns a finding for each change that is on one supported branch and, by nobody's leave, not on
/// another; `is_on_trunk` tells whether the trunk has a commit.
///
/// What an older branch has and a newer one lacks is an error: those who move up lose it. What only
/// older branches lack is a warning, as is what may concern one branch only since no commit of the
/// trunk is known to be its origin; where the change names an advisory, these are errors too.
pub fn findings(matrix: &Matrix, is_on_trunk: &dyn Fn(CommitId) -> bool) -> Vec<Finding> {
    let of_row = |row| [lost(matrix, row, is_on_trunk), behind(matrix, row)];
    matrix.rows.iter().flat_map(of_row).flatten().collect()
}

/// Finds the branches that lack what an older one has.
fn lost(matrix: &Matrix, row: &Row, is_on_trunk: &dyn Fn(CommitId) -> bool) -> Option<Finding> {
    let oldest = row.cells.iter().rposition(has)?;
    let missing = missing(matrix, row, 0..oldest);
    let on = &matrix.branches.get(oldest)?.branch;
    let message = format!("{} is on {on} and not on the newer {}", what(row), missing.join(", "));
    let finding = match row.advisories.is_empty() && !is_on_trunk(row.commit) {
        true => Finding::warning("fix-lost", format!("{message}; the trunk's commit for it is not known")),
        false => Finding::error("fix-lost", message),
    };
    (!missing.is_empty()).then(|| finding.remedy(remedy(row, &missing)))
}

/// Finds the branches that lack what only newer ones have.
fn behind(matrix: &Matrix, row: &Row) -> Option<Finding> {
    let oldest = row.cells.iter().rposition(has)?;
    let missing = missing(matrix, row, oldest + 1..row.cells.len());
    let on = &matrix.branches.get(oldest)?.branch;
    let message = format!("{} is on {on} and not on the older {}", what(row), missing.join(", "));
    let finding = match row.advisories.is_empty() {
        true => Finding::warning("fix-missing", message),
        false => Finding::error("fix-missing", message),
    };
    (!missing.is_empty()).then(|| finding.remedy(remedy(row, &missing)))
}

fn has(cell: &Cell) -> bool {
    match cell {
        Cell::Contained(_) => true,
        Cell::Stated { status, .. } => *status == statements::Status::Contained,
        Cell::NotNeeded | Cell::Missing => false,
    }
}

/// Returns the branches of `columns` that lack the change without a statement.
fn missing<'m>(matrix: &'m Matrix, row: &Row, columns: std::ops::Range<usize>) -> Vec<&'m str> {
    let columns = columns.filter(|column| row.cells.get(*column) == Some(&Cell::Missing));
    columns.filter_map(|column| Some(matrix.branches.get(column)?.branch.as_str())).collect()
}

fn what(row: &Row) -> String {
    let advisories: Vec<&str> = row.advisories.iter().map(String::as_str).collect();
    let of = if advisories.is_empty() { String::new() } else { format!(" for {}", advisories.join(", ")) };
    format!("{} “{}”{of}", row.commit.short(), row.title)
}

fn remedy(row: &Row, missing: &[&str]) -> String {
    let to: Vec<String> = missing.iter().map(|branch| format!("--to {branch}")).collect();
    format!(
        "run `cargo relprep backport {} {}`, or state in {} why it is not needed there",
        row.commit.short(),
        to.join(" "),
        statements::FILE
    )
}

/// Says which release the forge is to show as its latest: the one of the newest release that is out,
/// so that a patch of an older one does not take its place.
pub fn latest(status: &Status) -> Option<String> {
    let is_out = |row: &&status::Row| match row.state {
        status::State::Phase(phase) => phase.is_supported(),
        status::State::Released => true,
    };
    let mut out = status.rows.iter().filter(is_out);
    let newest = out.next()?;
    let older: Vec<&str> = out.map(|row| row.short.as_str()).collect();
    let version = newest.declared.version.as_ref().map_or_else(|| newest.version.clone(), plain);
    Some(match older.is_empty() {
        true => format!("{version}"),
        false => format!("{version}, and no patch of {}", older.join(", ")),
    })
}

/// Says in one line what a branch holds, what of that is tagged, and how much is not released.
pub fn standing(row: &status::Row) -> String {
    let holds = row.declared.version.as_ref().map(|version| format!(" at {version}"));
    let tagged =
        row.latest.as_ref().map_or_else(|| "no tag".to_owned(), |(tag, day)| format!("{tag} of {day}"));
    let ahead = match row.tip().and_then(|tip| tip.ahead) {
        None => "whether all is released is unknown".to_owned(),
        Some(0) => "all of it released".to_owned(),
        Some(1) => "1 commit not released".to_owned(),
        Some(count) => format!("{count} commits not released"),
    };
    format!("{}{}: {}, {tagged}, {ahead}", row.branch, holds.unwrap_or_default(), row.state.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backport::evidence::Evidence;
    use crate::backport::survey::Shown;
    use crate::backport::targets::Target;

    fn matrix(cells: &str, advisory: Option<&str>) -> Matrix {
        let branch = |number: usize| Target {
            branch: format!("release-{}.0.0", 9 - number),
            version: semver::Version::new(9, 0, 0),
            tip: CommitId::for_tests(2),
            local: None,
        };
        let cell = |c: char| match c {
            '+' => Cell::Contained(Shown { evidence: Evidence::PickedFrom, by: CommitId::for_tests(3) }),
            '~' => Cell::Stated { status: statements::Status::NotAffected, reason: "no such code".into() },
            _ => Cell::Missing,
        };
        let row = Row {
            commit: CommitId::for_tests(1),
            title: "Fix".into(),
            advisories: advisory.map(str::to_owned).into_iter().collect(),
            cells: cells.chars().map(cell).collect(),
        };
        let branches = (0..cells.len()).map(branch).collect();
        Matrix { branches, excepted: Vec::new(), rows: vec![row], left_out: 0 }
    }

    fn found(cells: &str, advisory: Option<&str>, is_on_trunk: bool) -> Vec<String> {
        let text = |finding: Finding| {
            let (_, lacking) = finding.message.split_once("not on the ").unwrap();
            format!("{:?} {}: {lacking}", finding.severity, finding.rule)
        };
        findings(&matrix(cells, advisory), &|_| is_on_trunk).into_iter().map(text).collect()
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
