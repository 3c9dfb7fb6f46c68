//! An advisory's ranges, as TOML that fits into a `RustSec` advisory, and as JSON in the form of OSV.

use std::fmt::Write as _;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use crate::backport::advisory::{FixState, Range};
use crate::backport::fixes::{BranchStanding, FixReport, LineReport};
use crate::text::{escaped, listed};

/// Returns the report as TOML with comments: how each release line stands, and `[versions]` of each package.
pub fn toml(report: &FixReport) -> String {
    let mut out = format!("# {}\n", report.advisory);
    for fix in &report.commits {
        let _ = writeln!(out, "# fixed by {} {}", fix.commit.short(), escaped(&fix.title));
    }
    for alike in report.branches.chunk_by(|one, other| standing(one) == standing(other)) {
        lines(&mut out, alike);
    }
    for line in &report.lines {
        let _ = writeln!(out, "\n# {}", escaped(listed(&line.packages, 4)));
        let _ = writeln!(
            out,
            "# affected: {}",
            listed(&line.ranges.affected.iter().map(Range::to_string).collect::<Vec<_>>(), usize::MAX)
        );
        let _ = writeln!(out, "[versions]\npatched = {}", array(&line.ranges.patched));
        if !line.ranges.unaffected.is_empty() {
            let _ = writeln!(out, "unaffected = {}", array(&line.ranges.unaffected));
        }
    }
    out
}

/// How many release lines that follow each other and stand alike are told in one line.
const FEWEST_ALIKE: usize = 3;

/// Writes how release lines stand that stand alike.
fn lines(out: &mut String, alike: &[BranchStanding]) {
    if let [first, .., last] = alike
        && alike.len() >= FEWEST_ALIKE
    {
        let (first_name, last_name) = (escaped(&first.branch), escaped(&last.branch));
        let _ = writeln!(out, "# {first_name} to {last_name} ({} lines): {}", alike.len(), standing(first));
        return;
    }
    for branch in alike {
        let _ = writeln!(out, "# {}: {}", escaped(&branch.branch), standing(branch));
    }
}

fn standing(branch: &BranchStanding) -> String {
    let evidence = escaped(branch.evidence.to_string());
    match &branch.state {
        FixState::Always => format!("fixed from the first version on ({evidence})"),
        FixState::From { version, tagged: true } => format!("fixed in {version} ({evidence})"),
        FixState::From { version, tagged: false } => format!("to be fixed in {version} ({evidence})"),
        FixState::Unaffected { .. } => format!("not affected ({evidence})"),
        FixState::Never => format!("open ({evidence})"),
    }
}

fn array(ranges: &[Range]) -> String {
    let ranges: Vec<String> = ranges.iter().map(|range| format!("\"{range}\"")).collect();
    format!("[{}]", ranges.join(", "))
}

/// The version of the schema whose form [`osv`] has.
const OSV: &str = "1.7.0";

/// Returns the report of `date` as a vulnerability in the form of OSV: each package with the versions at which
/// it begins to be affected, and at which it ends.
pub fn osv(report: &FixReport, date: NaiveDate) -> String {
    #[derive(Serialize)]
    struct Vulnerability<'a> {
        schema_version: &'a str,
        id: &'a str,
        modified: String,
        affected: Vec<Value>,
    }
    let vulnerability = Vulnerability {
        schema_version: OSV,
        id: &report.advisory,
        modified: format!("{date}T00:00:00Z"),
        affected: report.lines.iter().flat_map(affected).collect(),
    };
    let mut text = serde_json::to_string_pretty(&vulnerability).unwrap_or_default();
    text.push('\n');
    text
}

fn affected(line: &LineReport) -> impl Iterator<Item = Value> {
    let bound = |range: &Range| {
        let from = range.from.as_ref().map_or_else(|| "0".to_owned(), ToString::to_string);
        let fixed = range.to.as_ref().map(|to| json!({ "fixed": to.to_string() }));
        [Some(json!({ "introduced": from })), fixed].into_iter().flatten()
    };
    let events: Vec<Value> = line.ranges.affected.iter().flat_map(bound).collect();
    line.packages.iter().filter(move |_| !line.ranges.affected.is_empty()).map(move |name| {
        json!({
            "package": { "ecosystem": "crates.io", "name": name, "purl": format!("pkg:cargo/{name}") },
            "ranges": [{ "type": "SEMVER", "events": events }],
        })
    })
}
