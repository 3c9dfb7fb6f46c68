//! `cargo relprep replay`.

use anyhow::Result;
use clap_complete::engine::ArgValueCompleter;
use semver::Version;

use super::options::OutputFormat;
use super::{ExitStatus, Output, complete};
use crate::ops::Context;
use crate::ops::recovery::Purpose;
use crate::ops::replay::{ReplayOptions, ReplayedStep, replay};
use crate::render;
use crate::render::json::{Body, StepData};
use crate::status::Waiver;

/// Prepare past releases again, and compare them with what was made
///
/// Finds the commits that moved the version on the trunk and on the release branches, prepares each again
/// from its parent with the configuration of today, and shows what would come out otherwise. It writes
/// nothing, not even to `.git`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep replay                   the last ten steps
  cargo relprep replay --last 50 --diff  more of them, with every line that differs
  cargo relprep replay 1.4.2 1.5.0       the steps to these versions

Exit status: 0 nothing differs; 1 something does; 2 wrong usage.")]
pub(super) struct ReplayArgs {
    /// The versions whose steps are prepared again, instead of the latest ones
    #[arg(value_name = "VERSION", add = ArgValueCompleter::new(complete::versions))]
    versions: Vec<Version>,
    /// How many of the latest steps
    #[arg(long, value_name = "N", default_value = "10", conflicts_with = "versions")]
    last: usize,
    /// Show every line that would be made otherwise
    #[arg(long)]
    diff: bool,
    /// Let a step differ, and say why
    #[arg(long, value_name = "VERSION=REASON")]
    except: Vec<Waiver>,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: OutputFormat,
}

/// Prepares them.
pub(super) fn run(context: &Context, args: &ReplayArgs, output: &mut Output) -> Result<ExitStatus> {
    output.use_format(args.format);
    let session = context.open(Purpose::Read, output)?;
    let ReplayArgs { versions, last, except, .. } = args;
    let options = ReplayOptions { versions: versions.clone(), last: *last, except: except.clone() };
    let steps = replay(&session, &options, output)?;
    match output.is_json() {
        true => {
            output.json(Body::Steps(steps.iter().map(|step| StepData::new(step, args.diff)).collect()));
        }
        false => output.result(&render::replay::human(&steps, args.diff)),
    }
    Ok(if steps.iter().any(ReplayedStep::fails) { ExitStatus::Refused } else { ExitStatus::Done })
}
