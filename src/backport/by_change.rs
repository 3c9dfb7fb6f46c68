//! Finds commits of a branch by what they change, without comparing each with each.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;

use super::judged::Judged;
use super::own::Commits;
use crate::git::{CommitId, PatchId, Repo};

/// Commits that were not taken back, by the files that tell one change from another and, as far as those were
/// asked for, by what is changed in them.
#[derive(Debug)]
pub(super) struct PatchIndex(HashMap<Vec<String>, SameFiles>);

/// Commits that change the same files, in the order in which they came.
#[derive(Debug)]
enum SameFiles {
    Unread(Vec<CommitId>),
    Read(HashMap<PatchId, Vec<CommitId>>),
}

impl PatchIndex {
    /// Reads which files the commits of a branch change.
    pub(super) fn read(own: &Commits, judged: &Judged<'_>) -> Result<Self> {
        let mut by_files: HashMap<_, Vec<CommitId>> = HashMap::new();
        for facts in own.live().filter(|facts| !facts.merge) {
            by_files.entry(judged.files(facts.id)?).or_default().push(facts.id);
        }
        Ok(Self(by_files.into_iter().map(|(files, commits)| (files, SameFiles::Unread(commits))).collect()))
    }

    /// Returns the commits that make the same change as `wanted`, wherever in a file it is, in the order in which
    /// they came.
    pub(super) fn same(&mut self, wanted: CommitId, judged: &mut Judged<'_>) -> Result<&[CommitId]> {
        let Some(alike) = self.0.get_mut(&judged.files(wanted)?) else { return Ok(&[]) };
        if let SameFiles::Unread(commits) = alike {
            let mut by_patch: HashMap<_, Vec<CommitId>> = HashMap::new();
            for commit in std::mem::take(commits) {
                if let Some(patch) = judged.patch(commit)? {
                    by_patch.entry(patch).or_default().push(commit);
                }
            }
            *alike = SameFiles::Read(by_patch);
        }
        let (SameFiles::Read(by_patch), Some(patch)) = (&*alike, judged.patch(wanted)?) else {
            return Ok(&[]);
        };
        Ok(by_patch.get(&patch).map_or(&[], Vec::as_slice))
    }
}

/// The places of commits on a branch, by each file that they change; merges change none.
#[derive(Debug)]
pub(super) struct FileIndex(HashMap<String, Vec<usize>>);

impl FileIndex {
    /// Reads which files the commits of a branch change.
    pub(super) fn read(own: &Commits, repo: &Repo) -> Result<Self> {
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, facts) in own.all().iter().enumerate().filter(|(_, facts)| !facts.merge) {
            for path in repo.touched(facts.id)? {
                places.entry(path).or_default().push(place);
            }
        }
        Ok(Self(places))
    }

    /// Returns the places of the commits that change one of `paths`.
    pub(super) fn touching(&self, paths: &[String]) -> BTreeSet<usize> {
        paths.iter().filter_map(|path| self.0.get(path)).flatten().copied().collect()
    }
}
