//! Publication: commits and refs, whole or not at all.
//!
//! Objects are written first and nobody sees them; then the journal, the refs in one step, and the
//! work tree where its branch has moved. [`Repo::recover`] finishes what a killed run has begun.
//!
//! What is on the disk when, so that a loss of power leaves one of the two as well:
//!
//! 1. packs, drafts of refs and the draft of the journal, before the packs and the journal get their names;
//! 2. those names, before the first lock is taken and the first empty file is made;
//! 3. the refs, before the journal goes; with `core.fsync` so, also the index and the files.
//!
//! From the first ref that moves until the journal goes, the state is neither old nor new: the journal says
//! what it is to become.

mod apply;
pub(crate) mod git_lock;
pub(crate) mod journal;
pub(crate) mod lock;
pub(crate) mod objects;
mod pack;
mod pack_file;
pub mod preflight;
mod push;
pub(crate) mod recover;
pub(crate) mod refs;
mod state;
pub mod step;
mod sync;
pub(crate) mod tags;
pub(crate) mod temporary;
pub mod values;
mod work_tree;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use git2::Oid;

use crate::git::{BranchName, CommitId, Repo};
use crate::transaction::journal::{Journal, WorkTree};
use crate::transaction::lock::RunLock;
use crate::transaction::objects::Review;
use crate::transaction::refs::RefMove;
use crate::transaction::step::step;
use crate::transaction::values::{NewCommit, Publication, Published};
use crate::transaction::work_tree::convert::NewContents;

impl Repo {
    /// Begins to write: no other run does so until the lock is dropped.
    ///
    /// # Errors
    ///
    /// A refusal if another run writes, or one was interrupted and is not finished.
    pub(crate) fn begin(&self) -> Result<RunLock> {
        let lock = self.lock()?;
        self.check_finished()?;
        self.sweep(&lock);
        Ok(lock)
    }

    /// Makes commits and refs, and brings index and work tree along where their branch moves; `review`
    /// sees each commit before it is made, and may change or refuse it.
    ///
    /// # Errors
    ///
    /// As [`Repo::publish`].
    pub(crate) fn carry_out(
        &self,
        publication: &Publication,
        review: Option<Review<'_>>,
    ) -> Result<Published> {
        let moves = self.moves_without_commits(publication)?;
        // It takes git as long to answer as the objects take.
        let here = self.checked_out()?;
        let is_here = |commit: &&NewCommit| moves.get(&commit.branch).map(|one| &one.name) == here.as_ref();
        let files = publication.commits.iter().filter(is_here).flat_map(|commit| &commit.files);
        let attributes = self.ask_attributes(files.map(|file| file.path.clone()).collect());
        let (commits, mut objects) = self.make_commits(publication, review)?;
        let tags = self.make_tags(publication, &mut objects)?;
        step("objects");
        let contents = NewContents { attributes, blobs: &objects.blobs };
        let mut journal = self.journal(publication, moves, &commits, contents)?;
        journal.refs.extend(tags);
        Ok(Published {
            findings: self.apply(&journal, objects)?,
            commits: commits.into_iter().map(CommitId).collect(),
            branches: publication.branch_names(),
            work_tree_moved: journal.work_tree.is_some(),
        })
    }

    /// Returns the whole of what is to be done, once the commits exist.
    fn journal(
        &self,
        publication: &Publication,
        mut moves: BTreeMap<BranchName, RefMove>,
        commits: &[Oid],
        contents: NewContents<'_>,
    ) -> Result<Journal> {
        for (commit, id) in publication.commits.iter().zip(commits) {
            if let Some(one) = moves.get_mut(&commit.branch) {
                one.new = Some(*id);
            }
        }
        let refs: Vec<RefMove> = moves.into_values().collect();
        let checked_out = self.checked_out()?;
        let here = refs.iter().find(|one| checked_out.as_ref() == Some(&one.name));
        let work_tree = here.map(|one| self.work_tree(one, contents)).transpose()?.flatten();
        Ok(Journal {
            title: publication.title.clone(),
            who: self.committer(publication.moment)?,
            refs,
            work_tree,
        })
    }

    fn work_tree(&self, here: &RefMove, contents: NewContents<'_>) -> Result<Option<WorkTree>> {
        let (Some(old), Some(new)) = (here.old, here.new) else { return Ok(None) };
        let tree = |id| -> Result<_> { Ok(self.git.find_commit(id)?.tree()?) };
        Ok(Some(WorkTree {
            root: self.root.clone(),
            index: self.index()?.path().context("the index has no place")?.to_owned(),
            branch: here.name.clone(),
            files: self.follow(&tree(old)?, &tree(new)?, contents)?,
        }))
    }
}
