//! What two lock files say differently about third parties.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::package::LockPackage;
use super::read::LockFile;
use crate::version::first_compatible;

/// How a third-party package differs from one lock file to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageChange<'a> {
    /// Only the later file has it.
    Added(&'a LockPackage<'a>),
    /// Only the earlier file has it.
    Removed(&'a LockPackage<'a>),
    /// Its version, source or checksum is another one.
    Changed {
        /// What the earlier file says.
        before: &'a LockPackage<'a>,
        /// What the later file says.
        after: &'a LockPackage<'a>,
    },
}

impl fmt::Display for PackageChange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(package) => write!(f, "{} {} is new", package.name, package.version),
            Self::Removed(package) => write!(f, "{} {} is gone", package.name, package.version),
            Self::Changed { before, after } if before.version == after.version => {
                write!(f, "{} {} has another source or checksum", before.name, before.version)
            }
            Self::Changed { before, after } => {
                write!(f, "{} goes from {} to {}", before.name, before.version, after.version)
            }
        }
    }
}

/// Returns what `after` says differently from `before` about packages with a source, by name.
///
/// Where several versions of a package are locked, a version that went is paired with the one that
/// came in its place: of the same version, or else a compatible one, or else any.
pub fn third_party_changes<'a>(before: &'a LockFile<'a>, after: &'a LockFile<'a>) -> Vec<PackageChange<'a>> {
    let mut by_name: BTreeMap<&str, Unpaired<'a>> = BTreeMap::new();
    for package in third_parties(before) {
        by_name.entry(package.name).or_default().removed.push(package);
    }
    for package in third_parties(after) {
        by_name.entry(package.name).or_default().added.push(package);
    }
    by_name.into_values().flat_map(Unpaired::into_changes).collect()
}

/// Returns, in words, which third parties depend on another version of a third party in `after` than in `before`,
/// though they are the same themselves.
pub fn moved_edges(before: &LockFile<'_>, after: &LockFile<'_>) -> Vec<String> {
    let (old, new) = (edges(before), edges(after));
    let both = old.into_iter().filter_map(|(package, before)| Some((package, before, new.get(&package)?)));
    let moved = both.flat_map(|((name, version, _), before, after)| {
        let other = |to: &str| before.iter().find(|(target, _)| *target == to).map(|(_, version)| *version);
        let moved = after.iter().filter(|edge| !before.contains(*edge));
        let moved: Vec<String> = moved
            .filter_map(|(to, version_after)| {
                let was = other(to)?;
                Some(format!("{name} {version} takes {to} {version_after} instead of {was}"))
            })
            .collect();
        moved
    });
    moved.collect()
}

/// What identifies a third party, and which third parties it depends on at which version.
type Edges<'a> = BTreeMap<(&'a str, &'a str, Option<&'a str>), BTreeSet<(&'a str, &'a str)>>;

fn edges<'a>(lock: &'a LockFile<'a>) -> Edges<'a> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in third_parties(lock) {
        versions.entry(package.name).or_default().push(package.version);
    }
    let target = |name: &'a str, stated: Option<&'a str>| {
        let there = versions.get(name)?;
        Some((name, stated.or_else(|| there.first().copied())?))
            .filter(|(_, version)| there.contains(version))
    };
    let of_package = |package: &'a LockPackage<'a>| {
        let edges = package.dependencies.iter().filter_map(|edge| target(edge.name, edge.version));
        ((package.name, package.version, package.checksum), edges.collect())
    };
    third_parties(lock).map(of_package).collect()
}

fn third_parties<'a>(lock: &'a LockFile<'a>) -> impl Iterator<Item = &'a LockPackage<'a>> {
    lock.packages.iter().filter(|package| package.source.is_some())
}

/// The packages of one name that are left to pair.
#[derive(Default)]
struct Unpaired<'a> {
    removed: Vec<&'a LockPackage<'a>>,
    added: Vec<&'a LockPackage<'a>>,
}

impl<'a> Unpaired<'a> {
    fn into_changes(mut self) -> Vec<PackageChange<'a>> {
        let mut changes = Vec::new();
        self.pair(identity);
        for (before, after) in [
            self.pair(|package| package.version.to_owned()),
            self.pair(|package| package.version.parse().ok().as_ref().map(first_compatible)),
            self.pair(|_| ()),
        ]
        .concat()
        {
            changes.push(PackageChange::Changed { before, after });
        }
        changes.extend(self.removed.into_iter().map(PackageChange::Removed));
        changes.extend(self.added.into_iter().map(PackageChange::Added));
        changes
    }

    /// Takes out the pairs of equal `key`, in the order of the files.
    fn pair<K: Ord>(
        &mut self,
        key: impl Fn(&LockPackage<'a>) -> K,
    ) -> Vec<(&'a LockPackage<'a>, &'a LockPackage<'a>)> {
        let mut waiting: BTreeMap<K, Vec<&'a LockPackage<'a>>> = BTreeMap::new();
        for package in self.added.drain(..).rev() {
            waiting.entry(key(package)).or_default().push(package);
        }
        let mut pairs = Vec::new();
        self.removed.retain(|before| {
            let partner = waiting.get_mut(&key(before)).and_then(Vec::pop);
            pairs.extend(partner.map(|after| (*before, after)));
            partner.is_none()
        });
        self.added = waiting.into_values().flat_map(|group| group.into_iter().rev()).collect();
        pairs
    }
}

