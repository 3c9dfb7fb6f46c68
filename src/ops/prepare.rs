//! What `branch`, `bump`, `rc`, `release` and `patch` do: a plan for each branch, and then all of them or none.

use std::collections::BTreeMap;

use anyhow::Result;

use super::outcome::Outcome;
use super::session::Session;
use super::sink::{Progress, Sink};
use super::standing::{self, Behind};
use super::targets::{BranchChoice, ChosenBranch, ChosenBranches};
use super::{due, held, reading, settle};
use crate::checkout::scratch;
use crate::finding::{Finding, Refused};
use crate::git::{BranchName, CommitId, Head, Moment, Refs};
use crate::path::RepoPath;
use crate::plan::branch_notes::BranchNotes;
use crate::plan::course::Asked;
use crate::plan::{self, Command, LeftOut, Plan, Preparation, Request, carry, commands, cut, preconditions};
use crate::project::{self, AskedMembers, Project};
use crate::rule::{self, Rule, Severity};
use crate::transaction::values::{Hooks, NewCommit, NewFile, Publication};

/// What is prepared.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct PrepareOptions {
    /// The command whose plans are made.
    pub command: Command,
    /// Where versions go, if not where the command leads.
    pub asked: Asked,
    /// The branches.
    pub branches: BranchChoice,
    /// Whether tracked files may have changes, where the plan does not edit them.
    pub allow_dirty: bool,
    /// What becomes of branches that lack commits which were fetched of them.
    pub behind: Behind,
    /// Whether what is made is pushed, too.
    pub push: bool,
    /// Whether only what the schedule says is due on the day is done.
    pub if_due: bool,
    /// Whether each commit goes to a branch of its own, for a pull request.
    pub pull_request: bool,
}

/// What shows that something is done which is to be done if it is due: it is made already, or waits for its
/// pull request.
const DONE: [Rule; 2] = [rule::NOTHING_TO_DO, rule::BRANCH_EXISTS];

/// What becomes of one branch.
enum Planned {
    Plan(Box<Plan>),
    Left(LeftOut),
}

/// Plans that can be shown, and carried out.
pub struct Prepared<'s> {
    /// The plans.
    pub preparation: Preparation,
    /// What stops them from being carried out, though they can be shown.
    stops: Vec<Finding>,
    session: &'s Session<'s>,
    is_pushed: bool,
    head: Head,
    refs: Refs,
}

/// What was made, and whether it could be pushed.
#[derive(Debug)]
pub struct AppliedPlan {
    /// What was made.
    pub outcome: Outcome,
    /// Why it was not pushed, though that was asked for.
    pub pushed: Result<()>,
}

/// Reads each branch that is meant and plans on it, as a value: nothing is written.
///
/// # Errors
///
/// A refusal with all reasons if one branch cannot be prepared: then none is.
pub fn prepare<'s>(
    session: &'s Session<'_>,
    options: &PrepareOptions,
    sink: &mut dyn Sink,
) -> Result<Prepared<'s>> {
    let repo = &session.repo;
    let is_checked_out = matches!(options.branches, BranchChoice::CheckedOut);
    let asked = is_checked_out.then(|| AskedMembers::at(repo, &session.context.location)).flatten();
    let refs = refs(session, options.push)?;
    refs.branches.doubt().iter().for_each(|doubt| sink.finding(doubt));
    let changed = repo.changed()?;
    let dirty = repo.not_left_out(&changed)?;
    let run = PrepareRun { session, options, head: repo.head()?, refs, changed, dirty };
    let (preparation, stops) = run.plan(asked, sink)?;
    Ok(Prepared { preparation, stops, session, is_pushed: options.push, head: run.head, refs: run.refs })
}

/// Reads the branches and tags. What is pushed may go to an address, of which nothing was fetched.
fn refs(session: &Session<'_>, is_pushed: bool) -> Result<Refs> {
    let mut location = session.context.location.clone();
    if is_pushed
        && let Some(remote) = &location.remote
        && !session.repo.check_remote(remote)?
    {
        location.remote = None;
    }
    project::refs(&session.repo, &location)
}

/// What one preparation is made from.
struct PrepareRun<'a> {
    session: &'a Session<'a>,
    options: &'a PrepareOptions,
    head: Head,
    refs: Refs,
    /// The tracked files that differ from the commit that is checked out.
    changed: Vec<String>,
    /// Those of them that somebody has changed.
    dirty: Vec<String>,
}

