//! The commits of one branch, and which of them still count: what was taken back does not.

use std::collections::{BTreeSet, HashSet};

use super::evidence::Facts;
use crate::git::CommitId;

/// Commits of a branch from somewhere on, parents first.
#[derive(Debug, Default)]
pub struct Commits {
    /// All of them.
    all: Vec<Facts>,
    /// What of them was not taken back later: indices of `all`.
    live: Vec<usize>,
    /// What each takes back, by name in hexadecimal.
    undone: Vec<Vec<String>>,
    /// What was taken back, by name in hexadecimal; also commits from before.
    reverted: BTreeSet<String>,
    /// What takes something back that it does not name, and that is not among `all`.
    in_words: Vec<usize>,
    /// The ids of what is live.
    live_ids: HashSet<CommitId>,
    /// What takes something back and is live.
    undoing: Vec<usize>,
}

impl Commits {
    /// Makes it from `all`, parents first.
    pub fn new(all: Vec<Facts>) -> Self {
        let mut own = Self { all, ..Self::default() };
        for at in 0..own.all.len() {
            own.add(at);
        }
        own.live_ids = own.live().map(|one| one.id).collect();
        let undoes = |index: &usize| !own.undone[*index].is_empty() || own.in_words.contains(index);
        own.undoing = own.live.iter().copied().filter(undoes).collect();
        own
    }

    /// Takes the next commit into account: what it reverts is gone, and what that had reverted is
    /// back.
    fn add(&mut self, at: usize) {
        let names = self.names(at);
        if names.is_empty() && self.all[at].undoes.is_some() {
            self.in_words.push(at);
        }
        for name in &names {
            let gone = |&index: &usize| self.all[index].is_or_comes_from(name);
            let back: Vec<String> =
                self.live.iter().filter(|index| gone(index)).flat_map(|&i| self.undone[i].clone()).collect();
            for name in back {
                self.reverted.remove(&name);
                let again = (0..at).filter(|&index| self.all[index].is_or_comes_from(&name));
                let again: Vec<usize> = again.filter(|index| !self.live.contains(index)).collect();
                self.live.extend(again);
            }
            self.live.retain(|index| !self.all[*index].is_or_comes_from(name));
            self.reverted.insert(name.clone());
        }
        for origin in &self.all[at].picked_from {
            self.reverted.remove(origin);
        }
        self.undone.push(names);
        self.live.push(at);
    }

    /// Returns the names of what the commit at `at` takes back.
    fn names(&self, at: usize) -> Vec<String> {
        let facts = &self.all[at];
        let Some(undone) = &facts.undoes else { return facts.reverts.clone() };
        let mut live: Vec<usize> = self.live.clone();
        live.sort_unstable();
        let live: Vec<&Facts> = live.into_iter().map(|index| &self.all[index]).collect();
        undone.among(&live).into_iter().map(|one| one.id.to_string()).collect()
    }

    /// Returns all commits, parents first.
    pub fn all(&self) -> &[Facts] {
        &self.all
    }

    /// Returns the commits that were not taken back.
    pub fn live(&self) -> impl Iterator<Item = &Facts> {
        self.live.iter().map(|&index| &self.all[index])
    }

    /// Returns whether `facts`, which may be from before, was taken back.
    pub fn has_reverted(&self, facts: &Facts) -> bool {
        let in_words = |index: &&usize| self.live.contains(index);
        let means = |&index: &usize| {
            let undone = self.all[index].undoes.as_ref();
            undone.is_some_and(|undone| !undone.among(&[facts]).is_empty())
        };
        self.reverted.iter().any(|name| facts.is_or_comes_from(name))
            || self.in_words.iter().filter(in_words).any(means)
    }

    /// Returns the commit that takes `facts` back and counts itself, the last of several; none where `facts`
    /// counts again.
    pub fn taken_back(&self, facts: &Facts) -> Option<&Facts> {
        if self.live_ids.contains(&facts.id) {
            return None;
        }
        let names_it = |index: usize| self.undone[index].iter().any(|name| facts.is_or_comes_from(name));
        let in_words = |index: usize| {
            let undone = self.all[index].undoes.as_ref();
            self.in_words.contains(&index) && undone.is_some_and(|undone| !undone.among(&[facts]).is_empty())
        };
        let takes_back = |index: &usize| names_it(*index) || in_words(*index);
        let by = self.undoing.iter().copied().filter(takes_back).max()?;
        self.all.get(by)
    }

