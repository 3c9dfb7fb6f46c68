//! Which branch a check is about, and at which commit.

use anyhow::Result;

use super::session::Session;
use crate::ci::{self, Variables};
use crate::finding::{Finding, Refused};
use crate::git::{BranchName, CommitId, Head, Refs, Repo};
use crate::plan::preconditions;
use crate::project::{self, AskedMembers, CheckedOut, Project, Revision};
use crate::report::Report;
use crate::rule;
use crate::workspace::answer::Question;
use crate::workspace::dependencies::CargoView;

/// How like a name must be to one that is there, to be taken for it: from 0 to 1.
const LIKE: f64 = 0.8;

/// How many such names are told.
const TOLD: usize = 3;

/// What tells the branch that a check is about.
#[derive(Clone, Debug, Default)]
pub struct BranchSource {
    /// Its name, if somebody gives it: its tip is judged. Where no branch is checked out, as in CI, it
    /// names the branch that the commit which is checked out goes into, and that commit is judged.
    pub branch: Option<String>,
    /// The environment, in which CI tells it.
    pub variables: Variables,
}

/// A branch and a commit of it, and how they are known to be meant.
pub(super) struct CheckedBranch {
    pub(super) name: BranchName,
    why: String,
    pub(super) at: Revision,
}

impl CheckedBranch {
    /// Judges the commit that is checked out.
    fn checked_out(name: &BranchName, why: impl Into<String>, commit: CommitId) -> Self {
        Self { name: name.clone(), why: why.into(), at: Revision { commit, is_checked_out: true } }
    }

    /// Judges another one.
    fn elsewhere(name: &BranchName, why: impl Into<String>, commit: CommitId) -> Self {
        Self { name: name.clone(), why: why.into(), at: Revision { commit, is_checked_out: false } }
    }

    /// Tells which branch and commit are judged, and which remote counts.
    pub(super) fn tell(&self, refs: &Refs, report: &mut Report) {
        report.fact("branch", format!("{} ({})", self.name, self.why));
        report.fact("commit", self.at.commit.short());
        if let Some(remote) = refs.branches.remote_in_words() {
            report.fact("remote", remote);
        }
        report.findings.extend(refs.branches.doubt());
    }
}

/// A branch, and what Cargo is asked about it.
pub(super) struct AskedBranch {
    pub(super) refs: Refs,
    pub(super) branch: CheckedBranch,
    question: Question,
    /// What is checked out, and what Cargo was asked about it.
    here: Option<(CheckedOut, Option<AskedMembers>)>,
}

impl AskedBranch {
    /// Reads the project, or why it cannot be; beside it returns what Cargo need not be asked again.
    pub(super) fn read(&mut self, session: &Session<'_>) -> Result<(Result<Project>, CargoView)> {
        let (repo, location, at) = (&session.repo, &session.context.location, self.branch.at);
        let here = self.here.take();
        let (mut project, view) =
            Project::read_asking((repo, &self.refs), location, at, self.question, here)?;
        if let Ok(project) = &mut project
            && !at.is_checked_out
        {
            // A check runs no programs, and minds none that could not be run.
            project.notes.retain(|note| note.rule != rule::CONFIG_RUNS);
        }
        Ok((project, view))
    }
}

impl BranchSource {
    /// Finds the branch that is meant, and which question Cargo is asked about it, with the branches and tags.
    ///
    /// Unless a branch is named, Cargo is asked about what is checked out before git has told its configuration and
    /// before it is known what has changed: whoever guesses wrong without that asks twice.
    ///
    /// # Errors
    ///
    /// As [`Self::branch`], and those of `question`.
    pub(super) fn ask(
        &self,
        session: &Session<'_>,
        question: impl Fn(&Refs, &CheckedBranch) -> Result<Question>,
    ) -> Result<AskedBranch> {
        let (repo, location) = (&session.repo, &session.context.location);
        let found = project::found_refs(repo, location)?;
        let (mut asked, mut here) = (None, None);
        if self.branch.is_none() {
            let question = question(found.guess(), &self.find(&repo.head()?, found.guess())?)?;
            asked = AskedMembers::early(repo, location, question).map(|asked| (question, asked));
            here = CheckedOut::read(repo)?;
        }
        let mut refs = found.told(repo, location)?;
        let branch = self.branch(repo, &mut refs)?;
        let question = question(&refs, &branch)?;
        let asked = asked.filter(|(early, _)| *early == question).map(|(_, asked)| asked);
        Ok(AskedBranch { refs, branch, question, here: here.map(|here| (here, asked)) })
    }

