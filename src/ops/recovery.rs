//! What every command does first in a repository: put right what an interrupted run has left.

use anyhow::Result;

use super::sink::Sink;
use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::rule;

/// What a command is about to do in the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Write to it.
    Write,
    /// Show what it would write, and write nothing.
    Show,
    /// Read it.
    Read,
}

/// Completes or takes back what an interrupted run has left, and says so.
///
/// # Errors
///
/// A refusal before a dry run, which writes nothing and would show a state that is about to change;
/// before a command that writes, whatever keeps the state from being put right. Where a command only
/// reads, that is said and is not an error.
pub fn recover(repo: &Repo, purpose: Purpose, sink: &mut dyn Sink) -> Result<()> {
    let findings = match purpose {
        Purpose::Show => return repo.check_finished(),
        Purpose::Write => repo.recover()?,
        Purpose::Read => repo.recover().unwrap_or_else(not_put_right),
    };
    for finding in &findings {
        sink.finding(finding);
    }
    Ok(())
}

fn not_put_right(error: anyhow::Error) -> Vec<Finding> {
    match error.downcast::<Refused>() {
        Ok(Refused(findings)) => findings.into_iter().map(Finding::as_warning).collect(),
        Err(error) => {
            let message = format!("what an interrupted run has left cannot be put right: {error:#}");
            let remedy = "see that you may write to the repository, and run this again";
            vec![Finding::of(rule::UNFINISHED, message).as_warning().remedy(remedy)]
        }
    }
}
