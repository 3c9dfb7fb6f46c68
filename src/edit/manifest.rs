//! Cargo manifests: where their versions and requirements stand, to the byte.
//!
//! Nothing is printed back from a parsed document: the new text is the old one with the bytes
//! between the quotes replaced, so that comments, order, spacing, line endings, a byte order mark
//! and a missing last newline stay. The keys are those of "The Manifest Format" and "Specifying
//! Dependencies" in Cargo's reference.

use std::collections::HashMap;
use std::ops::Range;

use toml_edit::{Document, Item, Table, TableLike};

use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A string value, and where it stands in the text: between its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TomlString {
    /// The value.
    pub value: String,
    /// The bytes between the quotes.
    pub range: Range<usize>,
}

/// A value that a package states itself or takes from its workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Inheritable {
    /// The key is not there.
    #[default]
    Absent,
    /// `key = "value"`.
    Literal(TomlString),
    /// `key.workspace = true`, with the range of the value.
    Inherited(Range<usize>),
}

impl Inheritable {
    /// Returns the literal value.
    pub fn literal(&self) -> Option<&TomlString> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Absent | Self::Inherited(_) => None,
        }
    }
}

/// The keys of `[package]` or `[workspace.package]` that a release is concerned with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageTable {
    /// `name`, which `[workspace.package]` does not have.
    pub name: Option<TomlString>,
    /// `version`.
    pub version: Inheritable,
    /// `rust-version`.
    pub rust_version: Inheritable,
    /// `edition`.
    pub edition: Inheritable,
    /// `publish`.
    pub publication: PublishTargets,
    /// Where the table begins.
    pub range: Range<usize>,
}

/// What Cargo calls the registry that it uses where none is named.
pub const DEFAULT_REGISTRY: &str = "crates-io";

/// Where a package may be published: what `publish` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PublishTargets {
    /// To every registry.
    #[default]
    Anywhere,
    /// To none.
    Nowhere,
    /// To these registries, by name.
    To(Vec<String>),
}

impl PublishTargets {
    /// Reads the list that `cargo metadata` gives; none means that nothing is ruled out.
    pub fn of(registries: Option<Vec<String>>) -> Self {
        match registries {
            None => Self::Anywhere,
            Some(registries) if registries.is_empty() => Self::Nowhere,
            Some(registries) => Self::To(registries),
        }
    }

    /// Returns whether the package may be published to `registry`.
    pub fn is_to(&self, registry: &str) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Nowhere => false,
            Self::To(registries) => registries.iter().any(|name| name == registry),
        }
    }

    /// Returns the registry to which the package is published first: where none is named, that which Cargo uses.
    pub fn first(&self) -> &str {
        match self {
            Self::To(registries) if !self.is_to(DEFAULT_REGISTRY) => {
                registries.first().map_or(DEFAULT_REGISTRY, String::as_str)
            }
            _ => DEFAULT_REGISTRY,
        }
    }

    /// Returns whether there is a registry to which the package may be published.
    pub fn is_somewhere(&self) -> bool {
        *self != Self::Nowhere
    }
}

/// `[workspace]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkspaceTable {
    /// `[workspace.package]`.
    pub package: PackageTable,
    /// `resolver`.
    pub resolver: Option<TomlString>,
    /// `members`, as written: folders, or globs of them.
    pub members: Vec<String>,
}

/// The table that holds a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DependencyKind {
    /// `[dependencies]`, also below `[target.…]`.
    Normal,
    /// `[dev-dependencies]`, also below `[target.…]`.
    Development,
    /// `[build-dependencies]`, also below `[target.…]`.
    Build,
    /// `[workspace.dependencies]`.
    Workspace,
    /// `[patch.…]`.
    Patch,
}

