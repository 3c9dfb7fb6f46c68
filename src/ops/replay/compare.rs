//! How what is prepared compares with what was made.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::step::{Chosen, PastStep};
use crate::edit::lockfile::LockFile;
use crate::edit::notes::{Missing, Notes};
use crate::finding::Finding;
use crate::git::Repo;
use crate::only_versions;
use crate::path::RepoPath;
use crate::plan::bump::LineMove;
use crate::plan::files::{FileChange, What};
use crate::plan::lines::VersionLine;
use crate::plan::{Commit, Plan, lines, locked};
use crate::project::Project;
use crate::project::notes::files;
use crate::version::places;
use crate::workspace::Package;
use crate::workspace::lock_scope::LockScope;

/// How what is prepared compares with what was made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum ReplayOutcome {
    /// Every file comes out as it was made.
    Identical,
    /// Every file does but for lines that somebody wrote by hand in the same commit: they have neither the version
    /// nor the day.
    Written {
        /// What would be made instead of what was.
        files: Vec<FileChange>,
    },
    /// The Cargo files do, and these others do not.
    OtherFiles {
        /// What would be made instead of what was.
        files: Vec<FileChange>,
        /// Whether people wrote in the same commit, too.
        by_hand: bool,
    },
    /// Cargo files come out otherwise.
    Differs {
        /// What would be made instead of what was.
        files: Vec<FileChange>,
        /// Whether people wrote in the same commit, too.
        by_hand: bool,
    },
    /// The step cannot be prepared, or more than versions changed in its Cargo files.
    NotMechanical {
        /// Why.
        reasons: Vec<String>,
    },
}

impl ReplayOutcome {
    /// Returns the files that come out otherwise, where it is prepared and some do.
    pub fn files(&self) -> Option<&[FileChange]> {
        match self {
            Self::Written { files } | Self::OtherFiles { files, .. } | Self::Differs { files, .. } => {
                Some(files)
            }
            Self::Identical | Self::NotMechanical { .. } => None,
        }
    }

    /// Returns how far it is from what was made: in how many Cargo files, then in how many others.
    pub(super) fn differing(&self) -> (usize, usize) {
        match self {
            Self::Identical => (0, 0),
            Self::Written { files } | Self::OtherFiles { files, .. } => (0, files.len()),
            Self::Differs { files, .. } => (files.len(), 0),
            Self::NotMechanical { .. } => (usize::MAX, 0),
        }
    }
}

/// How many words make a line that somebody wrote.
const WORDS: usize = 3;

/// Compares the commit of `plan` on the branch of `step` with what was made; `before` is the
/// project that it was made from, and `after` reads the one that it made, where that must be known.
pub(super) fn compare<'p>(
    repo: &Repo,
    step: &PastStep,
    plan: &Plan,
    before: &Project,
    after: impl FnOnce() -> Result<&'p Project>,
) -> Result<ReplayOutcome> {
    let planned = commit(plan, step).map_or(&[][..], |commit| &commit.files);
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
    let moves = moves(plan, step);
    let by_hand = || files.iter().any(|file| !is_cargo_file(&file.path) && has_prose(file, step, &moves));
    if !files.iter().any(|file| is_cargo_file(&file.path)) {
        let are_written = files.iter().all(|file| is_written(file, step, (before, &moves)));
        return Ok(match are_written {
            true => ReplayOutcome::Written { files },
            false => ReplayOutcome::OtherFiles { by_hand: by_hand(), files },
        });
    }
    let of_cargo =
        changed.into_iter().filter(|file| RepoPath::new(&file.path).is_some_and(|path| is_cargo_file(&path)));
    let made = after()?;
    let more = only_versions::findings(before, made, &of_cargo.collect::<Vec<_>>());
    let reason = |finding: &Finding| match &finding.place {
        Some(place) => format!("{place}: {}", finding.message),
        None => finding.message.clone(),
    };
    let mut reasons: Vec<String> = more.iter().map(reason).collect();
    if reasons.is_empty() {
        // All of what is Cargo's, or it is not that alone.
        let of_cargo = files.iter().filter(|file| is_cargo_file(&file.path));
        let left: Option<Vec<String>> = of_cargo.map(|file| left_behind(file, made)).collect();
        reasons.extend(left.into_iter().flatten());
    }
    Ok(if reasons.is_empty() {
        ReplayOutcome::Differs { by_hand: by_hand(), files }
    } else {
        ReplayOutcome::NotMechanical { reasons }
    })
}

/// Says that a lock file was left behind by what was `made`: Cargo would bring it up to date, or refuse it.
fn left_behind(file: &FileChange, made: &Project) -> Option<String> {
    let text = file.before.as_ref().filter(|_| file.path.file_name() == "Cargo.lock")?;
    let lock = LockFile::read(&file.path, text).ok()?;
    let packages = LockScope::of(&made.workspace).packages(&file.path);
    let stale = locked::stale(&made.workspace, &file.path, &lock, &packages).into_iter().next()?;
    let line = stale.line.map_or(String::new(), |line| format!(":{line}"));
    Some(format!("{}{line}: it was left out of date: {}", file.path, stale.message))
}

