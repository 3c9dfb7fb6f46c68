//! Scratch work trees: full checkouts of an edited tree, outside the user's, for programs that must
//! see it before it is published.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Result, ensure};
use git2::Oid;

use crate::finding::{Finding, Place, Refused};
use crate::git::command::{Git, failure};
use crate::git::{CommitId, Repo, TreeId};
use crate::rule;
use crate::transaction::lock::RunLock;
use crate::transaction::step::step;
use crate::transaction::temporary::Temporary;
use crate::transaction::values::NewFile;

/// Programs to run on an edited tree.
#[derive(Clone, Copy, Debug)]
pub struct ProgramRun<'a> {
    /// The commit that is edited.
    pub parent: CommitId,
    /// The files that differ from it.
    pub files: &'a [NewFile],
    /// The programs, each with its arguments; no shell sees them.
    pub commands: &'a [Vec<String>],
    /// The folder in which they run, inside the repository; empty for its root.
    pub folder: &'a str,
    /// Variables that are added to the environment.
    pub env: &'a [(String, String)],
}

/// A linked work tree of this program's own; dropped, it is gone.
pub(crate) struct Scratch(Temporary);

impl Repo {
    /// Runs programs on a checkout of the edited tree, and returns the tracked files that they have
    /// changed, with `files` among them where these changed further.
    ///
    /// # Errors
    ///
    /// A refusal if a program fails, with what it said, or if it does to a tracked file what is no
    /// change of content. The repository is as before.
    pub fn run_in_scratch(&self, run: &ProgramRun<'_>) -> Result<Vec<NewFile>> {
        if run.commands.is_empty() {
            return Ok(Vec::new());
        }
        let lock = self.begin()?;
        let base = self.git.find_commit(run.parent.0)?.tree()?;
        let edited = self.tree_with(TreeId(base.id()), run.files)?.0;
        let scratch = self.scratch(run.parent.0, edited, &lock)?;
        for command in run.commands {
            run_program(&scratch, run.folder, command, run.env)?;
        }
        scratch.git("add").arg("--update").arg(":/").run()?;
        self.content_changes(edited, scratch.write_tree()?)
    }

    /// Makes a scratch work tree: HEAD is at `parent`, index and files are those of `tree`.
    pub(crate) fn scratch(&self, parent: Oid, tree: Oid, lock: &RunLock) -> Result<Scratch> {
        let scratch = Scratch(self.temporary(&std::env::temp_dir(), lock)?);
        let add = self.user_git("worktree").config("core.hooksPath", "/dev/null");
        let add = add.args(["add", "--quiet", "--detach", "--no-checkout"]).arg(scratch.root());
        scratch.succeed("git worktree add", add.arg(parent.to_string()))?;
        // The user's choice of folders is not the programs'; large files stay pointers.
        let read = scratch.git("read-tree").config("core.sparseCheckout", "false");
        let read = read.env("GIT_LFS_SKIP_SMUDGE", "1").args(["--reset", "-u", &tree.to_string()]);
        scratch.succeed("git read-tree", read)?;
        step("scratch");
        Ok(scratch)
    }

    /// Makes a work tree at `start` in a folder of `parent`, as `git worktree add --detach` does it: one
    /// that may become the user's.
    pub(crate) fn scratch_for_pick(&self, parent: &Path, start: Oid, lock: &RunLock) -> Result<Scratch> {
        let scratch = Scratch(self.temporary(parent, lock)?);
        let add = self.user_git("worktree").args(["add", "--quiet", "--detach"]);
        let output = scratch.output(add.arg(scratch.root()).arg(start.to_string()))?;
        if !output.status.success() {
            let said = failure("git worktree add", output.status, &output.stderr);
            let remedy = "see what it says, or give another folder with `--worktree`";
            return Err(Refused::from(Finding::of(rule::NO_WORK_TREE, said).remedy(remedy)).into());
        }
        step("hand-made");
        Ok(scratch)
    }

    /// Returns how the files of two trees differ, where only contents do.
    fn content_changes(&self, from: Oid, to: Oid) -> Result<Vec<NewFile>> {
        let (mut files, mut findings) = (Vec::new(), Vec::new());
        for difference in self.differences(Some(TreeId(from)), TreeId(to))? {
            let path = difference.path();
            let sides = difference.before.zip(difference.after).filter(|(old, new)| old.mode == new.mode);
            match (path, sides.and_then(|(_, new)| new.blob())) {
                (Some(path), Some(blob)) => {
                    files.push(NewFile { path, content: self.git.find_blob(blob.0)?.content().to_vec() });
                }
                (path, _) => findings.push(
                    Finding::of(
                        rule::RUN_CHANGED_TREE,
                        format!(
                            "a program has removed, or changed the kind of, \"{}\"",
                            difference.escaped()
                        ),
                    )
                    .at(path.as_ref().map(Place::file))
                    .remedy("let programs in [[run]] change only the contents of tracked files"),
                ),
            }
        }
        Refused::if_any(findings)?;
        Ok(files)
    }
}

impl Scratch {
    /// Prepares a call of git in this work tree.
    pub(crate) fn git(&self, subcommand: &'static str) -> Git {
        Git::elsewhere(self.root(), subcommand)
    }

    /// Returns the root of this work tree.
    pub(crate) fn root(&self) -> &Path {
        self.0.root()
    }

    /// Returns the git dir of this work tree.
    pub(crate) fn git_dir(&self) -> &Path {
        self.0.git_dir()
    }

    /// Returns the folder, which may become the user's.
    pub(crate) fn into_folder(self) -> Temporary {
        self.0
    }

    /// Runs a git that works here.
    pub(crate) fn output(&self, git: Git) -> Result<Output> {
        git.stdin(self.0.stdin()?).output()
    }

    fn succeed(&self, name: &str, git: Git) -> Result<()> {
        let output = self.output(git)?;
        ensure!(output.status.success(), "{}", failure(name, output.status, &output.stderr));
        Ok(())
    }

    /// Returns the tree of what is staged.
    pub(crate) fn write_tree(&self) -> Result<Oid> {
        let said = self.git("write-tree").run()?;
        Ok(Oid::from_str(String::from_utf8(said)?.trim())?)
    }
}

fn run_program(scratch: &Scratch, folder: &str, command: &[String], env: &[(String, String)]) -> Result<()> {
    let Some((program, args)) = command.split_first() else { return Ok(()) };
    let folder = &scratch.root().join(folder);
    // A program with a folder in its name is one of the tree's own.
    let path = if program.contains('/') { folder.join(program) } else { program.into() };
    let mut child = Command::new(path);
    for variable in crate::git::command::LOCAL_VARIABLES {
        child.env_remove(variable);
    }
    let output = child
        .args(args)
        .current_dir(folder)
        .envs(env.iter().map(|(name, value)| (name, value)))
        .stdin(scratch.0.stdin()?)
        .output();
    let shown = command.join(" ");
    let problem = match output {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => failure(&shown, output.status, &[output.stdout, output.stderr].concat()),
        Err(error) => format!("`{shown}` cannot be run: {error}"),
    };
    let finding = Finding::of(rule::RUN_FAILED, problem)
        .remedy("put right what it says, or take the program out of [[run]]; nothing has been changed");
    Err(Refused::from(finding).into())
}
