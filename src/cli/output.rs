//! Where and how the program prints: results on standard output, all else on standard error.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, Result};

use super::options::{Color, Common, ReportFormat};
use crate::finding::Finding;
use crate::ops::sink::{Progress, Sink};
use crate::render;
use crate::report::Report;
use crate::rule::Severity;

/// From when on a wait is told about.
const LONG: Duration = Duration::from_secs(1);

/// The program's two streams.
pub(super) struct Output {
    out: AutoStream<std::io::Stdout>,
    err: AutoStream<std::io::Stderr>,
    format: ReportFormat,
    /// When the program began.
    begin: Instant,
    quiet: bool,
    verbose: bool,
    /// Whether a result was printed.
    has_result: bool,
    /// Why a result was not written.
    unwritten: Option<io::Error>,
}

impl Output {
    /// Opens the streams as the options say.
    pub(super) fn new(common: &Common) -> Self {
        let choice = match common.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self {
            out: AutoStream::new(std::io::stdout(), choice),
            err: AutoStream::new(std::io::stderr(), choice),
            format: ReportFormat::Human,
            begin: Instant::now(),
            quiet: common.quiet,
            verbose: common.verbose,
            has_result: false,
            unwritten: None,
        }
    }

    /// Prints results and refusals in `format` from now on; all but the one for people leave nothing
    /// else on standard output.
    pub(super) fn use_format(&mut self, format: impl Into<ReportFormat>) {
        self.format = format.into();
    }

    /// Returns whether the output is JSON.
    pub(super) fn is_json(&self) -> bool {
        self.format == ReportFormat::Json
    }

    /// Returns whether everything is to be listed.
    pub(super) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Prints what was asked for; [`Output::written`] says whether that succeeded.
    pub(super) fn result(&mut self, text: &str) {
        self.has_result = true;
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        self.unwritten = self.unwritten.take().or(unless_closed(written).err());
    }

    /// Makes sure that all results so far were written.
    ///
    /// # Errors
    ///
    /// Once, where one was not, for another reason than that its reader went away.
    pub(super) fn written(&mut self) -> Result<()> {
        self.unwritten.take().map_or(Ok(()), Err).context("cannot write to standard output")
    }

    /// Prints what people like to see: in no form for programs, and not quietly.
    pub(super) fn show(&mut self, text: &str) {
        if !self.quiet && self.format == ReportFormat::Human {
            self.result(text);
        }
    }

    /// Prints the reasons of a refusal, the errors last.
    pub(super) fn refuse(&mut self, findings: &[Finding]) {
        match self.format {
            ReportFormat::Human => self.findings(findings),
            ReportFormat::Json => self.result(&render::json::refusal(findings)),
            ReportFormat::Github => self.result(&render::report::github(findings)),
            ReportFormat::Sarif => self.result(&render::report::sarif(findings)),
        }
    }

    /// Prints why the command failed; in a form for programs as its result too, if it has none yet.
    pub(super) fn fail(&mut self, failure: &Finding) {
        self.finding(failure);
        if self.has_result {
            return;
        }
        match self.format {
            ReportFormat::Human => {}
            ReportFormat::Json => self.result(&render::json::failure(failure)),
            ReportFormat::Github => self.result(&render::report::github(std::slice::from_ref(failure))),
            ReportFormat::Sarif => self.result(&render::report::sarif(std::slice::from_ref(failure))),
        }
    }

    /// Prints what a check found.
    pub(super) fn report(&mut self, report: &Report) {
        match self.format {
            ReportFormat::Human => {
                self.findings(&report.findings);
                self.show(&render::report::human(report));
            }
            ReportFormat::Json => self.result(&render::json::report(report)),
            ReportFormat::Github => self.result(&render::report::github(&report.findings)),
            ReportFormat::Sarif => self.result(&render::report::sarif(&report.findings)),
        }
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
        if self.quiet || !std::io::stderr().is_terminal() {
            return;
        }
        let text = match progress {
            Progress::Read { .. } if self.begin.elapsed() < LONG => return,
            Progress::Read { branch, done, all } => format!("read {branch} ({done} of {all})"),
            Progress::Run { branch, command } => format!("running `{}` on {branch}", command.join(" ")),
        };
        let _ = writeln!(self.err, "{}", render::on_a_line(&text));
    }

    /// Prints a finding; notes not quietly.
    fn finding(&mut self, finding: &Finding) {
        if !(self.quiet && finding.severity == Severity::Note) {
            let _ = writeln!(self.err, "{}\n", render::finding::human(finding));
        }
    }
}

/// Takes a reader that went away for one that has read enough.
pub(super) fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}
