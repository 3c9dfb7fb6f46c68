//! How large the texts of a repository may be.
//!
//! Time and memory grow with a text, and a repository may come from a stranger. What is larger than
//! any real text of its kind by a factor of ten and more is refused before Cargo or an editor sees it.

use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// The largest configuration, in bytes: some of it costs more than its length.
pub const CONFIGURATION: u64 = 128 * KIB;
/// The largest manifest, in bytes: Cargo's parser takes about 17 times that in memory.
pub const MANIFEST: u64 = 8 * MIB;
/// The largest lock file, notes or version file, in bytes.
pub const TEXT: u64 = 64 * MIB;
/// The most that the manifests and lock files of one commit may have together, in bytes.
pub const TOGETHER: u64 = 128 * MIB;

/// Refuses the file `path` of `size` bytes if that is more than its kind may have, which its name
/// tells.
///
/// # Errors
///
/// What is wrong with it.
pub fn check(path: &str, size: u64) -> Result<(), Finding> {
    let (limit, what) = if is_named(path, "Cargo.toml") {
        (MANIFEST, "a manifest")
    } else if is_toml(path) {
        (CONFIGURATION, "a configuration")
    } else {
        (TEXT, "a text")
    };
    within(path, size, limit, what)
}

/// Refuses a configuration of `size` bytes in the file `path`, if that is more than one may have.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_configuration(path: &str, size: u64) -> Result<(), Finding> {
    within(path, size, CONFIGURATION, "a configuration")
}

/// Refuses those of a commit's manifests and lock files, given with their sizes in bytes, that are too
/// large, or all of them where they are too large together.
pub fn check_all<'a>(files: impl Iterator<Item = (&'a RepoPath, u64)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut together = 0_u64;
    for (path, size) in files {
        together = together.saturating_add(size);
        findings.extend(check(path.as_str(), size).err());
    }
    if findings.is_empty() && together > TOGETHER {
        let message = format!(
            "the manifests and lock files of this commit have {together} bytes, and {TOGETHER} is the most"
        );
        findings.push(Finding::of(rule::FILE_TOO_LARGE, message).remedy("remove those that are not needed"));
    }
    findings
}

fn within(path: &str, size: u64, limit: u64, what: &str) -> Result<(), Finding> {
    if size <= limit {
        return Ok(());
    }
    let message = format!("this has {size} bytes, and {what} has {limit} at the most");
    Err(Finding::of(rule::FILE_TOO_LARGE, message)
        .at(Place { path: path.to_owned(), spot: None })
        .remedy("make it smaller, or commit what it ought to be"))
}

fn is_named(path: &str, name: &str) -> bool {
    path.rsplit(['/', '\\']).next() == Some(name)
}

fn is_toml(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == "toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_have_its_limit_and_not_a_byte_more() {
        for (path, limit) in [
            ("Cargo.toml", MANIFEST),
            ("a/Cargo.toml", MANIFEST),
            ("relprep.toml", CONFIGURATION),
            ("Cargo.lock", TEXT),
            ("RELEASES.md", TEXT),
            ("a/NotCargo.toml.txt", TEXT),
        ] {
            assert_eq!(check(path, limit), Ok(()), "{path}");
            let finding = check(path, limit + 1).unwrap_err();
            assert_eq!(finding.place.as_ref().unwrap().path, path);
            assert!(finding.message.contains(&(limit + 1).to_string()), "{}", finding.message);
            assert!(finding.message.contains(&limit.to_string()) && finding.remedy.is_some());
        }
        assert!(check_configuration("Cargo.toml", CONFIGURATION).is_ok());
        assert!(check_configuration("Cargo.toml", CONFIGURATION + 1).is_err());
    }

    #[test]
    fn many_texts_may_not_have_more_together() {
        let path = RepoPath::new("a/Cargo.toml").unwrap();
        let files = |count: u64, size| (0..count).map(|_| (&path, size)).collect::<Vec<_>>();
        assert_eq!(check_all(files(TOGETHER / MANIFEST, MANIFEST).into_iter()), []);
        assert_eq!(check_all(files(TOGETHER / MANIFEST + 1, MANIFEST).into_iter()).len(), 1);
        assert_eq!(check_all(files(2, MANIFEST + 1).into_iter()).len(), 2);
        assert_eq!(check_all(files(2, u64::MAX).into_iter()).len(), 2);
    }
}
