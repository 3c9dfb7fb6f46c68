//! Requirements: how they follow a package that moved.
//!
//! The syntax and its meaning are those of "Specifying Dependencies" in Cargo's reference.

use semver::{BuildMetadata, Comparator, Op, Version, VersionReq};

/// Which requirements are raised when their package moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Raise {
    /// Those that stand at the version that the package had, and those that would not match any more:
    /// a looser one that still matches asks no more of its users than it did.
    #[default]
    Needed,
    /// All that have one bound: `>=` too.
    Always,
    /// Those that would not match any more.
    Unmatched,
}

/// How a requirement follows when its package moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follow {
    /// It says what it said and still matches.
    Stays,
    /// It becomes this.
    Becomes(String),
}

/// Why a requirement cannot follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowError {
    /// It is not a requirement that Cargo knows.
    Invalid,
    /// It did not match the version that the package had.
    StaleBefore,
    /// It is a range, whose bounds are its author's to say, and does not match the new version.
    RangeExcludes,
}

/// Returns how `requirement`, on a package that moves from `from` to `to`, follows.
///
/// A single exact, caret, tilde or wildcard requirement that is raised keeps its operator and precision:
/// `=36.0.13` → `=36.0.14`, `^0.123` stays on a patch and becomes `^0.124` on a major.
/// Only where `to` is a pre-release, which nothing short of a full version matches, does a partial
/// one become full. A range (`>=36, <38`) stays if it matches the new version.
///
/// # Errors
///
/// See [`FollowError`].
pub fn follow(requirement: &str, from: &Version, to: &Version, raise: Raise) -> Result<Follow, FollowError> {
    let parsed = VersionReq::parse(requirement).map_err(|_| FollowError::Invalid)?;
    if !parsed.matches(from) {
        return Err(FollowError::StaleBefore);
    }
    let is_raised = |single: &Comparator| match raise {
        Raise::Always => follows(single.op) || single.op == Op::GreaterEq,
        Raise::Needed => follows(single.op) && (stands_at(single, from) || !parsed.matches(to)),
        Raise::Unmatched => follows(single.op) && !parsed.matches(to),
    };
    let moved = match parsed.comparators.as_slice() {
        [single] if is_raised(single) => rewrite(requirement, single, to),
        _ => requirement.to_owned(),
    };
    match VersionReq::parse(&moved) {
        Ok(matching) if matching.matches(to) && moved == requirement => Ok(Follow::Stays),
        Ok(matching) if matching.matches(to) => Ok(Follow::Becomes(moved)),
        _ => Err(FollowError::RangeExcludes),
    }
}

/// Returns whether the first version that `comparator` matches is `version`. One at a pre-release always
/// stands at it: pre-releases promise each other nothing.
fn stands_at(comparator: &Comparator, version: &Version) -> bool {
    let numbers = (comparator.major, comparator.minor.unwrap_or(0), comparator.patch.unwrap_or(0));
    !comparator.pre.is_empty() || numbers == (version.major, version.minor, version.patch)
}

/// Returns `requirement` with the numbers of `to` in place of its own, as [`follow`] writes them;
/// `None` where it is a range, whose bounds are its author's to say, or no requirement at all.
pub fn renumbered(requirement: &str, to: &Version) -> Option<String> {
    let parsed = VersionReq::parse(requirement).ok()?;
    let [single] = parsed.comparators.as_slice() else { return None };
    let moved = follows(single.op).then(|| rewrite(requirement, single, to))?;
    VersionReq::parse(&moved).ok()?.matches(to).then_some(moved)
}

fn follows(op: Op) -> bool {
    matches!(op, Op::Exact | Op::Caret | Op::Tilde | Op::Wildcard)
}

