//! `cargo relprep branch`.

use anyhow::Result;

use super::options::Preparing;
use super::prepare::{self, BranchOptions, VersionOptions};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::plan::Command;

/// Cut the release branch from the trunk, and move the trunk to the next version
///
/// Makes `release-X.0.0` at HEAD; then moves every version line of the trunk, starts fresh notes
/// whose archive links to the branch just cut, and commits. The trunk moves by a major, or by a minor where
/// the train counts minors (`schedule.numbering`); a minor release between two majors has a branch of its own
/// and is supported as long as its major.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep branch --dry-run --diff    every line that would change
  cargo relprep branch                     do it
  cargo relprep branch --to 2.0.0          and move the trunk to a chosen version
  cargo relprep branch --push              and push both branches at once")]
pub(super) struct BranchArgs {
    #[command(flatten)]
    versions: VersionOptions,
    #[command(flatten)]
    targets: BranchOptions,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(context: Context, args: &BranchArgs, output: &mut Output) -> Result<ExitStatus> {
    prepare::run(
        context,
        (Command::Branch, args.versions.asked(), args.targets.branches()),
        &args.preparing,
        output,
    )
}
