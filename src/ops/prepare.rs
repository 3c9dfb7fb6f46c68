//! What the commands that prepare something have in common: read, plan, show, apply.

use anyhow::Result;

use super::calendar::Calendar;
use super::reading;
use super::recovery::{Purpose, recover};
use super::targets::{Security, Selected, Target, Targets};
use crate::checkout::scratch;
use crate::cli::options::{Common, Preparing};
use crate::cli::{Output, Status};
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Head, Refs, Repo};
use crate::ops::settle;
use crate::plan::outcome::Outcome;
use crate::plan::{Plan, Preparation, Request, preconditions};
use crate::project::{self, Location, Project};
use crate::render;
use crate::rule::Severity;
use crate::transaction::values::{Hooks, NewFile, Options, Publication};

/// Which branches are prepared.
pub(crate) struct Selection<'a> {
    /// Those that are named, or the one that is checked out.
    pub(crate) targets: &'a Targets,
    /// Those that are supported, in place of these.
    pub(crate) security: Option<&'a Security>,
}

impl<'a> Selection<'a> {
    /// Selects what is named.
    pub(crate) fn of(targets: &'a Targets) -> Self {
        Self { targets, security: None }
    }
}

/// Makes one branch's plan.
pub(crate) trait Make: Fn(&Request<'_>) -> Result<Plan, Vec<Finding>> {}
impl<F: Fn(&Request<'_>) -> Result<Plan, Vec<Finding>>> Make for F {}

/// Reads each branch, plans with `make`, shows the plans, and carries them out unless it is a dry
/// run.
pub(crate) fn prepare(
    common: &Common,
    options: &Preparing,
    selection: &Selection<'_>,
    output: &mut Output,
    make: impl Make,
) -> Result<Status> {
    output.use_format(options.format);
    let location = common.location()?;
    let repo = location.repository()?;
    recover(&repo, Purpose::of_preparing(options.dry_run), output)?;
    let refs = refs(&repo, &location, options.push)?;
    refs.branches.doubt().iter().for_each(|doubt| output.finding(doubt));
    let run =
        Run { head: repo.head()?, refs, changed: repo.changed()?, repo: &repo, location: &location, options };
    let selected = run.select(selection)?;
    let (preparation, stops) = run.plan(selected, &make, output)?;
    show(&preparation, options, output);
    if !stops.is_empty() {
        return Err(Refused(stops).into());
    }
    if options.dry_run || preparation.plans.is_empty() {
        if output.is_json() {
            output.result(&render::json::preparation(&preparation, options.diff, None));
        }
        return Ok(Status::Done);
    }
    run.apply(&preparation, output)
}

/// Reads the branches and tags. What is pushed may go to an address, of which nothing was fetched.
fn refs(repo: &Repo, location: &Location, is_pushed: bool) -> Result<Refs> {
    let mut location = location.clone();
    if is_pushed
        && let Some(remote) = &location.remote
        && !repo.check_remote(remote)?
    {
        location.remote = None;
    }
    project::refs(repo, &location)
}

/// What one run works on.
struct Run<'a> {
    repo: &'a Repo,
    location: &'a Location,
    head: Head,
    refs: Refs,
    changed: Vec<String>,
    options: &'a Preparing,
}

impl Run<'_> {
    fn select(&self, selection: &Selection<'_>) -> Result<Selected> {
        let selected = match selection.security.filter(|security| security.is_asked_for()) {
            None => selection.targets.select(&self.head, &self.refs),
            Some(security) => {
                let config = project::nearest_config(self.location)?;
                let day = self.options.today.day();
                let lead = project::lead(self.repo, self.location, &config)?;
                let calendar = Calendar::of(Some((self.repo, &self.refs)), config, day, &lead)?;
                return Ok(security.select(&calendar.status(), &self.head, &self.refs)?);
            }
        };
        selected.map_err(|Refused(mut findings)| {
            findings.extend(preconditions::clean(None, &self.changed, self.options.allow_dirty));
            Refused(findings).into()
        })
    }

    /// Makes the plans; beside them returns what stops them from being carried out though they can
    /// be shown.
    ///
    /// If one branch cannot be prepared none is: all reasons are refused together.
    fn plan(
        &self,
        selected: Selected,
        make: &impl Make,
        output: &mut Output,
    ) -> Result<(Preparation, Vec<Finding>)> {
        let mut preparation = Preparation { plans: Vec::new(), left: selected.left };
        let (mut refusals, mut stops) = (Vec::new(), Vec::new());
        let is_one = selected.targets.len() == 1;
        let projects = reading::read(self.repo, self.location, &selected.targets, &self.changed, output);
        for (target, project) in selected.targets.iter().zip(projects) {
            match project.and_then(|project| self.plan_one(target, &project, make)) {
                Ok(plan) => {
                    if target.is_checked_out {
                        stops.extend(preconditions::clean(
                            Some(&plan),
                            &self.changed,
                            self.options.allow_dirty,
                        ));
                    }
                    preparation.plans.push(plan);
                }
                Err(error) => {
                    let Refused(findings) = error.downcast::<Refused>()?;
                    let dirty = (target.is_checked_out && !self.options.allow_dirty)
                        .then(|| preconditions::clean(None, &self.changed, false));
                    let findings = findings.into_iter().chain(dirty.flatten());
                    refusals.extend(
                        findings.map(|finding| if is_one { finding } else { finding.on(&target.branch) }),
                    );
                }
            }
        }
        if !refusals.is_empty() {
            return Err(Refused(refusals).into());
        }
        stops.extend(self.repo.obstacles(&preparation.publication())?);
        Ok((preparation, stops))
    }

    fn plan_one(&self, target: &Target, project: &Project, make: &impl Make) -> Result<Plan> {
        let parent = self.repo.parent(target.commit)?;
        let request = Request {
            project,
            branch: &target.branch,
            parent,
            siblings: &self.siblings(target, parent)?,
            refs: &self.refs,
            date: self.options.today.day(),
        };
        let mut plan = make(&request).map_err(Refused)?;
        settle::settle(self.repo, &mut plan)?;
        Ok(plan)
    }

    /// Returns the other local branches whose tip comes right after `parent`.
    fn siblings(&self, target: &Target, parent: Option<CommitId>) -> Result<Vec<String>> {
        let mut siblings = Vec::new();
        for (name, tip) in self.refs.branches.locals().filter(|(name, _)| name.as_str() != target.branch) {
            if parent.is_some() && self.repo.parent(tip)? == parent {
                siblings.push(name.to_string());
            }
        }
        Ok(siblings)
    }

    fn apply(&self, preparation: &Preparation, output: &mut Output) -> Result<Status> {
        let hooks = if self.options.no_verify { Hooks::Skip } else { Hooks::Run };
        let current = match &self.head {
            Head::Branch(name, _) => Some(name.as_str()),
            Head::Detached(_) | Head::Unborn => None,
        };
        let first = preparation.commits().next().map(|commit| commit.branch.as_str());
        let remote = match &self.location.remote {
            Some(remote) => Ok(remote.as_str()),
            None => self.refs.branches.push_remote(current.or(first).unwrap_or_default()),
        };
        // Whether there is somewhere to push to is known before anything is made.
        let remote = if self.options.push { Some(remote?) } else { remote.ok() };
        if let Some(remote) = remote.filter(|_| self.options.push) {
            self.repo.check_remote(remote)?;
        }
        let mut publication = preparation.publication();
        self.run_programs(preparation, &mut publication, output)?;
        let published = self.repo.publish(&publication, Options { hooks })?;
        for finding in &published.findings {
            output.finding(finding);
        }
        let mut outcome = Outcome::new(preparation, &published.commits, &self.refs, current, remote);
        let pushed = match remote {
            Some(remote) if self.options.push => self.repo.push(remote, &published.branches, hooks),
            _ => Ok(()),
        };
        outcome.pushed = self.options.push && pushed.is_ok();
        match output.is_json() {
            true => output.result(&render::json::preparation(preparation, self.options.diff, Some(&outcome))),
            false => output.show(&render::outcome::human(&outcome)),
        }
        pushed.map(|()| Status::Done)
    }

    /// Runs the programs of `[[run]]` on each edited tree; what they change joins the commit.
    fn run_programs(
        &self,
        preparation: &Preparation,
        publication: &mut Publication,
        output: &mut Output,
    ) -> Result<()> {
        let with_plans =
            preparation.plans.iter().flat_map(|plan| plan.commits.iter().map(move |commit| (plan, commit)));
        for ((plan, commit), new) in with_plans.zip(&mut publication.commits) {
            if plan.runs.is_empty() {
                continue;
            }
            let commands: Vec<Vec<String>> = plan.runs.iter().map(|run| run.words().to_vec()).collect();
            for command in &commands {
                output.progress(&format!("running `{}` on {}", command.join(" "), commit.branch));
            }
            let env = [
                ("RELPREP_COMMAND".to_owned(), plan.command.to_owned()),
                ("RELPREP_VERSION".to_owned(), commit.version.to_string()),
                ("RELPREP_BRANCH".to_owned(), commit.branch.clone()),
            ];
            let run = scratch::Run {
                parent: commit.parent,
                files: &new.files,
                commands: &commands,
                folder: plan.folder.as_str(),
                env: &env,
            };
            let changed: Vec<NewFile> = self.repo.run_in_scratch(&run)?;
            new.files.retain(|file| changed.iter().all(|other| other.path != file.path));
            new.files.extend(changed);
        }
        Ok(())
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
    output.show(&render::plan::left(&preparation.left));
}
