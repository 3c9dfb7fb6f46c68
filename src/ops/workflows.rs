//! What `ci` does: the workflows of the project, written or compared with what is there.

use std::fs;

use anyhow::{Context as _, Result};

use super::file;
use super::session::Session;
use super::sink::Sink;
use crate::finding::{Finding, Place, Refused};
use crate::git::{Refs, Repo};
use crate::path::RepoPath;
use crate::plan::files::{FileChange, What};
use crate::plan::preconditions;
use crate::project::{self, Project};
use crate::report::Report;
use crate::rule;
use crate::workflow::{self, Mark, WorkflowFacts, mark_of, with_newer_pins};

/// The folder in which the forge looks for workflows.
const FOLDER: &str = ".github/workflows";

/// The workflows of a project, beside what is there.
pub struct PlannedWorkflows<'s> {
    session: &'s Session<'s>,
    files: Vec<PlannedFile>,
}

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOutcome {
    /// Where it is.
    pub path: RepoPath,
    /// Whether it goes, and is not written.
    pub is_removed: bool,
}

/// One file.
struct PlannedFile {
    path: RepoPath,
    /// What is there, if it is.
    before: Option<String>,
    /// What is to be there; nothing where it is to go.
    after: Option<String>,
}

impl PlannedFile {
    fn is_current(&self) -> bool {
        let lines = |text: &Option<String>| text.as_ref().map(|text| text.replace("\r\n", "\n"));
        lines(&self.before) == self.after
    }

    /// Says that it is not what it should be.
    fn stale(&self) -> Finding {
        let remedy = "run `cargo relprep ci github`, and commit what it writes";
        let message = match (&self.before, &self.after) {
            (None, _) => format!("{} is missing", self.path),
            (Some(_), None) => format!("{} has no purpose any more", self.path),
            (Some(_), Some(_)) => format!("{} is not what the configuration asks for", self.path),
        };
        let finding = Finding::of(rule::WORKFLOW_STALE, message).remedy(remedy);
        let Some(before) = &self.before else { return finding };
        let wanted = self.after.as_deref().unwrap_or_default().lines();
        let same = before.lines().zip(wanted).take_while(|(there, wanted)| there == wanted).count();
        finding.at(Place::line(&self.path, before, same + 1))
    }

    /// Says that what is there is not to be written over.
    fn not_own(&self) -> Option<Finding> {
        let message = match mark_of(self.before.as_ref()?) {
            Mark::Own => return None,
            Mark::Changed => format!("{} was changed by hand since it was written", self.path),
            Mark::Foreign => format!("{} is there, and was not written by this command", self.path),
        };
        let remedy = "see with `--diff` what would become of it; then give `--force`, leave its workflow out with \
                      `[ci] leave-out`, or rename it";
        Some(Finding::of(rule::WORKFLOW_CHANGED, message).at(Place::file(&self.path)).remedy(remedy))
    }
}

/// Reads the project as it is checked out, and what there is of its workflows: nothing is written.
///
/// # Errors
///
/// A refusal if the project cannot be read.
pub fn plan<'s>(session: &'s Session<'_>, sink: &mut dyn Sink) -> Result<PlannedWorkflows<'s>> {
    let Session { context, repo } = session;
    let head = repo.head()?;
    let commit = head.commit().ok_or_else(|| Refused::from(preconditions::no_commit()))?;
    let refs = project::refs(repo, &context.location)?;
    refs.branches.doubt().iter().for_each(|doubt| sink.finding(doubt));
    let project = Project::read((repo, &refs), &context.location, commit, &repo.changed()?, None)?;
    Refused::if_any(project.doubts())?;
    let mut workflows = Vec::new();
    for (path, _) in project.files.files().filter(|(path, _)| path.folder() == FOLDER) {
        if let Some(Ok(text)) = repo.text_at(commit, path)? {
            workflows.push((path.clone(), text));
        }
    }
    let facts = WorkflowFacts::of(&project, &refs, &workflows, is_trunk_released(repo, &project, &refs)?);
    let mut files = Vec::new();
    for (path, text) in workflow::files(&facts) {
        let before = file::read(&repo.root().join(&path))?;
        // A file of that name which is somebody else's stays where none is made.
        if text.is_none() && before.as_ref().is_none_or(|before| mark_of(before) == Mark::Foreign) {
            continue;
        }
        let after = text.map(|text| match &before {
            Some(before) => with_newer_pins(&text, before),
            None => text,
        });
        files.push(PlannedFile { path, before, after });
    }
    Ok(PlannedWorkflows { session, files })
}

/// Returns whether the trunk has the latest release.
fn is_trunk_released(repo: &Repo, project: &Project, refs: &Refs) -> Result<bool> {
    let config = &project.config;
    let released = refs.tags.iter().filter_map(|(name, tag)| Some((config.names.tag.read(name)?, tag)));
    let latest = released
        .filter(|(version, _)| config.prerelease.is_release(version))
        .max_by_key(|(version, _)| version.clone());
    let trunk = refs.branches.tip(config.trunk_in(refs)).commit().unwrap_or(project.commit);
    latest.map_or(Ok(false), |(_, tag)| repo.has_ancestor(trunk, tag.commit))
}

impl PlannedWorkflows<'_> {
    fn stale(&self) -> impl Iterator<Item = &PlannedFile> {
        self.files.iter().filter(|file| !file.is_current())
    }

    /// Returns what changes.
    pub fn changes(&self) -> Vec<FileChange> {
        let change = |file: &PlannedFile| FileChange {
            path: file.path.clone(),
            what: What::VersionFile,
            before: file.before.clone(),
            after: file.after.clone().unwrap_or_default(),
        };
        self.stale().map(change).collect()
    }

    /// Returns whether all is as it should be, as a check.
    pub fn report(&self) -> Report {
        let mut report = Report::new("ci", "the workflows of this project");
        report.fact("files", format!("{} in .github", self.files.len()));
        report.findings.extend(self.stale().map(PlannedFile::stale));
        report
    }

    /// Returns what becomes of each file that is not what it should be.
    pub fn outcome(&self) -> Vec<FileOutcome> {
        let outcome =
            |file: &PlannedFile| FileOutcome { path: file.path.clone(), is_removed: file.after.is_none() };
        self.stale().map(outcome).collect()
    }

    /// Finds what is there that somebody else has written, or changed.
    ///
    /// # Errors
    ///
    /// A refusal with all of it.
    pub fn check(&self) -> Result<(), Refused> {
        Refused::if_any(self.stale().filter_map(PlannedFile::not_own).collect())
    }

    /// Writes all that is stale; if one file cannot be written, all are as they were.
    ///
    /// # Errors
    ///
    /// If one cannot be written.
    pub fn apply(&self) -> Result<()> {
        for (done, file) in self.stale().enumerate() {
            if let Err(error) = self.put(&file.path, file.after.as_deref()) {
                for earlier in self.stale().take(done) {
                    self.put(&earlier.path, earlier.before.as_deref())?;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn put(&self, path: &RepoPath, text: Option<&str>) -> Result<()> {
        let place = self.session.repo.root().join(path);
        let Some(text) = text else {
            return fs::remove_file(&place).with_context(|| format!("cannot remove {path}"));
        };
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        file::write(self.session.context, &place, text)
    }
}
