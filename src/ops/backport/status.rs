//! Which branches have which commits, and which versions have a fix.

use anyhow::Result;
use semver::Version;

use super::BackportSession;
use crate::backport::concern::Concerns;
use crate::backport::evidence::Facts;
use crate::backport::fixes::{FixReport, report};
use crate::backport::matrix::{BackportedCommits, Matrix, MatrixRow, backported, most_urgent_first, rows};
use crate::backport::sources::FixSources;
use crate::backport::survey::PickSurvey;
use crate::backport::targets::{Target, Targets};
use crate::finding::Refused;
use crate::git::{BranchName, CommitId, Tag};
use crate::ops::sink::Sink;
use crate::plan::lines::lines;
use crate::version::{first_compatible, plain};

impl BackportSession<'_> {
    /// Returns which branches have the commits; without commits, all that are missing somewhere.
    ///
    /// # Errors
    ///
    /// A refusal for each branch in support that is not here, among others.
    pub fn status(&self, sink: &mut dyn Sink) -> Result<Matrix> {
        let repo = &self.session.repo;
        let commits = self.commits(sink)?;
        let chosen = self.targets(sink)?;
        if !chosen.absent.is_empty() {
            return Err(Refused(chosen.absences()).into());
        }
        let Targets { targets, excepted, .. } = chosen;
        let mut survey = PickSurvey::read(repo, &self.scope, &targets, &commits)?;
        let found = if commits.is_empty() {
            let project = (&self.scope, &self.project.config);
            let concerns = Concerns::read((repo, &self.refs), project, &targets, self.options.all)?;
            backported(&mut survey, &concerns)?
        } else {
            let named = commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?;
            BackportedCommits { commits: named, ..BackportedCommits::default() }
        };
        let mut rows = rows(&mut survey, &found.commits, &targets, &self.scope.statements)?;
        if commits.is_empty() {
            rows.retain(MatrixRow::has_gap);
            most_urgent_first(&mut rows);
        }
        Ok(Matrix::new(targets, excepted, rows, found.left_out))
    }

    /// Returns the versions of `packages`, or else of those that the fix touches, that a security advisory
    /// affects, and those with its fix.
    ///
    /// # Errors
    ///
    /// A refusal if nothing fixes it, among others.
    pub fn advisory(&self, id: &str, packages: &[String], sink: &mut dyn Sink) -> Result<FixReport> {
        let repo = &self.session.repo;
        let commits = self.commits(sink)?;
        let targets = self.release_lines();
        let mut survey = PickSurvey::read(repo, &self.scope, &targets, &commits)?;
        let given: Vec<Facts> = commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?;
        let lines = lines(&self.project.workspace, &self.project.config).map_err(Refused)?;
        let tagged = self.tagged();
        let tips: Vec<CommitId> = tagged.iter().map(|(_, _, commit)| *commit).collect();
        let notes = &self.project.config.notes;
        let sources = FixSources {
            repo,
            scope: &self.scope,
            targets: &targets,
            survey: &mut survey,
            in_tags: repo.reach(&tips)?,
            tagged,
            notes: notes.enabled.then_some((&notes.file, &notes.style)),
            lines: &lines.moving,
            manifests: self.project.workspace.manifests.keys().collect(),
            packages,
        };
        report(sources, id, &given)
    }

    /// Returns the releases that are tagged, oldest first: tag, version, commit.
    fn tagged(&self) -> Vec<(String, Version, CommitId)> {
        let names = &self.project.config.names.tag;
        let release = |tag: &Tag| Some((tag.name.to_string(), names.read(&tag.name)?, tag.commit));
        let mut tagged: Vec<_> = self.refs.tags.values().filter_map(release).collect();
        tagged.sort_by(|a, b| a.1.cmp(&b.1));
        tagged
    }

    /// Returns the release lines, newest first: those with a branch, and those of which only tags are left,
    /// each at its latest.
    fn release_lines(&self) -> Vec<Target> {
        let mut lines = self.scope.branches.clone();
        let is_minor = |target: &Target| target.version.major > 0 && target.version.minor > 0;
        let by_minor = lines.iter().any(is_minor);
        let line = |version: &Version| match by_minor && version.major > 0 {
            true => Version::new(version.major, version.minor, 0),
            false => first_compatible(version),
        };
        for (tag, version, tip) in self.tagged().into_iter().rev() {
            let first = line(&version);
            let is_here = lines.iter().any(|target| line(&plain(&target.version)) == first);
            let branch = BranchName::new(self.project.config.names.branch.render(&first, &self.scope.name));
            if let Some(branch) = branch.or_else(|| BranchName::new(&tag)).filter(|_| !is_here) {
                lines.push(Target { branch, version: first, tip, remote: None, local: None });
            }
        }
        lines.sort_by(|a, b| b.version.cmp(&a.version));
        lines
    }
}
