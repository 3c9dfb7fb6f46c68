//! What index and work tree must do when their branch moves, and why they cannot.

pub(crate) mod convert;
pub(crate) mod disk;
pub(crate) mod index;

use std::path::Path;

use anyhow::Result;
use git2::{Index, ObjectType, Oid, Tree};

use crate::finding::{Finding, Place, Refused};
use crate::git::settings::Settings;
use crate::git::{BlobId, Mode, Repo, TreeId, diff, is_skipped};
use crate::path::RepoPath;
use crate::rule;
use crate::transaction::journal::{FileMove, Side};
use crate::transaction::work_tree::convert::NewContents;
use crate::transaction::work_tree::disk::{DiskEntry, folder_obstacle};

impl Repo {
    /// Returns what index and work tree must do to follow their branch from `old` to `new`.
    ///
    /// # Errors
    ///
    /// A refusal if anything that is not in a commit would be lost.
    pub(crate) fn follow(
        &self,
        old: &Tree<'_>,
        new: &Tree<'_>,
        contents: NewContents<'_>,
    ) -> Result<Vec<FileMove>> {
        let index = self.index()?;
        let mut findings = Vec::new();
        let mut files = Vec::new();
        for file in self.steps(old, new, &mut findings)? {
            match self.obstacle(&file, &index) {
                None => files.push(file),
                Some(finding) => findings.push(finding),
            }
        }
        self.fill_old(&mut files, self.settings()?, &mut findings)?;
        Refused::if_any(findings)?;
        self.fill_new(&mut files, contents)?;
        Ok(files)
    }

    /// Returns the differences between two trees, their contents still empty, and finds the names
    /// that this program does not write.
    fn steps(&self, old: &Tree<'_>, new: &Tree<'_>, findings: &mut Vec<Finding>) -> Result<Vec<FileMove>> {
        let mut steps = Vec::new();
        for difference in self.differences(Some(TreeId(old.id())), TreeId(new.id()))? {
            match difference.path() {
                Some(path) => steps.push(FileMove {
                    path,
                    old: difference.before.map(Side::unread),
                    new: difference.after.map(Side::unread),
                    on_disk: true,
                }),
                None => findings.push(
                    Finding::of(
                        rule::ODD_FILE_NAME,
                        format!("the file name \"{}\" cannot be written", difference.escaped()),
                    )
                    .remedy("rename the file"),
                ),
            }
        }
        Ok(steps)
    }

    /// Returns why the file cannot be moved, as far as index and folders say.
    fn obstacle(&self, file: &FileMove, index: &Index) -> Option<Finding> {
        let path = &file.path;
        let entry = index::entry(index, path);
        let staged = |what: &str| {
            Finding::of(rule::STAGED_CHANGE, format!("{path} {what} in the index"))
                .at(Place::file(path))
                .remedy(format!("commit it, or run `git restore --staged {path}`"))
        };
        if (1..=3).any(|stage| index.get_path(path.as_ref(), stage).is_some()) {
            return Some(staged("has a conflict"));
        }
        if !index::is_at(entry.as_ref(), file.old.as_ref()) {
            return Some(staged("differs from the last commit"));
        }
        if file.old.is_none() && collides(index, path) {
            return Some(staged("stands in the way of another file"));
        }
        folder_obstacle(&self.root, path)
    }

