//! `release-plz`: `release-plz.toml`.

use toml_edit::{ArrayOfTables, Item, Table, TableLike};

use super::super::draft::quoted;
use super::told::{ToolSettings, translated};

/// What is understood, or is about what is not done here: pull requests, releases of a forge, publishing.
const KNOWN: &[&str] = &[
    "git_tag_name",
    "changelog_path",
    "changelog_update",
    "release",
    "name",
    "git_tag_enable",
    "git_release_enable",
    "git_release_name",
    "git_release_body",
    "git_release_type",
    "git_release_draft",
    "git_release_latest",
    "pr_labels",
    "pr_draft",
    "pr_name",
    "pr_body",
    "pr_branch_prefix",
    "publish",
    "publish_allow_dirty",
    "publish_features",
    "publish_no_verify",
    "publish_timeout",
    "allow_dirty",
    "repo_url",
    "release_always",
    "semver_check",
    "changelog_config",
];

/// Takes what it is told in `file`.
pub(super) fn read(told: &mut ToolSettings, document: &Table, file: &str, has_tags: bool) {
    if let Some(table) = document.get("workspace").and_then(Item::as_table) {
        of_workspace(told, table, file, has_tags);
    }
    let packages = document.get("package").and_then(Item::as_array_of_tables);
    for package in packages.into_iter().flat_map(ArrayOfTables::iter) {
        let Some(name) = package.get("name").and_then(Item::as_str) else { continue };
        if package.get("release").and_then(Item::as_bool) == Some(false) {
            told.add_kept(name, format!("as `release` of `{name}` in {file}"));
        }
        let unknown = package.iter().map(|(key, _)| key).filter(|key| !KNOWN.contains(key));
        told.left.extend(unknown.map(|key| format!("`{key}` of `{name}` in {file}")));
    }
}

fn of_workspace(told: &mut ToolSettings, table: &dyn TableLike, file: &str, has_tags: bool) {
    let why = |key: &str| format!("as `{key}` in {file}");
    if let Some(text) = table.get("git_tag_name").and_then(Item::as_str).filter(|_| !has_tags) {
        match translated(text, &[("package", "{name}"), ("version", "{version}")]) {
            Some(text) => told.add_template(("[names]", "tag"), &text, &why("git_tag_name")),
            None => told.left.push(format!("`git_tag_name` in {file}")),
        }
    }
    if let Some(path) = table.get("changelog_path").and_then(Item::as_str) {
        told.add("[notes]", format!("file = {}", quoted(path)), &why("changelog_path"));
    }
    if table.get("changelog_update").and_then(Item::as_bool) == Some(false) {
        told.add("[notes]", "enabled = false".to_owned(), &why("changelog_update"));
    }
    told.leave(table, KNOWN, file);
}
