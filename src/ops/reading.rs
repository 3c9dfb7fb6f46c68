//! Reading several branches, each at its own commit.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use anyhow::{Result, anyhow};

use super::session::Session;
use super::sink::{Progress, Sink};
use super::targets::ChosenBranch;
use crate::git::{Refs, Repo};
use crate::project::{AskedMembers, Location, Project};

/// Reads the project on each of `targets`, in their order; `changed` are the tracked files that differ
/// from the commit that is checked out. Cargo may have been `asked` about that one, if it is the only one.
///
/// Most of the time is Cargo's, so several branches are read at once. libgit2's repositories cannot be
/// shared between threads.
pub(super) fn read(
    (session, refs): (&Session<'_>, &Refs),
    targets: &[ChosenBranch],
    changed: &[String],
    asked: Option<AskedMembers>,
    sink: &mut dyn Sink,
) -> Vec<Result<Project>> {
    let location = &session.context.location;
    if let [only] = targets {
        return vec![read_one((&session.repo, refs), location, only, changed, asked)];
    }
    let commits: Vec<_> = targets.iter().map(|target| target.commit).collect();
    // Where that fails, reading says so of each branch.
    let _ = Project::prefetch(&session.repo, &commits);
    let read = |repo: &Repo, target: &ChosenBranch| read_one((repo, refs), location, target, changed, None);
    in_threads(location, targets, read, |done, target| {
        sink.progress(&Progress::Read { branch: &target.branch, done, all: targets.len() });
    })
}

/// Does `work` for each of `items`, several at once, each thread with a repository of its own at `location`;
/// returns what comes of each, in their order. `done` is told how many are done, and which came last.
pub(super) fn in_threads<I: Sync, T: Send>(
    location: &Location,
    items: &[I],
    work: impl Fn(&Repo, &I) -> Result<T> + Sync,
    mut done: impl FnMut(usize, &I),
) -> Vec<Result<T>> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let run = |sender: mpsc::Sender<(usize, Result<T>)>| {
        let repo = location.repository();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break };
            let result = match &repo {
                Ok(repo) => work(repo, item),
                Err(error) => Err(anyhow!("{error:#}")),
            };
            if sender.send((index, result)).is_err() {
                break;
            }
        }
    };
    let mut results: Vec<Option<Result<T>>> = items.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            scope.spawn(|| run(sender));
        }
        drop(sender);
        for (count, (index, result)) in receiver.iter().enumerate() {
            done(count + 1, &items[index]);
            results[index] = Some(result);
        }
    });
    results.into_iter().flatten().collect()
}

fn read_one(
    sources: (&Repo, &Refs),
    location: &Location,
    target: &ChosenBranch,
    changed: &[String],
    asked: Option<AskedMembers>,
) -> Result<Project> {
    match target.is_checked_out {
        true => Project::read(sources, location, target.commit, changed, asked),
        false => Project::read_commit(sources, location, target.commit),
    }
}
