//! Folders of this program's own, which the next run removes where this one is killed.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::git::Repo;
use crate::rule;
use crate::transaction::journal::{path_bytes, path_of};
use crate::transaction::process::{Life, Process};

/// How a record begins its name.
const RECORD: &str = "scratch.";

/// How a folder begins its name.
const FOLDER: &str = "relprep-";

/// A folder for a linked work tree; dropped, both are gone.
///
/// Its record is locked while this is there, and by what runs in the folder, which has the record for
/// its standard input: so the system knows whether anything of the run still lives.
pub(crate) struct Temporary {
    root: PathBuf,
    git_dir: PathBuf,
    record: PathBuf,
    /// The open record, at its end.
    lock: File,
}

/// What the state folder says of a [`Temporary`].
pub(crate) struct Record {
    path: PathBuf,
    process: Process,
    root: PathBuf,
    /// What the folder was to become, in the words of its owner.
    pub(crate) note: Option<String>,
}

/// The first line of a record; the note is the second.
#[derive(Serialize, Deserialize)]
struct Line {
    process: Process,
    root: Vec<u8>,
}

impl Record {
    /// Reads a record; returns nothing if the file is none, or has no whole line.
    fn read(path: &Path) -> Option<Self> {
        if !is_record(path) {
            return None;
        }
        let text = fs::read_to_string(path).ok()?;
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let Line { process, root } = serde_json::from_str(lines.next()?).ok()?;
        let note = lines.next().map(str::to_owned);
        Some(Self { path: path.to_owned(), process, root: path_of(root).ok()?, note })
    }

    /// Returns whether the run that made the record is dead, and all that it has started.
    pub(crate) fn is_dead(&self) -> bool {
        let is_free = || match File::open(&self.path).map(|file| file.try_lock()) {
            Ok(Ok(()) | Err(TryLockError::Error(_))) => true,
            Ok(Err(TryLockError::WouldBlock)) | Err(_) => false,
        };
        self.process.life() == Life::Dead && is_free()
    }

    /// Returns whether the folder has gone to another place, as its note may say.
    pub(crate) fn has_moved(&self) -> bool {
        self.note.is_some() && !self.root.exists()
    }

    /// Removes the folder, what git keeps of it, and the record.
    pub(crate) fn remove(self, repo: &Repo) {
        let name = self.root.file_name().filter(|name| name.to_string_lossy().starts_with(FOLDER));
        if let (Some(name), Ok(lock)) = (name, File::open(&self.path)) {
            let git_dir = repo.git.commondir().join("worktrees").join(name);
            drop(Temporary { git_dir, root: self.root, record: self.path, lock });
        }
    }

    /// Removes the record alone: the folder is the user's now.
    pub(crate) fn forget(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Repo {
    /// Makes an empty folder in `parent` that is gone once it is dropped.
    pub(crate) fn temporary(&self, parent: &Path) -> Result<Temporary> {
        let state = self.drafts()?;
        let parent = fs::canonicalize(parent)?;
        // The record comes first: there is no folder of which the next run does not know.
        let made = tempfile::Builder::new().prefix(FOLDER).make_in(&parent, |root| {
            let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let record = state.join(format!("{RECORD}{name}"));
            let mut lock = File::options().read(true).write(true).create_new(true).open(&record)?;
            // Without locks, the process alone tells whether the run lives.
            let _ = lock.lock();
            let line = Line { process: Process::current(), root: path_bytes(root) };
            let written = write_line(&mut lock, &line).and_then(|()| make_folder(root));
            if let Err(error) = written {
                let _ = fs::remove_file(&record);
                return Err(error);
            }
            let git_dir = self.git.commondir().join("worktrees").join(&name);
            Ok(Temporary { root: root.to_owned(), git_dir, record, lock })
        });
        let made = made.with_context(|| format!("cannot make a scratch folder in {}", parent.display()))?;
        // The folder is removed by what was made, not by its path.
        let (temporary, path) = made.into_parts();
        let _ = path.keep();
        Ok(temporary)
    }

    /// Returns the records of all temporary folders.
    pub(crate) fn records(&self) -> Vec<Record> {
        let entries = fs::read_dir(self.state_dir()).into_iter().flatten().flatten();
        entries.filter_map(|entry| Record::read(&entry.path())).collect()
    }

    /// Finds what dead runs have started and what is still at work: its folder stays until it has ended.
    pub(crate) fn survivors(&self) -> Vec<Finding> {
        let at_work = |record: &Record| record.process.life() == Life::Dead && !record.is_dead();
        let finding = |_| {
            let message = "what an interrupted run has started is still at work in its own folder";
            Finding::of(rule::STILL_RUNNING, message).remedy("run any command once it has ended")
        };
        self.records().iter().filter(|record| at_work(record)).map(finding).collect()
    }

    /// Removes a temporary folder of which this is the record, if the run that made it is dead.
    pub(crate) fn sweep_temporary(&self, path: &Path) {
        let Some(record) = Record::read(path) else {
            // It has no line yet, and no folder; or it never will have.
            if File::open(path).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(path);
            }
            return;
        };
        if record.is_dead() && !record.has_moved() {
            record.remove(self);
        }
    }
}

/// Returns whether a file of the state folder is the record of a temporary folder.
pub(crate) fn is_record(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(RECORD))
}

fn write_line(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    file.write_all(&bytes)
}

/// Makes a folder that is nobody else's.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

impl Temporary {
    /// Returns the folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the git dir that a linked work tree in the folder has.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Notes what the folder is to become.
    pub(crate) fn note(&mut self, note: &impl Serialize) -> Result<()> {
        write_line(&mut self.lock, note).with_context(|| format!("cannot write {}", self.record.display()))
    }

    /// Moves the folder to another place; dropped, it is gone there.
    pub(crate) fn move_to(&mut self, folder: &Path) -> Result<()> {
        fs::rename(&self.root, folder).with_context(|| format!("cannot make {}", folder.display()))?;
        folder.clone_into(&mut self.root);
        Ok(())
    }

    /// Lets the folder stay: from here on it is the user's.
    pub(crate) fn keep(self) -> Result<()> {
        let this = std::mem::ManuallyDrop::new(self);
        fs::remove_file(&this.record).with_context(|| format!("cannot remove {}", this.record.display()))
    }

    /// Returns the standard input of what runs in the folder: nothing to read, and the lock.
    pub(crate) fn stdin(&self) -> Result<Stdio> {
        Ok(self.lock.try_clone().context("cannot share the record of a scratch folder")?.into())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // As `git worktree remove` does; what stays behind, the next run finds by the record.
        let gone = |path: &Path| !path.exists() || fs::remove_dir_all(path).is_ok();
        if gone(&self.root) && gone(&self.git_dir) {
            let _ = fs::remove_file(&self.record);
        }
    }
}
