//! Past steps, and how they come out today.

use std::fmt::Write as _;

use super::table::Table;
use super::{BOLD, DIM, NEW, OLD, diff};
use crate::ops::replay::{ReplayOutcome, ReplayedStep};
use crate::plan::files::FileChange;
use crate::text::{counted, on_a_line};
use anstyle::Style;

/// Returns a table of the steps, with every line that differs if `with_diff`.
pub fn human(steps: &[ReplayedStep], with_diff: bool) -> String {
    if steps.is_empty() {
        return "no step: no commit on the trunk or a release branch moves the version\n".to_owned();
    }
    let mut table = Table::new("  ");
    for ReplayedStep { step, outcome, chosen, waived } in steps {
        let (style, mut text) = shown(outcome);
        if !chosen.is_empty() {
            let asked: Vec<String> =
                chosen.iter().map(|(name, version)| format!("--to {name}={version}")).collect();
            let _ = write!(text, ", with {}", some(&asked));
        }
        if let Some(reason) = waived {
            let _ = write!(text, " (allowed: {reason})");
        }
        let plain = |text: String| (text, Style::new());
        table.styled(
            "",
            [
                plain(step.date.to_string()),
                plain(step.command.to_string()),
                plain(format!("{} → {}", step.from, step.to)),
                plain(step.branch.to_string()),
                (step.commit.short(), DIM),
                (on_a_line(&text), style),
            ],
        );
    }
    let mut out = table.to_string();
    for ReplayedStep { step, outcome, .. } in steps.iter().filter(|_| with_diff) {
        if let Some(files) = outcome.files() {
            let _ =
                writeln!(out, "\n{BOLD}{} → {}{BOLD:#}: - as made, + as prepared today", step.from, step.to);
            out += &diff::unified(files);
        }
    }
    let identical = steps.iter().filter(|step| matches!(step.outcome, ReplayOutcome::Identical)).count();
    let written = steps.iter().filter(|step| matches!(step.outcome, ReplayOutcome::Written { .. })).count();
    let cargo = steps.iter().filter(|step| matches!(step.outcome, ReplayOutcome::OtherFiles { .. })).count();
    let differ = steps.iter().filter(|step| matches!(step.outcome, ReplayOutcome::Differs { .. })).count();
    let _ = writeln!(
        out,
        "\n{identical} of {} identical, {written} but for lines written by hand, {cargo} the same in Cargo files, \
         {differ} different, {} not mechanical",
        counted(steps.len(), "step"),
        steps.len() - identical - written - cargo - differ
    );
    let by_hand = |step: &&ReplayedStep| match step.outcome {
        ReplayOutcome::OtherFiles { by_hand, .. } | ReplayOutcome::Differs { by_hand, .. } => by_hand,
        _ => false,
    };
    let mechanical = identical + written + cargo + differ;
    let untouched = identical + cargo + differ - steps.iter().filter(by_hand).count();
    let made = identical + written;
    if untouched > 0 && untouched < steps.len() {
        let of = counted(untouched, "mechanical step");
        let _ = writeln!(
            out,
            "Identical: {identical} of {of} in which nobody wrote; {made} of {mechanical} apart from what people wrote."
        );
    } else if made > identical {
        let of = counted(mechanical, "mechanical step");
        let _ = writeln!(out, "Identical: {made} of {of} apart from what people wrote.");
    }
    out
}

fn shown(outcome: &ReplayOutcome) -> (Style, String) {
    match outcome {
        ReplayOutcome::Identical => (NEW, "identical".to_owned()),
        ReplayOutcome::Written { files } => {
            (NEW, format!("identical but for lines written by hand in {}", named(files)))
        }
        ReplayOutcome::OtherFiles { files, .. } => {
            let differ = if files.len() == 1 { "differs" } else { "differ" };
            (Style::new(), format!("same Cargo files; {} {differ}", named(files)))
        }
        ReplayOutcome::Differs { files, .. } => (OLD, format!("differs: {}", named(files))),
        ReplayOutcome::NotMechanical { reasons } => {
            let more =
                if reasons.len() > 1 { format!(" (and {} more)", reasons.len() - 1) } else { String::new() };
            // What Cargo says goes on for lines.
            let first = reasons.first().and_then(|reason| reason.lines().next()).unwrap_or_default();
            (DIM, format!("not mechanical: {first}{more}"))
        }
    }
}

/// Names the first files, and counts the others.
fn named(files: &[FileChange]) -> String {
    some(&files.iter().map(|file| file.path.to_string()).collect::<Vec<_>>())
}

/// Joins the first texts, and counts the others.
fn some(texts: &[String]) -> String {
    let first = texts.len().min(3);
    let more = if texts.len() > 3 { format!(" and {} more", texts.len() - 3) } else { String::new() };
    format!("{}{more}", texts[..first].join(", "))
}
