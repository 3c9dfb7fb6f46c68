//! Affected and patched versions of a security release, in the form of `RustSec` advisories
//! (`patched` and `unaffected` of their `[versions]` table).

use std::fmt;

use schemars::JsonSchema;
use semver::Version;
use serde::{Serialize, Serializer};

use super::evidence::Evidence;
use crate::finding::Finding;
use crate::git::CommitId;
use crate::path::RepoPath;
use crate::rule;

/// How one release stands to a fix: the versions from `lower`, included, to `upper`, excluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReleaseFix {
    /// The first version that the release can have.
    pub lower: Version,
    /// The first version that it cannot have any more.
    pub upper: Version,
    /// Which versions have the fix.
    pub state: FixState,
}

/// Which versions of a release have a fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum FixState {
    /// All: the fix was there at the cut.
    Always,
    /// Those from this one on.
    From {
        /// The first with the fix.
        version: Version,
        /// Whether it has its tag, or is the next that will get one.
        tagged: bool,
    },
    /// None needs it.
    Unaffected {
        /// Why.
        reason: String,
        /// Whether the code came later, so that none from before needs it either.
        came_later: bool,
    },
    /// None.
    Never,
}

/// What shows how a release stands to a fix, the surest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "shown_by")]
pub enum FixEvidence {
    /// The maintainers have stated it.
    Statement {
        /// Why.
        reason: String,
    },
    /// The section of that version in the notes names the advisory.
    Notes {
        /// The notes.
        path: RepoPath,
    },
    /// Commits of the branch do what those do that fix it.
    Commits {
        /// How the least sure of them is known.
        evidence: Evidence,
        /// The commits.
        by: Vec<CommitId>,
    },
    /// The code that is fixed is not there.
    NotThere,
    /// Nothing shows that it is fixed.
    Nothing,
}

impl fmt::Display for FixEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statement { reason } => write!(f, "stated: {reason}"),
            Self::Notes { path } => write!(f, "{path} names it"),
            Self::Commits { evidence, by } => {
                let by: Vec<String> = by.iter().map(|commit| commit.short()).collect();
                write!(f, "{}: {}", evidence.text(), by.join(", "))
            }
            Self::NotThere => f.write_str("the code that is fixed is not there before"),
            Self::Nothing => f.write_str("nothing shows that it is fixed"),
        }
    }
}

/// Versions from `from`, included, to `to`, excluded; `None` has no bound.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub struct Range {
    /// The first version.
    pub from: Option<Version>,
    /// The version after the last.
    pub to: Option<Version>,
}

impl Range {
    /// Returns whether `version` is in it; a pre-release counts as what comes before its version.
    pub fn contains(&self, version: &Version) -> bool {
        self.from.as_ref().is_none_or(|from| from <= version)
            && self.to.as_ref().is_none_or(|to| version < to)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, ">= {from}, < {to}"),
            (Some(from), None) => write!(f, ">= {from}"),
            (None, Some(to)) => write!(f, "< {to}"),
            (None, None) => f.write_str(">= 0.0.0"),
        }
    }
}

