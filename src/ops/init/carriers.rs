//! Lines of other files that carry a version: those that changed with it, time and again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use semver::Version;

use super::draft::{Setting, literal, placed, quoted};
use crate::edit::splice::{self, Splice};
use crate::edit::version_file::{self, Pattern};
use crate::git::diff::{ChangeKind, ChangedFile};
use crate::path::RepoPath;
use crate::template::Values;
use crate::version::{places, plain};

/// How many past steps must have changed a line.
const ENOUGH: usize = 2;

/// The parts of a version, by the names that lines give them.
const PARTS: [(&str, &str); 3] = [("major", "{major}"), ("minor", "{minor}"), ("patch", "{patch}")];

/// A package whose version moved in a step.
#[derive(Clone, Debug)]
pub(super) struct MovedPackage {
    /// Its name; nothing for the lead package.
    pub(super) package: Option<String>,
    /// The folder whose files may carry its version.
    pub(super) folder: String,
    pub(super) from: Version,
    pub(super) to: Version,
}

/// What a project is now: the version files that are proposed must fit it.
pub(super) struct Present<'a> {
    /// The folder of the root manifest.
    pub(super) folder: &'a str,
    /// Returns a file.
    pub(super) text: &'a dyn Fn(&RepoPath) -> Option<String>,
    /// Returns the version of a package; with no name that of the lead package.
    pub(super) version: &'a dyn Fn(Option<&str>) -> Option<Version>,
}

/// A file, and the package whose version it carries, if that is not the lead package.
type Carrier = (RepoPath, Option<String>);

/// Lines that changed with a version, by file, and to which versions of the lead package the steps led.
#[derive(Debug, Default)]
pub(super) struct Carriers {
    lines: BTreeMap<Carrier, BTreeMap<String, Vec<Version>>>,
    reached: BTreeSet<Version>,
    steps: usize,
}

impl Carriers {
    /// Adds what a step changed on the day `date`, in which `moved` went to other versions, the lead package first.
    pub(super) fn add(&mut self, changed: &[ChangedFile], moved: &[MovedPackage], date: NaiveDate) {
        self.steps += 1;
        let Some(lead) = moved.first().map(|moved| plain(&moved.to)) else { return };
        self.reached.insert(lead.clone());
        for file in changed {
            let is_wanted = |path: &RepoPath| is_manifest(path) || !is_read_anyway(path);
            let Some(path) = RepoPath::new(&file.path).filter(is_wanted) else { continue };
            let ChangeKind::Content(Ok([old, new])) = &file.change else { continue };
            let own = |text: &str| if is_manifest(&path) { not_cargos(text) } else { text.to_owned() };
            let (old, new) = (own(old), own(new));
            for moved in moved.iter().filter(|moved| path.is_below(&moved.folder)) {
                let lines = self.lines.entry((path.clone(), moved.package.clone())).or_default();
                for pattern in patterns(&old, &new, moved, date) {
                    lines.entry(pattern).or_default().push(lead.clone());
                }
            }
        }
    }

    /// Returns the version files that are still such.
    pub(super) fn settings(&self, present: &Present<'_>) -> Vec<Setting> {
        let of_file = |((path, package), lines): (&Carrier, &BTreeMap<String, Vec<Version>>)| {
            let now = (present.text)(path)?;
            let values = Values::of(&(present.version)(package.as_deref())?);
            let most = lines.values().map(Vec::len).max().filter(|most| *most >= ENOUGH)?;
            let mut patterns: Vec<String> = lines.keys().cloned().collect();
            patterns.extend(lines.keys().flat_map(|pattern| siblings(pattern)));
            patterns.sort();
            patterns.dedup();
            let place = |text: &String| {
                let pattern = [Pattern::parse(text).ok()?];
                let is_clear = version_file::check(path, &now, &pattern, &values).is_empty();
                version_file::position(&now, &pattern[0], &values).filter(|_| is_clear)
            };
            let mut found: Vec<(usize, &String)> =
                patterns.iter().filter_map(|pattern| Some((place(pattern)?, pattern))).collect();
            found.sort();
            let why = format!("these lines changed with the version in {most} of {} steps", self.steps);
            version_file(
                (path, package.as_deref()),
                present.folder,
                found.iter().map(|(_, pattern)| *pattern),
                why,
            )
        };
        self.lines.iter().filter_map(of_file).collect()
    }

