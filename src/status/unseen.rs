//! Whether the tags that are here can be all: releases that must have come out show in none of them.

use super::StatusSources;
use crate::git::survey::latest;
use crate::train::{History, Number};
use crate::version::plain;

impl StatusSources<'_> {
    /// Says which release must have come out and shows in no tag; nothing where there is none, or no policy.
    ///
    /// It is one that was due by plan, and after which another one was cut: the trunk is two ahead of it.
    pub fn unseen(&self) -> Option<String> {
        let train = self.train?;
        let trunk = self.survey.trunk.as_ref().filter(|trunk| !trunk.is_cut_off);
        let declared = trunk.and_then(|trunk| self.declared(trunk).version);
        let on_trunk = declared.as_ref().and_then(|version| train.number_of(version));
        let after_branches = self.branches().map(|branch| branch.number.ahead(1)).max();
        let newest = on_trunk.max(after_branches)?;
        let must_be_out = train.previous(train.previous(newest)?).filter(|number| *number >= train.since)?;
        let planned = train.release(must_be_out, &History::none())?.release.planned;
        let tags: Vec<_> = self.survey.tags.iter().filter(|tag| tag.version.pre.is_empty()).collect();
        let seen: Option<Number> = tags.iter().map(|tag| tag.number).max();
        if planned > self.date || seen >= Some(must_be_out) {
            return None;
        }
        let seen = match latest(&tags) {
            Some(tag) => format!("the newest release that a tag shows is {}", plain(&tag.version)),
            None => "no tag shows a release".to_owned(),
        };
        let short = train.numbering.short(must_be_out);
        Some(format!("{short} must be out by now, and {seen}: not all tags are here"))
    }
}
