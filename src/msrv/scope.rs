//! Which packages a promise is about: those that users have from a registry.

use std::collections::BTreeMap;

use crate::config::msrv::MsrvScope;
use crate::config::publish::PublishConfig;
use crate::project::Project;
use crate::text::counted;
use crate::workspace::ManifestFile;

/// The packages that a release line's promise is about.
#[derive(Clone, Debug, Default)]
pub struct PromisedPackages {
    /// The members of today, and whether they are published.
    members: BTreeMap<String, bool>,
    /// Whether all members are held, published or not, and what they need for development too.
    all: bool,
    publish: PublishConfig,
}

impl PromisedPackages {
    /// Returns those of `project`: the published ones, and all where the configuration says so or none is
    /// published.
    pub fn of(project: &Project) -> Self {
        let (workspace, config) = (&project.workspace, &project.config);
        let versioned = workspace.packages.iter().filter(|package| package.member);
        let versioned = versioned.map(|package| (package.name.clone(), package.is_published()));
        // Cargo publishes nothing without a version.
        let unversioned = workspace.unversioned.iter().map(|name| (name.clone(), false));
        let members: BTreeMap<String, bool> = versioned.chain(unversioned).collect();
        let all = config.msrv.scope == MsrvScope::All || !members.values().any(|published| *published);
        Self { members, all, publish: config.publish.clone() }
    }

    /// Returns whether the package of a manifest is among them; one that is no member today is what its
    /// manifest says.
    pub fn holds(&self, file: &ManifestFile) -> bool {
        let Some(package) = &file.manifest.package else { return false };
        let Some(name) = &package.name else { return false };
        let stated = || self.publish.publication(&name.value, &package.publication).is_somewhere();
        self.all || self.members.get(&name.value).copied().unwrap_or_else(stated)
    }

    /// Returns whether the member `name` is among them.
    pub fn holds_member(&self, name: &str) -> bool {
        self.all || self.members.get(name).copied().unwrap_or_default()
    }

    /// Returns whether what is needed for development only counts too.
    pub fn develops(&self) -> bool {
        self.all
    }

    /// Says how many there are, of which `declaring` declare a `rust-version`.
    pub fn described(&self, declaring: usize) -> String {
        let all = self.members.len();
        let held = self.members.keys().filter(|name| self.holds_member(name)).count();
        match all - held {
            0 => format!("by {declaring} of {}", counted(all, "member")),
            others => format!(
                "by {declaring} of {}; {others} more, not published, may need what they like",
                counted(held, "published member")
            ),
        }
    }

    /// Returns a set of packages that are all held.
    #[cfg(test)]
    pub(super) fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Returns a set of published packages.
    #[cfg(test)]
    pub(super) fn published(names: &[&str]) -> Self {
        let members = names.iter().map(|name| ((*name).to_owned(), true)).collect();
        Self { members, ..Self::default() }
    }
}
