//! What became of a command, as the exit status tells it.

use std::process::ExitCode;

/// What became of a command: the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done, or nothing found.
    Done = 0,
    /// Refused, or something found: the repository must be put right.
    Refused = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Something failed that is not the user's to put right.
    Failed = 3,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}
