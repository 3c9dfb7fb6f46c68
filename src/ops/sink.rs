//! What an operation says before it is done.

use crate::finding::Finding;
use crate::git::BranchName;

/// Who is told what an operation has to say before it is done.
pub trait Sink {
    /// Says what takes its time.
    fn progress(&mut self, progress: &Progress<'_>);

    /// Says what is worth knowing, whatever becomes of the operation.
    fn finding(&mut self, finding: &Finding);

    /// Passes on a line of what a program says that takes its time.
    fn line(&mut self, line: &str);
}

/// What takes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// A branch was read.
    Read {
        /// Its name.
        branch: &'a BranchName,
        /// How many are read, this one included.
        done: usize,
        /// How many there are.
        all: usize,
    },
    /// A program of `[[run]]` is about to run on the edited tree of a branch.
    Run {
        /// Its name.
        branch: &'a BranchName,
        /// The program and its arguments.
        command: &'a [String],
    },
}

/// Keeps the findings, and is interested in nothing else.
impl Sink for Vec<Finding> {
    fn progress(&mut self, _: &Progress<'_>) {}

    fn finding(&mut self, finding: &Finding) {
        self.push(finding.clone());
    }

    fn line(&mut self, _: &str) {}
}
