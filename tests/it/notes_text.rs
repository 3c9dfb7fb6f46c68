//! Notes as texts, for the tests of what becomes of them.

use chrono::NaiveDate;
use relprep::edit::notes::{Notes, Style};
use relprep::finding::Finding;
use relprep::path::RepoPath;
use semver::Version;

/// Reads a version.
pub fn v(text: &str) -> Version {
    text.parse().unwrap()
}

/// The day of the releases.
pub fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 8, 20).unwrap()
}

/// Does something with the notes that `text` is.
pub fn with<T>(text: &str, act: impl FnOnce(&Notes) -> T) -> T {
    let path = RepoPath::new("CHANGELOG.md").unwrap();
    act(&Notes::parse(&path, text, &Style::default_for(&path)))
}

/// Returns what was found, each with its line.
pub fn said(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        finding.place.as_ref().and_then(|place| place.spot.as_ref()).map_or(0, |spot| spot.line)
    };
    findings.iter().map(|finding| format!("{}: {}", line(finding), finding.message)).collect()
}
