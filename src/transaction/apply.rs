//! Carries out a journal, or takes it back.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use git2::{Index, Oid};

use crate::finding::{Finding, Place, Refused};
use crate::git::Repo;
use crate::rule;
use crate::transaction::git_lock::GitLock;
use crate::transaction::journal::{FileMove, Journal, Side, WorkTree};
use crate::transaction::pack::StagedPacks;
use crate::transaction::refs::RefMove;
use crate::transaction::step::step;
use crate::transaction::sync::{Syncs, folders_of, sync};
use crate::transaction::work_tree::changed_file;
use crate::transaction::work_tree::disk::FileState;
use crate::transaction::work_tree::index::{self, Written, all_at, entry, redraft};

/// The room in bytes that going back takes, at most: the locks of a few refs, their reflogs, and
/// what this program notes.
const RESERVE: usize = 64 * 1024;

/// Whither a journal is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Back,
}

impl Direction {
    /// Returns the side of a file that is wanted.
    pub(crate) fn side(self) -> fn(&FileMove) -> Option<&Side> {
        match self {
            Self::Forward => |file| file.new.as_ref(),
            Self::Back => |file| file.old.as_ref(),
        }
    }

    fn state(self) -> FileState {
        match self {
            Self::Forward => FileState::New,
            Self::Back => FileState::Old,
        }
    }

    fn reversed(self) -> Self {
        match self {
            Self::Forward => Self::Back,
            Self::Back => Self::Forward,
        }
    }

    fn value(self, one: &RefMove) -> Option<Oid> {
        match self {
            Self::Forward => one.new,
            Self::Back => one.old,
        }
    }
}

impl Repo {
    /// Does what the journal says, whole or not at all, and finds what was left alone in the index.
    ///
    /// # Errors
    ///
    /// After an error everything is as before, unless the error says that it could not be: the next
    /// run then tries again.
    pub(crate) fn apply(&self, journal: &Journal, mut objects: StagedPacks<'_>) -> Result<Vec<Finding>> {
        let drafted = self.draft_refs(&journal.refs).and_then(|drafts| {
            objects.start(drafts);
            self.write_journal(journal, &mut objects)
        });
        drafted.inspect_err(|_| self.remove_ref_drafts(&journal.refs))?;
        drop(objects);
        step("journal");
        let error = match self.try_apply(journal) {
            Ok(findings) => return Ok(findings),
            Err(error) => error,
        };
        self.free_room();
        self.remove_ref_drafts(&journal.refs);
        match self.settle(journal, Direction::Back) {
            Ok(left) => Err(left.into_iter().fold(error, |error, finding| error.context(finding.message))),
            Err(second) => Err(error.context(format!(
                "the old state could not be restored ({second:#}); the next run will try again"
            ))),
        }
    }

    /// Does what the journal says, which is on the disk, as is all that it needs.
    fn try_apply(&self, journal: &Journal) -> Result<Vec<Finding>> {
        self.reserve_room()?;
        let lock = journal.work_tree.as_ref().map(|tree| self.ready(tree)).transpose()?;
        let refs = self.lock_refs(journal.names())?;
        step("ref-locks");
        refs.prepare(&journal.refs)?;
        step("prepared");
        refs.commit(&journal.refs, &journal.reason())?;
        let mut done = Syncs::default();
        self.sync_refs(&journal.refs, &mut done);
        drop(refs);
        step("refs");
        let findings = match (&journal.work_tree, &lock) {
            (Some(tree), Some(lock)) => self.move_work_tree(tree, lock, &mut done)?,
            _ => Vec::new(),
        };
        done.wait()?;
        self.free_room();
        // Without the journal nobody would know whose lock it is.
        drop(lock);
        step("unlocked");
        self.remove_journal()?;
        step("done");
        Ok(findings)
    }

