//! `cargo relprep release`.

use anyhow::Result;

use super::options::{Common, Preparing};
use super::{Output, Status};
use crate::ops::prepare::{Selection, prepare};
use crate::ops::targets::Targets;
use crate::plan::maintain;

/// Prepare the release of X.0.0, on its release branch
///
/// Takes a pre-release off the versions, dates the notes, and commits.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep release --dry-run          what it would do
  cargo relprep release                    do it, for today")]
pub(super) struct Args {
    #[command(flatten)]
    targets: Targets,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    prepare(common, &args.preparing, &Selection::of(&args.targets), output, maintain::release)
}
