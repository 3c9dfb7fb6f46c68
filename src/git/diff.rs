//! What differs between two trees.

use std::cmp::Ordering;

use anyhow::Result;
use git2::{Diff, DiffOptions, ObjectType, Oid, TreeEntry};

use crate::git::tree::Mode;
use crate::git::{BlobId, CommitId, PatchId, Repo, TreeId};
use crate::path::RepoPath;
use crate::text::on_a_line;

/// A file, link or submodule that differs between two trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    name: Vec<u8>,
    /// What the first tree has, if anything.
    pub before: Option<DiffSide>,
    /// What the second tree has, if anything.
    pub after: Option<DiffSide>,
}

/// What a tree has at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffSide {
    /// What it is.
    pub mode: Mode,
    /// A blob; of a submodule its commit.
    pub(crate) id: Oid,
}

/// A file that differs between two commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path, as far as it is UTF-8.
    pub path: String,
    /// How it differs.
    pub change: ChangeKind,
}

/// How a file differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Only the later commit has it.
    Added,
    /// Only the earlier commit has it.
    Removed,
    /// Its mode is another one: executable, a link, a submodule.
    Mode,
    /// It is a submodule, at another commit.
    Submodule,
    /// Its content is another one: the texts before and after, or why one of them cannot be read.
    Content(Result<[String; 2], String>),
}

impl Difference {
    /// Returns the path; `None` where it cannot be written.
    pub fn path(&self) -> Option<RepoPath> {
        RepoPath::new(std::str::from_utf8(&self.name).ok()?)
    }

    /// Returns the path as it is shown, as far as it is UTF-8.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// Returns the path as it is shown where it cannot be written.
    pub(crate) fn escaped(&self) -> String {
        self.name.escape_ascii().to_string()
    }
}

impl DiffSide {
    /// Returns the content; of a submodule, which has none, `None`.
    pub fn blob(self) -> Option<BlobId> {
        (self.mode != Mode::Submodule).then_some(BlobId(self.id))
    }

    fn read(entry: &TreeEntry<'_>) -> Option<Self> {
        Some(Self { mode: Mode::of(entry.filemode())?, id: entry.id() })
    }
}

impl Repo {
    /// Returns how `after` differs from `before`, or from nothing, by path.
    pub fn differences(&self, before: Option<TreeId>, after: TreeId) -> Result<Vec<Difference>> {
        let trees = before.into_iter().chain([after]).map(|tree| tree.0);
        self.reading(|| self.compare(before, after), || self.prefetch_folders(trees))
    }

