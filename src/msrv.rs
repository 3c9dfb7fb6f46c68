//! The minimum supported Rust version of a release line: what it promised, against what it needs now.
//!
//! [`judge`] is pure: it compares [`MsrvEvidence`], which [`read`] gathers from git and Cargo; [`inquiry`]
//! goes the whole way from the repository to a report.

pub mod baseline;
pub mod claims;
pub mod declared;
pub mod dependencies;
pub mod exception;
pub mod imposed;
pub mod inquiry;
pub mod read;

pub mod trunk;

use crate::config::msrv::MsrvException;
use crate::finding::Finding;
use crate::rule::{self, Severity};
use crate::rust_version::RustVersion;
use baseline::BaselineSource;
use claims::Claims;
use dependencies::LockComparison;

/// All that is known about a release line's MSRV.
#[derive(Clone, Debug)]
pub struct MsrvEvidence {
    /// The lead package's name.
    pub lead: String,
    /// Where the promise is known from.
    pub source: BaselineSource,
    /// What the manifests said then; nothing where only the version is known.
    pub then: Option<Claims>,
    /// What the manifests say now.
    pub now: Claims,
    /// What became of the lock file.
    pub lock: LockComparison,
    /// What could not be read of the manifests then.
    pub unread: Vec<Finding>,
    /// What the user states as the promise, for where nothing was promised there.
    pub stated: Option<RustVersion>,
}

impl MsrvEvidence {
    /// Returns the Rust that was promised, if one was.
    fn promised(&self) -> Option<RustVersion> {
        match &self.source {
            BaselineSource::Stated(version) => Some(*version),
            _ => self.then.as_ref().and_then(|then| then.promise(&self.lead)),
        }
    }
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The Rust that the line may need; `None` if it never promised one.
    pub promise: Option<RustVersion>,
    /// How many members declare a `rust-version`, and how many there are.
    pub declared: (usize, usize),
    /// What is wrong, and what is worth saying.
    pub findings: Vec<Finding>,
}

/// Compares what a release line promised with what it needs now.
///
/// `exception` is what the line may need instead of what it promised.
pub fn judge(evidence: &MsrvEvidence, exception: Option<&MsrvException>) -> Verdict {
    let MsrvEvidence { then, now, .. } = evidence;
    let promised = evidence.promised().or(evidence.stated);
    let allowed = exception.map(|exception| exception.rust_version);
    let promise = promised.map(|promised| allowed.map_or(promised, |allowed| promised.max(allowed)));
    let declaring = now.packages.iter().filter(|package| package.rust.is_some()).count();
    let mut findings = declared::compare(then.as_ref(), now, promise, allowed);
    match promise {
        Some(promise) => {
            findings.extend(imposed::compare(then.as_ref(), now, promise));
            findings.extend(dependencies::judge(&evidence.lock, promise));
        }
        None => findings.push(nothing_promised()),
    }
    findings.extend(evidence.unread.iter().cloned());
    Verdict { promise, declared: (declaring, now.packages.len()), findings }
}

/// Makes errors of what could not be checked.
pub fn strictly(findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.rule == rule::MSRV_UNCHECKED) {
        finding.severity = Severity::Error;
    }
}

fn nothing_promised() -> Finding {
    Finding::of(rule::MSRV_UNCHECKED, "the line promised no Rust version, so that there is nothing to hold").remedy(
        "state the promise with `--baseline-rust-version`, and `rust-version` on the trunk for later lines",
    )
}
