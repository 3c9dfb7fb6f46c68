//! The recorded release history, where it lies beside the repository.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::environment;
use crate::tools::recorded_history;

/// One recorded step.
pub(crate) struct Step {
    pub(crate) kind: String,
    pub(crate) version: String,
    pub(crate) date: String,
    pub(crate) branch: String,
    /// The release branch that was made, of a cut.
    pub(crate) new_branch: Option<String>,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// A clone of the recorded history, and its steps.
pub(crate) struct History {
    dir: TempDir,
    pub(crate) steps: Vec<Step>,
}

impl History {
    /// Returns the history, or notes that the test is skipped without it.
    pub(crate) fn get() -> Option<Self> {
        let bundle = recorded_history()?;
        let cases = std::fs::read_to_string(bundle.with_file_name("cases.tsv")).unwrap();
        let dir = environment::folder();
        let history = Self { dir, steps: cases.lines().filter_map(step).collect() };
        history.git_in("", &["clone", "--quiet", "--mirror", bundle.to_str().unwrap(), "store"]);
        let root = history.root();
        history.git_in("", &["init", "--quiet", "--initial-branch=unborn", "repo"]);
        let alternates = root.join(".git/objects/info/alternates");
        let objects = history.dir.path().join("store/objects");
        std::fs::write(alternates, format!("{}\n", objects.display())).unwrap();
        Some(history)
    }

    /// Returns the root of a repository that has all objects and no branch.
    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().join("repo")
    }

    /// Makes `branch` point at `commit`.
    pub(crate) fn set_branch(&self, branch: &str, commit: &str) {
        self.git(&["update-ref", &format!("refs/heads/{branch}"), commit]);
    }

    /// Lays out all branches and tags as they were when `day` began, the branches that were patched on
    /// it right before that, and checks the trunk out. Returns the patches of the day.
    pub(crate) fn lay_out(&self, day: &str) -> Vec<&Step> {
        let until = format!("--before={day}T00:00:00Z");
        let tip = |branch: &str| self.store(&["rev-list", "-1", "--first-parent", &until, branch]);
        let mut refs = format!("update refs/heads/main {}\n", tip("main"));
        let format = "--format=%(refname) %(objectname) %(committerdate:format-local:%Y-%m-%d)";
        for tag in self.store(&["for-each-ref", format, "refs/tags"]).lines() {
            let [name, commit, date] = tag.split(' ').collect::<Vec<_>>()[..] else { panic!("{tag}") };
            if date < day {
                writeln!(refs, "update {name} {commit}").unwrap();
            }
        }
        let patches: Vec<&Step> =
            self.steps.iter().filter(|step| step.kind == "patch" && step.date == day).collect();
        for cut in self.steps.iter().filter(|step| step.date.as_str() < day) {
            let Some(branch) = &cut.new_branch else { continue };
            let patched = patches.iter().find(|step| step.branch == *branch);
            let at = patched.map_or_else(|| tip(branch), |step| step.before.clone());
            writeln!(refs, "update refs/heads/{branch} {at}").unwrap();
        }
        let file = self.dir.path().join("refs");
        std::fs::write(&file, refs).unwrap();
        let mut update = self.command("git", "repo");
        update.args(["update-ref", "--stdin"]).stdin(std::fs::File::open(file).unwrap());
        let output = update.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.git(&["checkout", "--quiet", "--force", "main"]);
        patches
    }

    fn store(&self, args: &[&str]) -> String {
        self.git_in("store", args)
    }

    /// Returns a command that runs the program on this history, with the project's configuration.
    pub(crate) fn program(&self, args: &[&str]) -> Command {
        let mut command = self.plain_program(args);
        command.arg("--config").arg(config());
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_DATE"), "2025-12-31T12:00:00 +0000");
        }
        command
    }

    /// Returns a command that runs the program on this history, without a configuration.
    pub(crate) fn plain_program(&self, args: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_cargo-relprep"), "repo");
        command.arg("relprep").args(args);
        command
    }

    /// Runs git in the repository, and returns what it printed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.git_in("repo", args)
    }

    fn git_in(&self, folder: &str, args: &[&str]) -> String {
        let output = self.command("git", folder).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    fn command(&self, program: &str, folder: &str) -> Command {
        let mut command = environment::command(program, self.dir.path());
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ann Other");
            command.env(format!("GIT_{who}_EMAIL"), "ann@example.org");
        }
        command.current_dir(self.dir.path().join(folder));
        command
    }
}

/// Returns the configuration that the project keeps for this history.
pub(crate) fn config() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml")
}

fn step(line: &str) -> Option<Step> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [kind, version, date, branch, new_branch, before, after] = cells[..] else { return None };
    (kind != "# kind").then(|| Step {
        kind: kind.to_owned(),
        version: version.to_owned(),
        date: date.to_owned(),
        branch: branch.to_owned(),
        new_branch: (new_branch != "-").then(|| new_branch.to_owned()),
        before: before.to_owned(),
        after: after.to_owned(),
    })
}
