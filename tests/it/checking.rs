//! Running the checks in a sandbox, and the recorded history that they are tried on.

use relprep::rule;

use crate::support::Sandbox;
use crate::tools::recorded_history;

/// What a run of the program printed, and its exit status.
#[derive(Debug)]
pub struct Run {
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// Runs the program at the root of the sandbox's work tree.
pub fn relprep(sandbox: &Sandbox, args: &[&str]) -> Run {
    relprep_with(sandbox, args, &[])
}

/// Runs the program with more environment variables.
pub fn relprep_with(sandbox: &Sandbox, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    let output = command.arg("relprep").args(args).envs(variables.iter().copied()).output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Run {
    /// Checks the exit status, and returns all that was printed.
    #[track_caller]
    pub fn exits(self, status: i32) -> String {
        assert_eq!(self.status, status, "{}{}", self.out, self.err);
        self.out + &self.err
    }

    /// Returns the findings of a JSON report, each as `severity rule`.
    #[track_caller]
    pub fn findings(&self) -> Vec<String> {
        let document: serde_json::Value = serde_json::from_str(&self.out).unwrap();
        let found = document["report"]["findings"].as_array().unwrap_or_else(|| panic!("{document}"));
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        if ["check", "check-msrv"].contains(&&*text(&document["command"])) {
            let is_key =
                |found: &serde_json::Value| rule::CHECKED.iter().any(|rule| found["rule"] == rule.name);
            let others: Vec<_> = found.iter().filter(|found| !is_key(found)).collect();
            assert!(others.is_empty(), "`[check]` cannot name {others:?}");
        }
        found
            .iter()
            .map(|finding| format!("{} {}", text(&finding["severity"]), text(&finding["rule"])))
            .collect()
    }
}

/// The release branches of the recorded history.
pub const BRANCHES: std::ops::RangeInclusive<u32> = 24..=40;

/// Clones the recorded history into a sandbox, or notes that the test is skipped; `main` is checked out.
pub fn clone_history() -> Option<Sandbox> {
    let bundle = recorded_history()?;
    let sandbox = Sandbox::new();
    sandbox.git(["remote", "add", "origin", bundle.to_str().unwrap()]);
    sandbox.git([
        "fetch",
        "--quiet",
        "origin",
        "+refs/heads/*:refs/remotes/origin/*",
        "+refs/tags/*:refs/tags/*",
    ]);
    sandbox.git(["checkout", "--quiet", "main"]);
    Some(sandbox)
}

/// Returns the configuration for a branch of the recorded history.
pub fn configuration(major: u32) -> String {
    let name = if major == 24 { "relprep-24.toml" } else { "relprep.toml" };
    format!("{}/fixtures/wasmtime/{name}", env!("CARGO_MANIFEST_DIR"))
}
