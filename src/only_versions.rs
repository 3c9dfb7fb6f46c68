//! Whether a commit changes versions, and nothing else.
//!
//! What may differ: version tokens of the workspace's packages, their requirements on each other,
//! the lock files' entries for them, the configured lines of version files, and the sections and
//! archive entries of the notes. Everything else is a finding, with file and line.

mod changed;
mod lock;
mod notes;
mod tokens;

use changed::changed_lines;

use crate::edit::version_file;
use crate::finding::{Finding, Place};
use crate::git::diff::{ChangeKind, ChangedFile};
use crate::path::RepoPath;
use crate::plan::lines;
use crate::project::Project;
use crate::project::notes::files;
use crate::rule;
use crate::template::Values;

/// Returns everything among `changed`, the files that differ from `before` to `after`, that is not a version.
pub fn findings(before: &Project, after: &Project, changed: &[ChangedFile]) -> Vec<Finding> {
    changed.iter().flat_map(|file| of_file(before, after, file)).collect()
}

fn of_file(before: &Project, after: &Project, file: &ChangedFile) -> Vec<Finding> {
    let whole = |what: &str| {
        let place = Place { path: file.path.clone(), spot: None };
        vec![Finding::of(rule::ONLY_VERSIONS, format!("the file {what}")).at(place)]
    };
    let path = RepoPath::new(&file.path);
    let is_notes =
        files(&after.config, &after.workspace).iter().any(|file| path.as_ref() == Some(&file.path));
    let (old, new) = match &file.change {
        ChangeKind::Added if is_notes => return Vec::new(),
        ChangeKind::Added => return whole("is new"),
        ChangeKind::Removed => return whole("is gone"),
        ChangeKind::Mode => return whole("has another mode"),
        ChangeKind::Submodule => return whole("is a submodule at another commit"),
        ChangeKind::Content(Ok([old, new])) => (old, new),
        ChangeKind::Content(Err(why)) => return whole(&format!("has another content: {why}")),
    };
    let Some(path) = path else { return whole("has another content") };
    let mut links = after.files.linked().filter(|(link, own)| **own == path && is_manifest(after, link));
    let path = links.next().map_or(path.clone(), |(link, _)| link.clone());
    match path.file_name() {
        _ if is_notes => notes::findings(&path, old, new, before, after),
        "Cargo.lock" => lock::findings(&path, old, new, before, after),
        "Cargo.toml" => {
            let masked = (tokens::masked(before, &path, old), tokens::masked(after, &path, new));
            let back = moved_back(before, after, &path, [&masked.0, &masked.1]);
            changed_lines(&path, &masked.0, &back, new)
        }
        _ => changed_lines(&path, old, &moved_back(before, after, &path, [old, new]), new),
    }
}

fn is_manifest(project: &Project, path: &RepoPath) -> bool {
    project.workspace.manifests.contains_key(path)
}

/// Returns the later text of a version file with its configured lines put back to the earlier
/// version, or as it is if `path` is not a version file.
fn moved_back(before: &Project, after: &Project, path: &RepoPath, [old, new]: [&str; 2]) -> String {
    let mut text = new.to_owned();
    for file in after.config.version_files.iter().filter(|file| *file.path == *path) {
        let version = |project: &Project| {
            let lead =
                || lines::lines(&project.workspace, &project.config).ok().map(|lines| lines.lead.clone());
            let named = |name: &String| project.workspace.packages.iter().find(|p| p.name == *name).cloned();
            Some(Values::of(&file.package.as_ref().map_or_else(lead, named)?.version))
        };
        if let (Some(earlier), Some(later)) = (version(before), version(after))
            && let earlier = (Values { date: version_file::day(old, &file.lines), ..earlier })
            && let Ok(moved) = version_file::edit(path, &text, &file.lines, &later, &earlier)
        {
            text = moved;
        }
    }
    text
}
