//! What the release branches hold that is in no release, looked into commit by commit.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::NaiveDate;
use semver::Version;

use crate::backport::bookkeeping::Bookkeeping;
use crate::backport::concern;
use crate::backport::evidence::Facts;
use crate::backport::own::Commits;
use crate::backport::title::BranchWords;
use crate::config::Config;
use crate::edit::notes::{Notes, SectionState};
use crate::git::history::CommitInfo;
use crate::git::{BranchName, CommitId, Repo};
use crate::path::RepoPath;
use crate::project::Lead;
use crate::status::{Status, StatusRow, Unreleased};
use crate::workspace::declared::Declarations;

/// Reads it of the releases of `status` of which it matters, by the names of their branches.
///
/// # Errors
///
/// If the repository cannot be read.
pub(super) fn read(
    repo: &Repo,
    config: &Config,
    lead: &Lead,
    status: &Status,
) -> Result<BTreeMap<String, Unreleased>> {
    let mut found = BTreeMap::new();
    let Some(manifest) = &lead.manifest else { return Ok(found) };
    let declarations = Declarations::default();
    let notes = config.notes.enabled.then(|| RepoPath::clone(&config.notes.file));
    let lead = (lead.name.as_deref(), manifest);
    let bookkeeping = Bookkeeping { repo, notes: notes.as_slice(), lead, declarations: &declarations };
    let trunk = config.trunk.as_ref().map_or("", BranchName::as_str);
    let words = BranchWords::new(&config.names.branch, trunk, &[]);
    let reader = Reader { config, bookkeeping, words, date: status.date };
    for row in status.to_look_into() {
        if let Some(unreleased) = reader.of_row(row)? {
            found.insert(row.branch.clone(), unreleased);
        }
    }
    Ok(found)
}

/// What commits are judged by.
struct Reader<'a> {
    config: &'a Config,
    bookkeeping: Bookkeeping<'a>,
    words: BranchWords,
    date: NaiveDate,
}

/// A commit, as far as it counts.
struct JudgedCommit {
    facts: Facts,
    day: NaiveDate,
    is_fix: bool,
    moves_version: bool,
}

impl Reader<'_> {
    /// Returns what the branch of a release holds; `None` where it is not known what is released of it.
    fn of_row(&self, row: &StatusRow) -> Result<Option<Unreleased>> {
        let Some((tip, base)) = row.tip().and_then(|tip| Some((tip, tip.base?))) else { return Ok(None) };
        if tip.ahead.is_none() {
            return Ok(None);
        }
        let mut commits = Vec::new();
        for (said, day) in self.bookkeeping.repo.commits_since(base, tip.commit)? {
            commits.push(self.judged(&said, day)?);
        }
        let prepared = self.prepared(row, tip.commit, &commits)?;
        // What was prepared is on its way.
        let rest = match &prepared {
            Some((at, ..)) => commits.split_off(at + 1),
            None => commits,
        };
        let mut unreleased = fixes(rest);
        unreleased.untagged = prepared.map(|(_, version, day)| (version, day));
        Ok(Some(unreleased))
    }

    fn judged(&self, said: &CommitInfo, day: NaiveDate) -> Result<JudgedCommit> {
        let facts = Facts::read(said, &self.words);
        let touched = self.bookkeeping.repo.touched(said.id)?;
        let concern =
            concern::by_change(&self.bookkeeping, &self.config.backport.ignore, (&facts, &touched))?;
        let moves_version = concern == Some(concern::Concern::Release)
            && self.bookkeeping.moves_version(said.id, &touched)?;
        Ok(JudgedCommit { facts, day, is_fix: concern.is_none(), moves_version })
    }

    /// Returns the version that a branch holds and that is made and not tagged, the day of that, and the place of
    /// the commit that moved to it.
    ///
    /// The notes tell by the day that they give; where there are none, that fixes came before the version moved: a
    /// project that moves it right after each release has none there.
    fn prepared(
        &self,
        row: &StatusRow,
        tip: CommitId,
        commits: &[JudgedCommit],
    ) -> Result<Option<(usize, Version, NaiveDate)>> {
        let Some(version) = row.declared.version.as_ref().filter(|version| self.is_untagged(row, version))
        else {
            return Ok(None);
        };
        let moved = commits.iter().rposition(|commit| commit.moves_version);
        let is_made = match self.noted(tip, version)? {
            Some(is_made) => is_made,
            None => moved.is_some_and(|moved| commits[..moved].iter().any(|commit| commit.is_fix)),
        };
        let last = moved.or_else(|| commits.len().checked_sub(1)).filter(|_| is_made);
        Ok(last.map(|at| (at, version.clone(), commits[at].day)))
    }

    fn is_untagged(&self, row: &StatusRow, version: &Version) -> bool {
        let is_later = |tag: &Version| tag >= version;
        let tagged = row.latest.as_ref().and_then(|(tag, _)| self.config.names.tag.read(tag));
        self.config.prerelease.is_release(version) && !tagged.as_ref().is_some_and(is_later)
    }

    /// Returns whether the notes at `tip` say that `version` is released; `None` where there are no notes.
    fn noted(&self, tip: CommitId, version: &Version) -> Result<Option<bool>> {
        let notes = &self.config.notes;
        if !notes.enabled {
            return Ok(None);
        }
        let Some(Ok(text)) = self.bookkeeping.repo.text_at(tip, &notes.file)? else { return Ok(None) };
        let notes = Notes::parse(&notes.file, &text, &notes.style);
        let is_out = |state| matches!(state, Some(SectionState::Released(day)) if day <= self.date);
        let mut sections = notes.sections_of(version);
        Ok(Some(sections.any(|section| is_out(section.state()))))
    }
}

/// Returns the fixes among commits of a branch, parents first; not those that were taken back.
fn fixes(commits: Vec<JudgedCommit>) -> Unreleased {
    let mut unreleased = Unreleased::default();
    let judged: BTreeMap<CommitId, (NaiveDate, bool)> =
        commits.iter().map(|commit| (commit.facts.id, (commit.day, commit.is_fix))).collect();
    let commits = Commits::new(commits.into_iter().map(|commit| commit.facts).collect());
    for facts in commits.live().filter(|facts| !commits.takes_back_own(facts)) {
        if let Some((day, true)) = judged.get(&facts.id) {
            unreleased.fixes += 1;
            unreleased.since = Some(unreleased.since.map_or(*day, |since| since.min(*day)));
            unreleased.advisories.extend(facts.advisories.iter().cloned());
        }
    }
    unreleased
}
