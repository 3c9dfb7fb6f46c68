//! What Cargo says of all packages that the workspace uses, third parties included.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Result;
use cargo_metadata::Metadata;

use crate::msrv::dependencies::{Graph, Node, Untold};
use crate::path::RepoPath;
use crate::repo::{Repo, Tree};
use crate::workspace::cargo;
use crate::workspace::scratch::{Extent, Scratch};
use crate::workspace::settle::update;

/// Where Cargo is asked about a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// In the work tree, where the commit's manifests and lock files lie as they are.
    WorkTree,
    /// In a folder of its own.
    Scratch,
}

impl Ground {
    /// Returns the ground of the commit that is checked out, from which the `changed` files differ.
    pub fn of_checkout(changed: &[String]) -> Self {
        let concerns = |path: &String| path.ends_with("Cargo.toml") || path.ends_with("Cargo.lock");
        if changed.iter().any(concerns) { Self::Scratch } else { Self::WorkTree }
    }
}

/// The files of a commit, laid out for Cargo.
pub struct Laid {
    root: PathBuf,
    scratch: Option<Scratch>,
}

impl Laid {
    /// Lays out `tree`, unless it is laid out in the work tree already.
    ///
    /// # Errors
    ///
    /// If the repository cannot be read, or the files not be written.
    pub fn out(repo: &Repo, tree: &Tree, ground: Ground) -> Result<Self> {
        Ok(match ground {
            Ground::WorkTree => Self { root: repo.root().to_owned(), scratch: None },
            Ground::Scratch => Self::in_scratch(repo, tree)?,
        })
    }

    fn in_scratch(repo: &Repo, tree: &Tree) -> Result<Self> {
        let scratch = Scratch::lay(repo, tree, Extent::Everything)?;
        Ok(Self { root: scratch.root().to_owned(), scratch: Some(scratch) })
    }

    /// Asks Cargo about the workspace of `manifest`, with its lock file as it is and without network;
    /// features are all on.
    ///
    /// # Errors
    ///
    /// If Cargo cannot be run, or not be understood.
    pub fn graph(&self, manifest: &RepoPath) -> Result<Result<Graph, Untold>> {
        let folder = self.scratch.as_ref().map(Scratch::root);
        let asked = cargo::metadata(&self.root.join(manifest), &["--all-features", "--locked"], folder)?;
        Ok(asked.map(|metadata| from_metadata(&metadata)).map_err(|said| self.untold(&said)))
    }

    fn untold(&self, said: &str) -> Untold {
        if said.contains("--locked was passed") {
            return Untold::Stale;
        }
        let said = in_short(said);
        Untold::Other(match &self.scratch {
            // Its paths are of a folder that is gone when they are read.
            Some(_) => said.replace(&format!("{}/", self.root.display()), ""),
            None => said,
        })
    }
}

/// Asks Cargo about the workspace of `manifest` in `tree`, whose lock file `lock` is not current, once
/// it has brought that up to date: the versions that are locked stay.
///
/// # Errors
///
/// If Cargo cannot be run, or not be understood.
pub fn graph_brought_up_to_date(
    repo: &Repo,
    tree: &Tree,
    manifest: &RepoPath,
    lock: &RepoPath,
) -> Result<Result<Graph, Untold>> {
    let laid = Laid::in_scratch(repo, tree)?;
    if let Some(scratch) = &laid.scratch
        && let Err(said) = update(scratch, lock, &["--workspace"])?
    {
        return Ok(Err(laid.untold(&said)));
    }
    laid.graph(manifest)
}

fn from_metadata(metadata: &Metadata) -> Graph {
    let indices: HashMap<_, usize> =
        metadata.packages.iter().enumerate().map(|(index, package)| (&package.id, index)).collect();
    let nodes = metadata.packages.iter().map(|package| Node {
        name: package.name.to_string(),
        version: package.version.to_string(),
        rust: package.rust_version.as_ref().and_then(|version| version.to_string().parse().ok()),
        member: metadata.workspace_members.contains(&package.id),
    });
    let mut edges = vec![Vec::new(); metadata.packages.len()];
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        if let Some(&index) = indices.get(&node.id) {
            edges[index] = node.dependencies.iter().filter_map(|id| indices.get(id).copied()).collect();
        }
    }
    Graph { nodes: nodes.collect(), edges }
}

/// Returns the first line of what Cargo said, and the last one of its reasons.
fn in_short(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let first = lines.iter().find_map(|line| line.strip_prefix("error: "));
    let first = first.or(lines.first().copied()).unwrap_or("Cargo says nothing");
    let reasons = lines.iter().position(|line| *line == "Caused by:");
    match reasons.and_then(|at| lines.get(at + 1)) {
        Some(reason) => format!("{first}: {reason}"),
        None => first.to_owned(),
    }
}
