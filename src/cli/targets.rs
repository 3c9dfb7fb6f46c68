//! Which branches a command prepares.

use anyhow::Result;
use globset::Glob;

use crate::finding::{Finding, Refused};
use crate::plan::preconditions;
use crate::repo::{CommitId, Head, Refs};

/// The branches that are asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Targets {
    /// Prepare this branch, whatever is checked out; a glob, and may be repeated
    #[arg(long = "branch", value_name = "GLOB")]
    branches: Vec<String>,
}

/// A branch that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Its short name.
    pub(super) branch: String,
    /// Its tip.
    pub(super) commit: CommitId,
    /// Whether it is checked out.
    pub(super) is_checked_out: bool,
}

impl Targets {
    /// Returns the branches that are meant: those that were asked for, or the one that is checked
    /// out.
    ///
    /// # Errors
    ///
    /// Every glob that matches no local branch; no branch at all.
    pub(super) fn select(&self, head: &Head, refs: &Refs) -> Result<Vec<Target>, Refused> {
        if self.branches.is_empty() {
            let branch = preconditions::checked_out(head)?;
            return Ok(refs
                .local
                .get(branch)
                .map(|commit| target(branch, *commit, head))
                .into_iter()
                .collect());
        }
        let mut findings = Vec::new();
        let mut targets: Vec<Target> = Vec::new();
        for text in &self.branches {
            let matcher = match Glob::new(text) {
                Ok(glob) => glob.compile_matcher(),
                Err(error) => {
                    findings.push(Finding::error("branch-glob", error.to_string()));
                    continue;
                }
            };
            let before = targets.len();
            let matching = refs.local.iter().filter(|(name, _)| *name == text || matcher.is_match(name));
            targets.extend(matching.map(|(name, commit)| target(name, *commit, head)));
            if targets.len() == before {
                findings.push(
                    Finding::error("no-branch", format!("no local branch matches `{text}`"))
                        .remedy("see `git branch`; a remote's branch is made local with `git switch`"),
                );
            }
        }
        targets.sort_by(|a, b| a.branch.cmp(&b.branch));
        targets.dedup();
        if findings.is_empty() { Ok(targets) } else { Err(Refused(findings)) }
    }
}

fn target(branch: &str, commit: CommitId, head: &Head) -> Target {
    let is_checked_out = matches!(head, Head::Branch(current, _) if current == branch);
    Target { branch: branch.to_owned(), commit, is_checked_out }
}
