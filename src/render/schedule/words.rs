//! The words that all formats share.

use std::fmt::Display;

use crate::text::escaped;
pub(super) use crate::text::long;
use crate::train::schedule::{Schedule, ScheduleRow, ScheduleSource};
use crate::train::{Answer, EndRule, Span, Term};

/// Returns `what` of a release, marked if it has long-term support: `24.0.0 LTS`.
pub(super) fn label(row: &ScheduleRow, what: &dyn Display) -> String {
    format!("{what}{}", if row.release.lts { " LTS" } else { "" })
}

/// Returns the sentence that says what the marks and the days mean.
pub(super) fn legend(schedule: &Schedule, marked: &str) -> String {
    let days = match schedule.source {
        ScheduleSource::Policy => "All days are planned days.",
        ScheduleSource::PolicyAndTags => {
            "Days are planned ones; where a release came on another, both are given."
        }
    };
    format!("Releases {marked} are supported on {}. {days}", long(schedule.date))
}

/// Returns what must be said about single releases: exceptions, and rules that disagree.
pub(super) fn remarks(schedule: &Schedule) -> Vec<String> {
    let mut remarks = Vec::new();
    for row in &schedule.rows {
        let version = &row.release.version;
        if let Some(reason) = &row.release.reason {
            remarks.push(format!("{version}: {}", one_line(reason)));
        }
        if row.release.term.disagrees() {
            remarks.push(format!("{version}: {}", disagreement(&row.release.term)));
        }
    }
    let skipped = schedule.skipped.iter();
    remarks.extend(skipped.map(|skip| format!("{} is skipped: {}", skip.version, one_line(&skip.reason))));
    remarks
}

/// Returns what each rule says, and which of them counts.
fn disagreement(term: &Term) -> String {
    let answers: Vec<String> = term.answers.iter().map(answer).collect();
    let fixed = term.answers.iter().any(|answer| answer.rule == EndRule::Exception);
    let latest = term.answers.iter().map(|answer| answer.eol).max();
    let counts = match latest {
        _ if fixed => "the exception",
        Some(latest) if latest == term.eol => "the later day",
        _ => "the earlier day",
    };
    format!("{}; {counts} counts", answers.join(", "))
}

fn answer(answer: &Answer) -> String {
    let eol = long(answer.eol);
    match answer.rule {
        EndRule::Span(Span::Months(months)) => format!("{} of support end on {eol}", count(months, "month")),
        EndRule::Span(Span::Weeks(weeks)) => format!("{} of support end on {eol}", count(weeks, "week")),
        EndRule::Releases(releases) => {
            format!("its place among the latest {} ends on {eol}", count(releases.get(), "release"))
        }
        EndRule::Exception => format!("its exception ends it on {eol}"),
    }
}

fn count(number: u32, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// Returns `text` on one line, with what a terminal or a reader would obey escaped.
pub(super) fn one_line(text: &str) -> String {
    escaped(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_agree_with_their_number() {
        assert_eq!([1, 2].map(|n| count(n, "month")), ["1 month", "2 months"]);
    }
}
