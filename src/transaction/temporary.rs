//! Folders of this program's own, which the next run removes where this one is killed.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::git::Repo;
use crate::rule;
use crate::transaction::journal::{path_bytes, path_of};
use crate::transaction::lock::{RunLock, is_free};
use crate::transaction::state;

/// How a record begins its name.
const RECORD: &str = "scratch.";

/// How a folder begins its name.
const FOLDER: &str = "relprep-";

/// A folder for a linked work tree; dropped, both are gone.
///
/// Its record is locked while this is there, and by what runs in the folder, which has the record for
/// its standard input. Who makes one holds the lock of runs, too: so if another run has that and the
/// record is locked, it is by what a dead run has started.
pub(crate) struct Temporary {
    record: Record,
    /// The open record, at its end.
    lock: File,
}

/// What the state folder says of a [`Temporary`].
pub(crate) struct Record {
    path: PathBuf,
    root: PathBuf,
    /// The git dir of a linked work tree in the folder.
    git_dir: PathBuf,
    /// What the folder was to become, in the words of its owner.
    pub(crate) note: Option<String>,
}

/// The first line of a record; the note is the second.
#[derive(Serialize, Deserialize)]
struct RecordLine {
    root: Vec<u8>,
}

impl Record {
    /// Returns whether the folder has gone to another place, as its note may say.
    pub(crate) fn has_moved(&self) -> bool {
        self.note.is_some() && !self.root.exists()
    }

    /// Removes the folder, what git keeps of it, and the record, as `git worktree remove` does; what
    /// cannot be removed now, the next run finds by the record.
    pub(crate) fn remove(&self) {
        let gone = |path: &Path| !path.exists() || fs::remove_dir_all(path).is_ok();
        if gone(&self.root) && gone(&self.git_dir) {
            self.forget();
        }
    }

    /// Removes the record alone: the folder is the user's now.
    pub(crate) fn forget(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Repo {
    /// Makes an empty folder in `parent` that is gone once it is dropped.
    pub(crate) fn temporary(&self, parent: &Path, _: &RunLock) -> Result<Temporary> {
        let state = self.drafts()?;
        let parent = fs::canonicalize(parent)?;
        // The record comes first: there is no folder of which the next run does not know.
        let made = tempfile::Builder::new().prefix(FOLDER).make_in(&parent, |root| {
            let name = root.file_name().unwrap_or_default();
            let record = self.record_of(state.join(format!("{RECORD}{}", name.display())), root.to_owned());
            let mut lock = File::options().read(true).write(true).create_new(true).open(&record.path)?;
            // Without locks the next run leaves the folder alone, and names it.
            let _ = lock.try_lock();
            let line = RecordLine { root: path_bytes(root) };
            if let Err(error) = write_line(&mut lock, &line).and_then(|()| make_folder(root)) {
                record.forget();
                return Err(error);
            }
            Ok(Temporary { record, lock })
        });
        let made = made.with_context(|| format!("cannot make a scratch folder in {}", parent.display()))?;
        // The folder is removed by what was made, not by its path.
        let (temporary, path) = made.into_parts();
        let _ = path.keep();
        Ok(temporary)
    }

    fn record_of(&self, path: PathBuf, root: PathBuf) -> Record {
        let name = root.file_name().unwrap_or_default();
        let git_dir = self.git.commondir().join("worktrees").join(name);
        Record { path, root, git_dir, note: None }
    }

    /// Reads a record; returns nothing if the file is none, or has no whole line.
    fn read_record(&self, path: &Path) -> Option<Record> {
        let text = fs::read_to_string(path).ok()?;
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let root = path_of(serde_json::from_str::<RecordLine>(lines.next()?).ok()?.root).ok()?;
        root.file_name()?.to_str()?.strip_prefix(FOLDER)?;
        let note = lines.next().map(str::to_owned);
        Some(Record { note, ..self.record_of(path.to_owned(), root) })
    }

    /// Returns the records of dead runs' folders that have gone to another place.
    pub(crate) fn moved_records(&self, _: &RunLock) -> Vec<Record> {
        let dead =
            self.drafts_left().into_iter().filter(|path| is_record(path) && is_free(path) == Some(true));
        dead.filter_map(|path| self.read_record(&path)).filter(Record::has_moved).collect()
    }

    /// Removes what dead runs have left in the state folder, but for a journal and what it needs; finds
    /// what they have started and what is still at work in a temporary folder.
    pub(crate) fn sweep(&self, _: &RunLock) -> Vec<Finding> {
        let mut findings = Vec::new();
        for path in self.drafts_left() {
            if !is_record(&path) {
                state::remove(&path);
                continue;
            }
            let record = self.read_record(&path);
            match (is_free(&path), record) {
                (Some(true), Some(record)) if record.has_moved() => {}
                (Some(true), Some(record)) => record.remove(),
                // It has no line yet, and no folder.
                (Some(true), None) => state::remove(&path),
                (is_free, record) => findings.push(left(is_free, record.as_ref(), &path)),
            }
        }
        findings
    }
}

fn left(is_free: Option<bool>, record: Option<&Record>, path: &Path) -> Finding {
    let folder = record.map_or("a folder of its own".to_owned(), |record| record.root.display().to_string());
    let (message, remedy) = if is_free.is_some() {
        let message = format!("what an interrupted run has started is still at work in {folder}");
        (message, "run any command once it has ended".to_owned())
    } else {
        let message = format!("whether anything is still at work in {folder} cannot be told");
        (message, format!("if nothing is, remove that and `{}`", path.display()))
    };
    Finding::of(rule::STILL_RUNNING, message).remedy(remedy)
}

/// Returns whether a file of the state folder is the record of a temporary folder.
fn is_record(path: &Path) -> bool {
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
        &self.record.root
    }

    /// Returns the git dir that a linked work tree in the folder has.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.record.git_dir
    }

    /// Notes what the folder is to become.
    pub(crate) fn note(&mut self, note: &impl Serialize) -> Result<()> {
        let cannot = || format!("cannot write {}", self.record.path.display());
        write_line(&mut self.lock, note).with_context(cannot)
    }

    /// Moves the folder to another place; dropped, it is gone there.
    pub(crate) fn move_to(&mut self, folder: &Path) -> Result<()> {
        fs::rename(self.root(), folder).with_context(|| format!("cannot make {}", folder.display()))?;
        folder.clone_into(&mut self.record.root);
        Ok(())
    }

    /// Lets the folder stay: from here on it is the user's.
    pub(crate) fn keep(self) {
        std::mem::ManuallyDrop::new(self).record.forget();
    }

    /// Returns the standard input of what runs in the folder: nothing to read, and the lock.
    pub(crate) fn stdin(&self) -> Result<Stdio> {
        Ok(self.lock.try_clone().context("cannot share the record of a scratch folder")?.into())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        self.record.remove();
    }
}
