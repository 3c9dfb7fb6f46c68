//! The release branches as they stand on a day, and what is to be done.
//!
//! Values in, values out: the policy and what branches and tags tell, either of which may be missing.
//!
//! A minor release with a branch of its own (`branch --level minor`) has no days on a train that is
//! numbered by majors. It shares the support of its major: while that lasts fixes go to both branches,
//! since nothing says that the older one has ended. Whoever wants that deletes it, or waives it with
//! `--except`.

mod past;
mod row;
mod todo;
mod unreleased;
mod unseen;
mod waiver;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use row::main_tip;

pub use past::Past;
pub use row::{ReleaseState, StatusRow};
pub use todo::{Fixes, Todo};
pub use unreleased::Unreleased;
pub use waiver::Waiver;

use crate::finding::{Finding, Refused};
use crate::git::survey::{LaterRefs, Presence, ReleaseBranch, Survey, Tip, latest};
use crate::git::{BranchName, CommitId};
use crate::rule;
use crate::train::{History, Number, Numbering, Phase, Term, Train};
use crate::version::{plain, short};
use crate::workspace::declared::Declared;

/// What a status is made from.
#[derive(Clone, Copy)]
pub struct StatusSources<'a> {
    /// The day as of which everything is said.
    pub date: NaiveDate,
    /// The policy, if there is one.
    pub train: Option<&'a Train>,
    /// What branches and tags tell.
    pub survey: &'a Survey,
    /// What the manifests of each tip declare, by its commit.
    pub declared: &'a BTreeMap<CommitId, Declared>,
    /// What release branches hold that is in no release, by their names, where that was looked into.
    pub unreleased: &'a BTreeMap<String, Unreleased>,
    /// Whether it is known that tags of the newest releases are missing.
    pub lacks_tags: bool,
    /// How releases are numbered, by the policy or by the lead package's version.
    pub numbering: Numbering,
    /// Returns the name of the release branch of a version.
    pub branch: &'a dyn Fn(&Version) -> String,
}

/// The release branches as they stand on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The day.
    pub date: NaiveDate,
    /// What it was made from.
    pub sources: SourceCounts,
    /// The releases that have a branch, need one, or are next on the trunk; newest first.
    pub rows: Vec<StatusRow>,
    /// What is to be done, the most pressing first.
    pub todo: Vec<Todo>,
    /// What went otherwise than planned, newest release first.
    pub past: Vec<Past>,
}

/// What a status was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SourceCounts {
    /// Whether there was a policy.
    pub policy: bool,
    /// How many tags of releases there were.
    pub tags: usize,
    /// How many release branches there were, local or remote-tracking: one in several places is one.
    pub branches: usize,
    /// Whether the history is cut off somewhere, so that some of it may not be known.
    pub shallow: bool,
    /// What was left out, since it came after the day.
    pub later: LaterRefs,
}

/// A release that needs fixes, and the waiver that leaves it out.
pub type Waived<'s> = (&'s StatusRow, Option<&'s Waiver>);

impl Status {
    /// Makes the status.
    pub fn new(known: &StatusSources<'_>) -> Self {
        let history = known.history();
        let survey = known.survey;
        let mut branches: BTreeMap<(Number, Version), Vec<&ReleaseBranch>> = BTreeMap::new();
        for branch in known.branches() {
            branches.entry((branch.number, branch.version.clone())).or_default().push(branch);
        }
        let with_branch: BTreeSet<Number> = branches.keys().map(|(number, _)| *number).collect();
        let needed = known.train.map(|train| train.needing_fixes(known.date, &history)).unwrap_or_default();
        for release in needed.into_iter().filter(|release| !with_branch.contains(&release.number)) {
            branches.insert((release.number, release.version), Vec::new());
        }
        let rows = branches.into_iter().map(|(start, branches)| row(known, &history, start, &branches));
        let mut rows: Vec<StatusRow> = rows.collect();
        rows.extend(on_trunk(known, &history, rows.last()));
        rows.reverse();
        let todo = todo::todo(known.date, &rows, survey);
        let names = |branches: &mut dyn Iterator<Item = &ReleaseBranch>| {
            branches.map(|branch| branch.tip.name.clone()).collect::<BTreeSet<_>>().len()
        };
        let (all, branches) = (names(&mut survey.branches.iter()), names(&mut known.branches()));
        let sources = SourceCounts {
            policy: known.train.is_some(),
            tags: survey.tags.len(),
            branches,
            shallow: survey.is_shallow,
            later: LaterRefs { branches: survey.later.branches + all - branches, ..survey.later },
        };
        let past = past::past(&rows, survey);
        Self { date: known.date, sources, rows, todo, past }
    }

