//! Files as they lie in the work tree: their state, and the writing of them.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::finding::{Finding, Place};
use crate::git::Mode;
use crate::git::stamp::FileStamp;
use crate::path::RepoPath;
use crate::rule;
use crate::transaction::journal::{FileMove, Side};

/// Which side of a [`FileMove`] a file in the work tree has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileState {
    Old,
    New,
    /// The writing of one of the two was broken off.
    Torn,
    /// Neither: someone else has changed it.
    Foreign,
}

impl FileMove {
    /// Returns the state of the file in the work tree.
    pub(crate) fn state(&self, root: &Path) -> Result<FileState> {
        if folder_obstacle(root, &self.path).is_some() {
            return Ok(FileState::Foreign);
        }
        let disk = DiskEntry::read(root, &self.path)?;
        let is_at = |side: Option<&Side>| disk.is(side) && (!self.changes_bit() || disk.has_bit_of(side));
        Ok(if is_at(self.new.as_ref()) {
            FileState::New
        } else if is_at(self.old.as_ref()) {
            FileState::Old
        } else if disk.may_be_torn(self) {
            FileState::Torn
        } else {
            FileState::Foreign
        })
    }

    /// Checks, before anything has changed, that the file will be writable; a new file is made,
    /// still empty.
    pub(crate) fn make_room(&self, root: &Path) -> Result<()> {
        let path = root.join(&self.path);
        let cannot = || format!("cannot write {}", self.path);
        match (&self.old, &self.new) {
            (None, Some(new)) if new.is_file() => {
                make_folders(&path).with_context(cannot)?;
                fs::File::create_new(&path).map(drop).with_context(cannot)
            }
            (Some(old), Some(new)) if old.is_file() && new.is_file() => {
                fs::OpenOptions::new().write(true).open(&path).map(drop).with_context(cannot)
            }
            _ => Ok(()),
        }
    }

    /// Returns whether the file is one that [`Self::make_room`] has made and nobody has filled.
    pub(crate) fn is_empty_room(&self, root: &Path) -> bool {
        let found = fs::symlink_metadata(root.join(&self.path));
        self.old.is_none() && found.is_ok_and(|found| found.is_file() && found.len() == 0)
    }

    /// Gives the file the content of `side`, one of the two, and returns what git notes of it, unless it is a link or
    /// gone then.
    pub(crate) fn write(&self, root: &Path, side: Option<&Side>) -> Result<Option<fs::Metadata>> {
        let path = root.join(&self.path);
        let cannot = || format!("cannot write {}", self.path);
        let Some(side) = side else {
            remove(root, &path).with_context(cannot)?;
            return Ok(None);
        };
        let is_link = fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
        if is_link || side.mode == Mode::Link {
            remove(root, &path).with_context(cannot)?;
        }
        if side.mode == Mode::Link {
            make_folders(&path).and_then(|()| make_link(&side.bytes, &path)).with_context(cannot)?;
            return Ok(None);
        }
        let file = overwrite(&path, &side.bytes).with_context(cannot)?;
        if self.changes_bit() {
            set_executable(&path, side.mode == Mode::Executable).with_context(cannot)?;
        }
        file.metadata().map(Some).with_context(cannot)
    }

    /// Returns whether only one of the two sides can be executed.
    fn changes_bit(&self) -> bool {
        let is_executable =
            |side: &Option<Side>| side.as_ref().is_some_and(|side| side.mode == Mode::Executable);
        is_executable(&self.old) != is_executable(&self.new)
    }
}

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DiskEntry {
    Nothing,
    File {
        bytes: Vec<u8>,
        executable: bool,
    },
    Link(Vec<u8>),
    /// A folder, a pipe, …
    Other,
}

impl DiskEntry {
    pub(crate) fn read(root: &Path, path: &RepoPath) -> Result<Self> {
        Ok(Self::read_unless(None, root, path)?.0)
    }

