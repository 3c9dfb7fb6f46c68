//! What the commands that prepare something have in common: the plans are shown, and carried out.

use anyhow::Result;
use clap_complete::engine::ArgValueCompleter;

use super::complete;
use super::options::Preparing;
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::ops::Sink as _;
use crate::ops::prepare::{PrepareOptions, prepare};
use crate::ops::recovery::Purpose;
use crate::ops::targets::BranchChoice;
use crate::plan::{Command, Preparation};
use crate::render;
use crate::rule::Severity;
use crate::transaction::values::Hooks;

/// The branches that are asked for.
#[derive(Debug, clap::Args)]
pub(super) struct BranchOptions {
    /// Prepare this branch, whatever is checked out; a glob, and may be repeated
    #[arg(long = "branch", value_name = "GLOB", add = ArgValueCompleter::new(complete::branches))]
    branches: Vec<String>,
}

impl BranchOptions {
    /// Returns those that are named, or the one that is checked out.
    pub(super) fn branches(&self) -> BranchChoice {
        if self.branches.is_empty() {
            BranchChoice::CheckedOut
        } else {
            BranchChoice::Named(self.branches.clone())
        }
    }
}

/// Shows the plans of `command` for `branches`, and carries them out unless it is a dry run.
pub(super) fn run(
    context: Context,
    (command, branches): (Command, BranchChoice),
    args: &Preparing,
    output: &mut Output,
) -> Result<ExitStatus> {
    output.use_format(args.format);
    let context = context.on(args.today.date);
    let purpose = if args.dry_run { Purpose::Show } else { Purpose::Write };
    let session = context.open(purpose, output)?;
    let options = PrepareOptions { command, branches, allow_dirty: args.allow_dirty, push: args.push };
    let prepared = prepare(&session, &options, output)?;
    let preparation = &prepared.preparation;
    show(preparation, args.diff, output);
    prepared.check()?;
    if args.dry_run || preparation.plans.is_empty() {
        if output.is_json() {
            output.result(&render::json::preparation(preparation, args.diff, None));
        }
        return Ok(ExitStatus::Done);
    }
    let applied = prepared.apply(if args.no_verify { Hooks::Skip } else { Hooks::Run }, output)?;
    match output.is_json() {
        true => {
            output.result(&render::json::preparation(preparation, args.diff, Some(&applied.outcome)));
        }
        false => output.show(&render::outcome::human(&applied.outcome)),
    }
    applied.pushed.map(|()| ExitStatus::Done)
}

fn show(preparation: &Preparation, with_diff: bool, output: &mut Output) {
    for (i, plan) in preparation.plans.iter().enumerate() {
        if !output.is_json() {
            let notes = plan.notes.iter().filter(|note| note.severity != Severity::Error);
            notes.for_each(|note| output.finding(note));
        }
        output.show(if i > 0 { "\n" } else { "" });
        output.show(&render::plan::human(plan, output.is_verbose()));
        if with_diff && !output.is_json() {
            for commit in &plan.commits {
                output.result(&format!("\n{}", render::diff::unified(&commit.files)));
            }
        }
    }
    output.show(&render::plan::left(&preparation.left));
}
