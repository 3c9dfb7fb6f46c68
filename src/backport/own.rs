//! The commits of one branch, and which of them still count: what was taken back does not.

use std::collections::{BTreeSet, HashMap};

use super::evidence::{Facts, Reverted};
use super::marks::{MarkIndex, MessageMark, first_digits};
use crate::git::CommitId;

/// Commits of a branch from somewhere on, parents first.
#[derive(Debug, Default)]
pub struct Commits {
    /// All of them.
    all: Vec<Facts>,
    /// Their places in `all`.
    places: HashMap<CommitId, usize>,
    /// The same by what their messages say.
    marked: MarkIndex,
    /// What of them was not taken back later, in the order in which it came, or came back: indices of `all`.
    live: Vec<usize>,
    /// For each its rank in that order; `None` where it was taken back.
    ranks: Vec<Option<usize>>,
    /// What each takes back, by name in hexadecimal.
    undone: Vec<Vec<String>>,
    /// What takes something back, by the marks of that.
    undoing: MarkIndex,
    /// What was taken back, by name in hexadecimal; also commits from before.
    reverted: BTreeSet<String>,
}

impl Commits {
    /// Makes it from `all`, parents first.
    pub fn new(all: Vec<Facts>) -> Self {
        let mut own = Self { all, ..Self::default() };
        let mut came = 0;
        for at in 0..own.all.len() {
            own.add(at, &mut came);
        }
        own.live = (0..own.all.len()).filter(|&at| own.ranks[at].is_some()).collect();
        own.live.sort_unstable_by_key(|&at| own.ranks[at]);
        own
    }

    /// Takes the next commit into account: what it reverts is gone, and what that had reverted is
    /// back. `came` counts what came or came back.
    fn add(&mut self, at: usize, came: &mut usize) {
        let mut next = || {
            *came += 1;
            Some(*came)
        };
        let names = self.names(at);
        for name in &names {
            let mut gone = self.meant_by(name);
            gone.retain(|&index| self.ranks[index].is_some());
            gone.sort_unstable_by_key(|&index| self.ranks[index]);
            for back in gone.iter().flat_map(|&index| self.undone[index].clone()).collect::<Vec<_>>() {
                self.reverted.remove(&back);
                for again in self.meant_by(&back) {
                    self.ranks[again] = self.ranks[again].or_else(&mut next);
                }
            }
            for gone in self.meant_by(name) {
                self.ranks[gone] = None;
            }
            self.reverted.insert(name.clone());
        }
        let facts = &self.all[at];
        for origin in &facts.picked_from {
            self.reverted.remove(origin);
        }
        let in_words = facts.undoes.as_ref().filter(|_| names.is_empty());
        let undone = names.iter().filter_map(|name| MessageMark::of_name(name));
        self.undoing.add(undone.chain(in_words.into_iter().flat_map(Reverted::marks)), at);
        self.marked.add(facts.marks(), at);
        self.places.insert(facts.id, at);
        self.undone.push(names);
        self.ranks.push(next());
    }

    /// Returns the names of what the commit at `at` takes back.
    fn names(&self, at: usize) -> Vec<String> {
        let facts = &self.all[at];
        let Some(undone) = &facts.undoes else { return facts.reverts.clone() };
        let live = self.marked.with(undone.marks()).into_iter().filter(|&index| self.ranks[index].is_some());
        let live: Vec<&Facts> = live.map(|index| &self.all[index]).collect();
        undone.among(&live).into_iter().map(|one| one.id.to_string()).collect()
    }

    /// Returns the places of the commits that are the one of that name or come from it.
    fn meant_by(&self, name: &str) -> Vec<usize> {
        let named = self.marked.with(MessageMark::of_name(name));
        named.into_iter().filter(|&index| self.all[index].is_or_comes_from(name)).collect()
    }

    /// Returns all commits, parents first.
    pub fn all(&self) -> &[Facts] {
        &self.all
    }

    /// Returns the commits that were not taken back.
    pub fn live(&self) -> impl Iterator<Item = &Facts> {
        self.live.iter().map(|&index| &self.all[index])
    }

    /// Returns what is known of `commit`, if it is among them.
    pub fn get(&self, commit: CommitId) -> Option<&Facts> {
        self.all.get(*self.places.get(&commit)?)
    }

    /// Returns whether `commit` is among them and was not taken back.
    pub fn is_live(&self, commit: CommitId) -> bool {
        self.places.get(&commit).is_some_and(|&at| self.ranks[at].is_some())
    }

    /// Returns the commits, parents first, that have one of `marks`.
    pub(super) fn with(&self, marks: impl IntoIterator<Item = MessageMark>) -> impl Iterator<Item = &Facts> {
        self.marked.with(marks).into_iter().map(|index| &self.all[index])
    }

    /// Returns the commits that were not taken back and may be evidence for `facts` by what they say.
    pub(super) fn related(&self, facts: &Facts) -> impl Iterator<Item = &Facts> {
        let mut related: Vec<usize> = self.marked.with(facts.marks()).into_iter().collect();
        related.retain(|&index| self.ranks[index].is_some());
        related.sort_unstable_by_key(|&index| self.ranks[index]);
        related.into_iter().map(|index| &self.all[index])
    }

    /// Returns whether `facts`, which may be from before, was taken back.
    pub fn has_reverted(&self, facts: &Facts) -> bool {
        let by_name = facts.names().iter().any(|name| {
            let Some(digits) = first_digits(name) else { return false };
            let alike = self.reverted.range(digits.to_owned()..);
            alike.take_while(|one| one.starts_with(digits)).any(|one| facts.is_or_comes_from(one))
        });
        by_name || self.taking_back(facts).any(|index| self.undone[index].is_empty())
    }

    /// Returns the places of what is live and takes `facts` back.
    fn taking_back(&self, facts: &Facts) -> impl DoubleEndedIterator<Item = usize> {
        let takes_back = |&index: &usize| {
            let undone = self.all[index].undoes.as_ref().filter(|_| self.undone[index].is_empty());
            self.ranks[index].is_some()
                && (self.undone[index].iter().any(|name| facts.is_or_comes_from(name))
                    || undone.is_some_and(|undone| !undone.among(&[facts]).is_empty()))
        };
        self.undoing.with(facts.marks()).into_iter().filter(takes_back)
    }

    /// Returns the commit that takes `facts` back and counts itself, the last of several; none where `facts`
    /// counts again.
    pub fn taken_back(&self, facts: &Facts) -> Option<&Facts> {
        if self.is_live(facts.id) {
            return None;
        }
        self.all.get(self.taking_back(facts).next_back()?)
    }

    /// Returns what `facts` takes back by the names of commits, whether these are among all or not;
    /// `None` if it is not among them itself.
    pub fn undone_by(&self, facts: &Facts) -> Option<&[String]> {
        self.undone.get(*self.places.get(&facts.id)?).map(Vec::as_slice)
    }

    /// Returns whether `facts` takes back only what came to the same branch before it.
    pub fn takes_back_own(&self, facts: &Facts) -> bool {
        let is_own = |name: &String| !self.meant_by(name).is_empty();
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
