//! `cargo relprep branch`.

use anyhow::Result;
use chrono::NaiveDate;

use super::options::{Preparing, day};
use super::prepare::{self, PrepareRequest};
use super::targets::{BranchOptions, DueOptions, VersionOptions};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::ops::targets::BranchChoice;
use crate::plan::Command;
use crate::plan::course::{Asked, CutExtent};

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
  cargo relprep branch --at v1.2.0         make the branch of a release that has none
  cargo relprep branch --if-due            for a daily job: cut on the day of the schedule
  cargo relprep branch --push              and push both branches at once")]
pub(super) struct BranchArgs {
    #[command(flatten)]
    versions: VersionOptions,
    /// Leave the trunk as it is; `cargo relprep bump` moves it later
    #[arg(long, conflicts_with_all = ["level", "to"])]
    no_bump: bool,
    /// Cut from this tag or commit, and leave the trunk as it is
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["level", "to", "no_bump", "branches", "if_due"])]
    at: Option<String>,
    #[command(flatten)]
    due: DueOptions,
    #[command(flatten)]
    targets: BranchOptions,
    /// The day of the cut, instead of today in UTC: `--if-due` asks about it, and `{date}` stands for it
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(context: Context, args: &BranchArgs, output: &mut Output) -> Result<ExitStatus> {
    let cut = match (&args.at, args.no_bump) {
        (Some(_), _) => CutExtent::Elsewhere,
        (None, true) => CutExtent::BranchOnly,
        (None, false) => CutExtent::Whole,
    };
    let at = args.at.clone().map(BranchChoice::At);
    let wanted = PrepareRequest {
        command: Command::Branch,
        asked: Asked { cut, ..args.versions.asked() },
        branches: at.unwrap_or_else(|| args.targets.branches()),
        if_due: args.due.if_due,
    };
    prepare::run(&context.on(args.date), wanted, &args.preparing, output)
}
