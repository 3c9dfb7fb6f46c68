//! `cargo relprep rc`.

use anyhow::Result;

use super::options::{Common, Preparing};
use super::{Output, Status};
use crate::ops::prepare::{Selection, prepare};
use crate::ops::targets::Targets;
use crate::plan::maintain;

/// Prepare the next release candidate, on its release branch
///
/// Moves the versions to the next candidate and commits. The train must have candidates: `[prerelease] candidate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep rc --dry-run               what it would do
  cargo relprep rc                         do it")]
pub(super) struct Args {
    #[command(flatten)]
    targets: Targets,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    prepare(common, &args.preparing, &Selection::of(&args.targets), output, maintain::candidate)
}
