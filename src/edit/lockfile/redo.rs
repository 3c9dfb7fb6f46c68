//! A change of third parties, done again in another lock file.

use super::changes::PackageChange;
use super::package::LockPackage;
use super::read::LockFile;
use crate::edit::splice::{self, Splice};

/// Returns `text`, which reads as `lock`, with the blocks of the packages that `changes` changed, as
/// `from` has them; `from` is the text of the later file that the changes were found in.
///
/// The result is a hint for Cargo and no finished lock file: what depends on what may be out of date.
/// A package that is not there, or is there in several versions of which none is meant, is left.
pub fn redo(lock: &LockFile<'_>, text: &str, changes: &[PackageChange<'_>], from: &str) -> String {
    let mut splices = Vec::new();
    for change in changes {
        if let PackageChange::Changed { before, after } = change
            && let Some(old) = meant(lock, before, after)
            && let Some(block) = from.get(after.block.clone())
        {
            splices.push(Splice::new(old.block.clone(), block));
        }
    }
    splice::apply(text, splices)
}

/// Returns the package of `lock` that is to become `after`: the one at the version before, or the only
/// one of that name; `None` if it already exists.
fn meant<'l>(
    lock: &'l LockFile<'_>,
    before: &LockPackage<'_>,
    after: &LockPackage<'_>,
) -> Option<&'l LockPackage<'l>> {
    let same: Vec<&LockPackage<'_>> = lock
        .packages
        .iter()
        .filter(|package| package.name == after.name && package.source.is_some())
        .collect();
    if same.iter().any(|package| package.version == after.version && package.checksum == after.checksum) {
        return None;
    }
    match same.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|package| package.version == before.version).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::third_party_changes;
    use super::*;
    use crate::path::RepoPath;

    fn lock(packages: &[(&str, &str)]) -> String {
        let block = |(name, version): &(&str, &str)| {
            format!(
                "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry+x\"\nchecksum = \"{version}\"\n"
            )
        };
        format!("version = 4\n{}", packages.iter().map(block).collect::<String>())
    }

    #[test]
    fn what_changed_there_changes_here_and_nothing_else() {
        let path = RepoPath::new("Cargo.lock").unwrap();
        let (before, after) =
            (lock(&[("a", "1.0.0"), ("b", "1.0.0")]), lock(&[("a", "1.0.2"), ("b", "1.0.0")]));
        let (old, new) = (LockFile::read(&path, &before).unwrap(), LockFile::read(&path, &after).unwrap());
        let changes = third_party_changes(&old, &new);
        let redone = |here: &str| redo(&LockFile::read(&path, here).unwrap(), here, &changes, &after);
        assert_eq!(redone(&lock(&[("a", "1.0.1"), ("b", "1.1.0")])), lock(&[("a", "1.0.2"), ("b", "1.1.0")]));
        let several = lock(&[("a", "0.9.0"), ("a", "1.0.0")]);
        assert_eq!(redone(&several), lock(&[("a", "0.9.0"), ("a", "1.0.2")]));
        for same in [lock(&[("b", "1.0.0")]), lock(&[("a", "0.8.0"), ("a", "0.9.0")]), after.clone()] {
            assert_eq!(redone(&same), same);
        }
    }
}
