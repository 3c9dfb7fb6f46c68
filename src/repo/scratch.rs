//! Scratch work trees: full checkouts of an edited tree, outside the user's, for programs that must
//! see it before it is published.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use git2::{Delta, Oid};
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Place, Refused};
use crate::path::RepoPath;
use crate::repo::git::{Git, failure};
use crate::repo::journal::{path_bytes, path_of};
use crate::repo::linked::HandLine;
use crate::repo::process::{Life, Process};
use crate::repo::publish::{NewFile, step};
use crate::repo::{CommitId, Repo};

/// Programs to run on an edited tree.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
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

/// A linked work tree in the system's folder for temporary files; dropped, it is gone.
pub(super) struct Scratch {
    root: PathBuf,
    git_dir: PathBuf,
    record: PathBuf,
}

/// What the state folder says of a scratch work tree, so that the next run can remove a dead one's.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    process: Process,
    /// What runs in the work tree, and may outlive the run.
    child: Option<Process>,
    root: Vec<u8>,
    /// What the work tree is to become, once it is ready.
    pub(super) hand: Option<HandLine>,
}

impl Record {
    /// Reads the record of a scratch work tree; returns nothing if the file is none, or is not whole.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy();
        if name.starts_with(RECORD) { serde_json::from_slice(&fs::read(path).ok()?).ok() } else { None }
    }

    /// Returns whether the run that made it is dead, and all that it has started there.
    pub(super) fn is_dead(&self) -> bool {
        self.process.life() == Life::Dead && self.survivor().is_none()
    }

    /// Returns what runs in the work tree of a dead run.
    pub(super) fn survivor(&self) -> Option<&Process> {
        // One that had ended before it was noted has no start, and is of unknown life.
        let child = self.child.as_ref().filter(|child| child.life() == Life::Running);
        child.filter(|_| self.process.life() == Life::Dead)
    }

    /// Returns the folder that the work tree was made in.
    pub(super) fn root(&self) -> Result<PathBuf> {
        path_of(self.root.clone())
    }
}

/// How the record of a scratch work tree begins its name.
const RECORD: &str = "scratch.";

/// How the folder of a scratch work tree begins its name.
const FOLDER: &str = "relprep-";

impl Repo {
    /// Runs programs on a checkout of the edited tree, and returns the tracked files that they have
    /// changed, with `files` among them where these changed further.
    ///
    /// # Errors
    ///
    /// A refusal if a program fails, with what it said, or if it does to a tracked file what is no
    /// change of content. The repository is as before.
    pub fn run_in_scratch(&self, run: &Run<'_>) -> Result<Vec<NewFile>> {
        if run.commands.is_empty() {
            return Ok(Vec::new());
        }
        let base = self.git.find_commit(run.parent.0)?.tree()?;
        let edited = self.write_tree(&base, run.files)?;
        let scratch = self.scratch(run.parent.0, edited)?;
        for command in run.commands {
            run_program(&scratch, run.folder, command, run.env)?;
        }
        scratch.git("add").arg("--update").arg(":/").run()?;
        self.content_changes(edited, scratch.write_tree()?)
    }

    /// Makes a scratch work tree: HEAD is at `parent`, index and files are those of `tree`.
    pub(super) fn scratch(&self, parent: Oid, tree: Oid) -> Result<Scratch> {
        let scratch = self.scratch_folder(&std::env::temp_dir())?;
        let add = self.user_git("worktree").config("core.hooksPath", "/dev/null");
        let add = add.args(["add", "--quiet", "--detach", "--no-checkout"]).arg(&scratch.root);
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
    pub(super) fn scratch_for_hand(&self, parent: &Path, start: Oid) -> Result<Scratch> {
        let scratch = self.scratch_folder(parent)?;
        let add = self.user_git("worktree").args(["add", "--quiet", "--detach"]);
        let output = scratch.output(add.arg(&scratch.root).arg(start.to_string()))?;
        if !output.status.success() {
            let said = failure("git worktree add", output.status, &output.stderr);
            let remedy = "see what it says, or give another folder with `--worktree`";
            return Err(Refused::from(Finding::error("no-work-tree", said).remedy(remedy)).into());
        }
        step("hand-made");
        Ok(scratch)
    }

    /// Makes an empty folder for a scratch work tree in `parent`; dropped, it is gone.
    fn scratch_folder(&self, parent: &Path) -> Result<Scratch> {
        let state = self.drafts()?;
        let dir = tempfile::Builder::new().prefix(FOLDER).tempdir_in(parent);
        let dir = dir.with_context(|| format!("cannot make a scratch folder in {}", parent.display()))?;
        let root = fs::canonicalize(dir.path())?;
        let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let scratch = Scratch {
            git_dir: self.git.commondir().join("worktrees").join(&name),
            record: state.join(format!("{RECORD}{name}")),
            root,
        };
        scratch.note(None)?;
        // From here on, dropping `scratch` removes the folder.
        let _ = dir.keep();
        Ok(scratch)
    }

    /// Returns how the files of two trees differ, where only contents do.
    fn content_changes(&self, from: Oid, to: Oid) -> Result<Vec<NewFile>> {
        let (from, to) = (self.git.find_tree(from)?, self.git.find_tree(to)?);
        let diff = self.git.diff_tree_to_tree(Some(&from), Some(&to), None)?;
        let mut files = Vec::new();
        let mut findings = Vec::new();
        for delta in diff.deltas() {
            let (old, new) = (delta.old_file(), delta.new_file());
            let name = new.path_bytes().unwrap_or_default();
            let path = std::str::from_utf8(name).ok().and_then(RepoPath::new);
            match path {
                Some(path) if delta.status() == Delta::Modified && old.mode() == new.mode() => {
                    files.push(NewFile { path, content: self.git.find_blob(new.id())?.content().to_vec() });
                }
                path => findings.push(
                    Finding::error(
                        "run-changed-tree",
                        format!("a program has removed, or changed the kind of, \"{}\"", name.escape_ascii()),
                    )
                    .at(path.as_ref().map(Place::file))
                    .remedy("let programs in [[run]] change only the contents of tracked files"),
                ),
            }
        }
        if findings.is_empty() { Ok(files) } else { Err(Refused(findings).into()) }
    }

    /// Finds what dead runs have started and what is still at work: its scratch work tree stays until it
    /// has ended.
    pub(super) fn survivors(&self) -> Vec<Finding> {
        let Ok(entries) = fs::read_dir(self.state_dir()) else { return Vec::new() };
        let records = entries.flatten().filter_map(|entry| Record::read(&entry.path()));
        let finding = |record: Record| {
            let pid = record.survivor()?.pid;
            let message = format!("a process of an interrupted run, {pid}, is still at work in its folder");
            Some(Finding::warning("still-running", message).remedy("run any command once it has ended"))
        };
        records.filter_map(finding).collect()
    }

    /// Removes a scratch work tree whose record this is, if the run that made it is dead.
    pub(super) fn sweep_scratch(&self, record: &Path) {
        let Some(read) = Record::read(record) else { return };
        let Ok(root) = read.root() else { return };
        if let Some(name) = root.file_name()
            && name.to_string_lossy().starts_with(FOLDER)
            && read.is_dead()
            && read.arrived().is_none()
        {
            let git_dir = self.git.commondir().join("worktrees").join(name);
            drop(Scratch { root, git_dir, record: record.to_owned() });
        }
    }
}

/// Returns whether a file of the state folder is the record of a scratch work tree.
pub(super) fn is_record(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(RECORD))
}

