//! What the commands that prepare something have in common: read, plan, show, apply.

use anyhow::Result;

use super::options::{Common, Preparing};
use super::{Output, Status};
use crate::finding::{Finding, Refused};
use crate::plan::outcome::Outcome;
use crate::plan::{Plan, Request, preconditions};
use crate::project::Project;
use crate::render;
use crate::repo::Repo;
use crate::repo::publish::{Hooks, Options};
use crate::workspace::settle;

/// Reads the repository, plans with `make`, shows the plan, and carries it out unless it is a dry
/// run.
pub(super) fn prepare(
    common: &Common,
    options: &Preparing,
    output: &mut Output,
    make: impl FnOnce(&Request<'_>) -> Result<Plan, Vec<Finding>>,
) -> Result<Status> {
    let location = common.location()?;
    let repo = Repo::discover(&location.folder)?;
    let head = repo.head()?;
    let changed = repo.changed()?;
    let (branch, commit) = match (preconditions::checked_out(&head), head.commit()) {
        (Ok(branch), Some(commit)) => (branch, commit),
        (Err(finding), _) => {
            let dirty = preconditions::clean(None, &changed, options.allow_dirty);
            return Err(Refused([Some(finding), dirty].into_iter().flatten().collect()).into());
        }
        (Ok(_), None) => return Err(anyhow::anyhow!("a branch without a commit")),
    };
    let project = Project::read(&repo, &location, commit, &changed)?;
    let refs = repo.refs(commit)?;
    let request = Request { project: &project, branch, refs: &refs, date: options.today.day() };
    let mut plan = plan(&request, make, &changed, options.allow_dirty)?;
    settle::settle(&repo, &mut plan)?;
    show(&plan, options, output);
    if options.dry_run {
        if output.is_json() {
            output.result(&render::json::plan(&plan, None));
        }
        return Ok(Status::Done);
    }
    let hooks = if options.no_verify { Hooks::Skip } else { Hooks::Run };
    let published = repo.publish(&plan.publication(), Options { hooks })?;
    for finding in &published.findings {
        output.finding(finding);
    }
    let remote =
        options.remote.clone().or_else(|| repo.remote_of(branch)).unwrap_or_else(|| "origin".to_owned());
    let outcome = Outcome::new(&plan, &published.commits, &refs, branch, &remote);
    match output.is_json() {
        true => output.result(&render::json::plan(&plan, Some(&outcome))),
        false => output.show(&render::outcome::human(&outcome)),
    }
    Ok(Status::Done)
}

/// Makes the plan, and refuses with all reasons at once.
fn plan(
    request: &Request<'_>,
    make: impl FnOnce(&Request<'_>) -> Result<Plan, Vec<Finding>>,
    changed: &[String],
    allow_dirty: bool,
) -> Result<Plan, Refused> {
    match make(request) {
        Ok(plan) => match preconditions::clean(Some(&plan), changed, allow_dirty) {
            Some(dirty) => Err(Refused(plan.notes.into_iter().chain([dirty]).collect())),
            None => Ok(plan),
        },
        Err(mut findings) => {
            if !allow_dirty {
                findings.extend(preconditions::clean(None, changed, false));
            }
            Err(Refused(findings))
        }
    }
}

fn show(plan: &Plan, options: &Preparing, output: &mut Output) {
    if !output.is_json() {
        for note in &plan.notes {
            output.finding(note);
        }
    }
    output.show(&render::plan::human(plan, output.is_verbose()));
    if options.diff && !output.is_json() {
        for commit in &plan.commits {
            output.result(&format!("\n{}", render::diff::unified(&commit.files)));
        }
    }
}
