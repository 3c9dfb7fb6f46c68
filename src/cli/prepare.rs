//! What the commands that prepare something have in common: read, plan, show, apply.

use anyhow::Result;

use super::options::{Common, Format, Preparing};
use super::targets::{Target, Targets};
use super::{Output, Status};
use crate::finding::{Finding, Refused, Severity};
use crate::plan::outcome::Outcome;
use crate::plan::{Plan, Preparation, Request, preconditions};
use crate::project::{Location, Project};
use crate::render;
use crate::repo::publish::{Hooks, Options};
use crate::repo::{Head, Refs, Repo};
use crate::workspace::settle;

/// Makes one branch's plan.
pub(super) trait Make: Fn(&Request<'_>) -> Result<Plan, Vec<Finding>> {}
impl<F: Fn(&Request<'_>) -> Result<Plan, Vec<Finding>>> Make for F {}

/// Reads each target, plans with `make`, shows the plans, and carries them out unless it is a dry
/// run.
pub(super) fn prepare(
    common: &Common,
    options: &Preparing,
    targets: &Targets,
    output: &mut Output,
    make: impl Make,
) -> Result<Status> {
    if options.format == Format::Json {
        output.use_json();
    }
    let location = common.location()?;
    let repo = Repo::discover(&location.folder)?;
    let head = repo.head()?;
    let refs = repo.refs()?;
    let changed = repo.changed()?;
    let run = Run { repo: &repo, location: &location, refs: &refs, changed: &changed, options };
    let targets = match targets.select(&head, &refs) {
        Ok(targets) => targets,
        Err(Refused(mut findings)) => {
            findings.extend(preconditions::clean(None, &changed, options.allow_dirty));
            return Err(Refused(findings).into());
        }
    };
    let (preparation, stops) = run.plan(&targets, make)?;
    show(&preparation, options, output);
    if !stops.is_empty() {
        return Err(Refused(stops).into());
    }
    if options.dry_run {
        if output.is_json() {
            output.result(&render::json::preparation(&preparation, None));
        }
        return Ok(Status::Done);
    }
    let outcome = run.apply(&preparation, &head, output)?;
    match output.is_json() {
        true => output.result(&render::json::preparation(&preparation, Some(&outcome))),
        false => output.show(&render::outcome::human(&outcome)),
    }
    Ok(Status::Done)
}

/// What one run works on.
struct Run<'a> {
    repo: &'a Repo,
    location: &'a Location,
    refs: &'a Refs,
    changed: &'a [String],
    options: &'a Preparing,
}

impl Run<'_> {
    /// Makes the plans; beside them returns what stops them from being carried out though they can
    /// be shown.
    ///
    /// If one branch cannot be prepared none is: all reasons are refused together.
    fn plan(&self, targets: &[Target], make: impl Make) -> Result<(Preparation, Vec<Finding>)> {
        let mut preparation = Preparation::default();
        let (mut refusals, mut stops) = (Vec::new(), Vec::new());
        for target in targets {
            let planned = self.plan_one(target, &make);
            match planned {
                Ok(plan) => {
                    if target.is_checked_out {
                        stops.extend(preconditions::clean(
                            Some(&plan),
                            self.changed,
                            self.options.allow_dirty,
                        ));
                    }
                    preparation.plans.push(plan);
                }
                Err(error) => {
                    let Refused(mut findings) = error.downcast::<Refused>()?;
                    if target.is_checked_out && !self.options.allow_dirty {
                        findings.extend(preconditions::clean(None, self.changed, false));
                    }
                    if targets.len() > 1 {
                        findings = findings.into_iter().map(|finding| finding.on(&target.branch)).collect();
                    }
                    refusals.extend(findings);
                }
            }
        }
        if refusals.is_empty() { Ok((preparation, stops)) } else { Err(Refused(refusals).into()) }
    }

    fn plan_one(&self, target: &Target, make: &impl Make) -> Result<Plan> {
        let project = if target.is_checked_out {
            Project::read(self.repo, self.location, target.commit, self.changed)?
        } else {
            Project::read_commit(self.repo, self.location, target.commit)?
        };
        let request = Request {
            project: &project,
            branch: &target.branch,
            parent: self.repo.parent(target.commit)?,
            refs: self.refs,
            date: self.options.today.day(),
        };
        let mut plan = make(&request).map_err(Refused)?;
        settle::settle(self.repo, &mut plan)?;
        Ok(plan)
    }

    fn apply(&self, preparation: &Preparation, head: &Head, output: &mut Output) -> Result<Outcome> {
        let hooks = if self.options.no_verify { Hooks::Skip } else { Hooks::Run };
        let published = self.repo.publish(&preparation.publication(), Options { hooks })?;
        for finding in &published.findings {
            output.finding(finding);
        }
        let current = match head {
            Head::Branch(name, _) => Some(name.as_str()),
            Head::Detached(_) | Head::Unborn => None,
        };
        let remote = self.options.remote.clone();
        let remote = remote.or_else(|| self.repo.remote_of(current?)).unwrap_or_else(|| "origin".to_owned());
        Ok(Outcome::new(preparation, &published.commits, self.refs, current, &remote))
    }
}

fn show(preparation: &Preparation, options: &Preparing, output: &mut Output) {
    for (i, plan) in preparation.plans.iter().enumerate() {
        if !output.is_json() {
            for note in plan.notes.iter().filter(|note| note.severity != Severity::Error) {
                output.finding(note);
            }
        }
        output.show(if i > 0 { "\n" } else { "" });
        output.show(&render::plan::human(plan, output.is_verbose()));
        if options.diff && !output.is_json() {
            for commit in &plan.commits {
                output.result(&format!("\n{}", render::diff::unified(&commit.files)));
            }
        }
    }
}
