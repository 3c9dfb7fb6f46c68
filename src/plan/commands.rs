//! The plan of each command.

use crate::finding::Finding;
use crate::plan::cut::{self, TipHistory};
use crate::plan::{Command, Plan, Request, carry, maintain};

/// Plans what `command` does; `before` is what came before the tip of the branch.
///
/// # Errors
///
/// Every reason why it cannot be done.
pub fn plan(request: &Request<'_>, command: Command, before: &TipHistory) -> Result<Plan, Vec<Finding>> {
    match command {
        Command::Branch => cut::plan(request, before),
        Command::Bump => maintain::bump(request, &before.notes),
        Command::Rc => maintain::candidate(request),
        Command::Release => maintain::release(request),
        Command::Patch => maintain::patch(request),
        // What is to come from other branches is read by who asks for it.
        Command::Notes => carry::plan(request, &[]),
    }
}
