//! A forge: it runs the jobs of workflows, each in a clone of its own of a real remote, with the real program. Only
//! what would leave the machine is stood in for, and records what it was asked.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::environment;
use crate::fixture::Fixture;
use crate::support::write_executable;
use crate::tools::Tool;

/// Cargo: this program on the day of the run; all else is recorded.
const CARGO: &str = r#"#!/bin/sh
if [ "$1" != relprep ]; then echo "cargo $*" >> "$CALLS"; exit; fi
case $2 in
  ci) exec cargo-relprep "$@" ;;
  *) exec cargo-relprep "$@" --date "$DAY" ;;
esac
"#;

const RUSTUP: &str = "#!/bin/sh\necho \"rustup $*\" >> \"$CALLS\"\n";

/// `gh`, which takes the options that its manual has for what is used of it, and no other.
const GH: &str = r#"#!/bin/sh
set -eu
: "${GH_TOKEN:?}"
wrong() { echo "gh: $*" >&2; exit 2; }
case "$1 $2" in
  'pr create')
    draft=; shift 2
    while [ $# -gt 0 ]; do
      case $1 in
        --draft) draft=' (draft)'; shift ;;
        --base) base=$2; shift 2 ;;
        --head) head=$2; shift 2 ;;
        --title) title=$2; shift 2 ;;
        --body-file) [ -s "$2" ] || wrong "no body"; cat "$2" >> "$CALLS.bodies"; shift 2 ;;
        *) wrong "unknown flag $1" ;;
      esac
    done
    git ls-remote --exit-code origin "refs/heads/$head" > /dev/null || wrong "no branch $head"
    git ls-remote --exit-code origin "refs/heads/$base" > /dev/null || wrong "no branch $base"
    echo "$head into $base: $title$draft" >> "$CALLS" ;;
  'pr comment') [ "$4" = --body ] || wrong "unknown flag $4"; echo "comment on $3" >> "$CALLS" ;;
  'workflow run') [ "$4" = --ref ] || wrong "unknown flag $4"; echo "run $3 at $5" >> "$CALLS" ;;
  'api repos/'*) cat "$PULLS" ;;
  *) wrong "unknown command $*" ;;
esac
"#;

/// The remote of a fixture, and the machines that run its workflows.
pub(super) struct Forge {
    pub(super) fixture: Fixture,
    python: OsString,
    /// What the names of files begin with.
    prefix: &'static str,
    runs: Cell<usize>,
}

/// What a workflow is run for.
#[derive(Clone, Copy, Default)]
pub(super) struct Event<'a> {
    /// The day.
    pub(super) day: &'a str,
    /// The branch or tag.
    pub(super) at: &'a str,
    /// What expressions are worth, by their text; those that are not listed are not known.
    pub(super) values: &'a [(&'a str, &'a str)],
    /// Variables that tell of the event.
    pub(super) variables: &'a [(&'a str, &'a str)],
    /// The pull requests of the commit, as the forge's interface describes them.
    pub(super) pulls: &'a str,
}

/// What became of a job.
#[derive(Debug)]
pub(super) struct JobRun {
    /// The names of the steps that failed.
    pub(super) failed: Vec<String>,
    /// What was asked of the forge and of Cargo, but for the installation.
    pub(super) calls: Vec<String>,
    /// What pull requests say.
    pub(super) bodies: String,
    /// What the steps printed.
    pub(super) log: String,
    /// What the job gives to others.
    pub(super) outputs: String,
}

impl JobRun {
    /// Returns the calls of a job that must succeed.
    pub(super) fn calls(&self) -> Vec<&str> {
        assert_eq!(self.failed, [""; 0], "{}", self.log);
        self.calls.iter().map(String::as_str).collect()
    }
}

/// A job while it runs.
struct Machine<'a> {
    forge: &'a Forge,
    event: &'a Event<'a>,
    folder: PathBuf,
    temp: PathBuf,
    /// The folder in which the shells of the workflow run.
    within: String,
    run: JobRun,
}

impl Forge {
    /// Writes the workflows of a fixture, and pushes them; nothing where a tool is missing.
    pub(super) fn new(fixture: Fixture) -> Option<Self> {
        let python = Tool::Python.find()?;
        Tool::Jq.find()?;
        let said = fixture.run("ci github");
        assert_eq!(said.status, 0, "{}{}", said.out, said.err);
        fixture.sandbox.commit_all("Let a forge release");
        fixture.sandbox.git(["push", "--quiet", "origin", "main"]);
        let bin = fixture.sandbox.dir().join("bin");
        fs::create_dir(&bin).unwrap();
        for (name, script) in [("cargo", CARGO), ("rustup", RUSTUP), ("gh", GH)] {
            write_executable(&bin.join(name), script);
        }
        Some(Self { fixture, python, prefix: "relprep-", runs: Cell::new(0) })
    }

