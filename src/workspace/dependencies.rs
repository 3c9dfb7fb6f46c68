//! What Cargo says of all packages that the workspace uses, third parties included.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, NodeDep};

use crate::git::{Repo, Tree};
use crate::path::RepoPath;
use crate::rust_version::RustVersion;
use crate::workspace::cargo;
use crate::workspace::outside::CargoMessage;
use crate::workspace::scratch::{LayoutExtent, ScratchFolder};
use crate::workspace::update::update;

/// Why Cargo does not tell which packages are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraphError {
    /// The lock file is not current.
    Stale,
    /// Another reason, in Cargo's words: most of all, that a package is not downloaded.
    Other(String),
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale => f.write_str("the lock file is not current"),
            Self::Other(said) => f.write_str(said),
        }
    }
}

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

/// Where Cargo is asked about a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CargoFolder {
    /// In the work tree, where the commit's manifests and lock files lie as they are.
    WorkTree,
    /// In a folder of its own.
    Scratch,
}

impl CargoFolder {
    /// Returns where Cargo is asked about the commit that is checked out, from which the `changed` files differ.
    pub fn of_checkout(changed: &[String]) -> Self {
        let concerns = |path: &String| path.ends_with("Cargo.toml") || path.ends_with("Cargo.lock");
        if changed.iter().any(concerns) { Self::Scratch } else { Self::WorkTree }
    }
}

/// What Cargo says of the workspaces of one tree: it is asked about each once, when somebody needs it.
pub struct Answers<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// The tree.
    pub tree: &'a Tree,
    folder: CargoFolder,
    layout: OnceCell<Layout<'a>>,
    graphs: RefCell<BTreeMap<RepoPath, Rc<Result<Graph, GraphError>>>>,
}

impl<'a> Answers<'a> {
    /// Begins with no answer; Cargo is asked in `folder`.
    pub fn new(repo: &'a Repo, tree: &'a Tree, folder: CargoFolder) -> Self {
        Self { repo, tree, folder, layout: OnceCell::new(), graphs: RefCell::default() }
    }

    /// Returns what Cargo says of the workspace of `manifest`, with its lock file as it is and without network;
    /// features are all on.
    ///
    /// # Errors
    ///
    /// If Cargo cannot be run, or not be understood.
    pub fn graph(&self, manifest: &RepoPath) -> Result<Rc<Result<Graph, GraphError>>> {
        if let Some(known) = self.graphs.borrow().get(manifest) {
            return Ok(Rc::clone(known));
        }
        let layout = if let Some(layout) = self.layout.get() {
            layout
        } else {
            let layout = Layout::new(self.repo, self.tree, self.folder)?;
            self.layout.get_or_init(|| layout)
        };
        let answer = Rc::new(layout.graph(manifest)?);
        self.graphs.borrow_mut().insert(manifest.clone(), Rc::clone(&answer));
        Ok(answer)
    }
}

/// The files of a commit, laid out for Cargo.
struct Layout<'a> {
    repo: &'a Repo,
    tree: &'a Tree,
    root: PathBuf,
    scratch: Option<ScratchFolder>,
}

impl<'a> Layout<'a> {
    /// Lays out `tree`, unless it is laid out in the work tree already.
    ///
    /// # Errors
    ///
    /// If the repository cannot be read, or the files not be written.
    fn new(repo: &'a Repo, tree: &'a Tree, folder: CargoFolder) -> Result<Self> {
        Ok(match folder {
            CargoFolder::WorkTree => Self { repo, tree, root: repo.root().to_owned(), scratch: None },
            CargoFolder::Scratch => Self::in_scratch(repo, tree)?,
        })
    }

    fn in_scratch(repo: &'a Repo, tree: &'a Tree) -> Result<Self> {
        let scratch = ScratchFolder::lay(repo, tree, LayoutExtent::Everything)?;
        Ok(Self { repo, tree, root: scratch.root().to_owned(), scratch: Some(scratch) })
    }

    /// Asks Cargo about the workspace of `manifest`, with its lock file as it is and without network;
    /// features are all on.
    ///
    /// # Errors
    ///
    /// If Cargo cannot be run, or not be understood.
    fn graph(&self, manifest: &RepoPath) -> Result<Result<Graph, GraphError>> {
        let folder = self.scratch.as_ref().map(ScratchFolder::root);
        let asked = cargo::metadata(&self.root.join(manifest), &["--all-features", "--locked"], folder)?;
        match asked {
            Ok(said) => {
                let metadata = MetadataCommand::parse(said).context(cargo::NOT_UNDERSTOOD)?;
                Ok(Ok(from_metadata(&metadata)))
            }
            Err(said) => Ok(Err(self.graph_error(said)?)),
        }
    }

    fn graph_error(&self, said: CargoMessage) -> Result<GraphError> {
        if said.contain("--locked was passed") {
            return Ok(GraphError::Stale);
        }
        let said = said.edited(in_short).shown(self.repo, self.tree)?;
        let said = said.unwrap_or_else(|ways| ways.to_string());
        Ok(GraphError::Other(match &self.scratch {
            // Its paths are of a folder that is gone when they are read.
            Some(_) => said.replace(&format!("{}/", self.root.display()), ""),
            None => said,
        }))
    }
}

/// Asks Cargo about the workspace of `manifest` in `tree`, whose lock file `lock` is not current, once
/// it has brought that up to date: the versions that are locked stay.
///
/// # Errors
///
/// If Cargo cannot be run, or not be understood.
pub fn updated_graph(
    repo: &Repo,
    tree: &Tree,
    manifest: &RepoPath,
    lock: &RepoPath,
) -> Result<Result<Graph, GraphError>> {
    let layout = Layout::in_scratch(repo, tree)?;
    if let Some(scratch) = &layout.scratch
        && let Err(said) = update(scratch, lock, &["--workspace"])?
    {
        return Ok(Err(layout.graph_error(said)?));
    }
    layout.graph(manifest)
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
            let edge = |used: &NodeDep| {
                let development = used.dep_kinds.iter().all(|kind| kind.kind == DependencyKind::Development);
                Some(Edge {
                    to: *indices.get(&used.pkg)?,
                    development: development && !used.dep_kinds.is_empty(),
                })
            };
            edges[index] = node.deps.iter().filter_map(edge).collect();
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
