//! Runs `cargo relprep backport`: chooses the operation, and shows what it gives back.

use anyhow::Result;

use super::reports::{advisory, status};
use super::{BackportArgs, BackportFormat};
use crate::cli::options::OutputFormat;
use crate::cli::{ExitStatus, Output};
use crate::finding::Finding;
use crate::ops::Context;
use crate::ops::Sink as _;
use crate::ops::backport::BackportSession;
use crate::ops::recovery::Purpose;
use crate::render;
use crate::render::json::{BackportData, Body};
use crate::rule;

/// Does what is asked for.
pub(in crate::cli) fn run(context: Context, args: &BackportArgs, output: &mut Output) -> Result<ExitStatus> {
    if args.format == BackportFormat::Json {
        output.use_format(OutputFormat::Json);
    }
    if args.format == BackportFormat::Osv && args.advisory.is_none() {
        let finding = Finding::of(rule::NO_MARKDOWN, "only `backport --advisory` has the form `osv`");
        output.finding(&finding.remedy("give `--advisory ID`, or another form"));
        return Ok(ExitStatus::Usage);
    }
    if args.format == BackportFormat::Markdown && !args.status {
        let finding = Finding::of(rule::NO_MARKDOWN, "only `backport --status` has the form `markdown`");
        output.finding(&finding.remedy("give `--status`, or another form"));
        return Ok(ExitStatus::Usage);
    }
    let purpose = match (args.status || args.advisory.is_some(), args.dry_run) {
        (true, _) => Purpose::Read,
        (false, true) => Purpose::Show,
        (false, false) => Purpose::Write,
    };
    let context = context.on(args.date);
    let session = context.open(purpose, output)?;
    let options = args.options();
    let scene = BackportSession::read(&session, &options, output)?;
    match (&args.advisory, &args.resolve) {
        (Some(id), _) => advisory(&context, &scene, (id, args), output),
        _ if args.status => status(&context.location, &scene, args, output),
        (_, Some(branch)) => {
            let (work, files) = scene.resolve(branch, args.worktree.as_deref(), output)?;
            match output.is_json() {
                true => output.json(Body::ByHand(&work)),
                false => output.show(&render::backport::manual_steps(&work, &files)),
            }
            Ok(ExitStatus::Done)
        }
        _ => apply(&context, &scene, args, output),
    }
}

/// Shows what became of the commits on each branch, and makes what is clean unless it is a dry run.
fn apply(
    context: &Context,
    scene: &BackportSession<'_>,
    args: &BackportArgs,
    output: &mut Output,
) -> Result<ExitStatus> {
    let attempted = scene.attempt(output)?;
    let options = &args.words(&context.location);
    let line = render::backport::CommandLine { accept_flags: args.accept_flags, options };
    output.show(&render::backport::attempts(&attempted, &line));
    let applied = if args.dry_run { attempted.obstacles()? } else { attempted.apply(output)? };
    if output.is_json() {
        output.json(Body::Backport(BackportData::new(context.date, &attempted, &applied)));
    } else {
        let (current, remote) = attempted.whereabouts();
        output.show(&render::backport::made(&applied, current, remote));
        output.refuse(&applied.refused);
    }
    let well = applied.refused.is_empty() && !attempted.needs_person();
    Ok(if well { ExitStatus::Done } else { ExitStatus::Refused })
}
