//! Reads a lock file line by line, each line once.

use std::collections::HashMap;
use std::ops::Range;

use super::package::{LockFormat, LockPackage, PackageKey, Reference};
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;

/// The state of the scan: the table that it is in, and what it has read.
#[derive(Default)]
pub(super) struct Scan<'a> {
    table: OpenTable<'a>,
    in_dependencies: bool,
    pub(super) declared: Option<LockFormat>,
    pub(super) packages: Vec<LockPackage<'a>>,
    pub(super) unused_patches: Vec<LockPackage<'a>>,
    pub(super) checksums: HashMap<PackageKey<'a>, &'a str>,
}

#[derive(Default)]
enum OpenTable<'a> {
    #[default]
    Top,
    Package(LockBlock<'a>),
    UnusedPatch(LockBlock<'a>),
    Metadata,
    Unknown,
}

/// A `[[package]]` or `[[patch.unused]]` block as far as it is read.
struct LockBlock<'a> {
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
struct ScanLine<'a> {
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
    /// Reads the whole of `text`.
    pub(super) fn run(&mut self, text: &'a str) -> Result<(), ScanError> {
        let mut start = 0;
        let mut number = 0;
        for line in text.split_inclusive('\n') {
            number += 1;
            self.line(&ScanLine::new(number, start, line))?;
            start += line.len();
        }
        if self.in_dependencies {
            return Err(ScanError::layout(number, "the list of dependencies does not end"));
        }
        self.close_table()
    }

    fn line(&mut self, line: &ScanLine<'a>) -> Result<(), ScanError> {
        if line.is_conflict_marker() {
            return Err(ScanError { line: line.number, kind: ScanErrorKind::Conflict });
        }
        if line.text.is_empty() || line.text.starts_with('#') {
            return Ok(());
        }
        if line.text.starts_with('[') && !self.in_dependencies {
            self.close_table()?;
            return self.open_table(line);
        }
        match &mut self.table {
            OpenTable::Top => self.top(line),
            OpenTable::Package(block) | OpenTable::UnusedPatch(block) => {
                block.range.end = line.start + line.text.len();
                if self.in_dependencies {
                    self.in_dependencies = block.dependency(line)?;
                } else {
                    self.in_dependencies = block.entry(line)?;
                }
                Ok(())
            }
            OpenTable::Metadata => {
                self.checksums.extend(line.metadata_checksum());
                Ok(())
            }
            // What goes on over lines could hold anything, also what looks like a package.
            OpenTable::Unknown if line.text.contains("\"\"\"") || line.text.contains("'''") => {
                Err(ScanError::layout(line.number, "a text over several lines is nothing that Cargo writes"))
            }
            OpenTable::Unknown => Ok(()),
        }
    }

    fn top(&mut self, line: &ScanLine<'a>) -> Result<(), ScanError> {
        let format = match line.key_and_value() {
            Some(("version", "3")) => LockFormat::V3,
            Some(("version", "4")) => LockFormat::V4,
            Some(("version", _)) => return Err(ScanError { line: line.number, kind: ScanErrorKind::Format }),
            _ => return Err(ScanError::layout(line.number, "this is neither a format version nor a table")),
        };
        self.declared = Some(format);
        Ok(())
    }

    fn open_table(&mut self, line: &ScanLine<'a>) -> Result<(), ScanError> {
        self.table = match line.text {
            "[[package]]" => OpenTable::Package(LockBlock::new(line)),
            "[[patch.unused]]" => OpenTable::UnusedPatch(LockBlock::new(line)),
            "[metadata]" => OpenTable::Metadata,
            header if is_plain_header(header) && !is_about_packages(header) => OpenTable::Unknown,
            _ => return Err(ScanError::layout(line.number, "this is not a table that Cargo writes")),
        };
        Ok(())
    }

    fn close_table(&mut self) -> Result<(), ScanError> {
        match std::mem::take(&mut self.table) {
            OpenTable::Package(block) => self.packages.push(block.into_package()?),
            OpenTable::UnusedPatch(block) => self.unused_patches.push(block.into_package()?),
            OpenTable::Top | OpenTable::Metadata | OpenTable::Unknown => {}
        }
        Ok(())
    }
}

