//! The cut: the release branch from the trunk, and the trunk to its next version.

use semver::Version;

use crate::config::{Label, NameTemplate};
use crate::edit::notes::Layout;
use crate::finding::{Finding, Place};
use crate::git::{BranchName, CommitId};
use crate::plan::branch_notes::BranchNotes;
use crate::plan::bump::{self, Bump};
use crate::plan::course::{self, Course, CutExtent, Transition};
use crate::plan::files::What;
use crate::plan::lines::{self, Lines};
use crate::plan::{
    Command, Commit, NewBranch, Plan, Request, notes, preconditions, pull_request, refuse, room,
};
use crate::project::names::counting_minors;
use crate::rule;
use crate::train::Numbering;
use crate::version::{Step, plain};
use crate::workspace::Package;

/// What came before the tip of the trunk, so that the cut looks whether that was one already; and what there is
/// on release branches.
#[derive(Clone, Debug, Default)]
pub struct TipHistory {
    /// Its first parent.
    pub parent: Option<CommitId>,
    /// The other local branches whose tip has the same first parent.
    pub siblings: Vec<BranchName>,
    /// The notes of the release branches, where the trunk's are to have their sections.
    pub notes: Vec<BranchNotes>,
}

/// Plans the cut of the release branch for the trunk's version, and the trunk's step to the next.
///
/// # Errors
///
/// Every reason why it cannot be done.
pub fn plan(request: &Request<'_>, before: &TipHistory) -> Result<Plan, Vec<Finding>> {
    let project = request.project;
    let config = &project.config;
    let lines = lines::lines(&project.workspace, config)?;
    let version = plain(&lines.lead.version);
    let branch = BranchName::made(project.branch(&version)).map_err(|wrong| vec![wrong])?;

    let mut findings = project.notes.clone();
    findings.extend(lines.notes.iter().cloned());
    let released = config.prerelease.released(&version);
    if request.asked.cut == CutExtent::Elsewhere {
        findings.extend(preconditions::new_branch(request, &branch));
        findings.extend(preconditions::tagged_here(request, &released));
    } else {
        findings.extend(preconditions::on_trunk(request));
        findings.extend(preconditions::new_branch(request, &branch));
        findings.extend(preconditions::tag_is_free(request, &released));
        findings.extend(trunk_already_moved(request, before, &version));
    }
    findings.extend(preconditions::not_skipped(request, &version));
    findings.extend(request.asked.unmet(&lines));
    let mut used = vec![config.commit.cut.template()];
    used.extend(config.notes.enabled.then(|| config.notes.style.entry()));
    used.extend(config.prerelease.candidate.is_some().then(|| config.commit.candidate.template()));
    findings.extend(preconditions::repository(lines.lead, &used));
    findings.extend(unexpected_prerelease(request, &lines));

    let mut plan = Plan::new(request, Command::Branch, version);
    match &config.prerelease.candidate {
        None => findings.extend(release_branch(request, &lines, &mut plan, &branch)),
        Some(label) => findings.extend(candidate(request, &lines, &mut plan, label, &branch)),
    }
    if request.asked.cut == CutExtent::Whole {
        findings.extend(inferred_label(request, lines.lead));
        findings.extend(trunk(request, &lines, &mut plan, &branch, &before.notes));
    }
    plan.notes = refuse(findings)?;
    Ok(plan)
}

/// Plans what a cut of `branch` has left of itself: the trunk's step to the next version.
///
/// # Errors
///
/// Every reason why it cannot be done.
pub fn rest(
    request: &Request<'_>,
    lines: &Lines<'_>,
    branch: &BranchName,
    notes: &[BranchNotes],
) -> Result<Plan, Vec<Finding>> {
    let config = &request.project.config;
    let mut findings = request.project.notes.clone();
    findings.extend(lines.notes.iter().cloned());
    findings.extend(request.asked.unmet(lines));
    let mut used = vec![config.commit.cut.template()];
    used.extend(config.notes.enabled.then(|| config.notes.style.entry()));
    findings.extend(preconditions::repository(lines.lead, &used));
    findings.extend(unexpected_prerelease(request, lines));
    let mut plan = Plan::new(request, Command::Bump, plain(&lines.lead.version));
    findings.extend(inferred_label(request, lines.lead));
    findings.extend(trunk(request, lines, &mut plan, branch, notes));
    if let Some(commit) = plan.commits.last() {
        plan.version = commit.version.clone();
    }
    plan.notes = refuse(findings)?;
    Ok(plan)
}

/// Plans the release branch at the commit that is cut; with one more for its notes, where there are none.
fn release_branch(
    request: &Request<'_>,
    lines: &Lines<'_>,
    plan: &mut Plan,
    branch: &BranchName,
) -> Vec<Finding> {
    let version = plan.version.clone();
    // What is wrong with the template is said of the trunk.
    let Ok(Some((path, text))) = notes::first(request, lines.lead, &version) else {
        plan.branches.push(NewBranch { name: branch.clone(), at: request.project.commit });
        return Vec::new();
    };
    let mut bump = Bump::default();
    bump.files.put(&path, What::Notes { layout: Some(Layout::PerBranch) }, None, text);
    let message = request.project.config.commit.notes.render(&request.values(&version, lines.lead));
    let mut findings = Vec::new();
    let Some(on) = beginning(request, plan, branch, &version, &mut findings) else { return findings };
    findings.extend(commit(request, plan, bump, version, on, message));
    findings
}