    /// Takes the workflows of another workspace of the repository, whose files begin with `prefix`.
    pub(super) fn of(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// Returns YAML files as JSON.
    pub(super) fn yaml(&self, paths: &[PathBuf]) -> Vec<Value> {
        let mut command = self.fixture.command(&self.python);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/yaml_to_json.py")).args(paths);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Runs a job of the workflow `name`.
    pub(super) fn run(&self, name: &str, job: &str, event: Event<'_>) -> JobRun {
        let number = self.runs.replace(self.runs.get() + 1);
        let folder = self.fixture.sandbox.dir().join(format!("machine{number}"));
        let temp = self.fixture.sandbox.dir().join(format!("temp{number}"));
        fs::create_dir(&temp).unwrap();
        fs::write(temp.join("pulls"), event.pulls).unwrap();
        let run = JobRun {
            failed: Vec::new(),
            calls: Vec::new(),
            bodies: String::new(),
            log: String::new(),
            outputs: String::new(),
        };
        let mut machine = Machine { forge: self, event: &event, folder, temp, within: String::new(), run };
        machine.clone_remote();
        let [workflow] =
            &self.yaml(&[machine.folder.join(format!(".github/workflows/{}{name}.yml", self.prefix))])[..]
        else {
            panic!("no workflow {name}")
        };
        let within = workflow["defaults"]["run"]["working-directory"].as_str().unwrap_or_default();
        machine.within = machine.filled(within, &BTreeMap::new());
        machine.steps(&workflow["jobs"][job]["steps"], &BTreeMap::new());
        machine.end()
    }

    /// Merges a branch of the remote into another as one commit, as the forge does, and returns that.
    pub(super) fn merge(&self, head: &str, base: &str, day: &str) -> String {
        let git = |args: &[&str]| {
            let mut command = self.fixture.command("git");
            let date = format!("{day}T12:00:00 +0000");
            command.args(args).env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        };
        git(&["fetch", "--quiet", "--prune", "origin"]);
        git(&["switch", "--quiet", "--force-create", base, &format!("origin/{base}")]);
        git(&[
            "merge",
            "--quiet",
            "--no-ff",
            "--message",
            &format!("Merge {head}"),
            &format!("origin/{head}"),
        ]);
        git(&["push", "--quiet", "origin", base]);
        self.fixture.sandbox.rev("HEAD")
    }

    /// Returns the refs of the remote, by their full names, without what begins with `refs/`.
    pub(super) fn refs(&self) -> Vec<String> {
        let refs = self.fixture.sandbox.git(["ls-remote", "--refs", "origin"]);
        refs.lines().map(|line| line.split("refs/").nth(1).unwrap().to_owned()).collect()
    }
}

impl Machine<'_> {
    fn git(&self, args: &[&str]) {
        let output =
            self.forge.fixture.command("git").arg("-C").arg(&self.folder).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Makes the clone that the checkout will be in; it knows no default branch, as that of the action.
    fn clone_remote(&self) {
        let remote = self.forge.fixture.sandbox.dir().join("remote.git");
        let mut clone = self.forge.fixture.command("git");
        assert!(clone.args(["clone", "--quiet"]).arg(remote).arg(&self.folder).status().unwrap().success());
        self.git(&["remote", "set-head", "origin", "--delete"]);
        self.check_out(self.event.at);
    }

    fn check_out(&self, at: &str) {
        let is_tag = self.forge.refs().contains(&format!("tags/{at}"));
        match is_tag {
            true => self.git(&["checkout", "--quiet", "--detach", at]),
            false => self.git(&["checkout", "--quiet", "-B", at, &format!("origin/{at}")]),
        }
    }

    fn steps(&mut self, steps: &Value, inputs: &BTreeMap<String, String>) {
        for step in steps.as_array().unwrap() {
            if !self.is_run(step, inputs) {
                continue;
            }
            let uses = step["uses"].as_str().unwrap_or_default();
            if let Some(action) = uses.strip_prefix("./") {
                let with = self.evaluated(&step["with"], inputs);
                let [action] = &self.forge.yaml(&[self.folder.join(action).join("action.yml")])[..] else {
                    panic!()
                };
                let action = action.clone();
                self.steps(&action["runs"]["steps"], &with);
            } else if uses.starts_with("actions/checkout@") {
                if let Some(at) = step["with"]["ref"].as_str() {
                    self.check_out(at);
                }
            } else if step["run"].is_string() && !self.shell(step, inputs) {
                self.run.failed.push(step["name"].as_str().unwrap().to_owned());
            }
        }
    }

    /// Decides about a step by its condition: what goes beyond the state of the job is among the event's values.
    fn is_run(&self, step: &Value, inputs: &BTreeMap<String, String>) -> bool {
        let has_failed = !self.run.failed.is_empty();
        match step["if"].as_str() {
            None => !has_failed,
            Some("failure()") => has_failed,
            Some("${{ !cancelled() }}") => true,
            Some("steps.cache.outputs.cache-hit != 'true'") => self.forge.runs.get() == 1,
            Some(condition) => {
                let bare = condition.trim_start_matches("${{ ").trim_end_matches(" }}");
                let rest = bare.strip_prefix("!cancelled() && ");
                (rest.is_some() || !has_failed) && self.value(rest.unwrap_or(bare), inputs) == "true"
            }
        }
    }

    fn evaluated(&self, table: &Value, inputs: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let entries = table.as_object().into_iter().flatten();
        entries.map(|(key, value)| (key.clone(), self.filled(value.as_str().unwrap(), inputs))).collect()
    }

    /// Returns a text with what its expressions are worth.
    fn filled(&self, text: &str, inputs: &BTreeMap<String, String>) -> String {
        let Some((before, rest)) = text.split_once("${{ ") else { return text.to_owned() };
        let (expression, after) = rest.split_once(" }}").unwrap();
        format!("{before}{}{}", self.value(expression, inputs), self.filled(after, inputs))
    }

    fn value(&self, expression: &str, inputs: &BTreeMap<String, String>) -> String {
        let stated = self.event.values.iter().find(|(text, _)| *text == expression);
        if let Some((_, value)) = stated {
            return (*value).to_owned();
        }
        match expression {
            "runner.temp" => self.temp.to_str().unwrap().to_owned(),
            "github.token" | "secrets.RELPREP_TOKEN || github.token" => "a token".to_owned(),
            "github.ref_name" => self.event.at.to_owned(),
            "github.server_url" => "https://github.com".to_owned(),
            "github.repository" => "clockwork/tower".to_owned(),
            "github.run_id" => "1".to_owned(),
            _ => {
                let input = expression.strip_prefix("inputs.").and_then(|name| inputs.get(name));
                input.unwrap_or_else(|| panic!("nothing says what `{expression}` is worth")).clone()
            }
        }
    }

    /// Runs the shell of a step as a runner does; returns whether it succeeded.
    fn shell(&mut self, step: &Value, inputs: &BTreeMap<String, String>) -> bool {
        let script = self.temp.join("script.sh");
        fs::write(&script, step["run"].as_str().unwrap()).unwrap();
        let folder = step["working-directory"].as_str().map(|folder| self.filled(folder, inputs));
        let mut bash = self.command("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(script)
            .envs(self.evaluated(&step["env"], inputs));
        bash.current_dir(folder.map_or_else(|| self.folder.join(&self.within), PathBuf::from));
        let output = bash.output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        let _ = write!(self.run.log, "== {}\n{}{}", step["name"], said[0], said[1]);
        output.status.success()
    }

    fn command(&self, program: &str) -> Command {
        let sandbox = &self.forge.fixture.sandbox;
        let mut command = self.forge.fixture.command(program);
        let built = Path::new(env!("CARGO_BIN_EXE_cargo-relprep")).parent().unwrap();
        let date = format!("{}T12:00:00 +0000", self.event.day);
        command.env("PATH", environment::path(&[&sandbox.dir().join("bin"), built]));
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date).env("DAY", self.event.day);
        command.env("CALLS", self.temp.join("calls")).env("PULLS", self.temp.join("pulls"));
        command.env("RUNNER_TEMP", &self.temp).env("GITHUB_REPOSITORY", "clockwork/tower");
        command.env("GITHUB_OUTPUT", self.temp.join("outputs")).env("GITHUB_PATH", self.temp.join("path"));
        command.env("GITHUB_SHA", sandbox.git(["-C", self.folder.to_str().unwrap(), "rev-parse", "HEAD"]));
        command.envs(self.event.variables.iter().copied());
        command
    }

    fn end(mut self) -> JobRun {
        let read = |name: &str| fs::read_to_string(self.temp.join(name)).unwrap_or_default();
        let is_set_up = |line: &&str| !(line.starts_with("rustup ") || line.contains(" install "));
        self.run.calls = read("calls").lines().filter(is_set_up).map(str::to_owned).collect();
        self.run.bodies = read("calls.bodies");
        self.run.outputs = read("outputs");
        self.run
    }
}
