//! What the commands that prepare something have in common: the plans are shown, and carried out.

use anyhow::Result;

use super::options::Preparing;
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::ops::Sink as _;
use crate::ops::prepare::{PrepareOptions, prepare};
use crate::ops::recovery::Purpose;
use crate::ops::standing::Behind;
use crate::ops::targets::BranchChoice;
use crate::plan::course::Asked;
use crate::plan::{Command, Preparation};
use crate::render;
use crate::render::json::{Body, PreparationData};
use crate::rule::Severity;
use crate::transaction::values::Hooks;

/// What is to be prepared.
pub(super) struct PrepareRequest {
    pub(super) command: Command,
    pub(super) asked: Asked,
    pub(super) branches: BranchChoice,
    pub(super) if_due: bool,
}

/// Shows the plans of what is `wanted`, and carries them out unless it is a dry run.
pub(super) fn run(
    context: &Context,
    wanted: PrepareRequest,
    args: &Preparing,
    output: &mut Output,
) -> Result<ExitStatus> {
    output.use_format(args.format);
    let purpose = if args.dry_run { Purpose::Show } else { Purpose::Write };
    let session = context.open(purpose, output)?;
    let behind = if args.allow_behind { Behind::Allow } else { Behind::Refuse };
    let options = PrepareOptions {
        command: wanted.command,
        asked: wanted.asked,
        branches: wanted.branches,
        allow_dirty: args.allow_dirty,
        behind,
        push: args.push,
        if_due: wanted.if_due,
        pull_request: args.pull_request,
    };
    let prepared = prepare(&session, &options, output)?;
    let preparation = &prepared.preparation;
    show(preparation, args.diff, output);
    prepared.check()?;
    if args.dry_run || preparation.plans.is_empty() {
        if output.is_json() {
            output.json(Body::Preparation(PreparationData::new(preparation, args.diff, None)));
        }
        return Ok(ExitStatus::Done);
    }
    let applied = prepared.apply(if args.no_verify { Hooks::Skip } else { Hooks::Run }, output)?;
    if output.is_json() {
        let made = Some(&applied.outcome);
        output.json(Body::Preparation(PreparationData::new(preparation, args.diff, made)));
    } else {
        output.show(&render::outcome::human(&applied.outcome));
        let requests =
            preparation.commits().filter_map(|one| Some((&one.branch, one.pull_request.as_ref()?)));
        output.show(&render::outcome::pull_requests(requests));
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
