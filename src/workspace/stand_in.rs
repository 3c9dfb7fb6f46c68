//! What stands in for packages of a submodule that is not here, so that Cargo can read the rest.
//!
//! Their versions are those that the lock file states, else those that are required, and they depend on what
//! the lock file says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::Result;
use semver::{Version, VersionReq};
use toml_edit::Value;

use super::way::Way;
use crate::edit::lockfile::{LockFile, LockPackage, Reference};
use crate::edit::manifest::{Dependency, Manifest};
use crate::git::{Repo, Tree};
use crate::path::RepoPath;

/// A package that nobody has seen.
#[derive(Clone, Debug)]
pub(super) struct StandIn {
    /// Its manifest.
    pub(super) manifest: RepoPath,
    /// What that says.
    pub(super) text: String,
    /// What states its version, in words; `None` where nothing does.
    pub(super) stated_by: Option<String>,
}

/// The packages of the repository and its submodules that are known, by name, with their folders.
#[derive(Debug, Default)]
pub(super) struct KnownPackages(BTreeMap<String, String>);

impl KnownPackages {
    /// Adds the package of a manifest.
    pub(super) fn add(&mut self, path: &RepoPath, manifest: &Manifest) {
        let name = manifest.package.as_ref().and_then(|package| package.name.as_ref());
        self.0.extend(name.map(|name| (name.value.clone(), path.folder().to_owned())));
    }
}

/// Makes what stands for that to which `ways` lead, each with the absent submodule that it leads into.
///
/// # Errors
///
/// If the repository cannot be read.
pub(super) fn stand_ins(
    repo: &Repo,
    tree: &Tree,
    known: &KnownPackages,
    mut ways: Vec<(RepoPath, Way)>,
) -> Result<Vec<StandIn>> {
    if ways.is_empty() {
        return Ok(Vec::new());
    }
    let texts = lock_texts(repo, tree)?;
    let read = texts.iter().filter_map(|(path, text)| Some((path, LockFile::read(path, text).ok()?)));
    let mut absent = AbsentPackages { locks: read.collect(), known, by_folder: BTreeMap::new() };
    // What is named comes before what may be any.
    ways.sort_by_key(|(submodule, way)| (way.dependency.is_none(), way.folder_in(submodule).contains(GLOB)));
    for (submodule, way) in &ways {
        match &way.dependency {
            Some(dependency) => absent.require(way, dependency),
            None => absent.add_members(submodule, way),
        }
    }
    Ok(absent.stand_ins())
}

/// A package of an absent submodule, and what is known of it.
#[derive(Debug, Default)]
struct AbsentPackage {
    name: String,
    /// The versions that are required.
    required: Vec<Version>,
    features: BTreeSet<String>,
    /// The lock file that counts for what leads there.
    lock: Option<RepoPath>,
}

/// The packages that are found to be missing.
struct AbsentPackages<'a> {
    locks: BTreeMap<&'a RepoPath, LockFile<'a>>,
    known: &'a KnownPackages,
    by_folder: BTreeMap<String, AbsentPackage>,
}

impl AbsentPackages<'_> {
    fn require(&mut self, way: &Way, dependency: &Dependency) {
        let lock = self.lock_above(&way.from);
        let package = self.by_folder.entry(way.parts.join("/")).or_default();
        package.name.clone_from(&dependency.package);
        package.features.extend(dependency.features.iter().cloned());
        package.required.extend(dependency.requirement.as_ref().and_then(|text| least(&text.value)));
        package.lock = package.lock.take().or(lock);
    }

    /// Adds what one of `members` may mean: packages that are locked, and that are nowhere else.
    fn add_members(&mut self, submodule: &RepoPath, way: &Way) {
        let lock = self.lock_above(&way.from);
        let unknown = self.unaccounted(lock.as_ref());
        let folder = way.folder_in(submodule);
        let package = |name: &str| AbsentPackage {
            name: name.to_owned(),
            lock: lock.clone(),
            ..AbsentPackage::default()
        };
        if !folder.contains(GLOB) {
            let last = folder.rsplit('/').next().unwrap_or_default();
            let is_stated = !way.parts.iter().any(|part| way.is_glob(part));
            let alike = unknown.iter().find(|name| name.replace('_', "-") == last.replace('_', "-"));
            let only = unknown.first().filter(|_| unknown.len() == 1);
            let name = alike.or(only).map(String::as_str).or(is_stated.then_some(last));
            if let Some(package) = name.map(package) {
                self.by_folder.entry(folder).or_insert(package);
            }
            return;
        }
        let filled = |name: &str| {
            let parts = folder.split('/').map(|part| if part.contains(GLOB) { name } else { part });
            parts.collect::<Vec<_>>().join("/")
        };
        for name in unknown {
            self.by_folder.entry(filled(&name)).or_insert_with(|| package(&name));
        }
    }

    /// Returns the lock file that counts for a manifest.
    fn lock_above(&self, manifest: &RepoPath) -> Option<RepoPath> {
        let lies_above = |path: &&&RepoPath| manifest.is_below(path.folder());
        self.locks
            .keys()
            .filter(lies_above)
            .max_by_key(|path| path.folder().len())
            .map(|path| (*path).clone())
    }

    /// Returns the local packages of a lock file that no manifest describes.
    fn unaccounted(&self, lock: Option<&RepoPath>) -> Vec<String> {
        let packages = lock.and_then(|path| self.locks.get(path)).into_iter().flat_map(|lock| &lock.packages);
        let names = packages.filter(|package| package.source.is_none()).map(|package| package.name);
        let is_known = |name: &&str| {
            self.known.0.contains_key(*name) || self.by_folder.values().any(|package| package.name == **name)
        };
        names.filter(|name| !is_known(name)).map(str::to_owned).collect()
    }

    fn stand_ins(self) -> Vec<StandIn> {
        let mut folders = self.known.0.clone();
        folders.extend(self.by_folder.iter().map(|(folder, package)| (package.name.clone(), folder.clone())));
        let locked = |package: &AbsentPackage| self.locks.get_key_value(package.lock.as_ref()?);
        let stand_ins = self.by_folder.iter().filter_map(|(folder, package)| {
            let locked = locked(package).map(|(path, lock)| (*path, lock));
            package.stand_in(folder, locked, &folders)
        });
        stand_ins.collect()
    }
}

