//! `cargo relprep backport`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgGroup, ValueEnum};
use globset::Glob;

use super::options::{Common, Format, Today};
use super::{Output, Status};
use crate::backport::evidence::{canonical, is_advisory};
use crate::backport::targets::Exception;
use crate::finding::Finding;
use crate::ops::backport::scene::Scene;
use crate::ops::recovery::{Purpose, recover};
use crate::rule;

/// Apply commits to every supported branch, or say which branches have them
///
/// Each commit is tried on each branch in memory; what is clean is made, and all that is not is shown
/// at once. With `--status`, nothing is tried: it is shown which branch has which commit, and how that
/// is known.
#[derive(Debug, clap::Args)]
#[command(
    group = ArgGroup::new("instead").multiple(false),
    after_help = "\
Examples:
  cargo relprep backport 1a2b3c4 --dry-run           what would become of it on each branch
  cargo relprep backport 1a2b3c4 --except 38.0='the code is not there'
  cargo relprep backport 1a2b3c4 --resolve release-36.0.0
  cargo relprep backport --status                    all that is missing somewhere
  cargo relprep backport --status --format markdown 1a2b3c4
  cargo relprep backport --advisory GHSA-xxxx-xxxx-xxxx

Exit status: 0 if all is well; 1 if something needs a person, or is missing."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Args {
    /// The commits, oldest first, or a range as in `A..B`
    #[arg(value_name = "COMMIT", required_unless_present_any = ["status", "advisory"])]
    pub(crate) commits: Vec<String>,
    /// Show which branches have the commits; without commits, all that are missing somewhere
    #[arg(long, group = "instead")]
    pub(crate) status: bool,
    /// Prepare a work tree with the conflict on this branch, and say how to finish
    #[arg(long, value_name = "BRANCH", group = "instead", conflicts_with_all = ["to", "except"])]
    pub(crate) resolve: Option<String>,
    /// Print affected and patched versions for a security advisory
    #[arg(long, value_name = "ID", group = "instead", value_parser = advisory, conflicts_with_all = ["to", "except"])]
    pub(crate) advisory: Option<String>,
    /// The branches, by name, version or glob, instead of all in support
    #[arg(long, value_name = "GLOB")]
    pub(crate) to: Vec<Glob>,
    /// Leave a branch out, and say why
    #[arg(long, value_name = "BRANCH=REASON")]
    pub(crate) except: Vec<Exception>,
    /// For merges: the parent that counts as the state before, from 1
    #[arg(short, long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) mainline: Option<u32>,
    /// Add a Signed-off-by line to each commit
    #[arg(short, long)]
    pub(crate) signoff: bool,
    /// Pick also what a branch seems to have already
    #[arg(long, conflicts_with_all = ["status", "advisory"])]
    pub(crate) again: bool,
    /// Make also what raises the MSRV, changes a requirement or adds a dependency
    #[arg(long, conflicts_with = "instead")]
    pub(crate) accept_flags: bool,
    /// Show what would be made, and make nothing
    #[arg(short = 'n', long, conflicts_with = "instead")]
    pub(crate) dry_run: bool,
    /// Where the work tree is made, instead of beside this one
    #[arg(long, value_name = "DIR", requires = "resolve")]
    pub(crate) worktree: Option<PathBuf>,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: Form,
    #[command(flatten)]
    today: Today,
}

fn advisory(text: &str) -> Result<String, String> {
    if is_advisory(text) {
        Ok(canonical(text))
    } else {
        Err("write it like GHSA-xxxx-xxxx-xxxx, CVE-2024-12345 or RUSTSEC-2024-0001".to_owned())
    }
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Text for people
    Human,
    /// Versioned JSON for programs
    Json,
    /// A table for a page, with `--status`
    Markdown,
}

/// Does what is asked for.
pub(crate) fn run(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    if args.format == Form::Json {
        output.use_format(Format::Json);
    }
    if args.format == Form::Markdown && !args.status {
        let finding = Finding::of(rule::NO_MARKDOWN, "only `backport --status` has the form `markdown`");
        output.finding(&finding.remedy("give `--status`, or another form"));
        return Ok(Status::Usage);
    }
    let repo = common.location()?.repository()?;
    let purpose = match args.status || args.advisory.is_some() {
        true => Purpose::Read,
        false => Purpose::of_preparing(args.dry_run),
    };
    recover(&repo, purpose, output)?;
    let day = args.today.day();
    let scene = Scene::read(common, args, &repo)?;
    if !output.is_json() {
        scene.ground.notes.iter().for_each(|note| output.finding(note));
    }
    if let Some(id) = &args.advisory {
        return scene.advisory(id, output);
    }
    if args.status {
        return scene.status(args.format, day, output);
    }
    match &args.resolve {
        Some(branch) => scene.resolve(branch, output),
        None => scene.apply(day, output),
    }
}
