//! The `[check]` table: which rules of `check` hold, and how much each weighs.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::finding::Finding;
use crate::rule::{self, Rule, Severity};

/// The `[check]` table: a level for each rule that is to have another than its own.
///
/// ```toml
/// [check]
/// notes-archive = "off"
/// package-metadata = "warning"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Levels(BTreeMap<RuleKey, RuleLevel>);

/// How much what a rule finds weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleLevel {
    /// Nothing: the rule is not asked.
    Off,
    /// It is said.
    Note,
    /// It is probably wrong.
    Warning,
    /// It fails the check.
    Error,
}

impl RuleLevel {
    /// Their names.
    pub const NAMES: [&str; 4] = ["off", "note", "warning", "error"];
}

/// A rule that `check` can find broken, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RuleKey(Rule);

impl<'de> Deserialize<'de> for RuleKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let named = rule::CHECKED.iter().find(|rule| rule.name == text);
        named.copied().map(Self).ok_or_else(|| {
            // As serde says it of a field.
            let known: Vec<&str> = rule::CHECKED.iter().map(|rule| rule.name).collect();
            D::Error::custom(format_args!("unknown field `{text}`, expected one of `{}`", known.join("`, `")))
        })
    }
}

/// How many findings of one rule look as if it did not fit the project.
const MANY: usize = 5;

impl Levels {
    /// Ends a check: what no rule asked for has the level of its own rule too, and where one finds much, it says how
    /// it is turned off.
    pub fn settle(&self, findings: &mut Vec<Finding>) {
        *findings = std::mem::take(findings)
            .into_iter()
            .filter_map(|finding| self.weighed(finding.rule, finding))
            .collect();
        name_keys(findings);
    }

    /// Returns whether a rule is asked at all.
    pub fn is_on(&self, rule: Rule) -> bool {
        self.0.get(&RuleKey(rule)) != Some(&RuleLevel::Off)
    }

    /// Returns `findings` as [`weighed`](Self::weighed) has each of them.
    pub fn all_weighed(&self, asked: Rule, findings: Vec<Finding>) -> impl Iterator<Item = Finding> {
        findings.into_iter().filter_map(move |finding| self.weighed(asked, finding))
    }

    /// Returns a finding with the level of its rule, or else of the rule that `asked`, or nothing if
    /// that is off; a note stays one.
    pub fn weighed(&self, asked: Rule, finding: Finding) -> Option<Finding> {
        let level = self.0.get(&RuleKey(finding.rule)).or_else(|| self.0.get(&RuleKey(asked)));
        let severity = match level {
            Some(RuleLevel::Off) => return None,
            Some(RuleLevel::Warning) if finding.severity != Severity::Note => Severity::Warning,
            Some(RuleLevel::Error) if finding.severity != Severity::Note => Severity::Error,
            Some(_) => Severity::Note,
            None => finding.severity,
        };
        Some(finding.weighing(severity))
    }
}

/// Says of each rule that finds much how it is turned off, in its first finding.
fn name_keys(findings: &mut [Finding]) {
    let mut counts: BTreeMap<Rule, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity > Severity::Note) {
        *counts.entry(finding.rule).or_default() += 1;
    }
    for (rule, _) in counts.into_iter().filter(|(rule, count)| *count >= MANY && rule::CHECKED.contains(rule))
    {
        if let Some(first) = findings.iter_mut().find(|finding| finding.rule == rule) {
            let key = format!("`{} = \"off\"` in `[check]` turns this rule off", rule.name);
            first.remedy = Some(first.remedy.take().map_or(key.clone(), |remedy| format!("{remedy}; {key}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(text: &str) -> Levels {
        toml_edit::de::from_str(text).unwrap()
    }

    #[test]
    fn a_rule_is_turned_off_or_down_by_its_name() {
        let levels = levels("notes-archive = 'off'\nmsrv = 'warning'\nsupport = 'error'");
        assert!(!levels.is_on(rule::NOTES_ARCHIVE) && levels.is_on(rule::MSRV));
        let weighed = |finding: Finding| levels.weighed(rule::MSRV, finding).unwrap().severity;
        assert_eq!(weighed(Finding::of(rule::SUPPORT, "").as_warning()), Severity::Error);
        assert_eq!(weighed(Finding::of(rule::SUPPORT, "").as_note()), Severity::Note);
        assert_eq!(levels.weighed(rule::SUPPORT, Finding::of(rule::NOTES_ARCHIVE, "")), None);
    }

    #[test]
    fn a_finding_has_the_level_of_its_own_rule_before_that_of_the_rule_that_asked() {
        let levels = levels("lock-current = 'warning'\nlock-file-layout = 'note'");
        let weighed = |rule| levels.weighed(rule::LOCK_CURRENT, Finding::of(rule, "")).unwrap();
        assert_eq!(weighed(rule::LOCK_FILE_LAYOUT).severity, Severity::Note);
        assert_eq!(weighed(rule::LOCK_FILE_FORMAT).severity, Severity::Warning);
        assert_eq!(weighed(rule::LOCK_FILE_FORMAT).rule, rule::LOCK_FILE_FORMAT);
    }

    #[test]
    fn every_level_is_read_by_its_name() {
        let read = RuleLevel::NAMES.map(|name| levels(&format!("msrv = '{name}'")).0[&RuleKey(rule::MSRV)]);
        assert_eq!(read, [RuleLevel::Off, RuleLevel::Note, RuleLevel::Warning, RuleLevel::Error]);
    }

    #[test]
    fn a_rule_that_only_a_command_has_is_no_key() {
        assert!(toml_edit::de::from_str::<Levels>("no-repository = 'off'").is_err());
    }
}
