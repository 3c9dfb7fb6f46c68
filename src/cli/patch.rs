//! `cargo relprep patch`.

use anyhow::Result;

use super::options::{Common, Preparing};
use super::{Output, Status};
use crate::ops::prepare::{Selection, prepare};
use crate::ops::targets::{Security, Targets};
use crate::plan::maintain;

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
  cargo relprep patch --supported --unaffected '38.0=came in with 39.0'")]
pub(super) struct Args {
    #[command(flatten)]
    targets: Targets,
    #[command(flatten)]
    security: Security,
    #[command(flatten)]
    preparing: Preparing,
}

/// Prepares it.
pub(super) fn run(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    prepare(
        common,
        &args.preparing,
        &Selection { targets: &args.targets, security: Some(&args.security) },
        output,
        maintain::patch,
    )
}
