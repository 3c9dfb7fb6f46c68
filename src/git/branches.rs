//! The branches.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::git::{CommitId, Repo};

/// The branches and tags that there are.
#[derive(Clone, Debug, Default)]
pub struct Refs {
    /// The local branches, by short name, with their commits.
    pub local: BTreeMap<String, CommitId>,
    /// The short names of all branches, local and remote-tracking, without the remote.
    pub branches: Vec<String>,
    /// The tags, by name, with their commits.
    pub tags: BTreeMap<String, CommitId>,
    /// The remote's own idea of the trunk, without the remote.
    pub remote_trunk: Option<String>,
}

impl Refs {
    /// Returns the branch where development happens, where nobody says: the one that the remote
    /// `origin`, or the only remote, has as its default, else `main` or `master`.
    pub fn default_trunk(&self) -> &str {
        let there = |name: &&str| self.branches.iter().any(|branch| branch == name);
        let remote = self.remote_trunk.as_deref();
        remote.or_else(|| ["main", "master"].into_iter().find(there)).unwrap_or("main")
    }
}

/// Where a branch is, locally and as it was last seen on the remote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tip {
    /// The local branch.
    pub local: Option<CommitId>,
    /// The remote-tracking branch of `origin`, or else of the first remote that has it.
    pub remote: Option<CommitId>,
}

impl Tip {
    /// Returns the local branch's commit, or else the remote's.
    pub fn commit(&self) -> Option<CommitId> {
        self.local.or(self.remote)
    }
}

impl Repo {
    /// Returns the commit of the local branch `name`, if there is one.
    pub fn branch(&self, name: &str) -> Result<Option<CommitId>> {
        self.reference(&format!("refs/heads/{name}"))
    }

    /// Returns the commit of the branch `name` of `remote`, as last fetched.
    pub fn remote_branch(&self, remote: &str, name: &str) -> Result<Option<CommitId>> {
        self.reference(&format!("refs/remotes/{remote}/{name}"))
    }

    /// Returns the short names of all local branches and of all remote-tracking branches (without
    /// their remote), sorted, each once.
    pub fn branch_names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for reference in self.git.references_glob("refs/heads/*")?.names() {
            names.push(reference?.trim_start_matches("refs/heads/").to_owned());
        }
        for reference in self.git.references_glob("refs/remotes/*")?.names() {
            let reference = reference?;
            if let Some((_, name)) = reference.trim_start_matches("refs/remotes/").split_once('/') {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Returns the branches and tags.
    pub fn refs(&self) -> Result<Refs> {
        let mut refs = Refs { branches: self.branch_names()?, ..Refs::default() };
        for reference in self.git.references()? {
            let reference = reference?;
            let (Ok(name), Ok(target)) = (reference.name(), reference.peel_to_commit()) else { continue };
            let id = CommitId(target.id());
            if let Some(branch) = name.strip_prefix("refs/heads/") {
                refs.local.insert(branch.to_owned(), id);
            } else if let Some(tag) = name.strip_prefix("refs/tags/") {
                refs.tags.insert(tag.to_owned(), id);
            }
        }
        refs.remote_trunk = self.remote_trunk()?;
        Ok(refs)
    }

    /// Returns the branch that the remote `origin` has as its default, or else the only remote.
    fn remote_trunk(&self) -> Result<Option<String>> {
        let remotes = self.git.remotes().context("cannot list the remotes")?;
        let mut names = remotes.iter().filter_map(|remote| remote.ok().flatten());
        let remote = match (names.next(), names.next()) {
            (Some(only), None) => only,
            _ => "origin",
        };
        let folder = format!("refs/remotes/{remote}/");
        let Ok(head) = self.git.find_reference(&format!("{folder}HEAD")) else { return Ok(None) };
        let target = head.symbolic_target().ok().flatten();
        Ok(target.and_then(|target| target.strip_prefix(&folder)).map(str::to_owned))
    }

    /// Returns whether `name` can be the short name of a branch, as `git check-ref-format --branch`
    /// says.
    pub fn is_branch_name(name: &str) -> bool {
        git2::Branch::name_is_valid(name).unwrap_or(false)
    }

    /// Returns the branches, by short name without the remote.
    pub fn tips(&self) -> Result<BTreeMap<String, Tip>> {
        let mut tips: BTreeMap<String, Tip> = BTreeMap::new();
        for reference in self.git.references()? {
            let reference = reference?;
            let (Ok(name), Ok(commit)) = (reference.name(), reference.peel_to_commit()) else { continue };
            let id = CommitId(commit.id());
            if let Some(branch) = name.strip_prefix("refs/heads/") {
                tips.entry(branch.to_owned()).or_default().local = Some(id);
            } else if let Some((remote, branch)) =
                name.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/'))
            {
                let tip = tips.entry(branch.to_owned()).or_default();
                if remote == "origin" || tip.remote.is_none() {
                    tip.remote = Some(id);
                }
            }
        }
        Ok(tips)
    }
}