    /// Returns those that are such no more, or whose version stayed behind, for the releases that have them.
    pub(super) fn gone(&self, present: &Present<'_>) -> Vec<Setting> {
        let of_file = |((path, package), lines): (&Carrier, &BTreeMap<String, Vec<Version>>)| {
            let now = (present.text)(path).unwrap_or_default();
            let values = (present.version)(package.as_deref()).map(|version| Values::of(&version));
            let is_here = |pattern: &str| {
                let (pattern, values) = (Pattern::parse(pattern).ok()?, values.as_ref()?);
                version_file::position(&now, &pattern, values)
            };
            let is_gone =
                |pattern: &str, in_steps: &[Version]| in_steps.len() >= ENOUGH && is_here(pattern).is_none();
            let gone = || lines.iter().filter(|(pattern, in_steps)| is_gone(pattern, in_steps));
            let last = gone().flat_map(|(_, in_steps)| in_steps).max()?;
            let next = self.reached.iter().find(|version| *version > last)?;
            let patterns = gone().map(|(pattern, _)| pattern);
            let mut setting =
                version_file((path, package.as_deref()), present.folder, patterns, String::new())?;
            setting.lines.push(format!("releases = \"<{next}\""));
            Some(setting)
        };
        self.lines.iter().filter_map(of_file).collect()
    }
}

/// Returns the table of a version file, if it has lines.
fn version_file<'a>(
    (path, package): (&RepoPath, Option<&str>),
    folder: &str,
    patterns: impl Iterator<Item = &'a String>,
    why: String,
) -> Option<Setting> {
    let list: Vec<String> = patterns.map(|pattern| format!("  {},", literal(pattern))).collect();
    let mut lines = vec![format!("path = {}", placed(path, folder))];
    lines.push(format!("lines = [\n{}\n]", list.join("\n")));
    lines.extend(package.map(|name| format!("package = {}", quoted(name))));
    (!list.is_empty()).then_some(Setting { table: "[[version-file]]", lines, why })
}

fn is_manifest(path: &RepoPath) -> bool {
    path.file_name() == "Cargo.toml"
}

/// Returns a manifest without the lines that commands edit anyway: left are comments, tables of `metadata`, and of a
/// package what is neither its version nor its Rust.
fn not_cargos(manifest: &str) -> String {
    let (mut is_metadata, mut is_package) = (false, false);
    let left = manifest.lines().map(|line| {
        let text = line.trim();
        if text.starts_with('[') {
            is_metadata = text.contains("metadata");
            is_package = matches!(text, "[package]" | "[workspace.package]");
        }
        let is_own = is_package && !["version", "rust-version"].iter().any(|key| text.starts_with(key));
        if is_metadata || is_own || text.starts_with('#') { line } else { "" }
    });
    left.collect::<Vec<_>>().join("\n")
}

/// Returns whether a command edits the file without being told of it.
pub(super) fn is_read_anyway(path: &RepoPath) -> bool {
    let name = path.file_name();
    matches!(name, "Cargo.toml" | "Cargo.lock")
        || name.rsplit_once('.').is_some_and(|(_, ending)| ending == "lock")
        || ["CHANGE", "RELEASE", "HISTORY", "NEWS"].iter().any(|begin| name.to_uppercase().starts_with(begin))
}