    /// Returns the releases of which it matters what is not released: those that need fixes; without a policy, the
    /// newest that is out. None where no tag tells what is released.
    pub fn to_look_into(&self) -> impl Iterator<Item = &StatusRow> {
        let newest = self.rows.iter().find(|row| row.state == ReleaseState::Released).into_iter();
        let rows = newest.chain(self.needing_fixes());
        rows.filter(|_| self.sources.tags > 0)
    }

    /// Returns the branches that a security fix must go to, oldest release first: those supported on
    /// the day, and those cut but not released.
    ///
    /// # Errors
    ///
    /// A refusal without a policy: nothing else tells what is supported.
    pub fn supported(&self) -> Result<Vec<&str>, Refused> {
        if !self.sources.policy {
            let finding = Finding::of(rule::NO_POLICY, "no policy tells which releases are supported");
            return Err(finding.remedy("describe the train under `[schedule]` in relprep.toml").into());
        }
        Ok(self.needing_fixes().rev().map(|row| row.branch.as_str()).collect())
    }

    fn needing_fixes(&self) -> impl DoubleEndedIterator<Item = &StatusRow> {
        let needs = |row: &&StatusRow| matches!(row.state, ReleaseState::Phase(phase) if phase.needs_fixes());
        self.rows.iter().filter(needs)
    }

    /// Returns the releases that need fixes, newest first; and a finding for each of `waivers` that leaves
    /// none of them out.
    ///
    /// # Errors
    ///
    /// As [`Status::supported`].
    pub fn waived<'s>(&'s self, waivers: &'s [Waiver]) -> Result<(Vec<Waived<'s>>, Vec<Finding>), Refused> {
        self.supported()?;
        let mut unused: Vec<&Waiver> = waivers.iter().collect();
        let mut waived = Vec::new();
        for row in self.needing_fixes() {
            let waiver = waivers.iter().find(|waiver| waiver.means(&row.branch, &row.version));
            unused.retain(|other| Some(*other) != waiver);
            waived.push((row, waiver));
        }
        let finding = |waiver: &Waiver| {
            let message = format!("`{}` is not a supported release", waiver.release);
            let remedy = "see `cargo relprep status` for those that are";
            Finding::of(rule::WAIVER_UNUSED, message).remedy(remedy)
        };
        Ok((waived, unused.into_iter().map(finding).collect()))
    }
}

impl StatusSources<'_> {
    /// Returns what had happened by the day.
    pub fn history(&self) -> History {
        if self.survey.tags.is_empty() && self.survey.branches.is_empty() {
            return History::none();
        }
        let tags = self.survey.tags.iter().map(|tag| (tag.number, tag.version.clone(), tag.day));
        let cut = self.branches().map(|branch| branch.number);
        History::new(self.date, tags, cut).cut_short(self.lacks_tags)
    }

    /// Returns the branches of which nothing can be out by the plan, where no tag tells.
    pub fn new_branches(&self) -> BTreeSet<BranchName> {
        let history = self.history();
        let is_out = |branch: &&ReleaseBranch| {
            let is_minor = short(&branch.version) != self.numbering.short(branch.number);
            let release =
                self.train.filter(|_| !is_minor).and_then(|train| train.release(branch.number, &history));
            let phase = release.map(|release| release.phase(self.date, &history));
            phase.is_some_and(|phase| phase.is_supported() || phase == Phase::Ended)
        };
        let new = self.survey.branches.iter().filter(|branch| !is_out(branch));
        new.map(|branch| branch.tip.name.clone()).collect()
    }

    fn declared(&self, tip: &Tip) -> Declared {
        self.declared.get(&tip.commit).cloned().unwrap_or_default()
    }

    /// Returns the branches that were there on the day. Where the history does not tell, the planned cut
    /// does; without a plan one at the trunk's commit is taken for a later one.
    fn branches(&self) -> impl Iterator<Item = &ReleaseBranch> {
        self.survey.branches.iter().filter(|branch| {
            let release = || self.train?.release(branch.number, &History::none());
            let planned = || release().map(|release| release.cut.planned <= self.date);
            match branch.presence {
                Presence::Sure => true,
                Presence::AtTrunk => planned().unwrap_or(false),
                Presence::CutOff => planned().unwrap_or(true),
            }
        })
    }
}

