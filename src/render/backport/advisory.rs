//! An advisory's ranges, as TOML that fits into a `RustSec` advisory.

use std::fmt::Write as _;

use crate::backport::advisory::Range;
use crate::backport::fixes::FixReport;
use crate::text::{escaped, listed};

/// Returns the report as TOML with comments: `[versions]` of each version line.
pub fn toml(report: &FixReport) -> String {
    let mut out = format!("# {}\n", report.advisory);
    for fix in &report.commits {
        let _ = writeln!(out, "# fixed by {} {}", fix.commit.short(), escaped(&fix.title));
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

fn array(ranges: &[Range]) -> String {
    let ranges: Vec<String> = ranges.iter().map(|range| format!("\"{range}\"")).collect();
    format!("[{}]", ranges.join(", "))
}
