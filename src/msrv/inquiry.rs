//! One question about a branch, from the repository to the report.

use anyhow::Result;
use semver::Version;

use super::baseline::{self, BaselineOverride, Search};
use super::promised::PromisedBy;
pub use super::read::Inquiry;
use super::scope::PromisedPackages;
use super::{exception, judge, read, trunk};
use crate::config::Config;
use crate::finding::{Finding, Refused};
use crate::git::{BranchName, CommitId, Refs, Repo};
use crate::plan::Request;
use crate::project::lead::{self, product};
use crate::project::names::is_like_release_branch;
use crate::project::{Location, Project, Revision, nearest_package};
use crate::report::Report;
use crate::rule;
use crate::rust_version::RustVersion;
use crate::train::Train;
use crate::workspace::answer::Question;

/// What a branch promises about Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// That this Rust is enough.
    Rust(RustVersion),
    /// Nothing, or nobody knows what.
    Unknown,
    /// Nothing, and need not: it is neither a release branch nor the trunk.
    Exempt,
}

impl From<Option<RustVersion>> for Promise {
    fn from(version: Option<RustVersion>) -> Self {
        version.map_or(Self::Unknown, Self::Rust)
    }
}

impl Inquiry<'_> {
    /// Adds facts to `report`, and the findings as `[check]` weighs them, and returns what the branch promises.
    ///
    /// # Errors
    ///
    /// If git or Cargo fail, or there is no lead package.
    pub fn report(&self, report: &mut Report) -> Result<Promise> {
        let mut found = Report::default();
        let promise = self.ask(&mut found)?;
        report.facts.append(&mut found.facts);
        let levels = &self.request.project.config.check;
        report.findings.extend(levels.all_weighed(rule::MSRV, found.findings));
        Ok(promise)
    }

    fn ask(&self, report: &mut Report) -> Result<Promise> {
        let config = &self.request.project.config;
        let line = config.names.branch.line(self.request.branch);
        let is_lts = |version: &Version| {
            let number = |train: &Train| Some(train.support.is_lts(train.number_of(version)?));
            self.train.and_then(number).unwrap_or(false)
        };
        let (exception, said) = exception::of_line(&config.msrv.exceptions, line.as_ref(), is_lts);
        report.findings.extend(said);
        match line {
            Some(line) => self.release_line(&line, exception, report),
            None if *self.request.branch == self.request.trunk() => self.trunk(report),
            None => Ok(self.other(report)),
        }
    }

    /// Lets a topic branch pass, and no release branch that is named in a way that is not known.
    fn other(&self, report: &mut Report) -> Promise {
        let Request { project, branch, .. } = *self.request;
        let mut own: Vec<&str> = project.workspace.names().into_iter().collect();
        own.push(&project.name);
        if !is_like_release_branch(branch.as_str(), &own) {
            report.fact("skipped", "this is not a release branch, and promises nothing");
            return Promise::Exempt;
        }
        let names = &project.config.names.branch;
        let message = format!(
            "`{branch}` looks like a release branch, and by `names.branch`, {names}, it is none: it is unchecked"
        );
        let remedy = "state `names.branch` so that it names this branch; or check the branch that this goes into, \
                      with `--branch`";
        report.findings.push(Finding::of(rule::BRANCH_UNKNOWN, message).remedy(remedy));
        Promise::Unknown
    }

    fn release_line(
        &self,
        line: &Version,
        exception: Option<&crate::config::msrv::MsrvException>,
        report: &mut Report,
    ) -> Result<Promise> {
        let project = self.request.project;
        let lead = lead::package(&project.workspace, &project.config).map_err(Refused)?;
        let evidence = match read::evidence(self, line, lead)? {
            Ok(evidence) => evidence,
            Err(finding) => {
                report.findings.push(finding);
                return Ok(Promise::Unknown);
            }
        };
        let verdict = judge(&evidence, exception);
        report.fact("baseline", evidence.source.to_string());
        if let Some(promise) = verdict.promise {
            let why = match evidence.promised().map(|promised| promised.by) {
                Some(PromisedBy::User) => ", as `--baseline-rust-version` says",
                Some(PromisedBy::Toolchain) => ", by the toolchain file: no member declares a `rust-version`",
                Some(PromisedBy::Declaration) | None => "",
            };
            report.fact("promised", format!("Rust {promise}{why}"));
        }
        report.fact("declared", evidence.held.described(verdict.declaring));
        report.fact("dependencies", evidence.lock.to_string());
        report.findings.extend(verdict.findings);
        Ok(verdict.promise.into())
    }

    /// Holds the trunk behind the stable Rust of the day.
    fn trunk(&self, report: &mut Report) -> Result<Promise> {
        let Request { project, date, .. } = *self.request;
        let now = read::now(self.repo, project, &PromisedPackages::of(project))?;
        let lead = lead::package(&project.workspace, &project.config);
        let promised = now.promise(lead.map_or("", |lead| &lead.name));
        if let Some(promised) = promised {
            report.fact("declared", format!("Rust {promised}"));
        }
        let Some(behind) = project.config.msrv.behind_stable else {
            report.fact("skipped", "this is the trunk, and no `msrv.behind-stable` holds it back");
            return Ok(promised.into());
        };
        let stable = RustVersion::stable_on(date);
        report.fact("stable", format!("Rust {stable} on {date}"));
        report.fact("newest allowed", format!("Rust {}, {behind} releases behind it", stable.back(behind)));
        report.findings.extend(trunk::judge(&now, date, behind));
        Ok(promised.into())
    }
}

