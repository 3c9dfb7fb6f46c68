//! `knope`: `knope.toml`.

use toml_edit::{Item, Table, TableLike};

use super::super::carriers::open;
use super::super::draft::quoted;
use super::told::ToolSettings;
use crate::path::RepoPath;
use crate::workspace::metadata::Member;

const FILE: &str = "knope.toml";

/// Takes what it is told; `text` returns a file and its content, by its path from the root manifest's folder.
pub(super) fn read(
    told: &mut ToolSettings,
    document: &Table,
    members: &[Member],
    text: impl Fn(&str) -> Option<(RepoPath, String)>,
) {
    let version_of = |name: Option<&str>| {
        let is_it = |member: &&Member| name.is_none_or(|name| member.name == name);
        members.iter().find(is_it).map(|member| &member.version)
    };
    let packages = document.get("packages").and_then(Item::as_table_like);
    let several = packages.into_iter().flat_map(|table| table.iter().map(|(name, item)| (Some(name), item)));
    for (name, item) in document.get("package").map(|item| (None, item)).into_iter().chain(several) {
        let Some(table) = item.as_table_like() else { continue };
        match (table.get("changelog").and_then(Item::as_str), name) {
            (Some(path), None) => {
                told.add("[notes]", format!("file = {}", quoted(path)), &format!("as `changelog` in {FILE}"));
            }
            (Some(_), Some(name)) => told.left.push(format!("`changelog` of `{name}` in {FILE}")),
            (None, _) => {}
        }
        let Some(version) = version_of(name) else { continue };
        for path in files(table) {
            let Some((path, text)) = text(&path) else { continue };
            let pattern = |line: &str| {
                Some(open(line.trim(), version, None)).filter(|pattern| pattern.contains("{version}"))
            };
            let patterns: Vec<String> = text.lines().filter_map(pattern).take(1).collect();
            if !patterns.is_empty() {
                told.add_version_file(&path, &patterns, name, format!("as `versioned_files` in {FILE}"));
            }
        }
    }
    let kept = ["package", "packages", "release_notes", "github", "gitea", "bot", "changes"];
    told.leave(document, &kept, FILE);
}

/// Returns the versioned files that are none of Cargo's.
fn files(table: &dyn TableLike) -> Vec<String> {
    let list = table.get("versioned_files").and_then(Item::as_array);
    let path = |value: &toml_edit::Value| {
        let inline = value.as_inline_table().and_then(|table| table.get("path"));
        value.as_str().or(inline.and_then(|path| path.as_str())).map(str::to_owned)
    };
    let is_cargos = |path: &String| path.ends_with("Cargo.toml") || path.ends_with("Cargo.lock");
    list.into_iter().flatten().filter_map(path).filter(|path| !is_cargos(path)).collect()
}