    /// Reads what lies at `path`, and returns whether it is a file whose content is `known` by its stamp, which is not
    /// read.
    pub(crate) fn read_unless(
        known: Option<(FileStamp, Vec<u8>)>,
        root: &Path,
        path: &RepoPath,
    ) -> Result<(Self, bool)> {
        let full = root.join(path);
        let cannot = || format!("cannot read {path}");
        let found = match fs::symlink_metadata(&full) {
            Ok(found) => found,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok((Self::Nothing, false));
            }
            Err(error) => return Err(error).with_context(cannot),
        };
        if found.is_symlink() {
            let target = fs::read_link(&full).with_context(cannot)?;
            return Ok((Self::Link(target.into_os_string().into_encoded_bytes()), false));
        }
        if !found.is_file() {
            return Ok((Self::Other, false));
        }
        let executable = is_executable(&found);
        let known = known.filter(|(stamp, _)| *stamp == FileStamp::of(&found));
        let is_known = known.is_some();
        let bytes = known.map_or_else(|| fs::read(&full), |(_, bytes)| Ok(bytes)).with_context(cannot)?;
        Ok((Self::File { bytes, executable }, is_known))
    }

    pub(crate) fn is(&self, side: Option<&Side>) -> bool {
        match (self, side) {
            (Self::Nothing, None) => true,
            (Self::File { bytes, .. }, Some(side)) => side.is_file() && side.bytes == *bytes,
            (Self::Link(target), Some(side)) => side.mode == Mode::Link && side.bytes == *target,
            _ => false,
        }
    }

    fn has_bit_of(&self, side: Option<&Side>) -> bool {
        match (self, side) {
            (Self::File { executable, .. }, Some(side)) => {
                !cfg!(unix) || *executable == (side.mode == Mode::Executable)
            }
            _ => true,
        }
    }

    fn may_be_torn(&self, file: &FileMove) -> bool {
        let (old, new) = (content(file.old.as_ref()), content(file.new.as_ref()));
        match self {
            Self::File { bytes, .. } => {
                is_torn(bytes, old, new) || is_torn(bytes, new, old) || is_mixed(bytes, old, new)
            }
            // Between a file and a link there is a moment with nothing.
            Self::Nothing => file.old.as_ref().map(Side::is_file) != file.new.as_ref().map(Side::is_file),
            _ => false,
        }
    }
}

impl Side {
    /// Returns whether it is a regular file.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.mode, Mode::Plain | Mode::Executable)
    }
}

/// Returns why the folders above `path` do not lead to a place in the work tree.
pub(crate) fn folder_obstacle(root: &Path, path: &RepoPath) -> Option<Finding> {
    let mut folder = root.to_owned();
    for part in path.folder().split('/').filter(|part| !part.is_empty()) {
        folder.push(part);
        // What is not there cannot lead elsewhere.
        let Ok(found) = fs::symlink_metadata(&folder) else { return None };
        if !found.is_dir() {
            let what = if found.is_symlink() { "a symbolic link" } else { "no folder" };
            let inside = folder.strip_prefix(root).unwrap_or(&folder).display();
            return Some(
                Finding::of(rule::PATH_NOT_INSIDE, format!("{path} leads through {inside}, which is {what}"))
                    .at(Place::file(path))
                    .remedy(format!("put a folder in the place of `{inside}`")),
            );
        }
    }
    None
}

fn content(side: Option<&Side>) -> &[u8] {
    side.filter(|side| side.is_file()).map_or(&[], |side| &side.bytes)
}

/// Returns whether `disk` is what is left when the writing of `to` over `from` is broken off: the
/// beginning of the one, and from there on what was left of the other.
fn is_torn(disk: &[u8], from: &[u8], to: &[u8]) -> bool {
    let written = disk.iter().zip(to).take_while(|(now, new)| now == new).count();
    disk.len() == written || from.get(written..) == Some(&disk[written..])
}