/// Returns what Cargo will be asked of `branch` at a commit, as far as its lock file and that of the line's first
/// release tell before anything is read: whoever is wrong here asks twice.
///
/// # Errors
///
/// If the repository cannot be read.
pub fn question(
    (repo, refs): (&Repo, &Refs),
    location: &Location,
    at: Revision,
    branch: &BranchName,
    stated: &BaselineOverride,
) -> Result<Question> {
    let Ok((config, root)) = Project::config_above((repo, refs), location, at) else {
        return Ok(Question::Members);
    };
    let line = config.names.branch.line(branch);
    let then = match (&stated.revision, line) {
        (Some(revision), Some(_)) => repo.resolve(revision)?,
        (None, Some(line)) => {
            let name = product(&config, nearest_package(location).as_deref());
            let tagged = |tag: String| refs.tags.get(tag.as_str()).map(|tag| tag.commit);
            config.names.tag.all(&line, &name).find_map(tagged)
        }
        (_, None) => None,
    };
    let (Some(then), Some(lock)) = (then, root.sibling("Cargo.lock")) else { return Ok(Question::Members) };
    Ok(match read::third_parties_differ(repo, &lock, (then, at.commit))? {
        true => Question::Dependencies,
        false => Question::Members,
    })
}

/// Reads the project `at` a commit where Cargo refuses its workspace, as it does when an edition needs
/// more than the `rust-version` beside it: with the members that it had when the promise was made.
///
/// Returns `None` where that does not help either.
///
/// # Errors
///
/// If the repository cannot be read.
pub fn refused_project(
    repo: &Repo,
    location: &Location,
    at: Revision,
    branch: &BranchName,
    refs: &Refs,
    stated: &BaselineOverride,
) -> Result<Option<Project>> {
    let Ok((config, _)) = Project::config_at((repo, refs), location, at) else { return Ok(None) };
    // Cargo does not tell the lead package here.
    let name = product(&config, nearest_package(location).as_deref());
    let Some(then) = promised_at(repo, (&config, &name), at.commit, branch, refs, stated)? else {
        return Ok(None);
    };
    Ok(Project::read_with_members_of((repo, refs), location, at, then).ok())
}

fn promised_at(
    repo: &Repo,
    (config, name): (&Config, &str),
    tip: CommitId,
    branch: &BranchName,
    refs: &Refs,
    stated: &BaselineOverride,
) -> Result<Option<CommitId>> {
    let Some(line) = config.names.branch.line(branch) else { return Ok(None) };
    let search = Search {
        tags: &config.names.tag.all(&line, name).collect::<Vec<_>>(),
        is_tag_assumed: config.names.tag.is_assumed(),
        line: &line,
        holds: &line,
        tip,
        trunk: &config.trunk_in(refs),
        refs,
        stated,
    };
    Ok(baseline::find(repo, &search)?.ok().and_then(|source| source.commit()))
}