impl PrepareRun<'_> {
    fn plan(&self, asked: Option<AskedMembers>, sink: &mut dyn Sink) -> Result<(Preparation, Vec<Finding>)> {
        let selected = self.select()?;
        let mut preparation = Preparation { plans: Vec::new(), left: selected.left };
        let (mut refusals, mut stops) = (Vec::new(), Vec::new());
        let is_one = selected.targets.len() == 1;
        let projects =
            reading::read((self.session, &self.refs), &selected.targets, &self.changed, asked, sink);
        for (target, project) in selected.targets.iter().zip(projects) {
            let standing = self.standing(target)?;
            let (behind, standing): (Vec<_>, Vec<_>) =
                standing.into_iter().partition(|found| found.severity == Severity::Error);
            let planned = project.and_then(|mut project| {
                if self.options.pull_request {
                    project.config.names.take_request_branches();
                }
                self.plan_one(target, &project)
            });
            match Refused::taken_from(planned)? {
                Ok(Planned::Left(left)) => preparation.left.push(left),
                Ok(Planned::Plan(mut plan)) => {
                    plan.notes.extend(standing);
                    stops.extend(behind);
                    if target.is_checked_out {
                        stops.extend(self.dirty(Some(&plan), self.options.allow_dirty));
                    }
                    preparation.plans.push(*plan);
                }
                Err(Refused(findings)) => {
                    let is_in_question = target.is_checked_out && !self.options.allow_dirty;
                    let dirty = is_in_question.then(|| self.dirty(None, false)).flatten();
                    let findings = findings.into_iter().chain(behind).chain(dirty);
                    refusals.extend(
                        findings.map(
                            |finding| {
                                if is_one { finding } else { finding.on(target.branch.as_str()) }
                            },
                        ),
                    );
                }
            }
        }
        Refused::if_any(refusals)?;
        stops.extend(self.session.repo.obstacles(&publication(&preparation, self.session.context.moment))?);
        Ok((preparation, stops))
    }

    fn select(&self) -> Result<ChosenBranches> {
        let selected = self.options.branches.select(self.session, &self.head, &self.refs);
        selected.or_else(|error| {
            let Refused(mut findings) = error.downcast()?;
            if !matches!(self.options.branches, BranchChoice::Supported { .. }) {
                findings.extend(self.dirty(None, self.options.allow_dirty));
            }
            Err(Refused(findings).into())
        })
    }

    fn standing(&self, target: &ChosenBranch) -> Result<Option<Finding>> {
        // Another commit than the tip does not depend on where that is.
        if matches!(self.options.branches, BranchChoice::At(_)) {
            return Ok(None);
        }
        let (repo, refs) = (&self.session.repo, &self.refs);
        standing::find((repo, refs), &target.branch, target.is_checked_out, self.options.behind)
    }

    fn dirty(&self, plan: Option<&Plan>, only_planned: bool) -> Option<Finding> {
        preconditions::clean(plan, &self.dirty, only_planned)
    }

    fn plan_one(&self, target: &ChosenBranch, project: &Project) -> Result<Planned> {
        let (options, date) = (self.options, self.session.context.date);
        if options.if_due
            && let Some(reason) = due::not_due(project, options.command, date)?
        {
            return Ok(Planned::Left(LeftOut { branch: target.branch.to_string(), reason }));
        }
        let request =
            Request { project, branch: &target.branch, refs: &self.refs, date, asked: &options.asked };
        let planned = match options.command {
            Command::Notes => carry::plan(&request, &self.branch_notes(project)?),
            command => commands::plan(&request, command, &self.before(target, project)?),
        };
        let mut plan = match planned {
            Ok(plan) => plan,
            Err(findings) => match findings.iter().find(|finding| DONE.contains(&finding.rule)) {
                Some(done) if options.if_due => {
                    let reason = done.message.clone();
                    return Ok(Planned::Left(LeftOut { branch: target.branch.to_string(), reason }));
                }
                _ => return Err(Refused(findings).into()),
            },
        };
        Refused::if_any(held::find(&self.session.repo, project, &self.refs, &plan)?)?;
        settle::settle(&self.session.repo, &mut plan)?;
        Ok(Planned::Plan(Box::new(plan)))
    }

    /// Reads the notes of the release branches, as they are here and as they were fetched.
    fn branch_notes(&self, project: &Project) -> Result<Vec<BranchNotes>> {
        let (repo, branches) = (&self.session.repo, &self.refs.branches);
        let paths: Vec<RepoPath> = project::notes::files(&project.config, &project.workspace)
            .into_iter()
            .map(|file| file.path)
            .collect();
        let lines = project.config.names.branch.lines(branches.names());
        let commits = |branch: &BranchName| branches.tip(branch).commits().collect::<Vec<_>>();
        let tips: Vec<(&BranchName, CommitId)> = lines
            .into_values()
            .flat_map(|branch| commits(branch).into_iter().map(move |commit| (branch, commit)))
            .collect();
        repo.prefetch_at(&tips.iter().map(|(_, commit)| *commit).collect::<Vec<_>>(), &paths)?;
        let mut notes = Vec::new();
        for (branch, commit) in tips {
            let files = repo.files_among(commit, &paths)?;
            let mut texts = BTreeMap::new();
            for path in &paths {
                if let Some(text) = repo.text_among(&files, path)? {
                    texts.insert(path.clone(), text.map_err(Refused::from)?);
                }
            }
            notes.push(BranchNotes { branch: branch.clone(), texts });
        }
        Ok(notes)
    }

    /// Returns what came right before the tip of a branch, and beside it; and the notes of the release branches,
    /// where a cut brings them to the trunk.
    fn before(&self, target: &ChosenBranch, project: &Project) -> Result<cut::TipHistory> {
        let repo = &self.session.repo;
        let parent = repo.parent(target.commit)?;
        let mut siblings = Vec::new();
        for (name, tip) in self.refs.branches.locals().filter(|(name, _)| **name != target.branch) {
            if parent.is_some() && repo.parent(tip)? == parent {
                siblings.push(name.clone());
            }
        }
        let is_cut = matches!(self.options.command, Command::Branch | Command::Bump);
        let are_carried = is_cut && project.config.notes.are_carried_on_cut();
        let notes = if are_carried { self.branch_notes(project)? } else { Vec::new() };
        Ok(cut::TipHistory { parent, siblings, notes })
    }
}

