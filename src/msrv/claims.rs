//! What the manifests of one commit say of the Rust that they need.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_edit::Document;

use crate::edit::manifest::{Inheritable, PackageTable, TomlString};
use crate::finding::{Place, Refused};
use crate::path::RepoPath;
use crate::rust_version::RustVersion;
use crate::workspace::{ManifestFile, declared};

/// A value, and where it is stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// What one package says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageClaims {
    /// Its name.
    pub name: String,
    /// Its manifest.
    pub manifest: RepoPath,
    /// Where it is named; or the workspace's manifest, if it takes `rust-version` from there.
    pub place: Place,
    /// `rust-version`, its own or the workspace's.
    pub rust: Option<Claim<RustVersion>>,
    /// `edition`, its own or the workspace's.
    pub edition: Option<Claim<String>>,
}

/// The toolchain that a `rust-toolchain` file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// A release.
    Release(RustVersion),
    /// Something that moves, as `stable` and `nightly` do, or that has no number.
    Named(String),
}

/// What the packages and the workspace of one commit say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The packages, by manifest.
    pub packages: Vec<PackageClaims>,
    /// `rust-version` of `[workspace.package]`, if one of the packages inherits it: it promises nothing by itself.
    pub workspace: Option<Claim<RustVersion>>,
    /// `resolver` of the root.
    pub resolver: Option<Claim<String>>,
    /// What the `rust-toolchain` file asks for.
    pub toolchain: Option<Claim<Channel>>,
}

impl Claims {
    /// Reads the claims of the manifests that are `wanted`, in the workspace of the manifest `root`.
    ///
    /// Values that Cargo would refuse count as absent.
    pub fn read(
        manifests: &BTreeMap<RepoPath, ManifestFile>,
        root: &RepoPath,
        wanted: impl Fn(&RepoPath, &ManifestFile) -> bool,
    ) -> Self {
        let root_file = manifests.get(root);
        let wanted: Vec<_> = manifests.iter().filter(|(path, file)| wanted(path, file)).collect();
        let inherits = |(_, file): &(&RepoPath, &ManifestFile)| {
            let package = file.manifest.package.as_ref();
            package.is_some_and(|package| matches!(package.rust_version, Inheritable::Inherited(_)))
        };
        let workspace = root_file.filter(|_| wanted.iter().any(inherits)).and_then(|file| {
            let table = &file.manifest.workspace.as_ref()?.package;
            version(claim(root, file, table.rust_version.literal()?))
        });
        let resolver = root_file.and_then(|file| {
            let table = file.manifest.workspace.as_ref().and_then(|workspace| workspace.resolver.as_ref());
            Some(claim(root, file, table.or(file.manifest.resolver.as_ref())?))
        });
        let packages =
            wanted.into_iter().filter_map(|(path, file)| package(manifests, root, path, file)).collect();
        Self { packages, workspace, resolver, toolchain: None }
    }

    /// Adds what a `rust-toolchain` file asks for.
    #[must_use]
    pub fn with_toolchain(self, toolchain: Option<(&RepoPath, &str)>) -> Self {
        let toolchain = toolchain.and_then(|(path, text)| channel(path, text));
        Self { toolchain, ..self }
    }

    /// Returns the Rust that the line as a whole promises: the workspace's, else the lead package's,
    /// else the oldest that a package declares.
    pub fn promise(&self, lead: &str) -> Option<RustVersion> {
        let of_lead = || self.packages.iter().find(|package| package.name == lead)?.rust.as_ref();
        let declared = || self.packages.iter().filter_map(|package| package.rust.as_ref());
        let stated = self.workspace.as_ref().or_else(of_lead);
        stated.or_else(|| declared().min_by_key(|claim| claim.value)).map(|claim| claim.value)
    }

    /// Returns whether a package declares a `rust-version`.
    pub fn declares(&self) -> bool {
        self.packages.iter().any(|package| package.rust.is_some())
    }

    /// Returns the package that `now` is today: the one with its name and manifest, else the one with
    /// its name.
    pub fn package(&self, now: &PackageClaims) -> Option<&PackageClaims> {
        let named = || self.packages.iter().filter(|package| package.name == now.name);
        named().find(|package| package.manifest == now.manifest).or_else(|| named().next())
    }
}

fn package(
    manifests: &BTreeMap<RepoPath, ManifestFile>,
    root: &RepoPath,
    path: &RepoPath,
    file: &ManifestFile,
) -> Option<PackageClaims> {
    let table = file.manifest.package.as_ref()?;
    let name = table.name.as_ref()?;
    Some(PackageClaims {
        name: name.value.clone(),
        manifest: path.clone(),
        place: match table.rust_version {
            Inheritable::Inherited(_) => Place::file(root),
            _ => place(path, file, &name.range),
        },
        rust: stated(manifests, path, |table| &table.rust_version).and_then(version),
        edition: stated(manifests, path, |table| &table.edition),
    })
}

