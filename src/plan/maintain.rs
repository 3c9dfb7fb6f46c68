//! What happens on a release branch: the next candidate, the release, a patch.

use semver::Version;

use crate::config::{Label, TextTemplate};
use crate::finding::Finding;
use crate::plan::bump;
use crate::plan::course::{Course, Transition};
use crate::plan::lines::{self, Lines};
use crate::plan::{Command, Plan, Request, Superseded, cut, notes, preconditions, refuse};
use crate::rule;
use crate::template::Values;
use crate::version::{Step, plain};

/// Plans the patch release after the one that the branch holds.
///
/// # Errors
///
/// Every reason why it cannot be done.
pub fn patch(request: &Request<'_>) -> Result<Plan, Vec<Finding>> {
    let lines = lines::lines(&request.project.workspace, &request.project.config)?;
    let commit = &request.project.config.commit;
    let mut findings = unreleased(request, &lines);
    findings.extend(never_released(request, &lines));
    let job = Job {
        command: Command::Patch,
        transition: Transition::Step(request.asked.level.unwrap_or(Step::Patch)),
        label: release_label(request),
        message: commit.patch.as_ref().unwrap_or(&commit.release),
        dating: notes::Dating::Patch,
    };
    job.plan(request, &lines, findings)
}

/// Plans the release of the version that the branch is for: without a pre-release, its notes dated.
///
/// # Errors
///
/// Every reason why it cannot be done.
pub fn release(request: &Request<'_>) -> Result<Plan, Vec<Finding>> {
    let lines = lines::lines(&request.project.workspace, &request.project.config)?;
    // What follows a candidate of a patch is a patch.
    let first = request.project.config.names.branch.line(request.branch);
    let is_first = first.is_none_or(|first| first == plain(&lines.lead.version));
    let job = Job {
        command: Command::Release,
        transition: Transition::Release,
        label: release_label(request),
        message: &request.project.config.commit.release,
        dating: if is_first { notes::Dating::Release } else { notes::Dating::Patch },
    };
    job.plan(request, &lines, Vec::new())
}

/// Plans the next release candidate.
///
/// # Errors
///
/// Every reason why it cannot be done.
pub fn candidate(request: &Request<'_>) -> Result<Plan, Vec<Finding>> {
    let config = &request.project.config;
    let lines = lines::lines(&request.project.workspace, config)?;
    let Some(label) = &config.prerelease.candidate else {
        let finding = Finding::of(rule::NO_CANDIDATES, "this train has no release candidates")
            .remedy("state `[prerelease] candidate = \"rc\"`, or run `cargo relprep release`");
        return Err(vec![finding]);
    };
    let of_next = request.asked.level.filter(|_| config.prerelease.is_release(&lines.lead.version));
    let released = match of_next {
        None if request.asked.lead.is_none() => preconditions::not_released(request, &lines.lead.version),
        _ => None,
    };
    let job = Job {
        command: Command::Rc,
        transition: Transition::Candidate(of_next.unwrap_or(Step::None)),
        label: Some(label.counting()),
        message: &config.commit.candidate,
        dating: notes::Dating::None,
    };
    job.plan(request, &lines, released.into_iter().collect())
}

/// What the three have in common: one commit on a release branch.
struct Job<'a> {
    command: Command,
    transition: Transition,
    label: Option<Label>,
    message: &'a TextTemplate,
    dating: notes::Dating,
}

