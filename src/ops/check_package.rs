//! Packing what is published, as before it is uploaded.

use std::collections::BTreeMap;

use anyhow::Result;

use super::session::Session;
use crate::check::Subject;
use crate::check::packing::{self, Batch};
use crate::finding::Finding;
use crate::plan::dependency::entries;
use crate::report::Report;
use crate::rule;
use crate::workspace::rehearsal::{self, Packing};
use crate::workspace::{Package, Workspace};

/// How often packing is tried anew, without the packages that cannot be packed.
const TRIES: usize = 8;

/// Packs what is published, for each registry at once.
pub(super) fn package(
    session: &Session<'_>,
    subject: &Subject<'_>,
    verify: bool,
    report: &mut Report,
) -> Result<Vec<Finding>> {
    let workspace = &subject.request.project.workspace;
    let mut packed = BTreeMap::new();
    let mut findings: Vec<Finding> = Vec::new();
    for batch in packing::batches(workspace) {
        let found = pack(session, subject, batch, verify, &mut packed)?;
        for (finding, package) in found {
            let is_known = package.is_some_and(|one| packing::is_known(&report.findings, &finding, one));
            if !is_known && !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    let published = workspace.packages.iter().filter(|package| package.is_published()).count();
    let but = if packed.len() < published { format!(" of {published}") } else { String::new() };
    report.fact("packed", format!("{}{but}", packed.len()));
    findings.extend(packing::too_large(workspace, &packed.into_iter().collect::<Vec<_>>()));
    Ok(findings)
}

/// Packs a batch, and adds to `packed` the files and their sizes; a package that cannot be packed is left out in the
/// next try, so that all of them are found.
fn pack<'s>(
    session: &Session<'_>,
    subject: &'s Subject<'_>,
    mut batch: Batch<'s>,
    verify: bool,
    packed: &mut BTreeMap<String, u64>,
) -> Result<Vec<(Finding, Option<&'s Package>)>> {
    let (repo, project) = (&session.repo, subject.request.project);
    let workspace = &project.workspace;
    let manifest = repo.root().join(&workspace.root);
    let mut findings = Vec::new();
    for _ in 0..TRIES {
        if batch.members.is_empty() {
            return Ok(findings);
        }
        let others = workspace.packages.iter().filter(|package| package.is_published());
        let others = others.map(|package| package.name.as_str()).filter(|name| !batch.members.contains(name));
        let exclude: Vec<&str> = workspace.unpublished().into_iter().chain(others).collect();
        let said = match rehearsal::pack(&manifest, batch.registry, &exclude, verify)? {
            Packing::Packed(files) => {
                packed.extend(files);
                return Ok(findings);
            }
            Packing::Refused(said) => said.shown(repo, &project.files)??,
        };
        let (finding, about) = packing::refused(workspace, &said);
        findings.push((finding, about));
        let Some(about) = about.filter(|about| batch.members.contains(about.name.as_str())) else {
            return Ok(findings);
        };
        let left_out = dependents(workspace, about);
        batch.members.retain(|name| !left_out.contains(name));
    }
    if !batch.members.is_empty() {
        let names: Vec<&str> = batch.members.into_iter().collect();
        let message =
            format!("whether these can be packed is unchecked, after so many refusals: {}", names.join(", "));
        let finding = Finding::of(rule::PACKAGE_REHEARSAL, message).as_note();
        findings.push((finding.remedy("put the others right first"), None));
    }
    Ok(findings)
}

/// Returns the names of a package and of those that require it, directly or not.
fn dependents<'w>(workspace: &'w Workspace, package: &'w Package) -> Vec<&'w str> {
    let entries = entries(workspace);
    let mut found = vec![package.name.as_str()];
    let mut at = 0;
    while let Some(name) = found.get(at).copied() {
        at += 1;
        let is_required = |required: Option<&Package>| required.is_some_and(|required| required.name == name);
        let requiring = entries.iter().filter(|entry| is_required(entry.required()));
        for name in requiring.map(|entry| entry.package.name.as_str()) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}
