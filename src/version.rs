//! How versions step: 36.0.13 → 36.0.14, 0.123.4 → 0.124.0, `-dev` → `-rc.1` → `-rc.2` → none.

use std::fmt;
use std::ops::Range;

use anyhow::{Result, bail};
use schemars::JsonSchema;
use semver::{Prerelease, Version};
use serde::{Deserialize, Serialize};

/// How far a version moves, in terms of what Cargo holds compatible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Not at all.
    None,
    /// Fixes only: 36.0.13 → 36.0.14, 0.123.4 → 0.123.5.
    Patch,
    /// Compatible additions: 36.0.13 → 36.1.0, 0.123.4 → 0.123.5 (below 1.0 the semver rule of
    /// Cargo's reference has no room between a patch and a breaking change).
    Minor,
    /// A breaking change: 36.0.13 → 37.0.0, 0.123.4 → 0.124.0, 0.0.3 → 0.0.4.
    Major,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// Returns the plain version one `step` after `version`: without pre-release and build metadata.
///
/// A pre-release counts as the version it leads to: after 37.0.0-dev comes 38.0.0.
///
/// # Errors
///
/// If a number would overflow.
pub fn next(version: &Version, step: Step) -> Result<Version> {
    let Version { major, minor, patch, .. } = *version;
    let up = |n: u64| n.checked_add(1);
    let stepped = match step {
        Step::None => Some((major, minor, patch)),
        Step::Major if major > 0 => up(major).map(|major| (major, 0, 0)),
        Step::Major if minor > 0 => up(minor).map(|minor| (0, minor, 0)),
        Step::Minor if major > 0 => up(minor).map(|minor| (major, minor, 0)),
        Step::Major | Step::Minor | Step::Patch => up(patch).map(|patch| (major, minor, patch)),
    };
    match stepped {
        Some((major, minor, patch)) => Ok(Version::new(major, minor, patch)),
        None => bail!("the {step} step after {version} does not fit into 64 bits"),
    }
}

/// Returns the step that leads from `from` to a version like `to`, as Cargo holds versions compatible.
pub fn distance(from: &Version, to: &Version) -> Step {
    let is_breaking = first_compatible(from) != first_compatible(to);
    match () {
        () if is_breaking => Step::Major,
        () if from.major > 0 && from.minor != to.minor => Step::Minor,
        () => Step::Patch,
    }
}

/// Returns `version` without its pre-release and build metadata: the version it leads to.
pub fn plain(version: &Version) -> Version {
    Version::new(version.major, version.minor, version.patch)
}

/// Returns major and minor, as a release is called in running text: `36.0`, `0.123`.
pub fn short(version: &Version) -> String {
    format!("{}.{}", version.major, version.minor)
}

/// Returns the first version that Cargo holds compatible with `version`.
pub fn first_compatible(version: &Version) -> Version {
    match (version.major, version.minor) {
        (0, 0) => Version::new(0, 0, version.patch),
        (0, minor) => Version::new(0, minor, 0),
        (major, _) => Version::new(major, 0, 0),
    }
}

/// Returns `version` with the pre-release `label`, as in 49.0.0-dev.
///
/// # Errors
///
/// If `label` is not a pre-release as Semantic Versioning 2.0.0 defines it.
pub fn with_label(version: &Version, label: &str) -> Result<Version> {
    Ok(Version { pre: Prerelease::new(label)?, ..plain(version) })
}

/// Returns the number of a release candidate: 2 for 49.0.0-rc.2 where `candidate` is `rc`.
pub fn candidate_number(version: &Version, candidate: &str) -> Option<u64> {
    version.pre.as_str().strip_prefix(candidate)?.strip_prefix('.')?.parse().ok()
}

/// Returns where `version` stands in a text, as a number of its own: not `1.2.3` in `1.2.34` or `0.1.2.3`.
pub fn places(text: &str, version: &Version) -> Vec<Range<usize>> {
    let version = version.to_string();
    let in_number = |c: char| c.is_ascii_digit();
    let is_alone = |at: usize| {
        let after = &text[at + version.len()..];
        let goes_on = after.strip_prefix('.').unwrap_or(after).starts_with(in_number);
        !text[..at].trim_end_matches('.').ends_with(in_number) && !goes_on
    };
    let found = text.match_indices(&version).map(|(at, _)| at).filter(|at| is_alone(*at));
    found.map(|at| at..at + version.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn each_version_steps_by_its_own_semver_rule() {
        for (from, step, to) in [
            ("36.0.13", Step::Major, "37.0.0"),
            ("0.123.4", Step::Major, "0.124.0"),
            ("0.0.3", Step::Major, "0.0.4"),
            ("36.0.13", Step::Minor, "36.1.0"),
            ("0.123.4", Step::Minor, "0.123.5"),
            ("36.0.13", Step::Patch, "36.0.14"),
            ("0.123.4", Step::Patch, "0.123.5"),
            ("37.0.0-dev", Step::Major, "38.0.0"),
            ("1.2.3", Step::None, "1.2.3"),
        ] {
            assert_eq!(next(&v(from), step).unwrap(), v(to), "{from} {step}");
        }
        assert!(next(&Version::new(u64::MAX, 0, 0), Step::Major).is_err());
    }

    #[test]
    fn the_distance_is_what_cargo_holds_compatible() {
        for (from, to, step) in [
            ("36.0.13", "37.0.0", Step::Major),
            ("36.0.13", "36.1.0", Step::Minor),
            ("36.0.13-rc.1", "36.0.13", Step::Patch),
            ("0.4.1", "0.5.0", Step::Major),
            ("0.0.3", "0.0.4", Step::Major),
        ] {
            assert_eq!(distance(&v(from), &v(to)), step, "{from} {to}");
        }
    }
}
