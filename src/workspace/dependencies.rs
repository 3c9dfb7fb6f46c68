//! What Cargo says of all packages that the workspace uses, third parties included.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Result;
use cargo_metadata::Metadata;

use crate::msrv::dependencies::{Graph, Node};
use crate::workspace::cargo;

/// Asks Cargo about the workspace of `manifest`, with its lock file as it is and without network;
/// features are all on.
///
/// The inner error is Cargo's, where it does not tell: most of all for packages that are not
/// downloaded.
///
/// # Errors
///
/// If Cargo cannot be run, or not be understood.
pub fn graph(manifest: &Path) -> Result<Result<Graph, String>> {
    let asked = cargo::metadata(manifest, &["--all-features", "--locked"])?;
    Ok(asked.map(|metadata| from_metadata(&metadata)).map_err(|said| in_short(&said)))
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
    let first = lines.iter().find_map(|line| line.strip_prefix("error: ")).unwrap_or("Cargo says nothing");
    let reasons = lines.iter().position(|line| *line == "Caused by:");
    match reasons.and_then(|at| lines.get(at + 1)) {
        Some(reason) => format!("{first}: {reason}"),
        None => first.to_owned(),
    }
}