/// Puts `to` where the numbers of a single comparator stand, with as many numbers as there are.
fn rewrite(requirement: &str, comparator: &Comparator, to: &Version) -> String {
    let end = requirement.trim_end().len();
    let Some(start) = requirement.find(|c: char| c.is_ascii_digit()) else { return requirement.to_owned() };
    let (before, written, after) = (&requirement[..start], &requirement[start..end], &requirement[end..]);
    if !to.pre.is_empty() {
        let build = if written.contains('+') { to.build.clone() } else { BuildMetadata::EMPTY };
        return format!("{before}{}{after}", Version { build, ..to.clone() });
    }
    let numbers = [to.major, to.minor, to.patch];
    let given = 1 + usize::from(comparator.minor.is_some()) + usize::from(comparator.patch.is_some());
    let kept: Vec<String> = numbers[..given].iter().map(u64::to_string).collect();
    // The wildcards that stand for the numbers that are left out.
    let left_out = written.match_indices('.').nth(given - 1).filter(|_| given < numbers.len());
    let wild = left_out.map_or("", |(at, _)| &written[at..]);
    format!("{before}{}{wild}{after}", kept.join("."))
}

/// The operator that a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=x.y.z`.
    Exact,
    /// `x.y.z` or `^x.y.z`.
    Caret,
}

/// Returns whether `requirement` is what a rule asks for: one comparator with that operator, and
/// for an exact one all three numbers.
pub fn has_operator(requirement: &str, operator: Operator) -> bool {
    let Ok(parsed) = VersionReq::parse(requirement) else { return false };
    match (parsed.comparators.as_slice(), operator) {
        ([single], Operator::Exact) => single.op == Op::Exact && single.patch.is_some(),
        ([single], Operator::Caret) => single.op == Op::Caret,
        _ => false,
    }
}