    /// Returns what `facts` takes back by the names of commits, whether these are among all or not;
    /// `None` if it is not among them itself.
    pub fn undone_by(&self, facts: &Facts) -> Option<&[String]> {
        let at = self.all.iter().position(|one| one.id == facts.id)?;
        self.undone.get(at).map(Vec::as_slice)
    }

    /// Returns whether `facts` takes back only what came to the same branch before it.
    pub fn takes_back_own(&self, facts: &Facts) -> bool {
        let is_own = |name: &String| self.all.iter().any(|one| one.is_or_comes_from(name));
        self.undone_by(facts).is_some_and(|names| !names.is_empty() && names.iter().all(is_own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backport::title::BranchWords;
    use crate::git::CommitId;
    use crate::git::history::CommitInfo;

    /// Reads commits with these messages, whose names are 10…, 11… and so on; returns which are live.
    fn live(messages: &[&str]) -> Vec<usize> {
        let id = |number: usize| CommitId::of_test(u8::try_from(number).unwrap() + 0x10);
        let facts = |(number, message): (usize, &&str)| {
            Facts::read(
                &CommitInfo { id: id(number), parents: Vec::new(), message: (*message).to_owned() },
                &BranchWords::default(),
            )
        };
        let own = Commits::new(messages.iter().enumerate().map(facts).collect());
        (0..messages.len()).filter(|&number| own.live().any(|facts| facts.id == id(number))).collect()
    }

    #[test]
    fn a_revert_in_words_takes_back_what_has_its_pull_request_or_else_its_subject() {
        let squashed = "Revert \"Fix (#1)\" (#3)\n\nReverts org/repo#2";
        assert_eq!(live(&["Fix (#1) (#2)", "Fix", squashed]), [1, 2]);
        let second = "Revert \"Part two (#300)\" (#305)\n\nReverts #302";
        assert_eq!(live(&["Part one (#300) (#301)", "Part two (#300) (#302)", second]), [0, 2]);
        let second = "Revert \"Part two (#300) (#302)\" (#305)";
        assert_eq!(live(&["Part one (#300) (#301)", "Part two (#300) (#302)", second]), [0, 2]);
        assert_eq!(live(&["Fix (#7)", "Fix (#8)", "Revert \"Fix\" (#9)"]), [0, 2]);
        let reapplied = "Reapply \"Fix (#1)\" (#4)\n\nReverts org/repo#3";
        assert_eq!(live(&["Fix (#1)", squashed, reapplied]), [0, 2]);
        let twice = "Revert \"Revert \"Fix (#1)\" (#3)\" (#4)";
        assert_eq!(live(&["Fix (#1)", squashed, twice]), [0, 2]);
        assert_eq!(live(&["Fix (#1)", squashed, twice, "Revert \"Fix\" (#5)"]), [2, 3]);
    }

    #[test]
    fn what_was_there_before_is_taken_back_in_words_until_that_is_taken_back() {
        let before = |message: &str| {
            Facts::read(
                &CommitInfo { id: CommitId::of_test(1), parents: Vec::new(), message: message.to_owned() },
                &BranchWords::default(),
            )
        };
        let has_reverted = |messages: &[&str], one: &str| {
            let facts = |message: &&str| {
                let id = CommitId::of_test(u8::try_from(message.len()).unwrap());
                Facts::read(
                    &CommitInfo { id, parents: Vec::new(), message: (*message).to_owned() },
                    &BranchWords::default(),
                )
            };
            Commits::new(messages.iter().map(facts).collect()).has_reverted(&before(one))
        };
        let revert = "Revert \"Fix (#1)\" (#3)";
        assert!(has_reverted(&[revert], "Fix (#1)") && has_reverted(&[revert], "Fix"));
        assert!(!has_reverted(&[revert], "Other (#3)"));
        assert!(!has_reverted(&[revert, "Reapply \"Fix (#1)\" (#4)"], "Fix (#1)"));
    }
}