/// Returns the patterns of the lines that carry the version of what `moved`, and nothing else that changed.
fn patterns(old: &str, new: &str, moved: &MovedPackage, date: NaiveDate) -> Vec<String> {
    let count = |text: &str| -> HashMap<String, usize> {
        let mut lines = HashMap::new();
        text.lines().for_each(|line| *lines.entry(line.trim().to_owned()).or_default() += 1);
        lines
    };
    let (before, after) = (count(old), count(new));
    let gone = |line: &&str, from: &HashMap<String, usize>, to: &HashMap<String, usize>| {
        from.get(line.trim()) > to.get(line.trim())
    };
    let removed: Vec<&str> = old.lines().filter(|line| gone(line, &before, &after)).map(str::trim).collect();
    let added: Vec<&str> = new.lines().filter(|line| gone(line, &after, &before)).map(str::trim).collect();
    let day = date.to_string();
    let became: HashMap<String, &str> =
        added.iter().map(|line| (open(line, &moved.to, Some(&day)), *line)).collect();
    let whole = removed.iter().filter_map(|line| {
        let pattern = open(line, &moved.from, None);
        // A day that stays is part of the line.
        let dated = open(line, &moved.from, days(line).first().map(|day| &**day));
        [pattern, dated].into_iter().find(|pattern| pattern.contains('{') && became.contains_key(pattern))
    });
    let mut whole: Vec<String> = whole.filter(|pattern| Pattern::parse(pattern).is_ok()).collect();
    if !whole.iter().any(|pattern| pattern.contains("{version}")) {
        // A day alone says nothing of a version.
        whole.clear();
    }
    if removed.len() != added.len() {
        return whole;
    }
    let others =
        removed.iter().zip(&added).filter(|(old, _)| !open(old, &moved.from, None).contains("{version}"));
    let parts = others.filter_map(|(old, new)| part(old, new, &moved.from, &moved.to));
    whole.into_iter().chain(parts).collect()
}

/// Returns a line as a pattern in which a version is open where it stands alone, and a day.
pub(super) fn open(line: &str, version: &Version, day: Option<&str>) -> String {
    let escaped = line.replace('{', "{{").replace('}', "}}");
    let places = places(&escaped, version).into_iter().map(|place| Splice::new(place, "{version}"));
    let text = splice::apply(&escaped, places.collect());
    match day {
        Some(day) => text.replace(day, "{date}"),
        None => text,
    }
}

/// Returns the days that stand in a line, as `2026-01-31`.
pub(super) fn days(line: &str) -> Vec<String> {
    let windows = line.char_indices().filter_map(|(at, _)| line.get(at..at + 10));
    windows
        .filter(|text| text.as_bytes()[4] == b'-' && text.parse::<NaiveDate>().is_ok())
        .map(str::to_owned)
        .collect()
}

/// Returns the pattern of a line that carries one number of the version, and nothing else that changed.
fn part(old: &str, new: &str, from: &Version, to: &Version) -> Option<String> {
    let both = old.chars().zip(new.chars());
    let before: usize =
        both.take_while(|(a, b)| a == b && !a.is_ascii_digit()).map(|(c, _)| c.len_utf8()).sum();
    let digits = |text: &str| text[before..].chars().take_while(char::is_ascii_digit).count();
    let (old_number, new_number) = (&old[before..before + digits(old)], &new[before..before + digits(new)]);
    if old_number.is_empty() || old[before + old_number.len()..] != new[before + new_number.len()..] {
        return None;
    }
    let numbers = [(from.major, to.major), (from.minor, to.minor), (from.patch, to.patch)];
    let fits = |(a, b): &(u64, u64)| a.to_string() == old_number && b.to_string() == new_number;
    let name = old.to_lowercase();
    let fitting = || PARTS.iter().zip(numbers).filter(|(_, number)| fits(number));
    let (part, _) = fitting().find(|(part, _)| name.contains(part.0)).or_else(|| fitting().next())?;
    let escaped = |text: &str| text.replace('{', "{{").replace('}', "}}");
    let (begin, end) = (&old[..before], &old[before + old_number.len()..]);
    Some(format!("{}{}{}", escaped(begin), part.1, escaped(end)))
}

/// Returns the same line for the other parts of the version, which may not have changed yet.
fn siblings(pattern: &str) -> Vec<String> {
    let Some((word, open)) = PARTS.iter().find(|(_, open)| pattern.contains(open)) else { return Vec::new() };
    let others = PARTS.iter().filter(|(other, _)| other != word);
    let renamed = |(other, their): &(&str, &str)| {
        let line = pattern.replace(open, their);
        let upper = line.replace(&word.to_uppercase(), &other.to_uppercase());
        if upper == line { line.replace(word, other).replace(&format!("{{{other}}}"), their) } else { upper }
    };
    others.map(renamed).collect()
}
