//! What was found, in the form that was asked for, and what is said before a result.

use std::io::{self, IsTerminal as _};
use std::slice;
use std::time::Duration;

use super::Output;
use crate::cli::options::ReportFormat;
use crate::finding::Finding;
use crate::ops::{Progress, Sink};
use crate::render;
use crate::render::json::{Body, document};
use crate::report::Report;
use crate::rule::Severity;
use crate::text::{escaped, on_a_line};

/// From when on a wait is told about.
const LONG: Duration = Duration::from_secs(1);

impl Output {
    /// Prints the reasons of a refusal, the errors last.
    pub(in crate::cli) fn refuse(&mut self, findings: &[Finding]) {
        if !self.for_programs(findings, Body::Refused(findings)) {
            self.findings(findings);
        }
    }

    /// Prints why the command failed; in a form for programs as its result too, if it has none yet.
    pub(in crate::cli) fn fail(&mut self, failure: &Finding) {
        self.finding(failure);
        if !self.has_result {
            self.for_programs(slice::from_ref(failure), Body::Failed(failure));
        }
    }

    /// Prints what a check found.
    pub(in crate::cli) fn report(&mut self, report: &Report) {
        if !self.for_programs(&report.findings, Body::Report(report)) {
            self.findings(&report.findings);
            self.show(&render::report::human(report));
        }
    }

    /// Prints a result as data.
    pub(in crate::cli) fn json(&mut self, body: Body<'_>) {
        let text = document(&self.command, body);
        self.result(&text);
    }

    /// Prints findings as a result in the form for programs that was asked for, in JSON as `body`; returns whether
    /// one was.
    fn for_programs(&mut self, findings: &[Finding], body: Body<'_>) -> bool {
        match self.format {
            ReportFormat::Human => return false,
            ReportFormat::Json => self.json(body),
            ReportFormat::Github => self.verbatim(&render::report::github(findings)),
            ReportFormat::Sarif => self.result(&render::report::sarif(findings)),
            ReportFormat::Gitlab => self.result(&render::report::gitlab(findings)),
            ReportFormat::Junit => self.result(&render::report::junit(findings)),
        }
        true
    }

    /// Prints findings, the errors last.
    fn findings(&mut self, findings: &[Finding]) {
        let mut sorted: Vec<&Finding> = findings.iter().collect();
        sorted.sort_by_key(|finding| finding.severity);
        for finding in sorted {
            self.finding(finding);
        }
    }
}

impl Sink for Output {
    /// Says on a terminal what is being done, once that takes long.
    fn progress(&mut self, progress: &Progress<'_>) {
        if self.quiet || !io::stderr().is_terminal() {
            return;
        }
        let text = match progress {
            Progress::Read { .. } if self.begin.elapsed() < LONG => return,
            Progress::Read { branch, done, all } => format!("read {branch} ({done} of {all})"),
            Progress::Run { branch, command } => format!("running `{}` on {branch}", command.join(" ")),
        };
        self.say(&on_a_line(&text));
    }

    fn line(&mut self, line: &str) {
        self.say(&escaped(line.trim_end_matches('\r')));
    }

    /// Prints a finding; notes not quietly.
    fn finding(&mut self, finding: &Finding) {
        if !(self.quiet && finding.severity == Severity::Note) {
            self.say(&format!("{}\n", render::finding::human(finding)));
        }
    }
}
