//! How releases are numbered: which part of the version moves with the train.

use std::fmt;

use semver::Version;

use crate::version;

/// The part of a version that moves from one release to the next: 36 for 36.0.0, or 123 for
/// 0.123.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub u64);

impl Number {
    /// Returns the number `steps` later; the largest one where there is none.
    #[must_use]
    pub fn ahead(self, steps: u64) -> Self {
        Self(self.0.saturating_add(steps))
    }

    /// Returns the number `steps` earlier, if there is one.
    pub fn back(self, steps: u64) -> Option<Self> {
        self.0.checked_sub(steps).map(Self)
    }

    /// Returns the number `steps` earlier; zero where there is none.
    #[must_use]
    pub fn saturating_back(self, steps: u64) -> Self {
        Self(self.0.saturating_sub(steps))
    }

    /// Returns the number `distance` away, if there is one.
    pub fn offset(self, distance: i64) -> Option<Self> {
        self.0.checked_add_signed(distance).map(Self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which part of the version moves with the train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// The major version: 36.0.0, 37.0.0.
    Major,
    /// The minor version of one major: 1.84.0, 1.85.0, or 0.123.0, 0.124.0.
    Minor {
        /// The major version, which stays.
        major: u64,
    },
}

impl Numbering {
    /// Returns the numbering under which a release like `version` is followed by a breaking one:
    /// by majors, or by minors below 1.0.
    pub fn of(version: &Version) -> Self {
        if version.major == 0 { Self::Minor { major: 0 } } else { Self::Major }
    }

    /// Returns the first version of the release `number`.
    pub fn version(self, number: Number) -> Version {
        match self {
            Self::Major => Version::new(number.0, 0, 0),
            Self::Minor { major } => Version::new(major, number.0, 0),
        }
    }

    /// Returns the release that `version` belongs to, patches and pre-releases included; `None` if
    /// it is not of this train.
    pub fn number(self, version: &Version) -> Option<Number> {
        match self {
            Self::Major => (version.major > 0).then_some(Number(version.major)),
            Self::Minor { major } => (version.major == major).then_some(Number(version.minor)),
        }
    }

    /// Returns the smallest number that a release can have: there is no 0.0.0.
    pub fn first(self) -> Number {
        match self {
            Self::Major | Self::Minor { major: 0 } => Number(1),
            Self::Minor { .. } => Number(0),
        }
    }

    /// Returns the name of the release in running text: `36.0`, without the patch.
    pub fn short(self, number: Number) -> String {
        version::short(&self.version(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_known_by_any_version_of_it() {
        let parse = |text: &str| text.parse::<Version>().unwrap();
        assert_eq!(Numbering::of(&parse("20.0.0")), Numbering::Major);
        assert_eq!(Numbering::Major.number(&parse("36.1.7")), Some(Number(36)));
        assert_eq!(Numbering::Major.number(&parse("0.36.0")), None);
        let cranelift = Numbering::of(&parse("0.123.0"));
        assert_eq!(cranelift.number(&parse("0.124.0-rc.1")), Some(Number(124)));
        assert_eq!(cranelift.number(&parse("1.0.0")), None);
        assert_eq!(cranelift.version(Number(124)), parse("0.124.0"));
        assert_eq!(cranelift.short(Number(124)), "0.124");
    }
}
