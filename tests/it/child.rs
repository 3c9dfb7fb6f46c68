//! Calls of the library in a process of their own: with the sandbox's environment, and mortal.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use relprep::checkout::scratch::ProgramRun;
use relprep::finding::Refused;
use relprep::git::{BranchName, CommitId, Moment, Preferred, Repo};
use relprep::path::RepoPath;
use relprep::transaction::values::{Hooks, NewCommit, NewFile, Publication};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::Sandbox;

/// Tells the requests of one test from each other.
static NEXT: AtomicU32 = AtomicU32::new(0);

const REQUEST: &str = "RELPREP_TEST_REQUEST";
const ANSWER: &str = "RELPREP_TEST_ANSWER";

/// What the child is to do, and where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    pub dir: PathBuf,
    pub action: Action,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Action {
    Publish(Making),
    Recover,
    /// Runs a shell script on the edited tree of the first commit of the making.
    Scratch(Making, String),
    /// Pushes branches to a remote, or to the one that git chooses for the first.
    Push(Option<String>, Vec<String>),
}

/// A publication on the branches of the sandbox, as a test says it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Making {
    pub commits: Vec<Commit>,
    /// Branches to make at HEAD.
    pub branches: Vec<String>,
    pub no_verify: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Commit {
    pub branch: String,
    /// The branch at which it starts; HEAD without it.
    pub parent: Option<String>,
    pub files: Vec<(String, String)>,
    pub message: String,
    /// A revision whose author is kept.
    pub origin: Option<String>,
}

impl Making {
    /// One commit.
    pub fn commit(branch: &str, files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, content)| ((*path).into(), (*content).into())).collect();
        let commit =
            Commit { branch: branch.into(), files, message: "Release it".into(), ..Commit::default() };
        Self { commits: vec![commit], ..Self::default() }
    }

    /// And a new branch at HEAD.
    pub fn and_branch(mut self, name: &str) -> Self {
        self.branches.push(name.into());
        self
    }

    /// And what `other` makes.
    pub fn and(mut self, other: Self) -> Self {
        self.commits.extend(other.commits);
        self.branches.extend(other.branches);
        self
    }
}

/// What became of a request.
#[derive(Debug)]
pub struct Answer(Value);

impl Answer {
    /// Returns the rules of the findings of a refusal, in their order.
    pub fn refused(&self) -> Vec<&str> {
        let findings = self.0["refused"].as_array().unwrap_or_else(|| panic!("no refusal: {}", self.0));
        findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
    }

    /// Returns the rules of the findings that came with a success.
    pub fn said(&self) -> Vec<&str> {
        let findings = self.0["findings"].as_array().unwrap_or_else(|| panic!("failed: {}", self.0));
        findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
    }

    /// Returns whether it went well.
    pub fn is_fine_at_all(&self) -> bool {
        self.0["findings"].is_array()
    }

    /// Returns all that was answered, as text.
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// Checks that it went well, with nothing to say.
    #[track_caller]
    pub fn is_fine(&self) {
        assert_eq!(self.said(), [""; 0], "{}", self.0);
    }

    /// Checks that it failed, and did not even say a refusal.
    #[track_caller]
    pub fn failed(&self) -> &str {
        self.0["failed"].as_str().unwrap_or_else(|| panic!("no failure: {}", self.0))
    }
}

impl Sandbox {
    /// Publishes in the repository.
    pub fn publish(&self, making: Making) -> Answer {
        self.ask(Action::Publish(making))
    }

    /// Recovers the repository.
    pub fn recover(&self) -> Answer {
        self.ask(Action::Recover)
    }

    pub fn ask(&self, action: Action) -> Answer {
        answer(&mut self.child(&self.root(), action), self)
    }

    /// Returns the command that carries out `action` in `dir`; run it with [`answer`].
    pub fn child(&self, dir: &Path, action: Action) -> Command {
        let request = self.dir().join(format!("request {}", NEXT.fetch_add(1, Ordering::Relaxed)));
        fs::write(&request, serde_json::to_vec(&Request { dir: dir.to_owned(), action }).unwrap()).unwrap();
        let mut command = self.command(std::env::current_exe().unwrap());
        command.args(["--exact", "child::acts_on_request", "--nocapture", "--test-threads=1"]);
        command.env(REQUEST, request).env(ANSWER, self.dir().join("answer"));
        command
    }
}

