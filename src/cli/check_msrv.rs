//! `cargo relprep check-msrv`.

use anyhow::{Context, Result};
use semver::Version;

use super::about::About;
use super::options::{Common, Today};
use super::{Output, Status};
use crate::config::msrv::Exception;
use crate::config::schedule::Problem;
use crate::finding::Refused;
use crate::msrv::baseline::Stated;
use crate::msrv::rust::RustVersion;
use crate::msrv::{self, exception, read, trunk};
use crate::plan::{Request, lines};
use crate::project::Project;
use crate::repo::Repo;
use crate::report::Report;
use crate::train::Train;
use crate::workspace::compile;

/// Check that a release branch needs no newer Rust than it promised
///
/// Compares every member's `rust-version`, and what editions, the resolver, a toolchain file and the
/// dependencies impose, with the line's first release. On a branch that is no release branch it says
/// so and passes; on the trunk it holds `msrv.behind-stable`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep check-msrv                     of the branch that is checked out, or that CI is about
  cargo relprep check-msrv --strict            and fail on what cannot be checked
  cargo relprep check-msrv --build             and compile it with that Rust
  cargo relprep check-msrv --format github     as annotations of a workflow

Exit status: 0 held, or no release branch; 1 not held, or not known; 2 wrong usage.")]
pub(super) struct Args {
    #[command(flatten)]
    about: About,
    #[command(flatten)]
    today: Today,
    /// What holds the promise, where neither the first release's tag nor the trunk is there
    #[arg(long, value_name = "REV", conflicts_with = "baseline_rust_version")]
    baseline: Option<String>,
    /// The promise itself, where neither the first release's tag nor the trunk is there
    #[arg(long, value_name = "VERSION")]
    baseline_rust_version: Option<RustVersion>,
    /// Compile the workspace with the Rust that was promised
    #[arg(long)]
    build: bool,
    /// Take what could not be checked for wrong
    #[arg(long)]
    strict: bool,
}

/// Checks it.
pub(super) fn run(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    let location = common.location()?;
    let repo = Repo::discover(&location.folder)?;
    let head = repo.head()?;
    let branch = args.about.branch(&head)?;
    let commit = head.commit().context("the branch has no commit yet")?;
    let changed = repo.changed()?;
    let project = Project::read(&repo, &location, commit, &changed)?;
    let refs = repo.refs(commit)?;
    let request = Request { project: &project, branch: &branch.name, refs: &refs, date: args.today.day() };
    let mut report = Report::new("check-msrv", format!("MSRV of {}", branch.name));
    report.fact("branch", format!("{} ({})", branch.name, branch.why));
    let train = train(&project)?;
    let is_lts = |version: &Version| {
        train
            .as_ref()
            .is_some_and(|train| train.number_of(version).is_some_and(|number| train.support.is_lts(number)))
    };
    let line = project.config.names.branch.read(&branch.name);
    let (exception, said) = exception::of_line(&project.config.msrv.exceptions, line.as_ref(), is_lts);
    report.findings.extend(said);
    match line {
        Some(line) => {
            let question = Question { repo: &repo, request: &request, args, changed: &changed };
            question.release_line(&line, exception, &mut report)?;
        }
        None => other_branch(&repo, &request, &mut report)?,
    }
    if args.strict {
        msrv::strictly(&mut report.findings);
    }
    output.report(&report);
    Ok(if report.fails() { Status::Refused } else { Status::Done })
}

fn train(project: &Project) -> Result<Option<Train>, Refused> {
    let refused =
        |problems: Vec<Problem>| Refused(problems.into_iter().map(|problem| problem.finding).collect());
    project.config.schedule.train().map_err(refused)
}

struct Question<'a> {
    repo: &'a Repo,
    request: &'a Request<'a>,
    args: &'a Args,
    changed: &'a [String],
}

impl Question<'_> {
    /// Adds to the report what the line that begins with `line` promised, and whether it holds.
    fn release_line(&self, line: &Version, exception: Option<&Exception>, report: &mut Report) -> Result<()> {
        let project = self.request.project;
        let lead = lines::lead(&project.workspace, &project.config).map_err(Refused)?;
        let stated =
            Stated { revision: self.args.baseline.clone(), rust_version: self.args.baseline_rust_version };
        let evidence = match read::evidence(self.repo, self.request, line, lead, &stated, self.changed)? {
            Ok(evidence) => evidence,
            Err(finding) => {
                report.findings.push(finding);
                return Ok(());
            }
        };
        let verdict = msrv::judge(&evidence, exception);
        report.fact("baseline", evidence.source.to_string());
        if let Some(promise) = verdict.promise {
            report.fact("promised", format!("Rust {promise}"));
        }
        let (declaring, all) = verdict.declared;
        report.fact("declared", format!("by {declaring} of {all} members"));
        report.fact("dependencies", evidence.lock.to_string());
        report.findings.extend(verdict.findings);
        if let Some(promise) = verdict.promise.filter(|_| self.args.build) {
            let folder = self.repo.root().join(project.workspace.root.folder());
            let arguments = project.config.msrv.build.arguments();
            report.findings.extend(compile::compile(&folder, promise, &arguments)?);
        }
        Ok(())
    }
}

/// Adds to the report what holds on a branch that is no release branch: on the trunk, that it stays
/// behind the stable Rust of the day.
fn other_branch(repo: &Repo, request: &Request<'_>, report: &mut Report) -> Result<()> {
    let project = request.project;
    if request.branch != request.trunk() {
        report.fact("skipped", "this is no release branch, and promises nothing");
        return Ok(());
    }
    let Some(behind) = project.config.msrv.behind_stable else {
        report.fact("skipped", "this is the trunk, and no `msrv.behind-stable` holds it back");
        return Ok(());
    };
    let stable = RustVersion::stable_on(request.date);
    report.fact("stable", format!("Rust {stable} on {}", request.date));
    report.fact("newest allowed", format!("Rust {}, {behind} releases behind it", stable.back(behind)));
    let now = read::now(repo, &repo.tree(project.commit)?, request)?;
    report.findings.extend(trunk::judge(&now, request.date, behind));
    Ok(())
}
