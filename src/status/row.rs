//! One release, and where it stands.

use chrono::NaiveDate;
use semver::Version;

use super::unreleased::Unreleased;
use crate::git::TagName;
use crate::git::survey::Tip;
use crate::train::{Number, Phase, Release, Term};
use crate::workspace::declared::Declared;

/// One release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRow {
    /// Its number on the train; a minor release has that of its major.
    pub number: Number,
    /// Its first version.
    pub version: Version,
    /// How it is called in running text: `36.0`.
    pub short: String,
    /// Where it stands.
    pub state: ReleaseState,
    /// Its days by the policy; a minor release between two trains has none.
    pub release: Option<Release>,
    /// Its support by the policy; a minor release has that of its major.
    pub term: Option<Term>,
    /// The branch that it is on: its own, or the trunk.
    pub branch: String,
    /// That branch in each place where it is.
    pub tips: Vec<Tip>,
    /// What the manifests on the branch declare.
    pub declared: Declared,
    /// What the branch holds that is in no release, where that was asked for and is known.
    pub unreleased: Option<Unreleased>,
    /// The day of its first tag.
    pub released: Option<NaiveDate>,
    /// Its latest tag and the day of that; a candidate's only before the release.
    pub latest: Option<(TagName, NaiveDate)>,
}

/// Where a release stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseState {
    /// By the policy.
    Phase(Phase),
    /// Released; whether it is supported is not known without a policy.
    Released,
}

impl ReleaseState {
    /// Returns the state in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phase(phase) => phase.name(),
            Self::Released => "released",
        }
    }
}

impl StatusRow {
    /// Returns whether something can still be done for it.
    pub fn is_open(&self) -> bool {
        self.state != ReleaseState::Phase(Phase::Ended)
    }

    /// Returns whether it is out, and not known to have ended.
    pub fn is_out(&self) -> bool {
        match self.state {
            ReleaseState::Phase(phase) => phase.is_supported(),
            ReleaseState::Released => true,
        }
    }

    /// Returns the tip that counts where the branch is in several places: one of which it is not known
    /// how much is not released, then the one with most of that, and the local one of equals.
    pub fn tip(&self) -> Option<&Tip> {
        main_tip(&self.tips)
    }

    /// Returns the number of days of support that are left after the day; 0 on the last day.
    pub fn days_left(&self, day: NaiveDate) -> Option<i64> {
        let supported = matches!(self.state, ReleaseState::Phase(phase) if phase.is_supported());
        let term = self.term.as_ref().filter(|_| supported)?;
        Some((term.last_day() - day).num_days())
    }
}

/// Returns the one of `tips` that [`StatusRow::tip`] describes.
pub(super) fn main_tip(tips: &[Tip]) -> Option<&Tip> {
    tips.iter().max_by_key(|tip| (tip.ahead.is_none(), tip.ahead, tip.remote.is_none()))
}
