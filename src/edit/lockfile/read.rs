//! Reads a lock file by lines.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::finding::{Finding, Place, Refused};
use crate::path::RepoPath;

/// The content of a `Cargo.lock`, borrowed from its text.
#[derive(Clone, Debug)]
pub struct LockFile<'a> {
    /// The format, declared or recognized.
    pub format: Format,
    /// The `[[package]]` blocks, in the order of the file.
    pub packages: Vec<LockPackage<'a>>,
    /// The `[[patch.unused]]` blocks: patches that no package uses.
    pub unused_patches: Vec<LockPackage<'a>>,
}

/// How a lock file names the packages in dependency lines, and where it keeps checksums.
///
/// The later formats differ from each other in how they write the URLs of git sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Every name with its version and source; checksums in `[metadata]`. Has no `version` key.
    V1,
    /// Names as short as they are unambiguous; checksums in the blocks. Has no `version` key.
    V2,
    /// `version = 3`.
    V3,
    /// `version = 4`.
    V4,
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

impl<'a> LockFile<'a> {
    /// Reads `text`, the content of the lock file at `path`.
    ///
    /// Tables that it does not know are passed over.
    ///
    /// # Errors
    ///
    /// If the file has merge conflict markers, is of a format that is not known, or is not laid out
    /// as Cargo does it.
    pub fn read(path: &RepoPath, text: &'a str) -> Result<Self, Refused> {
        let mut scan = Scan::default();
        scan.run(text).map_err(|wrong| Refused::from(wrong.into_finding(path, text)))?;
        let mut lock = LockFile {
            format: scan.declared.unwrap_or(Format::V2),
            packages: scan.packages,
            unused_patches: scan.unused_patches,
        };
        if scan.declared.is_none() && !lock.has_short_references() {
            lock.format = Format::V1;
            lock.adopt_checksums(&scan.checksums);
        }
        Ok(lock)
    }

    /// Returns whether anything shows that a file without a `version` key is of format 2: Cargo
    /// takes it for format 1 otherwise.
    fn has_short_references(&self) -> bool {
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

impl Format {
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

impl<'a> Reference<'a> {
    fn new(value: &Quoted<'a>, line: usize) -> Option<Self> {
        let (name, version, source) = package_id(value.text)?;
        Some(Self { name, version, source, line, at: value.at.clone() })
    }
}

/// Name, version and cited source.
type PackageKey<'a> = (&'a str, &'a str, Option<&'a str>);

/// Takes `name`, `name version` or `name version (source)` apart.
fn package_id(text: &str) -> Option<(&str, Option<&str>, Option<&str>)> {
    let mut parts = text.splitn(3, ' ');
    let name = parts.next().filter(|name| !name.is_empty())?;
    let version = parts.next();
    let source = match parts.next() {
        Some(source) => Some(source.strip_prefix('(')?.strip_suffix(')')?),
        None => None,
    };
    Some((name, version, source))
}

/// Returns whether a table may say something about packages; `[root]` held one until 2017.
fn is_about_packages(header: &str) -> bool {
    let name = header.trim_start_matches('[');
    ["package", "patch", "root"].iter().any(|table| name.starts_with(table))
}

/// What makes a text no lock file, and on which line (from 1).
struct Wrong {
    line: usize,
    kind: WrongKind,
}

enum WrongKind {
    Conflict,
    Format,
    Layout(&'static str),
}

impl Wrong {
    fn layout(line: usize, message: &'static str) -> Self {
        Self { line, kind: WrongKind::Layout(message) }
    }

    fn into_finding(self, path: &RepoPath, text: &str) -> Finding {
        let finding = match self.kind {
            WrongKind::Conflict => Finding::error("lock-file-conflict", "a merge conflict is not resolved")
                .remedy("restore one side of the merge and run `cargo update --workspace --offline`"),
            WrongKind::Format => {
                Finding::error("lock-file-format", "the format of the lock file is not known")
                    .remedy("use a newer version of cargo-relprep")
            }
            WrongKind::Layout(message) => Finding::error("lock-file-layout", message)
                .remedy("run `cargo update --workspace --offline`, which writes the file anew"),
        };
        finding.at(Place::line(path, text, self.line))
    }
}

/// The state of the scan: the table that it is in, and what it has read.
#[derive(Default)]
struct Scan<'a> {
    table: Table<'a>,
    in_dependencies: bool,
    declared: Option<Format>,
    packages: Vec<LockPackage<'a>>,
    unused_patches: Vec<LockPackage<'a>>,
    checksums: HashMap<PackageKey<'a>, &'a str>,
}

#[derive(Default)]
enum Table<'a> {
    #[default]
    Top,
    Package(Block<'a>),
    UnusedPatch(Block<'a>),
    Metadata,
    Unknown,
}

/// A `[[package]]` or `[[patch.unused]]` block as far as it is read.
struct Block<'a> {
    line: usize,
    range: Range<usize>,
    name: Option<Quoted<'a>>,
    version: Option<Quoted<'a>>,
    source: Option<Quoted<'a>>,
    checksum: Option<Quoted<'a>>,
    dependencies: Vec<Reference<'a>>,
    replace: Option<Reference<'a>>,
}

/// A line without its end and without space around it.
struct Line<'a> {
    number: usize,
    start: usize,
    text: &'a str,
}

/// The text between two quotes, and where it stands.
struct Quoted<'a> {
    text: &'a str,
    at: Range<usize>,
}