    /// Returns the branch that is meant: the one that is named, else the one that CI's environment tells,
    /// else the one that is checked out.
    ///
    /// It is added to `refs`: that somebody names it shows that there is one, be it fetched or not.
    ///
    /// # Errors
    ///
    /// A refusal where none of them tells, where no branch has the name, and where there is no commit.
    fn branch(&self, repo: &Repo, refs: &mut Refs) -> Result<CheckedBranch> {
        let branch = self.find(&repo.head()?, refs)?;
        refs.branches.extend([branch.name.clone()]);
        Ok(branch)
    }

    fn find(&self, head: &Head, refs: &Refs) -> Result<CheckedBranch> {
        let commit = head.commit().ok_or_else(|| Refused::from(preconditions::no_commit()))?;
        if let Some(name) = &self.branch {
            return named(name, head, refs);
        }
        let run = ci::run(&self.variables);
        if let Some(run) = &run
            && let Some(branch) = run.branch()
        {
            let branch = BranchName::made(branch.to_owned()).map_err(Refused::from)?;
            return Ok(CheckedBranch::checked_out(
                &branch,
                format!("{}: {}", run.variable, run.about),
                commit,
            ));
        }
        match head {
            Head::Branch(name, _) => Ok(CheckedBranch::checked_out(name, "checked out", commit)),
            Head::Detached(_) | Head::Unborn => {
                let ci = run.map(|run| format!(", and CI is about {}", run.about)).unwrap_or_default();
                let message = format!("no branch is checked out{ci}");
                let remedy = "name the branch that this is about with `--branch`";
                Err(Refused::from(Finding::of(rule::NO_BRANCH, message).remedy(remedy)).into())
            }
        }
    }
}

/// Returns the branch with that name, given in short or in full.
fn named(stated: &str, head: &Head, refs: &Refs) -> Result<CheckedBranch> {
    let name = stated.strip_prefix("refs/heads/").unwrap_or(stated);
    let Some(branch) = BranchName::new(name) else {
        let message = format!("`--branch {stated}` names no branch: it cannot be the name of one");
        return Err(
            Refused::from(Finding::of(rule::BRANCH_NAME, message).remedy("give its short name")).into()
        );
    };
    let tracked = refs.branches.tracked_as(name.strip_prefix("refs/remotes/").unwrap_or(name));
    if let Some(short) = tracked.filter(|_| refs.branches.local(name).is_none()) {
        let message = format!("`{stated}` is what was fetched of the branch `{short}`");
        let finding = Finding::of(rule::BRANCH_NAME, message).remedy(format!("give `--branch {short}`"));
        return Err(Refused::from(finding).into());
    }
    match head {
        Head::Branch(current, commit) if *current == branch => {
            Ok(CheckedBranch::checked_out(&branch, "`--branch`, checked out", *commit))
        }
        Head::Detached(commit) => {
            Ok(CheckedBranch::checked_out(&branch, "`--branch`, for the commit that is checked out", *commit))
        }
        Head::Branch(..) | Head::Unborn => not_checked_out(&branch, refs),
    }
}

fn not_checked_out(name: &BranchName, refs: &Refs) -> Result<CheckedBranch> {
    let tip = refs.branches.tip(name);
    if let Some(commit) = tip.local {
        return Ok(CheckedBranch::elsewhere(name, "`--branch`, not checked out", commit));
    }
    let Some((remote, commit)) = tip.fetched else {
        return Err(Refused::from(no_branch(name, refs)).into());
    };
    Ok(CheckedBranch::elsewhere(name, format!("`--branch`, as fetched from {remote}"), commit))
}

fn no_branch(name: &BranchName, refs: &Refs) -> Finding {
    let likeness = |there: &BranchName| strsim::jaro_winkler(name.as_str(), there.as_str());
    let mut near: Vec<_> = refs.branches.names().map(|there| (likeness(there), there)).collect();
    near.retain(|(likeness, there)| *likeness > LIKE && *there != name);
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let near: Vec<String> = near.iter().take(TOLD).map(|(_, there)| format!("`{there}`")).collect();
    let question =
        if near.is_empty() { String::new() } else { format!("did you mean {}? ", near.join(" or ")) };
    if refs.branches.remotes().next().is_none() {
        return Finding::of(
            rule::NO_BRANCH,
            format!("there is no branch `{name}`, and no remote that has it"),
        )
        .remedy(format!("{question}`git branch` lists those that are here"));
    }
    let remote = refs.branches.remote_to_fetch();
    let message = format!("there is no branch `{name}` here, and none was fetched from {remote}");
    let fetch = format!("`git fetch {remote} +refs/heads/{name}:refs/remotes/{remote}/{name}` fetches it");
    Finding::of(rule::NO_BRANCH, message).remedy(format!("{question}{fetch}"))
}
