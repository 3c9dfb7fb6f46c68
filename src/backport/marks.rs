//! Finds commits by what their messages have in common, without looking at each.

use std::collections::{BTreeSet, HashMap};

use super::evidence::first_digits;
use super::title;

/// One thing by which messages tell of the same change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mark {
    /// The digits with which every name of a commit begins.
    Name(String),
    /// A pull request.
    Pull(u64),
    /// What is left of a subject however it is cut off.
    Subject(Vec<u8>),
    /// An advisory.
    Advisory(String),
}

impl Mark {
    /// Returns that of a commit's name, which may be abbreviated.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        first_digits(name).map(|digits| Self::Name(digits.to_ascii_lowercase()))
    }

    /// Returns that of a subject; an empty one tells nothing.
    pub(super) fn of_subject(subject: &str) -> Option<Self> {
        let bytes = subject.as_bytes();
        let part = bytes.get(..title::TELLING).unwrap_or(bytes);
        (!part.is_empty()).then(|| Self::Subject(part.to_vec()))
    }
}

/// Numbers of commits, by their marks.
#[derive(Debug, Default)]
pub(super) struct MarkIndex(HashMap<Mark, Vec<usize>>);

impl MarkIndex {
    /// Adds a commit; a number is higher than those before it.
    pub(super) fn add(&mut self, marks: impl IntoIterator<Item = Mark>, number: usize) {
        for mark in marks {
            self.0.entry(mark).or_default().push(number);
        }
    }

    /// Returns the commits that have one of `marks`, in ascending order, each once.
    pub(super) fn with(&self, marks: impl IntoIterator<Item = Mark>) -> BTreeSet<usize> {
        marks.into_iter().filter_map(|mark| self.0.get(&mark)).flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::evidence::Facts;
    use super::super::title::BranchWords;
    use crate::git::CommitId;
    use crate::git::history::CommitInfo;

    #[test]
    fn what_is_evidence_for_another_has_a_mark_in_common_with_it() {
        let subject = "Find out earlier that the leader of the detector changed";
        let titles = [
            format!("{subject} (#100)"),
            format!("[36.0.0] {subject} (#205)"),
            "Find out earlier that the leader of the detector (… (#101)".to_owned(),
            format!("Revert \"{subject} (#100)\" (#106)"),
            "Cherry pick #99 and #100 to 6.0 (#101)".to_owned(),
            "Be safe (#98, #99, #100) (#102)".to_owned(),
            "Fix (#7)".to_owned(),
            "Fix".to_owned(),
            String::new(),
        ];
        let first = CommitId::of_test(1).to_string();
        let bodies = [
            String::new(),
            format!("* {subject}\n* Fix (#7)"),
            format!("(cherry picked from commit {first})"),
            format!("(cherry picked from commit {})", first[..9].to_ascii_uppercase()),
            "GHSA-aaaa-bbbb-cccc, rustsec-2024-0001".to_owned(),
        ];
        let messages =
            titles.iter().flat_map(|title| bodies.iter().map(move |body| format!("{title}\n\n{body}")));
        let facts = |(number, message): (usize, String)| {
            let id = CommitId::of_test(u8::try_from(number + 1).unwrap());
            Facts::read(&CommitInfo { id, parents: Vec::new(), message }, &BranchWords::default())
        };
        let all: Vec<Facts> = messages.enumerate().map(facts).collect();
        let mut pairs = 0;
        for (one, other) in all.iter().flat_map(|one| all.iter().map(move |other| (one, other))) {
            if let Some(evidence) = one.evidence_for(other) {
                assert!(!one.marks().is_disjoint(&other.marks()), "{evidence:?}: {one:?}, {other:?}");
                pairs += 1;
            }
        }
        assert!(pairs > all.len() * 2 && pairs < all.len() * all.len());
    }
}
