//! Temporary folders of this program's own.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// A temporary folder that other runs leave alone while this one lives, and remove when it was killed.
pub(super) struct OwnFolder {
    folder: TempDir,
    /// The system gives the lock back when the process ends, however it does.
    _lock: File,
}

/// What the names of temporary folders begin with.
const PREFIX: &str = "relprep-";
/// The file in such a folder that its maker holds locked.
const LOCK: &str = "lock";

impl OwnFolder {
    /// Makes a folder where they are made.
    pub(super) fn make() -> Result<Self> {
        let [base, _] = bases();
        Self::make_in(&base)
    }

    /// Makes a folder in `base`, and removes those that killed runs have left there.
    pub(super) fn make_in(base: &Path) -> Result<Self> {
        std::fs::create_dir_all(base).with_context(|| format!("cannot create {}", base.display()))?;
        sweep(base);
        let folder = TempDir::with_prefix_in(PREFIX, base).context("cannot make a temporary folder")?;
        let path = folder.path().join(LOCK);
        let cannot = || format!("cannot create {}", path.display());
        let mut lock = File::create(&path).with_context(cannot)?;
        // Where the file system knows no locks, other runs cannot take this one either.
        let _ = lock.lock();
        // Until something is in it, nobody takes a lock that is free for that of a dead run.
        lock.write_all(b"locked").with_context(cannot)?;
        Ok(Self { folder, _lock: lock })
    }

    /// Returns where it is, without links on the way.
    pub(super) fn path(&self) -> Result<PathBuf> {
        Ok(self.folder.path().canonicalize()?)
    }
}

/// Returns where temporary folders are made: where nobody else can put a Cargo configuration above them,
/// and in memory if possible, since the making of some hundred files is what they cost; `TMPDIR` overrides
/// it. The second one is for where somebody has put one above the first.
pub(super) fn bases() -> [PathBuf; 2] {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let runtime = || variable("XDG_RUNTIME_DIR").filter(|folder| folder.is_dir());
    let cache = || variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    let found = variable("TMPDIR").or_else(runtime).or_else(|| Some(cache()?.join("relprep")));
    let system = std::env::temp_dir();
    [found.unwrap_or_else(|| system.clone()), system]
}

/// Removes the folders whose makers are dead; other users' cannot be opened.
fn sweep(base: &Path) {
    let Ok(entries) = std::fs::read_dir(base) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let folder = entry.path();
        let is_free =
            |lock: File| lock.try_lock().is_ok() && lock.metadata().is_ok_and(|found| found.len() > 0);
        if File::open(folder.join(LOCK)).is_ok_and(is_free) {
            // What cannot be removed now is tried again by the next run.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
