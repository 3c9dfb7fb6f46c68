//! What must be on the disk before the next step is taken.
//!
//! A rename is not undone by a loss of power only once the folder is synced, and what is renamed must be
//! synced before. The disk takes several at a time about as fast as one, and there is other work to do until
//! they are there.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use anyhow::{Context, Result};

use crate::git::settings::Settings;

/// Files and folders on their way to the disk.
#[derive(Default)]
pub(crate) struct Syncs(Vec<JoinHandle<Result<()>>>);

impl Syncs {
    /// Begins to bring files to the disk, one after the other, and then the names in folders.
    pub(crate) fn start(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        let paths: Vec<PathBuf> = paths.into_iter().collect();
        self.0.push(std::thread::spawn(move || paths.iter().try_for_each(|path| sync(path))));
    }

    /// Waits until all of it is there.
    ///
    /// # Errors
    ///
    /// If something cannot be written.
    pub(crate) fn wait(self) -> Result<()> {
        let ends = self.0.into_iter().map(|end| end.join().unwrap_or_else(|p| std::panic::resume_unwind(p)));
        // All of them have to end, whatever becomes of the first.
        ends.collect::<Vec<_>>().into_iter().collect()
    }
}

/// Waits until a file, or the names in a folder, are on the disk.
pub(crate) fn sync(path: &Path) -> Result<()> {
    open(path).and_then(|file| file.sync_data()).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    // Folders cannot be opened for this, and what is synced must be open for writing.
    File::options().write(!path.is_dir()).read(true).open(path)
}

/// Returns the folders between a file and `root`, which is among them.
pub(crate) fn folders_of<'a>(
    files: impl IntoIterator<Item = &'a Path>,
    root: &'a Path,
) -> BTreeSet<&'a Path> {
    let above = |file: &'a Path| file.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    files.into_iter().flat_map(above).collect()
}

impl Settings {
    /// Returns whether the index is to survive a loss of power (git-config(1), `core.fsync`): git syncs it
    /// only where that is asked for, and the work tree never.
    pub(crate) fn syncs_index(&self) -> bool {
        let words = self.text("core.fsync").unwrap_or_default().split([',', ' ']);
        words.fold(false, |is_on, word| match word {
            "index" | "added" | "all" => true,
            "-index" | "-added" | "-all" | "none" => false,
            _ => is_on,
        })
    }
}
