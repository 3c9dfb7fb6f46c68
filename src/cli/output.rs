//! Where and how the program prints: results on standard output, all else on standard error.

mod findings;

use std::io::{self, ErrorKind, Write as _};
use std::time::Instant;

use anstream::AutoStream;
use anyhow::{Context, Result};

use super::options::{Common, ReportFormat};
use crate::text::disarmed;

/// The program's two streams.
pub(super) struct Output {
    out: AutoStream<std::io::Stdout>,
    err: AutoStream<std::io::Stderr>,
    format: ReportFormat,
    /// The command that is run.
    command: String,
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
    /// Opens the streams for `command` as the options say.
    pub(super) fn new(common: &Common, command: &str) -> Self {
        Self {
            out: AutoStream::new(std::io::stdout(), common.color.into()),
            err: AutoStream::new(std::io::stderr(), common.color.into()),
            format: ReportFormat::Human,
            command: command.to_owned(),
            begin: Instant::now(),
            quiet: common.quiet,
            verbose: common.verbose,
            has_result: false,
            unwritten: None,
        }
    }

    /// Prints results and refusals in `format` from now on: all but the one for people stand alone there.
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

    /// Prints what was asked for, [`disarmed`]; [`Output::written`] says whether that succeeded.
    pub(super) fn result(&mut self, text: &str) {
        self.verbatim(&disarmed(text));
    }

    /// Prints a result that is a log's commands or a shell's script, and is to be obeyed.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.has_result = true;
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        self.unwritten = self.unwritten.take().or(unless_closed(written).err());
    }

    /// Says what is no result, [`disarmed`]. Who does not listen loses the words, and nothing else.
    pub(super) fn say(&mut self, text: &str) {
        let _ = writeln!(self.err, "{}", disarmed(text));
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
}

/// Takes a reader that went away for one that has read enough.
fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}
