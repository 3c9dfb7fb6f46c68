//! What a branch holds that is in no release.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use semver::Version;

/// What a branch holds that is in no release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unreleased {
    /// How many of its commits are fixes: a patch would bring users something by them.
    pub fixes: usize,
    /// The day of the first of them, in UTC.
    pub since: Option<NaiveDate>,
    /// The advisories that they name.
    pub advisories: BTreeSet<String>,
    /// A version that is prepared and has no tag, and the day of that.
    pub untagged: Option<(Version, NaiveDate)>,
}
