//! Changes single entries of an index and keeps the rest, without a look at the other files.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use git2::{Index, IndexEntry, IndexTime, Oid};

use crate::finding::{Finding, Refused};
use crate::git::Mode;
use crate::git::stamp::FileStamp;
use crate::path::RepoPath;
use crate::rule;
use crate::transaction::git_lock::{GitLock, lock_of};
use crate::transaction::journal::{FileMove, Side, WorkTree};
use crate::transaction::work_tree::disk::DiskEntry;

/// Takes the lock of the index at `index`, as [`GitLock::take`] does.
///
/// # Errors
///
/// A refusal if another program holds it.
pub(crate) fn lock(index: &Path, run_lock: &Path) -> Result<GitLock> {
    GitLock::take(index, run_lock)?.ok_or_else(|| {
        let message = format!("{} exists: another git program works here", lock_of(index).display());
        let remedy = "wait for it; if it has crashed, remove that file";
        Refused::from(Finding::of(rule::INDEX_LOCKED, message).remedy(remedy)).into()
    })
}

/// Returns the entry of `path`, if it is there without a conflict.
pub(crate) fn entry(index: &Index, path: &RepoPath) -> Option<IndexEntry> {
    index.get_path(path.as_ref(), 0)
}

/// Returns whether the entry says that the file is at this side.
pub(crate) fn is_at(entry: Option<&IndexEntry>, side: Option<&Side>) -> bool {
    match (entry, side) {
        (None, None) => true,
        (Some(entry), Some(side)) => entry.id == side.id && entry.mode == side.mode.bits(),
        _ => false,
    }
}

/// Returns whether the index at `index` has each of `files` at this side.
pub(crate) fn all_at(index: &Path, files: &[FileMove], side: fn(&FileMove) -> Option<&Side>) -> Result<bool> {
    let index = Index::open(index).with_context(|| format!("cannot read {}", index.display()))?;
    Ok(files.iter().all(|file| is_at(entry(&index, &file.path).as_ref(), side(file))))
}

/// What the files that were written looked like right after that.
pub(crate) type Written<'a> = HashMap<&'a RepoPath, fs::Metadata>;

/// Writes to `draft` the index of `tree` with each of its files moved `to` one of its sides, and returns the files
/// whose entry was at neither side: these it leaves.
pub(crate) fn redraft(
    tree: &WorkTree,
    draft: &Path,
    to: fn(&FileMove) -> Option<&Side>,
    written: &Written<'_>,
) -> Result<Vec<RepoPath>> {
    let WorkTree { root, index, files, .. } = tree;
    let cannot = || format!("cannot rewrite {}", index.display());
    fs::copy(index, draft).with_context(cannot)?;
    let staged = fs::metadata(index).with_context(cannot)?;
    let mut changed = Index::open(draft).with_context(cannot)?;
    distrust_racy_entries(&mut changed, &staged)?;
    let mut foreign = Vec::new();
    for file in files {
        let now = entry(&changed, &file.path);
        if !is_at(now.as_ref(), file.old.as_ref()) && !is_at(now.as_ref(), file.new.as_ref()) {
            foreign.push(file.path.clone());
            continue;
        }
        match to(file) {
            None if now.is_none() => {}
            None => changed.remove(file.path.as_ref(), 0).with_context(cannot)?,
            Some(side) => changed.add(&moved(now, root, (file, side), written)).with_context(cannot)?,
        }
    }
    // Renamed over another file, the new one would be waited for.
    fs::remove_file(draft).with_context(cannot)?;
    changed.write().with_context(cannot)?;
    fs::set_permissions(draft, staged.permissions()).with_context(cannot)?;
    Ok(foreign)
}

/// Returns an entry that says nothing of the file in the work tree.
pub(crate) fn blank_entry(path: &RepoPath, mode: Mode, id: Oid) -> IndexEntry {
    IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: mode.bits(),
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_str().into(),
    }
}

/// Returns the entry with the content of `side`, its flags kept.
fn moved(
    entry: Option<IndexEntry>,
    root: &Path,
    (file, side): (&FileMove, &Side),
    written: &Written<'_>,
) -> IndexEntry {
    let (flags, flags_extended) = entry.map_or((0, 0), |entry| (entry.flags, entry.flags_extended));
    let mut moved = IndexEntry { flags, flags_extended, ..blank_entry(&file.path, side.mode, side.id) };
    let has_stat = file.on_disk && side.mode != Mode::Submodule;
    if let Some(found) = fs::symlink_metadata(root.join(&file.path)).ok().filter(|_| has_stat) {
        // What someone else has changed since must not look unchanged.
        let is_as_written =
            written.get(&file.path).is_some_and(|written| FileStamp::of(written) == FileStamp::of(&found));
        if is_as_written || DiskEntry::read(root, &file.path).is_ok_and(|found| found.is(Some(side))) {
            note_stat(&mut moved, &found);
        }
    }
    moved
}

/// Makes git compare contents, the next time it looks, where only the time of the old index could
/// tell whether a file was changed after it was staged.
///
/// Most builds of git compare times by the second (`USE_NSEC` in its Makefile), so that counts here.
fn distrust_racy_entries(index: &mut Index, written: &fs::Metadata) -> Result<()> {
    let (written, _) = modified(written);
    let racy: Vec<IndexEntry> =
        index.iter().filter(|entry| entry.file_size != 0 && entry.mtime.seconds() >= written).collect();
    for entry in racy {
        // git's documentation (racy-git): a size of 0 is never trusted.
        index.add(&IndexEntry { file_size: 0, ..entry }).context("cannot mark an entry of the index")?;
    }
    Ok(())
}

#[cfg(unix)]
fn modified(found: &fs::Metadata) -> (i32, u32) {
    use std::os::unix::fs::MetadataExt as _;
    (low_i32(found.mtime()), low_u32(found.mtime_nsec().unsigned_abs()))
}

/// Notes in `entry` what git compares to see that a file is unchanged.
#[cfg(unix)]
fn note_stat(entry: &mut IndexEntry, found: &fs::Metadata) {
    use std::os::unix::fs::MetadataExt as _;
    entry.ctime = IndexTime::new(low_i32(found.ctime()), low_u32(found.ctime_nsec().unsigned_abs()));
    entry.mtime = IndexTime::new(low_i32(found.mtime()), low_u32(found.mtime_nsec().unsigned_abs()));
    entry.dev = low_u32(found.dev());
    entry.ino = low_u32(found.ino());
    entry.uid = found.uid();
    entry.gid = found.gid();
    entry.file_size = low_u32(found.size());
}

/// Returns the low 32 bits: the index format has no room for more.
#[cfg(unix)]
fn low_u32(number: u64) -> u32 {
    u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(unix)]
fn low_i32(number: i64) -> i32 {
    i32::try_from(number).unwrap_or_default()
}

#[cfg(not(unix))]
fn modified(_: &fs::Metadata) -> (i32, u32) {
    (i32::MIN, 0)
}

/// Leaves the entry blank: git then looks at the file itself, once.
#[cfg(not(unix))]
fn note_stat(_: &mut IndexEntry, _: &fs::Metadata) {}