impl Serialize for Range {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The versions with a fix, those that never needed it, and all others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ranges {
    /// The versions with the fix.
    pub patched: Vec<Range>,
    /// The versions that do not need it.
    pub unaffected: Vec<Range>,
    /// All others.
    pub affected: Vec<Range>,
}

/// Returns the ranges for `standings`, oldest first; `trunk` says whether the releases to come have
/// the fix.
pub fn ranges(standings: &[ReleaseFix], trunk: bool) -> Ranges {
    let bounded = |from: &Version, to: &Version| Range { from: Some(from.clone()), to: Some(to.clone()) };
    let mut ranges = Ranges::default();
    for (number, standing) in standings.iter().enumerate() {
        let ReleaseFix { lower, state, .. } = standing;
        let upper = reached(standing, standings.get(number + 1));
        match state {
            FixState::Always => ranges.patched.push(bounded(lower, upper)),
            FixState::From { version, .. } => ranges.patched.push(bounded(version, upper)),
            FixState::Unaffected { .. } => ranges.unaffected.push(bounded(lower, upper)),
            FixState::Never => {}
        }
    }
    if let Some(newest) = standings.last().filter(|_| trunk) {
        open_end(&mut ranges.patched, &newest.upper);
    }
    let came_later = |one: &&ReleaseFix| matches!(one.state, FixState::Unaffected { came_later: true, .. });
    ranges.unaffected = joined(ranges.unaffected);
    if let (Some(_), Some(oldest)) = (standings.first().filter(came_later), ranges.unaffected.first_mut()) {
        oldest.from = None;
    }
    ranges.affected = rest(ranges.patched.iter().chain(&ranges.unaffected));
    ranges
}

/// Returns up to which version it is as `standing` says: over a gap up to the release `above`, where that is the same.
///
/// Between two majors there may be releases of which nothing is known here; between 0.x and 1.0.0 there are none.
fn reached<'v>(standing: &'v ReleaseFix, above: Option<&'v ReleaseFix>) -> &'v Version {
    let Some(above) = above.filter(|above| above.lower > standing.upper) else { return &standing.upper };
    let is_first = standing.lower.major == 0 && above.lower == Version::new(1, 0, 0);
    let goes_on = match (&standing.state, &above.state) {
        (FixState::Always, FixState::Always) => true,
        (FixState::From { .. }, FixState::Always) => is_first,
        (FixState::Unaffected { came_later, .. }, FixState::Unaffected { came_later: later, .. }) => {
            *came_later && *later
        }
        _ => false,
    };
    if goes_on { &above.lower } else { &standing.upper }
}

/// Makes one range without an end of what follows on without a gap up to `end`.
fn open_end(patched: &mut Vec<Range>, end: &Version) {
    let mut from = end.clone();
    while let Some(last) = patched.pop_if(|last| last.to.as_ref() == Some(&from)) {
        let Some(start) = last.from else { break };
        from = start;
    }
    patched.push(Range { from: Some(from), to: None });
}

/// Joins what follows on without a gap.
fn joined(ranges: Vec<Range>) -> Vec<Range> {
    let mut joined: Vec<Range> = Vec::new();
    for range in ranges {
        match joined.last_mut().filter(|last| last.to.is_some() && last.to == range.from) {
            Some(last) => last.to = range.to,
            None => joined.push(range),
        }
    }
    joined
}

/// Returns what none of `ranges` holds.
fn rest<'a>(ranges: impl Iterator<Item = &'a Range>) -> Vec<Range> {
    let mut sorted: Vec<&Range> = ranges.collect();
    sorted.sort_by(|a, b| a.from.cmp(&b.from));
    let mut rest = Vec::new();
    let mut from: Option<Version> = None;
    for range in sorted {
        if range.from > from {
            rest.push(Range { from: from.clone(), to: range.from.clone() });
        }
        match &range.to {
            Some(to) => from = Some(to.clone()),
            None => return rest,
        }
    }
    rest.push(Range { from, to: None });
    rest
}

/// A release's tag, and whether the fix is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedRelease {
    /// The tag.
    pub tag: String,
    /// Its version.
    pub version: Version,
    /// Whether it contains a commit of the fix.
    pub has_fix: bool,
}

