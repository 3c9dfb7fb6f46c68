//! What was made, how to take it back, and how to push it.

use std::fmt::Write as _;

use super::{BOLD, DIM, mark};
use crate::git::BranchName;
use crate::ops::outcome::Outcome;
use crate::plan::PullRequest;
use crate::text::{escaped, quoted};

/// Returns the outcome as text, with styles.
pub fn human(outcome: &Outcome) -> String {
    let mut out = format!("\n{BOLD}Made{BOLD:#}\n");
    for made in &outcome.branches {
        let subject = made.subject.as_deref().map(|subject| format!("  {}", escaped(subject)));
        let _ = writeln!(
            out,
            "  {}  {}  {DIM}{}{DIM:#}{}",
            mark(made.from.is_none()),
            escaped(&made.name),
            made.to.short(),
            subject.unwrap_or_default()
        );
    }
    undo(&mut out, &outcome.undo);
    match &outcome.push {
        Some(push) if outcome.pushed => {
            let _ = writeln!(out, "\nPushed, with `{}`.", escaped(push));
        }
        push => to_push(&mut out, push.as_deref()),
    }
    out
}

/// Returns how the pull requests are opened, each from its branch, once that is pushed.
pub fn pull_requests<'a>(requests: impl Iterator<Item = (&'a BranchName, &'a PullRequest)>) -> String {
    let mut out = String::new();
    for (head, PullRequest { base, title, body, draft }) in requests {
        if out.is_empty() {
            let _ = writeln!(out, "\n{BOLD}Pull requests{BOLD:#}");
        }
        let draft = if *draft { " --draft" } else { "" };
        let body: Vec<String> = body.trim_end().lines().map(escaped).collect();
        let (title, body) = (quoted(escaped(title)), quoted(body.join("\n")));
        let (base, head) = (escaped(quoted(base)), escaped(quoted(head)));
        let _ =
            writeln!(out, "gh pr create{draft} --base {base} --head {head} --title {title} --body {body}");
    }
    out
}

/// Says how what was made is taken back.
pub(super) fn undo(out: &mut String, commands: &[String]) {
    let _ = writeln!(out, "\n{BOLD}Undo{BOLD:#}");
    for command in commands {
        let _ = writeln!(out, "  {}", escaped(command));
    }
}

/// Says how what was made is pushed.
pub(super) fn to_push(out: &mut String, command: Option<&str>) {
    let _ = match command {
        Some(command) => writeln!(out, "\n{BOLD}Push{BOLD:#}\n  {}", escaped(command)),
        None => writeln!(out, "\nThere is no remote to push to."),
    };
}
