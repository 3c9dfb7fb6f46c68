//! What every command of `backport` stands on: the trunk, the release branches, the statements.

use std::collections::BTreeSet;

use anyhow::Result;
use semver::Version;

use super::evidence::Facts;
use super::statements::{self, Statements};
use super::targets::{Target, names, release_branches};
use crate::edit::manifest::Manifest;
use crate::finding::{Finding, Refused};
use crate::git::branches::{Standing, Tip};
use crate::git::{CommitId, Refs, Repo};
use crate::path::RepoPath;
use crate::plan::lines::lines;
use crate::project::Project;
use crate::rule;
use crate::workspace::VersionPlace;

/// The trunk, the release branches and what is stated about them.
#[derive(Debug)]
pub struct Ground {
    /// The product's name.
    pub name: String,
    /// The trunk's short name.
    pub trunk: String,
    /// Where the trunk is.
    pub trunk_tip: Tip,
    /// All release branches, newest first.
    pub branches: Vec<Target>,
    /// What the maintainers have stated, on the trunk.
    pub statements: Statements,
    /// The names of the workspace's packages.
    pub members: BTreeSet<String>,
    /// The manifests that hold the lead package's version.
    version_places: Vec<RepoPath>,
    notes_file: Option<RepoPath>,
    /// What is worth saying.
    pub notes: Vec<Finding>,
}

impl Ground {
    /// Reads the branches of the repository and the statements.
    ///
    /// # Errors
    ///
    /// Refusals where there is no lead package, no trunk, or statements that cannot be read.
    pub fn read(repo: &Repo, project: &Project, refs: &Refs) -> Result<Self> {
        let trunk = project.config.trunk_in(refs);
        let lines = lines(&project.workspace, &project.config).map_err(Refused)?;
        let trunk_tip = refs.branches.tip(trunk);
        if trunk_tip.commit().is_none() {
            let finding = Finding::of(rule::NO_TRUNK, format!("there is no branch {trunk}, the trunk"));
            return Err(Refused::from(finding.remedy("set `trunk` in the configuration, or fetch it")).into());
        }
        let mut notes: Vec<Finding> = refs.branches.doubt().into_iter().collect();
        let mut branches = release_branches(&project.config.names.branch, &refs.branches);
        branches.retain(|target| target.branch != trunk);
        for target in &mut branches {
            newest(repo, target, &refs.branches.tip(&target.branch), &mut notes)?;
        }
        let mut version_places = vec![lines.lead.manifest.clone()];
        if let VersionPlace::Workspace(root) = &lines.lead.place {
            version_places.push(root.clone());
        }
        Ok(Self {
            name: project.name.clone(),
            trunk: trunk.to_owned(),
            statements: read_statements(repo, project, (&trunk_tip, &branches), refs, &mut notes)?,
            trunk_tip,
            branches,
            members: project.workspace.names().into_iter().map(str::to_owned).collect(),
            version_places,
            notes_file: project.config.notes.enabled.then(|| project.config.notes.file.clone()),
            notes,
        })
    }

    /// Returns whether a commit of a release branch is of no interest elsewhere: it only writes the
    /// notes, or it moves the version.
    pub fn concerns_branch_only(&self, repo: &Repo, facts: &Facts) -> Result<bool> {
        let touched = repo.touched(facts.id)?;
        let is_notes = |path: &String| self.notes_file.as_ref().is_some_and(|file| file.as_str() == path);
        if touched.iter().all(is_notes) {
            return Ok(true);
        }
        for path in self.version_places.iter().filter(|path| touched.iter().any(|t| t == path.as_str())) {
            let parent = repo.commit_info(facts.id)?.parents.first().copied();
            let before = parent.map(|parent| version_at(repo, parent, path)).transpose()?;
            if before != Some(version_at(repo, facts.id, path)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the version that the lead package has in `commit`, as far as a manifest states it.
    pub fn version_in(&self, repo: &Repo, commit: CommitId) -> Result<Option<Version>> {
        for path in &self.version_places {
            if let Some(version) = version_at(repo, commit, path)?.and_then(|text| text.parse().ok()) {
                return Ok(Some(version));
            }
        }
        Ok(None)
    }
}

/// Takes the remote's commit where it is ahead of the local one, and says where both have gone on.
fn newest(repo: &Repo, target: &mut Target, tip: &Tip, notes: &mut Vec<Finding>) -> Result<()> {
    let (Some((remote, fetched)), branch) = (&tip.fetched, &target.branch) else { return Ok(()) };
    match repo.standing(tip)? {
        Some(Standing::Behind) => {
            target.tip = *fetched;
            target.remote = Some(remote.clone());
        }
        Some(Standing::Diverged) => {
            let message =
                format!("the local {branch} and that of {remote} have each gone on; the local one is taken");
            notes.push(
                Finding::of(rule::BRANCH_DIVERGED, message).remedy(format!("rebase the local {branch}")),
            );
        }
        Some(Standing::Current) | None => {}
    }
    Ok(())
}

fn version_at(repo: &Repo, commit: CommitId, path: &RepoPath) -> Result<Option<String>> {
    let Some(Ok(text)) = repo.text_at(commit, path)? else { return Ok(None) };
    let Ok(manifest) = Manifest::parse(path, &text) else { return Ok(None) };
    let own = manifest.package.as_ref().and_then(|package| package.version.literal());
    let shared = || manifest.workspace.as_ref().and_then(|table| table.package.version.literal());
    Ok(own.or_else(shared).map(|version| version.value.clone()))
}

/// Reads the statements of the trunk: the local one's, or else the remote's. What fits nothing is told.
fn read_statements(
    repo: &Repo,
    project: &Project,
    (trunk, branches): (&Tip, &[Target]),
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
        known.extend(names(&templates.branch.render(&version, &project.name), &version));
    }
    known
}
