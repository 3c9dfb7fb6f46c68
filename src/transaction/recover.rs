//! Finishes what a killed run has begun, or takes it back.

use std::fs;

use anyhow::Result;
use git2::Oid;

use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::rule;
use crate::transaction::apply::Direction;
use crate::transaction::journal::Journal;
use crate::transaction::lock::RunLock;
use crate::transaction::refs::RefMove;

/// How often the refs of an interrupted run are asked for; git itself waits for a lock for
/// `core.filesRefLockTimeout`, 100 ms by default.
pub(crate) const ATTEMPTS: u32 = 10;

impl Repo {
    /// Makes sure that no run is in the middle of something.
    ///
    /// # Errors
    ///
    /// A refusal if one is, or was when it ended; a failure if its journal cannot be read.
    pub fn check_finished(&self) -> Result<()> {
        let Some(journal) = self.read_journal()? else { return Ok(()) };
        let message = format!("`{}` was interrupted and is not finished", journal.title);
        let remedy = "run any command but a dry run: it finishes that, or takes it back";
        Err(Refused::from(Finding::of(rule::UNFINISHED, message).remedy(remedy)).into())
    }

    /// Completes or takes back the publication that an interrupted run has left, and says so.
    ///
    /// # Errors
    ///
    /// If the state cannot be told: a ref is locked by another process, the journal is damaged.
    pub(crate) fn finish(&self, _: &RunLock) -> Result<Vec<Finding>> {
        let Some(journal) = self.read_journal()? else {
            self.forget_git();
            return Ok(Vec::new());
        };
        let values = self.hold_still(&journal)?;
        let direction = self.direction(&journal, &values);
        let mut findings = vec![verdict(&journal, direction)];
        findings.extend(self.settle(&journal, direction)?);
        Ok(findings)
    }

    /// Returns the values of the journal's refs once no process of the interrupted run can move them
    /// any more.
    ///
    /// Its git may have outlived it. It moves refs only while it holds their locks, and takes no
    /// locks after the end of its input: so once these locks can be had, it is done.
    fn hold_still(&self, journal: &Journal) -> Result<Vec<Option<Oid>>> {
        let mut attempts = 1;
        loop {
            if self.is_git_dead() {
                self.remove_dead_ref_locks(&journal.refs, journal.work_tree.is_some());
            }
            let mut held = Vec::new();
            for one in &journal.refs {
                let now = self.ref_value(&one.name)?;
                held.push(RefMove { name: one.name.clone(), old: now, new: now });
            }
            match self.try_refs(&held) {
                Ok(()) => return Ok(held.into_iter().map(|one| one.old).collect()),
                Err(error) if attempts == ATTEMPTS => return Err(error),
                // It was just moving them, or still is.
                Err(_) => attempts += 1,
            }
        }
    }

    /// Removes the lock files that the run's git has left if it was killed with it: they hold the
    /// value that only this run was about to set; with HEAD's, if that leads to one of them.
    pub(crate) fn remove_dead_ref_locks(&self, refs: &[RefMove], with_head: bool) {
        let common = self.git.commondir();
        for one in refs {
            let lock = common.join(format!("{}.lock", one.name));
            let held = fs::read_to_string(&lock).ok();
            let is_ours = held.is_some_and(|text| one.new.is_some_and(|new| text.trim() == new.to_string()));
            if is_ours && fs::remove_file(&lock).is_ok() {
                let head_lock = self.git.path().join("HEAD.lock");
                // Taken together with the branch's, for the reflog, and always empty.
                if with_head && fs::metadata(&head_lock).is_ok_and(|found| found.len() == 0) {
                    let _ = fs::remove_file(head_lock);
                }
            }
        }
    }

    /// Returns the end to which the journal belongs: forward if any of its refs has arrived, or has
    /// even gone on from there.
    fn direction(&self, journal: &Journal, values: &[Option<Oid>]) -> Direction {
        let has_arrived = |(one, now): (&RefMove, &Option<Oid>)| match (one.new, *now) {
            (Some(new), Some(now)) if Some(now) != one.old => {
                new == now || self.git.graph_descendant_of(now, new).unwrap_or(false)
            }
            _ => false,
        };
        let any = journal.refs.iter().zip(values).any(has_arrived);
        if any { Direction::Forward } else { Direction::Back }
    }
}

fn verdict(journal: &Journal, direction: Direction) -> Finding {
    let title = &journal.title;
    match direction {
        Direction::Forward => {
            let refs: Vec<&str> = journal.refs.iter().map(|one| one.name.as_str()).collect();
            let message = format!(
                "`{title}` was interrupted after {} had moved; it is complete now",
                refs.join(" and ")
            );
            Finding::of(rule::COMPLETED, message)
        }
        Direction::Back => Finding::of(
            rule::TAKEN_BACK,
            format!("`{title}` was interrupted before any ref had moved; nothing of it remains"),
        )
        .remedy("run it again"),
    }
}
