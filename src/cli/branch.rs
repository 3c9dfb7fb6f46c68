//! `cargo relprep branch`.

use anyhow::Result;
use clap::ValueEnum;

use super::options::Preparing;
use super::prepare::{self, BranchOptions};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::plan::Command;
use crate::version::Step;

/// Cut the release branch from the trunk, and move the trunk to the next version
///
/// Makes `release-X.0.0` at HEAD; then moves every version line of the trunk, starts fresh notes
/// whose archive links to the branch just cut, and commits.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep branch --dry-run --diff    every line that would change
  cargo relprep branch                     do it
  cargo relprep branch --push              and push both branches at once")]
pub(super) struct BranchArgs {
    /// How far the trunk moves
    ///
    /// A minor release has a branch of its own; where `[schedule]` counts majors it is supported as
    /// long as its major, and `numbering = "minor"` gives it days of its own.
    #[arg(long, value_name = "LEVEL", default_value = "major")]
    level: CutLevel,
    #[command(flatten)]
    targets: BranchOptions,
    #[command(flatten)]
    preparing: Preparing,
}

/// How far the trunk moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CutLevel {
    /// 36.0.0 to 37.0.0, 0.123.0 to 0.124.0
    Major,
    /// 36.0.0 to 36.1.0
    Minor,
}

/// Prepares it.
pub(super) fn run(context: Context, args: &BranchArgs, output: &mut Output) -> Result<ExitStatus> {
    let step = match args.level {
        CutLevel::Major => Step::Major,
        CutLevel::Minor => Step::Minor,
    };
    prepare::run(context, (Command::Branch(step), args.targets.branches()), &args.preparing, output)
}
