//! `cargo relprep notes`.

use anyhow::Result;
use chrono::NaiveDate;

use super::options::{Preparing, day};
use super::prepare::{self, PrepareRequest};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::ops::targets::BranchChoice;
use crate::plan::Command;
use crate::plan::course::Asked;

/// Bring the notes of releases to the trunk
///
/// Where one file has the sections of all versions, those of releases are written on their branches. This adds what
/// the trunk lacks of them, each below the newer ones, as it stands on its branch, and commits.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep notes --carry --dry-run    what it would add
  cargo relprep notes --carry              on the trunk: add it")]
pub(super) struct NotesArgs {
    /// Add the sections of released versions from their branches
    #[arg(long, required = true)]
    carry: bool,
    /// The day that `{date}` stands for in messages, instead of today in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(context: Context, args: &NotesArgs, output: &mut Output) -> Result<ExitStatus> {
    debug_assert!(args.carry, "it is required");
    let wanted = PrepareRequest {
        command: Command::Notes,
        asked: Asked::default(),
        branches: BranchChoice::CheckedOut,
        if_due: false,
    };
    prepare::run(&context.on(args.date), wanted, &args.preparing, output)
}
