//! Which branches have which commits, and which versions have a fix.

use anyhow::Result;

use super::BackportSession;
use crate::backport::concern::Concerns;
use crate::backport::evidence::Facts;
use crate::backport::fixes::{FixReport, FixSources, report};
use crate::backport::matrix::{Matrix, MatrixRow, Went, most_urgent_first, rows, went_somewhere};
use crate::backport::survey::PickSurvey;
use crate::backport::targets::Targets;
use crate::finding::Refused;
use crate::ops::sink::Sink;
use crate::plan::lines::lines;

impl BackportSession<'_> {
    /// Returns which branches have the commits; without commits, all that are missing somewhere.
    ///
    /// # Errors
    ///
    /// A refusal for each branch in support that is not here, among others.
    pub fn status(&self, sink: &mut dyn Sink) -> Result<Matrix> {
        let repo = &self.session.repo;
        let commits = self.commits()?;
        let chosen = self.targets(sink)?;
        if !chosen.absent.is_empty() {
            return Err(Refused(chosen.absences()).into());
        }
        let Targets { targets, excepted, .. } = chosen;
        let mut survey = PickSurvey::read(repo, &self.scope, &targets, &commits)?;
        let went = if commits.is_empty() {
            let project = (&self.scope, &self.project.config);
            let concerns = Concerns::read((repo, &self.refs), project, &targets, self.options.all)?;
            went_somewhere(&mut survey, &concerns)?
        } else {
            let named = commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?;
            Went { commits: named, ..Went::default() }
        };
        let mut rows = rows(&mut survey, &went.commits, &targets, &self.scope.statements)?;
        if commits.is_empty() {
            rows.retain(MatrixRow::has_gap);
            most_urgent_first(&mut rows);
        }
        Ok(Matrix::new(targets, excepted, rows, went.left_out))
    }

    /// Returns the versions that a security advisory affects, and those with its fix.
    ///
    /// # Errors
    ///
    /// A refusal if no commit fixes it, among others.
    pub fn advisory(&self, id: &str) -> Result<FixReport> {
        let repo = &self.session.repo;
        let commits = self.commits()?;
        let targets = &self.scope.branches;
        let mut survey = PickSurvey::read(repo, &self.scope, targets, &commits)?;
        let given: Vec<Facts> = commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?;
        let lines = lines(&self.project.workspace, &self.project.config).map_err(Refused)?;
        let sources = FixSources {
            repo,
            scope: &self.scope,
            survey: &mut survey,
            names: &self.project.config.names.tag,
            tags: &self.refs.tags,
            lines: &lines.moving,
        };
        report(sources, id, &given)
    }
}