/// Returns what a package states, or takes from its workspace.
fn stated(
    manifests: &BTreeMap<RepoPath, ManifestFile>,
    path: &RepoPath,
    key: impl Fn(&PackageTable) -> &Inheritable,
) -> Option<Claim<String>> {
    let read = |path: &RepoPath| Ok::<_, Refused>(manifests.get(path).map(|file| &file.manifest));
    let (place, text) = declared::stated(path, key, read).ok()??;
    let path = place.manifest(path);
    Some(claim(path, manifests.get(path)?, &text))
}

fn claim(path: &RepoPath, file: &ManifestFile, text: &TomlString) -> Claim<String> {
    Claim { value: text.value.clone(), place: place(path, file, &text.range) }
}

fn place(path: &RepoPath, file: &ManifestFile, range: &Range<usize>) -> Place {
    Place::range(path, &file.text, range.clone())
}

fn version(claim: Claim<String>) -> Option<Claim<RustVersion>> {
    Some(Claim { value: claim.value.parse().ok()?, place: claim.place })
}

/// Reads a `rust-toolchain` file: TOML with `toolchain.channel`, or in the old form one line.
fn channel(path: &RepoPath, text: &str) -> Option<Claim<Channel>> {
    let document = Document::parse(text).ok();
    let in_table = document.as_ref().and_then(|document| {
        let value = document.as_table().get("toolchain")?.as_table_like()?.get("channel")?;
        Some((value.as_str()?.to_owned(), value.span()?))
    });
    let (name, range) = in_table.or_else(|| {
        let line = text.lines().find(|line| !line.trim().is_empty()).filter(|line| !line.contains('['))?;
        let start = text.find(line)?;
        Some((line.trim().to_owned(), start..start + line.len()))
    })?;
    let number = name.split('-').next().unwrap_or_default();
    let value = number.parse().map_or_else(|_| Channel::Named(name.clone()), Channel::Release);
    Some(Claim { value, place: Place::range(path, text, range) })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::edit::manifest::Manifest;

    /// Reads the claims of a workspace whose manifests are all members'.
    pub(in crate::msrv) fn claims(files: &[(&str, &str)]) -> Claims {
        let read = |(path, text): &(&str, &str)| {
            let path = RepoPath::new(path).unwrap();
            let manifest = Manifest::parse(&path, text).unwrap();
            (path, ManifestFile { text: (*text).to_owned(), manifest, member: true })
        };
        Claims::read(&files.iter().map(read).collect(), &RepoPath::new("Cargo.toml").unwrap(), |_, _| true)
    }

    #[test]
    fn a_package_claims_its_own_or_its_workspaces_version() {
        let claims = claims(&[
            (
                "Cargo.toml",
                "[workspace]\nresolver = '2'\npackage.rust-version = '1.86'\npackage.edition = '2021'",
            ),
            (
                "a/Cargo.toml",
                "[package]\nname = 'a'\nrust-version.workspace = true\nedition.workspace = true",
            ),
            ("b/Cargo.toml", "[package]\nname = 'b'\nrust-version = '1.80.0'"),
            ("c/Cargo.toml", "[package]\nname = 'c'"),
        ]);
        let said: Vec<_> = claims
            .packages
            .iter()
            .map(|p| {
                let rust = p.rust.as_ref().map(|claim| format!("{} at {}", claim.value, claim.place));
                format!("{} {}", p.name, rust.unwrap_or_default())
            })
            .collect();
        assert_eq!(said, ["a 1.86 at Cargo.toml:3:25", "b 1.80 at b/Cargo.toml:3:17", "c "]);
        assert_eq!(claims.packages[0].edition.as_ref().unwrap().value, "2021");
        assert_eq!(claims.resolver.as_ref().unwrap().value, "2");
        assert_eq!(claims.promise("b"), Some(RustVersion::new(86)));
    }

    #[test]
    fn without_a_workspace_the_lead_package_promises() {
        let files = [
            ("a/Cargo.toml", "[package]\nname = 'a'\nrust-version = '1.70'"),
            ("b/Cargo.toml", "[package]\nname = 'b'\nrust-version = '1.80'"),
        ];
        assert_eq!(claims(&files).promise("b"), Some(RustVersion::new(80)));
        assert_eq!(claims(&files).promise("c"), Some(RustVersion::new(70)));
        assert_eq!(claims(&[]).promise("c"), None);
    }

    #[test]
    fn a_toolchain_file_is_read_in_both_forms() {
        let path = RepoPath::new("rust-toolchain.toml").unwrap();
        let read = |text: &str| channel(&path, text).map(|claim| (claim.value, claim.place.to_string()));
        let release = |minor| Channel::Release(RustVersion::new(minor));
        let at = |line: &str| format!("rust-toolchain.toml:{line}");
        assert_eq!(read("[toolchain]\nchannel = \"1.88.0\"\n"), Some((release(88), at("2:11"))));
        assert_eq!(read("1.88\n"), Some((release(88), at("1:1"))));
        assert_eq!(
            read("nightly-2025-01-01"),
            Some((Channel::Named("nightly-2025-01-01".into()), at("1:1")))
        );
        assert_eq!(read("[toolchain]\nprofile = 'minimal'"), None);
        assert_eq!(read(""), None);
    }
}
