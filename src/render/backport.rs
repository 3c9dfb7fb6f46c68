//! Backports for people: what became of each commit on each branch.

pub mod advisory;
pub mod matrix;

use std::fmt::Write as _;
use std::iter;

use anstyle::Style;

use super::table::Table;
use super::{BOLD, DIM, NEW, OLD, mark};
use crate::backport::attempt::{Attempt, Pick, PickOutcome};
use crate::backport::evidence::Facts;
use crate::backport::manual::ManualSteps;
use crate::backport::statements::StatementStatus;
use crate::git::merge::{Conflict, ConflictKind};
use crate::git::{BranchName, CommitId};
use crate::ops::backport::{AppliedBackport, AttemptedBackport};
use crate::ops::outcome;
use crate::plan::LeftOut;
use crate::text::{counted, escaped, on_a_line, quoted};

/// The command line, for the commands that are printed.
#[derive(Clone, Copy, Debug)]
pub struct CommandLine<'a> {
    /// Whether flags are accepted.
    pub accept_flags: bool,
    /// The options that every command repeats, each word quoted for a shell.
    pub options: &'a [String],
}

impl CommandLine<'_> {
    /// Returns the command that makes `commits` on `branch`, whose flags are accepted where `accepted`.
    fn command(&self, commits: &[String], branch: &BranchName, accepted: bool) -> String {
        let accepted = if self.accept_flags || accepted { " --accept-flags" } else { "" };
        format!("{} --to {}{accepted}", self.beginning(commits), quoted(branch))
    }

    /// Returns the command that makes `commits` on all of `branches`.
    fn for_all(&self, commits: &[String], branches: &[BranchName]) -> String {
        let to: Vec<String> = branches.iter().map(|branch| format!("--to {}", quoted(branch))).collect();
        format!("{} {}", self.beginning(commits), to.join(" "))
    }

    /// Returns the command that lets a person finish `commits` on `branch`.
    fn by_hand(&self, commits: &[String], branch: &BranchName) -> String {
        format!("{} --resolve {}", self.beginning(commits), quoted(branch))
    }

    fn beginning(&self, commits: &[String]) -> String {
        let words = ["cargo", "relprep", "backport"].map(str::to_owned);
        words.iter().chain(commits).chain(self.options).cloned().collect::<Vec<_>>().join(" ")
    }
}

/// Returns what became of `commits` on all branches, as a table and the details below it.
pub fn attempts(attempted: &AttemptedBackport<'_>, line: &CommandLine<'_>) -> String {
    let AttemptedBackport { commits, attempts, chosen, .. } = attempted;
    let mut out = String::new();
    let (what, branches) = (counted(commits.len(), "commit"), counted(attempts.len(), "branch"));
    let remote = attempts.iter().find_map(|attempt| attempt.target.remote.as_ref());
    let fetched = remote.map(|remote| format!(", as fetched from {remote}")).unwrap_or_default();
    let _ = writeln!(out, "{BOLD}Backport of {what} to {branches}{fetched}{BOLD:#}");
    for facts in commits {
        let _ = writeln!(out, "  {}  {}", facts.id.short(), escaped(&facts.title));
    }
    let _ = write!(out, "\n{}", table(attempts, &chosen.excepted, line));
    for attempt in attempts {
        details(&mut out, attempt, commits, line);
    }
    out
}

fn table(attempts: &[Attempt], excepted: &[LeftOut], line: &CommandLine<'_>) -> Table {
    let mut table = Table::new("  ");
    let several = attempts.iter().any(|attempt| attempt.steps.len() > 1);
    for attempt in attempts {
        let names = iter::once(escaped(&attempt.target.branch)).chain(iter::repeat(String::new()));
        for (step, name) in attempt.steps.iter().zip(names) {
            let commit = several.then(|| step.commit.short());
            let result = result(step, attempt, line);
            table.row("  ", Style::new(), iter::once(name).chain(commit).chain([result]));
        }
    }
    for one in excepted {
        let why = format!("{DIM}left out: {}{DIM:#}", escaped(&one.reason));
        table.row("  ", Style::new(), [escaped(&one.branch), why]);
    }
    table
}

fn result(step: &Pick, attempt: &Attempt, line: &CommandLine<'_>) -> String {
    match &step.outcome {
        PickOutcome::Clean { resolved, flags, .. } => {
            let mut text = match (flags.is_empty(), attempt.needs_person()) {
                (_, true) => format!("{DIM}clean, and waits for the others{DIM:#}"),
                (false, _) if attempt.is_held(line.accept_flags) => format!("{OLD}clean, but flagged{OLD:#}"),
                _ => format!("{NEW}clean{NEW:#}"),
            };
            for one in resolved {
                let _ = write!(text, "; {}: {}", on_a_line(&one.path), one.how);
            }
            text
        }
        PickOutcome::AlreadyThere(shown) if shown.by == step.commit => {
            format!("already there {DIM}({}){DIM:#}", shown.evidence.text())
        }
        PickOutcome::AlreadyThere(shown) => {
            format!("already there as {} {DIM}({}){DIM:#}", shown.by.short(), shown.evidence.text())
        }
        PickOutcome::Stated { status: StatementStatus::Contained, reason } => {
            format!("already there {DIM}(stated: {}){DIM:#}", escaped(reason))
        }
        PickOutcome::Stated { status, reason } => {
            format!("{} {DIM}({}){DIM:#}", status.text(), escaped(reason))
        }
        PickOutcome::Empty => "empty: it changes nothing here".to_owned(),
        PickOutcome::Conflict { files, .. } => {
            format!("{OLD}conflict{OLD:#} in {}", counted(files.len(), "file"))
        }
        PickOutcome::NeedsOthers { needed, .. } => {
            let names: Vec<String> = needed.iter().map(|one| one.commit.short()).collect();
            format!("{OLD}needs{OLD:#} {} first", names.join(", "))
        }
        PickOutcome::NotTried => format!("{DIM}not tried: the one before must be there first{DIM:#}"),
    }
}

