//! `cargo relprep bump`.

use anyhow::Result;
use chrono::NaiveDate;

use super::options::{Preparing, day};
use super::prepare::{self, PrepareRequest};
use super::targets::{BranchOptions, VersionOptions};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::plan::Command;
use crate::plan::course::Asked;

/// Move the versions of the branch, trunk or release branch, by a level or to a version
///
/// Moves versions, requirements, lock files and version files by a patch or as it is asked, dates the notes, and
/// commits: the release commit of projects that release from the trunk, or a minor release on an older branch.
/// After `branch --no-bump` it moves the trunk to the next version, as `branch` would have.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep bump --level minor         the next minor, on the branch that is checked out
  cargo relprep bump --to 58.4.0           to a chosen version
  cargo relprep bump --to core=0.9.0       and the line of another package to its own")]
pub(super) struct BumpArgs {
    #[command(flatten)]
    versions: VersionOptions,
    /// Leave the notes unreleased
    #[arg(long)]
    no_date: bool,
    #[command(flatten)]
    targets: BranchOptions,
    /// The day that the notes get, instead of today in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(context: Context, args: &BumpArgs, output: &mut Output) -> Result<ExitStatus> {
    let asked = Asked { is_undated: args.no_date, ..args.versions.asked() };
    let wanted =
        PrepareRequest { command: Command::Bump, asked, branches: args.targets.branches(), if_due: false };
    prepare::run(&context.on(args.date), wanted, &args.preparing, output)
}
