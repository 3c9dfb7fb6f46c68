//! The text of a configuration, each key with what it was told from.

use std::fmt::Write as _;

use crate::path::RepoPath;
use crate::text::on_a_line;

/// A key, or a table of an array with its keys, and what it was told from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The header of its table, with its brackets; empty for a key of the root.
    pub table: &'static str,
    /// Its lines.
    pub lines: Vec<String>,
    /// What it was told from.
    pub why: String,
}

impl Setting {
    /// Returns whether it says something of a key that `other` is about, too.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        let key = |line: &String| line.split_once(" = ").map(|(key, _)| key.to_owned());
        let says = |line: &String| other.lines.iter().any(|other| key(other) == key(line));
        // A table in double brackets may be there more than once.
        self.table == other.table && !self.begins_table() && self.lines.iter().any(says)
    }

    /// Returns whether both are version files, of the same file.
    pub(super) fn is_of_file(&self, other: &Self) -> bool {
        let table = "[[version-file]]";
        self.table == table && other.table == table && self.lines.first() == other.lines.first()
    }

    /// Makes the setting of one key of the table `[table]`.
    pub(super) fn key(table: &'static str, line: String, why: String) -> Self {
        Self { table, lines: vec![line], why }
    }

    /// Returns whether it stands in a table of an array, which is begun anew for each.
    fn begins_table(&self) -> bool {
        self.table.starts_with("[[")
    }
}

/// Returns the file that holds `settings` as [`text`] does, below the directive for editors, if there is one, and
/// with what of other tools is `left` out.
pub(super) fn file(settings: &[Setting], left: &[String], directive: Option<String>) -> String {
    let mut out = directive.map_or(String::new(), |line| line + "\n");
    out += &text(settings);
    if !left.is_empty() {
        out += "\n# What has no counterpart here:\n";
        for what in left {
            let _ = writeln!(out, "# * {}", on_a_line(what));
        }
    }
    out
}

/// Returns the file that holds `settings`, tables together and in the order in which they come first.
pub(super) fn text(settings: &[Setting]) -> String {
    let mut out = String::from(
        "# How `cargo relprep` releases this workspace; every key is in `cargo relprep help config`.\n\
         # What is not here is a default, or is told by the repository itself.\n",
    );
    let mut tables: Vec<&str> = Vec::new();
    for setting in settings {
        if !tables.contains(&setting.table) {
            tables.push(setting.table);
        }
    }
    tables.sort_by_key(|table| !table.is_empty());
    for table in tables {
        let of_table = settings.iter().filter(|setting| setting.table == table);
        for (index, setting) in of_table.enumerate() {
            if index == 0 || setting.begins_table() {
                let _ = if table.is_empty() { writeln!(out) } else { writeln!(out, "\n{table}") };
            }
            let _ = writeln!(out, "# {}", on_a_line(&setting.why));
            setting.lines.iter().for_each(|line| {
                let _ = writeln!(out, "{line}");
            });
        }
    }
    out
}

/// Returns a path as the configuration has it, quoted, where the root manifest is in `folder`.
pub(super) fn placed(path: &RepoPath, folder: &str) -> String {
    match path.as_str().strip_prefix(folder) {
        Some(rest) if folder.is_empty() => quoted(rest),
        Some(rest) if rest.starts_with('/') => quoted(&rest[1..]),
        _ => quoted(&format!("/{path}")),
    }
}

/// Writes a line as TOML, literally where that can be.
pub(super) fn literal(line: &str) -> String {
    let is_plain = |c: char| !c.is_control() && !['\'', '\\'].contains(&c);
    if line.chars().all(is_plain) { format!("'{line}'") } else { quoted(line) }
}

/// Quotes a text as TOML does.
pub(super) fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}
