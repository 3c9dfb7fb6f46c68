//! What a reference to a package means, and how much it must say.

use std::collections::HashMap;
use std::fmt;

use super::moves::LockMoves;
use super::package::{LockFormat, LockPackage, Reference};
use super::read::LockFile;

/// The packages that share a name with one that moves, at one moment: what a reference to one of
/// them means, and how much it must say.
pub(super) struct Census<'a> {
    format: LockFormat,
    /// The versions of each name: how many there are, and the first.
    versions: HashMap<&'a str, (usize, &'a str)>,
    /// The packages of each name and version: how many there are, and the first.
    alike: HashMap<(&'a str, &'a str), (usize, usize)>,
    /// The package of each name, version and source.
    exact: HashMap<(&'a str, &'a str, Option<&'a str>), usize>,
    /// The packages that nothing distinguishes from another one.
    twice: Vec<(&'a str, &'a str)>,
}

impl<'a> Census<'a> {
    /// Counts the packages of `lock` that share a name with one that moves, each at the version
    /// that `version` gives it.
    pub(super) fn take(
        lock: &'a LockFile<'a>,
        moves: &LockMoves<'a>,
        version: impl Fn(usize, &'a LockPackage<'a>) -> &'a str,
    ) -> Self {
        let mut census = Self {
            format: lock.format,
            versions: HashMap::new(),
            alike: HashMap::new(),
            exact: HashMap::new(),
            twice: Vec::new(),
        };
        for (index, package) in lock.packages.iter().enumerate() {
            if moves.names.contains(package.name) {
                census.count(index, package, version(index, package));
            }
        }
        census
    }

    fn count(&mut self, index: usize, package: &LockPackage<'a>, version: &'a str) {
        let alike = self.alike.entry((package.name, version)).or_insert((0, index));
        alike.0 += 1;
        if alike.0 == 1 {
            self.versions.entry(package.name).or_insert((0, version)).0 += 1;
        }
        let source = package.source.map(|source| self.format.cited(source));
        if self.exact.insert((package.name, version, source), index).is_some() {
            self.twice.push((package.name, version));
        }
    }

    /// Returns a reason for each package that is like another one.
    pub(super) fn collisions(&self) -> impl Iterator<Item = String> {
        self.twice.iter().map(|(name, version)| format!("two packages would be called `{name} {version}`"))
    }

    /// Returns the package that a reference means, as Cargo reads it: a local one, if no source
    /// is given and there is one, and else the only one.
    pub(super) fn resolve(&self, reference: &Reference<'a>) -> Option<usize> {
        let &(versions, only) = self.versions.get(reference.name)?;
        let version = reference.version.or_else(|| (versions == 1).then_some(only))?;
        let source = reference.source.map(|source| self.format.cited(source));
        let exact = self.exact.get(&(reference.name, version, source)).copied();
        if exact.is_some() || source.is_some() {
            return exact;
        }
        match self.alike.get(&(reference.name, version))? {
            (1, index) => Some(*index),
            _ => None,
        }
    }

    /// Returns what Cargo writes for a reference to `package`, at `version`.
    pub(super) fn cite(&self, package: &LockPackage<'a>, version: &'a str) -> Citation<'a> {
        let versions = self.versions.get(package.name).map_or(0, |&(count, _)| count);
        let alike = self.alike.get(&(package.name, version)).map_or(0, |&(count, _)| count);
        let with_source = self.format == LockFormat::V1 || alike > 1;
        let with_version = with_source || versions > 1;
        Citation {
            version: with_version.then_some(version),
            source: package.source.filter(|_| with_source).map(|source| self.format.cited(source)),
            name: package.name,
        }
    }
}

/// A reference that is to be written.
pub(super) struct Citation<'a> {
    name: &'a str,
    pub(super) version: Option<&'a str>,
    pub(super) source: Option<&'a str>,
}

impl fmt::Display for Citation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(version) = self.version {
            write!(f, " {version}")?;
        }
        if let Some(source) = self.source {
            write!(f, " ({source})")?;
        }
        Ok(())
    }
}
