//! What is to be done.

use chrono::NaiveDate;
use semver::Version;

use super::row::{ReleaseState, StatusRow};
use crate::git::TagName;
use crate::git::survey::Survey;
use crate::train::Phase;

/// How many days before its end a release with unreleased commits is worth a word.
const SOON: i64 = 7;

/// Something that a maintainer has to do, or should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Support ends soon.
    Ends {
        /// The release: `24.0`.
        short: String,
        /// The last day of support, that day included.
        last_day: NaiveDate,
        /// The number of commits on its branch that are in no release, if that is known.
        unreleased: Option<usize>,
    },
    /// A security fix must go to a release that has no branch here.
    NoBranch {
        /// The release: `24.0`.
        short: String,
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
    /// A branch is not the same in all places.
    Differs {
        /// The branch.
        branch: String,
        /// `local`, or the remote's name.
        places: Vec<String>,
    },
    /// A version came out after the support of its release had ended.
    PastEnd {
        /// The release: `32.0`.
        short: String,
        /// The tag of the version.
        tag: TagName,
        /// The last day of support, that day included.
        last_day: NaiveDate,
    },
    /// The first version of a release has no tag, though a later one has.
    NeverTagged {
        /// The version that has none.
        version: Version,
        /// The first tag that there is.
        tagged: TagName,
    },
}

/// Returns what is to be done on `day`, the most pressing first.
pub(super) fn todo(day: NaiveDate, rows: &[StatusRow], survey: &Survey) -> Vec<Todo> {
    let mut todo: Vec<Todo> = rows.iter().flat_map(|row| of_row(day, row)).collect();
    // Where no branch is known at all, that says something about the clone.
    if !survey.branches.is_empty() {
        todo.extend(rows.iter().filter_map(no_branch));
    }
    todo.extend(rows.iter().filter_map(past_end));
    todo.extend(rows.iter().filter_map(|row| never_tagged(row, survey)));
    todo.sort();
    todo
}

fn of_row(day: NaiveDate, row: &StatusRow) -> Vec<Todo> {
    let mut todo = Vec::new();
    if let (ReleaseState::Phase(phase), Some(release)) = (row.state, &row.release) {
        let version = row.version.clone();
        match phase {
            Phase::Due => todo.push(Todo::Release { version, due: release.release.due }),
            Phase::InDevelopment if release.cut.due <= day => {
                todo.push(Todo::Cut { version, due: release.cut.due });
            }
            _ => {}
        }
    }
    todo.extend(ends(day, row));
    let ended = row.state == ReleaseState::Phase(Phase::Ended);
    if !ended {
        todo.extend(other_version(row));
        todo.extend(differs(row));
    }
    todo
}

fn no_branch(row: &StatusRow) -> Option<Todo> {
    let needed = matches!(row.state, ReleaseState::Phase(phase) if phase.needs_fixes());
    (needed && row.tips.is_empty())
        .then(|| Todo::NoBranch { short: row.short.clone(), branch: row.branch.clone() })
}

fn ends(day: NaiveDate, row: &StatusRow) -> Option<Todo> {
    let left = row.days_left(day)?;
    let last_day = row.term.as_ref()?.last_day();
    let unreleased = row.tip().map_or(Some(0), |tip| tip.ahead);
    let worth = left <= 1 || (left <= SOON && unreleased != Some(0));
    worth.then(|| Todo::Ends { short: row.short.clone(), last_day, unreleased })
}

fn other_version(row: &StatusRow) -> Option<Todo> {
    let declared = row.declared.version.as_ref()?;
    let of_release = (declared.major, declared.minor) == (row.version.major, row.version.minor)
        || (declared.major > 0 && row.version.minor == 0 && declared.major == row.version.major);
    let judged =
        row.state != ReleaseState::Phase(Phase::InDevelopment) && row.tip().is_some_and(|tip| !tip.has_later);
    (judged && !of_release)
        .then(|| Todo::OtherVersion { branch: row.branch.clone(), version: declared.clone() })
}

fn differs(row: &StatusRow) -> Option<Todo> {
    let differ = row.tips.iter().any(|tip| tip.commit != row.tips[0].commit);
    let places = || row.tips.iter().map(|tip| tip.place().to_owned()).collect();
    differ.then(|| Todo::Differs { branch: row.branch.clone(), places: places() })
}

fn past_end(row: &StatusRow) -> Option<Todo> {
    let ((tag, day), last_day) = (row.latest.as_ref()?, row.term.as_ref()?.last_day());
    (*day > last_day).then(|| Todo::PastEnd { short: row.short.clone(), tag: tag.clone(), last_day })
}

fn never_tagged(row: &StatusRow, survey: &Survey) -> Option<Todo> {
    let tags = survey.tags_of(row.number, &row.version);
    let first = tags.into_iter().find(|tag| tag.version.pre.is_empty())?;
    (first.version != row.version)
        .then(|| Todo::NeverTagged { version: row.version.clone(), tagged: first.name.clone() })
}
