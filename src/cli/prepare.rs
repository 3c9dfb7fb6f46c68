//! What the commands that prepare something have in common: the plans are shown, and carried out.

use std::str::FromStr;

use anyhow::Result;
use clap::ValueEnum;
use clap_complete::engine::ArgValueCompleter;
use semver::Version;

use super::complete;
use super::options::Preparing;
use super::{ExitStatus, Output};
use crate::ops::Context;
use crate::ops::Sink as _;
use crate::ops::prepare::{PrepareOptions, prepare};
use crate::ops::recovery::Purpose;
use crate::ops::standing::Behind;
use crate::ops::targets::BranchChoice;
use crate::plan::course::Asked;
use crate::plan::{Command, Preparation};
use crate::render;
use crate::render::json::{Body, PreparationData};
use crate::rule::Severity;
use crate::transaction::values::Hooks;
use crate::version::Step;

/// The branches that are asked for.
#[derive(Debug, clap::Args)]
pub(super) struct BranchOptions {
    /// Prepare this branch, whatever is checked out; a glob, and may be repeated
    #[arg(long = "branch", value_name = "GLOB", add = ArgValueCompleter::new(complete::branches))]
    branches: Vec<String>,
}

impl BranchOptions {
    /// Returns those that are named, or the one that is checked out.
    pub(super) fn branches(&self) -> BranchChoice {
        if self.branches.is_empty() {
            BranchChoice::CheckedOut
        } else {
            BranchChoice::Named(self.branches.clone())
        }
    }
}

/// What is to be prepared.
pub(super) struct Wanted {
    pub(super) command: Command,
    pub(super) asked: Asked,
    pub(super) branches: BranchChoice,
    pub(super) if_due: bool,
}

/// What is done only on its day.
#[derive(Debug, clap::Args)]
pub(super) struct DueOptions {
    /// Do it if the schedule says so of the day; otherwise say when, and succeed
    #[arg(long)]
    pub(super) if_due: bool,
}

/// Where versions are to go.
#[derive(Debug, clap::Args)]
pub(super) struct VersionOptions {
    /// How far the lead package moves; the other lines as their `[[line]]` says
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// The version that the lead package comes to, or PACKAGE=VERSION for another and its line (alone, where the
    /// line is the lead package's or is given several); with the version that it has, it stays; may be repeated
    #[arg(long, value_name = "VERSION", add = ArgValueCompleter::new(complete::packages_to))]
    to: Vec<AskedVersion>,
}

impl VersionOptions {
    /// Returns what is asked for; the latest of what is said of one package.
    pub(super) fn asked(&self) -> Asked {
        let level = self.level.map(|level| match level {
            Level::Major => Step::Major,
            Level::Minor => Step::Minor,
            Level::Patch => Step::Patch,
        });
        let mut asked = Asked { level, ..Asked::default() };
        for AskedVersion { package, version } in &self.to {
            match package {
                None => asked.lead = Some(version.clone()),
                Some(name) => drop(asked.packages.insert(name.clone(), version.clone())),
            }
        }
        asked
    }
}

/// How far versions move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    /// 36.0.0 to 37.0.0, 0.123.0 to 0.124.0
    Major,
    /// 36.0.0 to 36.1.0; below 1.0 as a major
    Minor,
    /// 36.0.0 to 36.0.1
    Patch,
}

/// A version that a package is to come to: the lead package, or a named one.
#[derive(Clone, Debug)]
struct AskedVersion {
    package: Option<String>,
    version: Version,
}

impl FromStr for AskedVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (package, version) = match text.split_once('=') {
            Some((package, version)) => (Some(package.to_owned()), version),
            None => (None, text),
        };
        let wrong =
            |error| format!("`{version}` is not a version ({error}); write it like 1.2.3 or core=1.2.3");
        version.parse().map(|version| Self { package, version }).map_err(wrong)
    }
}

/// Shows the plans of what is `wanted`, and carries them out unless it is a dry run.
pub(super) fn run(
    context: &Context,
    wanted: Wanted,
    args: &Preparing,
    output: &mut Output,
) -> Result<ExitStatus> {
    output.use_format(args.format);
    let purpose = if args.dry_run { Purpose::Show } else { Purpose::Write };
    let session = context.open(purpose, output)?;
    let behind = if args.allow_behind { Behind::Allow } else { Behind::Refuse };
    let options = PrepareOptions {
        command: wanted.command,
        asked: wanted.asked,
        branches: wanted.branches,
        allow_dirty: args.allow_dirty,
        behind,
        push: args.push,
        if_due: wanted.if_due,
        pull_request: args.pull_request,
    };
    let prepared = prepare(&session, &options, output)?;
    let preparation = &prepared.preparation;
    show(preparation, args.diff, output);
    prepared.check()?;
    if args.dry_run || preparation.plans.is_empty() {
        if output.is_json() {
            output.json(Body::Preparation(PreparationData::new(preparation, args.diff, None)));
        }
        return Ok(ExitStatus::Done);
    }
    let applied = prepared.apply(if args.no_verify { Hooks::Skip } else { Hooks::Run }, output)?;
    if output.is_json() {
        let made = Some(&applied.outcome);
        output.json(Body::Preparation(PreparationData::new(preparation, args.diff, made)));
    } else {
        output.show(&render::outcome::human(&applied.outcome));
        let requests =
            preparation.commits().filter_map(|one| Some((&one.branch, one.pull_request.as_ref()?)));
        output.show(&render::outcome::pull_requests(requests));
    }
    applied.pushed.map(|()| ExitStatus::Done)
}

fn show(preparation: &Preparation, with_diff: bool, output: &mut Output) {
    for (i, plan) in preparation.plans.iter().enumerate() {
        if !output.is_json() {
            let notes = plan.notes.iter().filter(|note| note.severity != Severity::Error);
            notes.for_each(|note| output.finding(note));
        }
        output.show(if i > 0 { "\n" } else { "" });
        output.show(&render::plan::human(plan, output.is_verbose()));
        if with_diff && !output.is_json() {
            for commit in &plan.commits {
                output.result(&format!("\n{}", render::diff::unified(&commit.files)));
            }
        }
    }
    output.show(&render::plan::left(&preparation.left));
}