impl<'a> Scan<'a> {
    fn run(&mut self, text: &'a str) -> Result<(), Wrong> {
        let mut start = 0;
        let mut number = 0;
        for line in text.split_inclusive('\n') {
            number += 1;
            self.line(&Line::new(number, start, line))?;
            start += line.len();
        }
        if self.in_dependencies {
            return Err(Wrong::layout(number, "the list of dependencies does not end"));
        }
        self.close_table()
    }

    fn line(&mut self, line: &Line<'a>) -> Result<(), Wrong> {
        if line.is_conflict_marker() {
            return Err(Wrong { line: line.number, kind: WrongKind::Conflict });
        }
        if line.text.is_empty() || line.text.starts_with('#') {
            return Ok(());
        }
        if line.text.starts_with('[') && !self.in_dependencies {
            self.close_table()?;
            return self.open_table(line);
        }
        match &mut self.table {
            Table::Top => self.top(line),
            Table::Package(block) | Table::UnusedPatch(block) => {
                block.range.end = line.start + line.text.len();
                if self.in_dependencies {
                    self.in_dependencies = block.dependency(line)?;
                } else {
                    self.in_dependencies = block.entry(line)?;
                }
                Ok(())
            }
            Table::Metadata => {
                self.checksums.extend(line.metadata_checksum());
                Ok(())
            }
            Table::Unknown => Ok(()),
        }
    }

    fn top(&mut self, line: &Line<'a>) -> Result<(), Wrong> {
        let format = match line.key_and_value() {
            Some(("version", "3")) => Format::V3,
            Some(("version", "4")) => Format::V4,
            Some(("version", _)) => return Err(Wrong { line: line.number, kind: WrongKind::Format }),
            _ => return Err(Wrong::layout(line.number, "this is neither a format version nor a table")),
        };
        self.declared = Some(format);
        Ok(())
    }

    fn open_table(&mut self, line: &Line<'a>) -> Result<(), Wrong> {
        self.table = match line.text {
            "[[package]]" => Table::Package(Block::new(line)),
            "[[patch.unused]]" => Table::UnusedPatch(Block::new(line)),
            "[metadata]" => Table::Metadata,
            header if header.contains([' ', '\t', '"', '\'', '#']) || is_about_packages(header) => {
                return Err(Wrong::layout(line.number, "this is no table that Cargo writes"));
            }
            _ => Table::Unknown,
        };
        Ok(())
    }

    fn close_table(&mut self) -> Result<(), Wrong> {
        match std::mem::take(&mut self.table) {
            Table::Package(block) => self.packages.push(block.into_package()?),
            Table::UnusedPatch(block) => self.unused_patches.push(block.into_package()?),
            Table::Top | Table::Metadata | Table::Unknown => {}
        }
        Ok(())
    }
}

