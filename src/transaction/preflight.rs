//! What stands in the way of a publication.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use git2::RepositoryState;

use crate::finding::{Finding, Refused};
use crate::git::{BranchName, CommitId, RefName, Repo};
use crate::rule;
use crate::transaction::refs::RefMove;
use crate::transaction::values::{NewCommit, Publication};
use crate::transaction::work_tree::disk::DiskEntry;
use crate::transaction::work_tree::untracked;

impl Repo {
    /// Finds what stands in the way of a publication, as far as that can be told before its commits are
    /// made.
    pub fn obstacles(&self, publication: &Publication) -> Result<Vec<Finding>> {
        let moves = Refused::taken_from(self.moves_without_commits(publication))?;
        let mut findings = moves.err().map_or_else(Vec::new, |Refused(findings)| findings);
        let here = self.checked_out()?;
        for commit in &publication.commits {
            if here.as_ref() == Some(&self.full_branch_name(&commit.branch)?) {
                findings.extend(self.untracked_in_the_way(commit)?);
            }
        }
        Ok(findings)
    }

    /// Finds the untracked files where a commit on the checked-out branch is to put new ones.
    fn untracked_in_the_way(&self, commit: &NewCommit) -> Result<Vec<Finding>> {
        let tracked = self.files_among(commit.parent, commit.files.iter().map(|file| &file.path))?;
        let new = commit.files.iter().filter(|file| tracked.get(&file.path).is_none());
        let in_the_way = new.filter_map(|file| {
            let found = DiskEntry::read(&self.root, &file.path).map(|disk| disk != DiskEntry::Nothing);
            found.map(|found| found.then(|| untracked(&file.path))).transpose()
        });
        in_the_way.collect()
    }

    /// Returns the refs that will move, each still without the commit that it will get.
    pub(crate) fn moves_without_commits(
        &self,
        publication: &Publication,
    ) -> Result<BTreeMap<BranchName, RefMove>> {
        let mut moves = BTreeMap::new();
        let mut findings = Vec::new();
        for (name, at) in &publication.branches {
            let found = self.new_branch(name, &mut findings)?;
            if let Some(RefMove { old, .. }) = &found {
                findings.extend(misplaced(name, old.map(CommitId), None));
            }
            moves.extend(found.map(|found| (name.clone(), RefMove { new: Some(at.0), ..found })));
        }
        for commit in &publication.commits {
            let name = &commit.branch;
            if moves.contains_key(name) {
                continue;
            }
            let Some(found) = self.new_branch(name, &mut findings)? else { continue };
            findings.extend(misplaced(name, found.old.map(CommitId), commit.from));
            moves.insert(name.clone(), found);
        }
        self.check_work_trees(&moves, &mut findings)?;
        Refused::if_any(findings)?;
        Ok(moves)
    }

    /// Returns the ref of the branch `name` with its value, or notes that it cannot have that name.
    pub(crate) fn new_branch(
        &self,
        name: &BranchName,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<RefMove>> {
        let full = self.full_branch_name(name)?;
        let old = self.ref_value(&full)?;
        if old.is_none()
            && let Some(other) = self.branch_in_the_way(&full)?
        {
            let message = format!("{other} is a branch, and so no branch can be named {name}");
            let remedy = "choose another name: git keeps branches like files in folders";
            findings.push(Finding::of(rule::BRANCH_NAME_TAKEN, message).remedy(remedy));
            return Ok(None);
        }
        Ok(Some(RefMove { name: full, old, new: None }))
    }

    /// Returns a branch whose name is a folder of `full`, or lies below it.
    fn branch_in_the_way(&self, full: &RefName) -> Result<Option<BranchName>> {
        let full = full.as_str();
        let above = full.match_indices('/').skip(2).filter_map(|(at, _)| RefName::new(&full[..at]));
        for name in above {
            if self.ref_value(&name)?.is_some() {
                return Ok(name.branch());
            }
        }
        let mut below = self.git.references_glob(&format!("{full}/*"))?;
        Ok(below.names().find_map(|name| RefName::new(name.ok()?)?.branch()))
    }

    /// Notes the branches that cannot move because someone works on them.
    fn check_work_trees(
        &self,
        moves: &BTreeMap<BranchName, RefMove>,
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        let here = self.checked_out()?;
        for (name, one) in moves {
            if let Some(folder) = self.other_users_of(&one.name).first() {
                findings.push(in_use(name, folder));
            }
            if here.as_ref() == Some(&one.name) && one.old.is_none() {
                findings.push(
                    Finding::of(
                        rule::UNBORN_BRANCH,
                        format!("the branch {name} is checked out and has no commit"),
                    )
                    .remedy("check out a branch that has one"),
                );
            }
            if here.as_ref() == Some(&one.name) && self.git.state() != RepositoryState::Clean {
                findings.push(
                    Finding::of(
                        rule::OPERATION_IN_PROGRESS,
                        format!("git is in the middle of something here ({:?})", self.git.state()),
                    )
                    .remedy("finish it, or abort it; `git status` says how"),
                );
            }
        }
        Ok(())
    }
}

/// Says that a work tree has the branch checked out.
pub(crate) fn in_use(name: &BranchName, folder: &Path) -> Finding {
    let message = format!("the branch {name} is checked out in the work tree {}", folder.display());
    Finding::of(rule::BRANCH_IN_USE, message).remedy("run this there, or check out another branch there")
}

/// Finds that a branch is not where it should be.
pub(crate) fn misplaced(name: &BranchName, now: Option<CommitId>, from: Option<CommitId>) -> Option<Finding> {
    if now == from {
        return None;
    }
    let finding = if let Some(from) = from {
        let now = now.map_or("gone".to_owned(), |now| format!("at {}", now.short()));
        Finding::of(rule::BRANCH_MOVED, format!("the branch {name} is {now}, not at {}", from.short()))
            .remedy("run this again on the branch as it is now")
    } else {
        Finding::of(rule::BRANCH_EXISTS, format!("the branch {name} already exists")).remedy(format!(
            "finish with it and delete it with `git branch -D {name}`, or choose another name"
        ))
    };
    Some(finding)
}
