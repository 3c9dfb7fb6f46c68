//! `cargo relprep init`.

use anyhow::Result;

use super::{ExitStatus, Output, ask};
use crate::finding::{Finding, Refused};
use crate::ops::init::OpenQuestion;
use crate::ops::recovery::Purpose;
use crate::ops::{Context, file, init};
use crate::plan::files::{FileChange, What};
use crate::project;
use crate::render;
use crate::rule;

/// Write the configuration that the repository's history tells, and prove it
///
/// Reads branches, tags and past releases, and writes `relprep.toml` beside the root manifest: only what
/// differs from what every command infers by itself, each key with what it was told from. What other release tools
/// are told is taken over where the history does not say otherwise. Then it prepares the latest releases again and
/// shows which come out as they were made.
///
/// At a terminal it asks what nothing tells; elsewhere, and with `--yes`, it takes what is likeliest.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep init --dry-run   show the configuration, and write nothing
  cargo relprep init             write it
  cargo relprep init --diff      how it differs from the configuration that is there")]
pub(super) struct InitArgs {
    /// Show the configuration, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Show how it differs from the configuration that is there, and write nothing
    #[arg(long, conflicts_with = "dry_run")]
    diff: bool,
    /// Ask nothing, and take what is likeliest
    #[arg(short = 'y', long)]
    yes: bool,
    /// How many of the latest steps tell
    #[arg(long, value_name = "N", default_value = "20")]
    last: usize,
}

/// Proposes it, and writes it.
pub(super) fn run(context: &Context, args: &InitArgs, output: &mut Output) -> Result<ExitStatus> {
    let purpose = if args.dry_run || args.diff { Purpose::Show } else { Purpose::Write };
    let session = context.open(purpose, output)?;
    let path = project::config_file(&session.repo, &context.location)?;
    let before = file::read(&session.repo.root().join(&path))?;
    if before.is_some() && purpose == Purpose::Write {
        let message = format!("{path} already exists");
        let finding = Finding::of(rule::CONFIG_THERE, message)
            .remedy("see `cargo relprep init --diff`, or remove it first");
        return Err(Refused::from(finding).into());
    }
    let asks = !args.yes && ask::is_possible();
    let mut decide = |question: &OpenQuestion| if asks { ask::ask(question) } else { Ok(0) };
    let proposal = init::propose(&session, args.last, &mut decide, output)?;
    if args.diff {
        let change = FileChange { path, what: What::VersionFile, before, after: proposal.text };
        output.result(&render::diff::unified(&[change]));
        return Ok(ExitStatus::Done);
    }
    if args.dry_run {
        output.result(&proposal.text);
    } else {
        file::write(context, &session.repo.root().join(&path), &proposal.text)?;
        output.show(&format!("Wrote {path}\n"));
    }
    output.show(&format!("\n{}", render::replay::human(&proposal.steps, false)));
    if proposal.settings > 0 {
        output.show(&format!("Without it {} would be identical.\n", proposal.identical_before));
    }
    Ok(ExitStatus::Done)
}
