//! What happens on a release branch: the next candidate, the release, a patch.

use std::collections::BTreeMap;

use semver::Version;

use crate::config::{Label, TextTemplate};
use crate::finding::Finding;
use crate::git::BranchName;
use crate::plan::branch_notes::BranchNotes;
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

/// Plans to move the versions of the trunk or of a release branch.
///
/// On a trunk whose release branch was cut before, and whose version is not released, that is the rest of the
/// cut; `notes` are those of the release branches, as for a cut.
///
/// # Errors
///
/// Every reason why it cannot be done.
pub fn bump(request: &Request<'_>, notes: &[BranchNotes]) -> Result<Plan, Vec<Finding>> {
    let config = &request.project.config;
    let lines = lines::lines(&request.project.workspace, config)?;
    let (version, asked) = (&lines.lead.version, request.asked);
    let on_trunk = *request.branch == request.trunk();
    if on_trunk
        && let Some((_, branch)) = lines_of(request).get_key_value(&plain(version))
        && request.project.tag_among(&config.prerelease.released(version), request.refs).is_none()
    {
        return cut::rest(request, &lines, branch, notes);
    }
    let is_release = config.prerelease.is_release(version);
    let trunk_label = config.prerelease.trunk.as_ref().filter(|label| on_trunk && label.is_on(version));
    let (transition, label) = match &asked.lead {
        Some(to) if !is_release && plain(to) == plain(version) && to.pre.is_empty() => {
            (Transition::Release, release_label(request))
        }
        Some(to) if !to.pre.is_empty() && plain(to) == plain(version) => {
            (Transition::Candidate(Step::None), Label::of(to))
        }
        Some(to) if to.pre.is_empty() => (Transition::Step(Step::Patch), release_label(request)),
        None if !is_release
            && trunk_label.is_none()
            && asked.level.is_some_and(|by| completes(version, by)) =>
        {
            (Transition::Release, release_label(request))
        }
        _ => {
            let label = trunk_label.map(|label| label.numbered_as(version));
            (Transition::Step(asked.level.unwrap_or(Step::Patch)), label.or_else(|| release_label(request)))
        }
    };
    let mut findings = Vec::new();
    if asked.lead.is_none() && asked.level.is_none() && !is_release {
        findings.push(unclear(version));
    } else if trunk_label.is_some() && asked.lead.is_none() {
        findings.extend(cut::inferred_label(request, lines.lead));
    }
    let job = Job {
        command: Command::Bump,
        transition,
        label,
        message: config.commit.patch.as_ref().unwrap_or(&config.commit.release),
        dating: if asked.is_undated { notes::Dating::None } else { notes::Dating::Patch },
    };
    job.plan(request, &lines, findings)
}

/// Returns the release branches, by the first version of their lines.
fn lines_of<'r>(request: &Request<'r>) -> BTreeMap<Version, &'r BranchName> {
    request.project.config.names.branch.lines(request.refs.branches.names())
}

/// Returns whether the release that a pre-release leads to is the one that such a step leads to: 2.1.0-rc.1 is on its
/// way to a minor release, and a patch is as far as any goes.
fn completes(version: &Version, by: Step) -> bool {
    match by {
        Step::Major if version.major > 0 => version.minor == 0 && version.patch == 0,
        Step::Major | Step::Minor => version.patch == 0 || version.major == 0 && version.minor == 0,
        Step::Patch => true,
        Step::None => false,
    }
}

fn unclear(version: &Version) -> Finding {
    Finding::of(rule::PRERELEASE, format!("{version} is a pre-release, and where it goes is not said"))
        .remedy(format!(
            "give `--to {}`, or another version; or cut its branch with `cargo relprep branch`",
            plain(version)
        ))
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
        dating: notes::Dating::Prerelease,
    };
    job.plan(request, &lines, released.into_iter().collect())
}

/// What they have in common: one commit on one branch.
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
        let is_bump = self.command == Command::Bump;
        if !is_bump && let Some(elsewhere) = preconditions::on_release_branch(request, &lines.lead.version) {
            findings.push(elsewhere);
            if *request.branch == request.trunk() {
                return Err(findings);
            }
        }
        findings.extend(request.asked.unmet(lines));
        let course = Course::new(config, self.transition, self.label.as_ref(), request.asked);
        let mut bump = bump::bump((request.project, request.date), lines, &course);
        let version = bump.lead_version(lines.lead);
        if is_bump {
            findings.extend(preconditions::on_trunk_or_release_branch(
                request,
                &lines.lead.version,
                &version,
            ));
        }
        findings.extend(preconditions::not_skipped(request, &version));
        findings.extend(preconditions::tag_is_free(request, &version));
        findings.extend(preconditions::on_branch_of_patch(request, &version));
        // A pre-release is no release, and its notes go on unless they have a section for it.
        let is_release = config.prerelease.is_release(&version);
        let (dating, template) = match is_bump && !is_release {
            true if config.prerelease.is_trunks(&version) || self.dating == notes::Dating::None => {
                (notes::Dating::None, &config.commit.cut)
            }
            true => (notes::Dating::Prerelease, &config.commit.cut),
            false => (self.dating, self.message),
        };
        match notes::date(request, &mut bump, dating, &version) {
            Ok(said) if bump.files.is_empty() && bump.findings.is_empty() => {
                findings.extend(said);
                findings.push(nothing_to_do(self.command, &version));
            }
            Ok(said) | Err(said) => findings.extend(said),
        }
        let names = &config.names;
        let on_trunk = *request.branch == request.trunk();
        let elsewhere = if on_trunk { &names.bump_branch } else { &names.release_branch };
        let here = (&version, request.branch);
        let Some(on) = cut::target(request, elsewhere.as_ref(), here, &mut findings) else {
            return Err(findings);
        };
        // Of a patch, whose version names no release branch.
        let values =
            Values { branch: Some(request.branch.to_string()), ..request.values(&version, lines.lead) };
        let message = template.render(&values);
        let mut plan = Plan::new(request, self.command, version.clone());
        plan.superseded = superseded(lines, config.prerelease.candidate.as_ref());
        findings.extend(cut::commit(request, &mut plan, bump, version, on, message));
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
