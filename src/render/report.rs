//! The reports of checks: for people, as workflow annotations of GitHub, as JSON, as SARIF, for GitLab, and as
//! `JUnit`'s.

mod github;
mod gitlab;
mod junit;
mod sarif;

use std::fmt::Write as _;

use anstyle::Style;
pub use github::github;
pub use gitlab::gitlab;
pub use junit::junit;
pub use sarif::sarif;

use super::table::Table;
use super::{BOLD, DIM, NEW, OLD};
use crate::report::Report;
use crate::rule::Severity;
use crate::text::{counted, on_a_line};

/// Returns what was looked at and how it came out, for people, with styles. The findings themselves
/// are shown one by one, before.
pub fn human(report: &Report) -> String {
    let mut facts = Table::new("  ");
    for fact in &report.facts {
        facts.styled("  ", [(fact.name.to_owned(), DIM), (on_a_line(&fact.text), Style::new())]);
    }
    let mut out = format!("{BOLD}{}{BOLD:#}\n{facts}", on_a_line(&report.subject));
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
