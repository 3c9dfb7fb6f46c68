//! What a lock file says.

use std::collections::{HashMap, HashSet};

use super::package::{LockFormat, LockPackage, PackageKey};
use super::scan::Scan;
use crate::finding::Refused;
use crate::path::RepoPath;

/// The content of a `Cargo.lock`, borrowed from its text.
#[derive(Clone, Debug)]
pub struct LockFile<'a> {
    /// The format, declared or recognized.
    pub format: LockFormat,
    /// The `[[package]]` blocks, in the order of the file.
    pub packages: Vec<LockPackage<'a>>,
    /// The `[[patch.unused]]` blocks: patches that no package uses.
    pub unused_patches: Vec<LockPackage<'a>>,
}

impl<'a> LockFile<'a> {
    /// Reads `text`, the content of the lock file at `path`.
    ///
    /// Tables that it does not know are passed over, as Cargo does: they stay byte for byte.
    ///
    /// # Errors
    ///
    /// If the file has merge conflict markers, is of a format that is not known, or is not laid out
    /// as Cargo does it.
    pub fn read(path: &RepoPath, text: &'a str) -> Result<Self, Refused> {
        let mut scan = Scan::default();
        scan.run(text).map_err(|wrong| Refused::from(wrong.into_finding(path, text)))?;
        let mut lock = LockFile {
            format: scan.declared.unwrap_or(LockFormat::V2),
            packages: scan.packages,
            unused_patches: scan.unused_patches,
        };
        if scan.declared.is_none() && !lock.shows_format_2() {
            lock.format = LockFormat::V1;
            lock.adopt_checksums(&scan.checksums);
        }
        Ok(lock)
    }

    /// Returns whether anything shows that a file without a `version` key is of format 2: Cargo
    /// takes it for format 1 otherwise.
    fn shows_format_2(&self) -> bool {
        let locals: HashSet<_> = self
            .packages
            .iter()
            .filter(|package| package.source.is_none())
            .map(|package| (package.name, package.version))
            .collect();
        self.packages.iter().any(|package| {
            package.checksum.is_some()
                || package.dependencies.iter().any(|reference| match (reference.version, reference.source) {
                    (None, _) => true,
                    (Some(version), None) => !locals.contains(&(reference.name, version)),
                    (Some(_), Some(_)) => false,
                })
        })
    }

