//! `cargo relprep check-msrv`.

use anyhow::Result;

use super::options::{Common, ReportFormat, Today};
use super::{Output, Status};
use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::msrv;
use crate::msrv::baseline::Stated;
use crate::msrv::inquiry::{self, Inquiry, Promise};
use crate::ops::about::{About, Branch};
use crate::ops::recovery::{Purpose, recover};
use crate::path::RepoPath;
use crate::plan::Request;
use crate::project::{self, Location, Project};
use crate::report::Report;
use crate::rule;
use crate::rust_version::RustVersion;
use crate::workspace::compile;
use crate::workspace::dependencies::Ground;

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
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: ReportFormat,
    /// What holds the promise, where neither the first release's tag nor the trunk is there
    #[arg(long, value_name = "REV", conflicts_with = "baseline_rust_version")]
    baseline: Option<String>,
    /// The promise itself, where neither the first release's tag nor the trunk tells one
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
pub(super) fn run(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    output.use_format(args.format);
    let location = common.location()?;
    let repo = location.repository()?;
    recover(&repo, Purpose::Read, output)?;
    let mut refs = project::refs(&repo, &location)?;
    let branch = args.about.branch(&repo.head()?, &refs)?;
    branch.add_to(&mut refs);
    if args.build && !branch.at.is_checked_out {
        return Err(Refused::from(not_compiled(&branch.name)).into());
    }
    let stated = Stated { revision: args.baseline.clone(), rust_version: args.baseline_rust_version };
    let mut report = Report::new("check-msrv", format!("MSRV of {}", branch.name));
    report.fact("branch", format!("{} ({})", branch.name, branch.why));
    report.fact("commit", branch.at.commit.short());
    if let Some(remote) = refs.branches.remote_in_words() {
        report.fact("remote", remote);
    }
    report.findings.extend(refs.branches.doubt());
    let (project, ground) = read(&repo, &location, &branch)?;
    let project = match project {
        Ok(project) => project,
        Err(error) => {
            let then = inquiry::refused_project(&repo, &location, branch.at, &branch.name, &refs, &stated)?;
            let (Some(project), Some(Refused(refused))) = (then, error.downcast_ref()) else {
                return Err(error);
            };
            report.findings.extend(refused.iter().cloned());
            project
        }
    };
    let request = Request {
        project: &project,
        branch: &branch.name,
        parent: repo.parent(branch.at.commit)?,
        siblings: &[],
        refs: &refs,
        date: args.today.day(),
    };
    let train = project.config.train();
    let inquiry = Inquiry { repo: &repo, request: &request, train: train.as_ref(), stated: &stated, ground };
    let promise = inquiry.report(&mut report)?;
    if args.build {
        build(&repo, &project, promise, &mut report)?;
    }
    if args.strict {
        msrv::strictly(&mut report.findings);
    }
    output.report(&report);
    Ok(if report.fails() { Status::Refused } else { Status::Done })
}

/// Reads the project, or why it cannot be; beside it returns where Cargo is asked about it.
fn read(repo: &Repo, location: &Location, branch: &Branch) -> Result<(Result<Project>, Ground)> {
    let commit = branch.at.commit;
    if !branch.at.is_checked_out {
        return Ok((Project::read_commit(repo, location, commit), branch.ground(&[])));
    }
    let is_cargos = |path: &RepoPath| matches!(path.file_name(), "Cargo.toml" | "Cargo.lock");
    let tree = repo.tree(commit)?;
    let changed = repo.changed_among(&tree, is_cargos)?;
    Ok((Project::read_tree(repo, location, commit, tree, &changed), branch.ground(&changed)))
}

fn not_compiled(branch: &str) -> Finding {
    let message = format!("`--build` compiles the work tree, and `{branch}` is not checked out");
    Finding::of(rule::NOT_CHECKED_OUT, message).remedy(format!("run `git switch {branch}` first"))
}

/// Compiles the work tree with the Rust that its branch promises, or says that there is none.
fn build(repo: &Repo, project: &Project, promise: Promise, report: &mut Report) -> Result<()> {
    match promise {
        Promise::Rust(promised) => {
            let folder = repo.root().join(project.workspace.root.folder());
            let arguments = project.config.msrv.build.arguments();
            report.findings.extend(compile::compile(&folder, promised, &arguments)?);
        }
        Promise::Unknown => {
            let message = "nothing was compiled: it is not known with which Rust";
            let remedy = "state `rust-version` in `[workspace.package]`; for a release line that promised none, \
                          `--baseline-rust-version`";
            report.findings.push(Finding::of(rule::MSRV_UNCHECKED, message).remedy(remedy));
        }
        Promise::Exempt => report.fact("compiled", "nothing: this branch promises no Rust"),
    }
    Ok(())
}
