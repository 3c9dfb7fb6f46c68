//! `cargo workspaces`: `[workspace.metadata.workspaces]`.

use toml_edit::{Item, TableLike};

use super::super::draft::quoted;
use super::told::ToolSettings;
use crate::workspace::metadata::Member;

/// Takes what it is told for the workspace in `file`.
pub(super) fn of_workspace(told: &mut ToolSettings, table: &dyn TableLike, file: &str) {
    let place = format!("[workspace.metadata.workspaces] of {file}");
    if let Some(branch) = table.get("allow_branch").and_then(Item::as_str) {
        match branch.contains(['*', '[', '?']) {
            true => told.left.push(format!("`allow_branch` in {place}")),
            false => {
                told.add("", format!("trunk = {}", quoted(branch)), &format!("as `allow_branch` in {place}"));
            }
        }
    }
    if table.get("exact").and_then(Item::as_bool) == Some(true) {
        told.add("[requirements]", "exact = [\"*\"]".to_owned(), &format!("as `exact` in {place}"));
    }
    told.leave(table, &["allow_branch", "exact", "no_individual_tags"], &place);
}

/// Takes what it is told for a package: one that is independent is released by itself.
pub(super) fn of_package(told: &mut ToolSettings, table: &dyn TableLike, member: &Member) {
    if table.get("independent").and_then(Item::as_bool) == Some(true) {
        told.add_kept(&member.name, format!("as `independent` in {}", member.manifest));
    }
    told.leave(table, &["independent"], member.manifest.as_str());
}