/// Returns `requirement` with another operator, or `None` if it is not a single comparator.
///
/// A caret is written as Cargo's default, without a sign.
pub fn with_operator(requirement: &str, operator: Operator) -> Option<String> {
    let parsed = VersionReq::parse(requirement).ok()?;
    let [_single] = parsed.comparators.as_slice() else { return None };
    let numbers = requirement.trim().trim_start_matches(['=', '^', '~', ' ']);
    Some(match operator {
        Operator::Exact => format!("={numbers}"),
        Operator::Caret => numbers.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(requirement: &str, from: &str, to: &str) -> Result<String, FollowError> {
        raised(requirement, from, to, Raise::Needed)
    }

    fn raised(requirement: &str, from: &str, to: &str, raise: Raise) -> Result<String, FollowError> {
        let follow = follow(requirement, &from.parse().unwrap(), &to.parse().unwrap(), raise)?;
        Ok(match follow {
            Follow::Stays => requirement.to_owned(),
            Follow::Becomes(text) => text,
        })
    }

    #[test]
    fn operator_and_precision_stay_as_the_author_wrote_them() {
        for (requirement, from, to, expected) in [
            ("=36.0.13", "36.0.13", "36.0.14", "=36.0.14"),
            ("= 36.0.13", "36.0.13", "36.0.14", "= 36.0.14"),
            ("^0.123", "0.123.4", "0.123.5", "^0.123"),
            ("^0.123", "0.123.4", "0.124.0", "^0.124"),
            ("36", "36.0.13", "37.0.0", "37"),
            ("36.0.13", "36.0.13", "36.0.14", "36.0.14"),
            ("36.0.0", "36.0.13", "37.0.0", "37.0.0"),
            ("36.0.0", "36.0.13", "36.0.14", "36.0.0"),
            ("~36.0", "36.0.13", "37.0.0", "~37.0"),
            ("36.*", "36.0.13", "37.0.0", "37.*"),
            ("36.0.x", "36.0.13", "36.0.14", "36.0.x"),
            ("36.0.x", "36.0.13", "37.0.0", "37.0.x"),
            ("36.*.*", "36.0.13", "37.0.0", "37.*.*"),
            ("*", "36.0.13", "37.0.0", "*"),
            (" 36 ", "36.0.13", "37.0.0", " 37 "),
            (">=36", "36.0.13", "37.0.0", ">=36"),
            (">=36, <38", "36.0.13", "37.0.0", ">=36, <38"),
            ("=36.0.0-dev", "36.0.0-dev", "36.0.0-rc.1", "=36.0.0-rc.1"),
            ("36.0.0-rc.2", "36.0.0-rc.2", "36.0.0", "36.0.0"),
            ("36", "36.0.0", "37.0.0-dev", "37.0.0-dev"),
        ] {
            assert_eq!(moved(requirement, from, to).as_deref(), Ok(expected), "{requirement} {from} {to}");
            assert!(VersionReq::parse(expected).unwrap().matches(&to.parse().unwrap()), "{expected}");
        }
    }

    #[test]
    fn what_is_looser_and_still_matches_stays_unless_all_are_raised() {
        for (requirement, from, to, needed, always, unmatched) in [
            ("1.28.0", "1.47.4", "1.47.5", "1.28.0", "1.47.5", "1.28.0"),
            ("1.28", "1.28.3", "1.29.0", "1.28", "1.29", "1.28"),
            ("1.28", "1.28.0", "1.29.0", "1.29", "1.29", "1.28"),
            ("1.28.0", "1.28.0", "1.28.1", "1.28.1", "1.28.1", "1.28.0"),
            ("=1.28.0", "1.28.0", "1.28.1", "=1.28.1", "=1.28.1", "=1.28.1"),
            ("0.3.4", "0.3.62", "0.4.0", "0.4.0", "0.4.0", "0.4.0"),
            (">=0.3.4", "0.3.62", "0.3.63", ">=0.3.4", ">=0.3.63", ">=0.3.4"),
            (">= 3", "3.0.0", "4.0.0", ">= 3", ">= 4", ">= 3"),
            (">=3, <5", "3.0.0", "4.0.0", ">=3, <5", ">=3, <5", ">=3, <5"),
            ("=3.*.*", "3.1.0", "3.2.0", "=3.*.*", "=3.*.*", "=3.*.*"),
            ("=3.*.*", "3.1.0", "4.0.0", "=4.*.*", "=4.*.*", "=4.*.*"),
            ("~1.2.0", "1.2.4", "1.2.5", "~1.2.0", "~1.2.5", "~1.2.0"),
            ("1.0.0-rc.1", "1.0.0-rc.3", "1.0.0-rc.4", "1.0.0-rc.4", "1.0.0-rc.4", "1.0.0-rc.1"),
        ] {
            let all = [(Raise::Needed, needed), (Raise::Always, always), (Raise::Unmatched, unmatched)];
            for (raise, expected) in all {
                assert_eq!(
                    raised(requirement, from, to, raise).as_deref(),
                    Ok(expected),
                    "{requirement} {raise:?}"
                );
            }
        }
    }

    #[test]
    fn other_numbers_leave_the_operator() {
        let to = "5.0.1".parse().unwrap();
        for (requirement, expected) in [
            ("=5.0.0", Some("=5.0.1")),
            ("~4.9", Some("~5.0")),
            ("4", Some("5")),
            (">=4, <5", None),
            (">=6", None),
            ("latest", None),
        ] {
            assert_eq!(renumbered(requirement, &to).as_deref(), expected, "{requirement}");
        }
    }

    #[test]
    fn what_cannot_follow_says_why() {
        assert_eq!(moved(">=36, <37", "36.0.1", "37.0.0"), Err(FollowError::RangeExcludes));
        assert_eq!(moved("36.0.0", "36.0.0-dev", "36.0.0-rc.1"), Err(FollowError::StaleBefore));
        assert_eq!(moved("*", "36.0.0", "37.0.0-dev"), Err(FollowError::RangeExcludes));
        assert_eq!(moved("latest", "36.0.0", "37.0.0"), Err(FollowError::Invalid));
    }

    #[test]
    fn a_rule_asks_for_one_operator() {
        assert!(has_operator("=1.2.3", Operator::Exact) && !has_operator("=1.2", Operator::Exact));
        assert!(has_operator("^1.2", Operator::Caret) && has_operator("1", Operator::Caret));
        assert!(!has_operator("~1.2", Operator::Caret) && !has_operator(">=1, <2", Operator::Caret));
        assert_eq!(with_operator("=1.2.3-rc.1", Operator::Caret).as_deref(), Some("1.2.3-rc.1"));
        assert_eq!(with_operator("^1.2.3", Operator::Exact).as_deref(), Some("=1.2.3"));
        assert_eq!(with_operator(">=1, <2", Operator::Exact), None);
    }
}
