//! Where a release stands on a day.

use schemars::JsonSchema;
use serde::Serialize;

/// Where a release stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Not cut yet.
    InDevelopment,
    /// Cut, and not released.
    Cut,
    /// Cut, and its release candidates are out.
    Candidate,
    /// Cut, and its release day has come: not released yet.
    Due,
    /// Released and supported.
    Supported,
    /// Released, and supported on this day for the last time.
    LastDay,
    /// No longer supported.
    Ended,
}

/// The groups in which releases are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Not released yet.
    Upcoming,
    /// Released and supported.
    Supported,
    /// No longer supported.
    Ended,
}

impl Group {
    /// All groups, in the order in which readers want them.
    pub const ALL: [Self; 3] = [Self::Supported, Self::Upcoming, Self::Ended];

    /// Returns the group's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upcoming => "Upcoming",
            Self::Supported => "Supported",
            Self::Ended => "Ended",
        }
    }
}

impl Phase {
    /// Returns whether the release is out and supported.
    pub fn is_supported(self) -> bool {
        matches!(self, Self::Supported | Self::LastDay)
    }

    /// Returns whether a security fix must go to its branch: it is supported, or cut and not
    /// released.
    pub fn needs_fixes(self) -> bool {
        self.is_supported() || matches!(self, Self::Cut | Self::Candidate | Self::Due)
    }

    /// Returns the group in which it is published.
    pub fn group(self) -> Group {
        match self {
            Self::InDevelopment | Self::Cut | Self::Candidate | Self::Due => Group::Upcoming,
            Self::Supported | Self::LastDay => Group::Supported,
            Self::Ended => Group::Ended,
        }
    }

    /// Returns the phase in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::InDevelopment => "in development",
            Self::Cut => "cut",
            Self::Candidate => "candidate",
            Self::Due => "due",
            Self::Supported => "supported",
            Self::LastDay => "last day",
            Self::Ended => "ended",
        }
    }
}
