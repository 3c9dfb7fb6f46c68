//! The `[publish]` table: which members are published.

use serde::{Deserialize, Deserializer};

use super::Patterns;
use crate::edit::manifest::PublishTargets;

/// The `[publish]` table.
///
/// ```toml
/// [publish]
/// exclude = ["examples-*"]   # as if their manifests said `publish = false`
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PublishConfig {
    /// The packages that are never published, though their manifests do not say so: by name or glob.
    pub exclude: Patterns,
    /// Whether the table is there, be it empty.
    #[serde(skip)]
    is_stated: bool,
}

/// Reads the table, and that it is there.
pub(super) fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PublishConfig, D::Error> {
    Ok(PublishConfig { is_stated: true, ..PublishConfig::deserialize(deserializer)? })
}

impl PublishConfig {
    /// Returns whether somebody has configured it, be it with nothing in it.
    pub fn is_stated(&self) -> bool {
        self.is_stated
    }

    /// Returns where the package `name` is published, whose manifest states `stated`.
    ///
    /// This is what tells which packages are published: a release, its checks, the order of publication and
    /// advisories all ask here.
    pub fn publication(&self, name: &str, stated: &PublishTargets) -> PublishTargets {
        if self.exclude.matches(name) { PublishTargets::Nowhere } else { stated.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_excluded_is_published_nowhere() {
        let config: PublishConfig = toml_edit::de::from_str("exclude = ['examples-*', 'xtask']").unwrap();
        let inhouse = PublishTargets::To(vec!["inhouse".to_owned()]);
        for name in ["examples-web", "xtask"] {
            assert_eq!(config.publication(name, &inhouse), PublishTargets::Nowhere);
        }
        assert_eq!(config.publication("example", &inhouse), inhouse);
    }
}
