//! Finds commits by what their messages have in common, without looking at each.

use std::collections::{BTreeSet, HashMap};

use super::title;

/// How many digits of a commit's name are one.
pub(super) const LEAST_DIGITS: usize = 7;

/// Returns the digits that every name of a commit has, however short.
pub(super) fn first_digits(name: &str) -> Option<&str> {
    name.get(..LEAST_DIGITS)
}

/// One thing by which messages tell of the same change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum MessageMark {
    /// The digits with which every name of a commit begins.
    Name(String),
    /// A pull request.
    Pull(u64),
    /// What is left of a subject however it is cut off.
    Subject(Vec<u8>),
    /// An advisory.
    Advisory(String),
}

impl MessageMark {
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
pub(super) struct MarkIndex(HashMap<MessageMark, Vec<usize>>);

impl MarkIndex {
    /// Adds a commit; a number is higher than those before it.
    pub(super) fn add(&mut self, marks: impl IntoIterator<Item = MessageMark>, number: usize) {
        for mark in marks {
            self.0.entry(mark).or_default().push(number);
        }
    }

    /// Returns the commits that have one of `marks`, in ascending order, each once.
    pub(super) fn with(&self, marks: impl IntoIterator<Item = MessageMark>) -> BTreeSet<usize> {
        marks.into_iter().filter_map(|mark| self.0.get(&mark)).flatten().copied().collect()
    }
}
