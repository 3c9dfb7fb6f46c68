//! The first parents of commits, each read once: far back several readers share the way.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use git2::{Odb, Oid, Repository};

/// How many readers there are at most.
const READERS: usize = 4;

/// What a walk along first parents needs of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WalkStep {
    /// The first parent.
    pub(super) parent: Option<Oid>,
    /// The time of the commit.
    pub(super) seconds: i64,
    /// Whether it has more parents.
    pub(super) is_merge: bool,
}

/// The commits that were read.
#[derive(Debug, Default)]
pub(super) struct FirstParents(RefCell<HashMap<Oid, WalkStep>>);

impl FirstParents {
    /// Returns what a walk along first parents needs of `commit`.
    pub(super) fn step(&self, git: &Repository, commit: Oid) -> Result<WalkStep> {
        if let Some(known) = self.0.borrow().get(&commit) {
            return Ok(*known);
        }
        let found = git.find_commit(commit)?;
        let (parent, is_merge) = (found.parent_id(0).ok(), found.parent_count() > 1);
        let step = WalkStep { parent, seconds: found.time().seconds(), is_merge };
        self.0.borrow_mut().insert(commit, step);
        Ok(step)
    }

    /// Reads the first parents of `tips` ahead, back to the first that is older than `until`, by several readers:
    /// where the branches of a trunk begin all along it, each has a part of it to read.
    ///
    /// What cannot be read is left for whoever asks for it.
    pub(super) fn read_ahead(&self, git: &Repository, tips: &[Oid], until: i64) {
        let is_later = |tip: &&Oid| self.step(git, **tip).is_ok_and(|step| step.seconds >= until);
        let tips: Vec<Oid> = tips.iter().filter(is_later).copied().collect();
        // What the history is cut off at has parents that are not here.
        if tips.is_empty() || git.is_shallow() {
            return;
        }
        let readers =
            std::thread::available_parallelism().map_or(1, usize::from).min(READERS).min(tips.len());
        let (next, read) = (AtomicUsize::new(0), Mutex::new(HashMap::new()));
        let folder = git.path();
        std::thread::scope(|scope| {
            for _ in 0..readers {
                scope.spawn(|| {
                    let Ok(git) = Repository::open(folder) else { return };
                    let Ok(odb) = git.odb() else { return };
                    while let Some(tip) = tips.get(next.fetch_add(1, Ordering::Relaxed)) {
                        read_from(&odb, *tip, until, &read);
                    }
                });
            }
        });
        self.0.borrow_mut().extend(read.into_inner().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Reads on until somebody else has read what follows.
fn read_from(odb: &Odb<'_>, tip: Oid, until: i64, read: &Mutex<HashMap<Oid, WalkStep>>) {
    let lock =
        || -> MutexGuard<'_, HashMap<Oid, WalkStep>> { read.lock().unwrap_or_else(PoisonError::into_inner) };
    let mut next = Some(tip);
    while let Some(id) = next.filter(|id| !lock().contains_key(id)) {
        let Some(step) = odb.read(id).ok().and_then(|object| parse(object.data())) else { return };
        lock().insert(id, step);
        next = step.parent.filter(|_| step.seconds >= until);
    }
}

/// Reads the header of a commit: `None` where it is not as git writes it.
fn parse(data: &[u8]) -> Option<WalkStep> {
    let mut parents = Vec::new();
    for line in data.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty()) {
        if let Some(parent) = line.strip_prefix(b"parent ") {
            parents.push(Oid::from_str(std::str::from_utf8(parent).ok()?).ok()?);
        } else if let Some(committer) = line.strip_prefix(b"committer ") {
            let end = committer.iter().rposition(|byte| *byte == b'>')?;
            let time = std::str::from_utf8(&committer[end + 1..]).ok()?;
            let seconds = time.split_whitespace().next()?.parse().ok()?;
            return Some(WalkStep { parent: parents.first().copied(), seconds, is_merge: parents.len() > 1 });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_a_commit_is_read_as_git_writes_it() {
        let id = |digit: &str| digit.repeat(40);
        let commit = |parents: &[String], committer: &str| {
            let parents = parents.iter().map(|id| format!("parent {id}\n")).collect::<Vec<_>>().concat();
            let header = format!("tree {}\n{parents}author A <a@b> 1 +0000\n{committer}\n", id("a"));
            parse(format!("{header}gpgsig x\n y\n\nparent {}\ncommitter B <b> 9 +0000\n", id("c")).as_bytes())
        };
        let oid = |digit: &str| Oid::from_str(&id(digit)).unwrap();
        let step = |parent, seconds, is_merge| Some(WalkStep { parent, seconds, is_merge });
        let ann = "committer Ann > O <a@example.org> 1700000000 +0100";
        assert_eq!(commit(&[], ann), step(None, 1_700_000_000, false));
        assert_eq!(commit(&[id("1")], "committer A <> -5 -0330"), step(Some(oid("1")), -5, false));
        assert_eq!(commit(&[id("1"), id("2")], ann), step(Some(oid("1")), 1_700_000_000, true));
        assert_eq!(commit(&[id("1")], "committer nobody"), None);
        assert_eq!(commit(&["zz".to_owned()], ann), None);
    }
}
