//! A linked work tree with a cherry-pick in progress, for what needs a person.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::finding::{Finding, Refused};
use crate::repo::git::failure;
use crate::repo::{CommitId, Repo};

/// A cherry-pick that is to be finished by hand.
#[derive(Clone, Debug)]
pub struct Handwork<'a> {
    /// Where the work tree is to be.
    pub folder: &'a Path,
    /// The branch that gets the commits, by short name.
    pub branch: &'a str,
    /// The commit to make that branch at; `None` if it is there.
    pub start: Option<CommitId>,
    /// The commits, in their order.
    pub commits: &'a [CommitId],
    /// Which parent of a merge counts as what was before it, from 1.
    pub mainline: Option<u32>,
    /// Whether each commit gets a `Signed-off-by` line.
    pub sign_off: bool,
}

impl Repo {
    /// Makes the work tree and picks in it until git stops at a conflict, as `git cherry-pick -x`
    /// leaves it.
    ///
    /// # Errors
    ///
    /// A refusal if git does not make the work tree, or does not stop: then the work tree and a new
    /// branch are gone again.
    pub fn begin_by_hand(&self, work: &Handwork<'_>) -> Result<()> {
        let mut add = self.user_git("worktree").args(["add", "--quiet"]);
        match work.start {
            Some(start) => {
                add = add.args(["--no-track", "-b", work.branch]).arg(work.folder).arg(start.to_string());
            }
            None => add = add.arg(work.folder).arg(work.branch),
        }
        let output = add.output()?;
        if !output.status.success() {
            let said = failure("git worktree add", output.status, &output.stderr);
            return Err(refused(
                "no-work-tree",
                said,
                "see what it says, or give another folder with `--worktree`",
            ));
        }
        let there = Self { git: git2::Repository::open(work.folder)?, root: work.folder.to_owned() };
        let mut pick = there.user_git("cherry-pick").arg("-x");
        if work.sign_off {
            pick = pick.arg("--signoff");
        }
        if let Some(mainline) = work.mainline {
            pick = pick.args(["-m", &mainline.to_string()]);
        }
        let output = pick.args(work.commits.iter().map(ToString::to_string)).output()?;
        if there.git.path().join("CHERRY_PICK_HEAD").exists() {
            return Ok(());
        }
        self.drop_work_tree(work)?;
        let said = match output.status.success() {
            true => "git finds no conflict there".to_owned(),
            false => failure("git cherry-pick", output.status, &output.stderr),
        };
        Err(refused("no-conflict", said, "run this without `--resolve`"))
    }

    /// Returns the folder in which the branch is checked out, this work tree included.
    pub fn work_tree_of(&self, branch: &str) -> Result<Option<PathBuf>> {
        let full = self.full_branch_name(branch)?;
        if self.checked_out()?.as_ref() == Some(&full) {
            return Ok(Some(self.root.clone()));
        }
        Ok(self.other_users_of(&full).into_iter().next())
    }

    fn drop_work_tree(&self, work: &Handwork<'_>) -> Result<()> {
        let remove = self.user_git("worktree").args(["remove", "--force"]).arg(work.folder);
        remove.run().context("cannot remove the work tree again")?;
        if work.start.is_some() {
            self.user_git("branch").args(["--quiet", "-D", work.branch]).run()?;
        }
        Ok(())
    }
}

fn refused(rule: &'static str, said: String, remedy: &str) -> anyhow::Error {
    Refused::from(Finding::error(rule, said).remedy(remedy)).into()
}