/// What makes a component of a path a glob.
const GLOB: [char; 3] = ['*', '?', '['];

impl AbsentPackage {
    fn stand_in(
        &self,
        folder: &str,
        lock: Option<(&RepoPath, &LockFile<'_>)>,
        folders: &BTreeMap<String, String>,
    ) -> Option<StandIn> {
        let locked = lock.and_then(|(path, lock)| Some((path, local(lock, &self.name)?)));
        let (version, stated_by) = match (locked, self.required.iter().max()) {
            (Some((path, package)), _) => (package.version.to_owned(), Some(format!("as {path} states"))),
            (None, Some(required)) => (required.to_string(), Some("as it is required".to_owned())),
            (None, None) => ("0.0.0".to_owned(), None),
        };
        let mut text = String::from("[package]\nedition = \"2018\"\npublish = false\n");
        for (key, value) in [("name", &self.name), ("version", &version)] {
            let _ = writeln!(text, "{key} = {}", Value::from(value.as_str()));
        }
        text += "[lib]\npath = \"Cargo.toml\"\n[features]\n";
        for feature in self.features.iter().filter(|feature| *feature != "default") {
            let _ = writeln!(text, "{} = []", Value::from(feature.as_str()));
        }
        text += "[dependencies]\n";
        let references = locked.iter().flat_map(|(_, package)| &package.dependencies);
        for (index, reference) in references.enumerate() {
            let place = lock.and_then(|(_, lock)| place(folder, reference, lock, folders));
            let package = Value::from(reference.name);
            // Two versions of one package may be among them.
            text.extend(place.map(|place| format!("d{index} = {{ package = {package}, {place} }}\n")));
        }
        let manifest = RepoPath::new(&format!("{folder}/Cargo.toml"))?;
        Some(StandIn { manifest, text, stated_by })
    }
}

/// Returns the keys that say where a locked package comes from; `None` where that is not known.
fn place(
    folder: &str,
    reference: &Reference<'_>,
    lock: &LockFile<'_>,
    folders: &BTreeMap<String, String>,
) -> Option<String> {
    let is_meant = |package: &&LockPackage<'_>| {
        package.name == reference.name
            && reference.version.is_none_or(|version| version == package.version)
            && reference
                .source
                .is_none_or(|source| package.source.is_some_and(|full| full.starts_with(source)))
    };
    let package = lock.packages.iter().find(is_meant)?;
    let Some(source) = package.source else {
        let up = "../".repeat(folder.split('/').count());
        return Some(format!("path = {}", Value::from(format!("{up}{}", folders.get(package.name)?))));
    };
    let version = format!("version = {}", Value::from(format!("={}", package.version)));
    let (kind, address) = source.split_once('+')?;
    if kind != "git" {
        let index = Value::from(if kind == "sparse" { source } else { address });
        let is_default = address.ends_with("/crates.io-index");
        return Some(if is_default { version } else { format!("{version}, registry-index = {index}") });
    }
    let address = address.split('#').next()?;
    let (repository, query) = address.split_once('?').unwrap_or((address, ""));
    let chosen = query.split_once('=').map(|(key, value)| format!(", {key} = {}", Value::from(value)));
    Some(format!("git = {}{}", Value::from(repository), chosen.unwrap_or_default()))
}

/// Returns the least version that a requirement asks for.
fn least(requirement: &str) -> Option<Version> {
    let first = VersionReq::parse(requirement).ok()?.comparators.into_iter().next()?;
    let mut version = Version::new(first.major, first.minor.unwrap_or(0), first.patch.unwrap_or(0));
    version.pre = first.pre;
    Some(version)
}

fn local<'a>(lock: &'a LockFile<'_>, name: &str) -> Option<&'a LockPackage<'a>> {
    lock.packages.iter().find(|package| package.source.is_none() && package.name == name)
}

fn lock_texts(repo: &Repo, tree: &Tree) -> Result<Vec<(RepoPath, String)>> {
    let mut texts = Vec::new();
    for (path, entry) in tree.files().filter(|(path, _)| path.file_name() == "Cargo.lock") {
        texts.extend(repo.text(path.as_str(), entry.blob)?.ok().map(|text| (path.clone(), text)));
    }
    Ok(texts)
}
