//! Runs the user's own git: the only place in which a git process is started.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::finding::{Finding, Refused};
use crate::repo::Repo;

/// The variables by which git is told where its repository lies (`git rev-parse --local-env-vars`).
const LOCAL_VARIABLES: [&str; 13] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// One call of git: its arguments are given one by one and no shell sees them.
pub(super) struct Git {
    command: Command,
    name: String,
    input: Vec<u8>,
}

impl Repo {
    /// Prepares a call of git in the repository and at the root of its work tree.
    pub(super) fn user_git(&self, subcommand: &str) -> Git {
        let mut git = Git::new(&self.root, &[], subcommand);
        if std::env::var_os("GIT_DIR").is_some() || std::env::var_os("GIT_WORK_TREE").is_some() {
            // They may be relative to the folder in which this program was started.
            git.command.env("GIT_DIR", self.git.path()).env("GIT_WORK_TREE", &self.root);
        }
        if std::env::var_os("GIT_INDEX_FILE").is_some()
            && let Ok(index) = self.git.index()
            && let Some(path) = index.path()
        {
            git.command.env("GIT_INDEX_FILE", path);
        }
        git
    }
}

impl Git {
    fn new(dir: &Path, before: &[&str], subcommand: &str) -> Self {
        let mut command = Command::new("git");
        command.current_dir(dir).args(before).arg(subcommand);
        Self { command, name: format!("git {subcommand}"), input: Vec::new() }
    }

    /// Prepares a call of git in another work tree, `dir`, whatever repository the environment
    /// names; `before` stands in front of the subcommand.
    pub(super) fn elsewhere(dir: &Path, before: &[&str], subcommand: &str) -> Self {
        let mut git = Self::new(dir, before, subcommand);
        for variable in LOCAL_VARIABLES {
            git.command.env_remove(variable);
        }
        git
    }

    pub(super) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(super) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub(super) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives what git is to read from its standard input.
    pub(super) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Runs git and returns what it printed.
    ///
    /// # Errors
    ///
    /// If it fails, with what it said.
    pub(super) fn run(self) -> Result<Vec<u8>> {
        let name = self.name.clone();
        let output = self.output()?;
        if !output.status.success() {
            bail!("{}", failure(&name, output.status, &output.stderr));
        }
        Ok(output.stdout)
    }

    /// Runs git and returns what became of it, failed or not.
    ///
    /// # Errors
    ///
    /// If it cannot be run.
    pub(super) fn output(mut self) -> Result<Output> {
        let stdin = if self.input.is_empty() { Stdio::null() } else { Stdio::piped() };
        self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| not_started(&error))?;
        let pipe = child.stdin.take();
        let input = self.input;
        std::thread::scope(|scope| {
            if let Some(mut pipe) = pipe {
                // A git that ends early closes the pipe; its exit status tells the rest.
                scope.spawn(move || pipe.write_all(&input));
            }
            child.wait_with_output()
        })
        .with_context(|| format!("cannot wait for `{}`", self.name))
    }

    /// Starts git with pipes for a conversation.
    pub(super) fn spawn(mut self) -> Result<Child> {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().map_err(|error| not_started(&error))
    }
}

/// Says in one message that a program failed, and what it said.
pub(super) fn failure(name: &str, status: ExitStatus, stderr: &[u8]) -> String {
    let said = String::from_utf8_lossy(stderr);
    match said.trim() {
        "" => format!("`{name}` failed ({status})"),
        said => format!("`{name}` failed: {said}"),
    }
}

fn not_started(error: &io::Error) -> anyhow::Error {
    Refused::from(
        Finding::error("git-not-started", format!("git cannot be started: {error}"))
            .remedy("install git, and see whether `git --version` works here"),
    )
    .into()
}
