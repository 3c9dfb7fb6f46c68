//! The reports of checks: for people, as workflow annotations, as JSON, and as SARIF.

mod github;
mod sarif;

use std::fmt::Write as _;

pub use github::github;
pub use sarif::sarif;

use super::{BOLD, DIM, NEW, OLD, on_a_line};
use crate::finding::Severity;
use crate::report::Report;
use crate::text::counted;

/// Returns what was looked at and how it came out, for people, with styles. The findings themselves
/// are shown one by one, before.
pub fn human(report: &Report) -> String {
    let mut out = format!("{BOLD}{}{BOLD:#}\n", on_a_line(&report.subject));
    let width = report.facts.iter().map(|fact| fact.name.len()).max().unwrap_or(0);
    for fact in &report.facts {
        let _ = writeln!(out, "  {DIM}{:width$}{DIM:#}  {}", fact.name, on_a_line(&fact.text));
    }
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let found: Vec<String> = counts
        .iter()
        .map(|(severity, noun)| (report.count(*severity), noun))
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| counted(count, noun))
        .collect();
    let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
    let _ = match report.fails() {
        true => writeln!(out, "{OLD}{found}{OLD:#}"),
        false => writeln!(out, "{NEW}passed{NEW:#}: {found}"),
    };
    out
}
