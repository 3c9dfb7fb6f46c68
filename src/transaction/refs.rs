//! Moves refs: all of them in one step of the user's own git, or none.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout};
use std::thread::JoinHandle;

use anyhow::{Context, Result, anyhow};
use git2::Oid;

use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::git::command::failure;
use crate::rule;

/// One ref, from what it must be now to what it becomes; `None` means that it does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefMove {
    /// The name in full: `refs/heads/main`.
    pub(crate) name: String,
    pub(crate) old: Option<Oid>,
    pub(crate) new: Option<Oid>,
}

impl RefMove {
    /// Returns the move that takes this one back.
    pub(crate) fn reversed(&self) -> Self {
        Self { name: self.name.clone(), old: self.new, new: self.old }
    }

    /// Returns the line of git-update-ref(1) that makes the move.
    fn command(&self) -> String {
        let name = &self.name;
        match (self.old, self.new) {
            (None, Some(new)) => format!("create {name}\0{new}\0"),
            (Some(old), None) => format!("delete {name}\0{old}\0"),
            (Some(old), Some(new)) if old == new => format!("verify {name}\0{old}\0"),
            (Some(old), Some(new)) => format!("update {name}\0{new}\0{old}\0"),
            // An empty value would mean "any": only zeros say that the ref must not exist.
            (None, None) => format!("verify {name}\0{}\0", Oid::ZERO_SHA1),
        }
    }
}

/// A transaction of `git update-ref` that holds the locks of its refs; nothing has moved yet.
///
/// Dropped, or left alone by a process that dies, it takes its locks away and moves nothing.
pub(crate) struct Prepared {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    stderr: Option<JoinHandle<Vec<u8>>>,
}

impl Repo {
    /// Locks the refs of `moves` and checks that each is at its old value.
    ///
    /// # Errors
    ///
    /// A refusal if git does not do so: a ref was moved or is locked by someone else, or a hook
    /// says no.
    pub(crate) fn prepare_refs(&self, moves: &[RefMove], reason: &str) -> Result<Prepared> {
        let prepared = Prepared::start(self, reason)?;
        self.note_git(prepared.child.id())?;
        prepared.lock(moves)
    }

    /// Finds out whether the refs are at their old values and nobody holds their locks.
    pub(crate) fn try_refs(&self, moves: &[RefMove]) -> Result<()> {
        Prepared::start(self, "relprep: recover")?.lock(moves).map(drop)
    }
}

impl Prepared {
    fn start(repo: &Repo, reason: &str) -> Result<Self> {
        let mut child = repo.user_git("update-ref").args(["--stdin", "-z", "-m", reason]).spawn()?;
        let (Some(stdin), Some(stdout), Some(mut stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(anyhow!("`git update-ref` was started without pipes"));
        };
        // Hooks may say more than a pipe holds.
        let stderr = std::thread::spawn(move || {
            let mut said = Vec::new();
            let _ = stderr.read_to_end(&mut said);
            said
        });
        Ok(Self { child, stdin: Some(stdin), stdout: BufReader::new(stdout), stderr: Some(stderr) })
    }

    fn lock(mut self, moves: &[RefMove]) -> Result<Self> {
        let mut commands = b"start\0".to_vec();
        for one in moves {
            commands.extend_from_slice(one.command().as_bytes());
        }
        commands.extend_from_slice(b"prepare\0");
        if self.say(&commands, &["start: ok", "prepare: ok"]) {
            return Ok(self);
        }
        let names: Vec<&str> = moves.iter().map(|one| one.name.as_str()).collect();
        Err(Refused::from(
            Finding::of(
                rule::REF_NOT_LOCKED,
                format!("git refuses to move {}: {}", names.join(", "), self.failure()),
            )
            .remedy("see that no other git process works here, then run this again"),
        )
        .into())
    }

    /// Moves the refs.
    ///
    /// # Errors
    ///
    /// If git fails in the middle; how far it came is then for the caller to find out.
    pub(crate) fn commit(mut self) -> Result<()> {
        if self.say(b"commit\0", &["commit: ok"]) {
            drop(self.stdin.take());
            self.child.wait().context("cannot wait for `git update-ref`")?;
            return Ok(());
        }
        Err(anyhow!("{}", self.failure()))
    }

    /// Sends `commands` and returns whether git gave these answers.
    fn say(&mut self, commands: &[u8], answers: &[&str]) -> bool {
        let Some(stdin) = &mut self.stdin else { return false };
        // A git that refuses closes the pipe: its answer is missing then.
        if stdin.write_all(commands).and_then(|()| stdin.flush()).is_err() {
            return false;
        }
        answers.iter().all(|answer| {
            let mut line = String::new();
            self.stdout.read_line(&mut line).is_ok() && line.trim_end() == *answer
        })
    }

    fn failure(&mut self) -> String {
        drop(self.stdin.take());
        let status = self.child.wait();
        let said = self.stderr.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        match status {
            Ok(status) => failure("git update-ref", status, &said),
            Err(error) => format!("cannot wait for `git update-ref`: {error}"),
        }
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // The end of its input makes git abort and remove its locks.
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}
