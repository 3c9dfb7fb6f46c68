//! What Cargo says of all packages that the workspace uses, third parties included.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::Result;

use crate::git::{Repo, Tree};
use crate::path::RepoPath;
use crate::workspace::answer::{self, Question};
use crate::workspace::cargo;
use crate::workspace::graph::Graph;
use crate::workspace::metadata::AnsweredDependencies;
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
        let concerns = |path: &String| Question::Dependencies.concerns(path);
        if changed.iter().any(concerns) { Self::Scratch } else { Self::WorkTree }
    }
}

/// Where Cargo is asked about a commit, and what it has said of dependencies already.
pub struct CargoView {
    /// Where it is asked.
    pub folder: CargoFolder,
    /// What it said.
    pub known: Option<AnsweredDependencies>,
}

/// What Cargo says of the workspaces of one tree: it is asked about each once, when somebody needs it.
pub struct Answers<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// The tree.
    pub tree: &'a Tree,
    folder: CargoFolder,
    layout: OnceCell<CargoLayout<'a>>,
    known: RefCell<Option<(RepoPath, Result<Graph, CargoMessage>)>>,
    graphs: RefCell<BTreeMap<RepoPath, Rc<Result<Graph, GraphError>>>>,
}

impl<'a> Answers<'a> {
    /// Begins with what is known in `view`.
    pub fn new(repo: &'a Repo, tree: &'a Tree, view: CargoView) -> Self {
        let CargoView { folder, known } = view;
        let (layout, graphs) = (OnceCell::new(), RefCell::default());
        let known = known.map(|AnsweredDependencies { root, graph, scratch }| {
            if let Some(scratch) = scratch {
                layout.get_or_init(|| CargoLayout::of(repo, tree, scratch));
            }
            (root, graph)
        });
        Self { repo, tree, folder, layout, known: RefCell::new(known), graphs }
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
            let layout = CargoLayout::new(self.repo, self.tree, self.folder)?;
            self.layout.get_or_init(|| layout)
        };
        let is_known = |(root, _): &mut (RepoPath, _)| root == manifest;
        let answer = Rc::new(match self.known.borrow_mut().take_if(is_known) {
            Some((_, Ok(graph))) => Ok(graph),
            Some((_, Err(said))) => Err(layout.graph_error(said)?),
            None => layout.graph(manifest)?,
        });
        self.graphs.borrow_mut().insert(manifest.clone(), Rc::clone(&answer));
        Ok(answer)
    }
}

/// The files of a commit, laid out for Cargo.
struct CargoLayout<'a> {
    repo: &'a Repo,
    tree: &'a Tree,
    root: PathBuf,
    scratch: Option<ScratchFolder>,
}

impl<'a> CargoLayout<'a> {
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
        Ok(Self::of(repo, tree, ScratchFolder::lay(repo, tree, LayoutExtent::Everything)?))
    }

    /// Takes the folder in which everything is laid out already.
    fn of(repo: &'a Repo, tree: &'a Tree, scratch: ScratchFolder) -> Self {
        Self { repo, tree, root: scratch.root().to_owned(), scratch: Some(scratch) }
    }

    /// Asks Cargo about the workspace of `manifest`, with its lock file as it is and without network;
    /// features are all on.
    ///
    /// # Errors
    ///
    /// If Cargo cannot be run, or not be understood.
    fn graph(&self, manifest: &RepoPath) -> Result<Result<Graph, GraphError>> {
        let folder = self.scratch.as_ref().map(ScratchFolder::root);
        let arguments = Question::Dependencies.arguments();
        let read = |said: &str| Ok(Graph::of(&answer::read(said)?));
        match cargo::metadata(&self.root.join(manifest), arguments, folder, read)? {
            Ok(graph) => Ok(Ok(graph)),
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
    let layout = CargoLayout::in_scratch(repo, tree)?;
    if let Some(scratch) = &layout.scratch
        && let Err(said) = update(scratch, lock, &["--workspace"])?
    {
        return Ok(Err(layout.graph_error(said)?));
    }
    layout.graph(manifest)
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
