//! Lock files are current: `--locked` would pass.

use super::{LockState, Subject};
use crate::edit::lockfile::LockFile;
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::plan::locked;
use crate::rule;
use crate::workspace::lock_scope::LockScope;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let workspace = &subject.request.project.workspace;
    let mut findings = Vec::new();
    let scope = LockScope::of(workspace);
    for (path, text) in workspace.locks.iter().filter(|(path, _)| workspace.is_lock_in_use(path)) {
        let lock = match LockFile::read(path, text) {
            Ok(lock) => lock,
            Err(refused) => {
                findings.extend(refused.0);
                continue;
            }
        };
        let stale = locked::stale(workspace, path, &lock, &scope.packages(path));
        if stale.is_empty() {
            findings.extend(subject.locked.get(path).and_then(|said| by_cargo(path, said)));
        }
        findings.extend(stale.into_iter().map(|stale| {
            let place = stale.line.map_or_else(|| Place::file(path), |line| Place::line(path, text, line));
            Finding::of(rule::LOCK_CURRENT, stale.message)
                .at(place)
                .remedy("run `cargo update --workspace` there, and commit the lock file")
        }));
    }
    findings
}

fn by_cargo(path: &RepoPath, locked: &LockState) -> Option<Finding> {
    let finding = match locked {
        LockState::Accepted => return None,
        LockState::Stale => {
            Finding::of(rule::LOCK_CURRENT, "Cargo would change this lock file: `--locked` fails")
                .remedy("run `cargo update --workspace` there, and commit the lock file")
        }
        LockState::Unknown(why) => Finding::of(
            rule::LOCK_CURRENT,
            format!("the members are locked as they are; the rest is unchecked: {why}"),
        )
        .as_note()
        .remedy("run `cargo fetch --locked` there first"),
    };
    Some(finding.at(Place::file(path)))
}
