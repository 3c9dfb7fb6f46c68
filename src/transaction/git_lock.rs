//! The locks by which git programs keep each other from writing a file: `FILE.lock`, made by nobody who
//! finds it there (gitrepository-layout(5)).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What a lock holds where it is a file of its own.
const MARK: &[u8] = b"held by cargo-relprep\n";

/// The lock of one of git's files, until it is dropped.
///
/// It is a second name of the file that this program locks while it writes ([`RunLock`]). Git reads no lock,
/// and no other program makes such a name: so the next run knows what a dead one has left, also after a loss
/// of power, and takes nothing else away. It is never renamed over its file, as git does with its own.
///
/// [`RunLock`]: crate::transaction::lock::RunLock
pub(crate) struct GitLock {
    file: PathBuf,
    run_lock: PathBuf,
}

impl GitLock {
    /// Takes the lock of `file`, as who holds the lock of runs, whose file is `run_lock`; returns nothing if
    /// another program holds it.
    pub(crate) fn take(file: &Path, run_lock: &Path) -> Result<Option<Self>> {
        let lock = lock_of(file);
        match claim(&lock, run_lock) {
            Ok(()) => Ok(Some(Self { file: file.to_owned(), run_lock: run_lock.to_owned() })),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot create {}", lock.display())),
        }
    }

    /// Puts `draft`, which is on the same file system, in the place of the file.
    pub(crate) fn install(&self, draft: &Path) -> Result<()> {
        fs::rename(draft, &self.file).with_context(|| format!("cannot replace {}", self.file.display()))
    }

    /// Removes the lock of `file` that a dead run has left; another program's stays. Only who holds the
    /// lock of runs, whose file is `run_lock`, may ask for it.
    pub(crate) fn remove_left(file: &Path, run_lock: &Path) -> Result<()> {
        let lock = lock_of(file);
        if is_second_name(&lock, run_lock) || fs::read(&lock).is_ok_and(|held| held == MARK) {
            fs::remove_file(&lock).with_context(|| format!("cannot remove {}", lock.display()))?;
        }
        Ok(())
    }
}

impl Drop for GitLock {
    fn drop(&mut self) {
        let _ = Self::remove_left(&self.file, &self.run_lock);
    }
}

/// Returns the path of the lock of `file`.
pub(crate) fn lock_of(file: &Path) -> PathBuf {
    let mut lock = file.as_os_str().to_owned();
    lock.push(".lock");
    lock.into()
}

/// Gives the file `run_lock` the second name `lock`, which works only if nobody has that name: so it is known
/// from the first moment whose it is.
#[cfg(unix)]
fn claim(lock: &Path, run_lock: &Path) -> io::Result<()> {
    match fs::hard_link(run_lock, lock) {
        Err(error) if !matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => make(lock),
        linked => linked,
    }
}

#[cfg(not(unix))]
fn claim(lock: &Path, _: &Path) -> io::Result<()> {
    make(lock)
}

/// Makes a lock that is a file of its own, where the file system knows no second names: a run that is killed
/// before it is filled leaves an empty lock, which is a stranger's to the next.
fn make(lock: &Path) -> io::Result<()> {
    io::Write::write_all(&mut fs::File::create_new(lock)?, MARK)
}

#[cfg(unix)]
fn is_second_name(lock: &Path, run_lock: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |path: &Path| fs::symlink_metadata(path).ok().map(|found| (found.dev(), found.ino()));
    identity(lock).is_some_and(|it| Some(it) == identity(run_lock))
}

#[cfg(not(unix))]
fn is_second_name(_: &Path, _: &Path) -> bool {
    false
}
