//! Options that commands share.

use std::path::PathBuf;

use anstream::ColorChoice;
use anyhow::{Context as _, Result};
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::complete;
use crate::git::Moment;
use crate::ops::Context;
use crate::project::Location;

/// The options of every command.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// When to use colours
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub(super) color: Color,
    /// Print only what was asked for and what is wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// List everything in full
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// The workspace's Cargo.toml, or a member's
    #[arg(long, value_name = "PATH", global = true)]
    pub(super) manifest_path: Option<PathBuf>,
    /// The configuration, instead of the workspace's own
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Option<PathBuf>,
    /// The remote that counts, instead of the trunk's upstream; with `--push` the one to push to
    #[arg(long, value_name = "NAME", global = true, add = ArgValueCompleter::new(complete::remotes))]
    remote: Option<String>,
}

impl Common {
    /// Returns which project is meant, and when.
    pub(super) fn context(&self, moment: Moment) -> Result<Context> {
        let folder = std::env::current_dir().context("cannot find the current folder")?;
        let (manifest, config) = (self.manifest_path.clone(), self.config.clone());
        Ok(Context::new(Location { folder, manifest, config, remote: self.remote.clone() }, moment))
    }
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// Text for people
    Human,
    /// Versioned JSON for programs
    Json,
}

/// The form of a check's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// Text for people
    Human,
    /// Versioned JSON for programs
    Json,
    /// Workflow annotations of GitHub
    Github,
    /// SARIF 2.1.0 for code scanning
    Sarif,
    /// Code quality report of GitLab
    Gitlab,
    /// Test report of `JUnit`
    Junit,
}

impl From<OutputFormat> for ReportFormat {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Human => Self::Human,
            OutputFormat::Json => Self::Json,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// Reads the day that a command takes for today.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| text.len() == 10)
        .ok_or_else(|| "this is not a day of the calendar; write it like 2025-08-20".to_owned())
}

/// The options of every command that prepares something.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Preparing {
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    pub(super) format: OutputFormat,
    /// Show the plan, and write nothing
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
    /// Show every changed line
    #[arg(long)]
    pub(super) diff: bool,
    /// Leave tracked changes alone, where the plan does not edit the file
    #[arg(long)]
    pub(super) allow_dirty: bool,
    /// Prepare a branch that lacks commits which were fetched of it, without them
    #[arg(long)]
    pub(super) allow_behind: bool,
    /// Push what was made, in one atomic push
    #[arg(long)]
    pub(super) push: bool,
    /// Commit to branches of their own, for pull requests: `bump-{version}` for the trunk, `prepare-{version}` for a
    /// release branch, unless `[names]` says otherwise
    #[arg(long)]
    pub(super) pull_request: bool,
    /// Do not run the commit hooks
    #[arg(long)]
    pub(super) no_verify: bool,
}
