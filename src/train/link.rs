//! Where a release can be found: names that a repository has, with the addresses of their pages.

/// A name, and the address of its page where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is shown: `v36.0.2`.
    pub text: String,
    /// The address.
    pub address: Option<String>,
}

/// Where a release can be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseLinks {
    /// Its branch.
    pub branch: Option<Link>,
    /// The tag of its latest version.
    pub tag: Option<Link>,
    /// Its notes.
    pub notes: Option<Link>,
}
