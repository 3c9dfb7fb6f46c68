//! `cargo relprep backport`.

mod reports;
mod run;

use std::path::PathBuf;

use anyhow::Result;
use chrono::NaiveDate;
use clap::{ArgGroup, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use globset::Glob;

pub(super) use run::run;

use super::complete;
use super::options::day;
use crate::backport::evidence::{canonical, is_advisory};
use crate::backport::targets::Choice;
use crate::ops::backport::BackportOptions;
use crate::ops::standing::Behind;
use crate::project::Location;
use crate::status::Waiver;
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
  cargo relprep backport '#123' --push               the commits of a pull request, and push
  cargo relprep backport 1a2b3c4 --resolve release-36.0.0
  cargo relprep backport 1a2b3c4 --draft             a conflict goes to a branch for a pull request
  cargo relprep backport --status                    all fixes that are missing somewhere
  cargo relprep backport --status --all              and all else that went to one branch only
  cargo relprep backport --status --format markdown 1a2b3c4
  cargo relprep backport --advisory GHSA-xxxx-xxxx-xxxx
  cargo relprep backport --advisory CVE-2024-12345 --package tool --format osv

Exit status: 0 if all is well; 1 if something needs a person, or is missing."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct BackportArgs {
    /// The commits, oldest first; a range as in `A..B`, or a pull request of the trunk as in `'#123'`
    #[arg(value_name = "COMMIT", required_unless_present_any = ["status", "advisory"])]
    commits: Vec<String>,
    /// Show which branches have the commits; without commits, all that are missing somewhere
    #[arg(long, group = "instead")]
    status: bool,
    /// With `--status`: ask about all commits of the branches, not only about fixes of what is released
    #[arg(long, requires = "status", conflicts_with_all = ["commits", "advisory", "resolve"])]
    all: bool,
    /// Prepare a work tree with the conflict on this branch, and say how to finish
    #[arg(
        long,
        value_name = "BRANCH",
        group = "instead",
        conflicts_with_all = ["to", "except"],
        add = ArgValueCompleter::new(complete::branches)
    )]
    resolve: Option<String>,
    /// Print affected and patched versions for a security advisory
    #[arg(long, value_name = "ID", group = "instead", value_parser = identifier, conflicts_with_all = ["to", "except"])]
    advisory: Option<String>,
    /// With `--advisory`: the packages, instead of those that contain what the fix changes
    #[arg(
        long = "package",
        value_name = "NAME",
        requires = "advisory",
        conflicts_with_all = ["status", "resolve"],
        add = ArgValueCompleter::new(complete::packages)
    )]
    packages: Vec<String>,
    /// The branches, by name, version or glob, instead of all in support
    #[arg(long, value_name = "GLOB", add = ArgValueCompleter::new(complete::branches))]
    to: Vec<Glob>,
    /// Leave a branch out, and say why
    #[arg(long, alias = "unaffected", value_name = "RELEASE=REASON")]
    except: Vec<Waiver>,
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
    /// Commit to branches of their own, for pull requests, also where `names.backport-branch` is not set
    #[arg(long, conflicts_with = "instead")]
    pull_request: bool,
    /// Commit a conflict as it is, to a branch for a pull request, never to a release branch
    #[arg(long, conflicts_with = "instead")]
    draft: bool,
    /// Build on what was fetched of a branch, where the local one lacks some of it
    #[arg(long, conflicts_with = "instead")]
    allow_behind: bool,
    /// Push what was made, all of it or nothing, in one atomic push
    #[arg(long, conflicts_with_all = ["instead", "dry_run"])]
    push: bool,
    /// Show what would be made, and make nothing
    #[arg(short = 'n', long, conflicts_with = "instead")]
    dry_run: bool,
    /// Where the work tree is made, instead of beside this one
    #[arg(long, value_name = "DIR", requires = "resolve")]
    worktree: Option<PathBuf>,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: BackportFormat,
    /// The day that tells which branches are in support, instead of today in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
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
enum BackportFormat {
    /// Text for people
    Human,
    /// Versioned JSON for programs
    Json,
    /// A table for a page, with `--status`
    Markdown,
    /// A vulnerability in the form of OSV, with `--advisory`
    Osv,
}

impl BackportArgs {
    fn options(&self) -> BackportOptions {
        BackportOptions {
            commits: self.commits.clone(),
            choice: Choice { to: self.to.clone(), except: self.except.clone() },
            mainline: self.mainline,
            all: self.all,
            sign_off: self.signoff,
            again: self.again,
            accept_flags: self.accept_flags,
            draft: self.draft,
            pull_request: self.pull_request,
            push: self.push,
            behind: if self.allow_behind { Behind::Allow } else { Behind::Refuse },
        }
    }

    /// Returns the options that a printed command must repeat to mean the same.
    fn words(&self, location: &Location) -> Vec<String> {
        let mut words = Vec::new();
        for (option, path) in [("--manifest-path", &location.manifest), ("--config", &location.config)] {
            let path = path.iter().map(|path| quoted(path.to_string_lossy()));
            words.extend(path.flat_map(|path| [option.to_owned(), path]));
        }
        words.extend(location.remote.iter().map(|remote| format!("--remote {}", quoted(remote))));
        words.extend(self.mainline.map(|number| format!("--mainline {number}")));
        let switches = [("--signoff", self.signoff), ("--again", self.again)];
        words.extend(switches.iter().filter(|(_, given)| *given).map(|(option, _)| (*option).to_owned()));
        words
    }
}
