//! `cargo relprep check-msrv`.

use anyhow::Result;
use chrono::NaiveDate;

use super::about::BranchOption;
use super::options::{ReportFormat, day};
use super::{ExitStatus, Output};
use crate::msrv;
use crate::msrv::baseline::BaselineOverride;
use crate::ops::Context;
use crate::ops::check_msrv::{MsrvOptions, check_msrv};
use crate::ops::recovery::Purpose;
use crate::rust_version::RustVersion;

/// Check that a release branch needs no newer Rust than it promised
///
/// Compares what users of the published packages need with the line's first release: every `rust-version`, and
/// what editions, the resolver, the lock file's format and the dependencies impose. A toolchain file counts where
/// nothing else is declared; with `msrv.scope = "all"` members that are not published count too. On a branch that is not a release branch it says
/// so and passes; on the trunk it holds `msrv.behind-stable`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep check-msrv                     of the branch that is checked out, or that CI is about
  cargo relprep check-msrv --strict            and fail on what cannot be checked
  cargo relprep check-msrv --build             and compile it with that Rust
  cargo relprep check-msrv --format github     as annotations of a workflow

Exit status: 0 held, or no release branch; 1 not held, or not known; 2 wrong usage.")]
pub(super) struct CheckMsrvArgs {
    #[command(flatten)]
    about: BranchOption,
    /// The day whose stable Rust `msrv.behind-stable` counts back from, instead of today in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: ReportFormat,
    /// The commit that holds the promise, instead of the line's first release
    #[arg(long, value_name = "REV", conflicts_with = "baseline_rust_version")]
    baseline: Option<String>,
    /// The promise itself, whatever is tagged
    #[arg(long, value_name = "VERSION")]
    baseline_rust_version: Option<RustVersion>,
    /// Compile the workspace with the Rust that was promised, or that the trunk declares
    #[arg(long)]
    build: bool,
    /// Take what could not be checked for wrong
    #[arg(long)]
    strict: bool,
}

/// Checks it.
pub(super) fn run(context: Context, args: &CheckMsrvArgs, output: &mut Output) -> Result<ExitStatus> {
    output.use_format(args.format);
    let context = context.on(args.date);
    let session = context.open(Purpose::Read, output)?;
    let stated =
        BaselineOverride { revision: args.baseline.clone(), rust_version: args.baseline_rust_version };
    let options = MsrvOptions { about: (&args.about).into(), stated, build: args.build };
    let mut report = check_msrv(&session, &options, output)?;
    if args.strict {
        msrv::strictly(&mut report.findings);
    }
    output.report(&report);
    Ok(if report.fails() { ExitStatus::Refused } else { ExitStatus::Done })
}
