//! The matrix of commits against branches, for terminals and for Markdown.

use std::fmt::Write as _;

use anstyle::Style;

use super::CommandLine;
use crate::backport::concern::in_words;
use crate::backport::evidence::Evidence;
use crate::backport::matrix::{Matrix, MatrixCell, MatrixRow, NextBackport};
use crate::backport::statements::StatementStatus;
use crate::git::BranchName;
use crate::render::table::{Table, padded, width};
use crate::render::{BOLD, DIM, NEW, OLD, markdown_text};
use crate::text::{counted, escaped};

/// The fewest columns for a branch: as many as the longest word takes that stands below it.
const LEAST: usize = 8;

/// Returns the matrix as text with styles: one line for each commit, one column for each branch, and
/// below it what the cells stand on.
pub fn human(matrix: &Matrix, line: &CommandLine<'_>) -> String {
    let mut out = String::new();
    if matrix.rows.is_empty() {
        let _ = writeln!(out, "Every commit that went to one of these branches is on all of them:");
        for target in &matrix.branches {
            let _ = writeln!(out, "  {}", escaped(&target.branch));
        }
        left_out(&mut out, matrix);
        return out;
    }
    let names: Vec<String> = matrix.branches.iter().map(|target| short(&target.branch)).collect();
    let widest = names.iter().map(|name| width(name)).max().unwrap_or(0).max(LEAST);
    let names = names.iter().map(|name| padded(name, widest));
    let mut table = Table::new("  ");
    table.row("", BOLD, ["commit".to_owned()].into_iter().chain(names).chain(["subject".to_owned()]));
    for row in &matrix.rows {
        let words = row.cells.iter().map(|cell| (word(cell).to_owned(), style(cell)));
        let plain = |text| [(text, Style::new())];
        table
            .styled("", plain(row.commit.short()).into_iter().chain(words).chain(plain(escaped(&row.title))));
    }
    out.push_str(&table.to_string());
    evidence(&mut out, matrix);
    next(&mut out, matrix, line);
    left_out(&mut out, matrix);
    out
}

/// How many commands are printed.
const MOST_COMMANDS: usize = 10;

/// Says what to run next, the most urgent first.
fn next(out: &mut String, matrix: &Matrix, line: &CommandLine<'_>) {
    if matrix.next.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{BOLD}Next{BOLD:#}");
    for NextBackport { commits, branches } in matrix.next.iter().take(MOST_COMMANDS) {
        let commits: Vec<String> = commits.iter().map(|commit| commit.short()).collect();
        let _ = writeln!(out, "  {}", escaped(line.for_all(&commits, branches)));
    }
    if let Some(more) = matrix.next.len().checked_sub(MOST_COMMANDS).filter(|more| *more > 0) {
        let _ = writeln!(out, "  {DIM}and {}{DIM:#}", counted(more, "command"));
    }
}

fn style(cell: &MatrixCell) -> Style {
    match cell {
        MatrixCell::Contained(_) => NEW,
        MatrixCell::Stated { .. } | MatrixCell::NotNeeded | MatrixCell::TakenBack { .. } => DIM,
        MatrixCell::Missing | MatrixCell::StillThere { .. } => OLD,
    }
}

/// Returns the branch's name without what most have in common.
fn short(branch: &BranchName) -> String {
    escaped(branch.as_str().strip_prefix("release-").unwrap_or(branch.as_str()))
}

fn word(cell: &MatrixCell) -> &'static str {
    match cell {
        MatrixCell::Missing => "MISSING",
        MatrixCell::NotNeeded => "no need",
        MatrixCell::TakenBack { .. } => "reverted",
        MatrixCell::StillThere { .. } => "REVERT",
        MatrixCell::Stated { status, .. } => match status {
            StatementStatus::Contained => "stated",
            StatementStatus::NotAffected => "n/a",
            StatementStatus::WontFix => "won't",
        },
        MatrixCell::Contained(shown) => match shown.evidence {
            Evidence::Ancestry => "ancestor",
            Evidence::PickedFrom => "picked",
            Evidence::PatchId => "patch",
            Evidence::NoDifference => "no diff",
            Evidence::Listed => "listed",
            Evidence::PullRequest => "pull",
            Evidence::Subject => "subject",
            Evidence::Advisory => "advisory",
        },
    }
}

/// Lists what each cell stands on, where that is not the commit itself.
fn evidence(out: &mut String, matrix: &Matrix) {
    let mut lines = String::new();
    for row in &matrix.rows {
        for (target, cell) in matrix.branches.iter().zip(&row.cells) {
            if let Some(said) = said(row, cell) {
                let _ = writeln!(lines, "  {}  {}: {said}", row.commit.short(), escaped(&target.branch));
            }
        }
    }
    for one in &matrix.excepted {
        let _ = writeln!(lines, "  {}  {DIM}left out: {}{DIM:#}", escaped(&one.branch), escaped(&one.reason));
    }
    if !lines.is_empty() {
        let _ = write!(out, "\n{BOLD}Evidence{BOLD:#}\n{lines}");
    }
}

fn said(row: &MatrixRow, cell: &MatrixCell) -> Option<String> {
    match cell {
        MatrixCell::Contained(shown) if shown.by == row.commit => None,
        MatrixCell::Contained(shown) => Some(format!("{} ({})", shown.by.short(), shown.evidence.text())),
        MatrixCell::Stated { status, reason } => Some(format!("{}: {}", status.text(), escaped(reason))),
        MatrixCell::NotNeeded => Some("it takes back what is not there".to_owned()),
        MatrixCell::TakenBack { taken_back_in } => {
            Some(format!("the trunk took it back in {} (revert)", taken_back_in.short()))
        }
        MatrixCell::StillThere { by, taken_back_in } => Some(format!(
            "still there as {}, the trunk took it back in {} (revert)",
            by.short(),
            taken_back_in.short()
        )),
        MatrixCell::Missing => None,
    }
}

fn left_out(out: &mut String, matrix: &Matrix) {
    if matrix.left_out > 0 {
        let _ = writeln!(
            out,
            "\n{DIM}{} of these branches concern only their own and are left out: {} (`--all` shows them).{DIM:#}",
            counted(matrix.left_out, "commit"),
            in_words(&matrix.left_out_for)
        );
    }
}

/// Returns the matrix as a Markdown table.
pub fn markdown(matrix: &Matrix) -> String {
    let mut out = String::from("| commit |");
    for target in &matrix.branches {
        let _ = write!(out, " {} |", in_cell(&target.branch));
    }
    out.push_str("\n|---|");
    out.push_str(&"---|".repeat(matrix.branches.len()));
    out.push('\n');
    for row in &matrix.rows {
        let _ = write!(out, "| `{}` {} |", row.commit.short(), in_cell(&row.title));
        for cell in &row.cells {
            let text = match (said(row, cell), cell) {
                (Some(said), _) => in_cell(&said),
                (None, MatrixCell::Missing) => "**missing**".to_owned(),
                (None, _) => "yes".to_owned(),
            };
            let _ = write!(out, " {text} |");
        }
        out.push('\n');
    }
    out
}

/// Returns a text for a cell, which is one line.
fn in_cell(text: impl AsRef<str>) -> String {
    markdown_text(&escaped(text).replace(['\n', '\t'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_cannot_leave_its_cell() {
        assert_eq!(in_cell("a | b <c>\n`d`"), "a \\| b \\<c\\> \\`d\\`");
    }
}
