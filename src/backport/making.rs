//! What is made of the attempts that came out clean.

use std::collections::BTreeMap;

use serde::Serialize;

use super::attempt::Attempt;
use super::message::picked;
use crate::config::BackportName;
use crate::git::{CommitId, Moment};
use crate::text::quoted;
use crate::transaction::values::{NewCommit, Publication};

/// How commits are made.
#[derive(Clone, Debug)]
pub struct Manner<'a> {
    /// How the branch of a backport is named; without it, the release branch itself gets the commits.
    pub branch: Option<&'a BackportName>,
    /// The line that each message ends with, if it is asked for.
    pub sign_off: Option<&'a str>,
    /// When they are made.
    pub moment: Moment,
    /// Whether flagged backports are made, too.
    pub accept_flags: bool,
    /// The other options of the command line that every command repeats which is printed, each word
    /// quoted for a shell.
    pub options: &'a [String],
}

impl Manner<'_> {
    /// Returns the command that makes `commits` on `branch`, whose flags are accepted where `accepted`.
    pub fn command(&self, commits: &[String], branch: &str, accepted: bool) -> String {
        let accepted = if self.accept_flags || accepted { " --accept-flags" } else { "" };
        format!("{} --to {}{accepted}", self.beginning(commits), quoted(branch))
    }

    /// Returns the command that lets a person finish `commits` on `branch`.
    pub fn by_hand(&self, commits: &[String], branch: &str) -> String {
        format!("{} --resolve {}", self.beginning(commits), quoted(branch))
    }

    fn beginning(&self, commits: &[String]) -> String {
        let words = ["cargo", "relprep", "backport"].map(str::to_owned);
        words.iter().chain(commits).chain(self.options).cloned().collect::<Vec<_>>().join(" ")
    }
}

impl Attempt {
    /// Returns what is to be made of it: `None` if nothing is, or a person is needed first.
    ///
    /// `messages` are those of the commits.
    pub fn publication(
        &self,
        messages: &BTreeMap<CommitId, String>,
        manner: &Manner<'_>,
    ) -> Option<Publication> {
        let picks = self.picks();
        let (first, _) = picks.first()?;
        if self.is_held(manner) {
            return None;
        }
        let (branch, from) = match manner.branch {
            Some(name) => (name.render(&first.short(), &self.target.branch), None),
            None => (self.target.branch.clone(), self.target.local),
        };
        let commit = |&(origin, tree): &(CommitId, _)| NewCommit {
            branch: branch.clone(),
            from,
            parent: self.target.tip,
            tree: Some(tree),
            files: Vec::new(),
            message: picked(messages.get(&origin).map_or("", String::as_str), origin, manner.sign_off),
            origin: Some(origin),
        };
        let shorts: Vec<String> = picks.iter().map(|(origin, _)| origin.short()).collect();
        Some(Publication {
            title: format!("backport {}", shorts.join(" ")),
            moment: manner.moment,
            commits: picks.iter().map(commit).collect(),
            branches: Vec::new(),
        })
    }

    /// Returns whether it could be made, and waits for the flags to be accepted.
    pub fn is_held(&self, manner: &Manner<'_>) -> bool {
        !manner.accept_flags && !self.picks().is_empty() && self.flags().next().is_some()
    }
}

/// What was made on one release branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    /// The release branch.
    pub target: String,
    /// The branch that was made or moved.
    pub branch: String,
    /// Where it was, if it was there.
    pub from: Option<CommitId>,
    /// The new commits, in their order.
    pub commits: Vec<CommitId>,
}

impl Made {
    /// Returns what `publication`, which is not empty, has made of the attempt.
    pub fn new(attempt: &Attempt, publication: &Publication, commits: Vec<CommitId>) -> Option<Self> {
        let first = publication.commits.first()?;
        let target = attempt.target.branch.clone();
        Some(Self { target, branch: first.branch.clone(), from: first.from, commits })
    }
}
