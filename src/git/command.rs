//! Runs the user's own git: the only place in which a git process is started.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::rule;

/// The variables by which git is told where its repository lies (`git rev-parse --local-env-vars`).
pub(crate) const LOCAL_VARIABLES: [&str; 13] = [
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
pub(crate) struct Git {
    /// Folder and environment; the arguments come last.
    command: Command,
    config: Vec<OsString>,
    subcommand: &'static str,
    args: Vec<OsString>,
    input: Vec<u8>,
    stdin: Option<Stdio>,
}

impl Repo {
    /// Prepares a call of git in the repository and at the root of its work tree.
    pub(crate) fn user_git(&self, subcommand: &'static str) -> Git {
        let mut git = Git::new(&self.root, subcommand);
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
    fn new(dir: &Path, subcommand: &'static str) -> Self {
        let mut command = Command::new("git");
        command.current_dir(dir);
        Self { command, config: Vec::new(), subcommand, args: Vec::new(), input: Vec::new(), stdin: None }
    }

    /// Prepares a call of git in another work tree, `dir`, whatever repository the environment
    /// names.
    pub(crate) fn elsewhere(dir: &Path, subcommand: &'static str) -> Self {
        let mut git = Self::new(dir, subcommand);
        for variable in LOCAL_VARIABLES {
            git.command.env_remove(variable);
        }
        git
    }

    /// Sets a key of git's configuration, for this call only.
    pub(crate) fn config(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        let mut setting = OsString::from(key);
        setting.push("=");
        setting.push(value);
        self.config.extend(["-c".into(), setting]);
        self
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives what git is to read from its standard input.
    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Gives git a standard input, in place of one that is empty.
    pub(crate) fn stdin(mut self, stdin: Stdio) -> Self {
        self.stdin = Some(stdin);
        self
    }

    /// Runs git and returns what it printed.
    ///
    /// # Errors
    ///
    /// If it fails, with what it said.
    pub(crate) fn run(self) -> Result<Vec<u8>> {
        let subcommand = self.subcommand;
        let output = self.output()?;
        if !output.status.success() {
            bail!("{}", failure(&format!("git {subcommand}"), output.status, &output.stderr));
        }
        Ok(output.stdout)
    }

    /// Runs git and returns what became of it, failed or not.
    ///
    /// # Errors
    ///
    /// If it cannot be run.
    pub(crate) fn output(mut self) -> Result<Output> {
        let input = std::mem::take(&mut self.input);
        let stdin = match self.stdin.take() {
            Some(stdin) => stdin,
            None if input.is_empty() => Stdio::null(),
            None => Stdio::piped(),
        };
        let subcommand = self.subcommand;
        let mut child = self.start(stdin)?;
        let pipe = child.stdin.take();
        std::thread::scope(|scope| {
            if let Some(mut pipe) = pipe {
                // A git that ends early closes the pipe; its exit status tells the rest.
                scope.spawn(move || pipe.write_all(&input));
            }
            child.wait_with_output()
        })
        .with_context(|| format!("cannot wait for `git {subcommand}`"))
    }

    fn start(mut self, stdin: Stdio) -> Result<Child> {
        self.command.args(self.config).arg(self.subcommand).args(self.args);
        self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().map_err(|error| not_started(&error))
    }
}

/// Says in one message that a program failed, and what it said.
pub(crate) fn failure(name: &str, status: ExitStatus, stderr: &[u8]) -> String {
    let said = String::from_utf8_lossy(stderr);
    match said.trim() {
        "" => format!("`{name}` failed ({status})"),
        said => format!("`{name}` failed: {said}"),
    }
}

fn not_started(error: &io::Error) -> anyhow::Error {
    Refused::from(
        Finding::of(rule::GIT_NOT_STARTED, format!("git cannot be started: {error}"))
            .remedy("install git, and see whether `git --version` works here"),
    )
    .into()
}
