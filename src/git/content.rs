//! What commits change, compared by content: whether a tree has a change already, and which lines two
//! commits have in common.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::Result;
use git2::{DiffDelta, DiffOptions, MergeFileInput};

use crate::git::diff::{DiffSide, Difference};
use crate::git::{BlobId, CommitId, Repo};

/// The lines that a commit adds and removes, without indentation; blank and very short ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedLines {
    /// The lines, each as a number that stands for it and for whether it comes or goes.
    lines: BTreeSet<u64>,
    /// The names of the files, without their folders.
    files: BTreeSet<String>,
    /// Whether it adds lines.
    pub adds: bool,
}

/// The fewest bytes of a line that tells something.
const TELLING: usize = 4;

impl ChangedLines {
    /// Returns how many of a hundred of its lines `other` changes likewise; `None` where it has no lines.
    pub fn share(&self, other: &Self) -> Option<usize> {
        (self.lines.intersection(&other.lines).count() * 100).checked_div(self.lines.len())
    }

    /// Returns whether both change a file of the same name.
    pub fn shares_file(&self, other: &Self) -> bool {
        !self.files.is_disjoint(&other.files)
    }
}

impl Repo {
    /// Returns the lines that `commit` changes against its first parent in files that are `wanted`.
    pub fn changed_lines(&self, commit: CommitId, wanted: impl Fn(&str) -> bool) -> Result<ChangedLines> {
        self.reading(|| self.read_changed_lines(commit, &wanted), || self.prefetch_changes(&[commit]))
    }

    fn read_changed_lines(&self, commit: CommitId, wanted: &impl Fn(&str) -> bool) -> Result<ChangedLines> {
        let mut options = DiffOptions::new();
        options.context_lines(0);
        let diff = self.diff(self.tree_before(commit)?, self.tree_of(commit)?, &mut options)?;
        let mut changed = ChangedLines::default();
        let path = |delta: DiffDelta<'_>| {
            let path = delta.new_file().path_bytes().or(delta.old_file().path_bytes());
            String::from_utf8_lossy(path.unwrap_or_default()).into_owned()
        };
        let mut files = BTreeSet::new();
        diff.foreach(
            &mut |delta, _| {
                files.extend(Some(path(delta)).filter(|path| wanted(path)));
                true
            },
            None,
            None,
            Some(&mut |delta, _, line| {
                if matches!(line.origin(), '+' | '-') && wanted(&path(delta)) {
                    changed.add(line.origin(), line.content());
                }
                true
            }),
        )?;
        let name = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
        changed.files = files.iter().map(name).collect();
        Ok(changed)
    }

    /// Returns the lines that `commit` takes away from files that are `wanted`, with their paths; blank and very
    /// short ones are left out.
    pub fn removed_lines(
        &self,
        commit: CommitId,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(String, String)>> {
        let mut options = DiffOptions::new();
        options.context_lines(0);
        let diff = self.diff(self.tree_before(commit)?, self.tree_of(commit)?, &mut options)?;
        let mut removed = Vec::new();
        diff.foreach(
            &mut |_, _| true,
            None,
            None,
            Some(&mut |delta, _, line| {
                let path = delta.old_file().path_bytes().map(String::from_utf8_lossy);
                let (path, content) = (path.unwrap_or_default(), line.content().trim_ascii());
                if line.origin() == '-' && content.len() >= TELLING && wanted(&path) {
                    removed.push((path.into_owned(), String::from_utf8_lossy(content).into_owned()));
                }
                true
            }),
        )?;
        Ok(removed)
    }

    /// Returns whether `changes`, applied to the files of `onto`, change nothing: all of them are there. `false`
    /// where there are none.
    ///
    /// A file that was renamed on one side is not followed.
    pub fn has_changes(&self, onto: CommitId, changes: &[Difference]) -> Result<bool> {
        changes.iter().try_fold(!changes.is_empty(), |has, one| Ok(has && self.has_change(onto, one)?))
    }

    fn has_change(&self, onto: CommitId, difference: &Difference) -> Result<bool> {
        let here = self.blob_at(onto, &difference.shown())?;
        let blob = |side: Option<DiffSide>| side.and_then(DiffSide::blob);
        let (before, after) = (blob(difference.before), blob(difference.after));
        if here == after {
            return Ok(true);
        }
        match (before, here, after) {
            (Some(before), Some(here), Some(after)) if before != here => self.merges_to(before, here, after),
            _ => Ok(false),
        }
    }

    /// Returns whether the changes from `before` to `after` leave `here` as it is.
    fn merges_to(&self, before: BlobId, here: BlobId, after: BlobId) -> Result<bool> {
        self.prefetch_blobs([before, here, after])?;
        let blob = |blob: BlobId| self.git.find_blob(blob.0);
        let (before, here, after) = (blob(before)?, blob(here)?, blob(after)?);
        if [&before, &here, &after].iter().any(|blob| blob.is_binary()) {
            return Ok(false);
        }
        let [mut base, mut ours, mut theirs] = [0; 3].map(|_| MergeFileInput::new());
        base.content(before.content());
        ours.content(here.content());
        theirs.content(after.content());
        let merged = git2::merge_file(&base, &ours, &theirs, None)?;
        Ok(merged.is_automergeable() && merged.content() == here.content())
    }
}

impl ChangedLines {
    fn add(&mut self, origin: char, content: &[u8]) {
        self.adds |= origin == '+';
        let line = content.trim_ascii();
        if line.len() >= TELLING {
            let mut hasher = DefaultHasher::new();
            (origin, line).hash(&mut hasher);
            self.lines.insert(hasher.finish());
        }
    }
}
