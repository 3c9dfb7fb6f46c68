//! `cargo relprep backport`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::NaiveDate;
use clap::{ArgGroup, ValueEnum};
use globset::Glob;
use semver::Version;
use serde::Serialize;

use super::calendar::Calendar;
use super::options::{Common, Format, Today};
use super::{Output, Status};
use crate::backport::attempt::{Attempt, Outcome, Request, attempt};
use crate::backport::byhand::{ByHand, Place};
use crate::backport::evidence::{Facts, canonical, is_advisory};
use crate::backport::fixes::{Sources, report};
use crate::backport::ground::Ground;
use crate::backport::making::{Made, Manner};
use crate::backport::matrix::{Matrix, Row, rows, went_somewhere};
use crate::backport::survey::Survey;
use crate::backport::targets::{Choice, Chosen, Excepted, Exception, Target, choose};
use crate::config::BackportName;
use crate::finding::{Finding, Refused, Severity};
use crate::plan;
use crate::plan::lines::lines;
use crate::project::Project;
use crate::render;
use crate::repo::linked::Handwork;
use crate::repo::{CommitId, Head, Refs, Repo};

/// Apply commits to every supported branch, or say which branches have them
///
/// Each commit is tried on each branch in memory; what is clean is made, and all that is not is shown
/// at once. With `--status`, nothing is tried: it is shown which branch has which commit, and how that
/// is known.
#[derive(Debug, clap::Args)]
#[command(
    group = ArgGroup::new("instead").multiple(false),
    after_help = "\
Examples:
  cargo relprep backport 1a2b3c4 --dry-run           what would become of it on each branch
  cargo relprep backport 1a2b3c4 --except 38.0='the code is not there'
  cargo relprep backport 1a2b3c4 --resolve release-36.0.0
  cargo relprep backport --status                    all that is missing somewhere
  cargo relprep backport --status --format markdown 1a2b3c4
  cargo relprep backport --advisory GHSA-xxxx-xxxx-xxxx

Exit status: 0 if all is well; 1 if something needs a person, or is missing."
)]
pub(super) struct Args {
    /// The commits, oldest first, or a range as in `A..B`
    #[arg(value_name = "COMMIT", required_unless_present_any = ["status", "advisory"])]
    commits: Vec<String>,
    /// Show which branches have the commits; without commits, all that are missing somewhere
    #[arg(long, group = "instead")]
    status: bool,
    /// Prepare a work tree with the conflict on this branch, and say how to finish
    #[arg(long, value_name = "BRANCH", group = "instead", conflicts_with_all = ["to", "except"])]
    resolve: Option<String>,
    /// Print affected and patched versions for a security advisory
    #[arg(long, value_name = "ID", group = "instead", value_parser = advisory, conflicts_with_all = ["to", "except"])]
    advisory: Option<String>,
    /// The branches, by name, version or glob, instead of all in support
    #[arg(long, value_name = "GLOB")]
    to: Vec<Glob>,
    /// Leave a branch out, and say why
    #[arg(long, value_name = "BRANCH=REASON")]
    except: Vec<Exception>,
    /// For merges: the parent that counts as the state before, from 1
    #[arg(short, long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    mainline: Option<u32>,
    /// Add a Signed-off-by line to each commit
    #[arg(short, long)]
    signoff: bool,
    /// Pick also what a branch seems to have already
    #[arg(long, conflicts_with = "instead")]
    again: bool,
    /// Make also what raises the MSRV, changes a requirement or adds a dependency
    #[arg(long, conflicts_with = "instead")]
    accept_flags: bool,
    /// Show what would be made, and make nothing
    #[arg(short = 'n', long, conflicts_with = "instead")]
    dry_run: bool,
    /// Where the work tree is made, instead of beside this one
    #[arg(long, value_name = "DIR", requires = "resolve")]
    worktree: Option<PathBuf>,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: Form,
    #[command(flatten)]
    today: Today,
}

fn advisory(text: &str) -> Result<String, String> {
    if is_advisory(text) {
        Ok(canonical(text))
    } else {
        Err("write it like GHSA-xxxx-xxxx-xxxx, CVE-2024-12345 or RUSTSEC-2024-0001".to_owned())
    }
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Text for people
    Human,
    /// Versioned JSON for programs
    Json,
    /// A table for a page, with `--status`
    Markdown,
}

/// Everything that was read.
struct Scene<'a> {
    args: &'a Args,
    repo: &'a Repo,
    head: Head,
    project: Project,
    refs: Refs,
    ground: Ground,
}

