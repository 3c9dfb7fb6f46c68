//! Versions of Rust, and the calendar on which they come out.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

/// A version of Rust, as `rust-version` names it: `1.86` and `1.86.0` are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct RustVersion {
    major: u64,
    minor: u64,
    patch: u64,
}

/// The day of Rust 1.1, and the days between one release and the next.
///
/// "How Rust is Made" in the Rust book's appendix G: a release every six weeks, on a Thursday. (1.0
/// itself came on a Friday, 2015-05-15.)
const SECOND_RELEASE: Option<NaiveDate> = NaiveDate::from_ymd_opt(2015, 6, 25);
const SIX_WEEKS: u64 = 42;

impl RustVersion {
    /// Returns Rust 1.`minor`.
    pub const fn new(minor: u64) -> Self {
        Self { major: 1, minor, patch: 0 }
    }

    /// Returns the stable Rust of `day`, by the calendar; 1.0 for days before there was a 1.1.
    pub fn stable_on(day: NaiveDate) -> Self {
        let since = SECOND_RELEASE.map_or(-1, |first| (day - first).num_days());
        u64::try_from(since).map_or(Self::new(0), |days| Self::new(1 + days / SIX_WEEKS))
    }

    /// Returns the day on which the version comes out, by the calendar; `None` for a day that no date
    /// can name, or a Rust 2.
    pub fn day(self) -> Option<NaiveDate> {
        let after = self.minor.checked_sub(1)?.checked_mul(SIX_WEEKS)?;
        SECOND_RELEASE.filter(|_| self.major == 1)?.checked_add_days(Days::new(after))
    }

    /// Returns the version that was stable `releases` before this one was; 1.0 where there was none.
    #[must_use]
    pub fn back(self, releases: u64) -> Self {
        Self { minor: self.minor.saturating_sub(releases), patch: 0, ..self }
    }

    /// Returns the version that comes out `releases` after this one.
    #[must_use]
    pub fn ahead(self, releases: u64) -> Self {
        Self { minor: self.minor.saturating_add(releases), patch: 0, ..self }
    }

    /// Returns how many releases this one comes after `earlier`; 0 where it does not.
    pub fn releases_after(self, earlier: Self) -> u64 {
        if self.major == earlier.major { self.minor.saturating_sub(earlier.minor) } else { 0 }
    }

    /// Returns the three numbers, as the name of a toolchain has them.
    pub fn full(self) -> String {
        format!("{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl fmt::Display for RustVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch > 0 { write!(f, ".{}", self.patch) } else { Ok(()) }
    }
}

impl Serialize for RustVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for RustVersion {
    type Err = String;

    /// Reads one to three numbers, as Cargo does in `rust-version`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not a version of Rust; write one like `1.86`");
        let number = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if digits { part.parse().ok() } else { None }
        };
        let mut parts = text.trim().split('.');
        let mut next = || parts.next().map_or(Some(0), number);
        let (major, minor, patch) = (next(), next(), next());
        match (major, minor, patch, parts.next()) {
            (Some(major), Some(minor), Some(patch), None) => Ok(Self { major, minor, patch }),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for RustVersion {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_calendar_has_rusts_real_days() {
        for (version, released) in [
            ("1.1", "2015-06-25"),
            ("1.31", "2018-12-06"),
            ("1.56", "2021-10-21"),
            ("1.70", "2023-06-01"),
            ("1.85", "2025-02-20"),
            ("1.86", "2025-04-03"),
            ("1.89", "2025-08-07"),
            ("1.90", "2025-09-18"),
        ] {
            let version: RustVersion = version.parse().unwrap();
            assert_eq!(version.day(), Some(day(released)), "{version}");
            assert_eq!(RustVersion::stable_on(day(released)), version);
            assert_eq!(RustVersion::stable_on(day(released).pred_opt().unwrap()), version.back(1));
        }
        assert_eq!(RustVersion::stable_on(day("1999-01-01")), RustVersion::new(0));
        assert_eq!(RustVersion { minor: u64::MAX, ..RustVersion::new(0) }.day(), None);
    }

    #[test]
    fn numbers_that_are_left_out_are_zero() {
        let version = |text: &str| text.parse::<RustVersion>();
        assert_eq!(version("1.86"), version("1.86.0"));
        assert_eq!(version("1.86").unwrap().to_string(), "1.86");
        assert_eq!(version("1.86.1").unwrap().to_string(), "1.86.1");
        assert!(version("1.9").unwrap() < version("1.86").unwrap());
        for wrong in ["", "stable", "1.86.0-nightly", "1..2", "1.2.3.4", "+1", "^1.2", "99999999999999999999"]
        {
            assert!(version(wrong).is_err(), "{wrong}");
        }
    }
}
