//! `cargo relprep release`.

use anyhow::Result;
use chrono::NaiveDate;

use super::options::{Preparing, day};
use super::prepare::{self, PrepareRequest};
use super::targets::{BranchOptions, DueOptions};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::plan::Command;
use crate::plan::course::Asked;

/// Prepare the release of X.0.0, on its release branch
///
/// Takes a pre-release off the versions, dates the notes, and commits.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep release --dry-run          what it would do
  cargo relprep release                    do it, for today
  cargo relprep release --if-due           for a daily job: on the day of the schedule")]
pub(super) struct ReleaseArgs {
    #[command(flatten)]
    due: DueOptions,
    #[command(flatten)]
    targets: BranchOptions,
    /// The day of the release, instead of today in UTC: the notes get it, and `--if-due` asks about it
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(context: Context, args: &ReleaseArgs, output: &mut Output) -> Result<ExitStatus> {
    let wanted = PrepareRequest {
        command: Command::Release,
        asked: Asked::default(),
        branches: args.targets.branches(),
        if_due: args.due.if_due,
    };
    prepare::run(&context.on(args.date), wanted, &args.preparing, output)
}
