//! `cargo relprep release`.

use anyhow::Result;

use super::options::Preparing;
use super::prepare::{self, BranchOptions, DueOptions, Wanted};
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
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(context: Context, args: &ReleaseArgs, output: &mut Output) -> Result<ExitStatus> {
    let wanted = Wanted {
        command: Command::Release,
        asked: Asked::default(),
        branches: args.targets.branches(),
        if_due: args.due.if_due,
    };
    prepare::run(context, wanted, &args.preparing, output)
}
