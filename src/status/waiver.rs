//! Releases that somebody leaves out, and why.

use std::str::FromStr;

use semver::Version;

use crate::version::short;

/// A release that is left out, and why: `38.0=the code is not there`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Its branch, or its version in whole or in part.
    pub release: String,
    /// Why.
    pub reason: String,
}

impl FromStr for Waiver {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=').map(|(release, reason)| (release.trim(), reason.trim())) {
            Some((release, reason)) if !release.is_empty() && !reason.is_empty() => {
                Ok(Self { release: release.to_owned(), reason: reason.to_owned() })
            }
            _ => Err("say which and why, as in `38.0=the code is not there`"),
        }
    }
}

impl Waiver {
    /// Returns whether the release of `branch` is meant, whose first version is `version`.
    pub fn means(&self, branch: &str, version: &Version) -> bool {
        let numbers = [version.to_string(), short(version), version.major.to_string()];
        self.release == branch || numbers.contains(&self.release)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_meant_by_its_branch_or_its_version_in_part() {
        let means = |text: &str| {
            let waiver: Waiver = format!("{text} = why").parse().unwrap();
            waiver.means("release-38.1.0", &Version::new(38, 1, 0))
        };
        assert!(["release-38.1.0", "38.1.0", "38.1", "38"].into_iter().all(means));
        assert!(!["release-38", "38.0", "3", "38.1.1"].into_iter().any(means));
        assert!(["38.0", "38.0= ", "=x"].iter().all(|text| text.parse::<Waiver>().is_err()));
    }
}
