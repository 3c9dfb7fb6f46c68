//! A linked work tree with a cherry-pick in progress, for what needs a person.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use git2::Oid;
use serde::{Deserialize, Serialize};

use crate::checkout::scratch::Scratch;
use crate::finding::{Finding, Refused};
use crate::git::command::failure;
use crate::git::{BranchName, CommitId, Moment, RefName, Repo};
use crate::rule;
use crate::transaction::git_lock::GitLock;
use crate::transaction::journal::{RefLine, path_bytes, path_of};
use crate::transaction::lock::RunLock;
use crate::transaction::preflight::{in_use, misplaced};
use crate::transaction::refs::{RefMove, ReflogEntry};
use crate::transaction::step::step;
use crate::transaction::temporary::Record;

/// A cherry-pick that is to be finished by hand.
#[derive(Clone, Debug)]
pub struct ManualPick<'a> {
    /// Where the work tree is to be.
    pub folder: &'a Path,
    /// The branch that gets the commits, by short name.
    pub branch: &'a BranchName,
    /// The commit to make that branch at; `None` if it is there.
    pub start: Option<CommitId>,
    /// The commits, in their order.
    pub commits: &'a [CommitId],
    /// When they are picked.
    pub moment: Moment,
    /// Which parent of a merge counts as what was before it, from 1.
    pub mainline: Option<u32>,
    /// Whether each commit gets a `Signed-off-by` line.
    pub sign_off: bool,
}

/// What a scratch work tree is to become.
pub(crate) struct ManualTree {
    /// Where it is to be.
    folder: PathBuf,
    /// Who makes it, and when, as reflogs have it.
    who: String,
    /// The branch that it is to be on.
    moved: RefMove,
}

/// A [`ManualTree`] as it is written.
#[derive(Serialize, Deserialize)]
pub(crate) struct ManualTreeLine {
    folder: Vec<u8>,
    who: String,
    moved: RefLine,
}

impl From<&ManualTree> for ManualTreeLine {
    fn from(tree: &ManualTree) -> Self {
        Self { folder: path_bytes(&tree.folder), who: tree.who.clone(), moved: RefLine::from(&tree.moved) }
    }
}

impl ManualTreeLine {
    fn decode(self) -> Result<ManualTree> {
        Ok(ManualTree { folder: path_of(self.folder)?, who: self.who, moved: self.moved.decode()? })
    }
}

/// Returns what the work tree was to become, if it has come to its place.
fn arrived(record: &Record) -> Option<ManualTree> {
    let line: ManualTreeLine = serde_json::from_str(record.note.as_ref()?).ok()?;
    line.decode().ok().filter(|tree| tree.folder.join(".git").is_file())
}

impl Repo {
    /// Makes the work tree and picks in it until git stops at a conflict, as `git cherry-pick -x`
    /// leaves it.
    ///
    /// All of that happens in a folder beside it and without the branch; then the folder gets its name,
    /// and the work tree its branch. [`Repo::recover`] finishes what a killed run has begun.
    ///
    /// # Errors
    ///
    /// A refusal if the folder or the branch is not free, or if git does not make the work tree or does
    /// not stop: nothing is left then.
    pub fn begin_manual_pick(&self, work: &ManualPick<'_>) -> Result<()> {
        let lock = self.begin()?;
        let (branch, old) = self.check_manual_pick(work)?;
        let start = work.start.map(|start| start.0).or(old).context("the branch has no commit")?;
        let parent = work.folder.parent().context("a work tree cannot be the root folder")?;
        fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
        let scratch = self.scratch_for_pick(parent, start, &lock)?;
        pick(work, &scratch)?;
        let new = git2::Repository::open(scratch.root())?.refname_to_id("HEAD")?;
        let moved = RefMove { name: branch, old, new: Some(new) };
        let who = self.committer(work.moment)?;
        let tree = ManualTree { folder: work.folder.to_owned(), who, moved };
        let mut folder = scratch.into_folder();
        folder.note(&ManualTreeLine::from(&tree))?;
        step("hand-noted");
        folder.move_to(work.folder)?;
        step("hand-moved");
        self.attach(&tree)?;
        step("hand-attached");
        folder.keep();
        Ok(())
    }