impl<'a> Block<'a> {
    fn new(header: &Line<'a>) -> Self {
        Self {
            line: header.number,
            range: header.start..header.start + header.text.len(),
            name: None,
            version: None,
            source: None,
            checksum: None,
            dependencies: Vec::new(),
            replace: None,
        }
    }

    /// Takes a `key = value` line; returns whether it begins the list of dependencies.
    fn entry(&mut self, line: &Line<'a>) -> Result<bool, Wrong> {
        let slot = match line.key_and_value() {
            Some(("dependencies", "[")) if self.dependencies.is_empty() => return Ok(true),
            Some(("dependencies", "[]")) if self.dependencies.is_empty() => return Ok(false),
            Some(("replace", _)) => {
                self.replace = Some(line.reference(line.text)?);
                return Ok(false);
            }
            Some(("name", _)) => &mut self.name,
            Some(("version", _)) => &mut self.version,
            Some(("source", _)) => &mut self.source,
            Some(("checksum", _)) => &mut self.checksum,
            _ => return Err(Wrong::layout(line.number, "this is no line that Cargo writes in a package")),
        };
        let Some(value) = line.quoted(line.text) else {
            return Err(Wrong::layout(line.number, "the value is not a plain string"));
        };
        if slot.replace(value).is_some() {
            return Err(Wrong::layout(line.number, "the key is there twice"));
        }
        Ok(false)
    }

    /// Takes a line of the list of dependencies; returns whether the list goes on.
    fn dependency(&mut self, line: &Line<'a>) -> Result<bool, Wrong> {
        if line.text == "]" {
            return Ok(false);
        }
        self.dependencies.push(line.reference(line.text.strip_suffix(',').unwrap_or(line.text))?);
        Ok(true)
    }

    fn into_package(self) -> Result<LockPackage<'a>, Wrong> {
        let (Some(name), Some(version)) = (self.name, self.version) else {
            return Err(Wrong::layout(self.line, "the package has no name or no version"));
        };
        Ok(LockPackage {
            name: name.text,
            version: version.text,
            source: self.source.map(|source| source.text),
            checksum: self.checksum.map(|checksum| checksum.text),
            dependencies: self.dependencies,
            replace: self.replace,
            line: self.line,
            block: self.range,
            version_at: version.at,
        })
    }
}

impl<'a> Line<'a> {
    fn new(number: usize, start: usize, line: &'a str) -> Self {
        // A byte order mark can only stand at the start of the file.
        let text = if number == 1 { line.trim_start_matches('\u{feff}') } else { line };
        let text = text.trim_start();
        Self { number, start: start + line.len() - text.len(), text: text.trim_end() }
    }

    fn is_conflict_marker(&self) -> bool {
        self.text.starts_with(['<', '|', '=', '>'])
            && ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|marker| self.text.starts_with(marker))
    }

    fn key_and_value(&self) -> Option<(&'a str, &'a str)> {
        let (key, value) = self.text.split_once('=')?;
        Some((key.trim_end(), value.trim_start()))
    }

    /// Returns the only string in `part`, the beginning of the line, which ends with it.
    fn quoted(&self, part: &'a str) -> Option<Quoted<'a>> {
        let begin = part.find('"')? + 1;
        let text = part[begin..].strip_suffix('"')?;
        let at = self.start + begin;
        (!text.contains(['"', '\\'])).then(|| Quoted { text, at: at..at + text.len() })
    }

    fn reference(&self, part: &'a str) -> Result<Reference<'a>, Wrong> {
        self.quoted(part)
            .and_then(|value| Reference::new(&value, self.number))
            .ok_or_else(|| Wrong::layout(self.number, "this does not name a package"))
    }

    /// Reads `"checksum name version (source)" = "checksum"`; `<none>` stands for none.
    fn metadata_checksum(&self) -> Option<(PackageKey<'a>, &'a str)> {
        let (key, value) = self.text.split_once("\" = \"")?;
        let (name, version, source) = package_id(key.strip_prefix("\"checksum ")?)?;
        let checksum = value.strip_suffix('"').filter(|&checksum| checksum != "<none>")?;
        Some(((name, version?, source), checksum))
    }
}