    /// Notes what each file holds now, and finds those that differ from the commit.
    fn fill_old(
        &self,
        files: &mut [FileMove],
        settings: &Settings,
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        let index = self.index()?;
        let mut suspects = Vec::new();
        for (at, file) in files.iter_mut().enumerate() {
            let skipped = index::entry(&index, &file.path).as_ref().is_some_and(is_skipped);
            let known = file.old.as_ref().and_then(|old| self.known_of_file(&file.path, BlobId(old.id)));
            let (disk, is_known) = DiskEntry::read_unless(known, &self.root, &file.path)?;
            file.on_disk = !((skipped && disk == DiskEntry::Nothing) || file.is_submodule());
            if !file.on_disk {
                continue;
            }
            match (&mut file.old, disk) {
                (None, DiskEntry::Nothing) => {}
                (None, _) => findings.push(untracked(&file.path)),
                (Some(old), DiskEntry::Link(target))
                    if old.mode == Mode::Link && old.is_stored_as(&target) =>
                {
                    old.bytes = target;
                }
                (Some(old), DiskEntry::File { bytes, executable })
                    if old.mode != Mode::Link && old.has_bit(executable, settings) =>
                {
                    if !is_known && !old.is_stored_as(&bytes) {
                        suspects.push(at);
                    }
                    old.bytes = bytes;
                }
                _ => findings.push(changed_file(&file.path)),
            }
        }
        self.judge(&suspects, files, findings)
    }

    /// Finds those of the `suspects` that git, too, holds for changed: line ends and filters can
    /// make a file's bytes differ from the blob's.
    fn judge(&self, suspects: &[usize], files: &[FileMove], findings: &mut Vec<Finding>) -> Result<()> {
        if suspects.is_empty() {
            return Ok(());
        }
        let paths: Vec<&RepoPath> = suspects.iter().map(|&at| &files[at].path).collect();
        for (&at, id) in suspects.iter().zip(self.cleaned(&paths)?) {
            if files[at].old.as_ref().is_some_and(|old| old.id != id) {
                findings.push(changed_file(&files[at].path));
            }
        }
        Ok(())
    }

    /// Notes what each file is to hold.
    fn fill_new(&self, files: &mut [FileMove], contents: NewContents<'_>) -> Result<()> {
        let wanted: Vec<usize> = files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.on_disk && file.new.as_ref().is_some_and(Side::is_file))
            .map(|(at, _)| at)
            .collect();
        let blobs: Vec<(&RepoPath, Oid)> =
            wanted.iter().filter_map(|&at| Some((&files[at].path, files[at].new.as_ref()?.id))).collect();
        let contents = self.checked_out_contents(&blobs, contents)?;
        for (at, content) in wanted.into_iter().zip(contents) {
            if let Some(new) = &mut files[at].new {
                new.bytes = content;
            }
        }
        for new in files.iter_mut().filter_map(|file| file.new.as_mut()) {
            if new.mode == Mode::Link {
                new.bytes = self.git.find_blob(new.id)?.content().to_vec();
            }
        }
        Ok(())
    }
}

impl Side {
    /// Takes what a tree has, whose content is still to be read.
    fn unread(side: diff::DiffSide) -> Self {
        Self { mode: side.mode, id: side.id, bytes: Vec::new() }
    }

    fn is_stored_as(&self, bytes: &[u8]) -> bool {
        Oid::hash_object(ObjectType::Blob, bytes).is_ok_and(|id| id == self.id)
    }

    fn has_bit(&self, executable: bool, settings: &Settings) -> bool {
        !settings.is_on("core.filemode", true) || executable == (self.mode == Mode::Executable)
    }
}

impl FileMove {
    fn is_submodule(&self) -> bool {
        [&self.old, &self.new].into_iter().flatten().any(|side| side.mode == Mode::Submodule)
    }
}

pub(crate) fn changed_file(path: &RepoPath) -> Finding {
    Finding::of(rule::CHANGED_FILE, format!("{path} has changes that are not committed"))
        .at(Place::file(path))
        .remedy("commit them, or put them aside with `git stash`")
}

pub(crate) fn untracked(path: &RepoPath) -> Finding {
    Finding::of(rule::UNTRACKED_FILE, format!("{path} exists and is not tracked"))
        .at(Place::file(path))
        .remedy("move it away, or commit it")
}

/// Returns whether the index has a file where `path` needs a folder, or the other way round.
fn collides(index: &Index, path: &RepoPath) -> bool {
    let mut above = Path::new(path.as_str()).ancestors().skip(1).filter(|folder| *folder != Path::new(""));
    above.any(|folder| index.get_path(folder, 0).is_some()) || index.find_prefix(format!("{path}/")).is_ok()
}
