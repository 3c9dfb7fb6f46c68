//! The release branches as they stand on a day, and what is to be done.
//!
//! Values in, values out: the policy and what branches and tags tell, either of which may be missing.

mod manifest;
mod todo;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use semver::Version;
use serde::Serialize;

pub use manifest::Declared;
pub use todo::Todo;

use crate::finding::{Finding, Refused};
use crate::repo::survey::{Branch, Survey, Tag, Tip};
use crate::train::{History, Number, Numbering, Phase, Release, Train};

/// What a status is made from.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The day as of which everything is said.
    pub day: NaiveDate,
    /// The policy, if there is one.
    pub train: Option<&'a Train>,
    /// What branches and tags tell.
    pub survey: &'a Survey,
    /// How releases are numbered, by the policy or by the lead package's version.
    pub numbering: Numbering,
    /// Returns the name of the release branch of a version.
    pub branch: &'a dyn Fn(&Version) -> String,
}

/// The release branches as they stand on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The day.
    pub day: NaiveDate,
    /// What it was made from.
    pub had: Had,
    /// The releases that have a branch, need one, or are next on the trunk; newest first.
    pub rows: Vec<Row>,
    /// What is to be done, the most pressing first.
    pub todo: Vec<Todo>,
}

/// What a status was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Had {
    /// Whether there was a policy.
    pub policy: bool,
    /// How many tags of releases there were.
    pub tags: usize,
    /// How many release branches there were, local and remote-tracking.
    pub branches: usize,
    /// Whether the history is cut off somewhere, so that some of it may not be known.
    pub shallow: bool,
}

/// One release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number on the train.
    pub number: Number,
    /// Its first version.
    pub version: Version,
    /// How it is called in running text: `36.0`.
    pub short: String,
    /// Where it stands.
    pub state: State,
    /// Its days by the policy.
    pub release: Option<Release>,
    /// The branch that it is on: its own, or the trunk.
    pub branch: String,
    /// That branch in each place where it is.
    pub tips: Vec<Tip>,
    /// What the manifests on the branch declare.
    pub declared: Declared,
    /// The day of its first tag.
    pub released: Option<NaiveDate>,
    /// Its latest tag and the day of that; a candidate's only before the release.
    pub latest: Option<(String, NaiveDate)>,
}

/// Where a release stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// By the policy.
    Phase(Phase),
    /// Released; whether it is supported is not known without a policy.
    Released,
}

impl State {
    /// Returns the state in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phase(phase) => phase.name(),
            Self::Released => "released",
        }
    }
}

impl Row {
    /// Returns the tip that counts where the branch is in several places: one of which it is not known
    /// how much is not released, then the one with most of that, and the local one of equals.
    pub fn tip(&self) -> Option<&Tip> {
        main_tip(&self.tips)
    }

    /// Returns the number of days of support that are left after the day; 0 on the last day.
    pub fn days_left(&self, day: NaiveDate) -> Option<i64> {
        let supported = matches!(self.state, State::Phase(phase) if phase.is_supported());
        let release = self.release.as_ref().filter(|_| supported)?;
        Some((release.term.last_day() - day).num_days())
    }
}

impl Status {
    /// Makes the status.
    pub fn new(known: &Known<'_>) -> Self {
        let history = known.history();
        let survey = known.survey;
        let mut by_release: BTreeMap<Number, Vec<&Branch>> = BTreeMap::new();
        for branch in &survey.branches {
            by_release.entry(branch.number).or_default().push(branch);
        }
        let mut numbers: BTreeSet<Number> = by_release.keys().copied().collect();
        if let Some(train) = known.train {
            numbers.extend(train.needing_fixes(known.day, &history).iter().map(|release| release.number));
        }
        let none = Vec::new();
        let of = |number: &Number| by_release.get(number).unwrap_or(&none);
        let mut rows: Vec<Row> =
            numbers.iter().filter_map(|number| row(known, &history, *number, of(number))).collect();
        let newest = rows.last().map(|row| row.number);
        rows.extend(on_trunk(known, &history, newest));
        rows.reverse();
        let todo = todo::todo(known.day, &rows, survey);
        let had = Had {
            policy: known.train.is_some(),
            tags: survey.tags.len(),
            branches: survey.branches.len(),
            shallow: survey.is_shallow,
        };
        Self { day: known.day, had, rows, todo }
    }

