//! The packages of a lock file, and how they name each other.

use std::ops::Range;

/// How a lock file names the packages in dependency lines, and where it keeps checksums.
///
/// The later formats differ from each other in how they write the URLs of git sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockFormat {
    /// Every name with its version and source; checksums in `[metadata]`. Has no `version` key.
    V1,
    /// Names as short as they are unambiguous; checksums in the blocks. Has no `version` key.
    V2,
    /// `version = 3`.
    V3,
    /// `version = 4`.
    V4,
}

impl LockFormat {
    /// Returns its number.
    pub fn number(self) -> u8 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
            Self::V3 => 3,
            Self::V4 => 4,
        }
    }

    /// Returns how a reference cites the source of a package: without the commit that a git source
    /// is locked to, and before format 3 without naming the branch `master`.
    pub(super) fn cited(self, source: &str) -> &str {
        let source = source.split_once('#').map_or(source, |(source, _)| source);
        if self <= Self::V2 && source.starts_with("git+") {
            return source.strip_suffix("?branch=master").unwrap_or(source);
        }
        source
    }
}

/// One block of a lock file: a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockPackage<'a> {
    /// The package's name.
    pub name: &'a str,
    /// Its version, as Cargo writes it.
    pub version: &'a str,
    /// Where it comes from; `None` for a local package (a member, or another one given by path).
    pub source: Option<&'a str>,
    /// The checksum of its archive, wherever the format keeps it.
    pub checksum: Option<&'a str>,
    /// The packages that it depends on.
    pub dependencies: Vec<Reference<'a>>,
    /// The package that stands in for it, through `[replace]`.
    pub replace: Option<Reference<'a>>,
    /// The line of the block's header, from 1.
    pub line: usize,
    /// The block from its header to its last line, without that line's end, in bytes.
    pub(super) block: Range<usize>,
    /// Where `version` stands, in bytes.
    pub(super) version_at: Range<usize>,
}

/// The name of one package in the block of another one: `name`, `name version` or
/// `name version (source)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The name.
    pub name: &'a str,
    /// The version, where it is given.
    pub version: Option<&'a str>,
    /// The source, where it is given.
    pub source: Option<&'a str>,
    /// The line, from 1.
    pub line: usize,
    /// Where the text of the reference stands, in bytes, without its quotes.
    pub(super) at: Range<usize>,
}

/// Name, version and cited source.
pub(super) type PackageKey<'a> = (&'a str, &'a str, Option<&'a str>);
