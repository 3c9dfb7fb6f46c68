//! What every command of `backport` reads: the trunk, the release branches, the statements.

use std::collections::BTreeSet;

use anyhow::Result;

use super::bookkeeping::Bookkeeping;
use super::statements::{self, Statements};
use super::targets::{Target, names, release_branches};
use super::title::BranchWords;
use crate::finding::{Finding, Refused};
use crate::git::branches::BranchTip;
use crate::git::tracking::TrackingState;
use crate::git::{BranchName, Refs, Repo};
use crate::path::RepoPath;
use crate::project::{Project, lead, notes};
use crate::rule;
use crate::workspace::declared::Declarations;

/// The trunk, the release branches and what is stated about them.
#[derive(Debug)]
pub struct Scope {
    /// The product's name.
    pub name: String,
    /// The trunk.
    pub trunk: BranchName,
    /// Where the trunk is.
    pub trunk_tip: BranchTip,
    /// All release branches, newest first.
    pub branches: Vec<Target>,
    /// What the maintainers have stated, on the trunk.
    pub statements: Statements,
    /// The names of the workspace's packages.
    pub members: BTreeSet<String>,
    /// The lead package's name and manifest.
    pub lead: (String, RepoPath),
    /// What packages declare at commits.
    pub declarations: Declarations,
    /// The files of notes, of the product and of packages.
    pub notes_files: Vec<RepoPath>,
    /// What the branches are called.
    pub words: BranchWords,
    /// What is worth saying.
    pub notes: Vec<Finding>,
}

impl Scope {
    /// Reads the branches of the repository and the statements.
    ///
    /// # Errors
    ///
    /// Refusals where there is no lead package, no trunk, or statements that cannot be read.
    pub fn read(repo: &Repo, project: &Project, refs: &Refs) -> Result<Self> {
        let trunk = project.config.trunk_in(refs);
        let lead = lead::package(&project.workspace, &project.config).map_err(Refused)?;
        let trunk_tip = refs.branches.tip(&trunk);
        if trunk_tip.commit().is_none() {
            let finding = Finding::of(rule::NO_TRUNK, format!("there is no branch {trunk}, the trunk"));
            return Err(Refused::from(finding.remedy("set `trunk` in the configuration, or fetch it")).into());
        }
        let mut said: Vec<Finding> = refs.branches.doubt().into_iter().collect();
        let mut branches = release_branches(&project.config.names.branch, &refs.branches);
        branches.retain(|target| target.branch != trunk);
        for target in &mut branches {
            newest(repo, target, &refs.branches.tip(&target.branch), &mut said)?;
        }
        Ok(Self {
            name: project.name.clone(),
            statements: read_statements(repo, project, (&trunk_tip, &branches), refs, &mut said)?,
            trunk_tip,
            words: BranchWords::new(&project.config.names.branch, trunk.as_str(), &branches),
            trunk,
            branches,
            members: project.workspace.names().into_iter().map(str::to_owned).collect(),
            lead: (lead.name.clone(), lead.manifest.clone()),
            declarations: Declarations::default(),
            notes_files: notes::files(&project.config, &project.workspace)
                .into_iter()
                .map(|file| file.path)
                .collect(),
            notes: said,
        })
    }

    /// Returns what tells the commits that make releases from others.
    pub fn bookkeeping<'a>(&'a self, repo: &'a Repo) -> Bookkeeping<'a> {
        let (name, manifest) = &self.lead;
        Bookkeeping {
            repo,
            notes: &self.notes_files,
            lead: (Some(name), manifest),
            declarations: &self.declarations,
        }
    }
}

/// Takes the remote's commit where it is ahead of the local one, and says where both have gone on.
fn newest(repo: &Repo, target: &mut Target, tip: &BranchTip, notes: &mut Vec<Finding>) -> Result<()> {
    let (Some((remote, fetched)), branch) = (&tip.fetched, &target.branch) else { return Ok(()) };
    match repo.standing(tip)? {
        Some(TrackingState::Behind) => {
            target.tip = *fetched;
            target.remote = Some(remote.clone());
        }
        Some(TrackingState::Diverged) => {
            let message =
                format!("the local {branch} and that of {remote} have each gone on; the local one is taken");
            notes.push(
                Finding::of(rule::BRANCH_DIVERGED, message).remedy(format!("rebase the local {branch}")),
            );
        }
        Some(TrackingState::Current) | None => {}
    }
    Ok(())
}

/// Reads the statements of the trunk: the local one's, or else the remote's. What fits nothing is told.
fn read_statements(
    repo: &Repo,
    project: &Project,
    (trunk, branches): (&BranchTip, &[Target]),
    refs: &Refs,
    notes: &mut Vec<Finding>,
) -> Result<Statements> {
    let Some(path) = project.workspace.root.sibling(statements::FILE) else {
        return Ok(Statements::default());
    };
    for commit in trunk.commits() {
        if let Some(text) = repo.text_at(commit, &path)? {
            let text = text.map_err(Refused::from)?;
            let statements = Statements::read(path.as_str(), &text).map_err(Refused)?;
            let names = known_names(project, branches, refs);
            let is_here = |commit: &str| Ok(repo.resolve(commit)?.is_some());
            notes.extend(statements.unused(path.as_str(), &names, is_here)?);
            return Ok(statements);
        }
    }
    Ok(Statements::default())
}

/// Returns what release branches may be called: those that are here, and those of the releases that are
/// tagged, whose branches may be gone.
fn known_names(project: &Project, branches: &[Target], refs: &Refs) -> Vec<String> {
    let templates = &project.config.names;
    let mut known: Vec<String> = branches.iter().flat_map(Target::names).collect();
    let versions = refs.tags.keys().filter_map(|tag| templates.tag.read(tag));
    for version in versions.filter(|version| version.patch == 0 && version.pre.is_empty()) {
        for branch in templates.branch.all(&version, &project.name) {
            known.extend(names(&branch, &version));
        }
    }
    known
}
