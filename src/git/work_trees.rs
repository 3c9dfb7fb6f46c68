//! Which branch is checked out in which work tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use git2::{ErrorCode, Oid, Reference};

use crate::git::{BranchName, RefName, Repo};

impl Repo {
    /// Returns the value of the ref `name`, if there is one.
    pub(crate) fn ref_value(&self, name: &RefName) -> Result<Option<Oid>> {
        match self.git.refname_to_id(name.as_str()) {
            Ok(id) => Ok(Some(id)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {name}")),
        }
    }

    /// Returns the full name of the branch `name`; where it is a symbolic ref, of the branch that it
    /// leads to.
    pub(crate) fn full_branch_name(&self, name: &BranchName) -> Result<RefName> {
        let full = name.full();
        match self.git.find_reference(full.as_str()).and_then(|found| found.resolve()) {
            Ok(resolved) => name_of(&resolved),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(full),
            Err(error) => Err(error).with_context(|| format!("cannot read {full}")),
        }
    }

    /// Returns the full name of the branch that is checked out here, also one without a commit.
    pub(crate) fn checked_out(&self) -> Result<Option<RefName>> {
        let head = self.git.find_reference("HEAD").context("cannot read HEAD")?;
        let Some(target) = head.symbolic_target().context("HEAD is not UTF-8")? else { return Ok(None) };
        match head.resolve() {
            Ok(resolved) => name_of(&resolved).map(Some),
            Err(_) => Ok(RefName::new(target)),
        }
    }

    /// Returns the folder of each other work tree of the repository that has `branch` checked out, or is in
    /// the middle of rebasing it.
    pub(crate) fn other_users_of(&self, branch: &RefName) -> Vec<PathBuf> {
        let common = self.git.commondir();
        let here = fs::canonicalize(self.git.path()).ok();
        let mut git_dirs = BTreeSet::from([common.to_owned()]);
        if let Ok(entries) = fs::read_dir(common.join("worktrees")) {
            git_dirs.extend(entries.flatten().map(|entry| entry.path()));
        }
        git_dirs.retain(|dir| fs::canonicalize(dir).ok() != here);
        git_dirs.iter().filter(|dir| uses(dir, branch)).map(|dir| folder_of(dir)).collect()
    }

    /// Returns the folder in which the branch is checked out, this work tree included.
    pub fn work_tree_of(&self, branch: &BranchName) -> Result<Option<PathBuf>> {
        self.work_tree_of_full(&self.full_branch_name(branch)?)
    }

    pub(crate) fn work_tree_of_full(&self, full: &RefName) -> Result<Option<PathBuf>> {
        if self.checked_out()?.as_ref() == Some(full) {
            return Ok(Some(self.root.clone()));
        }
        Ok(self.other_users_of(full).into_iter().next())
    }
}

fn name_of(reference: &Reference<'_>) -> Result<RefName> {
    let name = reference.name().context("a branch's name is not UTF-8")?;
    RefName::new(name).with_context(|| format!("{name:?} cannot be the name of a ref"))
}

fn uses(git_dir: &Path, branch: &RefName) -> bool {
    let names = |file: &str, before: &str| {
        fs::read_to_string(git_dir.join(file))
            .is_ok_and(|text| text.trim().strip_prefix(before).map(str::trim) == Some(branch.as_str()))
    };
    let is_bare = || {
        let config = git2::Config::open(&git_dir.join("config"));
        config.is_ok_and(|config| config.get_bool("core.bare").unwrap_or(false))
    };
    names("rebase-merge/head-name", "")
        || names("rebase-apply/head-name", "")
        || (names("HEAD", "ref:") && !is_bare())
}

/// Returns the folder that `gitdir` in a linked work tree's git dir names, or else the folder around
/// the git dir.
fn folder_of(git_dir: &Path) -> PathBuf {
    let dot_git = fs::read_to_string(git_dir.join("gitdir"))
        .map_or_else(|_| git_dir.to_owned(), |text| PathBuf::from(text.trim_end_matches('\n')));
    dot_git.parent().map_or(dot_git.clone(), Path::to_owned)
}