    /// Folders that are the same are not read: libgit2 reads each. Those that differ wait their turn, however deep
    /// they lie.
    fn compare(&self, before: Option<TreeId>, after: TreeId) -> Result<Vec<Difference>> {
        let root = Folder { path: Vec::new(), trees: [before.map(|tree| tree.0), Some(after.0)] };
        let (mut waiting, mut found) = (vec![root], Vec::new());
        while let Some(folder) = waiting.pop() {
            if folder.trees[0] == folder.trees[1] {
                continue;
            }
            let read = |tree: Option<Oid>| tree.map(|tree| self.git.find_tree(tree)).transpose();
            let (before, after) = (read(folder.trees[0])?, read(folder.trees[1])?);
            let mut before = before.iter().flat_map(git2::Tree::iter).peekable();
            let mut after = after.iter().flat_map(git2::Tree::iter).peekable();
            loop {
                let order = match (before.peek(), after.peek()) {
                    (None, None) => break,
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (Some(one), Some(other)) => tree_order(one, other),
                };
                let sides = [before.next_if(|_| order.is_le()), after.next_if(|_| order.is_ge())];
                folder.compare_entry(&sides, &mut waiting, &mut found);
            }
        }
        found.sort_unstable_by(|one: &Difference, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// Returns how the files of `after` differ from those of `before`, by path, with their texts.
    pub fn changed_files(&self, before: CommitId, after: CommitId) -> Result<Vec<ChangedFile>> {
        let differences = self.differences(Some(self.tree_of(before)?), self.tree_of(after)?)?;
        let sides = differences.iter().filter_map(|one| one.before.zip(one.after));
        self.prefetch_blobs(sides.flat_map(|(old, new)| [old, new]).filter_map(DiffSide::blob))?;
        let file = |one: &Difference| Ok(ChangedFile { path: one.shown(), change: self.change(one)? });
        differences.iter().map(file).collect()
    }

    fn change(&self, difference: &Difference) -> Result<ChangeKind> {
        let (old, new) = match (difference.before, difference.after) {
            (None, _) => return Ok(ChangeKind::Added),
            (_, None) => return Ok(ChangeKind::Removed),
            (Some(old), Some(new)) if old.mode != new.mode => return Ok(ChangeKind::Mode),
            (Some(old), Some(new)) => (old.blob(), new.blob()),
        };
        let Some((old, new)) = old.zip(new) else { return Ok(ChangeKind::Submodule) };
        let text = |blob| self.text(&on_a_line(&difference.shown()), blob);
        Ok(ChangeKind::Content(match (text(old)?, text(new)?) {
            (Ok(old), Ok(new)) => Ok([old, new]),
            (Err(unread), _) | (_, Err(unread)) => Err(unread.message),
        }))
    }

    /// Returns the paths that `commit` changes against its first parent, as they are shown, sorted.
    pub fn touched(&self, commit: CommitId) -> Result<Vec<String>> {
        let differences = self.differences(self.tree_before(commit)?, self.tree_of(commit)?)?;
        let mut paths: Vec<String> = differences.iter().map(Difference::shown).collect();
        paths.sort_unstable();
        Ok(paths)
    }

    /// Returns whether `commit`, unless it is a merge, changes one of `paths` against its parent.
    pub fn touches<'p>(&self, commit: CommitId, mut paths: impl Iterator<Item = &'p str>) -> Result<bool> {
        let found = self.git.find_commit(commit.0)?;
        let Ok(parent) = found.parent_id(0) else { return Ok(false) };
        if found.parent_count() > 1 {
            return Ok(false);
        }
        paths.try_fold(false, |touched, path| {
            Ok(touched || self.blob_at(commit, path)? != self.blob_at(CommitId(parent), path)?)
        })
    }

    /// Returns the patch id of `commit` against its first parent; `None` for a merge and for a commit
    /// that changes nothing.
    pub fn patch_id(&self, commit: CommitId) -> Result<Option<PatchId>> {
        self.reading(|| self.compute_patch_id(commit), || self.prefetch_changes(&[commit]))
    }

    fn compute_patch_id(&self, commit: CommitId) -> Result<Option<PatchId>> {
        if self.git.find_commit(commit.0)?.parent_count() > 1 {
            return Ok(None);
        }
        let mut options = DiffOptions::new();
        // Otherwise all changes of a binary file would be the same.
        options.show_binary(true);
        let diff = self.diff(self.tree_before(commit)?, self.tree_of(commit)?, &mut options)?;
        if diff.deltas().len() == 0 {
            return Ok(None);
        }
        Ok(Some(PatchId(diff.patchid(None)?)))
    }

    /// Returns the tree of the first parent of `commit`, if it has one.
    pub(super) fn tree_before(&self, commit: CommitId) -> Result<Option<TreeId>> {
        self.parent(commit)?.map(|parent| self.tree_of(parent)).transpose()
    }

    /// Returns how `after` differs from `before`, or from nothing, line by line.
    pub(super) fn diff(
        &self,
        before: Option<TreeId>,
        after: TreeId,
        options: &mut DiffOptions,
    ) -> Result<Diff<'_>> {
        options.disable_pathspec_match(true);
        for difference in self.compare(before, after)? {
            options.pathspec(difference.name);
        }
        let before = before.map(|before| self.git.find_tree(before.0)).transpose()?;
        let after = self.git.find_tree(after.0)?;
        Ok(self.git.diff_tree_to_tree(before.as_ref(), Some(&after), Some(options))?)
    }
}

/// A folder, as it is in two trees.
struct Folder {
    /// Its path, with a slash at the end; empty for the root.
    path: Vec<u8>,
    trees: [Option<Oid>; 2],
}

impl Folder {
    /// Compares the entries of one name in both: folders go to those that are `waiting`, what differs to `found`.
    /// Both are folders, or none is.
    fn compare_entry(
        &self,
        sides: &[Option<TreeEntry<'_>>; 2],
        waiting: &mut Vec<Self>,
        found: &mut Vec<Difference>,
    ) {
        let Some(either) = sides.iter().flatten().next() else { return };
        let mut name = [&*self.path, either.name_bytes()].concat();
        if is_folder(either) {
            name.push(b'/');
            let trees = sides.each_ref().map(|side| side.as_ref().map(TreeEntry::id));
            return waiting.push(Self { path: name, trees });
        }
        let [before, after] = sides.each_ref().map(|side| side.as_ref().and_then(DiffSide::read));
        if before != after {
            found.push(Difference { name, before, after });
        }
    }
}

fn is_folder(entry: &TreeEntry<'_>) -> bool {
    entry.kind() == Some(ObjectType::Tree)
}

/// Compares the entries of trees as git sorts them: folders as if a slash ended their names.
fn tree_order(one: &TreeEntry<'_>, other: &TreeEntry<'_>) -> Ordering {
    let slash = |entry| is_folder(entry).then_some(&b'/');
    let name = |entry| TreeEntry::name_bytes(entry).iter();
    name(one).chain(slash(one)).cmp(name(other).chain(slash(other)))
}
