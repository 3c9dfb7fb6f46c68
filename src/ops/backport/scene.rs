//! What every form of `backport` reads.

use std::collections::BTreeSet;

use anyhow::{Context, Error, Result};
use chrono::NaiveDate;
use semver::Version;

use crate::backport::attempt::{Attempt, Request, attempt};
use crate::backport::evidence::Facts;
use crate::backport::ground::Ground;
use crate::backport::making::Manner;
use crate::backport::survey::Survey;
use crate::backport::targets::{Choice, Chosen, Target, choose};
use crate::cli::Output;
use crate::cli::backport::Args;
use crate::cli::options::Common;
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Head, Refs, Repo};
use crate::ops::calendar::Calendar;
use crate::project::{Lead, Project};
use crate::rule;
use crate::text::quoted;

/// Everything that was read.
pub(crate) struct Scene<'a> {
    pub(crate) common: &'a Common,
    pub(crate) args: &'a Args,
    pub(crate) repo: &'a Repo,
    pub(crate) head: Head,
    pub(crate) project: Project,
    pub(crate) refs: Refs,
    pub(crate) ground: Ground,
}

impl<'a> Scene<'a> {
    /// Reads the project as it is checked out, and the branches.
    pub(crate) fn read(common: &'a Common, args: &'a Args, repo: &'a Repo) -> Result<Self> {
        let head = repo.head()?;
        let commit = head.commit().context("the repository has no commit yet")?;
        let project = Project::read(repo, &common.location()?, commit, &repo.changed()?)?;
        let refs = repo.refs(project.config.preferred(common.remote.as_deref()))?;
        let ground = Ground::read(repo, &project, &refs)?;
        Ok(Self { common, args, repo, head, project, refs, ground })
    }
}

impl Scene<'_> {
    /// Returns the commits that were named, each once.
    pub(crate) fn commits(&self) -> Result<Vec<CommitId>> {
        let (mut commits, mut findings): (Vec<CommitId>, Vec<Finding>) = (Vec::new(), Vec::new());
        for name in &self.args.commits {
            match self.repo.commits_of(name).map_err(Error::downcast::<Refused>) {
                Ok(found) => commits.extend(found),
                Err(Ok(Refused(more))) => findings.extend(more),
                Err(Err(error)) => return Err(error),
            }
        }
        if !findings.is_empty() {
            return Err(Refused(findings).into());
        }
        let mut seen = BTreeSet::new();
        commits.retain(|commit| seen.insert(*commit));
        Ok(commits)
    }

    /// Returns the branches that are meant.
    pub(crate) fn targets(&self, day: NaiveDate, output: &mut Output) -> Result<Chosen> {
        let choice = Choice { to: self.args.to.clone(), except: self.args.except.clone() };
        let branches = self.ground.branches.clone();
        let config = &self.project.config;
        if config.train().is_none() {
            if choice.to.is_empty() && !output.is_json() {
                let message = format!(
                    "no calendar says which releases are in support on {day}: all release branches are taken"
                );
                output.finding(
                    &Finding::of(rule::NO_SCHEDULE, message).as_note().remedy("name some with `--to`"),
                );
            }
            return Ok(choose(branches, &choice, |_| true).map_err(Refused)?);
        }
        let lead = Lead { name: Some(self.ground.name.clone()), ..Lead::default() };
        let status = Calendar::of(Some((self.repo, &self.refs)), config.clone(), day, &lead)?.status();
        let supported = status.supported()?;
        let needs_fixes = |version: &Version| {
            let branch = config.names.branch.render(version, &self.ground.name);
            supported.contains(&branch.as_str())
        };
        let is_here = |name: &&&str| branches.iter().any(|target| target.branch == **name);
        let absent = supported.iter().filter(|name| choice.to.is_empty() && !is_here(name));
        let absent = absent.map(|name| (*name).to_owned()).collect();
        let chosen = choose(branches.clone(), &choice, needs_fixes).map_err(Refused)?;
        Ok(Chosen { absent, ..chosen })
    }

    /// Returns how commits are made.
    pub(crate) fn manner<'m>(&'m self, sign_off: Option<&'m str>, options: &'m [String]) -> Manner<'m> {
        let branch = self.project.config.names.backport_branch.as_ref();
        Manner { branch, sign_off, accept_flags: self.args.accept_flags, options }
    }

    /// Returns the options that a printed command must repeat to mean the same.
    pub(crate) fn options(&self) -> Vec<String> {
        let mut options = Vec::new();
        let paths = [("--manifest-path", &self.common.manifest_path), ("--config", &self.common.config)];
        for (option, path) in paths {
            let path = path.iter().map(|path| quoted(&path.to_string_lossy()));
            options.extend(path.flat_map(|path| [option.to_owned(), path]));
        }
        options.extend(self.common.remote.iter().map(|remote| format!("--remote {}", quoted(remote))));
        options.extend(self.args.mainline.map(|number| format!("--mainline {number}")));
        let switches = [("--signoff", self.args.signoff), ("--again", self.args.again)];
        options.extend(switches.iter().filter(|(_, given)| *given).map(|(option, _)| (*option).to_owned()));
        options
    }

    /// Tries `commits` on `targets`.
    pub(crate) fn attempts(
        &self,
        commits: &[CommitId],
        targets: &[Target],
    ) -> Result<(Vec<Facts>, Vec<Attempt>)> {
        let mut survey = Survey::read(self.repo, &self.ground.trunk_tip, targets, commits)?;
        let facts: Vec<Facts> = commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?;
        self.check_merges(&facts)?;
        let notes = &self.project.config.notes;
        let request = Request {
            commits: &facts,
            mainline: self.args.mainline,
            again: self.args.again,
            notes: notes.enabled.then_some((&notes.file, &notes.style)),
            ground: &self.ground,
        };
        let mut attempts = Vec::new();
        for target in targets.iter().enumerate() {
            attempts.push(attempt(self.repo, &mut survey, &request, target)?);
        }
        Ok((facts, attempts))
    }

    /// Refuses merges without `--mainline`, and parents that they do not have.
    fn check_merges(&self, commits: &[Facts]) -> Result<(), Refused> {
        let mut findings = Vec::new();
        for facts in commits.iter().filter(|facts| facts.merge) {
            let short = facts.id.short();
            let parents = self.repo.commit_info(facts.id).map_or(0, |said| said.parents.len());
            match self.args.mainline {
                None => findings.push(
                    Finding::of(rule::MERGE, format!("{short} is a merge: it is not said what it changes")).remedy(
                        "give the commits that it merged, or with `--mainline 1` all of its changes as one",
                    ),
                ),
                Some(number) if number as usize > parents => findings.push(
                    Finding::of(rule::MAINLINE, format!("{short} has no parent number {number}"))
                        .remedy(format!("give a number from 1 to {parents}")),
                ),
                Some(_) => {}
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(Refused(findings)) }
    }
}
