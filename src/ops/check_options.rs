//! What `check` does beyond reading: packing what is published, and comparing interfaces.

use anyhow::Result;

use super::session::Session;
use super::{check_api, check_package};
use crate::check::Subject;
use crate::finding::{Finding, Refused};
use crate::report::Report;
use crate::rule;

/// What is asked of `check` beyond its rules.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckOptions {
    /// Whether the published packages are packed.
    pub package: bool,
    /// Whether they are compiled as they were packed.
    pub verify: bool,
    /// Whether the interfaces of the libraries are compared.
    pub api: bool,
}

/// Does what `options` ask for.
pub(super) fn ask(
    session: &Session<'_>,
    subject: &Subject<'_>,
    options: CheckOptions,
    is_checked_out: bool,
    report: &mut Report,
) -> Result<()> {
    let mut findings = Vec::new();
    for (asked, option) in [(options.package, "--package"), (options.api, "--api")] {
        if asked && !is_checked_out {
            let message = format!(
                "`{option}` reads the work tree, and `{}` is not checked out",
                subject.request.branch
            );
            let remedy = format!("run `git switch {}` first", subject.request.branch);
            findings.push(Finding::of(rule::NOT_CHECKED_OUT, message).remedy(remedy));
        }
    }
    Refused::if_any(findings)?;
    if options.package {
        let found = check_package::package(session, subject, options.verify, report)?;
        report.findings.extend(weighed(subject, rule::PACKAGE_REHEARSAL, found));
    }
    if options.api {
        let found = check_api::interfaces(session, subject, report)?;
        report.findings.extend(weighed(subject, rule::API_HELD, found));
    }
    Ok(())
}

fn weighed<'s>(
    subject: &'s Subject<'_>,
    asked: rule::Rule,
    found: Vec<Finding>,
) -> impl Iterator<Item = Finding> + 's {
    subject.request.project.config.check.all_weighed(asked, found)
}
