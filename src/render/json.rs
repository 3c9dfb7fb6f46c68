//! Plans, outcomes and refusals as data.
//!
//! Every document has `version`: it is raised when a field changes its meaning or goes; fields may
//! be added without that.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::diff;
use crate::finding::Finding;
use crate::ops::outcome::Outcome;
use crate::plan::{Commit, Preparation};
use crate::report::Report;
use crate::rule::Rule;
use crate::text::escaped_json;

/// The version of all documents below.
const VERSION: u32 = 2;

/// Plans, and what became of them.
#[derive(Serialize)]
struct PreparationDocument<'a> {
    version: u32,
    #[serde(flatten)]
    preparation: &'a Preparation,
    /// The commits' changes, where they are asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diffs: Vec<Value>,
    /// What was made; absent for a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<&'a Outcome>,
}

/// Returns plans, with the commits' changes if `with_diffs`, and what became of them if they were
/// carried out.
pub fn preparation(preparation: &Preparation, with_diffs: bool, made: Option<&Outcome>) -> String {
    let commits = preparation.commits().filter(|_| with_diffs);
    let diff = |commit: &Commit| json!({ "branch": commit.branch, "text": diff::unified(&commit.files) });
    text(&PreparationDocument { version: VERSION, preparation, diffs: commits.map(diff).collect(), made })
}

/// Returns what a check found.
pub fn report(report: &Report) -> String {
    document("report", report)
}

/// Returns the rules of `check`.
pub fn rules(rules: &[Rule]) -> String {
    let listed =
        |rule: &Rule| json!({ "name": rule.name, "level": rule.level, "explanation": rule.explanation });
    document("rules", &rules.iter().map(listed).collect::<Vec<_>>())
}

/// Returns the reasons of a refusal.
pub fn refusal(findings: &[Finding]) -> String {
    document("refused", findings)
}

/// Returns why a command failed.
pub fn failure(finding: &Finding) -> String {
    document("failed", finding)
}

/// Returns `value` under `key`.
pub fn document<T: Serialize + ?Sized>(key: &str, value: &T) -> String {
    struct Keyed<'a, T: ?Sized>(&'a str, &'a T);
    impl<T: Serialize + ?Sized> Serialize for Keyed<'_, T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(2))?;
            map.serialize_entry("version", &VERSION)?;
            map.serialize_entry(self.0, self.1)?;
            map.end()
        }
    }
    text(&Keyed(key, value))
}

/// Returns a document on several lines.
pub(super) fn text<T: Serialize>(document: &T) -> String {
    // Nothing here has a key that is not a string, the only thing that fails.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    escaped_json(&text)
}
