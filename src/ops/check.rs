//! What must hold before a release, on one branch; and that a commit changes versions alone.

use anyhow::Result;

use super::about::{AskedBranch, BranchSource};
use super::check_options::{self, CheckOptions};
use super::session::Session;
use crate::check::{self, BranchKind, read};
use crate::finding::{Finding, Refused};
use crate::only_versions;
use crate::plan::Request;
use crate::plan::course;
use crate::project::Project;
use crate::report::Report;
use crate::rule;
use crate::workspace::answer::Question;
use crate::workspace::dependencies::Answers;

/// Asks every rule that is on about a branch.
///
/// # Errors
///
/// A refusal if it is not known which branch is meant, or its project cannot be read.
pub fn check(session: &Session<'_>, about: &BranchSource, options: CheckOptions) -> Result<Report> {
    let (repo, location) = (&session.repo, &session.context.location);
    let mut asked =
        about.ask(session, |refs, branch| read::question((repo, refs), location, branch.at, &branch.name))?;
    let (project, view) = asked.read(session)?;
    let (AskedBranch { refs, branch, .. }, project) = (asked, project?);
    let date = session.context.date;
    let request =
        Request { project: &project, branch: &branch.name, refs: &refs, date, asked: &course::NOTHING };
    let train = project.config.train();
    let cargo = Answers::new(repo, &project.files, view);
    let subject = read::subject(repo, &request, train.as_ref(), &cargo)?;

    let mut report = Report::new("check", format!("{} at {}", branch.name, subject.lead.version));
    branch.tell(&refs, &mut report);
    report.fact("date", date.to_string());
    if subject.role == BranchKind::Other {
        report.fact("skipped", "what depends on the branch: it is neither a release branch nor the trunk");
    }
    if let Ok(order) = check::publish_order(&subject) {
        report.fact("publish", if order.is_empty() { "nothing".to_owned() } else { order.join(", ") });
    }
    report.findings.extend(check::run(&subject));
    check_options::ask(session, &subject, options, branch.at.is_checked_out, &mut report)?;
    project.config.check.settle(&mut report.findings);
    Ok(report)
}

/// Checks that only versions differ between `base`, its parent if there is none, and a branch's commit.
///
/// # Errors
///
/// As [`check()`], and a refusal if there is no such commit.
pub fn only_versions(session: &Session<'_>, about: &BranchSource, base: Option<&str>) -> Result<Report> {
    let Session { context, repo } = session;
    let mut asked = about.ask(session, |_, _| Ok(Question::Members))?;
    let project = asked.read(session)?.0?;
    let refs = asked.refs;
    let before = match base {
        None => repo.parent(project.commit)?,
        Some(base) => repo.resolve(base)?,
    };
    let before = before.ok_or_else(|| {
        let base = base.map_or_else(|| format!("{}^", project.commit.short()), str::to_owned);
        Refused::from(
            Finding::of(rule::NO_BASE, format!("there is no commit `{base}` to compare with"))
                .remedy("name one that is there; a shallow clone may need `git fetch --deepen=1`"),
        )
    })?;
    let differences = repo.changed_files(before, project.commit)?;
    let earlier = Project::read_commit((repo, &refs), &context.location, before)?;
    let title = format!("only versions from {} to {}", before.short(), project.commit.short());
    let mut report = Report::new("check --only-versions", title);
    report.fact("files", differences.len().to_string());
    report.findings = only_versions::findings(&earlier, &project, &differences);
    Ok(report)
}
