//! Where a release can be found: names that a repository has, with the addresses of their pages.

use serde::Deserialize;

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

/// What a site that lists products is told of this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductPage {
    /// What kind of product it is.
    pub category: Category,
    /// The address where the policy of its releases is described.
    pub policy: Option<String>,
    /// The address of its repository.
    pub repository: Option<String>,
}

/// A kind of product, as endoflife.date sorts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// A program for its users.
    App,
    /// Hardware.
    Device,
    /// Libraries.
    #[default]
    Framework,
    /// A programming language.
    Lang,
    /// An operating system.
    Os,
    /// A program for servers.
    ServerApp,
    /// A service.
    Service,
    /// A standard.
    Standard,
}

impl Category {
    /// Returns its name there.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Device => "device",
            Self::Framework => "framework",
            Self::Lang => "lang",
            Self::Os => "os",
            Self::ServerApp => "server-app",
            Self::Service => "service",
            Self::Standard => "standard",
        }
    }
}