impl Job<'_> {
    fn plan(
        self,
        request: &Request<'_>,
        lines: &Lines<'_>,
        mut findings: Vec<Finding>,
    ) -> Result<Plan, Vec<Finding>> {
        let config = &request.project.config;
        findings.extend(request.project.notes.iter().cloned());
        findings.extend(lines.notes.iter().cloned());
        findings.extend(preconditions::repository(lines.lead, &[self.message.template()]));
        findings.extend(preconditions::on_release_branch(request, &lines.lead.version));

        findings.extend(request.asked.unmet(lines));

        let course = Course::new(config, self.transition, self.label.as_ref(), request.asked);
        let mut bump = bump::bump(request.project, lines, &course);
        let version = bump.lead_version(lines.lead);
        findings.extend(preconditions::not_skipped(request, &version));
        findings.extend(preconditions::tag_is_free(request, &version));
        match notes::date(request, &mut bump, self.dating, &version) {
            Ok(said) if bump.files.is_empty() && bump.findings.is_empty() => {
                findings.extend(said);
                findings.push(nothing_to_do(self.command, &version));
            }
            Ok(said) | Err(said) => findings.extend(said),
        }
        let template = config.names.release_branch.as_ref();
        let Some((on, makes_branch)) = cut::target(request, template, &version, &mut findings) else {
            return Err(findings);
        };
        // Of a patch, whose version names no release branch.
        let values =
            Values { branch: Some(request.branch.to_string()), ..request.values(&version, lines.lead) };
        let message = self.message.render(&values);
        let mut plan = Plan::new(request, self.command, version.clone());
        plan.superseded = superseded(lines, config.prerelease.candidate.as_ref());
        findings.extend(cut::commit(request, &mut plan, bump, version, on, makes_branch, message));
        plan.notes = refuse(findings)?;
        Ok(plan)
    }
}

/// Returns what a release's version carries.
fn release_label(request: &Request<'_>) -> Option<Label> {
    request.project.config.prerelease.release.clone()
}

/// Lists the candidates that the branch holds now, which something newer takes the place of.
fn superseded(lines: &Lines<'_>, candidate: Option<&Label>) -> Vec<Superseded> {
    let Some(label) = candidate else { return Vec::new() };
    let is_candidate =
        |version: &Version| crate::version::candidate_number(version, label.as_str()).is_some();
    let packages =
        lines.moving.iter().filter(|line| is_candidate(&line.version)).flat_map(|line| &line.packages);
    let mut superseded: Vec<Superseded> = packages
        .filter(|package| package.publication.is_somewhere())
        .map(|package| Superseded { package: package.name.clone(), version: package.version.clone() })
        .collect();
    superseded.sort();
    superseded
}

/// Finds lines that still carry a pre-release, which no patch can follow.
fn unreleased(request: &Request<'_>, lines: &Lines<'_>) -> Vec<Finding> {
    let prerelease = &request.project.config.prerelease;
    let wrong = lines.moving.iter().filter(|line| !prerelease.is_release(&line.version));
    let finding = |line: &lines::VersionLine<'_>| {
        let place =
            line.packages.first().and_then(|first| lines::version_place(&request.project.workspace, first));
        Finding::of(
            rule::PRERELEASE,
            format!("{} is a pre-release, and no patch can follow one", line.version),
        )
        .at(place)
        .remedy("run `cargo relprep release` first")
    };
    wrong.map(finding).collect()
}

/// Says that the version that the branch holds has no tag or, where there are no tags, that the notes
/// call it unreleased, as after a release that went wrong.
fn never_released(request: &Request<'_>, lines: &Lines<'_>) -> Option<Finding> {
    let version = &lines.lead.version;
    // On another branch that is what is wrong.
    if !request.project.config.prerelease.is_release(version)
        || preconditions::on_release_branch(request, version).is_some()
    {
        return None;
    }
    if let Some(place) = notes::unreleased(request, version).filter(|_| request.refs.tags.is_empty()) {
        let message = format!("{version} was never released, the notes say");
        let remedy = "run `cargo relprep release` first, unless it is meant to be passed over";
        return Some(Finding::of(rule::NEVER_RELEASED, message).at(place).remedy(remedy));
    }
    let tag = request.project.tag(version);
    let known = !request.refs.tags.is_empty() && request.project.tag_among(version, request.refs).is_none();
    known.then(|| {
        Finding::of(rule::NEVER_TAGGED, format!("{version} was never tagged as {tag}"))
            .remedy("fetch the tags, or make sure that it is meant to be passed over")
    })
}

fn nothing_to_do(command: Command, version: &Version) -> Finding {
    Finding::of(rule::NOTHING_TO_DO, format!("there is nothing to {command}: {version} is prepared already"))
        .remedy("tag and publish what is there, or run `cargo relprep patch` for the next one")
}