/// Does what is asked for.
pub(super) fn run(common: &Common, args: &Args, output: &mut Output) -> Result<Status> {
    if args.format == Form::Json {
        output.use_format(Format::Json);
    }
    if args.format == Form::Markdown && !args.status {
        let finding = Finding::error("no-markdown", "only `backport --status` has the form `markdown`");
        return Err(Refused::from(finding.remedy("give `--status`, or another form")).into());
    }
    let location = common.location()?;
    let repo = Repo::discover(&location.folder)?;
    let head = repo.head()?;
    let commit = head.commit().context("the repository has no commit yet")?;
    let project = Project::read(&repo, &location, commit, &repo.changed()?)?;
    let refs = repo.refs()?;
    let day = args.today.day();
    let request = plan::Request { project: &project, branch: "", parent: None, refs: &refs, date: day };
    let ground = Ground::read(&repo, &project, request.trunk())?;
    let scene = Scene { args, repo: &repo, head, project, refs, ground };
    if !output.is_json() {
        scene.ground.notes.iter().for_each(|note| output.finding(note));
    }
    if let Some(id) = &args.advisory {
        return scene.advisory(id, output);
    }
    if args.status {
        return scene.status(args.format, day, output);
    }
    match &args.resolve {
        Some(branch) => scene.resolve(branch, output),
        None => scene.apply(day, output),
    }
}

