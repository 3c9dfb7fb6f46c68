//! The locks by which git programs keep each other from writing a file: `FILE.lock`, made by nobody who
//! finds it there (gitrepository-layout(5)).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What a lock holds while this program has it. Git reads no lock, and no other program writes this: so
/// the next run knows what a dead one has left, and takes nothing else away.
const MARK: &[u8] = b"held by cargo-relprep\n";

/// The lock of one of git's files, until it is dropped.
///
/// It is never renamed over its file, as git does with its own: it holds the mark from the first moment
/// to the last.
pub(crate) struct GitLock {
    file: PathBuf,
}

impl GitLock {
    /// Takes the lock of `file`; returns nothing if it is held. `state` is a folder on the same file
    /// system.
    pub(crate) fn take(file: &Path, state: &Path) -> Result<Option<Self>> {
        let (lock, mark) = (lock_of(file), state.join("mark"));
        fs::write(&mark, MARK).with_context(|| format!("cannot write {}", mark.display()))?;
        let claimed = claim(&lock, &mark);
        let _ = fs::remove_file(&mark);
        match claimed {
            Ok(()) => Ok(Some(Self { file: file.to_owned() })),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot create {}", lock.display())),
        }
    }

    /// Puts `draft`, which is on the same file system, in the place of the file.
    pub(crate) fn install(&self, draft: &Path) -> Result<()> {
        fs::rename(draft, &self.file).with_context(|| format!("cannot replace {}", self.file.display()))
    }

    /// Removes the lock of `file` that a dead run has left; another program's stays. Only who holds the
    /// lock of runs may ask for it.
    pub(crate) fn remove_left(file: &Path) -> Result<()> {
        let lock = lock_of(file);
        match fs::read(&lock) {
            Ok(held) if held == MARK => {
                fs::remove_file(&lock).with_context(|| format!("cannot remove {}", lock.display()))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for GitLock {
    fn drop(&mut self) {
        let _ = Self::remove_left(&self.file);
    }
}

/// Returns the path of the lock of `file`.
pub(crate) fn lock_of(file: &Path) -> PathBuf {
    let mut lock = file.as_os_str().to_owned();
    lock.push(".lock");
    lock.into()
}

/// Gives the file `mark` the second name `lock`, which works only if nobody has that name: so a lock is
/// never seen without its mark.
fn claim(lock: &Path, mark: &Path) -> io::Result<()> {
    match fs::hard_link(mark, lock) {
        Err(error) if !matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => {
            // Some file systems know no second names: a run that is killed between these two leaves an
            // empty lock, which is a stranger's to the next.
            let mut file = fs::File::create_new(lock)?;
            io::Write::write_all(&mut file, MARK)
        }
        linked => linked,
    }
}
