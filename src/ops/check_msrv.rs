//! Whether a release branch needs no newer Rust than it promised.

use anyhow::Result;

use super::about::{AskedBranch, BranchSource};
use super::session::Session;
use super::sink::Sink;
use crate::finding::{Finding, Refused};
use crate::git::{BranchName, Repo};
use crate::msrv::baseline::BaselineOverride;
use crate::msrv::inquiry::{self, Inquiry, Promise};
use crate::plan::Request;
use crate::plan::course;
use crate::project::Project;
use crate::report::Report;
use crate::rule::{self, Rule};
use crate::workspace::compile;
use crate::workspace::dependencies::Answers;

/// What is said of the project: by what it is judged.
const SAID: &[Rule] = &[
    rule::CONFIG_ELSEWHERE,
    rule::CONFIG_UNCOMMITTED,
    rule::NAMES_INFERRED,
    rule::NAMES_UNCLEAR,
    rule::SUBMODULE_ABSENT,
];

/// What is asked about the MSRV.
#[derive(Clone, Debug, Default)]
pub struct MsrvOptions {
    /// The branch.
    pub about: BranchSource,
    /// What the user says of the promise.
    pub stated: BaselineOverride,
    /// Whether the work tree is compiled with the Rust that was promised.
    pub build: bool,
}

/// Compares the branch with what its line promised.
///
/// # Errors
///
/// A refusal if it is not known which branch is meant, or its project cannot be read.
pub fn check_msrv(session: &Session<'_>, options: &MsrvOptions, sink: &mut dyn Sink) -> Result<Report> {
    let Session { context, repo } = session;
    let stated = &options.stated;
    let mut asked = options.about.ask(session, |refs, branch| {
        inquiry::question((repo, refs), &context.location, branch.at, &branch.name, stated)
    })?;
    if options.build && !asked.branch.at.is_checked_out {
        return Err(Refused::from(not_compiled(&asked.branch.name)).into());
    }
    let (project, view) = asked.read(session)?;
    let AskedBranch { refs, branch, .. } = asked;
    let mut report = Report::new("check-msrv", format!("MSRV of {}", branch.name));
    branch.tell(&refs, &mut report);
    let project = match project {
        Ok(project) => project,
        Err(error) => {
            let (at, name) = (branch.at, &branch.name);
            let then = inquiry::refused_project(repo, &context.location, at, name, &refs, stated)?;
            let (Some(project), Some(Refused(refused))) = (then, error.downcast_ref()) else {
                return Err(error);
            };
            report.findings.extend(refused.iter().cloned());
            project
        }
    };
    let said = |note: &&Finding| SAID.contains(&note.rule);
    report.findings.extend(project.notes.iter().filter(said).cloned());
    let request = Request {
        project: &project,
        branch: &branch.name,
        refs: &refs,
        date: context.date,
        asked: &course::NOTHING,
    };
    let train = project.config.train();
    let cargo = Answers::new(repo, &project.files, view);
    let inquiry = Inquiry { repo, request: &request, train: train.as_ref(), stated, cargo: &cargo };
    let promise = inquiry.report(&mut report)?;
    if promise == Promise::Exempt {
        report.findings.extend(no_release_branch(repo, &request)?);
    }
    if options.build {
        build(session, &project, promise, (&mut report, sink))?;
    }
    project.config.check.settle(&mut report.findings);
    Ok(report)
}

/// Says that nothing has promised anything, which may be for want of the right names: where all branches are
/// here, and none of them is a release branch.
fn no_release_branch(repo: &Repo, request: &Request<'_>) -> Result<Option<Finding>> {
    let (names, branches) = (&request.project.config.names.branch, &request.refs.branches);
    let lacks_branches = repo.gap(branches)?.is_some_and(|gap| gap.lacks_branches());
    if lacks_branches || !names.lines(branches.names()).is_empty() {
        return Ok(None);
    }
    let message =
        format!("`{}` is not the trunk, and no branch here is a release branch by {names}", request.branch);
    let remedy =
        "state `names.branch` as release branches are named; where there is none yet, check the trunk";
    Ok(Some(Finding::of(rule::BRANCH_UNKNOWN, message).remedy(remedy)))
}

fn not_compiled(branch: &BranchName) -> Finding {
    let message = format!("`--build` compiles the work tree, and `{branch}` is not checked out");
    Finding::of(rule::NOT_CHECKED_OUT, message).remedy(format!("run `git switch {branch}` first"))
}

/// Compiles the work tree with the Rust that its branch promises, or says that there is none.
fn build(
    session: &Session<'_>,
    project: &Project,
    promise: Promise,
    (report, sink): (&mut Report, &mut dyn Sink),
) -> Result<()> {
    match promise {
        Promise::Rust(promised) => {
            let folder = session.repo.root().join(project.workspace.root.folder());
            let arguments = project.config.msrv.build.arguments();
            let wrong = compile::compile(&folder, promised, &arguments, |line| sink.line(line))?;
            let levels = &project.config.check;
            report.findings.extend(levels.all_weighed(rule::MSRV, wrong.into_iter().collect()));
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
