//! Tags, and the days of them.

use anyhow::Result;
use chrono::{DateTime, NaiveDate};
use git2::Reference;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::git::{CommitId, Repo, TagName};

/// A tag, annotated or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its short name.
    pub name: TagName,
    /// The commit that it names.
    pub commit: CommitId,
    /// The day in UTC: its own where it is annotated, the commit's otherwise; none that no calendar has.
    pub day: Option<NaiveDate>,
    /// The day by the time zone that it states.
    pub own_day: Option<NaiveDate>,
}

impl Tag {
    /// Reads the tag of that name; `None` where it names no commit.
    pub(super) fn read(name: TagName, reference: &Reference<'_>) -> Option<Self> {
        let commit = reference.peel_to_commit().ok()?;
        let annotated = reference.peel_to_tag().ok();
        let tagged = annotated.and_then(|tag| tag.tagger().map(|tagger| tagger.when()));
        let time = tagged.unwrap_or(commit.time());
        Some(Self { name, commit: CommitId(commit.id()), day: day_of(time), own_day: own_day_of(time) })
    }
}

/// What kind of tag one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagForm {
    /// A name for a commit.
    Lightweight,
    /// An object of its own, with a message and who made it.
    Annotated,
    /// Such an object, signed.
    Signed,
}

impl Repo {
    /// Returns what kind of tag the one of that name is; a lightweight one where there is none.
    pub fn form_of(&self, name: &TagName) -> Result<TagForm> {
        let Ok(reference) = self.git.find_reference(name.full().as_str()) else {
            return Ok(TagForm::Lightweight);
        };
        let Ok(tag) = reference.peel_to_tag() else { return Ok(TagForm::Lightweight) };
        let is_signed = tag.message_bytes().is_some_and(|text| {
            let begins = |line: &[u8]| line.starts_with(b"-----BEGIN ") && line.ends_with(b"SIGNATURE-----");
            text.split(|byte| *byte == b'\n').any(begins)
        });
        Ok(if is_signed { TagForm::Signed } else { TagForm::Annotated })
    }

    /// Returns when `commit` was made, in seconds since 1970, and on which day by the time zone that it
    /// states; `None` for one that no calendar has.
    pub fn time_of(&self, commit: CommitId) -> Result<(i64, Option<NaiveDate>)> {
        let time = self.git.find_commit(commit.0)?.time();
        Ok((time.seconds(), own_day_of(time)))
    }
}

/// Returns the day in the time zone that was stated.
fn own_day_of(time: git2::Time) -> Option<NaiveDate> {
    let here = time.seconds().checked_add(i64::from(time.offset_minutes()) * 60)?;
    Some(DateTime::from_timestamp(here, 0)?.date_naive())
}

/// Returns the day in UTC.
pub(super) fn day_of(time: git2::Time) -> Option<NaiveDate> {
    Some(DateTime::from_timestamp(time.seconds(), 0)?.date_naive())
}
