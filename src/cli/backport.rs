//! `cargo relprep backport`.

use std::path::PathBuf;

use anyhow::Result;
use chrono::NaiveDate;
use clap::{ArgGroup, ValueEnum};
use globset::Glob;
use serde::Serialize;

use super::options::{Format, Today};
use super::{Output, Status};
use crate::backport::attempt::Attempt;
use crate::backport::evidence::{canonical, is_advisory};
use crate::backport::making::Made;
use crate::backport::targets::{Choice, Excepted, Exception};
use crate::finding::Finding;
use crate::ops::backport::{Options, Scene};
use crate::ops::recovery::Purpose;
use crate::ops::session::Context;
use crate::ops::sink::Sink as _;
use crate::project::Location;
use crate::render;
use crate::rule::{self, Severity};
use crate::text::quoted;

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
pub(super) struct Args {
    /// The commits, oldest first, or a range as in `A..B`
    #[arg(value_name = "COMMIT", required_unless_present_any = ["status", "advisory"])]
    commits: Vec<String>,
    /// Show which branches have the commits; without commits, all that are missing somewhere
    #[arg(long, group = "instead")]
    status: bool,
    /// Prepare a work tree with the conflict on this branch, and say how to finish
    #[arg(long, value_name = "BRANCH", group = "instead", conflicts_with_all = ["to", "except"])]
    resolve: Option<String>,
    /// Print affected and patched versions for a security advisory
    #[arg(long, value_name = "ID", group = "instead", value_parser = identifier, conflicts_with_all = ["to", "except"])]
    advisory: Option<String>,
    /// The branches, by name, version or glob, instead of all in support
    #[arg(long, value_name = "GLOB")]
    to: Vec<Glob>,
    /// Leave a branch out, and say why
    #[arg(long, value_name = "BRANCH=REASON")]
    except: Vec<Exception>,
    /// For merges: the parent that counts as the state before, from 1
    #[arg(short, long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    mainline: Option<u32>,
    /// Add a Signed-off-by line to each commit
    #[arg(short, long)]
    signoff: bool,
    /// Pick also what a branch seems to have already
    #[arg(long, conflicts_with_all = ["status", "advisory"])]
    again: bool,
    /// Make also what raises the MSRV, changes a requirement or adds a dependency
    #[arg(long, conflicts_with = "instead")]
    accept_flags: bool,
    /// Show what would be made, and make nothing
    #[arg(short = 'n', long, conflicts_with = "instead")]
    dry_run: bool,
    /// Where the work tree is made, instead of beside this one
    #[arg(long, value_name = "DIR", requires = "resolve")]
    worktree: Option<PathBuf>,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: Form,
    #[command(flatten)]
    today: Today,
}

fn identifier(text: &str) -> Result<String, String> {
    if is_advisory(text) {
        Ok(canonical(text))
    } else {
        Err("write it like GHSA-xxxx-xxxx-xxxx, CVE-2024-12345 or RUSTSEC-2024-0001".to_owned())
    }
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Text for people
    Human,
    /// Versioned JSON for programs
    Json,
    /// A table for a page, with `--status`
    Markdown,
}

/// Does what is asked for.
pub(super) fn run(context: Context, args: &Args, output: &mut Output) -> Result<Status> {
    if args.format == Form::Json {
        output.use_format(Format::Json);
    }
    if args.format == Form::Markdown && !args.status {
        let finding = Finding::of(rule::NO_MARKDOWN, "only `backport --status` has the form `markdown`");
        output.finding(&finding.remedy("give `--status`, or another form"));
        return Ok(Status::Usage);
    }
    let purpose = match (args.status || args.advisory.is_some(), args.dry_run) {
        (true, _) => Purpose::Read,
        (false, true) => Purpose::Show,
        (false, false) => Purpose::Write,
    };
    let context = context.on(args.today.date);
    let session = context.open(purpose, output)?;
    let options = args.options();
    let scene = Scene::read(&session, &options, output)?;
    match (&args.advisory, &args.resolve) {
        (Some(id), _) => advisory(&scene, id, output),
        _ if args.status => status(&scene, args, output),
        (_, Some(branch)) => {
            let (work, files) = scene.resolve(branch, args.worktree.as_deref())?;
            match output.is_json() {
                true => output.result(&render::json::document("by-hand", &work)),
                false => output.show(&render::backport::by_hand(&work, &files)),
            }
            Ok(Status::Done)
        }
        _ => apply(&context, &scene, args, output),
    }
}

