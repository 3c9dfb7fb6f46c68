//! What Cargo says when a workspace leads out of its repository.
//!
//! Cargo quotes the files that it cannot read. Where a manifest or a symbolic link leads outside, that
//! may be any file of the machine, and the words would carry it into the log of a public CI run.

use anyhow::Result;
use toml_edit::{Document, Item, TableLike};

use crate::finding::{Finding, Place, Refused};
use crate::git::{Mode, Repo, Tree, TreeFile};
use crate::path::RepoPath;
use crate::rule;
use crate::workspace::submodules::ReachedSubmodules;

/// The keys of a manifest whose values are paths that Cargo follows to other manifests.
const KEYS: [&str; 3] = ["path", "members", "workspace"];
/// How many ways out are named.
const MOST: usize = 10;

/// What Cargo said when it failed. Nothing but [`CargoMessage::shown`] gives it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CargoMessage(String);

impl CargoMessage {
    pub(super) fn new(said: String) -> Self {
        Self(said)
    }

    pub(super) fn contain(&self, text: &str) -> bool {
        self.0.contains(text)
    }

    pub(super) fn edited(self, edit: impl FnOnce(&str) -> String) -> Self {
        Self(edit(&self.0))
    }

    /// Returns the words, which are about the workspace in `tree`, or instead the ways by which that leads
    /// out of the repository.
    ///
    /// # Errors
    ///
    /// If the repository cannot be read.
    pub fn shown(self, repo: &Repo, tree: &Tree) -> Result<Result<String, Refused>> {
        let mut ways = Vec::new();
        for (path, entry) in tree.files() {
            if entry.mode == Mode::Link && tree.linked().any(|(linked, _)| linked.is_below(path.as_str())) {
                continue;
            }
            if entry.mode == Mode::Link {
                ways.extend(of_link(repo, tree, path, entry)?);
            } else if path.file_name() == "Cargo.toml"
                && let Ok(text) = repo.text(path.as_str(), entry.blob)?
            {
                ways.extend(of_manifest(path, &text));
            }
        }
        for (path, text) in ReachedSubmodules::of_tree(repo, tree)?.manifests(repo)? {
            ways.extend(of_manifest(&path, &text));
        }
        if ways.is_empty() {
            return Ok(Ok(self.0));
        }
        ways.truncate(MOST);
        let message =
            "Cargo cannot read the workspace, which leads out of the repository: what it says is not shown";
        let remedy = "see what `cargo metadata --no-deps --offline` says";
        ways.insert(0, Finding::of(rule::WORKSPACE, message).remedy(remedy));
        Ok(Err(Refused(ways)))
    }
}

/// Returns what is wrong with a link: that it is a manifest, or leads to what is not a file of the tree.
fn of_link(repo: &Repo, tree: &Tree, path: &RepoPath, entry: TreeFile) -> Result<Option<Finding>> {
    let target = match repo.text(path.as_str(), entry.blob)? {
        Ok(target) => target,
        Err(unread) => return Ok(Some(unread)),
    };
    let is_file = leads_straight(path, &target)
        && path.sibling(&target).and_then(|file| tree.get(&file)).is_some_and(|to| to.mode != Mode::Link);
    let finding = (!is_file || path.file_name() == "Cargo.toml").then(|| {
        way_out(format!("this is a symbolic link to `{target}`, and may lead Cargo out of the repository"))
            .at(Place::file(path))
    });
    Ok(finding)
}

/// Returns the paths of a manifest that lead out of the repository.
fn of_manifest(path: &RepoPath, text: &str) -> Vec<Finding> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let mut found = Vec::new();
    collect(document.as_table(), &mut found);
    let outside = found.into_iter().filter(|(target, _)| !leads_straight(path, target));
    outside
        .map(|(target, span)| {
            way_out(format!("`{target}` leads out of the repository")).at(Place::range(path, text, span))
        })
        .collect()
}

/// Collects the strings that stand for paths, with their places.
fn collect<'a>(table: &'a dyn TableLike, found: &mut Vec<(&'a str, std::ops::Range<usize>)>) {
    for (key, item) in table.iter() {
        let paths = [item].into_iter().filter_map(Item::as_value);
        let paths = paths.flat_map(|value| match value.as_array() {
            Some(array) => array.iter().collect::<Vec<_>>(),
            None => vec![value],
        });
        for value in paths {
            if let Some(text) = value.as_str().filter(|_| KEYS.contains(&key)) {
                found.push((text, value.span().unwrap_or_default()));
            } else if let Some(below) = value.as_inline_table() {
                collect(below, found);
            }
        }
        if let Some(below) = item.as_table() {
            collect(below, found);
        }
        for below in item.as_array_of_tables().into_iter().flatten() {
            collect(below, found);
        }
    }
}

/// Returns whether `target`, read in the folder of `path`, stays inside the repository whatever links
/// there are: it goes up first, not above the root, and then only down.
fn leads_straight(path: &RepoPath, target: &str) -> bool {
    let rest = target.trim_start_matches("../");
    let up = (target.len() - rest.len()) / "../".len() + usize::from(rest == "..");
    let depth = path.as_str().matches('/').count();
    let is_down = rest == ".." || rest.split('/').all(|part| part != "..");
    up <= depth && is_down && !rest.starts_with('/') && !rest.contains(['\\', ':'])
}

fn way_out(message: String) -> Finding {
    Finding::of(rule::WORKSPACE_OUTSIDE, message).remedy("keep in the repository what the workspace needs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_goes_up_and_then_down_stays_inside() {
        let manifest = RepoPath::new("a/b/Cargo.toml").unwrap();
        for inside in ["", ".", "c", "./c/d", "..", "../..", "../../c", "../c/*", "tests/x.rs"] {
            assert!(leads_straight(&manifest, inside), "{inside}");
        }
        for outside in
            ["../../..", "../../../c", "/etc", "../../c/../../..", "c/../d", "C:/x", "..\\x", "../..//../.."]
        {
            assert!(!leads_straight(&manifest, outside), "{outside}");
        }
    }

    #[test]
    fn the_paths_of_a_manifest_are_found_wherever_cargo_follows_them() {
        let path = RepoPath::new("a/Cargo.toml").unwrap();
        let text = "[package]\nworkspace = '/w'\nreadme = '/r'\n[workspace]\nmembers = ['b', '/m*']\nexclude = ['/e']\n\
                    [dependencies]\na = { path = '../../a' }\nb.path = '/b'\n[target.'cfg(x)'.dev-dependencies.c]\n\
                    path = '../x/../../c'\n[patch.crates-io]\nd = { path = '/d' }\n[[bin]]\npath = '/f'\n";
        let places: Vec<String> =
            of_manifest(&path, text).iter().map(|way| way.place.as_ref().unwrap().to_string()).collect();
        let lines: Vec<&str> = places.iter().map(|place| place.split(':').nth(1).unwrap()).collect();
        assert_eq!(lines, ["2", "5", "8", "9", "11", "13", "15"]);
        assert_eq!(of_manifest(&path, "[dependencies]\na.path = '..'\nb.path = '../b'\n"), []);
    }
}
