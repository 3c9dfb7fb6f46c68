//! The folder of the git dir in which this program keeps its journal, its lock and its drafts.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::git::Repo;

/// What stays when the rest is swept away.
const KEPT: [&str; 3] = ["lock", "lock.held", "journal"];

impl Repo {
    /// Returns the folder, which all work trees share.
    pub(crate) fn state_dir(&self) -> PathBuf {
        self.git.commondir().join("relprep")
    }

    /// Returns the folder, which is made if need be: what a run leaves there when it dies, the next one
    /// removes.
    pub fn drafts(&self) -> Result<PathBuf> {
        let dir = self.state_dir();
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        Ok(dir)
    }

    /// Returns whether a run may have left anything.
    pub(crate) fn has_leftovers(&self) -> bool {
        self.in_state_dir().iter().any(|path| !path.ends_with("lock"))
    }

    /// Returns what dead runs have left, other than a journal.
    pub(crate) fn drafts_left(&self) -> Vec<PathBuf> {
        let is_kept = |path: &PathBuf| KEPT.iter().any(|name| path.ends_with(name));
        self.in_state_dir().into_iter().filter(|path| !is_kept(path)).collect()
    }

    fn in_state_dir(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.state_dir()).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }
}

/// Removes a file or folder; what cannot be removed now does no harm.
pub(crate) fn remove(path: &Path) {
    let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}
