//! Publication: commits and refs, whole or not at all.
//!
//! Objects are written first and nobody sees them; then the journal, the refs in one step, and the
//! work tree where its branch has moved. [`Repo::recover`] finishes what a killed run has begun.

mod apply;
mod hooks;
pub(crate) mod journal;
pub(crate) mod lock;
mod objects;
pub(crate) mod process;
mod push;
pub(crate) mod recover;
pub(crate) mod refs;
mod work_tree;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Error, Result};
use git2::{Oid, RepositoryState};

use crate::finding::{Finding, Refused};
use crate::git::settings::Settings;
use crate::git::{CommitId, Repo, TreeId};
use crate::path::RepoPath;
use crate::transaction::journal::{Journal, WorkTree};
use crate::transaction::refs::RefMove;
use crate::transaction::work_tree::disk::Disk;
use crate::transaction::work_tree::untracked;

/// Everything that one command makes in the repository: all of it, or none of it.
#[derive(Clone, Debug)]
pub struct Publication {
    /// What is being done, for the reflog and for the record of an interrupted run:
    /// `branch 37.0.0`.
    pub title: String,
    /// The commits to make, each on a branch; those on one branch follow each other.
    pub commits: Vec<NewCommit>,
    /// The branches to make at commits that exist, by short name.
    pub branches: Vec<(String, CommitId)>,
}

/// A commit to make, and the branch that is to point at it.
#[derive(Clone, Debug)]
pub struct NewCommit {
    /// The short name of the branch.
    pub branch: String,
    /// Where the branch is; `None` if it must not be there, and is made. A second commit on the same
    /// branch names the same place, and the same parent, and goes on top of the first.
    pub from: Option<CommitId>,
    /// The only parent: where the branch is, or a descendant of that.
    pub parent: CommitId,
    /// The tree that `files` change; without it, the parent's.
    pub tree: Option<TreeId>,
    /// The files that differ from those of the tree.
    pub files: Vec<NewFile>,
    /// The message, in full.
    pub message: String,
    /// The commit that this one is a pick of: its author and their date are kept, and the message is
    /// taken as it is. Without it, the user is the author, now.
    pub origin: Option<CommitId>,
}

/// The content that a file is to have; an existing file keeps its mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Where it is.
    pub path: RepoPath,
    /// All of it, as git stores it.
    pub content: Vec<u8>,
}

/// How a publication is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether the repository's hooks have a say.
    pub hooks: Hooks,
}

/// Whether the hooks `pre-commit` and `commit-msg` run (`--no-verify` skips them, as in git).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hooks {
    /// They run, and may refuse.
    Run,
    /// They are skipped.
    Skip,
}

/// What a publication has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The commits, in the order of the publication.
    pub commits: Vec<CommitId>,
    /// The branches that were made or moved, by short name, sorted.
    pub branches: Vec<String>,
    /// What is worth saying: a `post-commit` hook that failed, an index entry that was left alone.
    pub findings: Vec<Finding>,
}

impl Repo {
    /// Makes commits and refs, and brings index and work tree along where their branch moves.
    ///
    /// # Errors
    ///
    /// After any error the repository is as it was, unless the error says otherwise. A refusal says
    /// what stands in the way: a branch that exists or has moved, a file that would be overwritten,
    /// a hook, a lock.
    pub fn publish(&self, publication: &Publication, options: Options) -> Result<Published> {
        let _lock = self.lock()?;
        self.check_finished()?;
        self.sweep();
        let settings = Settings::read(self)?;
        let moves = self.moves_without_commits(publication)?;
        let commits = self.make_commits(publication, options.hooks, &settings)?;
        step("objects");
        let journal = self.journal(publication, moves, &commits, &settings)?;
        let mut findings = self.apply(&journal)?;
        findings.extend(self.after_commit(&journal, &settings)?);
        Ok(Published {
            findings,
            commits: commits.into_iter().map(CommitId).collect(),
            branches: publication.branch_names(),
        })
    }

    /// Finds what stands in the way of a publication, as far as that can be told before its commits are
    /// made.
    pub fn obstacles(&self, publication: &Publication) -> Result<Vec<Finding>> {
        let mut findings = match self.moves_without_commits(publication).map_err(Error::downcast::<Refused>) {
            Ok(_) => Vec::new(),
            Err(Ok(Refused(findings))) => findings,
            Err(Err(error)) => return Err(error),
        };
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
        let tree = self.git.find_commit(commit.parent.0)?.tree()?;
        let is_new = |file: &&NewFile| tree.get_path(file.path.as_ref()).is_err();
        let in_the_way = commit.files.iter().filter(is_new).filter_map(|file| {
            let found = Disk::read(&self.root, &file.path).map(|disk| disk != Disk::Nothing);
            found.map(|found| found.then(|| untracked(&file.path))).transpose()
        });
        in_the_way.collect()
    }

    /// Returns the refs that will move, each still without the commit that it will get.
    fn moves_without_commits(&self, publication: &Publication) -> Result<BTreeMap<String, RefMove>> {
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
        if findings.is_empty() { Ok(moves) } else { Err(Refused(findings).into()) }
    }