/// Returns the branch that gets the first commit after the cut: the release branch itself, or the one that
/// stands for it, beside which it is made.
fn beginning(
    request: &Request<'_>,
    plan: &mut Plan,
    branch: &BranchName,
    version: &Version,
    findings: &mut Vec<Finding>,
) -> Option<Destination> {
    let template = request.project.config.names.release_branch.as_ref();
    if template.is_none() {
        return Some(Destination { branch: branch.clone(), is_made: true, base: None });
    }
    plan.branches.push(NewBranch { name: branch.clone(), at: request.project.commit });
    target(request, template, (version, branch), findings)
}

/// Plans the release branch's commit to the first release candidate.
fn candidate(
    request: &Request<'_>,
    lines: &Lines<'_>,
    plan: &mut Plan,
    label: &Label,
    branch: &BranchName,
) -> Vec<Finding> {
    let config = &request.project.config;
    let label = label.counting();
    let course = Course::new(config, Transition::Candidate(Step::None), Some(&label), &course::NOTHING);
    let mut bump = bump::bump((request.project, request.date), lines, &course);
    if let Ok(Some((path, text))) = notes::first(request, lines.lead, &plan.version) {
        bump.files.put(&path, What::Notes { layout: Some(Layout::PerBranch) }, None, text);
    }
    let version = bump.lead_version(lines.lead);
    let values = request.values(&version, lines.lead);
    // Of what is released already no candidate has a place in the notes; that it is, is said elsewhere.
    let is_released =
        request.project.tag_among(&config.prerelease.released(&version), request.refs).is_some();
    let dating = if is_released { notes::Dating::None } else { notes::Dating::Prerelease };
    let said = notes::date(request, &mut bump, dating, &version);
    let mut findings = said.unwrap_or_else(|wrong| wrong);
    let Some(on) = beginning(request, plan, branch, &version, &mut findings) else { return findings };
    findings.extend(commit(request, plan, bump, version, on, config.commit.candidate.render(&values)));
    findings
}

/// Plans the trunk's commit to the next version.
fn trunk(
    request: &Request<'_>,
    lines: &Lines<'_>,
    plan: &mut Plan,
    cut: &BranchName,
    on_branches: &[BranchNotes],
) -> Vec<Finding> {
    let config = &request.project.config;
    let (step, said) = level(request, &plan.version);
    let label = config.prerelease.trunk.as_ref().map(|label| label.numbered_as(&lines.lead.version));
    let course = Course::new(config, Transition::Step(step), label.as_ref(), request.asked);
    let mut bump = bump::bump((request.project, request.date), lines, &course);
    let next = bump.lead_version(lines.lead);
    let mut findings: Vec<Finding> = said.into_iter().collect();
    if bump.findings.is_empty() {
        findings.extend(room::check(request.project, lines, &bump, cut));
    }
    let said = notes::cut(request, &mut bump, lines.lead, [&plan.version, &next], cut, on_branches);
    findings.extend(said.unwrap_or_else(|wrong| wrong));
    let template = config.names.bump_branch.as_ref();
    let Some(on) = target(request, template, (&next, request.branch), &mut findings) else {
        return findings;
    };
    let message = config.commit.cut.render(&request.values(&next, lines.lead));
    findings.extend(commit(request, plan, bump, next, on, message));
    findings
}

/// Which branch gets a commit.
#[derive(Clone, Debug)]
pub(super) struct Destination {
    branch: BranchName,
    /// Whether it is made for that.
    is_made: bool,
    /// The branch to which a pull request brings it from there.
    base: Option<BranchName>,
}

/// Returns where a commit of `version` goes that is for the branch `base`: to the branch that `template` names,
/// or there itself. What stands in its way joins the `findings`.
pub(super) fn target(
    request: &Request<'_>,
    template: Option<&NameTemplate>,
    (version, base): (&Version, &BranchName),
    findings: &mut Vec<Finding>,
) -> Option<Destination> {
    let Some(template) = template else {
        return Some(Destination { branch: base.clone(), is_made: false, base: None });
    };
    // A suffix is for tags: each candidate and the release are prepared under one name.
    match BranchName::made(template.render(&plain(version), &request.project.name)) {
        Ok(name) => {
            findings.extend(preconditions::request_branch(request, &name));
            Some(Destination { branch: name, is_made: true, base: Some(base.clone()) })
        }
        Err(wrong) => {
            findings.push(wrong);
            None
        }
    }
}