/// Returns whether a file that was made differs from what would be made only by lines without the day of the step and
/// without a version that something comes to, as `moves` say: they are no tool's to write. Nor are notes whose section
/// is left to people: who writes that writes what goes with it, be it a link or a table of contents.
fn is_written(file: &FileChange, step: &PastStep, (before, moves): (&Project, &[LineMove])) -> bool {
    // What is gone has no such lines.
    let made = file.before.as_deref().unwrap_or_default();
    let all = files(&before.config, &before.workspace);
    let left = all.iter().find(|notes| notes.path == file.path && notes.config.missing == Missing::Leave);
    let is_left = left.is_some_and(|left| {
        let moved = moves.iter().find(|moved| moved.packages.contains(&left.package.name));
        let version = moved.filter(|_| !left.is_products).map_or(&step.to, |moved| &moved.to);
        let has_section = |text: &str| {
            let notes = Notes::parse(&file.path, text, &left.config.style);
            notes.sections_of(version).next().is_some()
        };
        has_section(made) && !has_section(&file.after)
    });
    if is_left {
        return true;
    }
    let diff = TextDiff::from_lines(made, file.after.as_str());
    let mut changes = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    let has_mark = mark_of(step, moves);
    !changes.any(|change| has_mark(change.value()))
}

/// Returns whether a line has what a tool writes: the day of the step, or a version that something comes to.
fn mark_of<'s>(step: &'s PastStep, moves: &'s [LineMove]) -> impl Fn(&str) -> bool + 's {
    let versions: BTreeSet<&Version> = moves.iter().map(|moved| &moved.to).chain([&step.to]).collect();
    let day = step.date.to_string();
    move |line| line.contains(&day) || versions.iter().any(|version| !places(line, version).is_empty())
}

/// Returns whether a file that was made has lines of several words that nothing prepares: somebody wrote them.
fn has_prose(file: &FileChange, step: &PastStep, moves: &[LineMove]) -> bool {
    let made = file.before.as_deref().unwrap_or_default();
    let has_mark = mark_of(step, moves);
    let is_word = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let is_prose = |line: &str| line.split_whitespace().filter(is_word).count() >= WORDS && !has_mark(line);
    let diff = TextDiff::from_lines(made, file.after.as_str());
    diff.iter_all_changes().any(|change| change.tag() == ChangeTag::Delete && is_prose(change.value()))
}

/// Returns the commit of `plan` that is compared with `step`.
fn commit<'p>(plan: &'p Plan, step: &PastStep) -> Option<&'p Commit> {
    plan.commits.iter().find(|commit| commit.branch == step.branch).or(plan.commits.last())
}

/// Returns how lines move in that commit.
pub(super) fn moves(plan: &Plan, step: &PastStep) -> Vec<LineMove> {
    commit(plan, step).map_or(Vec::new(), |commit| commit.lines.clone())
}

/// Returns what has to be asked for other packages than the lead package to come to the versions that were made,
/// where `moves` has them otherwise: for each line once, where it moved as one.
pub(super) fn chosen(before: &Project, made: &Project, moves: &[LineMove]) -> Chosen {
    let Ok(lines) = lines::lines(&before.workspace, &before.config) else { return Chosen::new() };
    let after: BTreeMap<&str, &Version> =
        made.workspace.packages.iter().map(|package| (package.name.as_str(), &package.version)).collect();
    let planned = |package: &Package, line: &VersionLine<'_>| {
        let moved = moves.iter().find(|moved| moved.packages.contains(&package.name));
        moved.map_or(line.version.clone(), |moved| moved.to.clone())
    };
    let mut chosen = Chosen::new();
    for line in &lines.moving {
        let others = line.packages.iter().filter(|package| package.name != lines.lead.name);
        let others: Vec<(&Package, &Version)> =
            others.filter_map(|package| Some((*package, *after.get(package.name.as_str())?))).collect();
        if others.iter().all(|(package, to)| planned(package, line) == **to) {
            continue;
        }
        let leads = line.has(&lines.lead.name);
        let is_one = !leads && others.iter().all(|(_, to)| *to == others[0].1);
        for (package, to) in others.into_iter().take(if is_one { 1 } else { usize::MAX }) {
            if !leads || planned(package, line) != *to {
                chosen.insert(package.name.clone(), to.clone());
            }
        }
    }
    for package in &lines.on_request {
        let moved = after.get(package.name.as_str()).filter(|to| **to != &package.version);
        chosen.extend(moved.map(|to| (package.name.clone(), (*to).clone())));
    }
    chosen
}

fn is_cargo_file(path: &RepoPath) -> bool {
    matches!(path.file_name(), "Cargo.toml" | "Cargo.lock")
}
