//! What is taken over of another tool.

use toml_edit::TableLike;

use super::super::draft::{Setting, literal, placed, quoted};
use crate::config::TextTemplate;
use crate::path::RepoPath;

/// What another tool is told.
#[derive(Debug, Default)]
pub(in super::super) struct ToolSettings {
    /// The same in keys of this one.
    pub(in super::super) settings: Vec<Setting>,
    /// What of it has no key here, with its file: `pre-release-hook` in release.toml.
    pub(in super::super) left: Vec<String>,
    /// The folder of the root manifest.
    pub(super) folder: String,
}

impl ToolSettings {
    pub(super) fn add(&mut self, table: &'static str, line: String, why: &str) {
        self.settings.push(Setting::key(table, line, why.to_owned()));
    }

    /// Adds a key that takes a text with placeholders, where `text` is one.
    pub(super) fn add_template(&mut self, (table, key): (&'static str, &str), text: &str, why: &str) {
        match TextTemplate::try_from(text.to_owned()) {
            Ok(_) => self.add(table, format!("{key} = {}", quoted(text)), why),
            Err(_) => self.left.push(why.trim_start_matches("as ").to_owned()),
        }
    }

    /// Adds lines of a file that carry the version of `package`, else of the lead package.
    pub(super) fn add_version_file(
        &mut self,
        path: &RepoPath,
        patterns: &[String],
        package: Option<&str>,
        why: String,
    ) {
        let list: Vec<String> = patterns.iter().map(|pattern| format!("  {},", literal(pattern))).collect();
        let mut lines = vec![format!("path = {}", placed(path, &self.folder))];
        lines.push(format!("lines = [\n{}\n]", list.join("\n")));
        lines.extend(package.map(|name| format!("package = {}", quoted(name))));
        self.settings.push(Setting { table: "[[version-file]]", lines, why });
    }

    /// Adds that a package stays where it is.
    pub(super) fn add_kept(&mut self, package: &str, why: String) {
        let lines = vec![format!("packages = [{}]", quoted(package)), "move = false".to_owned()];
        self.settings.push(Setting { table: "[[line]]", lines, why });
    }

    /// Notes the keys of `table` that are not among `known`: those that have no counterpart, or need none.
    pub(super) fn leave(&mut self, table: &dyn TableLike, known: &[&str], file: &str) {
        let unknown = table.iter().map(|(key, _)| key).filter(|key| !known.contains(key));
        self.left.extend(unknown.map(|key| format!("`{key}` in {file}")));
    }
}

/// Returns a text of another tool, whose placeholders stand in two braces, as one of this tool; `known` are the
/// placeholders, with what stands for each here. `None` where it has others.
pub(super) fn translated(text: &str, known: &[(&str, &str)]) -> Option<String> {
    let (mut out, mut rest) = (String::new(), text);
    let escaped = |text: &str| text.replace('{', "{{").replace('}', "}}");
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}")?;
        let (_, with) = known.iter().find(|(known, _)| *known == name.trim())?;
        out += &escaped(before);
        out += with;
        rest = after;
    }
    Some(out + &escaped(rest))
}