    /// Returns the ref of the branch `name` with its value, or notes that it cannot have that name.
    pub(crate) fn new_branch(&self, name: &str, findings: &mut Vec<Finding>) -> Result<Option<RefMove>> {
        if !Self::is_branch_name(name) {
            findings.push(
                Finding::error("branch-name", format!("{name:?} cannot be the name of a branch"))
                    .remedy("choose a name that `git check-ref-format --branch` accepts"),
            );
            return Ok(None);
        }
        let full = self.full_branch_name(name)?;
        let old = self.ref_value(&full)?;
        if old.is_none()
            && let Some(other) = self.branch_in_the_way(&full)?
        {
            let message = format!("{other} is a branch, and so none can be named {name}");
            let remedy = "choose another name: git keeps branches like files in folders";
            findings.push(Finding::error("branch-name-taken", message).remedy(remedy));
            return Ok(None);
        }
        Ok(Some(RefMove { name: full, old, new: None }))
    }

    /// Returns the short name of a branch whose name is a folder of `full`, or lies below it.
    fn branch_in_the_way(&self, full: &str) -> Result<Option<String>> {
        let short = |name: &str| name.trim_start_matches("refs/heads/").to_owned();
        let above = full.match_indices('/').skip(2).map(|(at, _)| &full[..at]);
        for name in above {
            if self.ref_value(name)?.is_some() {
                return Ok(Some(short(name)));
            }
        }
        let mut below = self.git.references_glob(&format!("{full}/*"))?;
        Ok(below.names().find_map(Result::ok).map(short))
    }

    /// Notes the branches that cannot move because someone works on them.
    fn check_work_trees(&self, moves: &BTreeMap<String, RefMove>, findings: &mut Vec<Finding>) -> Result<()> {
        let here = self.checked_out()?;
        for (name, one) in moves {
            if let Some(folder) = self.other_users_of(&one.name).first() {
                findings.push(in_use(name, folder));
            }
            if here.as_ref() == Some(&one.name) && one.old.is_none() {
                findings.push(
                    Finding::error(
                        "unborn-branch",
                        format!("the branch {name} is checked out and has no commit"),
                    )
                    .remedy("check out a branch that has one"),
                );
            }
            if here.as_ref() == Some(&one.name) && self.git.state() != RepositoryState::Clean {
                findings.push(
                    Finding::error(
                        "operation-in-progress",
                        format!("git is in the middle of something here ({:?})", self.git.state()),
                    )
                    .remedy("finish it, or abort it; `git status` says how"),
                );
            }
        }
        Ok(())
    }

    /// Returns the whole of what is to be done, once the commits exist.
    fn journal(
        &self,
        publication: &Publication,
        mut moves: BTreeMap<String, RefMove>,
        commits: &[Oid],
        settings: &Settings,
    ) -> Result<Journal> {
        for (commit, id) in publication.commits.iter().zip(commits) {
            if let Some(one) = moves.get_mut(&commit.branch) {
                one.new = Some(*id);
            }
        }
        let refs: Vec<RefMove> = moves.into_values().collect();
        let checked_out = self.checked_out()?;
        let mut work_tree = None;
        for RefMove { name, old, new } in &refs {
            if checked_out.as_ref() == Some(name)
                && let (Some(old), Some(new)) = (old, new)
            {
                let (old, new) = (self.git.find_commit(*old)?.tree()?, self.git.find_commit(*new)?.tree()?);
                work_tree = Some(WorkTree {
                    root: self.root.clone(),
                    index: self.index()?.path().context("the index has no place")?.to_owned(),
                    branch: name.clone(),
                    files: self.follow(&old, &new, settings)?,
                });
            }
        }
        Ok(Journal { title: publication.title.clone(), refs, work_tree })
    }
}

impl Publication {
    fn branch_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.branches.iter().map(|(name, _)| name.clone()).collect();
        names.extend(self.commits.iter().map(|commit| commit.branch.clone()));
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Says that a work tree has the branch checked out.
pub(crate) fn in_use(name: &str, folder: &Path) -> Finding {
    let message = format!("the branch {name} is checked out in the work tree {}", folder.display());
    Finding::error("branch-in-use", message).remedy("run this there, or check out another branch there")
}

/// Finds that a branch is not where it should be.
pub(crate) fn misplaced(name: &str, now: Option<CommitId>, from: Option<CommitId>) -> Option<Finding> {
    if now == from {
        return None;
    }
    let finding = if let Some(from) = from {
        let now = now.map_or("gone".to_owned(), |now| format!("at {}", now.short()));
        Finding::error("branch-moved", format!("the branch {name} is {now}, not at {}", from.short()))
            .remedy("run this again on the branch as it is now")
    } else {
        Finding::error("branch-exists", format!("the branch {name} exists already")).remedy(format!(
            "finish with it and delete it with `git branch -D {name}`, or choose another name"
        ))
    };
    Some(finding)
}

/// Marks a place at which a test may stop the program; release builds have none.
pub fn step(name: &str) {
    #[cfg(debug_assertions)]
    if std::env::var_os("RELPREP_TEST_STOP").is_some_and(|stop| stop == *name) {
        std::process::abort();
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}
