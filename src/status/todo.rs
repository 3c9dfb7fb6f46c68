//! What is to be done.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use semver::Version;

use super::row::{ReleaseState, StatusRow};
use crate::git::BranchName;
use crate::git::survey::Survey;
use crate::git::tracking::TrackingDistance;
use crate::train::{Phase, Term};

/// How many days before its end a release with unreleased fixes is said to end.
const SOON: i64 = 7;

/// Something that a maintainer can do on the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Todo {
    /// A release is due.
    Release {
        /// The version.
        version: Version,
        /// The day on which it was due.
        due: NaiveDate,
    },
    /// A cut is due.
    Cut {
        /// The version.
        version: Version,
        /// The day on which it was due.
        due: NaiveDate,
    },
    /// A version is prepared, and has no tag.
    Tag {
        /// The version.
        version: Version,
        /// The branch that holds it.
        branch: String,
        /// The day on which it was prepared.
        since: NaiveDate,
    },
    /// Support ends soon, and there are fixes that are not released.
    Ends {
        /// The first version of the release.
        version: Version,
        /// The last day of support, that day included.
        last_day: NaiveDate,
        /// The fixes; `None` where it is not known whether there are any.
        fixes: Option<Fixes>,
    },
    /// A supported release has fixes that are not released.
    Patch {
        /// The first version of the release.
        version: Version,
        /// The fixes.
        fixes: Fixes,
    },
    /// A security fix must go to a release that has no branch here.
    NoBranch {
        /// The first version of the release.
        version: Version,
        /// The branch that it should have.
        branch: String,
    },
    /// The manifests on a release branch name a version of another release.
    OtherVersion {
        /// The branch.
        branch: String,
        /// The version that they name.
        version: Version,
    },
    /// A branch is not what was fetched of it.
    Apart {
        /// The branch.
        branch: BranchName,
        /// How far they are apart.
        distance: TrackingDistance,
    },
}

/// Fixes on a branch that are in no release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixes {
    /// How many there are.
    pub count: usize,
    /// The day of the first, in UTC.
    pub since: NaiveDate,
    /// The advisories that they name.
    pub advisories: BTreeSet<String>,
}

/// How pressing something is, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    /// Tomorrow is too late.
    LastDay,
    /// Users are known to be in danger.
    Security,
    /// The calendar says so.
    Due,
    /// It will be too late.
    Ending,
    /// Users wait for it.
    Waiting,
    /// It stands in the way of what is done next.
    Clone,
}

impl Todo {
    fn urgency(&self, day: NaiveDate) -> Urgency {
        let has_advisory = |fixes: &Fixes| !fixes.advisories.is_empty();
        match self {
            Self::Ends { last_day, .. } if *last_day == day => Urgency::LastDay,
            Self::Ends { fixes: Some(fixes), .. } if has_advisory(fixes) => Urgency::Security,
            Self::Patch { fixes, .. } if has_advisory(fixes) => Urgency::Security,
            Self::Release { .. } | Self::Cut { .. } | Self::Tag { .. } => Urgency::Due,
            Self::Ends { .. } => Urgency::Ending,
            Self::Patch { .. } => Urgency::Waiting,
            Self::NoBranch { .. } | Self::OtherVersion { .. } | Self::Apart { .. } => Urgency::Clone,
        }
    }

    /// Returns the day that tells which of two as pressing comes first.
    fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Release { due: day, .. }
            | Self::Cut { due: day, .. }
            | Self::Tag { since: day, .. }
            | Self::Ends { last_day: day, .. } => Some(*day),
            Self::Patch { fixes, .. } => Some(fixes.since),
            Self::NoBranch { .. } | Self::OtherVersion { .. } | Self::Apart { .. } => None,
        }
    }
}

/// Returns what is to be done on `day`, the most pressing first; of two as pressing that of the older day, and then
/// of the newer release.
pub(super) fn todo(day: NaiveDate, rows: &[StatusRow], survey: &Survey) -> Vec<Todo> {
    // Where no branch is known at all, that says something about the clone.
    let is_clone = !survey.branches.is_empty();
    let of_row = |row: &StatusRow| {
        [
            due(day, row),
            fixes(day, row),
            no_branch(row).filter(|_| is_clone),
            other_version(row),
            apart(row, survey),
        ]
    };
    let mut todo: Vec<Todo> = rows.iter().flat_map(of_row).flatten().collect();
    todo.sort_by_key(|todo| (todo.urgency(day), todo.day()));
    todo
}

/// Returns what the calendar asks for, or what is made of that and has no tag.
fn due(day: NaiveDate, row: &StatusRow) -> Option<Todo> {
    let untagged = row.unreleased.as_ref().and_then(|unreleased| unreleased.untagged.clone());
    if let Some((version, since)) = untagged.filter(|_| row.is_open()) {
        return Some(Todo::Tag { version, branch: row.branch.clone(), since });
    }
    let (ReleaseState::Phase(phase), Some(release)) = (row.state, &row.release) else { return None };
    let version = row.version.clone();
    match phase {
        Phase::Due => Some(Todo::Release { version, due: release.release.due }),
        Phase::InDevelopment if release.cut.due <= day => Some(Todo::Cut { version, due: release.cut.due }),
        _ => None,
    }
}

/// Returns that there are fixes on the branch of a release that is out.
fn fixes(day: NaiveDate, row: &StatusRow) -> Option<Todo> {
    let fixes = row.unreleased.as_ref().map(|unreleased| {
        let since = unreleased.since?;
        let advisories = unreleased.advisories.clone();
        Some(Fixes { count: unreleased.fixes, since, advisories })
    });
    let version = row.version.clone();
    let left = row.days_left(day).filter(|left| *left <= SOON).and(row.term.as_ref());
    match (left.map(Term::last_day), fixes) {
        (Some(last_day), Some(Some(fixes))) => Some(Todo::Ends { version, last_day, fixes: Some(fixes) }),
        (Some(last_day), None) if row.tip().is_some_and(|tip| tip.ahead.is_none()) => {
            Some(Todo::Ends { version, last_day, fixes: None })
        }
        (None, Some(Some(fixes))) if row.is_out() => Some(Todo::Patch { version, fixes }),
        _ => None,
    }
}

fn no_branch(row: &StatusRow) -> Option<Todo> {
    let needed = matches!(row.state, ReleaseState::Phase(phase) if phase.needs_fixes());
    (needed && row.tips.is_empty())
        .then(|| Todo::NoBranch { version: row.version.clone(), branch: row.branch.clone() })
}

fn other_version(row: &StatusRow) -> Option<Todo> {
    let declared = row.declared.version.as_ref()?;
    let of_release = (declared.major, declared.minor) == (row.version.major, row.version.minor)
        || (declared.major > 0 && row.version.minor == 0 && declared.major == row.version.major);
    let judged = row.is_open()
        && row.state != ReleaseState::Phase(Phase::InDevelopment)
        && row.tip().is_some_and(|tip| !tip.has_later);
    (judged && !of_release)
        .then(|| Todo::OtherVersion { branch: row.branch.clone(), version: declared.clone() })
}

fn apart(row: &StatusRow, survey: &Survey) -> Option<Todo> {
    let (branch, distance) = survey.apart.get_key_value(row.branch.as_str()).filter(|_| row.is_open())?;
    Some(Todo::Apart { branch: branch.clone(), distance: distance.clone() })
}