/// Returns whether each sector of `disk` is of one of the two: after a loss of power some of those that were
/// written are there and some are not, and what was to be longer may have zeros.
fn is_mixed(disk: &[u8], old: &[u8], new: &[u8]) -> bool {
    let is_of = |one: &[u8], at: usize, sector: &[u8]| one.get(at..at + sector.len()) == Some(sector);
    let is_room = |at: usize, sector: &[u8]| at >= old.len() && sector.iter().all(|&byte| byte == 0);
    let is_either = |(number, sector): (usize, &[u8])| {
        let at = number * SECTOR;
        is_of(new, at, sector) || is_of(old, at, sector) || is_room(at, sector)
    };
    disk.len() <= old.len().max(new.len()) && disk.chunks(SECTOR).enumerate().all(is_either)
}

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Writes the content of a file in its place.
///
/// It is not emptied first: its blocks are not given away on a disk that is nearly full, and ext4
/// does not wait for the disk, as it does on closing a file that was emptied.
fn overwrite(path: &Path, content: &[u8]) -> std::io::Result<fs::File> {
    let open = || fs::OpenOptions::new().write(true).create(true).truncate(false).open(path);
    let mut file = match open() {
        Err(error) if error.kind() == ErrorKind::NotFound => make_folders(path).and_then(|()| open()),
        file => file,
    }?;
    file.write_all(content)?;
    let len = content.len() as u64;
    if file.metadata()?.len() > len {
        file.set_len(len)?;
    }
    Ok(file)
}

fn make_folders(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// Removes a file, and the folders that are empty without it.
fn remove(root: &Path, path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let above = path.ancestors().skip(1).take_while(|folder| *folder != root);
    for folder in above.map(PathBuf::from) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn make_link(target: &[u8], path: &Path) -> std::io::Result<()> {
    use std::os::unix::ffi::OsStrExt as _;
    std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(target), path)
}

/// Writes the target into a file, as git does where `core.symlinks` is off.
#[cfg(not(unix))]
fn make_link(target: &[u8], path: &Path) -> std::io::Result<()> {
    fs::write(path, target)
}

#[cfg(unix)]
fn is_executable(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    found.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

/// Sets or clears the right to execute for all who may read.
#[cfg(unix)]
fn set_executable(path: &Path, executable: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode();
    let mode = if executable { mode | ((mode & 0o444) >> 2) } else { mode & !0o111 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_executable(_: &Path, _: bool) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_between_two_contents_is_torn_and_no_other() {
        for (from, to) in
            [("old and long", "new"), ("old", "new and long"), ("same a", "same b"), ("", "new")]
        {
            for written in 0..=to.len() {
                let rest = from.get(written..).unwrap_or_default();
                let disk = format!("{}{rest}", &to[..written]);
                assert!(is_torn(disk.as_bytes(), from.as_bytes(), to.as_bytes()), "{disk:?}");
            }
            assert!(!is_torn(b"mine", from.as_bytes(), to.as_bytes()));
        }
        assert!(!is_torn(b"new and longer", b"old", b"new and long"));
    }

    #[test]
    fn sectors_of_two_contents_in_any_order_are_mixed_and_nothing_else() {
        let (old, new) = ([b'o'; 5 * SECTOR], [b'n'; 5 * SECTOR + 7]);
        for written in 0..1_u32 << 6 {
            let mut disk = old.to_vec();
            disk.resize(new.len(), 0);
            for (at, sector) in new.chunks(SECTOR).enumerate().filter(|(at, _)| written & (1 << at) != 0) {
                disk[at * SECTOR..][..sector.len()].copy_from_slice(sector);
            }
            assert!(is_mixed(&disk, &old, &new), "{written:b}");
            disk[SECTOR + 1] = b'x';
            assert!(!is_mixed(&disk, &old, &new));
        }
        assert!(!is_mixed(&[b'n'; 6 * SECTOR], &old, &new));
    }
}
