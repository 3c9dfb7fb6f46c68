//! `cargo relprep check`.

use anyhow::Result;

use super::options::{Common, ReportFormat, Today};
use super::{Output, Status};
use crate::check::{self, Role, read};
use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::only_versions;
use crate::ops::about::{About, Branch};
use crate::ops::recovery::{Purpose, recover};
use crate::ops::supported;
use crate::ops::targets::{Waiver, waiver};
use crate::plan::{Request, preconditions};
use crate::project::{self, Location, Project};
use crate::render;
use crate::report::Report;
use crate::rule::{self, Severity};
use crate::workspace::dependencies::Ground;

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
  cargo relprep check --supported       that no supported branch lacks what another one has

Exit status: 0 nothing is wrong; 1 something is; 2 wrong usage.")]
pub(super) struct Args {
    #[command(flatten)]
    about: About,
    #[command(flatten)]
    today: Today,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: ReportFormat,
    /// List the rules, and check nothing
    #[arg(long)]
    list: bool,
    /// Take warnings for errors
    #[arg(long)]
    strict: bool,
    /// Check instead that nothing but versions has changed since BASE, by default the parent
    #[arg(long, value_name = "BASE", num_args = 0..=1, default_missing_value = "")]
    only_versions: Option<String>,
    /// Check instead that all supported branches are equally patched
    #[arg(long, conflicts_with_all = ["only_versions", "branch"])]
    supported: bool,
    /// Leave out a supported release, and say why
    #[arg(long, value_name = "RELEASE=REASON", requires = "supported", value_parser = waiver)]
    unaffected: Vec<Waiver>,
}

/// Checks it.
pub(super) fn run(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    output.use_format(args.format);
    if args.list {
        match output.is_json() {
            true => output.result(&render::json::rules(rule::CHECKED)),
            false => output.result(&render::rules::human(rule::CHECKED)),
        }
        return Ok(Status::Done);
    }
    let location = common.location()?;
    let repo = location.repository()?;
    recover(&repo, Purpose::Read, output)?;
    let head = repo.head()?;
    let mut refs = project::refs(&repo, &location)?;
    if args.supported {
        let commit = head.commit().ok_or_else(|| Refused::from(preconditions::no_commit()))?;
        let project = Project::read(&repo, &location, commit, &repo.changed()?)?;
        let report =
            supported::report(&repo, &location, (&project, &refs), args.today.day(), &args.unaffected)?;
        return Ok(finish(report, args.strict, output));
    }
    let branch = args.about.branch(&head, &refs)?;
    branch.add_to(&mut refs);
    let (project, ground) = read(&repo, &location, &branch)?;
    if let Some(base) = &args.only_versions {
        return only_versions(&repo, &location, &project, base, output);
    }
    let request = Request {
        project: &project,
        branch: &branch.name,
        parent: repo.parent(branch.at.commit)?,
        siblings: &[],
        refs: &refs,
        date: args.today.day(),
    };
    let train = project.config.train();
    let subject = read::subject(&repo, &request, train.as_ref(), ground)?;

    let mut report = Report::new("check", format!("{} at {}", branch.name, subject.lead.version));
    report.fact("branch", format!("{} ({})", branch.name, branch.why));
    report.fact("commit", branch.at.commit.short());
    if let Some(remote) = refs.branches.remote_in_words() {
        report.fact("remote", remote);
    }
    report.findings.extend(refs.branches.doubt());
    report.fact("day", request.date.to_string());
    if subject.role == Role::Other {
        report.fact("skipped", "what depends on the branch: it is neither a release branch nor the trunk");
    }
    if let Ok(order) = check::publish_order(&project.workspace) {
        report.fact("publish", if order.is_empty() { "nothing".to_owned() } else { order.join(", ") });
    }
    report.findings = check::run(&subject);
    Ok(finish(report, args.strict, output))
}

/// Reads the project, and where Cargo is asked about it.
fn read(repo: &Repo, location: &Location, branch: &Branch) -> Result<(Project, Ground)> {
    let commit = branch.at.commit;
    if branch.at.is_checked_out {
        let changed = repo.changed()?;
        return Ok((Project::read(repo, location, commit, &changed)?, branch.ground(&changed)));
    }
    let mut project = Project::read_commit(repo, location, commit)?;
    // A check runs no programs, and minds none that could not be run.
    project.notes.retain(|note| note.rule != rule::CONFIG_RUNS);
    Ok((project, branch.ground(&[])))
}

/// Shows the report, in which warnings count as errors if `strict`, and returns how it ends.
fn finish(mut report: Report, strict: bool, output: &mut Output) -> Status {
    if strict {
        for finding in report.findings.iter_mut().filter(|finding| finding.severity == Severity::Warning) {
            finding.severity = Severity::Error;
        }
    }
    output.report(&report);
    if report.fails() { Status::Refused } else { Status::Done }
}

/// Checks that only versions differ between `base`, by default its parent, and the commit of `project`.
fn only_versions(
    repo: &Repo,
    location: &Location,
    project: &Project,
    base: &str,
    output: &mut Output,
) -> Result<Status> {
    let before = match base {
        "" => repo.parent(project.commit)?,
        base => repo.resolve(base)?,
    };
    let before = before.ok_or_else(|| {
        let parent = format!("{}^", project.commit.short());
        let base = if base.is_empty() { &parent } else { base };
        Refused::from(
            Finding::of(rule::NO_BASE, format!("there is no commit `{base}` to compare with"))
                .remedy("name one that is there; a shallow clone may need `git fetch --deepen=1`"),
        )
    })?;
    let differences = repo.changed_files(before, project.commit)?;
    let earlier = Project::read_commit(repo, location, before)?;
    let title = format!("only versions from {} to {}", before.short(), project.commit.short());
    let mut report = Report::new("check --only-versions", title);
    report.fact("files", differences.len().to_string());
    report.findings = only_versions::findings(&earlier, project, &differences);
    Ok(finish(report, false, output))
}