    fn move_work_tree(&self, tree: &WorkTree, lock: &GitLock, done: &mut Syncs) -> Result<Vec<Finding>> {
        let mut written = Written::new();
        for (at, file) in tree.files.iter().filter(|file| file.on_disk).enumerate() {
            // Someone may have saved the file since it was looked at.
            if file.state(&tree.root)? == FileState::Foreign {
                return Err(Refused::from(changed_file(&file.path)).into());
            }
            written.extend(file.write(&tree.root, file.new.as_ref())?.map(|found| (&file.path, found)));
            step(if at == 0 { "first-file" } else { "file" });
        }
        step("files");
        self.sync_files(tree, &tree.files, done)?;
        let findings = self.move_index(tree, lock, (Direction::Forward, &written), done)?;
        step("index");
        Ok(findings)
    }

    /// Takes the lock of the index, and makes sure of all that can be made sure of before anything
    /// is visible.
    fn ready(&self, tree: &WorkTree) -> Result<GitLock> {
        let lock = index::lock(&tree.index, &self.run_lock())?;
        step("index-lock");
        // Only now can no `git switch` come in between.
        if self.checked_out()?.as_ref() != Some(&tree.branch) {
            let finding =
                Finding::of(rule::BRANCH_SWITCHED, format!("{} is not checked out any more", tree.branch))
                    .remedy("run this again");
            return Err(Refused::from(finding).into());
        }
        for file in tree.files.iter().filter(|file| file.on_disk) {
            file.make_room(&tree.root)?;
        }
        step("room");
        Ok(lock)
    }

