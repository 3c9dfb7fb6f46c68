//! The folder of the git dir in which this program keeps its journal, its lock and its drafts.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::git::Repo;
use crate::transaction::lock::{RunLock, read_process};
use crate::transaction::process::{Life, Process};
use crate::transaction::temporary::is_record;

impl Repo {
    /// Returns the folder in the git dir, shared by all work trees, in which this program keeps its
    /// journal and its lock.
    pub(crate) fn state_dir(&self) -> PathBuf {
        self.git.commondir().join("relprep")
    }

    /// Returns a folder for drafts, in the git dir: what a run leaves there when it dies, the next one
    /// removes.
    pub fn drafts(&self) -> Result<PathBuf> {
        let dir = self.state_dir();
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        Ok(dir)
    }

    /// Returns whether an ended run may have left anything.
    pub(crate) fn has_leftovers(&self) -> bool {
        fs::read_dir(self.state_dir()).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// Removes what dead runs have left in the state folder; only the holder of the lock may.
    pub(crate) fn sweep(&self, _: &RunLock) {
        let Ok(entries) = fs::read_dir(self.state_dir()) else { return };
        for path in entries.flatten().map(|entry| entry.path()).filter(|path| !is_kept(path)) {
            if is_record(&path) {
                self.sweep_temporary(&path);
                continue;
            }
            // What cannot be removed now does no harm.
            let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
    }
}

/// Returns whether a file of the state folder stays: the lock, the journal with what it notes of
/// git, and the drafts of those who are about to ask for the lock.
fn is_kept(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match name.strip_prefix("lock") {
        Some("") => true,
        Some(pid) => match read_process(path) {
            Some(process) => process.life() != Life::Dead,
            // Not written yet, or never.
            None => pid.trim_start_matches('.').parse().is_ok_and(Process::is_running_here),
        },
        None => name == "journal" || name == "git",
    }
}