/// One entry of a dependency table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The table that holds it.
    pub kind: DependencyKind,
    /// The key.
    pub key: String,
    /// The name of the required package: `package`, or the key.
    pub package: String,
    /// `version`: the requirement.
    pub requirement: Option<TomlString>,
    /// `path`, as written.
    pub path: Option<String>,
    /// `features`, as far as they are stated here.
    pub features: Vec<String>,
    /// `registry`: the name of the one that it is from, if it is not the usual one.
    pub registry: Option<String>,
    /// Whether `registry-index` is stated, which is no name.
    pub is_by_index: bool,
    /// Whether `git` is stated.
    pub git: bool,
    /// Whether `workspace = true` is stated.
    pub inherited: bool,
    /// The bytes of the key.
    pub range: Range<usize>,
}

/// What a manifest says, with the place of each value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `[package]`.
    pub package: Option<PackageTable>,
    /// `[workspace]`.
    pub workspace: Option<WorkspaceTable>,
    /// `resolver` of `[package]`, which a lone package may have.
    pub resolver: Option<TomlString>,
    /// `workspace` of `[package]`: the folder of the workspace's root, from the manifest's own.
    pub root: Option<TomlString>,
    /// The names of `[features]`.
    pub features: Vec<String>,
    /// Every entry of every dependency table, in the order of the text's tables.
    pub dependencies: Vec<Dependency>,
    /// Where in `dependencies` the entry of `[workspace.dependencies]` with a key is.
    shared: HashMap<String, usize>,
    /// Where in `dependencies` the first `[patch]` is that puts a folder in the place of a package.
    patches: HashMap<String, usize>,
}

impl Manifest {
    /// Reads the manifest `text` of the file `path`.
    ///
    /// Keys with values of a wrong type are passed over: to refuse them is Cargo's part.
    ///
    /// # Errors
    ///
    /// If it is not TOML: with the place.
    pub fn parse(path: &RepoPath, text: &str) -> Result<Self, Finding> {
        let offset = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let document = Document::parse(&text[offset..]).map_err(|error| {
            let range = error.span().unwrap_or_default();
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            Finding::of(rule::MANIFEST_SYNTAX, format!("the manifest does not parse: {message}"))
                .at(Place::range(path, text, offset + range.start..offset + range.end))
                .remedy("make it valid TOML; nothing can be prepared before")
        })?;
        Ok(ManifestReader { text, offset }.manifest(document.as_table()))
    }

    /// Returns the entry of `[workspace.dependencies]` with this key.
    pub fn shared(&self, key: &str) -> Option<&Dependency> {
        self.dependencies.get(*self.shared.get(key)?)
    }

    /// Returns the folder, as written, that the first `[patch]` with one puts in the place of `package`.
    pub fn patched_by(&self, package: &str) -> Option<&str> {
        self.dependencies.get(*self.patches.get(package)?)?.path.as_deref()
    }

    fn index_dependencies(&mut self) {
        for (at, dependency) in self.dependencies.iter().enumerate() {
            let (index, name) = match dependency.kind {
                DependencyKind::Workspace => (&mut self.shared, &dependency.key),
                DependencyKind::Patch if dependency.path.is_some() => {
                    (&mut self.patches, &dependency.package)
                }
                _ => continue,
            };
            index.entry(name.clone()).or_insert(at);
        }
    }
}

struct ManifestReader<'a> {
    text: &'a str,
    /// What precedes the document that was parsed, in bytes.
    offset: usize,
}

