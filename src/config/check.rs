//! The `[check]` table: which rules of `check` hold, and how much each weighs.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::finding::{Finding, Severity};

/// The `[check]` table: a level for each rule that is to have another than its own.
///
/// ```toml
/// [check]
/// notes-archive = "off"
/// package-metadata = "warning"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Levels(BTreeMap<RuleName, Level>);

/// How much what a rule finds weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing: the rule is not asked.
    Off,
    /// It is said.
    Note,
    /// It is probably wrong.
    Warning,
    /// It fails the check.
    Error,
}

/// The rules of `check`, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each rule's own file explains it")]
pub enum RuleName {
    BranchVersion,
    LineVersion,
    TagVersion,
    RequirementOperator,
    RequirementMatch,
    LockCurrent,
    VersionFile,
    NotesSection,
    NotesState,
    NotesOrder,
    NotesArchive,
    ReleaseDate,
    PackageMetadata,
    PackageDependency,
    PublishOrder,
    Msrv,
    Support,
    CutReady,
}

impl RuleName {
    /// Every rule.
    pub const ALL: [Self; 18] = [
        Self::BranchVersion,
        Self::LineVersion,
        Self::TagVersion,
        Self::RequirementOperator,
        Self::RequirementMatch,
        Self::LockCurrent,
        Self::VersionFile,
        Self::NotesSection,
        Self::NotesState,
        Self::NotesOrder,
        Self::NotesArchive,
        Self::ReleaseDate,
        Self::PackageMetadata,
        Self::PackageDependency,
        Self::PublishOrder,
        Self::Msrv,
        Self::Support,
        Self::CutReady,
    ];

    const NAMES: [&str; Self::ALL.len()] = {
        let mut names = [""; Self::ALL.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = Self::ALL[index].as_str();
            index += 1;
        }
        names
    };

    /// Returns the name, as the configuration and the findings have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BranchVersion => "branch-version",
            Self::LineVersion => "line-version",
            Self::TagVersion => "tag-version",
            Self::RequirementOperator => "requirement-operator",
            Self::RequirementMatch => "requirement-match",
            Self::LockCurrent => "lock-current",
            Self::VersionFile => "version-file",
            Self::NotesSection => "notes-section",
            Self::NotesState => "notes-state",
            Self::NotesOrder => "notes-order",
            Self::NotesArchive => "notes-archive",
            Self::ReleaseDate => "release-date",
            Self::PackageMetadata => "package-metadata",
            Self::PackageDependency => "package-dependency",
            Self::PublishOrder => "publish-order",
            Self::Msrv => "msrv",
            Self::Support => "support",
            Self::CutReady => "cut-ready",
        }
    }
}

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let named = Self::ALL.into_iter().find(|rule| rule.as_str() == text);
        named.ok_or_else(|| D::Error::unknown_field(&text, &Self::NAMES))
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Levels {
    /// Returns whether a rule is asked at all.
    pub fn is_on(&self, rule: RuleName) -> bool {
        self.0.get(&rule) != Some(&Level::Off)
    }

    /// Gives a finding the level of the rule that made it; a note stays one.
    pub fn weigh(&self, rule: RuleName, finding: &mut Finding) {
        let Some(level) = self.0.get(&rule).filter(|_| finding.severity != Severity::Note) else { return };
        finding.severity = match level {
            Level::Off | Level::Note => Severity::Note,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_turned_off_or_down_by_its_name() {
        let levels: Levels =
            toml_edit::de::from_str("notes-archive = 'off'\nmsrv = 'warning'\nsupport = 'error'").unwrap();
        assert!(!levels.is_on(RuleName::NotesArchive) && levels.is_on(RuleName::Msrv));
        let weighed = |rule, mut finding: Finding| {
            levels.weigh(rule, &mut finding);
            finding.severity
        };
        assert_eq!(weighed(RuleName::Msrv, Finding::error("x", "")), Severity::Warning);
        assert_eq!(weighed(RuleName::Support, Finding::warning("x", "")), Severity::Error);
        assert_eq!(weighed(RuleName::Support, Finding::note("x", "")), Severity::Note);
        assert_eq!(weighed(RuleName::LineVersion, Finding::error("x", "")), Severity::Error);
    }

    #[test]
    fn the_name_in_the_configuration_is_the_name_of_the_findings() {
        for name in ["branch-version", "cut-ready", "requirement-operator"] {
            let levels: Levels = toml_edit::de::from_str(&format!("{name} = 'off'")).unwrap();
            assert_eq!(levels.0.keys().next().unwrap().as_str(), name);
        }
    }
}
