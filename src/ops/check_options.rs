//! What `check` does beyond reading: packing what is published, and comparing interfaces.

use anyhow::Result;

use super::check_api;
use super::session::Session;
use crate::check::{Subject, packing};
use crate::finding::{Finding, Refused};
use crate::report::Report;
use crate::rule;
use crate::workspace::Package;
use crate::workspace::rehearsal::{self, Packing};

/// How often packing is tried anew, without the packages that cannot be packed.
const TRIES: usize = 8;

/// What is asked of `check` beyond its rules.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckOptions {
    /// Whether the published packages are packed.
    pub package: bool,
    /// Whether they are compiled as they were packed.
    pub verify: bool,
    /// Whether the interfaces of the libraries are compared.
    pub api: bool,
}

/// Does what `options` ask for.
pub(super) fn ask(
    session: &Session<'_>,
    subject: &Subject<'_>,
    options: CheckOptions,
    is_checked_out: bool,
    report: &mut Report,
) -> Result<()> {
    let mut findings = Vec::new();
    for (asked, option) in [(options.package, "--package"), (options.api, "--api")] {
        if asked && !is_checked_out {
            let message = format!(
                "`{option}` reads the work tree, and `{}` is not checked out",
                subject.request.branch
            );
            let remedy = format!("run `git switch {}` first", subject.request.branch);
            findings.push(Finding::of(rule::NOT_CHECKED_OUT, message).remedy(remedy));
        }
    }
    Refused::if_any(findings)?;
    if options.package {
        let found = package(session, subject, options.verify, report)?;
        report.findings.extend(weighed(subject, rule::PACKAGE_REHEARSAL, found));
    }
    if options.api {
        let found = check_api::interfaces(session, subject, report)?;
        report.findings.extend(weighed(subject, rule::API_HELD, found));
    }
    Ok(())
}

fn weighed<'s>(
    subject: &'s Subject<'_>,
    asked: rule::Rule,
    found: Vec<Finding>,
) -> impl Iterator<Item = Finding> + 's {
    subject.request.project.config.check.all_weighed(asked, found)
}

/// Packs what is published; a package that cannot be packed is left out in the next try, so that all of them are found.
fn package(
    session: &Session<'_>,
    subject: &Subject<'_>,
    verify: bool,
    report: &mut Report,
) -> Result<Vec<Finding>> {
    let (repo, project) = (&session.repo, subject.request.project);
    let workspace = &project.workspace;
    let mut exclude = workspace.unpublished();
    let published = workspace.packages.iter().filter(|package| package.is_published()).count();
    let manifest = repo.root().join(&workspace.root);
    let mut findings = Vec::new();
    for _ in 0..TRIES {
        if exclude.len() == published + workspace.unpublished().len() {
            break;
        }
        let said = match rehearsal::pack(&manifest, &exclude, verify)? {
            Packing::Packed(packed) => {
                report.fact("packed", packed.len().to_string());
                findings.extend(packing::too_large(workspace, &packed));
                break;
            }
            Packing::Refused(said) => said.shown(repo, &project.files)??,
        };
        let (finding, about) = packing::refused(workspace, &said);
        let left_out = about.map(|package| dependents(subject, package)).unwrap_or_default();
        findings.push(finding);
        if left_out.is_empty() {
            break;
        }
        exclude.extend(left_out);
    }
    Ok(findings)
}

/// Returns a package, and those that require it, directly or not.
fn dependents<'s>(subject: &'s Subject<'_>, package: &'s Package) -> Vec<&'s str> {
    let workspace = &subject.request.project.workspace;
    let entries = crate::plan::dependency::entries(workspace);
    let mut found = vec![package.name.as_str()];
    let mut at = 0;
    while let Some(name) = found.get(at).copied() {
        at += 1;
        let requiring =
            entries.iter().filter(|entry| entry.required.is_some_and(|required| required.name == name));
        for entry in requiring {
            let owner = workspace.packages.iter().find(|one| one.name == entry.package.name);
            if let Some(owner) = owner
                && !found.contains(&owner.name.as_str())
            {
                found.push(&owner.name);
            }
        }
    }
    found
}
