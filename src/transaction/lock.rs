//! The lock that keeps two runs from writing to one repository at once.
//!
//! A lock of the operating system on an open file: it ends with the process that has the file open, and
//! with those to which it was handed on. So whether a run is alive is never guessed.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::rule;

/// The right to write to a repository, until it is dropped.
///
/// The file stays: if one run removed it while another opened it, both would have a lock.
pub(crate) struct RunLock {
    _file: File,
    /// The file that says the same by being there, where the file system has no locks.
    stand_in: Option<PathBuf>,
}

impl Repo {
    /// Returns the file that is locked.
    pub(crate) fn run_lock(&self) -> PathBuf {
        self.state_dir().join("lock")
    }

    /// Takes the lock.
    ///
    /// # Errors
    ///
    /// A refusal if another run holds it, or if that cannot be told because the file system has no locks
    /// and a run that was killed may have left its stand-in.
    pub(crate) fn lock(&self) -> Result<RunLock> {
        self.drafts()?;
        let path = self.run_lock();
        let cannot = || format!("cannot open {}", path.display());
        let mut file = open(&path).with_context(cannot)?;
        let stand_in = match file.try_lock() {
            Ok(()) => None,
            Err(TryLockError::WouldBlock) => return Err(busy(&path).into()),
            Err(TryLockError::Error(_)) => Some(stand_in(path.with_extension("held"))?),
        };
        file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).with_context(cannot)?;
        Ok(RunLock { _file: file, stand_in })
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        if let Some(path) = &self.stand_in {
            let _ = fs::remove_file(path);
        }
    }
}

/// Returns whether nobody holds the lock of the file at `path`; nothing where that cannot be told.
pub(crate) fn is_free(path: &Path) -> Option<bool> {
    match File::options().read(true).write(true).open(path).map(|file| file.try_lock()) {
        Ok(Ok(())) => Some(true),
        Ok(Err(TryLockError::WouldBlock)) => Some(false),
        Ok(Err(TryLockError::Error(_))) | Err(_) => None,
    }
}

fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

/// Makes a file that no other run has made.
fn stand_in(path: PathBuf) -> Result<PathBuf> {
    match File::create_new(&path) {
        Ok(_) => Ok(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Refused::from(
            Finding::of(rule::ALREADY_RUNNING,
                "another run is writing to this repository, or was killed: this file system has no locks that would tell",
            )
            .remedy(format!("wait for it; if it has ended, remove `{}`", path.display())),
        )
        .into()),
        Err(error) => Err(error).with_context(|| format!("cannot create {}", path.display())),
    }
}

fn busy(path: &Path) -> Refused {
    let number = fs::read_to_string(path).unwrap_or_default();
    let who = if number.is_empty() { String::new() } else { format!(" (process {number})") };
    Finding::of(rule::ALREADY_RUNNING, format!("another run{who} is writing to this repository"))
        .remedy("wait until it has ended")
        .into()
}
