//! Plans, outcomes and refusals as data.
//!
//! Every document has `version`: it is raised when a field changes its meaning or goes; fields may
//! be added without that.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::escaped_json;
use crate::check::Rule;
use crate::finding::Finding;
use crate::plan::Preparation;
use crate::plan::outcome::Outcome;
use crate::report::Report;

/// The version of all documents below.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    #[serde(flatten)]
    preparation: Option<&'a Preparation>,
    /// What was made; absent for a dry run and a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<&'a Outcome>,
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    refused: &'a [Finding],
    /// What a check found.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
}

/// Returns plans, and what became of them if they were carried out.
pub fn preparation(preparation: &Preparation, made: Option<&Outcome>) -> String {
    text(&Document { version: VERSION, preparation: Some(preparation), made, refused: &[], report: None })
}

/// Returns what a check found.
pub fn report(report: &Report) -> String {
    text(&Document { version: VERSION, preparation: None, made: None, refused: &[], report: Some(report) })
}

/// Returns the rules of `check`.
pub fn rules(rules: &[Rule]) -> String {
    #[derive(Serialize)]
    struct Listed<'a> {
        name: &'a str,
        explanation: &'a str,
    }
    #[derive(Serialize)]
    struct List<'a> {
        version: u32,
        rules: Vec<Listed<'a>>,
    }
    let listed = |rule: &Rule| Listed { name: rule.name.as_str(), explanation: rule.explanation };
    text(&List { version: VERSION, rules: rules.iter().map(listed).collect() })
}

/// Returns the reasons of a refusal.
pub fn refusal(findings: &[Finding]) -> String {
    text(&Document { version: VERSION, preparation: None, made: None, refused: findings, report: None })
}

/// Returns `value` under `key`.
pub fn document<T: Serialize>(key: &str, value: &T) -> String {
    struct Keyed<'a, T>(&'a str, &'a T);
    impl<T: Serialize> Serialize for Keyed<'_, T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(2))?;
            map.serialize_entry("version", &VERSION)?;
            map.serialize_entry(self.0, self.1)?;
            map.end()
        }
    }
    text(&Keyed(key, value))
}

fn text<T: Serialize>(document: &T) -> String {
    // Nothing here has a key that is no string, the only thing that fails.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    escaped_json(text)
}
