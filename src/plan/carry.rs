//! Sections of release branches, for the trunk's notes.

use crate::edit::notes::{Layout, Notes};
use crate::finding::Finding;
use crate::plan::branch_notes::{self, BranchNotes};
use crate::plan::bump::Bump;
use crate::plan::files::What;
use crate::plan::{Command, Plan, Request, cut, lines, notes, preconditions, refuse};
use crate::project::notes::files;
use crate::rule;

/// Plans to bring what the release branches in `from` have released, and the trunk's notes lack, to these.
///
/// # Errors
///
/// Every reason why it cannot be done.
pub fn plan(request: &Request<'_>, from: &[BranchNotes]) -> Result<Plan, Vec<Finding>> {
    let project = request.project;
    let lines = lines::lines(&project.workspace, &project.config)?;
    let mut findings = project.notes.clone();
    findings.extend(preconditions::on_trunk(request));
    let mut bump = Bump::default();
    let mut is_laid_out_so = false;
    for file in files(&project.config, &project.workspace) {
        let Some(now) = project.texts.get(&file.path) else { continue };
        let own = Notes::parse(&file.path, now, &file.config.style);
        let layout = notes::layout(&file, &own);
        if !matches!(layout, Some(Layout::Growing | Layout::Unreleased)) {
            continue;
        }
        is_laid_out_so = true;
        let mut carried = branch_notes::carried(request, &file, &own, from);
        bump.files.put(&file.path, What::Notes { layout }, Some(now), own.with_carried(&mut carried));
        findings.append(&mut carried.findings);
    }
    if bump.files.is_empty() {
        findings.push(nothing(is_laid_out_so));
    }
    let mut plan = Plan::new(request, Command::Notes, lines.lead.version.clone());
    let version = lines.lead.version.clone();
    let bump_branch = project.config.names.bump_branch.as_ref();
    let on_trunk = (&version, request.branch);
    let Some(on) = cut::target(request, bump_branch, on_trunk, &mut findings) else {
        return Err(findings);
    };
    let message = project.config.commit.carry.render(&request.values(&version, lines.lead));
    findings.extend(cut::commit(request, &mut plan, bump, version, on, message));
    plan.notes = refuse(findings)?;
    Ok(plan)
}

fn nothing(is_laid_out_so: bool) -> Finding {
    if is_laid_out_so {
        return Finding::of(rule::NOTHING_TO_DO, "the trunk's notes have the sections of all releases")
            .remedy("fetch the release branches and tags, if there are newer ones");
    }
    let message =
        "there are no notes that have the sections of all branches: each release branch keeps its own";
    Finding::of(rule::NOTHING_TO_DO, message)
        .remedy("state `[notes] layout`, as \"growing\" or \"unreleased\", if that is not so")
}
