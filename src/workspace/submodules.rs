//! What Cargo reads of submodules: members and path dependencies that lie in them.
//!
//! Such a package belongs to another repository. It is read as of the commit that is pinned; where that is
//! not here, as in most CI, a stand-in lets Cargo read the rest.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::stand_in::{self, KnownPackages, StandIn};
use super::way::{Way, ways_of};
use crate::edit::manifest::Manifest;
use crate::git::{Mode, Repo, Tree, TreeFile};
use crate::path::RepoPath;

/// The submodules of a tree that its manifests lead into.
#[derive(Debug, Default)]
pub(super) struct ReachedSubmodules {
    /// Those that are here, with their files.
    present: BTreeMap<RepoPath, Tree>,
    /// Those that are not.
    absent: BTreeSet<RepoPath>,
    /// What stands in for the packages of those that are not.
    pub(super) stand_ins: Vec<StandIn>,
}

impl ReachedSubmodules {
    /// Finds those that `manifests`, all of `tree`, lead into, and those that these lead into in turn.
    ///
    /// # Errors
    ///
    /// If the repository cannot be read.
    pub(super) fn of<'a>(
        repo: &Repo,
        tree: &Tree,
        manifests: impl Iterator<Item = (&'a RepoPath, &'a Manifest)>,
    ) -> Result<Self> {
        let mut reached = Self::default();
        if tree.submodules().next().is_none() {
            return Ok(reached);
        }
        let mut known = KnownPackages::default();
        let mut open = Vec::new();
        for (path, manifest) in manifests {
            known.add(path, manifest);
            open.extend(ways_of(path, manifest));
        }
        let mut into_absent = Vec::new();
        while let Some(way) = open.pop() {
            let Some((submodule, holder)) = reached.deepest(tree, &way) else { continue };
            let submodule = submodule.clone();
            if reached.absent.contains(&submodule) {
                into_absent.push((submodule, way));
                continue;
            }
            if reached.present.contains_key(&submodule) {
                continue;
            }
            // There may be another one in it.
            open.push(way);
            let Some(files) = repo.files_of_submodule(holder, &submodule)? else {
                reached.absent.insert(submodule);
                continue;
            };
            for (path, text) in manifests_of(repo, &files)? {
                if let Ok(manifest) = Manifest::parse(&path, &text) {
                    known.add(&path, &manifest);
                    open.extend(ways_of(&path, &manifest));
                }
            }
            reached.present.insert(submodule, files);
        }
        reached.stand_ins = stand_in::stand_ins(repo, tree, &known, into_absent)?;
        Ok(reached)
    }

    /// Finds those that the manifests of `tree` lead into.
    ///
    /// # Errors
    ///
    /// As [`ReachedSubmodules::of`].
    pub(super) fn of_tree(repo: &Repo, tree: &Tree) -> Result<Self> {
        if tree.submodules().next().is_none() {
            return Ok(Self::default());
        }
        let texts = manifests_of(repo, tree)?;
        let parsed = texts.iter().filter_map(|(path, text)| Some((path, Manifest::parse(path, text).ok()?)));
        let parsed: Vec<_> = parsed.collect();
        Self::of(repo, tree, parsed.iter().map(|(path, manifest)| (*path, manifest)))
    }

    /// Reads the manifests of the submodules that are here.
    ///
    /// # Errors
    ///
    /// If the repository cannot be read.
    pub(super) fn manifests(&self, repo: &Repo) -> Result<Vec<(RepoPath, String)>> {
        let texts: Result<Vec<_>> = self.present.values().map(|files| manifests_of(repo, files)).collect();
        Ok(texts?.into_iter().flatten().collect())
    }

    /// Returns whether nothing leads into a submodule.
    pub(super) fn is_empty(&self) -> bool {
        self.present.is_empty() && self.absent.is_empty()
    }

    /// Returns the files of the submodules that are here.
    pub(super) fn files(&self) -> impl Iterator<Item = (&RepoPath, TreeFile)> {
        self.present.values().flat_map(Tree::files)
    }

    /// Returns the submodule that `path` lies in.
    pub(super) fn submodule_of(&self, path: &RepoPath) -> Option<&RepoPath> {
        self.present.keys().chain(&self.absent).rfind(|submodule| path.is_below(submodule.as_str()))
    }

    /// Returns whether the work tree has the manifests of all of them as they are pinned.
    ///
    /// # Errors
    ///
    /// If the work tree cannot be compared.
    pub(super) fn are_checked_out(&self, repo: &Repo) -> Result<bool> {
        let is_manifest = |path: &RepoPath| path.file_name() == "Cargo.toml";
        for files in self.present.values() {
            if !repo.changed_among(files, is_manifest)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(self.absent.is_empty())
    }

    /// Returns the submodule that `way` leads into, the innermost of several, and the tree that pins it.
    fn deepest<'a>(&'a self, tree: &'a Tree, way: &Way) -> Option<(&'a RepoPath, &'a Tree)> {
        let trees = [tree].into_iter().chain(self.present.values());
        let all = trees.flat_map(|tree| tree.submodules().map(move |(submodule, _)| (submodule, tree)));
        all.filter(|(submodule, _)| way.leads_into(submodule))
            .max_by_key(|(submodule, _)| submodule.as_str().len())
    }
}

/// Reads the manifests among `files`, but for links and what is not text.
fn manifests_of(repo: &Repo, files: &Tree) -> Result<Vec<(RepoPath, String)>> {
    let mut texts = Vec::new();
    for (path, entry) in files.files() {
        if path.file_name() == "Cargo.toml"
            && entry.mode != Mode::Link
            && let Ok(text) = repo.text(path.as_str(), entry.blob)?
        {
            texts.push((path.clone(), text));
        }
    }
    Ok(texts)
}
