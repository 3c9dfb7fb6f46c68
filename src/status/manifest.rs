//! What the manifests of a branch declare.

use semver::Version;
use toml_edit::{Document, Item};

/// The version and the MSRV that manifests declare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The version of the lead package.
    pub version: Option<Version>,
    /// The MSRV, as it is written.
    pub msrv: Option<String>,
}

impl Declared {
    /// Reads the manifests of a branch: the lead package's first, then the workspace's root, from
    /// which the lead package may inherit. What is missing or no TOML declares nothing.
    pub fn read(manifests: &[Option<String>]) -> Self {
        let documents: Vec<_> =
            manifests.iter().flatten().filter_map(|text| Document::parse(text.as_str()).ok()).collect();
        let value = |key: &str| {
            let own = documents.iter().find_map(|document| text(document.get("package")?.get(key)?));
            own.or_else(|| {
                documents
                    .iter()
                    .find_map(|document| text(document.get("workspace")?.get("package")?.get(key)?))
            })
        };
        Self {
            version: value("version").and_then(|version| version.parse().ok()),
            msrv: value("rust-version"),
        }
    }
}

fn text(item: &Item) -> Option<String> {
    item.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(manifests: &[&str]) -> (Option<String>, Option<String>) {
        let manifests: Vec<_> = manifests.iter().map(|text| Some((*text).to_owned())).collect();
        let declared = Declared::read(&manifests);
        (declared.version.map(|version| version.to_string()), declared.msrv)
    }

    #[test]
    fn a_lead_package_may_inherit_from_the_workspace() {
        let lead = "[package]\nname = \"x\"\nversion.workspace = true\nrust-version = \"1.84\"";
        let root = "[workspace.package]\nversion = \"36.0.1\"\nrust-version = \"1.80\"";
        assert_eq!(read(&[lead, root]), (Some("36.0.1".to_owned()), Some("1.84".to_owned())));
        assert_eq!(read(&[root]), (Some("36.0.1".to_owned()), Some("1.80".to_owned())));
    }

    #[test]
    fn what_is_no_manifest_declares_nothing() {
        assert_eq!(read(&["[[[", "package = 1"]), (None, None));
        assert_eq!(Declared::read(&[None]), Declared::default());
    }
}
