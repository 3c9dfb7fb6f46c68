//! Ids of objects, which do not convert into each other.

use std::fmt;

use git2::Oid;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// A commit that exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct CommitId(pub(crate) Oid);

/// A blob that exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub(crate) Oid);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl CommitId {
    /// Returns the commit whose name is `byte` over and over, for a test that has no repository.
    #[cfg(test)]
    pub(crate) fn of_test(byte: u8) -> Self {
        Self(Oid::from_bytes(&[byte; 20]).unwrap())
    }

    /// Returns the commit whose whole name in hexadecimal is `text`.
    pub fn from_hex(text: &str) -> Option<Self> {
        Some(Self(Oid::from_str(text).ok()?)).filter(|_| text.len() == 40)
    }

    /// Returns the first ten hexadecimal digits.
    pub fn short(self) -> String {
        let mut text = self.0.to_string();
        text.truncate(10);
        text
    }

    /// Returns whether its name in hexadecimal begins with `digits`.
    pub fn begins_with(self, digits: &str) -> bool {
        let digit = |(at, digit): (usize, char)| {
            let byte = self.0.as_bytes().get(at / 2).copied()?;
            Some(digit.to_digit(16)? == u32::from(if at % 2 == 0 { byte >> 4 } else { byte & 0xf }))
        };
        digits.chars().enumerate().all(|place| digit(place) == Some(true))
    }
}

impl Serialize for CommitId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A tree that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeId(pub(crate) Oid);

/// What identifies a change whatever it was applied to, as `git patch-id` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatchId(pub(super) Oid);
