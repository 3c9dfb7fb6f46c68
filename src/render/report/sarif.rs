//! SARIF 2.1.0 (OASIS Standard, 2020), for code scanning.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::finding::Finding;
use crate::rule::Rule;
use crate::text::escaped_json;

/// Returns the findings as one run of this program.
pub fn sarif(findings: &[Finding]) -> String {
    let rules: BTreeSet<Rule> = findings.iter().map(|finding| finding.rule).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_iter().map(descriptor).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    escaped_json(&format!("{document:#}\n"))
}

fn descriptor(rule: Rule) -> Value {
    json!({
        "id": rule,
        "fullDescription": { "text": rule.explanation },
        "defaultConfiguration": { "level": rule.level },
    })
}

fn result(finding: &Finding) -> Value {
    let remedy = finding.remedy.as_ref().map(|remedy| format!("\n{remedy}")).unwrap_or_default();
    let mut result = json!({
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": { "text": format!("{}{remedy}", finding.message) },
    });
    if let Some(place) = &finding.place {
        let mut location =
            json!({ "artifactLocation": { "uri": uri(&place.path), "uriBaseId": "%SRCROOT%" } });
        if let Some(spot) = &place.spot {
            let marked = spot.text.get(spot.range.clone()).unwrap_or_default().chars().count();
            location["region"] = json!({
                "startLine": spot.line,
                "startColumn": spot.column,
                "endColumn": spot.column + marked,
                "snippet": { "text": spot.text },
            });
        }
        result["locations"] = json!([{ "physicalLocation": location }]);
    }
    result
}

/// Returns a relative path as a URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;
    use crate::rule;

    #[test]
    fn a_result_has_its_rule_and_its_region() {
        let text = "[package]\nrust-version = \"1.88\"\n";
        let found = [Finding::of(rule::MSRV_RAISED, "rose").at(Place::range("a b/Cargo.toml", text, 26..30))];
        let document: Value = serde_json::from_str(&sarif(&found)).unwrap();
        let run = &document["runs"][0];
        let rule = &run["tool"]["driver"]["rules"][0];
        assert_eq!(rule["id"], "msrv-raised");
        assert_eq!(rule["defaultConfiguration"]["level"], "error");
        assert!(rule["fullDescription"]["text"].as_str().unwrap().ends_with('.'));
        let result = &run["results"][0];
        assert_eq!(result["level"], "error");
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "a%20b/Cargo.toml");
        assert_eq!(location["region"]["startLine"], 2);
        assert_eq!(location["region"]["endColumn"], 21);
    }
}