    fn adopt_checksums(&mut self, checksums: &HashMap<PackageKey<'a>, &'a str>) {
        for package in &mut self.packages {
            let key = (package.name, package.version, package.source.map(|source| self.format.cited(source)));
            package.checksum = checksums.get(&key).copied();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LockFile<'_>, String> {
        LockFile::read(&RepoPath::new("Cargo.lock").unwrap(), text).map_err(|refused| refused.to_string())
    }

    #[test]
    fn a_package_is_read_with_its_lines() {
        let text = "# Ours.\r\nversion = 3\r\n\r\n[[package]]\r\nname = \"a\"\r\nversion = \"1.0.0\"\r\nsource = \"r\"\r\n\
                    checksum = \"c\"\r\ndependencies = [\r\n \"b\",\r\n \"c 1.0.0\",\r\n \"c 1.0.0 (r+u)\",\r\n]\r\n";
        let lock = read(text).unwrap();
        let [package] = &lock.packages[..] else { panic!("{lock:?}") };
        assert_eq!(lock.format, LockFormat::V3);
        assert_eq!((package.name, package.version, package.line), ("a", "1.0.0", 4));
        assert_eq!((package.source, package.checksum), (Some("r"), Some("c")));
        let references: Vec<_> = package
            .dependencies
            .iter()
            .map(|reference| {
                (reference.line, &text[reference.at.clone()], reference.version, reference.source)
            })
            .collect();
        assert_eq!(
            references,
            [
                (10, "b", None, None),
                (11, "c 1.0.0", Some("1.0.0"), None),
                (12, "c 1.0.0 (r+u)", Some("1.0.0"), Some("r+u")),
            ]
        );
        assert_eq!(&text[package.version_at.clone()], "1.0.0");
        assert_eq!(package.block.end, text.len() - 2);
    }

    #[test]
    fn a_format_without_a_version_is_recognized() {
        let package =
            |name: &str, more: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{more}");
        let depends = |reference: &str| package("a", &format!("dependencies = [\n \"{reference}\",\n]\n"));
        let foreign = package("b", "source = \"git+u?branch=master#1\"\n");
        for (text, format) in [
            (package("a", ""), LockFormat::V1),
            (depends("b 1.0.0") + &package("b", ""), LockFormat::V1),
            (depends("b 1.0.0 (git+u)") + &foreign, LockFormat::V1),
            (depends("b 1.0.0") + &foreign, LockFormat::V2),
            (depends("b") + &package("b", ""), LockFormat::V2),
            (package("a", "source = \"r+u\"\nchecksum = \"c\"\n"), LockFormat::V2),
        ] {
            assert_eq!(read(&text).unwrap().format, format, "{text}");
        }
    }

    #[test]
    fn the_first_format_keeps_checksums_apart() {
        let text = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+u\"\n\
                    [[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"git+u?branch=master#1\"\n\
                    [[package]]\nname = \"c\"\nversion = \"1.0.0\"\nsource = \"git+u?branch=master#1\"\n\
                    [metadata]\nother = \"x\"\n\"checksum a 1.0.0 (registry+u)\" = \"c0\"\n\
                    \"checksum b 1.0.0 (git+u)\" = \"<none>\"\n\"checksum c 1.0.0 (git+u)\" = \"c1\"\n";
        let lock = read(text).unwrap();
        let checksums: Vec<_> = lock.packages.iter().map(|package| package.checksum).collect();
        assert_eq!(checksums, [Some("c0"), None, Some("c1")]);
    }

    #[test]
    fn other_tables_and_comments_are_passed_over() {
        let text = "\u{feff}version = 4\n[[package]]\nname = \"a\"\n# why\nversion = \"1.0.0\"\n\n# more\n[other]\nx = [\n]\n\
                    [[patch.unused]]\nname = \"b\"\nversion = \"1.0.0\"\n";
        let lock = read(text).unwrap();
        assert_eq!((lock.packages.len(), lock.unused_patches.len()), (1, 1));
        assert!(text[..lock.packages[0].block.end].ends_with("version = \"1.0.0\""));
        assert_eq!(read("").unwrap().packages, []);
    }

    #[test]
    fn what_cargo_does_not_write_is_refused_with_its_line() {
        let after_header = |line: &str| format!("version = 4\n[[package]]\n{line}\n");
        for (text, message) in [
            ("version = 5\n".to_owned(), "Cargo.lock:1:1: the format of the lock file is not known"),
            ("x\n".to_owned(), "Cargo.lock:1:1: this is neither a format version nor a table"),
            ("[[package]]\n".to_owned(), "Cargo.lock:1:1: the package has no name or no version"),
            ("\n[root]\n".to_owned(), "Cargo.lock:2:1: this is not a table that Cargo writes"),
            ("[[ package ]]\n".to_owned(), "Cargo.lock:1:1: this is not a table that Cargo writes"),
            ("[[`]]\n".to_owned(), "Cargo.lock:1:1: this is not a table that Cargo writes"),
            ("[other]]\n".to_owned(), "Cargo.lock:1:1: this is not a table that Cargo writes"),
            ("[[other]\n".to_owned(), "Cargo.lock:1:1: this is not a table that Cargo writes"),
            ("[]\n".to_owned(), "Cargo.lock:1:1: this is not a table that Cargo writes"),
            ("[a..b]\n".to_owned(), "Cargo.lock:1:1: this is not a table that Cargo writes"),
            ("[\"other\"]\n".to_owned(), "Cargo.lock:1:1: this is not a table that Cargo writes"),
            (
                "[other]\nx = \"\"\"\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\"\"\"\n".to_owned(),
                "Cargo.lock:2:1: a text over several lines is nothing that Cargo writes",
            ),
            (after_header("<<<<<<< HEAD"), "Cargo.lock:3:1: a merge conflict is not resolved"),
            (after_header("name = 'a'"), "Cargo.lock:3:1: the value is not a plain string"),
            (after_header("name = \"a\" # why"), "Cargo.lock:3:1: the value is not a plain string"),
            (after_header("name = \"a\"\nname = \"b\""), "Cargo.lock:4:1: the key is there twice"),
            (
                after_header("colour = \"red\""),
                "Cargo.lock:3:1: this is not a line that Cargo writes in a package",
            ),
            (
                after_header("dependencies = [\"a\"]"),
                "Cargo.lock:3:1: this is not a line that Cargo writes in a package",
            ),
            (
                after_header("dependencies = [\n \"a\", \"b\","),
                "Cargo.lock:4:1: this does not name a package",
            ),
            (
                after_header("dependencies = [\n \"a 1.0.0 x\","),
                "Cargo.lock:4:1: this does not name a package",
            ),
            (after_header("dependencies = ["), "Cargo.lock:3:1: the list of dependencies does not end"),
        ] {
            assert_eq!(read(&text).map(|_| ()).unwrap_err(), message, "{text}");
        }
    }
}