impl ManifestReader<'_> {
    fn manifest(&self, root: &Table) -> Manifest {
        let mut manifest = Manifest::default();
        if let Some(package) = table(root, "package").or_else(|| table(root, "project")) {
            manifest.package = Some(self.package(package));
            manifest.resolver = self.string(package, "resolver");
            manifest.root = self.string(package, "workspace");
        }
        let features = table(root, "features").into_iter().flat_map(|table| table.iter());
        manifest.features = features.map(|(name, _)| name.to_owned()).collect();
        self.dependency_tables(root, &mut manifest.dependencies);
        if let Some(targets) = table(root, "target") {
            for target in targets.iter().filter_map(|(_, target)| target.as_table_like()) {
                self.dependency_tables(target, &mut manifest.dependencies);
            }
        }
        if let Some(workspace) = table(root, "workspace") {
            manifest.workspace = Some(WorkspaceTable {
                package: table(workspace, "package").map(|table| self.package(table)).unwrap_or_default(),
                resolver: self.string(workspace, "resolver"),
                members: strings(workspace, "members"),
            });
            self.dependencies(
                workspace,
                "dependencies",
                DependencyKind::Workspace,
                &mut manifest.dependencies,
            );
        }
        if let Some(patches) = table(root, "patch") {
            for (source, _) in patches.iter() {
                self.dependencies(patches, source, DependencyKind::Patch, &mut manifest.dependencies);
            }
        }
        manifest.index_dependencies();
        manifest
    }

    fn package(&self, table: &dyn TableLike) -> PackageTable {
        PackageTable {
            name: self.string(table, "name"),
            version: self.stated(table, "version"),
            rust_version: self.stated(table, "rust-version"),
            edition: self.stated(table, "edition"),
            publication: publication(table.get("publish")),
            range: table
                .get_key_value("name")
                .and_then(|(key, _)| self.range(key.span()))
                .unwrap_or_default(),
        }
    }

    fn dependency_tables(&self, table: &dyn TableLike, into: &mut Vec<Dependency>) {
        for (name, kind) in [
            ("dependencies", DependencyKind::Normal),
            ("dev-dependencies", DependencyKind::Development),
            ("dev_dependencies", DependencyKind::Development),
            ("build-dependencies", DependencyKind::Build),
            ("build_dependencies", DependencyKind::Build),
        ] {
            self.dependencies(table, name, kind, into);
        }
    }

    fn dependencies(
        &self,
        parent: &dyn TableLike,
        name: &str,
        kind: DependencyKind,
        into: &mut Vec<Dependency>,
    ) {
        let Some(dependencies) = table(parent, name) else { return };
        for (key, item) in dependencies.iter() {
            let range = dependencies.get_key_value(key).and_then(|(key, _)| self.range(key.span()));
            let mut dependency = Dependency {
                kind,
                key: key.to_owned(),
                package: key.to_owned(),
                requirement: self.text(item),
                path: None,
                features: Vec::new(),
                registry: None,
                is_by_index: false,
                git: false,
                inherited: false,
                range: range.unwrap_or_default(),
            };
            if let Some(entry) = item.as_table_like() {
                dependency.requirement = self.string(entry, "version");
                dependency.path = entry.get("path").and_then(Item::as_str).map(str::to_owned);
                dependency.features = strings(entry, "features");
                dependency.registry = entry.get("registry").and_then(Item::as_str).map(str::to_owned);
                dependency.is_by_index = entry.contains_key("registry-index");
                dependency.git = entry.contains_key("git");
                dependency.inherited = is_inherited(item);
                if let Some(package) = entry.get("package").and_then(Item::as_str) {
                    package.clone_into(&mut dependency.package);
                }
            }
            into.push(dependency);
        }
    }

    fn stated(&self, table: &dyn TableLike, key: &str) -> Inheritable {
        let Some(item) = table.get(key) else { return Inheritable::Absent };
        if let Some(text) = self.text(item) {
            return Inheritable::Literal(text);
        }
        if is_inherited(item) {
            return Inheritable::Inherited(self.range(item.span()).unwrap_or_default());
        }
        Inheritable::Absent
    }

    fn string(&self, table: &dyn TableLike, key: &str) -> Option<TomlString> {
        self.text(table.get(key)?)
    }

    fn text(&self, item: &Item) -> Option<TomlString> {
        let value = item.as_str()?.to_owned();
        let range = self.range(item.span())?;
        let quoted = self.text.get(range.clone())?;
        let quotes =
            ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| quoted.starts_with(quotes))?.len();
        // The line end after the opening of a multi-line string is not part of it.
        let inner = &quoted[quotes..];
        let line_ends = if quotes == 3 { ["\r\n", "\n"].as_slice() } else { &[] };
        let skipped = line_ends.iter().find(|end| inner.starts_with(**end)).map_or(0, |end| end.len());
        Some(TomlString { value, range: range.start + quotes + skipped..range.end.checked_sub(quotes)? })
    }

    fn range(&self, span: Option<Range<usize>>) -> Option<Range<usize>> {
        span.map(|span| span.start + self.offset..span.end + self.offset)
    }
}

