//! The packages that a workspace uses, third parties included, and which uses which.

use std::collections::{HashMap, HashSet, VecDeque};

use cargo_metadata::{DependencyKind, Metadata, NodeDep, Package, PackageId};

use crate::rust_version::RustVersion;

/// The packages that are used, and which uses which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The packages.
    pub nodes: Vec<Node>,
    /// For each package, those that it depends on.
    pub edges: Vec<Vec<Edge>>,
}

/// A package of a [`Graph`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its `rust-version`, if it states one.
    pub rust: Option<RustVersion>,
    /// Whether it is a member of the workspace.
    pub member: bool,
}

/// One package's use of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The index of the package that is used.
    pub to: usize,
    /// Whether it is used for development only.
    pub development: bool,
}

impl Graph {
    /// Takes it from what Cargo answers.
    pub(super) fn of(metadata: &Metadata) -> Self {
        let packages = &metadata.packages;
        let indices: HashMap<&PackageId, usize> =
            packages.iter().enumerate().map(|(index, package)| (&package.id, index)).collect();
        let members: HashSet<&PackageId> = metadata.workspace_members.iter().collect();
        let node = |package: &Package| Node {
            name: package.name.to_string(),
            version: package.version.to_string(),
            rust: package.rust_version.as_ref().and_then(|version| version.to_string().parse().ok()),
            member: members.contains(&package.id),
        };
        let edge = |used: &NodeDep| {
            let mut kinds = used.dep_kinds.iter();
            let development =
                !used.dep_kinds.is_empty() && kinds.all(|kind| kind.kind == DependencyKind::Development);
            Some(Edge { to: *indices.get(&used.pkg)?, development })
        };
        let mut edges = vec![Vec::new(); packages.len()];
        for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
            if let Some(&index) = indices.get(&node.id) {
                edges[index] = node.deps.iter().filter_map(edge).collect();
            }
        }
        Self { nodes: packages.iter().map(node).collect(), edges }
    }

    /// Returns what is reached from the packages that `begins` chooses, each on the shortest way; `development`
    /// says whether uses for development are ways too.
    pub(crate) fn reach(&self, begins: impl Fn(&Node) -> bool, development: bool) -> GraphReach {
        let begin: Vec<usize> = (0..self.nodes.len()).filter(|&index| begins(&self.nodes[index])).collect();
        let mut from: HashMap<usize, Option<usize>> = begin.iter().map(|&index| (index, None)).collect();
        let mut queue = VecDeque::from(begin);
        while let Some(index) = queue.pop_front() {
            for edge in self.edges[index].iter().filter(|edge| development || !edge.development) {
                from.entry(edge.to).or_insert_with(|| {
                    queue.push_back(edge.to);
                    Some(index)
                });
            }
        }
        GraphReach { from }
    }
}

/// What is reached in a [`Graph`], and from where.
pub(crate) struct GraphReach {
    from: HashMap<usize, Option<usize>>,
}

impl GraphReach {
    /// Returns whether the package `index` is reached.
    pub(crate) fn contains(&self, index: usize) -> bool {
        self.from.contains_key(&index)
    }

    /// Returns the names and versions on the way to the package `index` of `graph`.
    pub(crate) fn chain(&self, graph: &Graph, index: usize) -> String {
        let back = std::iter::successors(Some(index), |index| self.from.get(index).copied().flatten());
        let name = |index: usize| format!("{} {}", graph.nodes[index].name, graph.nodes[index].version);
        let mut names: Vec<String> = back.map(name).collect();
        names.reverse();
        names.join(" → ")
    }
}