fn status(scene: &Scene<'_>, args: &Args, output: &mut Output) -> Result<Status> {
    let matrix = scene.status(&args.choice(), output)?;
    output.result(&match args.format {
        Form::Human => render::backport::matrix::human(&matrix),
        Form::Json => render::json::document("backports", &matrix),
        Form::Markdown => render::backport::matrix::markdown(&matrix),
    });
    Ok(if matrix.has_gaps() { Status::Refused } else { Status::Done })
}

fn advisory(scene: &Scene<'_>, id: &str, output: &mut Output) -> Result<Status> {
    let report = scene.advisory(id)?;
    if output.is_json() {
        output.result(&render::json::document("advisory", &report));
    } else {
        output.result(&render::backport::advisory::toml(&report));
        report.findings.iter().for_each(|finding| output.finding(finding));
    }
    let wrong = report.findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if wrong { Status::Refused } else { Status::Done })
}

/// Shows what became of the commits on each branch, and makes what is clean unless it is a dry run.
fn apply(context: &Context, scene: &Scene<'_>, args: &Args, output: &mut Output) -> Result<Status> {
    let attempted = scene.attempt(&args.choice(), output)?;
    let (commits, attempts) = (&attempted.commits, &attempted.attempts);
    let excepted = &attempted.chosen.excepted;
    let words = args.words(&context.location);
    output.show(&render::backport::attempts(commits, attempts, excepted, &attempted.manner(&words)));
    let making = if args.dry_run { attempted.obstacles()? } else { attempted.make(output)? };
    let (made, refused) = (&making.made, &making.refused);
    if output.is_json() {
        let document = Applied { day: context.date, attempts, excepted, made, refused };
        output.result(&render::json::document("backport", &document));
    } else {
        output.show(&render::backport::made(made, attempted.current(), attempted.remote()));
        output.refuse(refused);
    }
    let well = refused.is_empty() && !attempted.needs_person();
    Ok(if well { Status::Done } else { Status::Refused })
}

impl Args {
    fn options(&self) -> Options {
        Options {
            commits: self.commits.clone(),
            mainline: self.mainline,
            sign_off: self.signoff,
            again: self.again,
            accept_flags: self.accept_flags,
        }
    }

    fn choice(&self) -> Choice {
        Choice { to: self.to.clone(), except: self.except.clone() }
    }

    /// Returns the options that a printed command must repeat to mean the same.
    fn words(&self, location: &Location) -> Vec<String> {
        let mut words = Vec::new();
        for (option, path) in [("--manifest-path", &location.manifest), ("--config", &location.config)] {
            let path = path.iter().map(|path| quoted(&path.to_string_lossy()));
            words.extend(path.flat_map(|path| [option.to_owned(), path]));
        }
        words.extend(location.remote.iter().map(|remote| format!("--remote {}", quoted(remote))));
        words.extend(self.mainline.map(|number| format!("--mainline {number}")));
        let switches = [("--signoff", self.signoff), ("--again", self.again)];
        words.extend(switches.iter().filter(|(_, given)| *given).map(|(option, _)| (*option).to_owned()));
        words
    }
}

#[derive(Serialize)]
struct Applied<'a> {
    day: NaiveDate,
    attempts: &'a [Attempt],
    #[serde(skip_serializing_if = "<[Excepted]>::is_empty")]
    excepted: &'a [Excepted],
    made: &'a [Made],
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    refused: &'a [Finding],
}
