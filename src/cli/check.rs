//! `cargo relprep check`.

use anyhow::Result;
use chrono::NaiveDate;

use super::about::BranchOption;
use super::options::{ReportFormat, day};
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::ops::check_options::CheckOptions;
use crate::ops::recovery::Purpose;
use crate::ops::{check, supported};
use crate::render;
use crate::render::json::Body;
use crate::rule;
use crate::status::Waiver;

/// Check everything that must hold before a release
///
/// Versions, requirements, lock files, version files, notes, what a registry asks for, the MSRV and
/// support: each rule has a name, and `[check]` of the configuration can turn it off or down. On a branch
/// that is neither a release branch nor the trunk, what depends on the branch is left out.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep check                   the branch that is checked out, or that CI is about
  cargo relprep check --list            every rule, and what it asks for
  cargo relprep check --format github   as annotations of a workflow
  cargo relprep check --only-versions   that the last commit changed versions and nothing else
  cargo relprep check --package --api   and pack it, and compare its interfaces with the last release
  cargo relprep check --supported       that no supported branch lacks what another one has

Exit status: 0 nothing is wrong; 1 something is; 2 wrong usage.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(super) struct CheckArgs {
    #[command(flatten)]
    about: BranchOption,
    /// The day that notes and support are held against, instead of today in UTC; with `--supported`, that of which it
    /// tells what is in support
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: ReportFormat,
    /// List the rules, and check nothing
    #[arg(long, conflicts_with_all = ["branch", "date", "strict", "only_versions", "supported", "package", "api"])]
    list: bool,
    /// Take warnings for errors
    #[arg(long)]
    strict: bool,
    /// Check instead that nothing but versions has changed since BASE, by default the parent
    #[arg(
        long,
        value_name = "BASE",
        num_args = 0..=1,
        default_missing_value = "",
        conflicts_with_all = ["strict", "date"]
    )]
    only_versions: Option<String>,
    /// Check instead that all supported branches are equally patched
    #[arg(long, conflicts_with_all = ["only_versions", "branch"])]
    supported: bool,
    /// Pack every published package too, as `cargo package` does, without network
    #[arg(long, conflicts_with_all = ["only_versions", "supported"])]
    package: bool,
    /// Compile each package as it was packed
    #[arg(long, requires = "package")]
    verify: bool,
    /// Compare the interfaces of the published libraries with the last release, by `cargo semver-checks`
    ///
    /// On a release branch with the last release of its line, whose interfaces a patch keeps; elsewhere with the last
    /// of all, as notes. It compiles the documentation of both, which runs their build scripts.
    #[arg(long, conflicts_with_all = ["only_versions", "supported"])]
    api: bool,
    /// Leave out a supported release, and say why
    #[arg(long, alias = "unaffected", value_name = "RELEASE=REASON", requires = "supported")]
    except: Vec<Waiver>,
}

/// Checks it.
pub(super) fn run(context: Context, args: &CheckArgs, output: &mut Output) -> Result<ExitStatus> {
    output.use_format(args.format);
    if args.list {
        match output.is_json() {
            true => output.json(Body::Rules(rule::CHECKED.iter().map(Into::into).collect())),
            false => output.result(&render::rules::human(rule::CHECKED)),
        }
        return Ok(ExitStatus::Done);
    }
    let context = context.on(args.date);
    let session = context.open(Purpose::Read, output)?;
    let about = (&args.about).into();
    let mut report = match &args.only_versions {
        _ if args.supported => supported::check(&session, &args.except)?,
        Some(base) => {
            check::only_versions(&session, &about, Some(base.as_str()).filter(|base| !base.is_empty()))?
        }
        None => {
            let CheckArgs { package, verify, api, .. } = *args;
            check::check(&session, &about, CheckOptions { package, verify, api })?
        }
    };
    if args.strict && args.only_versions.is_none() {
        report.be_strict();
    }
    output.report(&report);
    Ok(if report.fails() { ExitStatus::Refused } else { ExitStatus::Done })
}