impl Scene<'_> {
    /// Returns the commits that were named, each once.
    fn commits(&self) -> Result<Vec<CommitId>> {
        let (mut commits, mut findings): (Vec<CommitId>, Vec<Finding>) = (Vec::new(), Vec::new());
        for name in &self.args.commits {
            match self.repo.commits_of(name).map_err(|error| error.downcast::<Refused>()) {
                Ok(found) => commits.extend(found),
                Err(Ok(Refused(more))) => findings.extend(more),
                Err(Err(error)) => return Err(error),
            }
        }
        if !findings.is_empty() {
            return Err(Refused(findings).into());
        }
        let mut seen = std::collections::BTreeSet::new();
        commits.retain(|commit| seen.insert(*commit));
        Ok(commits)
    }

    fn targets(&self, day: NaiveDate, output: &mut Output) -> Result<Chosen> {
        let choice = Choice { to: self.args.to.clone(), except: self.args.except.clone() };
        let branches = self.ground.branches.clone();
        let config = &self.project.config;
        if config.train().is_none() {
            if choice.to.is_empty() && !output.is_json() {
                let message = format!(
                    "no calendar says which releases are in support on {day}: all release branches are taken"
                );
                output.finding(&Finding::note("no-schedule", message).remedy("name some with `--to`"));
            }
            return Ok(choose(branches, &choice, |_| true).map_err(Refused)?);
        }
        let status = Calendar::of(Some(self.repo), config.clone(), day, &[])?.status();
        let supported = status.supported()?;
        let needs_fixes = |version: &Version| {
            let branch = config.names.branch.render(version, &self.ground.name);
            supported.contains(&branch.as_str())
        };
        Ok(choose(branches, &choice, needs_fixes).map_err(Refused)?)
    }

    fn manner<'m>(&'m self, sign_off: Option<&'m str>) -> Manner<'m> {
        let branch = self.project.config.names.backport_branch.as_ref();
        Manner { branch, sign_off, accept_flags: self.args.accept_flags }
    }

    /// Tries `commits` on `targets`.
    fn attempts(&self, commits: &[CommitId], targets: &[Target]) -> Result<(Vec<Facts>, Vec<Attempt>)> {
        let mut survey = Survey::read(self.repo, &self.ground.trunk_tip, targets, commits)?;
        let facts: Vec<Facts> = commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?;
        self.check_merges(&facts)?;
        let notes = &self.project.config.notes;
        let request = Request {
            commits: &facts,
            mainline: self.args.mainline,
            again: self.args.again,
            notes: notes.enabled.then_some((&notes.file, &notes.style)),
            statements: &self.ground.statements,
        };
        let mut picker = self.repo.picker()?;
        let mut attempts = Vec::new();
        for target in targets.iter().enumerate() {
            attempts.push(attempt(self.repo, &mut picker, &mut survey, &request, target)?);
        }
        Ok((facts, attempts))
    }

    /// Refuses merges without `--mainline`, and parents that they do not have.
    fn check_merges(&self, commits: &[Facts]) -> Result<(), Refused> {
        let mut findings = Vec::new();
        for facts in commits.iter().filter(|facts| facts.merge) {
            let short = facts.id.short();
            let parents = self.repo.said(facts.id).map_or(0, |said| said.parents.len());
            match self.args.mainline {
                None => findings.push(
                    Finding::error("merge", format!("{short} is a merge: it is not said what it changes")).remedy(
                        "give the commits that it merged, or with `--mainline 1` all of its changes as one",
                    ),
                ),
                Some(number) if number as usize > parents => findings.push(
                    Finding::error("mainline", format!("{short} has no parent number {number}"))
                        .remedy(format!("give a number from 1 to {parents}")),
                ),
                Some(_) => {}
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(Refused(findings)) }
    }

    fn apply(&self, day: NaiveDate, output: &mut Output) -> Result<Status> {
        let commits = self.commits()?;
        let chosen = self.targets(day, output)?;
        let (facts, attempts) = self.attempts(&commits, &chosen.targets)?;
        let sign_off = if self.args.signoff { Some(self.repo.sign_off()?) } else { None };
        let manner = self.manner(sign_off.as_deref());
        output.show(&render::backport::attempts(&facts, &attempts, &chosen.excepted, &manner));
        let (mut made, mut refused) = (Vec::new(), Vec::new());
        if !self.args.dry_run {
            self.make(&commits, &attempts, &manner, &mut made, &mut refused)?;
        }
        if output.is_json() {
            let document = Applied {
                day,
                attempts: &attempts,
                excepted: &chosen.excepted,
                made: &made,
                refused: &refused,
            };
            output.result(&render::json::document("backport", &document));
        } else {
            let remote = chosen.targets.first().and_then(|target| self.repo.push_remote(&target.branch).ok());
            let remote = remote.unwrap_or_else(|| "origin".to_owned());
            output.show(&render::backport::made(&made, self.current(), &remote));
            output.refuse(&refused);
        }
        let waits = |attempt: &Attempt| attempt.needs_person() || attempt.is_held(&manner);
        let well = refused.is_empty() && !attempts.iter().any(waits);
        Ok(if well { Status::Done } else { Status::Refused })
    }

    /// Makes what is clean: all or nothing on each branch, whatever becomes of the others.
    fn make(
        &self,
        commits: &[CommitId],
        attempts: &[Attempt],
        manner: &Manner<'_>,
        made: &mut Vec<Made>,
        refused: &mut Vec<Finding>,
    ) -> Result<()> {
        let mut messages = BTreeMap::new();
        for commit in commits {
            messages.insert(*commit, self.repo.said(*commit)?.message);
        }
        for attempt in attempts {
            let Some(advance) = attempt.advance(&messages, manner) else { continue };
            match self.repo.advance(&advance).map_err(|error| error.downcast::<Refused>()) {
                Ok(commits) => made.push(Made {
                    target: attempt.target.branch.clone(),
                    branch: advance.branch,
                    from: advance.from,
                    commits,
                }),
                Err(Ok(Refused(findings))) => refused.extend(findings),
                Err(Err(error)) => return Err(error),
            }
        }
        Ok(())
    }

    fn current(&self) -> Option<&str> {
        match &self.head {
            Head::Branch(name, _) => Some(name),
            Head::Detached(_) | Head::Unborn => None,
        }
    }

    fn resolve(&self, branch: &str, output: &mut Output) -> Result<Status> {
        let commits = self.commits()?;
        let glob = Glob::new(branch).context("this is no name of a branch")?;
        let choice = Choice { to: vec![glob], except: Vec::new() };
        let chosen = choose(self.ground.branches.clone(), &choice, |_| true).map_err(Refused)?;
        let [target] = chosen.targets.as_slice() else {
            let finding =
                Finding::error("several-targets", format!("`{branch}` fits more than one release branch"));
            return Err(Refused::from(finding.remedy("name one")).into());
        };
        let (_, attempts) = self.attempts(&commits, &chosen.targets)?;
        let steps = attempts.iter().flat_map(|attempt| &attempt.steps);
        let settled = |outcome: &Outcome| {
            matches!(outcome, Outcome::AlreadyThere(_) | Outcome::Stated { .. } | Outcome::Empty)
        };
        let open: Vec<_> = steps.filter(|step| !settled(&step.outcome)).collect();
        let files = open.iter().find_map(|step| match &step.outcome {
            Outcome::Conflict { files, .. } | Outcome::NeedsOthers { files, .. } => Some(files.as_slice()),
            _ => None,
        });
        let Some(files) = files else {
            let finding = Finding::error("no-conflict", format!("nothing conflicts on {}", target.branch));
            return Err(Refused::from(finding.remedy("run this without `--resolve`")).into());
        };
        let open: Vec<CommitId> = open.iter().map(|step| step.commit).collect();
        let work = self.begin(target, &open)?;
        match output.is_json() {
            true => output.result(&render::json::document("by-hand", &work)),
            false => output.show(&render::backport::by_hand(&work, files)),
        }
        Ok(Status::Done)
    }

    /// Makes the work tree in which `commits` are picked by hand.
    fn begin(&self, target: &Target, commits: &[CommitId]) -> Result<ByHand> {
        let release = &target.branch;
        let place = self.place(target, commits)?;
        let root = self.repo.root().canonicalize()?;
        let folder = match &self.args.worktree {
            Some(folder) => std::path::absolute(folder)?,
            None => {
                let name =
                    root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                root.with_file_name(format!("{name}-{}", place.branch(release).replace('/', "-")))
            }
        };
        self.repo.begin_by_hand(&Handwork {
            folder: &folder,
            branch: place.branch(release),
            start: place.start(),
            commits,
            mainline: self.args.mainline,
            sign_off: self.args.signoff,
        })?;
        Ok(ByHand::new(&root, &folder, release, &place))
    }

    /// Returns the branch that a person picks onto.
    fn place(&self, target: &Target, commits: &[CommitId]) -> Result<Place> {
        let name = |template: &BackportName| {
            let short = commits.first().map(|commit| commit.short()).unwrap_or_default();
            template.render(&short, &target.branch)
        };
        if let Some(template) = &self.project.config.names.backport_branch {
            return Ok(Place::Backport(name(template), target.tip));
        }
        let user = self.repo.work_tree_of(&target.branch)?;
        Ok(match (target.local, user) {
            (None, _) => Place::NewBranch(target.tip),
            (Some(_), Some(user)) => Place::Beside(name(&BackportName::default()), target.tip, user),
            (Some(local), None) if local != target.tip => {
                Place::Ahead(name(&BackportName::default()), target.tip)
            }
            (Some(_), None) => Place::Branch,
        })
    }

    fn status(&self, form: Form, day: NaiveDate, output: &mut Output) -> Result<Status> {
        let commits = self.commits()?;
        let Chosen { targets, excepted } = self.targets(day, output)?;
        let mut survey = Survey::read(self.repo, &self.ground.trunk_tip, &targets, &commits)?;
        let (facts, left_out) = if commits.is_empty() {
            went_somewhere(&mut survey, &mut |facts| self.ground.concerns_branch_only(self.repo, facts))?
        } else {
            (commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?, 0)
        };
        let mut rows = rows(&mut survey, &facts, &targets, &self.ground.statements)?;
        if commits.is_empty() {
            rows.retain(Row::has_gap);
        }
        let matrix = Matrix { branches: targets, excepted, rows, left_out };
        match form {
            Form::Human => output.result(&render::backport::matrix::human(&matrix)),
            Form::Json => output.result(&render::json::document("backports", &matrix)),
            Form::Markdown => output.result(&render::backport::matrix::markdown(&matrix)),
        }
        Ok(if matrix.has_gaps() { Status::Refused } else { Status::Done })
    }

    fn advisory(&self, id: &str, output: &mut Output) -> Result<Status> {
        let commits = self.commits()?;
        let targets = &self.ground.branches;
        let mut survey = Survey::read(self.repo, &self.ground.trunk_tip, targets, &commits)?;
        let given: Vec<Facts> = commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?;
        let lines = lines(&self.project.workspace, &self.project.config).map_err(Refused)?;
        let sources = Sources {
            repo: self.repo,
            ground: &self.ground,
            survey: &mut survey,
            names: &self.project.config.names.tag,
            tags: &self.refs.tags,
            lines: &lines.moving,
        };
        let report = report(sources, id, &given)?;
        match output.is_json() {
            true => output.result(&render::json::document("advisory", &report)),
            false => {
                output.result(&render::backport::advisory::toml(&report));
                report.findings.iter().for_each(|finding| output.finding(finding));
            }
        }
        let wrong = report.findings.iter().any(|finding| finding.severity == Severity::Error);
        Ok(if wrong { Status::Refused } else { Status::Done })
    }
}

#[derive(Serialize)]
struct Applied<'a> {
    day: NaiveDate,
    attempts: &'a [Attempt],
    #[serde(skip_serializing_if = "<[Excepted]>::is_empty")]
    excepted: &'a [Excepted],
    made: &'a [Made],
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    refused: &'a [Finding],
}
