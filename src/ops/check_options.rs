//! What `check` does beyond reading: packing what is published, and comparing interfaces.

use std::path::PathBuf;

use anyhow::Result;

use super::session::Session;
use crate::check::{BranchKind, Subject, api, packing};
use crate::finding::{Finding, Place, Refused};
use crate::git::CommitId;
use crate::path::RepoPath;
use crate::report::Report;
use crate::rule::{self, Severity};
use crate::workspace::rehearsal::{self, Packing};
use crate::workspace::semver_checks::{self, Comparison};
use crate::workspace::{Package, Workspace};

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
        let found = interfaces(session, subject, report)?;
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

fn manifest(session: &Session<'_>, workspace: &Workspace) -> PathBuf {
    session.repo.root().join(&workspace.root)
}

/// Returns the names of the members that are not published.
fn unpublished(workspace: &Workspace) -> Vec<&str> {
    let packages = workspace.packages.iter().filter(|package| package.member && !package.is_published());
    packages
        .map(|package| package.name.as_str())
        .chain(workspace.unversioned.iter().map(String::as_str))
        .collect()
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
    let mut exclude = unpublished(workspace);
    let published = workspace.packages.iter().filter(|package| package.is_published()).count();
    let mut findings = Vec::new();
    for _ in 0..TRIES {
        if exclude.len() == published + unpublished(workspace).len() {
            break;
        }
        let said = match rehearsal::pack(&manifest(session, workspace), &exclude, verify)? {
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

/// Compares the interfaces of the published libraries with those of the line's last release; on the trunk with those
/// of the last one of all.
fn interfaces(session: &Session<'_>, subject: &Subject<'_>, report: &mut Report) -> Result<Vec<Finding>> {
    let (repo, project) = (&session.repo, subject.request.project);
    let Some((tag, commit)) = last_release(subject) else {
        let message = "the interfaces are unchecked: no release before this commit is tagged here";
        return Ok(vec![Finding::of(rule::API_HELD, message).as_note().remedy("run `git fetch --tags`")]);
    };
    let workspace = &project.workspace;
    let (release_type, severity) = match subject.role {
        BranchKind::Release(_) => ("patch", rule::API_HELD.level),
        BranchKind::Trunk | BranchKind::Other => ("minor", Severity::Note),
    };
    let mut exclude = unpublished(workspace);
    let is_new = |package: &&Package| !was_there(session, commit, package);
    let new = workspace.packages.iter().filter(|package| package.is_published()).filter(is_new);
    exclude.extend(new.map(|package| package.name.as_str()));
    let path = manifest(session, workspace);
    let comparison = Comparison { manifest: &path, baseline: &tag, exclude: &exclude, release_type };
    let Some(answer) = semver_checks::compare(&comparison)? else {
        let message = "the interfaces are unchecked: `cargo semver-checks` is not installed";
        let remedy = "run `cargo install cargo-semver-checks`";
        return Ok(vec![Finding::of(rule::API_HELD, message).as_note().remedy(remedy)]);
    };
    report.fact("interfaces", format!("compared with {tag} by {}", answer.version));
    let line = |path: &RepoPath, line: usize| match repo.text_at(project.commit, path) {
        Ok(Some(Ok(text))) => Place::line(path, &text, line),
        _ => Place::file(path),
    };
    let (broken, errors) = api::read(&answer.said);
    let mut findings: Vec<Finding> =
        broken.iter().map(|one| one.finding(&tag, severity, &project.files, &line)).collect();
    if !answer.passed && (findings.is_empty() || !errors.is_empty()) {
        let why = errors.first().copied().unwrap_or("it says no reason");
        let message = format!("not all interfaces could be compared, and the others are unchecked: {why}");
        let remedy =
            "see what `cargo semver-checks` says; its dependencies must be there, as by `cargo fetch`";
        findings.push(Finding::of(rule::API_HELD, message).as_note().remedy(remedy));
    }
    Ok(findings)
}

/// Returns the last release before the commit: of its line, or on other branches of all.
fn last_release(subject: &Subject<'_>) -> Option<(String, CommitId)> {
    let request = subject.request;
    let tags = match &subject.role {
        BranchKind::Release(line) => request.releases_of(line),
        BranchKind::Trunk | BranchKind::Other => subject.tags.clone(),
    };
    let before = tags
        .iter()
        .rev()
        .find(|(version, tag)| version.pre.is_empty() && tag.commit != request.project.commit);
    before.map(|(_, tag)| (tag.name.to_string(), tag.commit))
}

fn was_there(session: &Session<'_>, commit: CommitId, package: &Package) -> bool {
    session.repo.blob_at(commit, package.manifest.as_str()).is_ok_and(|blob| blob.is_some())
}
