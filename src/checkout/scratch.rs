//! Scratch work trees: full checkouts of an edited tree, outside the user's, for programs that must
//! see it before it is published.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use git2::{Delta, Oid};
use serde::{Deserialize, Serialize};

use crate::checkout::linked::HandLine;
use crate::finding::{Finding, Place, Refused};
use crate::git::command::{Git, failure};
use crate::git::{CommitId, Repo};
use crate::path::RepoPath;
use crate::transaction::journal::{path_bytes, path_of};
use crate::transaction::process::{Life, Process};
use crate::transaction::{NewFile, step};

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
///
/// Its record is locked while this is there, and by what runs in the work tree, which has the record
/// for its standard input: so the system knows whether anything of the run still lives.
pub(crate) struct Scratch {
    root: PathBuf,
    git_dir: PathBuf,
    record: PathBuf,
    /// The open record, at its end.
    lock: File,
}

/// What the state folder says of a scratch work tree, so that the next run can remove a dead one's.
#[derive(Serialize, Deserialize)]
pub(crate) struct Record {
    process: Process,
    root: Vec<u8>,
    /// What the work tree is to become, once it is ready.
    #[serde(skip)]
    pub(crate) hand: Option<HandLine>,
}

impl Record {
    /// Reads the record of a scratch work tree: a line, and a second one with what it is to become.
    /// Returns nothing if the file is no record, or has no whole line.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        if !is_record(path) {
            return None;
        }
        let text = fs::read_to_string(path).ok()?;
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let mut record: Self = serde_json::from_str(lines.next()?).ok()?;
        record.hand = lines.next().and_then(|line| serde_json::from_str(line).ok());
        Some(record)
    }

    /// Returns whether the run that made the record at `path` is dead, and all that it has started.
    pub(crate) fn is_dead(&self, path: &Path) -> bool {
        let is_free = || match File::open(path).map(|file| file.try_lock()) {
            Ok(Ok(()) | Err(TryLockError::Error(_))) => true,
            Ok(Err(TryLockError::WouldBlock)) | Err(_) => false,
        };
        self.process.life() == Life::Dead && is_free()
    }

    /// Returns the folder that the work tree was made in.
    pub(crate) fn root(&self) -> Result<PathBuf> {
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
    pub(crate) fn scratch(&self, parent: Oid, tree: Oid) -> Result<Scratch> {
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
    pub(crate) fn scratch_for_hand(&self, parent: &Path, start: Oid) -> Result<Scratch> {
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
        let parent = fs::canonicalize(parent)?;
        // The record comes first: there is no folder of which the next run does not know.
        let made = tempfile::Builder::new().prefix(FOLDER).make_in(&parent, |root| {
            let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let record = state.join(format!("{RECORD}{name}"));
            let mut lock = File::options().read(true).write(true).create_new(true).open(&record)?;
            // Without locks, the process alone tells whether the run lives.
            let _ = lock.lock();
            let line = Record { process: Process::current(), root: path_bytes(root), hand: None };
            let written = write_line(&mut lock, &line).and_then(|()| make_folder(root));
            if let Err(error) = written {
                let _ = fs::remove_file(&record);
                return Err(error);
            }
            let git_dir = self.git.commondir().join("worktrees").join(&name);
            Ok(Scratch { root: root.to_owned(), git_dir, record, lock })
        });
        let made = made.with_context(|| format!("cannot make a scratch folder in {}", parent.display()))?;
        // Its folder is the scratch's to remove.
        let (scratch, path) = made.into_parts();
        let _ = path.keep();
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
    pub(crate) fn survivors(&self) -> Vec<Finding> {
        let Ok(entries) = fs::read_dir(self.state_dir()) else { return Vec::new() };
        let finding = |path: PathBuf| {
            let record = Record::read(&path)?;
            (record.process.life() == Life::Dead && !record.is_dead(&path)).then(|| {
                let message = "what an interrupted run has started is still at work in its own folder";
                Finding::warning("still-running", message).remedy("run any command once it has ended")
            })
        };
        entries.flatten().filter_map(|entry| finding(entry.path())).collect()
    }

    /// Removes a scratch work tree whose record this is, if the run that made it is dead.
    pub(crate) fn sweep_scratch(&self, path: &Path) {
        let Some(record) = Record::read(path) else {
            // It has no line yet, and no folder; or it never will have.
            if File::open(path).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(path);
            }
            return;
        };
        let (Ok(root), true) = (record.root(), record.is_dead(path)) else { return };
        if let Some(name) = root.file_name().filter(|name| name.to_string_lossy().starts_with(FOLDER))
            && record.arrived().is_none()
            && let Ok(lock) = File::open(path)
        {
            let git_dir = self.git.commondir().join("worktrees").join(name);
            drop(Scratch { root, git_dir, record: path.to_owned(), lock });
        }
    }
}

fn write_line(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    file.write_all(&bytes)
}

/// Makes a folder that is nobody else's.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Returns whether a file of the state folder is the record of a scratch work tree.
pub(crate) fn is_record(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(RECORD))
}

impl Scratch {
    /// Prepares a call of git in this work tree.
    pub(crate) fn git(&self, subcommand: &'static str) -> Git {
        Git::elsewhere(&self.root, subcommand)
    }

    /// Returns the root of this work tree.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Notes what the work tree is to become.
    pub(crate) fn note(&mut self, hand: &HandLine) -> Result<()> {
        write_line(&mut self.lock, hand).with_context(|| format!("cannot write {}", self.record.display()))
    }

    /// Moves the work tree to another folder; dropped, it is gone there.
    pub(crate) fn move_to(&mut self, folder: &Path) -> Result<()> {
        fs::rename(&self.root, folder).with_context(|| format!("cannot make {}", folder.display()))?;
        folder.clone_into(&mut self.root);
        Ok(())
    }

    /// Lets the work tree stay: from here on it is the user's.
    pub(crate) fn keep(self) -> Result<()> {
        let this = std::mem::ManuallyDrop::new(self);
        fs::remove_file(&this.record).with_context(|| format!("cannot remove {}", this.record.display()))
    }

    /// Runs a git that works here.
    pub(crate) fn output(&self, git: Git) -> Result<Output> {
        git.stdin(self.pulse()?).output()
    }

    /// Returns the standard input of what runs here: nothing to read, and the lock.
    fn pulse(&self) -> Result<Stdio> {
        Ok(self.lock.try_clone().context("cannot share the record of a scratch folder")?.into())
    }

    fn succeed(&self, name: &str, git: Git) -> Result<()> {
        let output = self.output(git)?;
        ensure!(output.status.success(), "{}", failure(name, output.status, &output.stderr));
        Ok(())
    }

    /// Returns the git dir of this work tree.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Returns the tree of what is staged.
    pub(crate) fn write_tree(&self) -> Result<Oid> {
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
    for variable in crate::git::command::LOCAL_VARIABLES {
        child.env_remove(variable);
    }
    let output = child
        .args(args)
        .current_dir(folder)
        .envs(env.iter().map(|(name, value)| (name, value)))
        .stdin(scratch.pulse()?)
        .output();
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
