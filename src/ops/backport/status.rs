//! Shows which branches have which commits, and which versions have a fix.

use anyhow::Result;
use chrono::NaiveDate;

use super::scene::Scene;
use crate::backport::evidence::Facts;
use crate::backport::fixes::{Sources, report};
use crate::backport::matrix::{Matrix, Row, rows, went_somewhere};
use crate::backport::survey::Survey;
use crate::backport::targets::Chosen;
use crate::cli::backport::Form;
use crate::cli::{Output, Status};
use crate::finding::Refused;
use crate::plan::lines::lines;
use crate::render;
use crate::rule::Severity;

impl Scene<'_> {
    /// Shows the matrix.
    pub(crate) fn status(&self, form: Form, day: NaiveDate, output: &mut Output) -> Result<Status> {
        let commits = self.commits()?;
        let chosen = self.targets(day, output)?;
        if !chosen.absent.is_empty() {
            return Err(Refused(chosen.absences()).into());
        }
        let Chosen { targets, excepted, .. } = chosen;
        let mut survey = Survey::read(self.repo, &self.ground.trunk_tip, &targets, &commits)?;
        let (facts, left_out) = if commits.is_empty() {
            went_somewhere(&mut survey, &mut |facts| self.ground.concerns_branch_only(self.repo, facts))?
        } else {
            (commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?, 0)
        };
        let mut rows = rows(&mut survey, &facts, &targets, &self.ground.statements)?;
        if commits.is_empty() {
            rows.retain(Row::has_gap);
        }
        let matrix = Matrix { branches: targets, excepted, rows, left_out };
        match form {
            Form::Human => output.result(&render::backport::matrix::human(&matrix)),
            Form::Json => output.result(&render::json::document("backports", &matrix)),
            Form::Markdown => output.result(&render::backport::matrix::markdown(&matrix)),
        }
        Ok(if matrix.has_gaps() { Status::Refused } else { Status::Done })
    }

    /// Prints the ranges of an advisory.
    pub(crate) fn advisory(&self, id: &str, output: &mut Output) -> Result<Status> {
        let commits = self.commits()?;
        let targets = &self.ground.branches;
        let mut survey = Survey::read(self.repo, &self.ground.trunk_tip, targets, &commits)?;
        let given: Vec<Facts> = commits.iter().map(|commit| survey.facts(*commit)).collect::<Result<_>>()?;
        let lines = lines(&self.project.workspace, &self.project.config).map_err(Refused)?;
        let sources = Sources {
            repo: self.repo,
            ground: &self.ground,
            survey: &mut survey,
            names: &self.project.config.names.tag,
            tags: &self.refs.tags,
            lines: &lines.moving,
        };
        let report = report(sources, id, &given)?;
        if output.is_json() {
            output.result(&render::json::document("advisory", &report));
        } else {
            output.result(&render::backport::advisory::toml(&report));
            report.findings.iter().for_each(|finding| output.finding(finding));
        }
        let wrong = report.findings.iter().any(|finding| finding.severity == Severity::Error);
        Ok(if wrong { Status::Refused } else { Status::Done })
    }
}