/// Says what a person needs to know about one branch, and what to do.
fn details(out: &mut String, attempt: &Attempt, commits: &[Facts], line: &CommandLine<'_>) {
    let branch = &attempt.target.branch;
    let names: Vec<String> = commits.iter().map(|facts| facts.id.short()).collect();
    for step in &attempt.steps {
        match &step.outcome {
            PickOutcome::Conflict { files, reasons, .. } => {
                let _ =
                    writeln!(out, "\n{BOLD}{}{BOLD:#}: {} conflicts", escaped(branch), step.commit.short());
                let _ = write!(out, "{}", conflicts(files));
                for reason in reasons {
                    let _ = writeln!(out, "  {DIM}not resolved: {}{DIM:#}", escaped(reason));
                }
            }
            PickOutcome::NeedsOthers { needed, files, .. } => {
                let _ = writeln!(
                    out,
                    "\n{BOLD}{}{BOLD:#}: {} is clean after",
                    escaped(branch),
                    step.commit.short()
                );
                for one in needed {
                    let _ = writeln!(out, "  {}  {}", one.commit.short(), escaped(&one.title));
                }
                let _ = write!(out, "  and conflicts without\n{}", conflicts(files));
                let all: Vec<String> =
                    needed.iter().map(|one| one.commit.short()).chain(names.iter().cloned()).collect();
                let _ = writeln!(out, "  with them: {}", escaped(line.command(&all, branch, false)));
            }
            PickOutcome::Clean { flags, .. } if !flags.is_empty() => {
                let _ =
                    writeln!(out, "\n{BOLD}{}{BOLD:#}: {} is flagged", escaped(branch), step.commit.short());
                for flag in flags {
                    let _ = writeln!(out, "  it {}", escaped(flag.to_string()));
                }
                if attempt.is_held(line.accept_flags) {
                    let command = line.command(&names, branch, true);
                    let _ = writeln!(out, "  if that is meant: {}", escaped(&command));
                }
            }
            _ => {}
        }
    }
    if attempt.needs_person() {
        let _ = writeln!(out, "  by hand: {}", escaped(line.by_hand(&names, branch)));
    }
}

/// How many files that conflict are shown: a person needs the first ones and the count.
const MOST_FILES: usize = 10;

fn conflicts(files: &[Conflict]) -> Table {
    let mut table = Table::new("  ");
    for file in files.iter().take(MOST_FILES) {
        table.styled("  ", [(on_a_line(&file.path), Style::new()), (clash(&file.what), DIM)]);
    }
    if let Some(more) = files.len().checked_sub(MOST_FILES).filter(|more| *more > 0) {
        table.styled("  ", [(format!("and {}", counted(more, "file")), DIM)]);
    }
    table
}

fn clash(what: &ConflictKind) -> String {
    match what {
        ConflictKind::BothChanged => "branch and commit change the same lines".to_owned(),
        ConflictKind::BothChangedBinary => "branch and commit change it, and it is not text".to_owned(),
        ConflictKind::BothAdded => "branch and commit add it, differently".to_owned(),
        ConflictKind::GoneOnBranch => "not there on the branch; the commit changes it".to_owned(),
        ConflictKind::DeletedByCommit => "changed on the branch; the commit deletes it".to_owned(),
        ConflictKind::Other(kind) => escaped(kind),
    }
}

/// Returns what was made, how to take it back, and how to push it, where `current` is checked out
/// and `remote` is to be pushed to, if any.
pub fn made(applied: &AppliedBackport, current: Option<&BranchName>, remote: Option<&str>) -> String {
    let made = applied.made.as_slice();
    if made.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{BOLD}Made{BOLD:#}\n");
    for one in made {
        let commits: Vec<String> = one.commits.iter().map(|commit: &CommitId| commit.short()).collect();
        let (mark, branch) = (mark(one.from.is_none()), escaped(&one.branch));
        let _ = writeln!(out, "  {mark}  {branch}  {DIM}{}{DIM:#}", commits.join(" "));
    }
    let undo: Vec<String> = made.iter().map(|one| outcome::undo(&one.branch, one.from, current)).collect();
    super::outcome::undo(&mut out, &undo);
    let branches = made.iter().map(|one| &one.branch);
    if let Some(remote) = &applied.pushed {
        let _ = writeln!(out, "\n{BOLD}Pushed{BOLD:#} to {}", escaped(remote));
    } else {
        let push = remote.map(|remote| outcome::push(branches, remote));
        super::outcome::to_push(&mut out, push.as_deref());
    }
    let requests = made.iter().filter_map(|one| Some((&one.branch, one.pull_request.as_ref()?)));
    out.push_str(&super::outcome::pull_requests(requests));
    out
}

/// Says where the conflict waits, and how it is finished and abandoned.
pub fn manual_steps(work: &ManualSteps, files: &[Conflict]) -> String {
    let mut out = format!(
        "{BOLD}A cherry-pick onto {} waits in{BOLD:#} {}\n{}",
        escaped(&work.branch),
        escaped(work.folder.to_string_lossy()),
        conflicts(files)
    );
    let _ = writeln!(out, "\n{BOLD}Finish{BOLD:#}, once the files are as they should be");
    for command in &work.finish {
        let _ = writeln!(out, "  {}", escaped(command));
    }
    let _ = writeln!(out, "\n{BOLD}Abandon{BOLD:#}");
    for command in &work.abandon {
        let _ = writeln!(out, "  {}", escaped(command));
    }
    out
}
