//! Whether the branches that are supported on the day are equally patched.

use std::collections::BTreeSet;

use anyhow::Result;
use semver::Version;

use super::backport::{BackportOptions, BackportSession};
use super::calendar::ProjectSchedule;
use super::session::Session;
use crate::backport::concern::Concerns;
use crate::backport::judged::Judged;
use crate::backport::matrix::{Matrix, MatrixCell, MatrixRow, backported, rows};
use crate::backport::presence::{self, ChangePlaces};
use crate::backport::scope::Scope;
use crate::backport::survey::PickSurvey;
use crate::backport::targets::Target;
use crate::check::supported::{self, SupportedRelease};
use crate::config::Config;
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Refs, Repo, TagName};
use crate::plan::LeftOut;
use crate::project;
use crate::report::Report;
use crate::rule;
use crate::status::{Status, Waiver};

/// Compares the branches that need fixes, but for those that `waivers` name.
///
/// # Errors
///
/// A refusal if the project or its calendar cannot be read, and for a waiver of what is not supported.
pub fn check(session: &Session<'_>, waivers: &[Waiver]) -> Result<Report> {
    let Session { context, repo } = session;
    let mut report = Report::new("check --supported", format!("the branches supported on {}", context.date));
    let options = BackportOptions::default();
    let BackportSession { scope, project, refs, .. } =
        BackportSession::read(session, &options, &mut report.findings)?;
    let config = project.config;
    let lead = project::lead(repo, &context.location, &config)?;
    let calendar = ProjectSchedule::of(Some((repo, &refs)), config.clone(), context.date, &lead)?;
    let status = calendar.status();
    report.findings.extend(calendar.notes.iter().cloned());
    if let Some(remote) = refs.branches.remote_in_words() {
        report.fact("remote", remote);
    }
    let (targets, excepted) = chosen(&status, &scope, waivers, &mut report)?;
    for LeftOut { branch, reason } in &excepted {
        report.fact("waived", format!("{branch}: {reason}"));
    }
    report.fact("latest", supported::latest(&status));
    let compared = compare((repo, &refs), (&scope, &config, &status), targets, excepted, &mut report);
    if let Err(Refused(findings)) = Refused::taken_from(compared)? {
        report.fact("changes", "unchecked");
        report.findings.extend(findings);
    }
    Ok(report)
}

/// Compares what went to the branches.
///
/// # Errors
///
/// A refusal where too little of the history is here.
fn compare(
    (repo, refs): (&Repo, &Refs),
    (scope, config, status): (&Scope, &Config, &Status),
    targets: Vec<Target>,
    excepted: Vec<LeftOut>,
    report: &mut Report,
) -> Result<()> {
    let mut survey = PickSurvey::read(repo, scope, &targets, &[])?;
    let concerns = Concerns::read((repo, refs), (scope, config), &targets, false)?;
    let found = backported(&mut survey, &concerns)?;
    let mut rows = rows(&mut survey, &found.commits, &targets, &scope.statements)?;
    let on_trunk = on_trunk(repo, scope, &rows)?;
    if rows.iter().any(MatrixRow::has_gap) {
        let cuts = Cuts::read(repo, scope, &targets)?;
        let places = |row: &MatrixRow, column| cuts.places(row, column, on_trunk.contains(&row.commit));
        presence::fill(repo, &Judged::new(repo, scope), &mut rows, &places)?;
    }
    let matrix = Matrix::new(targets, excepted, rows, found.left_out);
    let releases = releases((repo, refs), status, &matrix.branches, &matrix.rows)?;
    let (compared, left_out) = (found.commits.len(), matrix.left_out);
    report.fact("changes", format!("{compared} compared, {left_out} of one branch only left out"));
    report.findings.extend(supported::findings(&matrix, &|commit| on_trunk.contains(&commit)));
    report.findings.extend(supported::unreleased(&matrix, &releases));
    Ok(())
}

/// Returns the commits of the rows with gaps that are the trunk's.
fn on_trunk(repo: &Repo, scope: &Scope, rows: &[MatrixRow]) -> Result<BTreeSet<CommitId>> {
    let mut on_trunk = BTreeSet::new();
    for row in rows.iter().filter(|row| row.has_gap()) {
        if let Some(tip) = scope.trunk_tip.commit()
            && repo.has_ancestor(tip, row.commit)?
        {
            on_trunk.insert(row.commit);
        }
    }
    Ok(on_trunk)
}

