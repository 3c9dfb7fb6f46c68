//! Puts picked commits on a branch, whole or not at all.
//!
//! The commits are written first and nobody sees them; then the branch moves through the same
//! journal as every other publication. Hooks that judge a new commit do not run, as in
//! `git cherry-pick`.

use std::path::Path;

use anyhow::{Context, Result};
use git2::{Oid, RepositoryState, Time};

use crate::finding::{Finding, Refused};
use crate::repo::journal::{Journal, WorkTree};
use crate::repo::pick::TreeId;
use crate::repo::refs::RefMove;
use crate::repo::settings::Settings;
use crate::repo::{CommitId, Repo};

/// Commits to make on one branch, one on top of the other.
#[derive(Clone, Debug)]
pub struct Advance {
    /// What is being done, for the reflog and for the record of an interrupted run.
    pub title: String,
    /// The short name of the branch.
    pub branch: String,
    /// The commit that the branch must be at; `None` if it must not be there, and is made.
    pub from: Option<CommitId>,
    /// The parent of the first commit: `from`, or a descendant of it.
    pub onto: CommitId,
    /// The commits, at least one.
    pub commits: Vec<PickedCommit>,
}

/// A commit to make from another one.
#[derive(Clone, Debug)]
pub struct PickedCommit {
    /// The commit whose author and date it keeps.
    pub origin: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// Its message, in full.
    pub message: String,
}

impl Repo {
    /// Makes the commits and moves the branch to the last of them; index and work tree follow where
    /// it is checked out. Returns the commits in their order.
    ///
    /// # Errors
    ///
    /// After any error the repository is as it was. A refusal says what stands in the way.
    pub fn advance(&self, advance: &Advance) -> Result<Vec<CommitId>> {
        let _lock = self.lock()?;
        if let Some(journal) = self.read_journal()? {
            let message = format!("`{}` was interrupted and is not finished", journal.title);
            let remedy = "run any command, which finishes it or takes it back";
            return Err(Refused::from(Finding::error("unfinished", message).remedy(remedy)).into());
        }
        let settings = Settings::read(self)?;
        let mut found = self.free_branch(advance)?;
        let mut made = Vec::new();
        for commit in &advance.commits {
            let parent = made.last().copied().unwrap_or(advance.onto.0);
            made.push(self.write_pick(commit, parent, &settings)?);
        }
        found.new = made.last().copied();
        let work_tree = self.following(&found, &settings)?;
        self.apply(&Journal { title: advance.title.clone(), refs: vec![found], work_tree })?;
        Ok(made.into_iter().map(CommitId).collect())
    }

    /// Returns the identity of the user as a `Signed-off-by` line names it.
    ///
    /// # Errors
    ///
    /// A refusal if git does not know who the user is.
    pub fn sign_off(&self) -> Result<String> {
        let who = self.identity(crate::repo::settings::Role::Committer, &Settings::read(self)?)?;
        Ok(format!("Signed-off-by: {} <{}>", who.name()?, who.email()?))
    }

    /// Returns the ref of the branch, or refuses with all that stands in its way.
    fn free_branch(&self, advance: &Advance) -> Result<RefMove> {
        let name = &advance.branch;
        let mut findings = Vec::new();
        if !Self::is_branch_name(name) {
            let finding = Finding::error("branch-name", format!("{name:?} cannot be the name of a branch"));
            return Err(Refused::from(finding.remedy("change `names.backport-branch`")).into());
        }
        let full = self.full_branch_name(name)?;
        let old = self.ref_value(&full)?;
        match (old.map(CommitId), advance.from) {
            (old, from) if old == from => {}
            (Some(_), None) => findings.push(
                Finding::error("branch-exists", format!("the branch {name} exists already")).remedy(format!(
                    "finish with it, or delete it with `git branch -D {name}`, then run this again"
                )),
            ),
            _ => findings.push(
                Finding::error("branch-moved", format!("the branch {name} has moved in between"))
                    .remedy("run this again"),
            ),
        }
        if let Some(folder) = self.other_users_of(&full).first() {
            let message = format!("the branch {name} is checked out in the work tree {}", folder.display());
            let remedy = "run this there, or check out another branch there";
            findings.push(Finding::error("branch-in-use", message).remedy(remedy));
        }
        if self.checked_out()?.as_ref() == Some(&full) && self.git.state() != RepositoryState::Clean {
            let message = format!("git is in the middle of something here ({:?})", self.git.state());
            let remedy = "finish it, or abort it; `git status` says how";
            findings.push(Finding::error("operation-in-progress", message).remedy(remedy));
        }
        if findings.is_empty() {
            Ok(RefMove { name: full, old, new: None })
        } else {
            Err(Refused(findings).into())
        }
    }

    /// Returns what the work tree must do if `moved` is what is checked out in it.
    fn following(&self, moved: &RefMove, settings: &Settings) -> Result<Option<WorkTree>> {
        let (Some(old), Some(new)) = (moved.old, moved.new) else { return Ok(None) };
        if self.checked_out()?.as_ref() != Some(&moved.name) {
            return Ok(None);
        }
        let (old, new) = (self.git.find_commit(old)?.tree()?, self.git.find_commit(new)?.tree()?);
        Ok(Some(WorkTree {
            root: self.root.clone(),
            index: self.git.index()?.path().unwrap_or(Path::new("index")).to_owned(),
            branch: moved.name.clone(),
            files: self.follow(&old, &new, settings)?,
        }))
    }

    /// Has the user's git write the commit: it knows the committer, and how to sign.
    fn write_pick(&self, commit: &PickedCommit, parent: Oid, settings: &Settings) -> Result<Oid> {
        let origin = self.git.find_commit(commit.origin.0)?;
        let author = origin.author();
        let mut git = self.user_git("commit-tree");
        if settings.is_on("commit.gpgsign", false) {
            git = git.arg("-S");
        }
        let said = git
            .args(["-p", &parent.to_string(), "-F", "-", &commit.tree.0.to_string()])
            .env("GIT_AUTHOR_NAME", String::from_utf8_lossy(author.name_bytes()).as_ref())
            .env("GIT_AUTHOR_EMAIL", String::from_utf8_lossy(author.email_bytes()).as_ref())
            .env("GIT_AUTHOR_DATE", raw_date(author.when()))
            .input(commit.message.as_bytes())
            .run()
            .map_err(|error| {
                let message = format!("the pick of {} cannot be committed: {error}", commit.origin.short());
                Refused::from(
                    Finding::error("not-committed", message)
                        .remedy("see whether `git commit` works here, with its signature if it has one"),
                )
            })?;
        Oid::from_str(String::from_utf8(said)?.trim()).context("`git commit-tree` names no commit")
    }
}

/// Returns a time in git's own format, as in `@1716206400 +0200`.
fn raw_date(when: Time) -> String {
    let minutes = when.offset_minutes().abs();
    format!("@{} {}{:02}{:02}", when.seconds(), when.sign(), minutes / 60, minutes % 60)
}
