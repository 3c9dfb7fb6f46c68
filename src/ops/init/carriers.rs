//! Lines of other files that carry the version: those that changed with it, time and again.

use std::collections::BTreeMap;

use semver::Version;

use super::draft::{Setting, quoted};
use crate::git::diff::{ChangeKind, ChangedFile};
use crate::path::RepoPath;

/// How many past steps must have changed a line.
const ENOUGH: usize = 2;

/// The parts of a version, by the names that lines give them.
const PARTS: [(&str, &str); 3] = [("major", "{major}"), ("minor", "{minor}"), ("patch", "{patch}")];

/// Lines that changed with the version, by file.
#[derive(Debug, Default)]
pub(super) struct Carriers {
    lines: BTreeMap<RepoPath, BTreeMap<String, usize>>,
    steps: usize,
}

impl Carriers {
    /// Adds what a step from one version to the other changed.
    pub(super) fn add(&mut self, changed: &[ChangedFile], from: &Version, to: &Version) {
        self.steps += 1;
        for file in changed {
            let Some(path) = RepoPath::new(&file.path).filter(|path| !is_read_anyway(path)) else { continue };
            let ChangeKind::Content(Ok([old, new])) = &file.change else { continue };
            if old.lines().count() != new.lines().count() {
                continue;
            }
            for (old, new) in old.lines().zip(new.lines()).filter(|(old, new)| old != new) {
                if let Some(pattern) = pattern(old, new, from, to) {
                    *self.lines.entry(path.clone()).or_default().entry(pattern).or_default() += 1;
                }
            }
        }
    }

    /// Returns the version files that are still such, where `text` returns a file as it is now at `version`.
    pub(super) fn settings(
        &self,
        version: &Version,
        text: impl Fn(&RepoPath) -> Option<String>,
    ) -> Vec<Setting> {
        let of_file = |(path, lines): (&RepoPath, &BTreeMap<String, usize>)| {
            let now = text(path)?;
            let most = lines.values().max().copied().filter(|most| *most >= ENOUGH)?;
            let mut patterns: Vec<String> = lines.keys().cloned().collect();
            patterns.extend(lines.keys().flat_map(|pattern| siblings(pattern)));
            patterns.sort();
            patterns.dedup();
            let place =
                |pattern: &String| now.lines().position(|line| line.trim() == rendered(pattern, version));
            let mut found: Vec<(usize, String)> =
                patterns.iter().filter_map(|pattern| Some((place(pattern)?, pattern.clone()))).collect();
            found.sort();
            let list: Vec<String> =
                found.iter().map(|(_, pattern)| format!("  {},", literal(pattern))).collect();
            (!list.is_empty()).then(|| Setting {
                table: "[[version-file]]",
                lines: vec![
                    format!("path = {}", quoted(path.as_str())),
                    format!("lines = [\n{}\n]", list.join("\n")),
                ],
                why: format!("these lines changed with the version in {most} of {} steps", self.steps),
            })
        };
        self.lines.iter().filter_map(of_file).collect()
    }
}

/// Returns whether a command edits the file without being told of it.
fn is_read_anyway(path: &RepoPath) -> bool {
    let name = path.file_name();
    matches!(name, "Cargo.toml" | "Cargo.lock")
        || name.rsplit_once('.').is_some_and(|(_, ending)| ending == "lock")
        || ["CHANGE", "RELEASE", "HISTORY", "NEWS"].iter().any(|begin| name.to_uppercase().starts_with(begin))
}

/// Returns the pattern of a line that carries the version, and nothing else that changed.
fn pattern(old: &str, new: &str, from: &Version, to: &Version) -> Option<String> {
    let (old, new) = (old.trim(), new.trim());
    let whole = (from.to_string(), to.to_string());
    if old.replace(&whole.0, &whole.1) == new && old.matches(&whole.0).count() == 1 {
        return Some(escaped(old).replace(&whole.0, "{version}"));
    }
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

fn rendered(pattern: &str, version: &Version) -> String {
    let text = pattern.replace("{version}", &version.to_string());
    let text = text.replace("{major}", &version.major.to_string());
    let text = text.replace("{minor}", &version.minor.to_string());
    text.replace("{patch}", &version.patch.to_string()).replace("{{", "{").replace("}}", "}")
}

fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// Writes a pattern as TOML, literally where that can be.
fn literal(pattern: &str) -> String {
    if pattern.contains(['\'', '\\']) { quoted(pattern) } else { format!("'{pattern}'") }
}
