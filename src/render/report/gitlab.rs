//! A code quality report, as GitLab's "Code Quality report format" describes it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::finding::Finding;
use crate::rule::Severity;
use crate::text::{escaped_json, fingerprint};

/// The file that stands for a finding that is about none: GitLab shows nothing without one.
const ANY_FILE: &str = "Cargo.toml";

/// Returns the findings as a list of problems.
pub fn gitlab(findings: &[Finding]) -> String {
    let mut seen = BTreeMap::new();
    let problems: Vec<Value> = findings.iter().map(|finding| problem(finding, &mut seen)).collect();
    escaped_json(&format!("{:#}\n", Value::from(problems)))
}

/// Describes one finding; `seen` counts those that are alike.
fn problem(finding: &Finding, seen: &mut BTreeMap<u128, u32>) -> Value {
    let remedy = finding.remedy.as_ref().map(|remedy| format!(" ({remedy})")).unwrap_or_default();
    let spot = finding.place.as_ref().and_then(|place| place.spot.as_ref());
    let like = identity(finding, 0);
    let number = seen.entry(like).and_modify(|number| *number += 1).or_default();
    json!({
        "description": format!("{}{remedy}", finding.message),
        "check_name": finding.rule,
        "fingerprint": format!("{:032x}", identity(finding, *number)),
        "severity": match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        "location": {
            "path": finding.place.as_ref().map_or(ANY_FILE, |place| &place.path),
            "lines": { "begin": spot.map_or(1, |spot| spot.line) },
        },
    })
}

/// Returns what tells a finding from all others in this report, and finds it again in a later one though
/// lines were added above it.
fn identity(finding: &Finding, number: u32) -> u128 {
    let place = finding.place.as_ref();
    let path = place.map_or("", |place| &place.path);
    let line = place.and_then(|place| place.spot.as_ref()).map_or("", |spot| &spot.text);
    fingerprint([finding.rule.name, path, line, &finding.message, &number.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;
    use crate::rule;

    fn problems(findings: &[Finding]) -> Vec<Value> {
        serde_json::from_str(&gitlab(findings)).unwrap()
    }

    #[test]
    fn a_problem_keeps_its_fingerprint_where_its_line_moves() {
        let found = |text: &str| {
            let at = text.find("1.88").unwrap();
            Finding::of(rule::MSRV_RAISED, "rose").at(Place::range("Cargo.toml", text, at..at + 4))
        };
        let before = &problems(&[found("rust-version = \"1.88\"\n")])[0];
        let after = &problems(&[found("# new\nrust-version = \"1.88\"\n")])[0];
        assert_eq!(
            (&before["location"]["lines"]["begin"], &after["location"]["lines"]["begin"]),
            (&json!(1), &json!(2))
        );
        assert_eq!(before["fingerprint"], after["fingerprint"]);
        assert_eq!(before["severity"], "major");
    }

    #[test]
    fn problems_that_are_alike_are_told_apart() {
        let found = Finding::of(rule::FAILURE, "it went wrong");
        let problems = problems(&[found.clone(), found.clone(), found.as_note()]);
        let fingerprints: Vec<&Value> = problems.iter().map(|problem| &problem["fingerprint"]).collect();
        assert!(fingerprints[0] != fingerprints[1] && fingerprints[1] != fingerprints[2]);
        assert_eq!(problems[0]["location"]["path"], "Cargo.toml");
        assert_eq!(problems[2]["severity"], "info");
    }
}
