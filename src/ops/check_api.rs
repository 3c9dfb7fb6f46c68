//! Comparing the interfaces of the published libraries with the last release.

use std::collections::BTreeSet;

use anyhow::Result;

use super::session::Session;
use crate::check::{BranchKind, Subject, api, notes_breaking};
use crate::finding::{Finding, Place};
use crate::git::CommitId;
use crate::path::RepoPath;
use crate::report::Report;
use crate::rule;
use crate::workspace::semver_checks::{self, ApiAnswer, Comparison};
use crate::workspace::{ManifestFile, Package, Workspace};

/// What it says where nothing that is compared is a library.
const NO_LIBRARY: &str = "no crates with library targets selected";

/// Compares the interfaces of the published libraries with those of the line's last release; on the trunk with those
/// of the last one of all.
pub(super) fn interfaces(
    session: &Session<'_>,
    subject: &Subject<'_>,
    report: &mut Report,
) -> Result<Vec<Finding>> {
    let workspace = &subject.request.project.workspace;
    let Some((tag, commit)) = last_release(subject) else {
        let message = "the interfaces are unchecked: no release before this commit is tagged here";
        return Ok(vec![unchecked(message).remedy("run `git fetch --tags`")]);
    };
    let new = new_since(session, workspace, commit)?;
    let exclude: Vec<&str> = workspace.unpublished().into_iter().chain(new.iter().copied()).collect();
    let (path, baseline) = (session.repo.root().join(&workspace.root), commit.to_string());
    let comparison = Comparison { manifest: &path, baseline: &baseline, exclude: &exclude };
    let Some(answer) = semver_checks::compare(&comparison)? else {
        let message = "the interfaces are unchecked: `cargo semver-checks` is not installed";
        return Ok(vec![unchecked(message).remedy("run `cargo install cargo-semver-checks --locked`")]);
    };
    let but = match new.as_slice() {
        [] => String::new(),
        new => format!("; new since, and not compared: {}", new.join(", ")),
    };
    report.fact("interfaces", format!("compared with {tag} by {}{but}", answer.version));
    Ok(findings(session, subject, &tag, &answer))
}

fn findings(session: &Session<'_>, subject: &Subject<'_>, tag: &str, answer: &ApiAnswer) -> Vec<Finding> {
    let (repo, project) = (&session.repo, subject.request.project);
    let read = api::read(&answer.said);
    let place = |path: &RepoPath, line: Option<usize>| {
        project.files.get(path)?;
        Some(match (line, repo.text_at(project.commit, path)) {
            (Some(line), Ok(Some(Ok(text)))) => Place::line(path, &text, line),
            _ => Place::file(path),
        })
    };
    let is_patch = matches!(subject.role, BranchKind::Release(_));
    let manifest = |name: &str| {
        let package = project.workspace.packages.iter().find(|package| package.name == name)?;
        Some(Place::file(&package.manifest))
    };
    let broken = read.broken.iter().map(|broken| {
        let finding = broken.finding(tag, is_patch, repo.root(), &place);
        let at = finding.place.clone().or_else(|| manifest(broken.package));
        let finding = finding.at(at);
        if is_patch { finding } else { finding.as_note() }
    });
    let of_package = |(name, why): &(&str, &str)| {
        unchecked(format!(
            "whether `{name}` keeps its interface is unchecked, since it cannot be compiled: {why}"
        ))
        .at(manifest(name))
        .remedy("see what `cargo semver-checks` says; its dependencies must be there, as by `cargo fetch`")
    };
    let mut found: Vec<Finding> = broken.chain(read.unchecked.iter().map(of_package)).collect();
    let packages =
        read.broken.iter().filter(|broken| !broken.is_warning).map(|broken| broken.package).collect();
    found.extend(notes_breaking::of_interfaces(subject, &packages));
    let why = read.error.unwrap_or("it says no reason");
    if !answer.is_whole && read.unchecked.is_empty() && !why.starts_with(NO_LIBRARY) {
        let message = format!("not all interfaces could be compared, and the others are unchecked: {why}");
        found.push(unchecked(message).remedy("see what `cargo semver-checks` says"));
    }
    found
}

fn unchecked(message: impl Into<String>) -> Finding {
    Finding::of(rule::API_HELD, message).as_note()
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

/// Returns the published packages that the release at `commit` had not, wherever they lay.
fn new_since<'w>(session: &Session<'_>, workspace: &'w Workspace, commit: CommitId) -> Result<Vec<&'w str>> {
    let repo = &session.repo;
    let tree = repo.tree(commit)?;
    let is_new = |package: &&Package| package.is_published() && tree.get(&package.manifest).is_none();
    let mut new: Vec<&str> =
        workspace.packages.iter().filter(is_new).map(|package| package.name.as_str()).collect();
    if !new.is_empty() {
        let mut there = BTreeSet::new();
        for (path, file) in tree.files().filter(|(path, _)| path.file_name() == "Cargo.toml") {
            let read = repo.text(path.as_str(), file.blob)?.and_then(|text| ManifestFile::parse(path, text));
            let name = read.ok().and_then(|file| file.manifest.package?.name);
            there.extend(name.map(|name| name.value));
        }
        new.retain(|name| !there.contains(*name));
    }
    Ok(new)
}