/// Adds to `plan` the commit that `bump` makes; returns what stood in the way.
pub(super) fn commit(
    request: &Request<'_>,
    plan: &mut Plan,
    bump: Bump,
    version: Version,
    on: Destination,
    message: String,
) -> Vec<Finding> {
    let pull_request =
        on.base.map(|base| pull_request::of(request, plan, (&bump.moves, &version), base, &message));
    plan.commits.push(Commit {
        branch: on.branch,
        makes_branch: on.is_made,
        pull_request,
        parent: request.project.commit,
        version,
        lines: bump.moves,
        staying: bump.staying,
        files: bump.files.into_vec(|path| request.project.files.own_path(path)),
        unsettled: bump.unsettled,
        message,
    });
    bump.findings
}

/// Returns how far the trunk moves, and what is to be said of it: as it is asked, or as far as the schedule
/// counts; without a schedule by minors, where the latest two releases have been of the trunk's major.
pub fn level(request: &Request<'_>, version: &Version) -> (Step, Option<Finding>) {
    if let Some(step) = request.asked.level {
        return (step, None);
    }
    if let Some(train) = request.project.config.train() {
        let counts_minors = matches!(train.numbering, Numbering::Minor { major } if major > 0);
        return (if counts_minors { Step::Minor } else { Step::Major }, None);
    }
    match counting_minors(&request.project.config.names.branch, request.refs, version) {
        Some([one, other]) => {
            let message = format!("the trunk moves by a minor, as between {one}, {other} and {version}");
            let said = Finding::of(rule::LEVEL, message).remedy("give `--level major` for a major");
            (Step::Minor, Some(said))
        }
        None => (Step::Major, None),
    }
}

/// Says that the trunk keeps a label which nobody has stated.
pub(super) fn inferred_label(request: &Request<'_>, lead: &Package) -> Option<Finding> {
    let expected = &request.project.config.prerelease;
    let label = expected.trunk.as_ref().filter(|_| expected.is_inferred)?.as_str();
    let message = format!("the trunk's versions carry `{label}`, as {} does", lead.version);
    let remedy = format!("to be sure, state `[prerelease] trunk = \"{}\"`", lead.version.pre);
    Some(Finding::of(rule::PRERELEASE_INFERRED, message).remedy(remedy))
}

/// Finds lines whose version has a pre-release that the trunk is not to have.
fn unexpected_prerelease(request: &Request<'_>, lines: &Lines<'_>) -> Vec<Finding> {
    let expected = &request.project.config.prerelease;
    let is_expected = |version: &Version| {
        expected.is_release(version) || expected.trunk.as_ref().is_some_and(|label| label.is_on(version))
    };
    let wrong = lines.moving.iter().filter(|line| !is_expected(&line.version));
    let finding = |line: &lines::VersionLine<'_>| {
        let version = &line.version;
        let place =
            line.packages.first().and_then(|first| lines::version_place(&request.project.workspace, first));
        let example = expected.example(version);
        let remedy = match &example {
            Some(example) if lines.lead.version == *version => format!("set it to {example}"),
            _ => prerelease_remedy(lines, line),
        };
        let message = match example {
            None => format!("the trunk's version {version} is a pre-release, which is not expected"),
            Some(example) => {
                format!(
                    "the trunk's version {version} is a pre-release other than is expected, as in {example}"
                )
            }
        };
        Finding::of(rule::PRERELEASE, message).at(place).remedy(remedy)
    };
    wrong.map(finding).collect()
}

/// Returns what can be done about a pre-release: the trunk's own can be meant so, and a package with
/// a rhythm of its own can stay put.
fn prerelease_remedy(lines: &Lines<'_>, line: &lines::VersionLine<'_>) -> String {
    let Version { pre, .. } = &line.version;
    let set = format!("set it to {}", plain(&line.version));
    let names: Vec<String> = line.packages.iter().map(|package| format!("\"{}\"", package.name)).collect();
    match Label::try_from(pre.to_string()) {
        _ if lines.lead.version != line.version => {
            format!("{set}, or leave it out with `[[line]] packages = [{}], move = false`", names.join(", "))
        }
        Ok(label) => format!("{set}, or state `[prerelease] trunk = \"{}\"`", label.as_str()),
        Err(_) => set,
    }
}

/// Finds out whether the trunk's tip is the commit that the last cut made: then nothing has come
/// since, and what would be cut is the release just cut under the next number.
fn trunk_already_moved(request: &Request<'_>, before: &TipHistory, version: &Version) -> Option<Finding> {
    let names = &request.project.config.names;
    let lines = names.branch.lines(request.refs.branches.names());
    let (previous, branch) = lines.into_iter().rfind(|(older, _)| older < version)?;
    let parent = before.parent?;
    // With candidates the cut puts the first one on the release branch, beside the trunk's commit.
    let was_cut_at_parent =
        request.refs.branches.local(branch.as_str()) == Some(parent) || before.siblings.contains(branch);
    was_cut_at_parent.then(|| {
        let message = format!(
            "the trunk is already at the next version, {version}: nothing has come since {branch} was cut"
        );
        Finding::of(rule::TRUNK_ALREADY_MOVED, message)
            .at(Place::file(&request.project.workspace.root))
            .remedy(format!(
                "there is nothing to cut; to release {}, run `cargo relprep release` on {branch}",
                request.project.tag(&previous)
            ))
    })
}