/// Runs the child and returns its answer.
pub fn answer(command: &mut Command, sandbox: &Sandbox) -> Answer {
    let path = sandbox.dir().join("answer");
    let _ = fs::remove_file(&path);
    let output = command.output().unwrap();
    let answer = fs::read(&path).unwrap_or_else(|_| {
        let said = [output.stdout, output.stderr].concat();
        panic!("the child did not answer: {}", String::from_utf8_lossy(&said))
    });
    Answer(serde_json::from_slice(&answer).unwrap())
}

/// The child that other tests start; without a request from one of them it has nothing to do.
#[test]
fn acts_on_request() {
    let Some(request) = std::env::var_os(REQUEST) else { return };
    let request: Request = serde_json::from_slice(&fs::read(request).unwrap()).unwrap();
    let answer = match act(&request) {
        Ok(value) => value,
        Err(error) => match error.downcast_ref::<Refused>() {
            Some(refused) => json!({ "refused": refused.0, "message": format!("{error:#}") }),
            None => json!({ "failed": format!("{error:#}") }),
        },
    };
    fs::write(std::env::var_os(ANSWER).unwrap(), answer.to_string()).unwrap();
}

fn act(request: &Request) -> anyhow::Result<Value> {
    let repo = Repo::discover(&request.dir)?;
    match &request.action {
        Action::Recover => Ok(json!({ "findings": repo.recover()? })),
        Action::Push(remote, branches) => {
            let remote = match remote {
                Some(remote) => remote.clone(),
                None => repo.refs(Preferred::default())?.branches.push_remote(&branches[0])?.to_owned(),
            };
            repo.push(
                &remote,
                &branches.iter().map(|name| branch_name(name)).collect::<Vec<_>>(),
                Hooks::Run,
            )?;
            Ok(json!({ "findings": [] }))
        }
        Action::Scratch(making, script) => {
            let publication = publication(&repo, making);
            let commands = [vec!["sh".to_owned(), "-c".to_owned(), script.clone()]];
            let files = repo.run_in_scratch(&ProgramRun {
                parent: publication.commits[0].parent,
                files: &publication.commits[0].files,
                commands: &commands,
                folder: "",
                env: &[("RELPREP_VERSION".to_owned(), "2.0.0".to_owned())],
            })?;
            let files: Vec<_> =
                files.iter().map(|file| (&file.path, String::from_utf8_lossy(&file.content))).collect();
            Ok(json!({ "findings": [], "files": files }))
        }
        Action::Publish(making) => {
            let hooks = if making.no_verify { Hooks::Skip } else { Hooks::Run };
            let published = repo.publish(&publication(&repo, making), hooks)?;
            Ok(json!({
                "findings": published.findings,
                "commits": published.commits,
                "branches": published.branches,
            }))
        }
    }
}

fn branch_name(name: &str) -> BranchName {
    BranchName::new(name).unwrap()
}

fn publication(repo: &Repo, making: &Making) -> Publication {
    let at = |branch: Option<&String>| -> CommitId {
        match branch {
            Some(name) => repo.resolve(&format!("refs/heads/{name}")).unwrap().unwrap(),
            None => repo.head().unwrap().commit().unwrap(),
        }
    };
    let commits = making.commits.iter().map(|commit| NewCommit {
        branch: branch_name(&commit.branch),
        from: repo
            .resolve(&format!("refs/heads/{}", commit.branch))
            .unwrap()
            .map(|_| at(commit.parent.as_ref())),
        parent: at(commit.parent.as_ref()),
        tree: None,
        files: commit
            .files
            .iter()
            .map(|(path, content)| NewFile {
                path: RepoPath::new(path).unwrap(),
                content: content.clone().into_bytes(),
            })
            .collect(),
        message: commit.message.clone(),
        origin: commit.origin.as_deref().map(|revision| repo.commits_of(revision).unwrap()[0]),
    });
    Publication {
        title: "branch 2.0.0".into(),
        moment: Moment::new(1_716_206_400, 0),
        commits: commits.collect(),
        branches: making.branches.iter().map(|name| (branch_name(name), at(None))).collect(),
        tags: Vec::new(),
    }
}