fn publication(item: Option<&Item>) -> PublishTargets {
    let names = |item: &Item| {
        let names = item.as_array()?.iter().filter_map(|name| name.as_str().map(str::to_owned));
        Some(names.collect())
    };
    match item {
        Some(item) if item.as_bool() == Some(false) => PublishTargets::Nowhere,
        item => PublishTargets::of(item.and_then(names)),
    }
}

fn table<'a>(parent: &'a dyn TableLike, key: &str) -> Option<&'a dyn TableLike> {
    parent.get(key)?.as_table_like()
}

fn strings(table: &dyn TableLike, key: &str) -> Vec<String> {
    let values = table.get(key).and_then(Item::as_array).into_iter().flatten();
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

fn is_inherited(item: &Item) -> bool {
    item.as_table_like().and_then(|table| table.get("workspace")).and_then(Item::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Manifest {
        Manifest::parse(&RepoPath::new("Cargo.toml").unwrap(), text).unwrap()
    }

    /// What stands at each requirement's place in the text.
    fn requirements(text: &str) -> Vec<(String, String)> {
        parse(text)
            .dependencies
            .into_iter()
            .filter_map(|d| Some((d.package, text[d.requirement?.range].to_owned())))
            .collect()
    }

    #[test]
    fn every_spelling_of_a_requirement_is_found_at_its_place() {
        let text = r#"
dependencies.dotted.version = '1.0.1'
[dependencies]
bare = "1.0.2"
"quoted" = { version = "=1.0.3", path = "q" } # why
renamed = { package = 'real', version = """1.0.4""" }
inherited = { workspace = true }
[dependencies.standard]
path = "s"
version = "1.0.5"
[target.'cfg(unix)'.dev-dependencies]
unix = "1.0.6"
[target.x86_64-unknown-linux-gnu.build-dependencies.linux]
version = "1.0.7"
[workspace.dependencies]
shared = { version = "1.0.8" }
[patch.crates-io]
patched = { path = "p" }
"#;
        let text = text.replacen(
            "dependencies.dotted.version = '1.0.1'\n[dependencies]",
            "[dependencies]\ndotted.version = '1.0.1'",
            1,
        );
        let found: Vec<_> =
            requirements(&text).into_iter().map(|(name, req)| format!("{name} {req}")).collect();
        let expected = [
            "dotted 1.0.1",
            "bare 1.0.2",
            "quoted =1.0.3",
            "real 1.0.4",
            "standard 1.0.5",
            "unix 1.0.6",
            "linux 1.0.7",
            "shared 1.0.8",
        ];
        assert_eq!(found, expected);
        assert!(parse(&text).dependencies.iter().any(|d| d.key == "inherited" && d.inherited));
        assert!(
            parse(&text).dependencies.iter().any(|d| d.kind == DependencyKind::Patch && d.key == "patched")
        );
    }

    #[test]
    fn versions_are_literal_inherited_or_absent() {
        let text = "[package]\nname = 'a'\nversion = '1.2.3'";
        let Inheritable::Literal(version) = parse(text).package.unwrap().version else { panic!() };
        assert_eq!(&text[version.range], "1.2.3");
        for inherited in ["version.workspace = true", "version = { workspace = true }"] {
            let package = parse(&format!("[package]\nname = 'a'\n{inherited}")).package.unwrap();
            assert!(matches!(package.version, Inheritable::Inherited(_)), "{inherited}");
        }
        assert_eq!(parse("[package]\nname = 'a'").package.unwrap().version, Inheritable::Absent);
    }

    #[test]
    fn a_byte_order_mark_and_carriage_returns_shift_nothing() {
        let text = "\u{feff}[package]\r\nname = \"ä\"\r\nversion = \"1.2.3\"\r\n";
        let version = parse(text).package.unwrap().version;
        assert_eq!(&text[version.literal().unwrap().range.clone()], "1.2.3");
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let finding =
            Manifest::parse(&RepoPath::new("a/Cargo.toml").unwrap(), "[package]\nname = \n").unwrap_err();
        assert_eq!(finding.place.unwrap().to_string(), "a/Cargo.toml:2:8");
    }
}
