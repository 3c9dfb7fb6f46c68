//! The recorded release history, where it lies beside the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// One recorded step.
pub(crate) struct Step {
    pub(crate) kind: String,
    pub(crate) version: String,
    pub(crate) date: String,
    pub(crate) branch: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// A clone of the recorded history, and its steps.
pub(crate) struct History {
    dir: TempDir,
    pub(crate) steps: Vec<Step>,
}

impl History {
    /// Returns the history, or says that the test is skipped without it.
    pub(crate) fn get() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/history");
        let Ok(cases) = std::fs::read_to_string(folder.join("cases.tsv")) else {
            println!("skipped: there is no recorded history in {}", folder.display());
            return None;
        };
        let dir = tempfile::Builder::new().prefix("relprep history ").tempdir().unwrap();
        let history = Self { dir, steps: cases.lines().filter_map(step).collect() };
        git(
            history.dir.path(),
            &["clone", "--quiet", "--mirror", folder.join("wasmtime.bundle").to_str().unwrap(), "store"],
        );
        let root = history.root();
        git(history.dir.path(), &["init", "--quiet", "--initial-branch=unborn", "repo"]);
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
        git(&self.root(), &["update-ref", &format!("refs/heads/{branch}"), commit]);
    }

    /// Runs git in the repository, and returns what it printed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        git(&self.root(), args)
    }
}

/// Returns the configuration that the project keeps for this history.
pub(crate) fn config() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml")
}

fn step(line: &str) -> Option<Step> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [kind, version, date, branch, _, before, after] = cells[..] else { return None };
    (kind != "# kind").then(|| Step {
        kind: kind.to_owned(),
        version: version.to_owned(),
        date: date.to_owned(),
        branch: branch.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
    })
}

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann Other", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