    /// Returns the branches that a security fix must go to, oldest release first: those supported on
    /// the day, and those cut but not released.
    ///
    /// # Errors
    ///
    /// A refusal without a policy: nothing else tells what is supported.
    pub fn supported(&self) -> Result<Vec<&str>, Refused> {
        if !self.had.policy {
            let finding = Finding::error("no-policy", "no policy tells which releases are supported");
            return Err(finding.remedy("describe the train under `[schedule]` in relprep.toml").into());
        }
        let needs = |row: &&Row| matches!(row.state, State::Phase(phase) if phase.needs_fixes());
        Ok(self.rows.iter().rev().filter(needs).map(|row| row.branch.as_str()).collect())
    }
}

impl Known<'_> {
    /// Returns what had happened by the day. A branch that has gone on since may not have been there
    /// yet: then its planned cut decides.
    pub fn history(&self) -> History {
        if self.survey.tags.is_empty() && self.survey.branches.is_empty() {
            return History::none();
        }
        let tags = self.survey.tags.iter().map(|tag| (tag.number, tag.version.clone(), tag.day));
        let was_there = |branch: &&Branch| {
            let planned = || self.train?.release(branch.number, &History::none());
            !branch.tip.has_later || planned().is_none_or(|release| release.cut.planned <= self.day)
        };
        let cut = self.survey.branches.iter().filter(was_there).map(|branch| branch.number);
        History::new(self.day, tags, cut)
    }
}

fn row(known: &Known<'_>, history: &History, number: Number, branches: &[&Branch]) -> Option<Row> {
    let release = known.train.and_then(|train| train.release(number, history));
    if history.is_cut(number) == Some(false) && history.released(number).is_none() && !branches.is_empty() {
        return None;
    }
    let tips: Vec<Tip> = branches.iter().map(|branch| branch.tip.clone()).collect();
    let declared = main_tip(&tips).map(|tip| Declared::read(&tip.files)).unwrap_or_default();
    let version = known.numbering.version(number);
    let tags: Vec<&Tag> = known.survey.tags.iter().filter(|tag| tag.number == number).collect();
    let candidate =
        declared.version.as_ref().is_some_and(|version| !version.pre.is_empty()) || !tags.is_empty();
    Some(Row {
        number,
        short: known.numbering.short(number),
        state: state(known.day, history, number, release.as_ref(), candidate),
        branch: tips.first().map_or_else(|| (known.branch)(&version), |tip| tip.name.clone()),
        version,
        release,
        tips,
        declared,
        released: history.released(number),
        latest: tags.last().map(|tag| (tag.name.clone(), tag.day)),
    })
}

fn state(
    day: NaiveDate,
    history: &History,
    number: Number,
    release: Option<&Release>,
    candidate: bool,
) -> State {
    let phase = match release {
        Some(release) => release.phase(day, history),
        None if history.released(number).is_some() => return State::Released,
        None => Phase::Cut,
    };
    State::Phase(if phase == Phase::Cut && candidate { Phase::Candidate } else { phase })
}

/// Returns the release that the trunk works on: the one that its manifests name, or the one after the
/// newest of the others.
fn on_trunk(known: &Known<'_>, history: &History, newest: Option<Number>) -> Option<Row> {
    let trunk = known.survey.trunk.as_ref();
    let declared = trunk.map(|trunk| Declared::read(&trunk.files)).unwrap_or_default();
    let named = declared.version.as_ref().and_then(|version| known.numbering.number(version));
    let planned = known.train.and_then(|train| {
        let newest = newest.max(train.current(known.day, history));
        newest.map_or(Some(train.since), |newest| train.next(newest))
    });
    let is_new = |number: &Number| newest.is_none_or(|newest| *number > newest);
    let current = trunk.is_some_and(|trunk| !trunk.has_later);
    let number = named.filter(|number| current && is_new(number)).or(planned)?;
    Some(Row {
        number,
        version: known.numbering.version(number),
        short: known.numbering.short(number),
        state: State::Phase(Phase::InDevelopment),
        release: known.train.and_then(|train| train.release(number, history)),
        branch: trunk.map_or_else(|| "trunk".to_owned(), |trunk| trunk.name.clone()),
        tips: trunk.cloned().into_iter().collect(),
        declared,
        released: None,
        latest: None,
    })
}

fn main_tip(tips: &[Tip]) -> Option<&Tip> {
    tips.iter().max_by_key(|tip| (tip.ahead.is_none(), tip.ahead, tip.remote.is_none()))
}

#[cfg(test)]
mod tests;
