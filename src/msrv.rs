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
pub mod promised;
pub mod read;
pub mod scope;
pub mod trunk;

use crate::config::msrv::MsrvException;
use crate::edit::lockfile::LockFormat;
use crate::finding::Finding;
use crate::rule::{self, Severity};
use crate::rust_version::RustVersion;
use baseline::BaselineSource;
use claims::{Channel, Claim, Claims};
use dependencies::LockComparison;
use promised::{Promised, PromisedBy};
use scope::PromisedPackages;

/// All that is known about a release line's MSRV.
#[derive(Clone, Debug)]
pub struct MsrvEvidence {
    /// The lead package's name.
    pub lead: String,
    /// The packages that the promise is about.
    pub held: PromisedPackages,
    /// Where the promise is known from.
    pub source: BaselineSource,
    /// What the manifests said then; nothing where only the version is known.
    pub then: Option<Claims>,
    /// What the manifests say now.
    pub now: Claims,
    /// What became of the lock file.
    pub lock: LockComparison,
    /// The lock file's format, where it has another one than then.
    pub lock_format: Option<Claim<LockFormat>>,
    /// What could not be read of the manifests then.
    pub unread: Vec<Finding>,
    /// What the user states as the promise.
    pub stated: Option<RustVersion>,
}

impl MsrvEvidence {
    /// Returns what was promised, if anything was.
    pub fn promised(&self) -> Option<Promised> {
        if let Some(rust) = self.stated {
            return Some(Promised { rust, by: PromisedBy::User });
        }
        let then = self.then.as_ref()?;
        let declared = then.promise(&self.lead).map(|rust| Promised { rust, by: PromisedBy::Declaration });
        declared.or_else(|| match then.toolchain.as_ref()?.value {
            Channel::Release(rust) => Some(Promised { rust, by: PromisedBy::Toolchain }),
            Channel::Named(_) => None,
        })
    }
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The Rust that the line may need; `None` if it never promised one.
    pub promise: Option<RustVersion>,
    /// How many of the packages that are held declare a `rust-version`.
    pub declaring: usize,
    /// What is wrong, and what is worth saying.
    pub findings: Vec<Finding>,
}

/// Compares what a release line promised with what it needs now.
///
/// `exception` is what the line may need instead of what it promised.
pub fn judge(evidence: &MsrvEvidence, exception: Option<&MsrvException>) -> Verdict {
    let MsrvEvidence { then, now, .. } = evidence;
    let allowed = exception.map(|exception| exception.rust_version);
    let promised = evidence.promised();
    let promised = promised.map(|promised| Promised {
        rust: allowed.map_or(promised.rust, |allowed| promised.rust.max(allowed)),
        ..promised
    });
    let mut findings = declared::compare(then.as_ref(), now, promised, allowed);
    match promised {
        Some(promised) => {
            let format = evidence.lock_format.as_ref();
            findings.extend(imposed::compare(then.as_ref(), now, format, promised));
            findings.extend(dependencies::judge(&evidence.lock, promised.rust, &evidence.held));
        }
        None => findings.push(nothing_promised()),
    }
    findings.extend(evidence.unread.iter().cloned());
    let declaring = now.packages.iter().filter(|package| package.rust.is_some()).count();
    Verdict { promise: promised.map(|promised| promised.rust), declaring, findings }
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