/// Finds the tags of one line that say otherwise than that the versions from `fixed` on have the fix.
pub fn contradictions(fixed: &Version, tags: &[TaggedRelease]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for TaggedRelease { tag, version, has_fix } in tags {
        let message = match (version >= fixed, has_fix) {
            (true, false) => format!("{tag} counts as patched, and the fix is not in it"),
            (false, true) => format!("{tag} counts as affected, and the fix is in it"),
            _ => continue,
        };
        let remedy =
            "see which commits of its branch came and went; `relprep-backports.toml` can say what is so";
        findings.push(Finding::of(rule::ADVISORY_TAG, message).remedy(remedy));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> Version {
        text.parse().unwrap()
    }

    fn standing(major: u64, state: FixState) -> ReleaseFix {
        ReleaseFix { lower: Version::new(major, 0, 0), upper: Version::new(major + 1, 0, 0), state }
    }

    fn from(version: &str) -> FixState {
        FixState::From { version: v(version), tagged: true }
    }

    fn shown(list: &[Range]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn ranges_are_bounded_for_each_line_and_open_at_the_end() {
        let standings = [
            standing(24, from("24.0.5")),
            standing(25, FixState::Never),
            standing(36, from("36.0.3")),
            standing(37, from("37.0.3")),
            standing(38, FixState::Always),
        ];
        let ranges = ranges(&standings, true);
        assert_eq!(shown(&ranges.patched), [">= 24.0.5, < 25.0.0", ">= 36.0.3, < 37.0.0", ">= 37.0.3"]);
        assert_eq!(shown(&ranges.affected), ["< 24.0.5", ">= 25.0.0, < 36.0.3", ">= 37.0.0, < 37.0.3"]);
    }

    #[test]
    fn versions_that_were_never_released_are_as_those_on_both_sides_of_them() {
        let of = |lower: &str, upper: &str, state| ReleaseFix { lower: v(lower), upper: v(upper), state };
        let later = || FixState::Unaffected { reason: "not there".into(), came_later: true };
        let standings = [
            of("0.3.0", "0.4.0", later()),
            of("0.12.0", "0.13.0", later()),
            of("0.14.0", "0.15.0", from("0.14.3")),
            of("1.0.0", "2.0.0", FixState::Always),
            of("4.0.0", "5.0.0", FixState::Always),
        ];
        let ranges_of = |standings: &[ReleaseFix]| ranges(standings, true);
        let found = ranges_of(&standings);
        assert_eq!(shown(&found.patched), [">= 0.14.3"]);
        assert_eq!(shown(&found.unaffected), ["< 0.13.0"]);
        assert_eq!(shown(&found.affected), [">= 0.13.0, < 0.14.3"]);
        let unknown = [standing(24, from("24.0.5")), standing(36, FixState::Always)];
        assert_eq!(shown(&ranges_of(&unknown).patched), [">= 24.0.5, < 25.0.0", ">= 36.0.0"]);
    }

    #[test]
    fn a_trunk_without_the_fix_leaves_the_end_bounded() {
        let unaffected = FixState::Unaffected { reason: "not there".into(), came_later: false };
        let ranges = ranges(&[standing(24, unaffected), standing(36, from("36.0.3"))], false);
        assert_eq!(shown(&ranges.patched), [">= 36.0.3, < 37.0.0"]);
        assert_eq!(shown(&ranges.unaffected), [">= 24.0.0, < 25.0.0"]);
        assert_eq!(shown(&ranges.affected), ["< 24.0.0", ">= 25.0.0, < 36.0.3", ">= 37.0.0"]);
    }

    #[test]
    fn a_tag_that_says_otherwise_is_found() {
        let tag = |version: &str, has_fix| TaggedRelease {
            tag: format!("v{version}"),
            version: v(version),
            has_fix,
        };
        let tags = [tag("36.0.1", true), tag("36.0.2", false), tag("36.0.3", true), tag("36.0.4", false)];
        let found: Vec<String> =
            contradictions(&v("36.0.3"), &tags).into_iter().map(|found| found.message).collect();
        assert_eq!(
            found,
            [
                "v36.0.1 counts as affected, and the fix is in it",
                "v36.0.4 counts as patched, and the fix is not in it"
            ]
        );
    }

    #[test]
    fn what_came_later_leaves_all_before_unaffected() {
        let later = || FixState::Unaffected { reason: "not there".into(), came_later: true };
        let standings = [standing(24, later()), standing(25, later()), standing(36, from("36.0.3"))];
        let ranges = ranges(&standings, true);
        assert_eq!(shown(&ranges.unaffected), ["< 26.0.0"]);
        assert_eq!(shown(&ranges.affected), [">= 26.0.0, < 36.0.3"]);
    }
}
