//! Plans, outcomes and refusals as data.
//!
//! Every document has `version`: it is raised when a field changes its meaning or goes; fields may
//! be added without that.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::{diff, escaped_json};
use crate::finding::Finding;
use crate::plan::outcome::Outcome;
use crate::plan::{Commit, Preparation};
use crate::report::Report;
use crate::rule::Rule;

/// The version of all documents below.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    #[serde(flatten)]
    preparation: Option<&'a Preparation>,
    /// The commits' changes, where they are asked for.
    #[serde(skip_serializing_if = "<[Diff<'_>]>::is_empty")]
    diffs: &'a [Diff<'a>],
    /// What was made; absent for a dry run and a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<&'a Outcome>,
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    refused: &'a [Finding],
    /// Why the command failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<&'a Finding>,
    /// What a check found.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
}

impl Default for Document<'_> {
    fn default() -> Self {
        Self {
            version: VERSION,
            preparation: None,
            diffs: &[],
            made: None,
            refused: &[],
            failed: None,
            report: None,
        }
    }
}

/// What one commit changes.
#[derive(Serialize)]
struct Diff<'a> {
    branch: &'a str,
    text: String,
}

/// Returns plans, with the commits' changes if `with_diffs`, and what became of them if they were
/// carried out.
pub fn preparation(preparation: &Preparation, with_diffs: bool, made: Option<&Outcome>) -> String {
    let commits = preparation.commits().filter(|_| with_diffs);
    let diff = |commit: &Commit| diff::unified(&commit.files);
    let diffs: Vec<Diff<'_>> =
        commits.map(|commit| Diff { branch: &commit.branch, text: diff(commit) }).collect();
    text(&Document { preparation: Some(preparation), diffs: &diffs, made, ..Document::default() })
}

/// Returns what a check found.
pub fn report(report: &Report) -> String {
    text(&Document { report: Some(report), ..Document::default() })
}

/// Returns the rules of `check`.
pub fn rules(rules: &[Rule]) -> String {
    let listed =
        |rule: &Rule| json!({ "name": rule.name, "level": rule.level, "explanation": rule.explanation });
    document("rules", &rules.iter().map(listed).collect::<Vec<_>>())
}

/// Returns the reasons of a refusal.
pub fn refusal(findings: &[Finding]) -> String {
    text(&Document { refused: findings, ..Document::default() })
}

/// Returns why a command failed.
pub fn failure(finding: &Finding) -> String {
    text(&Document { failed: Some(finding), ..Document::default() })
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