/// Everything that makes a package of one name what it is.
fn identity(package: &LockPackage<'_>) -> (String, Option<String>, Option<String>) {
    (package.version.to_owned(), package.source.map(plain_url), package.checksum.map(str::to_owned))
}

/// Undoes percent-encoding, with which format 4 writes the branch of a git source, and the earlier
/// formats do not.
fn plain_url(url: &str) -> String {
    let mut bytes = Vec::with_capacity(url.len());
    let mut rest = url.as_bytes();
    while let [first, tail @ ..] = rest {
        let decoded = if *first == b'%' { tail.first_chunk().copied().and_then(hex_byte) } else { None };
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_byte([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? * 16 + digit(low)?)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::path::RepoPath;

    /// A lock file with packages given as `name version source checksum`; a `-` stands for none.
    fn lock(packages: &[&str]) -> String {
        let mut text = "version = 4\n".to_owned();
        for package in packages {
            let mut parts = package.split(' ');
            text += "[[package]]\n";
            for key in ["name", "version", "source", "checksum"] {
                let value = parts.next().unwrap_or("-");
                if value != "-" {
                    writeln!(text, "{key} = \"{value}\"").unwrap();
                }
            }
        }
        text
    }

    fn changes(before: &[&str], after: &[&str]) -> Vec<String> {
        let path = RepoPath::new("Cargo.lock").unwrap();
        let (before, after) = (lock(before), lock(after));
        let before = LockFile::read(&path, &before).unwrap();
        let after = LockFile::read(&path, &after).unwrap();
        third_party_changes(&before, &after)
            .into_iter()
            .map(|change| match change {
                PackageChange::Added(package) => format!("+{} {}", package.name, package.version),
                PackageChange::Removed(package) => format!("-{} {}", package.name, package.version),
                PackageChange::Changed { before, after } => {
                    format!("{} {} → {}", before.name, before.version, after.version)
                }
            })
            .collect()
    }

    #[test]
    fn local_packages_and_what_stays_are_no_changes() {
        assert!(changes(&["a 1.0.0", "b 1.0.0 r+u c"], &["a 2.0.0", "b 1.0.0 r+u c", "c 1.0.0"]).is_empty());
        let (old, new) = ("b 1.0.0 git+u?branch=x/y#0 -", "b 1.0.0 git+u?branch=x%2Fy#0 -");
        assert!(changes(&[old], &[new]).is_empty(), "only the encoding differs");
    }

    #[test]
    fn every_part_of_a_package_counts() {
        let before = &["a 1.0.0 r c", "b 1.0.0 r c", "c 1.0.0 r c", "d 1.0.0 r c"];
        let after = &["a 1.0.1 r c", "b 1.0.0 s c", "c 1.0.0 r d", "e 1.0.0 r c"];
        assert_eq!(
            changes(before, after),
            ["a 1.0.0 → 1.0.1", "b 1.0.0 → 1.0.0", "c 1.0.0 → 1.0.0", "-d 1.0.0", "+e 1.0.0"]
        );
        assert_eq!(changes(&["a 1.0.0"], &["a 1.0.0 r"]), ["+a 1.0.0"], "a patch that has gone");
    }

    #[test]
    fn a_version_is_paired_with_the_nearest_one() {
        assert_eq!(
            changes(&["a 0.1.0 r", "a 1.0.0 r", "a 2.0.0 r"], &["a 1.0.0 s", "a 2.0.1 r", "a 3.0.0 r"]),
            ["a 1.0.0 → 1.0.0", "a 2.0.0 → 2.0.1", "a 0.1.0 → 3.0.0"]
        );
        assert_eq!(changes(&["a 1.0.0 r"], &["a 1.0.0 r", "a 2.0.0 r"]), ["+a 2.0.0"]);
        assert_eq!(changes(&["a 1.0.0 r", "a 2.0.0 r"], &["a 2.0.1 r"]), ["a 2.0.0 → 2.0.1", "-a 1.0.0"]);
    }

    #[test]
    fn only_whole_escapes_are_decoded() {
        assert_eq!(plain_url("a%2Fb%2g%+1%"), "a/b%2g%+1%");
    }
}
