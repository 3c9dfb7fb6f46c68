//! What has happened, as the tags and branches of a repository tell it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::numbering::Number;

/// What had happened by the end of one day; where tags or branches are not known, the plan stands in
/// for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    until: Option<NaiveDate>,
    released: BTreeMap<Number, NaiveDate>,
    cut: BTreeSet<Number>,
}

impl History {
    /// Returns the history of which nothing is known.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns the history at the end of `until`: the day of each release that has a tag, and the
    /// releases that have a branch.
    ///
    /// Tags of later days are left out.
    pub fn new(
        until: NaiveDate,
        released: impl IntoIterator<Item = (Number, NaiveDate)>,
        cut: impl IntoIterator<Item = Number>,
    ) -> Self {
        let mut history =
            Self { until: Some(until), released: BTreeMap::new(), cut: cut.into_iter().collect() };
        for (number, day) in released.into_iter().filter(|&(_, day)| day <= until) {
            let first = history.released.entry(number).or_insert(day);
            *first = day.min(*first);
        }
        history
    }

    /// Returns the day on which the first version of the release was tagged.
    pub fn released(&self, number: Number) -> Option<NaiveDate> {
        self.released.get(&number).copied()
    }

    /// Returns the newest release that has a tag.
    pub fn newest(&self) -> Option<Number> {
        self.released.keys().next_back().copied()
    }

    /// Returns whether the tags tell if this release is out: they are silent about what came before
    /// the oldest of them, as in a clone that lacks old tags.
    pub fn is_known(&self, number: Number) -> bool {
        self.released.keys().next().is_some_and(|&oldest| oldest <= number)
    }

    /// Returns whether there is a branch of this release; `None` where no release branch is known.
    pub fn is_cut(&self, number: Number) -> Option<bool> {
        (!self.cut.is_empty()).then(|| self.cut.contains(&number))
    }

    /// Returns the releases that have a tag or a branch.
    pub fn numbers(&self) -> impl Iterator<Item = Number> {
        self.released.keys().chain(&self.cut).copied()
    }

    /// Returns the first day on which something planned for `day` can happen that had not happened
    /// by the end of this history.
    pub(super) fn at_earliest(&self, day: NaiveDate) -> NaiveDate {
        self.until.and_then(|until| until.succ_opt()).map_or(day, |tomorrow| day.max(tomorrow))
    }
}
