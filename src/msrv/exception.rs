//! Exceptions: lines with long-term support that need a newer Rust than they promised.

use semver::Version;

use crate::config::msrv::MsrvException;
use crate::finding::Finding;
use crate::rule;

/// Returns the exception for the release line that begins with `line`, if there is one that counts,
/// and what is to be said: of the exception that counts, and of every one that cannot.
///
/// `is_lts` says whether a line has long-term support, by the schedule.
pub fn of_line<'a>(
    exceptions: &'a [MsrvException],
    line: Option<&Version>,
    is_lts: impl Fn(&Version) -> bool,
) -> (Option<&'a MsrvException>, Vec<Finding>) {
    let mut counting: Option<&MsrvException> = None;
    let mut findings = Vec::new();
    for exception in exceptions {
        let version = exception.line.version();
        let wrong = wrong(exception, is_lts(version));
        let is_here = line == Some(version);
        if wrong.is_none() && is_here && counting.is_some() {
            let message = format!("two exceptions speak of the line of {version}");
            findings.push(Finding::of(rule::MSRV_EXCEPTION, message).remedy("keep one of them"));
        } else if wrong.is_none() && is_here {
            counting = Some(exception);
            let message = format!(
                "by an exception, the line of {version} may need Rust {}: {}",
                exception.rust_version,
                exception.reason.trim()
            );
            findings.push(Finding::of(rule::MSRV_EXCEPTION, message).as_note());
        }
        findings.extend(wrong);
    }
    (counting, findings)
}

fn wrong(exception: &MsrvException, is_lts: bool) -> Option<Finding> {
    let version = exception.line.version();
    if exception.reason.trim().is_empty() {
        let message = format!("the exception for the line of {version} has no reason");
        return Some(Finding::of(rule::MSRV_EXCEPTION, message).remedy("state its `reason`, or remove it"));
    }
    if !is_lts {
        let message = format!(
            "the line of {version} has no long-term support, and can have no exception from its MSRV"
        );
        return Some(
            Finding::of(rule::MSRV_EXCEPTION, message)
                .remedy("remove the exception, or state `[schedule] lts` as it is"),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exceptions(reason: &str) -> Vec<MsrvException> {
        let text = format!("line = '24'\nrust-version = '1.80'\nreason = '{reason}'");
        vec![toml_edit::de::from_str(&text).unwrap()]
    }

    fn said(exceptions: &[MsrvException], line: u64, lts: bool) -> (bool, Vec<String>) {
        let (found, findings) = of_line(exceptions, Some(&Version::new(line, 0, 0)), |_| lts);
        (found.is_some(), findings.into_iter().map(|f| format!("{:?}: {}", f.severity, f.message)).collect())
    }

    #[test]
    fn an_exception_counts_for_its_line_and_is_shown() {
        let shown = "Note: by an exception, the line of 24.0.0 may need Rust 1.80: old";
        assert_eq!(said(&exceptions("old"), 24, true), (true, vec![shown.to_owned()]));
        assert_eq!(said(&exceptions("old"), 36, true), (false, vec![]));
        let twice = [exceptions("old"), exceptions("old")].concat();
        assert!(said(&twice, 24, true).1[1].contains("two exceptions"));
    }

    #[test]
    fn an_exception_without_reason_or_long_term_support_is_an_error_on_every_line() {
        assert!(said(&exceptions(" "), 24, true).1[0].contains("has no reason"));
        assert!(said(&exceptions("old"), 24, false).1[0].contains("no long-term support"));
        let (counts, findings) = said(&exceptions("old"), 36, false);
        assert!(!counts && findings.len() == 1);
    }
}
