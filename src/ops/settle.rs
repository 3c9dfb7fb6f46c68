//! Lock files whose new content is Cargo's to know.

use anyhow::Result;

use crate::edit::lockfile::{LockFile, PackageChange, format, moved_edges, third_party_changes};
use crate::finding::{Finding, Place, Refused};
use crate::git::Repo;
use crate::path::RepoPath;
use crate::plan::bump::UnsettledLock;
use crate::plan::files::{FileChange, What};
use crate::plan::{self, Commit, Plan};
use crate::rule;
use crate::workspace::scratch::{LayoutExtent, ScratchFolder};
use crate::workspace::update::update;

/// Lets Cargo write the lock files that the plan leaves to it (`cargo update --workspace
/// --offline`, in a folder of its own), and adds them to the plan.
///
/// # Errors
///
/// A refusal for each that Cargo cannot write, or in which it would change a third party's version.
pub(super) fn settle(repo: &Repo, plan: &mut Plan) -> Result<()> {
    let mut findings = Vec::new();
    for commit in plan.commits.iter_mut().filter(|commit| !commit.unsettled.is_empty()) {
        findings.extend(settle_commit(repo, commit)?);
    }
    plan.notes.extend(plan::refuse(findings).map_err(Refused)?);
    Ok(())
}

fn settle_commit(repo: &Repo, commit: &mut Commit) -> Result<Vec<Finding>> {
    let tree = repo.tree(commit.parent)?;
    let scratch = ScratchFolder::lay(repo, &tree, LayoutExtent::Everything)?;
    for file in &commit.files {
        let through_links = tree.linked().filter(|(_, own)| **own == file.path).map(|(path, _)| path);
        for path in through_links.chain([&file.path]) {
            scratch.write(path, file.after.as_bytes())?;
        }
    }
    let mut findings = Vec::new();
    for lock in &commit.unsettled {
        let before = std::fs::read_to_string(scratch.path(&lock.path))?;
        if let Err(said) = update(&scratch, &lock.path, &["--workspace"])? {
            match said.shown(repo, &tree)? {
                Ok(said) => findings.push(unsettled(lock, &said)),
                Err(Refused(ways)) => findings.extend(ways),
            }
            continue;
        }
        let after = format::kept(&before, std::fs::read_to_string(scratch.path(&lock.path))?);
        findings.extend(drift(&lock.path, &before, &after)?);
        if after != before {
            commit.files.push(FileChange {
                path: lock.path.clone(),
                what: What::Lock,
                before: Some(before),
                after,
            });
        }
    }
    commit.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(findings)
}

fn unsettled(lock: &UnsettledLock, said: &str) -> Finding {
    let reasons = lock.reasons.join("; ");
    let message = format!("Cargo cannot bring this lock file up to date offline ({reasons}): {said}");
    Finding::of(rule::LOCK_UNSETTLED, message)
        .at(Place::file(&lock.path))
        .remedy("run `cargo update --workspace` there, see what it says, and commit the result first")
}

fn drift(path: &RepoPath, before: &str, after: &str) -> Result<Vec<Finding>> {
    let mut findings: Vec<Finding> = format::changed(path, before, after).into_iter().collect();
    let (before, after) = (LockFile::read(path, before)?, LockFile::read(path, after)?);
    let changes = third_party_changes(&before, &after);
    let (changed, come_or_gone): (Vec<_>, Vec<_>) =
        changes.iter().partition(|change| matches!(change, PackageChange::Changed { .. }));
    let named = |changes: &[&PackageChange<'_>]| {
        changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let moved = moved_edges(&before, &after);
    if !changed.is_empty() || !moved.is_empty() {
        let named = [named(&changed), moved.join(", ")];
        let named: Vec<String> = named.into_iter().filter(|text| !text.is_empty()).collect();
        findings.push(
            Finding::of(
                rule::LOCK_DRIFT,
                format!("Cargo would change third parties here: {}", named.join(", ")),
            )
            .at(Place::file(path))
            .remedy(
                "bring the lock file up to date in a commit of its own first: `cargo update --workspace`",
            ),
        );
    }
    if !come_or_gone.is_empty() {
        let message = format!("Cargo adds or removes third parties here: {}", named(&come_or_gone));
        findings.push(Finding::of(rule::LOCK_DRIFT, message).as_warning().at(Place::file(path)));
    }
    Ok(findings)
}