    /// Returns the branch by its full name and where it is, or refuses with what stands in the way.
    fn check_manual_pick(&self, work: &ManualPick<'_>) -> Result<(RefName, Option<Oid>)> {
        let mut findings = Vec::new();
        let found = self.new_branch(work.branch, &mut findings)?;
        if let Some(RefMove { name, old, .. }) = &found {
            if work.start.is_some() {
                findings.extend(misplaced(work.branch, old.map(CommitId), None));
            }
            if let Some(user) = self.work_tree_of_full(name)? {
                findings.push(in_use(work.branch, &user));
            }
        }
        let is_free = fs::read_dir(work.folder).map_or(true, |mut entries| entries.next().is_none());
        if !is_free || work.folder.is_file() {
            let message = format!("{} already exists", work.folder.display());
            let remedy = "remove it with `git worktree remove` if it is a work tree that is done with, or give another folder with `--worktree`";
            findings.push(Finding::of(rule::NO_WORK_TREE, message).remedy(remedy));
        }
        match found {
            Some(found) if findings.is_empty() => Ok((found.name, found.old)),
            _ => Err(Refused(findings).into()),
        }
    }

    /// Gives a work tree that has come to its place its branch.
    ///
    /// # Errors
    ///
    /// If someone has moved the branch or the work tree's HEAD, or uses the branch elsewhere.
    fn attach(&self, tree: &ManualTree) -> Result<()> {
        let RefMove { name, new, .. } = &tree.moved;
        self.user_git("worktree").arg("repair").arg(&tree.folder).run()?;
        let there = Self::new(git2::Repository::open(&tree.folder)?, tree.folder.clone());
        ensure!(there.head()?.commit().map(|commit| commit.0) == *new, "its HEAD has moved");
        if there.git.head_detached()? {
            ensure!(self.work_tree_of_full(name)?.is_none(), "{name} is checked out elsewhere");
            let locks = self.lock_refs([name])?;
            if self.ref_value(name)? != *new {
                let moves = std::slice::from_ref(&tree.moved);
                let reason =
                    ReflogEntry { who: tree.who.clone(), what: "relprep: backport --resolve".to_owned() };
                self.draft_refs_through(moves)?;
                locks.prepare(moves)?;
                locks.commit(moves, &reason)?;
            }
            there.point_head(name)?;
        }
        Ok(())
    }

    /// Finishes what killed runs have begun whose work trees had come to their places; one that had not is
    /// swept away like any temporary folder.
    pub(crate) fn settle_manual_trees(&self, lock: &RunLock) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for record in self.moved_records(lock) {
            match arrived(&record) {
                None => record.remove(),
                Some(tree) => {
                    findings.push(self.settle_manual_tree(&tree)?);
                    record.forget();
                }
            }
        }
        Ok(findings)
    }

    fn settle_manual_tree(&self, tree: &ManualTree) -> Result<Finding> {
        let shown = tree.folder.display();
        self.remove_left_locks([&tree.moved.name])?;
        if let Ok(there) = git2::Repository::open(&tree.folder) {
            GitLock::remove_left(&there.path().join("HEAD"), &self.run_lock())?;
        }
        Ok(match self.attach(tree) {
            Ok(()) => Finding::of(rule::COMPLETED, format!("the work tree {shown} is complete now")),
            Err(error) => {
                let message = format!("the work tree {shown} is not on {}: {error:#}", tree.moved.name);
                let remedy = "look at it; `git worktree remove --force` removes it";
                Finding::of(rule::LEFT_ALONE, message).remedy(remedy)
            }
        })
    }
}

/// The exit status of `git cherry-pick` where it leaves the rest to a person (git-cherry-pick(1)).
const STOPPED: i32 = 1;

/// Picks in the work tree until git stops at a conflict.
fn pick(work: &ManualPick<'_>, scratch: &Scratch) -> Result<()> {
    let mut pick = scratch.git("cherry-pick").arg("-x");
    if work.sign_off {
        pick = pick.arg("--signoff");
    }
    if let Some(mainline) = work.mainline {
        pick = pick.args(["-m", &mainline.to_string()]);
    }
    let output = scratch.output(pick.args(work.commits.iter().map(ToString::to_string)))?;
    if output.status.success() {
        let finding = Finding::of(rule::NO_CONFLICT, "git finds no conflict there");
        return Err(Refused::from(finding.remedy("run this without `--resolve`")).into());
    }
    if output.status.code() == Some(STOPPED) && has_conflict(scratch)? {
        return Ok(());
    }
    // A git that is killed, or a hook that refuses, leaves a pick in progress as a conflict does.
    let said = failure("git cherry-pick", output.status, &output.stderr);
    let remedy = "put right what it says, and run this again; nothing is left of it";
    Err(Refused::from(Finding::of(rule::NO_WORK_TREE, said).remedy(remedy)).into())
}

/// Returns whether a pick conflicts, also where git has staged a resolution that it remembered
/// (`rerere.autoUpdate`).
fn has_conflict(scratch: &Scratch) -> Result<bool> {
    Ok(!scratch.git("ls-files").args(["--unmerged", "--resolve-undo"]).run()?.is_empty())
}
