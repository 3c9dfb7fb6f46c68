//! What went otherwise than planned, and nobody can change.

use chrono::NaiveDate;
use semver::Version;

use super::row::StatusRow;
use crate::git::TagName;
use crate::git::survey::Survey;

/// Something that went otherwise than planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Past {
    /// A version came out after the support of its release had ended.
    AfterEnd {
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

/// Returns what went otherwise than planned, newest release first.
pub(super) fn past(rows: &[StatusRow], survey: &Survey) -> Vec<Past> {
    rows.iter().flat_map(|row| [after_end(row), never_tagged(row, survey)]).flatten().collect()
}

fn after_end(row: &StatusRow) -> Option<Past> {
    let ((tag, day), last_day) = (row.latest.as_ref()?, row.term.as_ref()?.last_day());
    (*day > last_day).then(|| Past::AfterEnd { short: row.short.clone(), tag: tag.clone(), last_day })
}

fn never_tagged(row: &StatusRow, survey: &Survey) -> Option<Past> {
    let tags = survey.tags_of(row.number, &row.version);
    let first = tags.into_iter().find(|tag| tag.version.pre.is_empty())?;
    (first.version != row.version)
        .then(|| Past::NeverTagged { version: row.version.clone(), tagged: first.name.clone() })
}
