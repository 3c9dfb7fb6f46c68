//! Symbolic links to manifests and to folders of code: followed where they lead to what the same commit has.
//!
//! Cargo reads through them. What they lead to is among the files of a [`Tree`] also under the path that Cargo
//! knows; where they lead out of the repository, or to what is not committed, nothing is read.

use std::collections::{BTreeMap, VecDeque};

use anyhow::Result;

use super::tree::is_code;
use super::{BlobId, Mode, Repo, Tree, TreeFile};
use crate::path::RepoPath;

/// How many links one path may lead through (`MAXSYMLINKS` of Linux).
const MOST_HOPS: usize = 40;
/// How many files links may add to a tree: each folder could hold links to all others.
const MOST_FILES: usize = 10_000;

impl Repo {
    /// Adds to `tree` the manifests and sources to which its links lead.
    pub(super) fn follow_links(&self, tree: &mut Tree) -> Result<()> {
        let is_wanted = |(path, file): &(&RepoPath, TreeFile)| file.mode == Mode::Link && may_be_code(path);
        let links: Vec<(RepoPath, BlobId)> =
            tree.files().filter(is_wanted).map(|(path, file)| (path.clone(), file.blob)).collect();
        if links.is_empty() {
            return Ok(());
        }
        self.prefetch_blobs(links.iter().map(|(_, blob)| *blob))?;
        let mut targets = BTreeMap::new();
        for (path, blob) in links {
            targets.extend(self.text(path.as_str(), blob)?.ok().map(|target| (path, target)));
        }
        let mut found = Vec::new();
        for link in targets.keys() {
            match resolved(&targets, link) {
                Some(to) if is_there(tree, &to) => found.extend(behind(tree, link, &to)),
                _ => drop(tree.lost.insert(link.clone(), targets[link].clone())),
            }
        }
        for (path, to, file) in found.into_iter().take(MOST_FILES) {
            tree.add_linked(path, to, file);
        }
        Ok(())
    }
}

fn is_there(tree: &Tree, path: &RepoPath) -> bool {
    tree.get(path).is_some() || tree.below(path).next().is_some()
}

/// Returns the files behind `link`, which leads to the file or folder `to`: each with the path through the
/// link, and its own.
fn behind(tree: &Tree, link: &RepoPath, to: &RepoPath) -> Vec<(RepoPath, RepoPath, TreeFile)> {
    if let Some(file) = tree.get(to).filter(|file| file.mode != Mode::Link) {
        let is_code = is_code(link);
        return is_code.then(|| (link.clone(), to.clone(), file)).into_iter().collect();
    }
    let below = tree.below(to).filter(|(path, file)| file.mode != Mode::Link && is_code(path));
    let through = |path: &RepoPath| RepoPath::new(&format!("{link}{}", &path.as_str()[to.as_str().len()..]));
    below.filter_map(|(path, file)| Some((through(path)?, path.clone(), file))).take(MOST_FILES).collect()
}

/// Returns where `link` leads, as the system would find it; `None` where that is the repository's root, or
/// outside.
fn resolved(targets: &BTreeMap<RepoPath, String>, link: &RepoPath) -> Option<RepoPath> {
    let mut open: VecDeque<&str> = link.as_str().split('/').collect();
    let mut here: Vec<&str> = Vec::new();
    let mut hops = 0;
    while let Some(part) = open.pop_front() {
        match part {
            "" | "." => continue,
            ".." => {
                here.pop()?;
                continue;
            }
            _ => here.push(part),
        }
        let Some(target) = RepoPath::new(&here.join("/")).and_then(|path| targets.get(&path)) else {
            continue;
        };
        hops += 1;
        if hops > MOST_HOPS || target.starts_with('/') {
            return None;
        }
        here.pop();
        for part in target.split('/').rev() {
            open.push_front(part);
        }
    }
    RepoPath::new(&here.join("/"))
}

/// Returns whether what a link is called leaves open that it leads to code: many packages have links to one
/// licence, and nobody needs to read them.
fn may_be_code(link: &RepoPath) -> bool {
    let name = link.file_name();
    let is_text =
        ["LICENSE", "LICENCE", "COPYING", "README", "CHANGELOG"].iter().any(|text| name.starts_with(text));
    !is_text && ![".md", ".txt"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_resolved_component_by_component() {
        let targets = [
            ("a", "b/c"),
            ("up/x", "../a/Cargo.toml"),
            ("through", "a/../d"),
            ("out", "../x"),
            ("b/c/far", "../../../x"),
            ("absolute", "/etc"),
            ("loop", "loop"),
            ("root", "./"),
            ("behind", "loop/x"),
        ];
        let path = |text: &str| RepoPath::new(text).unwrap();
        let targets: BTreeMap<_, _> = targets.map(|(link, to)| (path(link), to.to_owned())).into();
        let to = |link: &str| resolved(&targets, &path(link)).map(String::from);
        assert_eq!(to("a").as_deref(), Some("b/c"));
        assert_eq!(to("up/x").as_deref(), Some("b/c/Cargo.toml"));
        assert_eq!(to("through").as_deref(), Some("b/d"));
        for nowhere in ["out", "b/c/far", "absolute", "loop", "root", "behind"] {
            assert_eq!(to(nowhere), None, "{nowhere}");
        }
    }
}
