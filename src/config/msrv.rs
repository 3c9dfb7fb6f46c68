//! The `[msrv]` table: what is promised about the Rust that users need.

use serde::Deserialize;

use crate::rust_version::RustVersion;

/// The `[msrv]` table.
///
/// ```toml
/// [msrv]
/// scope = "published"            # or "all": members that are not published are held too
/// behind-stable = 2              # on the trunk
/// build = { exclude = ["fuzz"], features = ["all"] }
///
/// [[msrv.exception]]             # on a line with long-term support only
/// line = "24.0"
/// rust-version = "1.80"
/// reason = "1.78 cannot read the index of crates.io any more"
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Msrv {
    /// Whose Rust is promised.
    pub scope: MsrvScope,
    /// How many releases the trunk's `rust-version` stays behind the stable Rust of the day, at least.
    pub behind_stable: Option<u64>,
    /// What `check-msrv --build` compiles.
    pub build: Build,
    /// `[[msrv.exception]]`.
    #[serde(rename = "exception")]
    pub exceptions: Vec<MsrvException>,
}

/// Whose Rust is promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MsrvScope {
    /// That of the published members: what a user of them needs.
    #[default]
    Published,
    /// That of all members, with what they need for development.
    All,
}

/// What `check-msrv --build` compiles: options of `cargo check`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Build {
    /// The packages that are left out.
    pub exclude: Vec<String>,
    /// The features.
    pub features: Vec<String>,
    /// Whether all features are on.
    pub all_features: bool,
    /// Whether the default features are off.
    pub no_default_features: bool,
}

impl Build {
    /// Returns the arguments of `cargo check`.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["check".to_owned(), "--workspace".to_owned(), "--locked".to_owned()];
        arguments.extend(self.exclude.iter().map(|package| format!("--exclude={package}")));
        arguments.extend(self.features.iter().map(|feature| format!("--features={feature}")));
        arguments.extend(self.all_features.then(|| "--all-features".to_owned()));
        arguments.extend(self.no_default_features.then(|| "--no-default-features".to_owned()));
        arguments
    }
}

/// A release line that needs a newer Rust than it promised.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MsrvException {
    /// The line: `24`, `24.0` or `24.0.0`.
    pub line: LineName,
    /// The Rust that it may need.
    pub rust_version: RustVersion,
    /// Why; an exception without one does not count.
    #[serde(default)]
    pub reason: String,
}

/// The first version of a release line, with zeros for the numbers that are left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LineName(semver::Version);

impl LineName {
    /// Returns the line's first version.
    pub fn version(&self) -> &semver::Version {
        &self.0
    }
}

impl TryFrom<String> for LineName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let missing = 2_usize.saturating_sub(text.matches('.').count());
        let whole = format!("{text}{}", ".0".repeat(missing));
        whole.parse().map(Self).map_err(|_| format!("`{text}` names no release line; write one like `24.0`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_names_its_line_as_briefly_as_it_likes() {
        for line in ["24", "24.0", "24.0.0"] {
            let text = format!("[[exception]]\nline = '{line}'\nrust-version = '1.80'\nreason = 'r'");
            let msrv: Msrv = toml_edit::de::from_str(&text).unwrap();
            assert_eq!(*msrv.exceptions[0].line.version(), semver::Version::new(24, 0, 0));
        }
        assert!(LineName::try_from("x".to_owned()).is_err());
    }

    #[test]
    fn the_build_is_told_in_cargos_own_options() {
        let build: Build =
            toml_edit::de::from_str("exclude = ['a']\nfeatures = ['x', 'y']\nno-default-features = true")
                .unwrap();
        let expected = [
            "check",
            "--workspace",
            "--locked",
            "--exclude=a",
            "--features=x",
            "--features=y",
            "--no-default-features",
        ];
        assert_eq!(build.arguments(), expected);
    }
}