impl Prepared<'_> {
    /// Finds out whether the plans can be carried out.
    ///
    /// # Errors
    ///
    /// A refusal with all that stops them.
    pub fn check(&self) -> Result<(), Refused> {
        Refused::if_any(self.stops.clone())
    }

    /// Carries the plans out, all of them or none; pushes what was made, if that was asked for.
    ///
    /// # Errors
    ///
    /// As [`Prepared::check`], and whatever comes to light on the way; nothing is made then.
    pub fn apply(&self, hooks: Hooks, sink: &mut dyn Sink) -> Result<AppliedPlan> {
        self.check()?;
        let repo = &self.session.repo;
        let current = self.head.branch();
        let first = self.preparation.commits().next().map(|commit| &commit.branch);
        let remote = match &self.session.context.location.remote {
            Some(remote) => Ok(remote.as_str()),
            None => self.refs.branches.push_remote(current.or(first).map_or("", BranchName::as_str)),
        };
        // Whether there is somewhere to push to is known before anything is made.
        let remote = if self.is_pushed { Some(remote?) } else { remote.ok() };
        if let Some(remote) = remote.filter(|_| self.is_pushed) {
            repo.check_remote(remote)?;
        }
        let mut publication = publication(&self.preparation, self.session.context.moment);
        self.run_programs(&mut publication, sink)?;
        let published = repo.publish(&publication, hooks)?;
        published.findings.iter().for_each(|finding| sink.finding(finding));
        let mut outcome = Outcome::new(&self.preparation, &published.commits, &self.refs, current, remote);
        let pushed = match remote {
            Some(remote) if self.is_pushed => repo.push(remote, &published.branches, hooks),
            _ => Ok(()),
        };
        outcome.pushed = self.is_pushed && pushed.is_ok();
        Ok(AppliedPlan { outcome, pushed })
    }

    /// Runs the programs of `[[run]]` on each edited tree; what they change joins the commit.
    fn run_programs(&self, publication: &mut Publication, sink: &mut dyn Sink) -> Result<()> {
        let plans = self.preparation.plans.iter();
        let with_plans = plans.flat_map(|plan| plan.commits.iter().map(move |commit| (plan, commit)));
        for ((plan, commit), new) in with_plans.zip(&mut publication.commits) {
            if plan.runs.is_empty() {
                continue;
            }
            let commands: Vec<Vec<String>> = plan.runs.iter().map(|run| run.words().to_vec()).collect();
            for command in &commands {
                sink.progress(&Progress::Run { branch: &commit.branch, command });
            }
            let env = [
                ("RELPREP_COMMAND".to_owned(), plan.command.to_string()),
                ("RELPREP_VERSION".to_owned(), commit.version.to_string()),
                ("RELPREP_BRANCH".to_owned(), commit.branch.to_string()),
            ];
            let run = scratch::ProgramRun {
                parent: commit.parent,
                files: &new.files,
                commands: &commands,
                folder: plan.folder.as_str(),
                env: &env,
            };
            let changed: Vec<NewFile> = self.session.repo.run_in_scratch(&run)?;
            new.files.retain(|file| changed.iter().all(|other| other.path != file.path));
            new.files.extend(changed);
        }
        Ok(())
    }
}

/// Returns what is to be written to the repository, all of it or nothing.
fn publication(preparation: &Preparation, moment: Moment) -> Publication {
    let titles: Vec<String> =
        preparation.plans.iter().map(|plan| format!("{} {}", plan.command, plan.version)).collect();
    let branches = preparation.plans.iter().flat_map(|plan| &plan.branches);
    Publication {
        title: titles.join(", "),
        moment,
        commits: preparation.commits().map(new_commit).collect(),
        branches: branches.map(|branch| (branch.name.clone(), branch.at)).collect(),
        tags: Vec::new(),
    }
}

fn new_commit(commit: &plan::Commit) -> NewCommit {
    let files = commit.files.iter();
    NewCommit {
        branch: commit.branch.clone(),
        from: (!commit.makes_branch).then_some(commit.parent),
        parent: commit.parent,
        tree: None,
        files: files
            .map(|file| NewFile { path: file.path.clone(), content: file.after.clone().into_bytes() })
            .collect(),
        message: commit.message.clone(),
        origin: None,
    }
}
