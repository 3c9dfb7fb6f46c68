//! Shows what `cargo relprep backport` reports: which branch has what, and what an advisory is about.

use anyhow::Result;

use super::{BackportArgs, BackportFormat};
use crate::cli::{ExitStatus, Output};
use crate::ops::Context;
use crate::ops::Sink as _;
use crate::ops::backport::BackportSession;
use crate::project::Location;
use crate::render;
use crate::render::json::Body;
use crate::rule::Severity;

/// Shows which branch has which commit.
pub(super) fn status(
    location: &Location,
    scene: &BackportSession<'_>,
    args: &BackportArgs,
    output: &mut Output,
) -> Result<ExitStatus> {
    let matrix = scene.status(output)?;
    match args.format {
        BackportFormat::Human => {
            let line = render::backport::CommandLine { accept_flags: false, options: &args.words(location) };
            output.result(&render::backport::matrix::human(&matrix, &line));
        }
        BackportFormat::Json => output.json(Body::Backports(&matrix)),
        BackportFormat::Osv | BackportFormat::Markdown => {
            output.result(&render::backport::matrix::markdown(&matrix));
        }
    }
    Ok(if matrix.has_gaps() { ExitStatus::Refused } else { ExitStatus::Done })
}

/// Shows the versions that an advisory is about.
pub(super) fn advisory(
    context: &Context,
    scene: &BackportSession<'_>,
    (id, args): (&str, &BackportArgs),
    output: &mut Output,
) -> Result<ExitStatus> {
    let report = scene.advisory(id, &args.packages, output)?;
    if output.is_json() {
        output.json(Body::Advisory(&report));
    } else {
        match args.format {
            // Without ranges it would say that nothing is affected.
            BackportFormat::Osv if report.lines.is_empty() => {}
            BackportFormat::Osv => output.result(&render::backport::advisory::osv(&report, context.date)),
            _ => output.result(&render::backport::advisory::toml(&report)),
        }
        report.findings.iter().for_each(|finding| output.finding(finding));
    }
    let wrong = report.findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if wrong { ExitStatus::Refused } else { ExitStatus::Done })
}
