//! Names of branches, refs, remotes and tags, which do not convert into each other.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::rule;

/// Declares a name that is valid wherever there is one.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $is_valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the name; `None` where git does not take it as one.
            pub fn new(name: impl Into<String>) -> Option<Self> {
                let is_valid: fn(&str) -> bool = $is_valid;
                // libgit2 asks for C strings.
                Some(name.into()).filter(|name| !name.contains('\0') && is_valid(name)).map(Self)
            }

            /// Returns it as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                Self::new(text.as_str()).ok_or_else(|| format!(concat!("`{}` cannot be the name of a ", $what), text))
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                text.to_owned().try_into()
            }
        }
    };
}

name!(
    /// The short name of a branch, as `git check-ref-format --branch` takes it: `main`.
    BranchName, "branch", |name| git2::Branch::name_is_valid(name).unwrap_or(false)
);
name!(
    /// The full name of a ref: `refs/heads/main`.
    RefName, "ref", git2::Reference::is_valid_name
);
name!(
    /// The name of a remote, which may contain slashes: `origin`.
    RemoteName, "remote", |name| !name.starts_with('-') && git2::Remote::is_valid_name(name)
);
name!(
    /// The short name of a tag: `v36.0.0`.
    TagName, "tag", git2::Tag::is_valid_name
);

impl BranchName {
    /// Takes a name of the program's own, which is right.
    pub(super) fn known(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// Returns the name that was made of other texts.
    ///
    /// # Errors
    ///
    /// A finding that git does not take it.
    pub fn made(name: String) -> Result<Self, Finding> {
        Self::try_from(name).map_err(|message| {
            Finding::of(rule::BRANCH_NAME, message)
                .remedy("choose a name that `git check-ref-format --branch` accepts")
        })
    }

    /// Returns the name in full.
    pub fn full(&self) -> RefName {
        RefName(format!("refs/heads/{self}"))
    }
}

impl TagName {
    /// Returns the name in full.
    pub fn full(&self) -> RefName {
        RefName(format!("refs/tags/{self}"))
    }
}

impl RefName {
    /// Returns whether it is a tag.
    pub fn is_tag(&self) -> bool {
        self.0.starts_with("refs/tags/")
    }

    /// Returns the short name of the branch that it is; `None` where it is another ref.
    pub fn branch(&self) -> Option<BranchName> {
        BranchName::new(self.0.strip_prefix("refs/heads/")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_git_takes() {
        for name in ["main", "release-36.0.0", "team/fix", "+main"] {
            let name = BranchName::new(name).unwrap();
            assert_eq!(name.full().branch(), Some(name));
        }
        for name in ["", "-x", "HEAD", "a..b", "a b", "x.lock", "a/", "a\0b", "@{-1}"] {
            assert_eq!(BranchName::new(name), None, "{name}");
        }
        let wrong = BranchName::made("a..b".to_owned()).unwrap_err();
        assert_eq!(wrong.message, "`a..b` cannot be the name of a branch");
        assert!(RemoteName::new("team/fork").is_some() && RemoteName::new("https://example.org/x").is_none());
        assert!(RefName::new("refs/tags/v1").unwrap().branch().is_none() && TagName::new("v1:").is_none());
    }
}
