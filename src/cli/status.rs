//! `cargo relprep status`.

use std::io::Write;

use anyhow::Result;
use chrono::NaiveDate;
use semver::Version;

use crate::path::RepoPath;
use crate::render::status as render;
use crate::repo::Repo;
use crate::repo::survey::Question;
use crate::status::{Known, Status};
use crate::train::{Numbering, Train};

/// Show the release branches as they are: state, latest release, days left, and what to do next
#[derive(Clone, Debug, Default, clap::Args)]
pub struct StatusArgs {
    /// Print only the branches that a security fix must go to
    ///
    /// They are those supported on the day, and those cut but not released: one a line, or a JSON array.
    #[arg(long)]
    pub supported: bool,
}

/// What a status is made from.
pub struct Source<'a> {
    /// The name of what is released.
    pub name: &'a str,
    /// The day as of which everything is said.
    pub day: NaiveDate,
    /// The policy, if there is one.
    pub train: Option<&'a Train>,
    /// How releases are numbered where there is no policy: by the lead package's version.
    pub numbering: Numbering,
    /// The repository, if there is one.
    pub repo: Option<&'a Repo>,
    /// The trunk.
    pub trunk: &'a str,
    /// The manifests that declare version and MSRV: the lead package's, then the root's.
    pub manifests: &'a [RepoPath],
    /// How branches and tags are named.
    pub names: Names<'a>,
}

/// How branches and tags are named, in both directions.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// Returns the name of the release branch of a version.
    pub branch: &'a dyn Fn(&Version) -> String,
    /// Returns the version that the name of a release branch holds.
    pub of_branch: &'a dyn Fn(&str) -> Option<Version>,
    /// Returns the version that the name of a tag holds.
    pub of_tag: &'a dyn Fn(&str) -> Option<Version>,
}

/// Shows the status on `out`, as JSON or for people.
///
/// # Errors
///
/// A refusal if `--supported` is asked for and there is no policy; a failure if the repository cannot
/// be read.
pub fn run(args: &StatusArgs, source: &Source<'_>, json: bool, out: &mut dyn Write) -> Result<()> {
    let numbering = source.train.map_or(source.numbering, |train| train.numbering);
    let question = Question {
        day: source.day,
        trunk: source.trunk,
        branch: source.names.of_branch,
        tag: source.names.of_tag,
        release: &|version| numbering.number(version),
        files: source.manifests,
    };
    let survey = source.repo.map(|repo| repo.survey(&question)).transpose()?.unwrap_or_default();
    let known = Known {
        day: source.day,
        train: source.train,
        survey: &survey,
        numbering,
        branch: source.names.branch,
    };
    let status = Status::new(&known);
    let text = match (args.supported, json) {
        (true, true) => render::array(&status.supported()?),
        (true, false) => render::lines(&status.supported()?),
        (false, true) => render::json(source.name, &status),
        (false, false) => render::human(source.name, &status),
    };
    Ok(out.write_all(text.as_bytes())?)
}