fn row(
    known: &StatusSources<'_>,
    history: &History,
    (number, version): (Number, Version),
    branches: &[&ReleaseBranch],
) -> StatusRow {
    let release = known.train.and_then(|train| train.release(number, history));
    let tips: Vec<Tip> = branches.iter().map(|branch| branch.tip.clone()).collect();
    let declared = main_tip(&tips).map(|tip| known.declared(tip)).unwrap_or_default();
    let tags = known.survey.tags_of(number, &version);
    let candidate =
        declared.version.as_ref().is_some_and(|version| !version.pre.is_empty()) || !tags.is_empty();
    let first_day = tags.iter().filter(|tag| tag.version.pre.is_empty()).map(|tag| tag.day).min();
    let is_minor = short(&version) != known.numbering.short(number);
    let term = release.as_ref().map(|release| release.term.clone());
    let (release, released, phase) = if is_minor {
        (None, first_day, phase_of_minor(known.date, term.as_ref(), first_day))
    } else {
        let released = history.released(number);
        let phase = match &release {
            Some(release) => Some(release.phase(known.date, history)),
            None => released.is_none().then_some(Phase::Cut),
        };
        (release, released, phase)
    };
    let branch = tips.first().map_or_else(|| (known.branch)(&version), |tip| tip.name.to_string());
    StatusRow {
        number,
        short: short(&version),
        state: phase.map_or(ReleaseState::Released, |phase| {
            ReleaseState::Phase(if phase == Phase::Cut && candidate { Phase::Candidate } else { phase })
        }),
        version,
        release,
        term,
        tips,
        declared,
        unreleased: known.unreleased.get(&branch).cloned(),
        branch,
        released,
        latest: latest(&tags).map(|tag| (tag.name.clone(), tag.day)),
    }
}

/// Returns where a minor release stands whose first tag is of the day `released` and whose major has
/// `term`; `None` if it is out and nothing tells how long it is supported.
fn phase_of_minor(day: NaiveDate, term: Option<&Term>, released: Option<NaiveDate>) -> Option<Phase> {
    match term {
        None => released.is_none().then_some(Phase::Cut),
        Some(term) if released.is_some() || term.last_day() < day => Some(term.phase(day)),
        Some(_) => Some(Phase::Cut),
    }
}

/// Returns the release that the trunk works on: the one that its manifests name, or the one after the
/// `newest` of the others.
fn on_trunk(known: &StatusSources<'_>, history: &History, newest: Option<&StatusRow>) -> Option<StatusRow> {
    let newest_version = newest.map(|row| row.version.clone());
    let newest = newest.map(|row| row.number);
    let trunk = known.survey.trunk.as_ref();
    let declared = trunk.map(|trunk| known.declared(trunk)).unwrap_or_default();
    let named = declared.version.as_ref().and_then(|version| known.numbering.number(version));
    let planned = known.train.and_then(|train| {
        let newest = newest.max(train.current(known.date, history));
        newest.map_or(Some(train.since), |newest| train.next(newest))
    });
    let is_new = |number: &Number| newest.is_none_or(|newest| *number > newest);
    let current = trunk.is_some_and(|trunk| !trunk.has_later);
    let by_number = named.filter(|number| current && is_new(number)).or(planned);
    // Without a policy a minor release may be what comes next.
    let minor =
        declared.version.as_ref().map(plain).filter(|version| Some(version) > newest_version.as_ref());
    let (number, version) = match by_number {
        Some(number) => (number, known.numbering.version(number)),
        None => (named.filter(|_| current)?, minor?),
    };
    Some(StatusRow {
        number,
        short: short(&version),
        version,
        state: ReleaseState::Phase(Phase::InDevelopment),
        release: known.train.and_then(|train| train.release(number, history)),
        term: None,
        branch: trunk.map_or_else(|| "trunk".to_owned(), |trunk| trunk.name.to_string()),
        tips: trunk.cloned().into_iter().collect(),
        declared,
        unreleased: None,
        released: None,
        latest: None,
    })
}
