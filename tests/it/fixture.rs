//! The workspaces of `fixtures/`, each committed with real git, and the built program run on them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::environment::CARGO;
use crate::support::Sandbox;

/// The day that every run takes for today.
const DAY: &str = "2024-05-20";

/// A copy of one fixture in a repository of its own, which has been pushed to a bare remote.
pub(crate) struct Fixture {
    pub(crate) sandbox: Sandbox,
}

/// What a run of the program said, without what differs between machines and runs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Fixture {
    /// Commits a copy of `fixtures/<shape>`.
    pub(crate) fn new(shape: &str) -> Self {
        Self::changed(shape, &[])
    }

    /// Commits a copy of `fixtures/<shape>` in which each file of `changes` has had its first text
    /// replaced by the second; a file that is not there is made of the second.
    pub(crate) fn changed(shape: &str, changes: &[(&str, &str, &str)]) -> Self {
        let sandbox = Sandbox::new();
        copy(&fixtures().join(shape), &sandbox.root());
        for (path, old, new) in changes {
            let text = match sandbox.exists(path) {
                true => sandbox.read(path),
                false => (*old).to_owned(),
            };
            assert!(text.contains(old), "{path} has no `{old}`");
            sandbox.write(path, text.replacen(old, new, 1));
        }
        let fixture = Self { sandbox };
        fixture.lay_cargo_home();
        fixture.committed()
    }

    /// Commits a workspace of `packages`, each `name version` with what it depends on, `name requirement`, in
    /// a folder of its name, with the configuration `config` and the lock file that Cargo writes.
    pub(crate) fn made(packages: &[(&str, &[&str])], config: &str) -> Self {
        let fixture = Self { sandbox: Sandbox::new() };
        fixture.lay_cargo_home();
        let write = |path: &str, text: &str| fixture.sandbox.write(path, text);
        let mut members = Vec::new();
        for (package, dependencies) in packages {
            let (name, version) = package.split_once(' ').unwrap();
            let entry = |dependency: &&str| {
                let (name, wanted) = dependency.split_once(' ').unwrap();
                format!("{name} = {{ path = \"../{name}\", version = \"{wanted}\" }}\n")
            };
            let entries: Vec<String> = dependencies.iter().map(entry).collect();
            let title = if entries.is_empty() { "" } else { "\n[dependencies]\n" };
            let package =
                format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n");
            let manifest = format!("{package}{title}{}", entries.concat());
            write(&format!("{name}/Cargo.toml"), &manifest);
            write(&format!("{name}/src/lib.rs"), "");
            members.push(format!("\"{name}\""));
        }
        write("Cargo.toml", &format!("[workspace]\nmembers = [{}]\nresolver = \"2\"\n", members.join(", ")));
        write("relprep.toml", config);
        let output = fixture.command(CARGO).args(["generate-lockfile", "--offline"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fixture.committed()
    }

    fn committed(self) -> Self {
        self.sandbox.commit_all("The workspace as it was");
        let fixture = self;
        fixture.sandbox.git(["init", "--quiet", "--bare", "../remote.git"]);
        fixture.sandbox.git(["remote", "add", "origin", "../remote.git"]);
        fixture.sandbox.git(["push", "--quiet", "origin", "main"]);
        fixture
    }

    /// Configures Cargo so that crates.io is the shelf of the fixtures.
    fn lay_cargo_home(&self) {
        let shelf = fixtures().join("shelf");
        let config = format!(
            "[source.crates-io]\nreplace-with = \"shelf\"\n[source.shelf]\ndirectory = {:?}\n",
            shelf.to_str().unwrap()
        );
        let home = self.sandbox.dir().join("home/cargo");
        fs::create_dir(&home).unwrap();
        fs::write(home.join("config.toml"), config).unwrap();
    }

    /// Returns a command that runs `program` at the root of the work tree on a fixed day.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.sandbox.command(program);
        command
            .env("GIT_AUTHOR_DATE", "2024-05-20T12:00:00 +0000")
            .env("GIT_COMMITTER_DATE", "2024-05-20T12:00:00 +0000");
        command
    }

    /// Runs the program with `args`, separated by spaces, as Cargo does.
    pub(crate) fn run(&self, args: &str) -> Said {
        self.run_in("", args)
    }

    /// Runs the program in a folder of the work tree.
    pub(crate) fn run_in(&self, folder: &str, args: &str) -> Said {
        let mut command = self.program(args);
        let output = command.current_dir(self.sandbox.root().join(folder)).output().unwrap();
        Said {
            status: output.status.code().unwrap(),
            out: self.redacted(&String::from_utf8(output.stdout).unwrap()),
            err: self.redacted(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Returns the program with `args`, separated by spaces, as Cargo runs it.
    pub(crate) fn program(&self, args: &str) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.arg("relprep").args(args.split_whitespace());
        if ["branch", "bump", "rc", "release", "patch"].iter().any(|name| args.starts_with(name))
            && !args.contains("--date")
        {
            command.args(["--date", DAY]);
        }
        command
    }

    /// Runs the program, which must succeed, and checks that it did all that it should and nothing
    /// else: see the functions called. Returns what it printed.
    pub(crate) fn prepare(&self, args: &str) -> String {
        let before = self.state();
        let dry = self.run(&format!("{args} --dry-run"));
        assert_eq!(self.state(), before, "a dry run changed something");
        let first = self.run(args);
        assert_eq!(first.status, 0, "{}\n{}", first.out, first.err);
        assert!(first.out.starts_with(&dry.out), "the dry run said otherwise: {}", dry.out);
        assert_eq!(first.err, dry.err);
        self.undo(&first.out);
        assert_eq!(self.refs(), before.refs, "undone, but not all of it");
        let second = self.run(args);
        assert_eq!(first, second, "the same input, the same output");

        let moved: Vec<String> = self.refs().into_iter().filter(|line| !before.refs.contains(line)).collect();
        assert!(!moved.is_empty(), "nothing was made");
        for line in &moved {
            let name = line.split(' ').next().unwrap();
            self.only_versions_differ(name, &before.head);
            self.cargo_accepts(name);
        }
        assert_eq!(self.sandbox.git(["status", "--porcelain"]), "");
        self.push(&second.out);
        self.sandbox.fsck();
        format!("{}{}", second.err, second.out)
    }

    /// Runs the program, which must refuse with all of `rules` and no other, and checks that nothing
    /// changed. Returns what it printed.
    pub(crate) fn refuses(&self, args: &str, rules: &[&str]) -> String {
        let before = self.state();
        let said = self.run(args);
        assert_eq!(self.state(), before, "refused, but something changed");
        assert_eq!(said.status, 1, "{}", said.err);
        let mut named: Vec<&str> = said
            .err
            .lines()
            .filter_map(|line| line.strip_prefix("error[")?.split_once(']').map(|(rule, _)| rule))
            .collect();
        named.sort_unstable();
        let mut expected = rules.to_vec();
        expected.sort_unstable();
        assert_eq!(named, expected, "{}", said.err);
        assert!(!said.err.contains("panicked"), "{}", said.err);
        let errors = said.err.split("\n\n").filter(|part| part.contains("error["));
        for error in errors {
            assert!(error.contains("= help: "), "no remedy: {error}");
        }
        said.err
    }

    /// Checks that between `before` and `branch` no manifest or lock file has lines that differ in
    /// more than versions, and that what was not text of the plan's is as it was.
    fn only_versions_differ(&self, branch: &str, before: &str) {
        let range = format!("{before}..{branch}");
        for path in self.sandbox.git(["diff", "--name-only", &range]).lines() {
            if !path.ends_with("Cargo.toml") {
                continue;
            }
            let (old, new) = (self.bytes(before, path), self.bytes(branch, path));
            let (old, new): (Vec<_>, Vec<_>) =
                (old.split(|&byte| byte == b'\n').collect(), new.split(|&byte| byte == b'\n').collect());
            assert_eq!(old.len(), new.len(), "{path} has lines more or less");
            for (old, new) in old.iter().zip(&new) {
                assert!(differ_in_a_version(old, new), "{path}: {:?}", String::from_utf8_lossy(new));
            }
        }
    }

    fn bytes(&self, revision: &str, path: &str) -> Vec<u8> {
        self.sandbox.try_git(["cat-file", "blob", &format!("{revision}:{path}")]).stdout
    }

    /// Checks in a clone that every lock file that Cargo reads is as it would write it.
    pub(crate) fn cargo_accepts(&self, branch: &str) {
        let clone = tempfile::Builder::new().prefix("clone").tempdir_in(self.sandbox.dir()).unwrap();
        let folder = clone.path().to_str().unwrap();
        self.sandbox.git(["clone", "--quiet", "--recurse-submodules", "--branch", branch, ".", folder]);
        for lock in self.sandbox.git(["ls-tree", "-r", "--name-only", branch]).lines() {
            let manifest = clone.path().join(lock).with_file_name("Cargo.toml");
            if !lock.ends_with("Cargo.lock") || !is_root(&manifest) {
                continue;
            }
            for args in [&["metadata", "--format-version=1", "--locked"][..], &["update", "--workspace"]] {
                let mut command = self.command(CARGO);
                command.args(args).args(["--offline", "--quiet", "--manifest-path"]).arg(&manifest);
                let output = command.output().unwrap();
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "cargo {args:?} on {branch} in {lock}: {said}");
            }
        }
        assert_eq!(self.sandbox.git(["-C", folder, "diff"]), "", "Cargo would write it otherwise");
    }

    /// Runs the commands that `said` names as those that undo it.
    pub(crate) fn undo(&self, said: &str) {
        let commands = part(said, "\nUndo\n");
        assert!(!commands.is_empty(), "{said}");
        for command in commands {
            // The output of a run is redacted; what it made is known.
            self.shell(&self.restored(command));
        }
        assert_eq!(self.sandbox.git(["status", "--porcelain"]), "");
    }

    fn push(&self, said: &str) {
        let commands = part(said, "\nPush\n");
        assert_eq!(commands.len(), 1, "{said}");
        self.shell(commands[0]);
        let remote = self.sandbox.git(["ls-remote", "--heads", "origin"]);
        for line in self.refs() {
            let (name, commit) = line.split_once(' ').unwrap();
            assert!(remote.contains(&format!("{commit}\trefs/heads/{name}")), "{name} was not pushed");
        }
    }

    fn shell(&self, command: &str) {
        let output = self.command("sh").args(["-c", command]).output().unwrap();
        assert!(output.status.success(), "`{command}`: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Returns the local branches with their commits.
    pub(crate) fn refs(&self) -> Vec<String> {
        let format = "--format=%(refname:short) %(objectname)";
        let refs = self.sandbox.try_git(["for-each-ref", format, "refs/heads"]).stdout;
        String::from_utf8(refs).unwrap().lines().map(str::to_owned).collect()
    }

    /// Returns everything that a run without effect must leave as it is.
    pub(crate) fn state(&self) -> State {
        let mut files = Vec::new();
        let root = self.sandbox.root();
        collect(&root, &root, &mut files);
        files.sort();
        let head = self.sandbox.try_git(["rev-parse", "--verify", "--quiet", "HEAD"]).stdout;
        State { refs: self.refs(), head: String::from_utf8(head).unwrap().trim().to_owned(), files }
    }

    fn redacted(&self, text: &str) -> String {
        let folder = self.sandbox.dir().canonicalize().unwrap();
        let text = text.replace(folder.to_str().unwrap(), "[SANDBOX]");
        let text = text.replace(fixtures().to_str().unwrap(), "[FIXTURES]");
        let mut out = String::with_capacity(text.len());
        for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let is_commit = [10, 40].contains(&digits.len())
                && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let shown = if is_commit { self.commit_name(digits) } else { digits.to_owned() };
            out.push_str(&shown);
            out.push_str(&word[digits.len()..]);
        }
        out
    }

    /// Names a commit by its place: how many there are before it.
    fn commit_name(&self, commit: &str) -> String {
        match self.sandbox.try_git(["rev-list", "--count", "--first-parent", commit]) {
            output if output.status.success() => {
                format!("[COMMIT {}]", String::from_utf8(output.stdout).unwrap().trim())
            }
            _ => "[COMMIT]".to_owned(),
        }
    }

    fn restored(&self, command: &str) -> String {
        let Some((before, rest)) = command.split_once("[COMMIT ") else { return command.to_owned() };
        let (place, after) = rest.split_once(']').unwrap();
        let commits = self.sandbox.git(["rev-list", "--first-parent", "--reverse", "--all"]);
        let count = |commit: &str| self.sandbox.git(["rev-list", "--count", "--first-parent", commit]);
        let named = commits.lines().find(|commit| count(commit) == place).unwrap();
        format!("{before}{named}{after}")
    }
}

/// The branches, HEAD and every file of a repository, its git folder included.
#[derive(PartialEq, Eq)]
pub(crate) struct State {
    refs: Vec<String>,
    head: String,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.files.iter().map(|(path, bytes)| (path, bytes.len())).collect();
        f.debug_struct("State").field("refs", &self.refs).field("files", &names).finish_non_exhaustive()
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        }
        let content = if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        files.push((path.strip_prefix(root).unwrap().to_owned(), content));
    }
}

/// Returns whether the manifest is the root of a workspace, and not a member of the one above.
fn is_root(manifest: &Path) -> bool {
    let text = fs::read_to_string(manifest).unwrap();
    let above = manifest.parent().unwrap().parent().unwrap().join("Cargo.toml");
    text.contains("[workspace]") || !above.is_file()
}

/// Returns the indented lines that follow `title`.
pub(crate) fn part<'a>(said: &'a str, title: &str) -> Vec<&'a str> {
    let Some((_, after)) = said.split_once(title) else { return Vec::new() };
    after.lines().map_while(|line| line.strip_prefix("  ")).collect()
}

fn differ_in_a_version(old: &[u8], new: &[u8]) -> bool {
    let before = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[before..], &new[before..]);
    let after = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let of_version = |byte: &u8| byte.is_ascii_alphanumeric() || b".-=+".contains(byte);
    old[..old.len() - after].iter().all(of_version) && new[..new.len() - after].iter().all(of_version)
}
