//! Which packages of a lock file move.

use std::collections::{HashMap, HashSet};

use semver::Version;

use super::package::LockPackage;
use super::read::LockFile;

/// A local package whose version moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The package's name.
    pub name: String,
    /// The version that its manifest has had.
    pub from: Version,
    /// The version that its manifest gets.
    pub to: Version,
}

/// What of a lock file moves.
#[derive(Default)]
pub(super) struct LockMoves<'a> {
    /// The new versions of packages, by their index.
    pub(super) packages: HashMap<usize, String>,
    /// The new versions of unused patches, by their index.
    pub(super) unused_patches: HashMap<usize, String>,
    /// The names of the packages that move.
    pub(super) names: HashSet<&'a str>,
}

impl<'a> LockMoves<'a> {
    /// Finds the local packages that move. Pushes a reason for a name of which the lock file knows
    /// neither the old version nor the new one, and for what may make use of a patch.
    pub(super) fn find(lock: &LockFile<'a>, moved: &[Moved], reasons: &mut Vec<String>) -> Self {
        let mut targets = MovesByName::new(moved);
        let mut found = Self::default();
        for (index, package) in local(&lock.packages) {
            if let Some(to) = targets.of(package, reasons) {
                found.packages.insert(index, to);
                found.names.insert(package.name);
            }
        }
        for (index, patch) in local(&lock.unused_patches) {
            if let Some(to) = targets.of(patch, reasons) {
                found.unused_patches.insert(index, to);
            }
        }
        reasons.extend(targets.stale());
        found.check_unused_patches(lock, reasons);
        found
    }

    fn check_unused_patches(&self, lock: &LockFile<'a>, reasons: &mut Vec<String>) {
        if self.unused_patches.is_empty() {
            return;
        }
        let replaceable: HashSet<&str> = lock
            .packages
            .iter()
            .filter(|package| package.source.is_some())
            .map(|package| package.name)
            .collect();
        for (index, patch) in local(&lock.unused_patches) {
            if let Some(to) = self.unused_patches.get(&index)
                && replaceable.contains(patch.name)
            {
                reasons
                    .push(format!("the unused patch `{}` may come into use with version {to}", patch.name));
            }
        }
    }

    /// Returns the version that the `index`th package gets or keeps.
    pub(super) fn version_after(&'a self, index: usize, package: &LockPackage<'a>) -> &'a str {
        self.packages.get(&index).map_or(package.version, String::as_str)
    }
}

fn local<'l, 'a>(packages: &'l [LockPackage<'a>]) -> impl Iterator<Item = (usize, &'l LockPackage<'a>)> {
    packages.iter().enumerate().filter(|(_, package)| package.source.is_none())
}

/// What is to move, by name.
struct MovesByName<'m> {
    by_name: HashMap<&'m str, PackageMoves>,
}

/// The moves of the packages of one name, and whether the lock file has any of them.
#[derive(Default)]
struct PackageMoves {
    steps: Vec<(String, String)>,
    known: bool,
    unknown: Option<String>,
}

impl<'m> MovesByName<'m> {
    fn new(moved: &'m [Moved]) -> Self {
        let mut by_name: HashMap<&str, PackageMoves> = HashMap::new();
        for Moved { name, from, to } in moved.iter().filter(|moved| moved.from != moved.to) {
            let step = (from.to_string(), to.to_string());
            let steps = &mut by_name.entry(name).or_default().steps;
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        Self { by_name }
    }

    /// Returns the new version of a local package, if it moves.
    fn of(&mut self, package: &LockPackage<'_>, reasons: &mut Vec<String>) -> Option<String> {
        let target = self.by_name.get_mut(package.name)?;
        let mut to = target.steps.iter().filter(|(from, _)| from == package.version).map(|(_, to)| to);
        let first = to.next().cloned();
        if to.next().is_some() {
            reasons.push(format!("several packages `{} {}` move apart", package.name, package.version));
        }
        let there = || target.steps.iter().any(|(_, to)| to == package.version);
        if first.is_some() || there() {
            target.known = true;
        } else {
            target.unknown = Some(package.version.to_owned());
        }
        first
    }

    /// Returns a reason for each name that the lock file knows only at other versions.
    fn stale(self) -> impl Iterator<Item = String> {
        let mut stale: Vec<_> = self
            .by_name
            .into_iter()
            .filter(|(_, target)| !target.known)
            .filter_map(|(name, target)| Some((name, target.unknown?, target.steps.into_iter().next()?.0)))
            .collect();
        stale.sort();
        stale.into_iter().map(|(name, has, from)| {
            format!("it is out of date: it has `{name}` at version {has}, the manifest at {from}")
        })
    }
}