impl Scratch {
    /// Prepares a call of git in this work tree.
    pub(super) fn git(&self, subcommand: &'static str) -> Git {
        Git::elsewhere(&self.root, subcommand)
    }

    /// Returns the root of this work tree.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Notes what is here, and what it is to become.
    pub(super) fn note(&self, hand: Option<HandLine>) -> Result<()> {
        self.write_record(&Record {
            process: Process::current(),
            child: None,
            root: path_bytes(&self.root),
            hand,
        })
    }

    /// Notes which process runs here.
    pub(super) fn note_child(&self, pid: u32) -> Result<()> {
        self.write_record(&Record {
            process: Process::current(),
            child: Some(Process::with_pid(pid)),
            root: path_bytes(&self.root),
            hand: None,
        })
    }

    fn write_record(&self, record: &Record) -> Result<()> {
        let draft = self.record.with_file_name(format!("note.{}", record.process.pid));
        fs::write(&draft, serde_json::to_vec(record)?)
            .and_then(|()| fs::rename(&draft, &self.record))
            .with_context(|| format!("cannot write {}", self.record.display()))
    }

    /// Moves the work tree to another folder; dropped, it is gone there.
    pub(super) fn move_to(&mut self, folder: &Path) -> Result<()> {
        fs::rename(&self.root, folder).with_context(|| format!("cannot make {}", folder.display()))?;
        folder.clone_into(&mut self.root);
        Ok(())
    }

    /// Lets the work tree stay: from here on it is the user's.
    pub(super) fn keep(self) -> Result<()> {
        let removed = fs::remove_file(&self.record);
        let removed = removed.with_context(|| format!("cannot remove {}", self.record.display()));
        std::mem::forget(self);
        removed
    }

    /// Runs a git that works here, and notes that it does.
    pub(super) fn output(&self, git: Git) -> Result<Output> {
        git.output_noting(|pid| self.note_child(pid))
    }

    fn succeed(&self, name: &str, git: Git) -> Result<()> {
        let output = self.output(git)?;
        ensure!(output.status.success(), "{}", failure(name, output.status, &output.stderr));
        Ok(())
    }

    /// Returns the git dir of this work tree.
    pub(super) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Returns the tree of what is staged.
    pub(super) fn write_tree(&self) -> Result<Oid> {
        let said = self.git("write-tree").run()?;
        Ok(Oid::from_str(String::from_utf8(said)?.trim())?)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // As `git worktree remove` does; what stays behind, the next run finds by the record.
        let gone = |path: &Path| !path.exists() || fs::remove_dir_all(path).is_ok();
        if gone(&self.root) && gone(&self.git_dir) {
            let _ = fs::remove_file(&self.record);
        }
    }
}

fn run_program(scratch: &Scratch, folder: &str, command: &[String], env: &[(String, String)]) -> Result<()> {
    let Some((program, args)) = command.split_first() else { return Ok(()) };
    let folder = &scratch.root.join(folder);
    // A program with a folder in its name is one of the tree's own.
    let path = if program.contains('/') { folder.join(program) } else { program.into() };
    let mut child = Command::new(path);
    for variable in crate::repo::git::LOCAL_VARIABLES {
        child.env_remove(variable);
    }
    let output = child
        .args(args)
        .current_dir(folder)
        .envs(env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let output = match output {
        Ok(child) => {
            let noted = scratch.note_child(child.id());
            let output = child.wait_with_output();
            noted?;
            output
        }
        Err(error) => Err(error),
    };
    let shown = command.join(" ");
    let problem = match output {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => failure(&shown, output.status, &[output.stdout, output.stderr].concat()),
        Err(error) => format!("`{shown}` cannot be run: {error}"),
    };
    let finding = Finding::error("run-failed", problem)
        .remedy("put right what it says, or take the program out of [[run]]; nothing has been changed");
    Err(Refused::from(finding).into())
}