impl<'a> LockBlock<'a> {
    fn new(header: &ScanLine<'a>) -> Self {
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
    fn entry(&mut self, line: &ScanLine<'a>) -> Result<bool, ScanError> {
        let Some((key, value)) = line.key_and_value() else {
            return Err(ScanError::layout(line.number, "this is not a line that Cargo writes in a package"));
        };
        let slot = match key {
            "dependencies" if self.dependencies.is_empty() && value == "[" => return Ok(true),
            "dependencies" if self.dependencies.is_empty() && value == "[]" => return Ok(false),
            "replace" => {
                self.replace = Some(line.reference(value)?);
                return Ok(false);
            }
            "name" => &mut self.name,
            "version" => &mut self.version,
            "source" => &mut self.source,
            "checksum" => &mut self.checksum,
            _ => {
                return Err(ScanError::layout(
                    line.number,
                    "this is not a line that Cargo writes in a package",
                ));
            }
        };
        let Some(value) = line.quoted(value) else {
            return Err(ScanError::layout(line.number, "the value is not a plain string"));
        };
        if slot.replace(value).is_some() {
            return Err(ScanError::layout(line.number, "the key is there twice"));
        }
        Ok(false)
    }

    /// Takes a line of the list of dependencies; returns whether the list goes on.
    fn dependency(&mut self, line: &ScanLine<'a>) -> Result<bool, ScanError> {
        if line.text == "]" {
            return Ok(false);
        }
        let item = line.item();
        self.dependencies.push(item.reference(item.text)?);
        Ok(true)
    }

    fn into_package(self) -> Result<LockPackage<'a>, ScanError> {
        let (Some(name), Some(version)) = (self.name, self.version) else {
            return Err(ScanError::layout(self.line, "the package has no name or no version"));
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

impl<'a> ScanLine<'a> {
    fn new(number: usize, start: usize, line: &'a str) -> Self {
        // A byte order mark can only stand at the start of the file.
        let text = if number == 1 { line.trim_start_matches('\u{feff}') } else { line };
        let text = text.trim_ascii_start();
        Self { number, start: start + line.len() - text.len(), text: text.trim_ascii_end() }
    }

    fn is_conflict_marker(&self) -> bool {
        self.text.starts_with(['<', '|', '=', '>'])
            && ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|marker| self.text.starts_with(marker))
    }

    fn key_and_value(&self) -> Option<(&'a str, &'a str)> {
        let (key, value) = self.text.split_at_checked(self.text.bytes().position(|byte| byte == b'=')?)?;
        Some((key.trim_ascii_end(), value.strip_prefix('=')?.trim_ascii_start()))
    }

    /// Reads `value`, which ends the line, as a string without escapes.
    fn quoted(&self, value: &'a str) -> Option<Quoted<'a>> {
        let text = value.strip_prefix('"')?.strip_suffix('"')?;
        let end = self.start + self.text.len() - 1;
        let plain = !text.bytes().any(|byte| matches!(byte, b'"' | b'\\'));
        plain.then(|| Quoted { text, at: end - text.len()..end })
    }

    fn reference(&self, value: &'a str) -> Result<Reference<'a>, ScanError> {
        self.quoted(value)
            .and_then(|value| Reference::new(&value, self.number))
            .ok_or_else(|| ScanError::layout(self.number, "this does not name a package"))
    }

    /// Returns the line without the comma that ends it in a list.
    fn item(&self) -> Self {
        Self { text: self.text.strip_suffix(',').unwrap_or(self.text), ..*self }
    }

    /// Reads `"checksum name version (source)" = "checksum"`; `<none>` stands for none.
    fn metadata_checksum(&self) -> Option<(PackageKey<'a>, &'a str)> {
        let (key, value) = self.text.split_once("\" = \"")?;
        let (name, version, source) = package_id(key.strip_prefix("\"checksum ")?)?;
        let checksum = value.strip_suffix('"').filter(|&checksum| checksum != "<none>")?;
        Some(((name, version?, source), checksum))
    }
}

/// Returns whether `header` is that of a table or of an array of tables, with bare keys (TOML 1.0,
/// "Keys") and nothing beside them.
fn is_plain_header(header: &str) -> bool {
    let table = || header.strip_prefix('[')?.strip_suffix(']');
    let name = header.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")).or_else(table);
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.is_some_and(|name| name.split('.').all(|key| !key.is_empty() && key.chars().all(is_bare)))
}

/// Returns whether a table may say something about packages; `[root]` held one until 2017.
fn is_about_packages(header: &str) -> bool {
    let name = header.trim_start_matches('[');
    ["package", "patch", "root"].iter().any(|table| name.starts_with(table))
}

impl<'a> Reference<'a> {
    fn new(value: &Quoted<'a>, line: usize) -> Option<Self> {
        let (name, version, source) = package_id(value.text)?;
        Some(Self { name, version, source, line, at: value.at.clone() })
    }
}

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

/// What makes a text no lock file, and on which line (from 1).
pub(super) struct ScanError {
    line: usize,
    kind: ScanErrorKind,
}

enum ScanErrorKind {
    Conflict,
    Format,
    Layout(&'static str),
}

impl ScanError {
    fn layout(line: usize, message: &'static str) -> Self {
        Self { line, kind: ScanErrorKind::Layout(message) }
    }

    /// Says it about `text`, the content of the lock file at `path`.
    pub(super) fn into_finding(self, path: &RepoPath, text: &str) -> Finding {
        let finding = match self.kind {
            ScanErrorKind::Conflict => {
                Finding::of(rule::LOCK_FILE_CONFLICT, "a merge conflict is not resolved")
                    .remedy("restore one side of the merge and run `cargo update --workspace --offline`")
            }
            ScanErrorKind::Format => {
                Finding::of(rule::LOCK_FILE_FORMAT, "the format of the lock file is not known")
                    .remedy("use a newer version of cargo-relprep")
            }
            ScanErrorKind::Layout(message) => Finding::of(rule::LOCK_FILE_LAYOUT, message)
                .remedy("run `cargo update --workspace --offline`, which writes the file again"),
        };
        finding.at(Place::line(path, text, self.line))
    }
}
