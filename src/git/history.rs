//! Questions about the past: revisions, where a branch left another, the days of tags.

use std::collections::{BTreeMap, HashSet};

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate};
use git2::{ErrorCode, ObjectType, Oid};

use super::{BlobId, CommitId, Entry, EntryKind, Repo, Tree};
use crate::path::RepoPath;

impl Repo {
    /// Returns whether the history is cut off somewhere, as in CI's usual checkout.
    pub fn is_shallow(&self) -> bool {
        self.git.is_shallow()
    }

    /// Returns the commits whose parents are not here, because the history is cut off at them.
    pub fn cut_off_at(&self) -> Result<Vec<CommitId>> {
        if !self.is_shallow() {
            return Ok(Vec::new());
        }
        // The list that git keeps, one name a line: `shallow` in gitrepository-layout(5).
        let list = self.git.commondir().join("shallow");
        let text =
            std::fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
        Ok(text.lines().filter_map(|line| Oid::from_str(line.trim()).ok()).map(CommitId).collect())
    }

    /// Returns the commit that `revision` names, as `git rev-parse` reads it, if it is there.
    pub fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        let object = match self.git.revparse_single(revision) {
            Ok(object) => object,
            Err(error) => {
                return match error.code() {
                    ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::Ambiguous => Ok(None),
                    _ => Err(error).with_context(|| format!("cannot find {revision}")),
                };
            }
        };
        Ok(object.peel_to_commit().ok().map(|commit| CommitId(commit.id())))
    }

    /// Returns those of `paths` that are files of `commit`: what [`Repo::tree`] does, without reading
    /// all folders.
    pub fn files_among<'a>(
        &self,
        commit: CommitId,
        paths: impl IntoIterator<Item = &'a RepoPath>,
    ) -> Result<Tree> {
        let tree = self.git.find_commit(commit.0)?.tree()?;
        let mut files = BTreeMap::new();
        for path in paths {
            match tree.get_path(path.as_ref()) {
                Ok(entry) if entry.kind() == Some(ObjectType::Blob) => {
                    let entry = Entry { blob: BlobId(entry.id()), kind: EntryKind::of(entry.filemode()) };
                    files.insert(path.clone(), entry);
                }
                Ok(_) => {}
                Err(error) if error.code() == ErrorCode::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("cannot read {path} of {commit}")),
            }
        }
        Ok(Tree { files })
    }

    /// Returns those files of `tree` that are `wanted` and are not so in the work tree: what
    /// [`Repo::changed`] does, without looking at all other files.
    ///
    /// A file that git converts on its way to the work tree counts as changed.
    pub fn changed_among(&self, tree: &Tree, wanted: impl Fn(&RepoPath) -> bool) -> Result<Vec<String>> {
        let mut changed = Vec::new();
        for (path, entry) in tree.files().filter(|(path, _)| wanted(path)) {
            let same = match std::fs::read(self.root.join(path)) {
                Ok(content) => Oid::hash_object(ObjectType::Blob, &content)? == entry.blob.0,
                Err(_) => false,
            };
            if !same && entry.kind != EntryKind::Link {
                changed.push(path.to_string());
            }
        }
        Ok(changed)
    }

    /// Returns the commit of the branch `name` of `remote`, as last fetched.
    pub fn remote_branch(&self, remote: &str, name: &str) -> Result<Option<CommitId>> {
        self.reference(&format!("refs/remotes/{remote}/{name}"))
    }

    /// Returns the commit where the branch with the tip `branch` left the one with the tip `trunk`:
    /// the first that both have as they were written, merges of one into the other passed over.
    ///
    /// `None` if they have nothing in common. The walk ends there, and does not go into older history
    /// unless commits lie about their time.
    pub fn left_at(&self, branch: CommitId, trunk: CommitId) -> Result<Option<CommitId>> {
        let (mut ours, mut theirs) = (FirstParents::at(self, branch)?, FirstParents::at(self, trunk)?);
        while let (Some((our, our_time)), Some((their, their_time))) = (ours.here, theirs.here) {
            if theirs.seen.contains(&our) {
                return Ok(Some(CommitId(our)));
            }
            if ours.seen.contains(&their) {
                return Ok(Some(CommitId(their)));
            }
            if our_time > their_time { ours.step(self)? } else { theirs.step(self)? }
        }
        match self.git.merge_base(branch.0, trunk.0) {
            Ok(base) => Ok(Some(CommitId(base))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).context("cannot find where the branch left the trunk"),
        }
    }

    /// Returns the day of each tag, in UTC: its own for an annotated tag, its commit's for another.
    pub fn tag_days(&self) -> Result<BTreeMap<String, NaiveDate>> {
        let mut days = BTreeMap::new();
        for reference in self.git.references_glob("refs/tags/*")? {
            let reference = reference?;
            let (Ok(name), Some(target)) = (reference.name(), reference.target()) else { continue };
            if let Some(day) = self.day_of(target) {
                days.insert(name.trim_start_matches("refs/tags/").to_owned(), day);
            }
        }
        Ok(days)
    }

    fn day_of(&self, object: Oid) -> Option<NaiveDate> {
        let object = self.git.find_object(object, None).ok()?;
        let tagger = object.as_tag().and_then(git2::Tag::tagger).map(|tagger| tagger.when().seconds());
        let seconds = match tagger {
            Some(seconds) => seconds,
            None => object.peel(ObjectType::Commit).ok()?.as_commit()?.time().seconds(),
        };
        Some(DateTime::from_timestamp(seconds, 0)?.date_naive())
    }
}

/// A walk along first parents.
struct FirstParents {
    /// The commit reached, and its time; nothing past the first one.
    here: Option<(Oid, i64)>,
    seen: HashSet<Oid>,
}

impl FirstParents {
    fn at(repo: &Repo, commit: CommitId) -> Result<Self> {
        let mut walk = Self { here: None, seen: HashSet::new() };
        walk.reach(repo, Some(commit.0))?;
        Ok(walk)
    }

    fn step(&mut self, repo: &Repo) -> Result<()> {
        let parent = match self.here {
            Some((commit, _)) => repo.git.find_commit(commit)?.parent_id(0).ok(),
            None => None,
        };
        self.reach(repo, parent)
    }

    fn reach(&mut self, repo: &Repo, commit: Option<Oid>) -> Result<()> {
        self.here = match commit {
            Some(id) => Some((id, repo.git.find_commit(id)?.time().seconds())),
            None => None,
        };
        self.seen.extend(commit);
        Ok(())
    }
}