    /// Begins to bring files of the work tree to the disk, if git is to do so with the index.
    fn sync_files<'a>(
        &self,
        tree: &WorkTree,
        files: impl IntoIterator<Item = &'a FileMove>,
        done: &mut Syncs,
    ) -> Result<()> {
        if !self.settings()?.syncs_index() {
            return Ok(());
        }
        let moved = files.into_iter().filter(|file| file.on_disk);
        let paths: Vec<PathBuf> = moved.map(|file| tree.root.join(&file.path)).collect();
        let folders = folders_of(paths.iter().map(PathBuf::as_path), &tree.root);
        let folders: Vec<PathBuf> = folders.into_iter().map(Path::to_owned).collect();
        let is_there = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|found| !found.is_symlink());
        done.start(paths.into_iter().chain(folders).filter(is_there));
        Ok(())
    }

    fn move_index(
        &self,
        tree: &WorkTree,
        lock: &GitLock,
        (direction, written): (Direction, &Written<'_>),
        done: &mut Syncs,
    ) -> Result<Vec<Finding>> {
        let draft = self.index_draft();
        let foreign = redraft(tree, &draft, direction.side(), written)?;
        step("index-draft");
        if self.settings()?.syncs_index() {
            sync(&draft)?;
        }
        lock.install(&draft)?;
        if self.settings()?.syncs_index() {
            done.start(tree.index.parent().map(Path::to_owned));
        }
        Ok(foreign
            .iter()
            .map(|path| left_alone(format!("{path} is staged otherwise")).at(Place::file(path)))
            .collect())
    }

    /// Takes some room on the disk, so that there is enough to go back if it gets full.
    fn reserve_room(&self) -> Result<()> {
        fs::write(self.reserve(), vec![0; RESERVE]).context("there is no room left in the git dir")
    }

    fn free_room(&self) {
        let _ = fs::remove_file(self.reserve());
        let _ = fs::remove_file(self.index_draft());
    }

    fn reserve(&self) -> PathBuf {
        self.state_dir().join("reserve")
    }

    fn index_draft(&self) -> PathBuf {
        self.state_dir().join("index.draft")
    }

    /// Brings refs, work tree and index to one end of the journal and removes it; returns what
    /// someone else has changed in between, which is left alone.
    pub(crate) fn settle(&self, journal: &Journal, direction: Direction) -> Result<Vec<Finding>> {
        let mut done = Syncs::default();
        let mut findings = self.settle_refs(journal, direction, &mut done)?;
        if let Some(tree) = &journal.work_tree {
            findings.extend(if self.follows(journal, tree, direction)? {
                self.settle_work_tree(tree, direction, &mut done)?
            } else {
                leave_work_tree(tree, direction)?
            });
        }
        done.wait()?;
        self.remove_journal()?;
        Ok(findings)
    }

    /// Moves those refs that are at the other end, all in one step.
    fn settle_refs(&self, journal: &Journal, direction: Direction, done: &mut Syncs) -> Result<Vec<Finding>> {
        let mut foreign = Vec::new();
        let mut moves = Vec::new();
        for one in &journal.refs {
            let wanted = if direction == Direction::Forward { one.clone() } else { one.reversed() };
            let now = self.ref_value(&one.name)?;
            if now == wanted.new {
                continue;
            }
            if now == wanted.old {
                moves.push(wanted);
            } else {
                let now = now.map_or("gone".to_owned(), |id| format!("at {id}"));
                foreign.push(left_alone(format!("{} was moved by someone else: it is {now}", one.name)));
            }
        }
        if !moves.is_empty() {
            self.draft_refs_through(&moves)?;
            let locks = self.lock_refs(moves.iter().map(|one| &one.name))?;
            locks.prepare(&moves)?;
            locks.commit(&moves, &journal.reason())?;
        }
        // What the run that was killed has moved may not be on the disk either.
        self.sync_refs(&journal.refs, done);
        Ok(foreign)
    }

    /// Returns whether the journal's branch is where it belongs and still checked out in its work
    /// tree, so that the files belong there too.
    fn follows(&self, journal: &Journal, tree: &WorkTree, direction: Direction) -> Result<bool> {
        let Some(moved) = journal.refs.iter().find(|one| one.name == tree.branch) else { return Ok(false) };
        Ok(self.ref_value(&moved.name)? == direction.value(moved)
            && self.root == tree.root
            && self.checked_out()?.as_ref() == Some(&tree.branch))
    }

    fn settle_work_tree(
        &self,
        tree: &WorkTree,
        direction: Direction,
        done: &mut Syncs,
    ) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut unsettled = Vec::new();
        for file in tree.files.iter().filter(|file| file.on_disk) {
            match file.state(&tree.root)? {
                state if state == direction.state() => {}
                FileState::Foreign => findings.push(
                    left_alone(format!("{} was changed by someone else in between", file.path))
                        .at(Place::file(&file.path)),
                ),
                _ => unsettled.push(file),
            }
        }
        let is_index_settled = all_at(&tree.index, &tree.files, direction.side())?;
        if unsettled.is_empty() && is_index_settled {
            return Ok(findings);
        }
        let lock = index::lock(&tree.index, &self.run_lock())?;
        let mut written = Written::new();
        for file in unsettled {
            written.extend(file.write(&tree.root, direction.side()(file))?.map(|found| (&file.path, found)));
        }
        self.sync_files(tree, &tree.files, done)?;
        if !is_index_settled {
            findings.extend(self.move_index(tree, &lock, (direction, &written), done)?);
        }
        Ok(findings)
    }
}

/// Leaves a work tree that has gone elsewhere, but for the empty files that were made to be filled,
/// and finds the files that are not where they belong.
fn leave_work_tree(tree: &WorkTree, direction: Direction) -> Result<Vec<Finding>> {
    let index = Index::open(&tree.index).context("cannot read the index")?;
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.on_disk) {
        let state = file.state(&tree.root)?;
        if file.is_empty_room(&tree.root) && entry(&index, &file.path).is_none() {
            file.write(&tree.root, None)?;
        } else if state == FileState::Torn || state == direction.reversed().state() {
            let path = &file.path;
            findings.push(
                left_alone(format!("{path} was left as it is: {} is elsewhere now", tree.branch))
                    .at(Place::file(path)),
            );
        }
    }
    Ok(findings)
}

fn left_alone(message: String) -> Finding {
    Finding::of(rule::LEFT_ALONE, message).remedy("look at it; `git status` and `git reflog` say more")
}
