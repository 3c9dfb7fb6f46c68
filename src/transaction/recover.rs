//! Finishes what a killed run has begun, or takes it back.

use anyhow::Result;

use crate::finding::{Finding, Refused};
use crate::git::{RefName, Repo};
use crate::rule;
use crate::transaction::apply::Direction;
use crate::transaction::git_lock::GitLock;
use crate::transaction::journal::Journal;
use crate::transaction::lock::RunLock;

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
        let Some(journal) = self.read_journal()? else { return Ok(Vec::new()) };
        let elsewhere = journal.work_tree.as_ref().filter(|tree| tree.root != self.root);
        match elsewhere.and_then(|tree| Some((git2::Repository::open(&tree.root).ok()?, &tree.root))) {
            Some((git, root)) => Self::new(git, root.clone()).settle_left(&journal),
            None => self.settle_left(&journal),
        }
    }

    /// Settles what a dead run has left; this is its work tree, if that is still there.
    fn settle_left(&self, journal: &Journal) -> Result<Vec<Finding>> {
        self.remove_left_locks(journal.names())?;
        if let Some(tree) = &journal.work_tree {
            GitLock::remove_left(&tree.index, &self.run_lock())?;
        }
        let direction = self.direction(journal)?;
        let mut findings = vec![verdict(journal, direction)];
        findings.extend(self.settle(journal, direction)?);
        Ok(findings)
    }

    /// Returns the end to which the journal belongs: forward if any of its refs has arrived, or has
    /// even gone on from there.
    fn direction(&self, journal: &Journal) -> Result<Direction> {
        for one in &journal.refs {
            if let (Some(new), Some(now)) = (one.new, self.ref_value(&one.name)?)
                && Some(now) != one.old
                && (new == now || self.git.graph_descendant_of(now, new).unwrap_or(false))
            {
                return Ok(Direction::Forward);
            }
        }
        Ok(Direction::Back)
    }
}

fn verdict(journal: &Journal, direction: Direction) -> Finding {
    let title = &journal.title;
    match direction {
        Direction::Forward => {
            let refs = journal.names().map(RefName::as_str).collect::<Vec<_>>().join(" and ");
            let message = format!("`{title}` was interrupted after {refs} had moved; it is complete now");
            Finding::of(rule::COMPLETED, message)
        }
        Direction::Back => Finding::of(
            rule::TAKEN_BACK,
            format!("`{title}` was interrupted before any ref had moved; nothing of it remains"),
        )
        .remedy("run it again"),
    }
}
