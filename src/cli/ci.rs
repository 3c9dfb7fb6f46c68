//! `cargo relprep ci`.

use anyhow::Result;
use clap::ValueEnum;

use super::options::ReportFormat;
use super::{ExitStatus, Output};
use crate::ops::recovery::Purpose;
use crate::ops::{Context, workflows};
use crate::render;

/// Write the workflows that run all of this on a forge, or check that they are current
///
/// They check pull requests, cut and release on the days of the schedule, prepare patches and candidates by hand,
/// tag what is merged, backport by labels, check the supported branches each week and, where `[publish]` is
/// configured, publish what is tagged: those that apply to this project, with its names of branches and tags. What
/// they prepare becomes pull requests. `cargo relprep help config` explains `[ci]`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep ci github --dry-run   which files would be written
  cargo relprep ci github             write them
  cargo relprep ci github --diff      every line that would change
  cargo relprep ci --check            for CI: fail if they are stale

Exit status: 0 written, or current; 1 refused, or stale; 2 wrong usage.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct CiArgs {
    /// The forge that runs them
    #[arg(required_unless_present = "check")]
    forge: Option<ForgeName>,
    /// Fail if the workflows that are there are not those that would be written, and show the difference
    #[arg(long, conflicts_with_all = ["dry_run", "diff", "force"])]
    check: bool,
    /// Show what would be written, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Show every line that would change, and write nothing
    #[arg(long)]
    diff: bool,
    /// Write over what somebody has changed since
    #[arg(long)]
    force: bool,
    /// With `--check`: the output's form
    #[arg(long, value_name = "FORM", default_value = "human", requires = "check")]
    format: ReportFormat,
}

/// A forge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ForgeName {
    /// GitHub, in .github
    Github,
}

/// Writes them, or compares them with what is there.
pub(super) fn run(context: &Context, args: &CiArgs, output: &mut Output) -> Result<ExitStatus> {
    output.use_format(args.format);
    let is_shown = args.dry_run || args.diff;
    let purpose = match (args.check, is_shown) {
        (true, _) => Purpose::Read,
        (false, true) => Purpose::Show,
        (false, false) => Purpose::Write,
    };
    let session = context.open(purpose, output)?;
    let planned = workflows::plan(&session, output)?;
    if args.check {
        let report = planned.report();
        output.show(&render::diff::unified(&planned.changes()));
        output.report(&report);
        return Ok(if report.fails() { ExitStatus::Refused } else { ExitStatus::Done });
    }
    if args.diff {
        output.result(&render::diff::unified(&planned.changes()));
    }
    if !args.force {
        planned.check()?;
    }
    if !is_shown {
        planned.apply()?;
    }
    if !args.diff {
        output.show(&render::workflows::human(&planned.outcome(), is_shown));
    }
    Ok(ExitStatus::Done)
}
