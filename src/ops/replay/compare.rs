//! How what is prepared compares with what was made.

use std::collections::BTreeSet;

use anyhow::Result;
use serde::Serialize;

use super::step::PastStep;
use crate::finding::Finding;
use crate::git::Repo;
use crate::only_versions;
use crate::path::RepoPath;
use crate::plan::Plan;
use crate::plan::files::{FileChange, What};
use crate::project::Project;

/// How what is prepared compares with what was made.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum ReplayOutcome {
    /// Every file comes out as it was made.
    Identical,
    /// The Cargo files do, and these others do not.
    OtherFiles {
        /// What would be made instead of what was.
        files: Vec<FileChange>,
    },
    /// Cargo files come out otherwise.
    Differs {
        /// What would be made instead of what was.
        files: Vec<FileChange>,
    },
    /// The step cannot be prepared, or more than versions changed in its Cargo files.
    NotMechanical {
        /// Why.
        reasons: Vec<String>,
    },
}

/// Compares the commit of `plan` on the branch of `step` with what was made; `before` is the
/// project that it was made from, and `after` reads the one that it made, where that must be known.
pub(super) fn compare(
    repo: &Repo,
    step: &PastStep,
    plan: &Plan,
    before: &Project,
    after: impl FnOnce() -> Result<Project>,
) -> Result<ReplayOutcome> {
    let commit = plan.commits.iter().find(|commit| commit.branch == step.branch);
    let planned = commit.or(plan.commits.last()).map_or(&[][..], |commit| &commit.files);
    let changed = repo.changed_files(step.parent, step.commit)?;
    let paths: BTreeSet<&str> =
        planned.iter().map(|file| file.path.as_str()).chain(changed.iter().map(|file| &*file.path)).collect();
    let mut files = Vec::new();
    for path in paths.into_iter().filter_map(RepoPath::new) {
        let text =
            |commit| -> Result<Option<String>> { Ok(repo.text_at(commit, &path)?.and_then(Result::ok)) };
        let change = planned.iter().find(|file| file.path == path);
        let after = match change {
            Some(change) => change.after.clone(),
            None => text(step.parent)?.unwrap_or_default(),
        };
        let made = text(step.commit)?;
        if made.as_ref() != Some(&after) {
            let what = change.map_or(What::Notes { layout: None }, |change| change.what);
            files.push(FileChange { path, what, before: made, after });
        }
    }
    if files.is_empty() {
        return Ok(ReplayOutcome::Identical);
    }
    if !files.iter().any(|file| is_cargo_file(&file.path)) {
        return Ok(ReplayOutcome::OtherFiles { files });
    }
    let of_cargo =
        changed.into_iter().filter(|file| RepoPath::new(&file.path).is_some_and(|path| is_cargo_file(&path)));
    let more = only_versions::findings(before, &after()?, &of_cargo.collect::<Vec<_>>());
    if more.is_empty() {
        return Ok(ReplayOutcome::Differs { files });
    }
    let reason = |finding: &Finding| match &finding.place {
        Some(place) => format!("{place}: {}", finding.message),
        None => finding.message.clone(),
    };
    Ok(ReplayOutcome::NotMechanical { reasons: more.iter().map(reason).collect() })
}

fn is_cargo_file(path: &RepoPath) -> bool {
    matches!(path.file_name(), "Cargo.toml" | "Cargo.lock")
}
