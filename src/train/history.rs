//! What has happened, as the tags and branches of a repository tell it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use semver::Version;

use super::numbering::Number;

/// What had happened by the end of one day; where tags or branches are not known, the plan stands in
/// for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    until: Option<NaiveDate>,
    tagged: BTreeMap<Number, TaggedVersions>,
    /// The releases of which a pre-release has a tag.
    candidates: BTreeSet<Number>,
    cut: BTreeSet<Number>,
    is_cut_short: bool,
}

/// The versions of one release that have a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
struct TaggedVersions {
    first: NaiveDate,
    latest: (Version, NaiveDate),
}

impl History {
    /// Returns the history of which nothing is known.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns the history at the end of `until`: the versions that have a tag, with the release each
    /// belongs to and its day, and the releases that have a branch.
    ///
    /// Tags of later days are left out. One of a pre-release releases nothing, but shows that the release's own
    /// would be known.
    pub fn new(
        until: NaiveDate,
        tags: impl IntoIterator<Item = (Number, Version, NaiveDate)>,
        cut: impl IntoIterator<Item = Number>,
    ) -> Self {
        let mut history = Self { until: Some(until), cut: cut.into_iter().collect(), ..Self::default() };
        for (number, version, day) in tags.into_iter().filter(|(.., day)| *day <= until) {
            if version.pre.is_empty() {
                history.add(number, version, day);
            } else {
                history.candidates.insert(number);
            }
        }
        history
    }

    /// Returns the same where it is known that newer releases are out than those that have a tag here.
    #[must_use]
    pub fn cut_short(self, is_cut_short: bool) -> Self {
        Self { is_cut_short, ..self }
    }

    fn add(&mut self, number: Number, version: Version, day: NaiveDate) {
        match self.tagged.get_mut(&number) {
            None => {
                self.tagged.insert(number, TaggedVersions { first: day, latest: (version, day) });
            }
            Some(tagged) => {
                tagged.first = day.min(tagged.first);
                if version > tagged.latest.0 {
                    tagged.latest = (version, day);
                }
            }
        }
    }

    /// Returns the day on which the first version of the release was tagged.
    pub fn released(&self, number: Number) -> Option<NaiveDate> {
        self.tagged.get(&number).map(|tagged| tagged.first)
    }

    /// Returns the latest version of the release, and the day of its tag.
    pub fn latest(&self, number: Number) -> Option<&(Version, NaiveDate)> {
        self.tagged.get(&number).map(|tagged| &tagged.latest)
    }

    /// Returns the newest release that has a tag.
    pub fn newest(&self) -> Option<Number> {
        self.tagged.keys().next_back().copied()
    }

    /// Returns the newest release that is out, if the tags tell that.
    pub fn newest_out(&self) -> Option<Number> {
        self.newest().filter(|_| !self.is_cut_short)
    }

    /// Returns whether the tags tell if this release is out: they are silent about what came before
    /// the oldest of them, as in a clone that lacks old tags, and after the newest where new ones are missing.
    pub fn is_known(&self, number: Number) -> bool {
        let is_before_end = || self.newest().is_some_and(|newest| number <= newest);
        let is_since_begin = self.tagged.keys().next().is_some_and(|&oldest| oldest <= number);
        (is_since_begin || self.candidates.contains(&number)) && (!self.is_cut_short || is_before_end())
    }

    /// Returns whether there is a branch of this release; `None` where no release branch is known.
    pub fn is_cut(&self, number: Number) -> Option<bool> {
        (!self.cut.is_empty()).then(|| self.cut.contains(&number))
    }

    /// Returns the releases that have a tag or a branch.
    pub fn numbers(&self) -> impl Iterator<Item = Number> {
        self.tagged.keys().chain(&self.cut).copied()
    }

    /// Returns the first day on which something planned for `day` can happen that had not happened
    /// by the end of this history.
    pub(super) fn at_earliest(&self, day: NaiveDate) -> NaiveDate {
        self.until.and_then(|until| until.succ_opt()).map_or(day, |tomorrow| day.max(tomorrow))
    }
}
