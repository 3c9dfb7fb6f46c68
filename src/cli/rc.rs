//! `cargo relprep rc`.

use anyhow::Result;
use chrono::NaiveDate;

use super::options::{Preparing, day};
use super::prepare::{self, PrepareRequest};
use super::targets::{BranchOptions, VersionOptions};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::plan::Command;

/// Prepare the next release candidate, on its release branch
///
/// Moves the versions to the next candidate and commits. The train must have candidates: `[prerelease] candidate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep rc --dry-run               what it would do
  cargo relprep rc                         do it
  cargo relprep rc --level patch           after a release: the first candidate of the next patch")]
pub(super) struct RcArgs {
    #[command(flatten)]
    targets: BranchOptions,
    #[command(flatten)]
    versions: VersionOptions,
    /// The day that `{date}` stands for in messages, instead of today in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(context: Context, args: &RcArgs, output: &mut Output) -> Result<ExitStatus> {
    let wanted = PrepareRequest {
        command: Command::Rc,
        asked: args.versions.asked(),
        branches: args.targets.branches(),
        if_due: false,
    };
    prepare::run(&context.on(args.date), wanted, &args.preparing, output)
}
