//! A sandbox for tests: a folder of its own, and real git in it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use proptest::test_runner::{Config as ProptestConfig, RngSeed};
use tempfile::TempDir;

use crate::environment;

/// A day in 2024, for every commit that a test makes with git.
const DATE: &str = "2024-05-20T12:00:00 +0000";

/// Who makes the commits, and that git does nothing about repositories that do not last.
const CONFIG: &str = "\
[user]
    name = Ann Other
    email = ann@example.org
[core]
    fsync = none
[gc]
    auto = 0
[maintenance]
    auto = false
";

/// A folder that holds a home and a repository.
pub struct Sandbox {
    dir: TempDir,
}

impl Sandbox {
    /// Makes a sandbox with an empty repository whose first branch is `main`.
    pub fn new() -> Self {
        let sandbox = Self::bare_ground();
        fs::create_dir(sandbox.root()).unwrap();
        sandbox.git(["init", "--quiet", "--initial-branch=main"]);
        sandbox
    }

    /// Makes a sandbox without a repository.
    pub fn bare_ground() -> Self {
        let dir = environment::folder();
        fs::create_dir(dir.path().join("home")).unwrap();
        let sandbox = Self { dir };
        fs::write(sandbox.global_config(), CONFIG).unwrap();
        sandbox
    }

    /// Makes a sandbox whose repository has one commit with `files`.
    pub fn with_files<P: AsRef<Path>, C: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, C)>) -> Self {
        let sandbox = Self::new();
        for (path, content) in files {
            sandbox.write(path, content);
        }
        sandbox.commit_all("first");
        sandbox
    }

    /// Makes a sandbox with a copy of all that is in this one.
    pub fn copy(&self) -> Self {
        let dir = environment::folder();
        let mut cp = environment::command("cp", dir.path());
        let status = cp.arg("-a").arg(self.dir().join(".")).arg(dir.path()).status().unwrap();
        assert!(status.success(), "cannot copy {}", self.dir().display());
        Self { dir }
    }

    /// Returns the names of what a run has left in the git dir, but for the file that is locked.
    pub fn left(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root().join(".git/relprep")).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name != "lock").collect()
    }

    /// Returns the folder that holds everything.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Returns the root of the repository's work tree.
    pub fn root(&self) -> PathBuf {
        self.dir.path().join("repo")
    }

    /// Returns the file that is git's global configuration.
    pub fn global_config(&self) -> PathBuf {
        self.dir.path().join("home/gitconfig")
    }

    /// Returns a command that runs `program` at the root of the work tree, with the sandbox's home.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = environment::command(program, &self.dir().join("home"));
        command.current_dir(self.root());
        command
    }

    /// Runs git and returns what it printed, without the final line end.
    ///
    /// # Panics
    ///
    /// If git fails.
    pub fn git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        let output = self.try_git(args);
        assert!(output.status.success(), "git failed: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end_matches('\n').to_owned()
    }

    /// Runs git and returns what became of it.
    pub fn try_git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        self.command("git")
            .args(args)
            .env("GIT_AUTHOR_DATE", DATE)
            .env("GIT_COMMITTER_DATE", DATE)
            .output()
            .unwrap()
    }

    /// Writes a file of the work tree, and the folders above it.
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Returns the content of a file of the work tree.
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        String::from_utf8(fs::read(self.root().join(path)).unwrap()).unwrap()
    }

    /// Returns whether there is something at `path` in the work tree.
    pub fn exists(&self, path: impl AsRef<Path>) -> bool {
        fs::symlink_metadata(self.root().join(path)).is_ok()
    }

    /// Commits all files of the work tree.
    pub fn commit_all(&self, message: &str) {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "--no-verify", "--no-gpg-sign", "-m", message]);
    }

    /// Returns the commit that `revision` names, in hexadecimal.
    pub fn rev(&self, revision: &str) -> String {
        self.git(["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")])
    }

    /// Makes a hook of the repository from a shell script, and returns where it lies.
    pub fn hook(&self, name: &str, script: &str) -> PathBuf {
        let path = self.root().join(".git/hooks").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_executable(&path, &format!("#!/bin/sh\n{script}\n"));
        path
    }

    /// Returns what a user can see of the repository: refs, what is staged, and every file of the
    /// work tree with its content.
    pub fn everything(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        collect(&self.root(), &self.root(), &mut all);
        all.push(("refs".into(), self.git(["for-each-ref"]).into()));
        all.push(("HEAD".into(), fs::read(self.root().join(".git/HEAD")).unwrap()));
        all.push(("staged".into(), self.git(["ls-files", "--stage", "-v"]).into()));
        all
    }

    /// Checks that git finds the repository whole.
    pub fn fsck(&self) {
        self.git(["fsck", "--strict", "--no-dangling", "--no-progress"]);
    }
}

/// Collects the files below `folder`, but for git's.
fn collect(root: &Path, folder: &Path, all: &mut Vec<(String, Vec<u8>)>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries.into_iter().filter(|path| path.file_name() != Some(OsStr::new(".git"))) {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        let found = fs::symlink_metadata(&path).unwrap();
        if found.is_dir() {
            collect(root, &path, all);
        } else if found.is_symlink() {
            all.push((name, fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()));
        } else {
            all.push((name, fs::read(&path).unwrap()));
        }
    }
}

/// Writes a file that can be executed.
pub fn write_executable(path: &Path, content: &str) {
    fs::write(path, content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Returns how properties are tested: what is found is found in every run, and nothing is written.
pub fn repeatable() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(15), ..ProptestConfig::default() }
}
