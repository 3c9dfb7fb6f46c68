//! `cargo relprep patch`.

use anyhow::Result;
use chrono::NaiveDate;

use super::options::{Preparing, day};
use super::prepare::{self, PrepareRequest};
use super::targets::{BranchOptions, VersionOptions};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::ops::targets::BranchChoice;
use crate::plan::Command;
use crate::status::Waiver;

/// Prepare the next patch release, on its release branch
///
/// Moves every version line by a patch, gives the notes their section and date, and commits.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep patch --dry-run            what it would do
  cargo relprep patch --date 2025-11-11    for a release on another day
  cargo relprep patch --push               and push the branch
  cargo relprep patch --supported          for every supported release at once
  cargo relprep patch --supported --except '38.0=came in with 39.0'")]
pub(super) struct PatchArgs {
    #[command(flatten)]
    targets: BranchOptions,
    /// Prepare every release that is supported on the day
    #[arg(long, conflicts_with = "branches")]
    supported: bool,
    /// Leave out a supported release, and say why
    #[arg(
        long,
        alias = "unaffected",
        value_name = "RELEASE=REASON",
        requires = "supported",
        conflicts_with = "branches"
    )]
    except: Vec<Waiver>,
    #[command(flatten)]
    versions: VersionOptions,
    /// The day of the patch, instead of today in UTC: the notes get it, and `--supported` goes by it
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(context: Context, args: &PatchArgs, output: &mut Output) -> Result<ExitStatus> {
    let branches = match args.supported {
        true => BranchChoice::Supported { except: args.except.clone() },
        false => args.targets.branches(),
    };
    let wanted =
        PrepareRequest { command: Command::Patch, asked: args.versions.asked(), branches, if_due: false };
    prepare::run(&context.on(args.date), wanted, &args.preparing, output)
}
