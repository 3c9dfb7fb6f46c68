//! Reading several branches, each at its own commit.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use anyhow::{Result, anyhow};

use super::session::Session;
use super::sink::{Progress, Sink};
use super::targets::ChosenBranch;
use crate::git::Repo;
use crate::project::{AskedMembers, Location, Project};

/// Reads the project on each of `targets`, in their order; `changed` are the tracked files that differ
/// from the commit that is checked out. Cargo may have been `asked` about that one, if it is the only one.
///
/// Most of the time is Cargo's, so several branches are read at once, each with a repository of its own:
/// libgit2's cannot be shared between threads.
pub(super) fn read(
    session: &Session<'_>,
    targets: &[ChosenBranch],
    changed: &[String],
    asked: Option<AskedMembers>,
    sink: &mut dyn Sink,
) -> Vec<Result<Project>> {
    let location = &session.context.location;
    if let [only] = targets {
        return vec![read_one(&session.repo, location, only, changed, asked)];
    }
    let workers = thread::available_parallelism().map_or(1, usize::from).min(targets.len());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let work = |sender: mpsc::Sender<(usize, Result<Project>)>| {
        let repo = location.repository();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(target) = targets.get(index) else { break };
            let project = match &repo {
                Ok(repo) => read_one(repo, location, target, changed, None),
                Err(error) => Err(anyhow!("{error:#}")),
            };
            if sender.send((index, project)).is_err() {
                break;
            }
        }
    };
    let mut projects: Vec<Option<Result<Project>>> = targets.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            scope.spawn(|| work(sender));
        }
        drop(sender);
        for (done, (index, project)) in receiver.iter().enumerate() {
            let branch = &targets[index].branch;
            sink.progress(&Progress::Read { branch, done: done + 1, all: targets.len() });
            projects[index] = Some(project);
        }
    });
    projects.into_iter().flatten().collect()
}

fn read_one(
    repo: &Repo,
    location: &Location,
    target: &ChosenBranch,
    changed: &[String],
    asked: Option<AskedMembers>,
) -> Result<Project> {
    match target.is_checked_out {
        true => Project::read(repo, location, target.commit, changed, asked),
        false => Project::read_commit(repo, location, target.commit),
    }
}
