//! Linked work trees: scratch trees of our own, and conflicts that a person resolves; and what needs
//! them around a transaction.

mod hooks;
pub mod linked;
pub mod scratch;

use anyhow::Result;

use crate::checkout::hooks::CommitHooks;
use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::transaction::values::{Hooks, Publication, Published};

impl Repo {
    /// Makes commits and refs, and brings index and work tree along where their branch moves.
    ///
    /// # Errors
    ///
    /// After any error the repository is as it was, unless the error says otherwise. A refusal says
    /// what stands in the way: a branch that exists or has moved, a file that would be overwritten,
    /// a hook, a lock.
    pub fn publish(&self, publication: &Publication, hooks: Hooks) -> Result<Published> {
        let lock = self.begin()?;
        let hooks = CommitHooks::find(self, hooks)?;
        let mut published = match &hooks {
            Some(hooks) => self.carry_out(publication, Some(&|draft| hooks.edit(self, &lock, draft)))?,
            None => self.carry_out(publication, None)?,
        };
        published.findings.extend(self.after_commit(&published)?);
        Ok(published)
    }

    /// Completes or takes back what an interrupted run has left, and says so; without such a run,
    /// returns nothing.
    ///
    /// Where the refs had moved, work tree and index follow; where they had not, nothing remains. A
    /// ref or a file that someone else has changed since is left alone and named.
    ///
    /// # Errors
    ///
    /// If the state cannot be told: a ref is locked by another process, the journal is damaged.
    pub fn recover(&self) -> Result<Vec<Finding>> {
        if !self.has_leftovers() {
            return Ok(Vec::new());
        }
        let lock = match self.lock() {
            Ok(lock) => lock,
            Err(error) => match error.downcast::<Refused>() {
                // That run will finish by itself.
                Ok(busy) => return Ok(busy.0.into_iter().map(Finding::as_warning).collect()),
                Err(error) => return Err(error),
            },
        };
        let mut findings = self.settle_manual_trees(&lock)?;
        findings.extend(self.sweep(&lock));
        findings.extend(self.finish(&lock)?);
        Ok(findings)
    }
}