/// Where the release branches left the trunk.
struct Cuts {
    /// Each branch, oldest first.
    all: Vec<(Version, CommitId)>,
    /// The version and the tip of each column.
    columns: Vec<(Version, CommitId)>,
}

impl Cuts {
    fn read(repo: &Repo, scope: &Scope, targets: &[Target]) -> Result<Self> {
        let mut all = Vec::new();
        if let Some(trunk) = scope.trunk_tip.commit() {
            for branch in scope.branches.iter().rev() {
                let cut = repo.left_at(branch.tip, trunk)?;
                all.extend(cut.map(|cut| (branch.version.clone(), cut)));
            }
        }
        Ok(Self { all, columns: targets.iter().map(|target| (target.version.clone(), target.tip)).collect() })
    }

    /// Returns where the trunk may have had what a row shows before the branch of a column was cut: at every cut since
    /// that of the branch that has it, where its commit on the trunk is not known.
    fn places(&self, row: &MatrixRow, column: usize, is_origin_known: bool) -> ChangePlaces {
        let (version, tip) = &self.columns[column];
        let has = |column: &usize| matches!(row.cells[*column], MatrixCell::Contained(_));
        let oldest = (0..row.cells.len()).rev().find(has).map(|column| &self.columns[column].0);
        let is_between = |cut: &Version| oldest.is_some_and(|oldest| cut > oldest) && cut < version;
        let before = self.all.iter().filter(|(cut, _)| !is_origin_known && is_between(cut));
        let cut = self.all.iter().find(|(cut, _)| cut == version).map(|(_, cut)| *cut);
        ChangePlaces {
            before: before.map(|(_, cut)| *cut).collect(),
            own: cut.into_iter().chain([*tip]).collect(),
        }
    }
}

/// Returns the latest release of each of `targets`, with what it contains of what `rows` show.
fn releases(
    (repo, refs): (&Repo, &Refs),
    status: &Status,
    targets: &[Target],
    rows: &[MatrixRow],
) -> Result<Vec<Option<SupportedRelease>>> {
    let mut tagged = Vec::new();
    for target in targets {
        let row = status.rows.iter().find(|row| target.branch == *row.branch && row.released.is_some());
        let tag = row.and_then(|row| row.latest.as_ref()).map(|(tag, _)| tag.clone());
        let commit = tag.as_ref().and_then(|tag| Some(refs.tags.get(tag.as_str())?.commit));
        tagged.push(tag.zip(commit));
    }
    let tips: Vec<CommitId> = tagged.iter().flatten().map(|(_, commit)| *commit).collect();
    let reach = repo.reach(&tips)?;
    let release = |(column, tagged): (usize, Option<(TagName, CommitId)>)| {
        let (tag, commit) = tagged?;
        let tip = tips.iter().position(|tip| *tip == commit)?;
        let cells = rows.iter().filter_map(|row| row.cells.get(column));
        let shown = cells.filter_map(|cell| match cell {
            MatrixCell::Contained(shown) => Some(shown.by),
            _ => None,
        });
        Some(SupportedRelease {
            tag,
            contains: shown.filter(|commit| reach.contains(tip, *commit)).collect(),
        })
    };
    Ok(tagged.into_iter().enumerate().map(release).collect())
}

/// Returns the branches that need fixes, newest first, and those that are waived; tells how each
/// stands.
///
/// # Errors
///
/// Waivers for what is not supported.
fn chosen(
    status: &Status,
    scope: &Scope,
    waivers: &[Waiver],
    report: &mut Report,
) -> Result<(Vec<Target>, Vec<LeftOut>), Refused> {
    let (rows, unused) = status.waived(waivers)?;
    let (mut targets, mut excepted) = (Vec::new(), Vec::new());
    for (row, waiver) in rows {
        if let Some(waiver) = waiver {
            excepted.push(LeftOut { branch: row.branch.clone(), reason: waiver.reason.clone() });
            continue;
        }
        if let Some(target) = scope.branches.iter().find(|target| target.branch == *row.branch) {
            report.fact("branch", supported::standing(row));
            targets.push(target.clone());
        } else {
            let message = format!("{} needs fixes, and there is no branch `{}`", row.short, row.branch);
            let remedy = "fetch the branch, or leave it out with `--except`";
            report.findings.push(Finding::of(rule::NO_BRANCH, message).remedy(remedy));
        }
    }
    Refused::if_any(unused)?;
    Ok((targets, excepted))
}
