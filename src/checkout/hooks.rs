//! The repository's hooks, run as `git commit` runs them (githooks(5)).

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use git2::message_prettify;

use crate::checkout::scratch::Scratch;
use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::git::command::{Git, failure};
use crate::rule;
use crate::transaction::lock::RunLock;
use crate::transaction::objects::CommitDraft;
use crate::transaction::values::{Hooks, Published};

/// The hooks that have a say in a commit before it is made.
pub(crate) struct CommitHooks {
    dir: PathBuf,
    names: Vec<&'static str>,
}

impl CommitHooks {
    /// Returns those hooks that the repository has, if any; like `git commit --no-verify`, skipping
    /// leaves `prepare-commit-msg`, which cannot be skipped.
    pub(crate) fn find(repo: &Repo, hooks: Hooks) -> Result<Option<Self>> {
        let wanted: &[&str] = match hooks {
            Hooks::Run => &["pre-commit", "prepare-commit-msg", "commit-msg"],
            Hooks::Skip => &["prepare-commit-msg"],
        };
        let mut names = Vec::new();
        for &name in wanted {
            names.extend(repo.has_hook(name)?.then_some(name));
        }
        let dir = repo.hooks_dir()?;
        Ok((!names.is_empty()).then_some(Self { dir, names }))
    }

    /// Lets the hooks see the commit, change it or refuse it.
    ///
    /// They run in a scratch work tree whose index and files are those of the commit, since the
    /// user's may hold other things. What they stage joins the commit.
    pub(crate) fn edit(&self, repo: &Repo, lock: &RunLock, draft: &mut CommitDraft<'_>) -> Result<()> {
        let scratch = repo.scratch(draft.parent, draft.tree, lock)?;
        enter_branch(repo, &scratch, draft)?;
        let message = scratch.git_dir().join("COMMIT_EDITMSG");
        fs::write(&message, &draft.message).context("cannot write the message for the hooks")?;
        for &name in &self.names {
            let hook = self.hook(&scratch, name);
            let output = scratch.output(match name {
                "pre-commit" => hook,
                "prepare-commit-msg" => hook.arg("--").arg(&message).arg("message"),
                _ => hook.arg("--").arg(&message),
            })?;
            if !output.status.success() {
                let said = [output.stdout, output.stderr].concat();
                let finding = Finding::of(rule::HOOK_REFUSED, failure(name, output.status, &said))
                    .remedy("put right what the hook says, or pass `--no-verify`");
                return Err(Refused::from(finding).into());
            }
        }
        draft.tree = scratch.write_tree()?;
        let text = fs::read_to_string(&message).context("cannot read the message that the hooks left")?;
        draft.message = message_prettify(text, None)?;
        Ok(())
    }

    /// Prepares the call of a hook; a relative `core.hooksPath` means a folder of the user's work
    /// tree, which need not be in the commit.
    fn hook(&self, scratch: &Scratch, name: &str) -> Git {
        scratch
            .git("hook")
            .config("core.hooksPath", &self.dir)
            .args(["run", name])
            .env("GIT_INDEX_FILE", scratch.git_dir().join("index"))
            .env("GIT_EDITOR", ":")
    }
}

/// Makes the branch the current one where it is at the parent: hooks may ask for its name.
fn enter_branch(repo: &Repo, scratch: &Scratch, draft: &CommitDraft<'_>) -> Result<()> {
    let branch = repo.full_branch_name(draft.branch)?;
    if repo.ref_value(&branch)? == Some(draft.parent) {
        scratch.git("symbolic-ref").args(["HEAD", branch.as_str()]).run()?;
    }
    Ok(())
}

impl Repo {
    /// Runs the `post-commit` hook in the user's work tree if a commit was made there, and finds its
    /// failure, which undoes nothing. (`post-checkout` does not run: as `git commit`, this checks
    /// nothing out.)
    pub(crate) fn after_commit(&self, published: &Published) -> Result<Vec<Finding>> {
        if !published.work_tree_moved || !self.has_hook("post-commit")? {
            return Ok(Vec::new());
        }
        let output = self.user_git("hook").args(["run", "post-commit"]).env("GIT_EDITOR", ":").output()?;
        if output.status.success() {
            return Ok(Vec::new());
        }
        let said = [output.stdout, output.stderr].concat();
        Ok(vec![
            Finding::of(rule::POST_COMMIT, failure("post-commit", output.status, &said))
                .remedy("the commit is made; put right what the hook says"),
        ])
    }
}
