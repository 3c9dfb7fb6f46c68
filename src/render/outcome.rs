//! What was made, how to take it back, and how to push it.

use std::fmt::Write as _;

use super::{BOLD, DIM, NEW, escaped};
use crate::plan::outcome::Outcome;

/// Returns the outcome as text, with styles.
pub fn human(outcome: &Outcome) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n{BOLD}Made{BOLD:#}");
    for made in &outcome.branches {
        let mark = if made.from.is_none() { format!("{NEW}new{NEW:#}") } else { "   ".to_owned() };
        let subject = made.subject.as_deref().map(|subject| format!("  {}", escaped(subject)));
        let _ = writeln!(
            out,
            "  {mark}  {}  {DIM}{}{DIM:#}{}",
            escaped(&made.name),
            made.to.short(),
            subject.unwrap_or_default()
        );
    }
    let _ = writeln!(out, "\n{BOLD}Undo{BOLD:#}");
    for command in &outcome.undo {
        let _ = writeln!(out, "  {}", escaped(command));
    }
    match &outcome.push {
        Some(push) if outcome.pushed => {
            let _ = writeln!(out, "\nPushed, with `{}`.", escaped(push));
        }
        Some(push) => {
            let _ = writeln!(out, "\n{BOLD}Push{BOLD:#}\n  {}", escaped(push));
        }
        None => {
            let _ = writeln!(out, "\nThere is no remote to push to.");
        }
    }
    out
}
