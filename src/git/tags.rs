//! Tags, and the days of them.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, NaiveDate};
use git2::{ObjectType, Oid};

use crate::git::{CommitId, Repo};

impl Repo {
    /// Returns the commit of the tag `name`, annotated or not, if there is one.
    pub fn tag(&self, name: &str) -> Result<Option<CommitId>> {
        self.reference(&format!("refs/tags/{name}"))
    }

    /// Returns the day of each tag, in UTC: its own for an annotated tag, its commit's for another.
    pub fn tag_days(&self) -> Result<BTreeMap<String, NaiveDate>> {
        let mut days = BTreeMap::new();
        for reference in self.git.references_glob("refs/tags/*")? {
            let reference = reference?;
            let (Ok(name), Some(target)) = (reference.name(), reference.target()) else { continue };
            if let Some(day) = self.day_of(target) {
                days.insert(name.trim_start_matches("refs/tags/").to_owned(), day);
            }
        }
        Ok(days)
    }

    fn day_of(&self, object: Oid) -> Option<NaiveDate> {
        let object = self.git.find_object(object, None).ok()?;
        let tagger = object.as_tag().and_then(git2::Tag::tagger).map(|tagger| tagger.when().seconds());
        let seconds = match tagger {
            Some(seconds) => seconds,
            None => object.peel(ObjectType::Commit).ok()?.as_commit()?.time().seconds(),
        };
        Some(DateTime::from_timestamp(seconds, 0)?.date_naive())
    }
}
