//! What workflows say of a project.

use std::collections::BTreeSet;

use super::mark::{Mark, mark_of};
use crate::config::{NameRange, Workflow};
use crate::edit::manifest::DEFAULT_REGISTRY;
use crate::git::{BranchName, Refs};
use crate::path::RepoPath;
use crate::project::Project;
use crate::workspace::Package;

/// What workflows say of a project.
#[derive(Clone, Debug)]
pub struct WorkflowFacts {
    /// What the product is called.
    pub name: String,
    /// The folder of the workspace; empty for the repository's root.
    pub folder: String,
    /// What the names of its files begin with: two workspaces of one repository have different ones.
    pub prefix: String,
    /// The branch where development happens.
    pub trunk: BranchName,
    /// Where releases are made.
    pub releases: ReleasePlace,
    /// The names of tags.
    pub tags: Vec<NameRange>,
    /// The names of the branches that are made for pull requests.
    pub requests: Vec<NameRange>,
    /// Whether a schedule says what is due, and what is supported.
    pub is_scheduled: bool,
    /// Whether there are release candidates.
    pub has_candidates: bool,
    /// The members that are not published, by name or glob, where publishing is configured.
    pub published_without: Option<Vec<String>>,
    /// The workflow that tests the project, by the name of its file.
    pub tests: Option<String>,
    /// The workflows that are not wanted.
    pub left_out: BTreeSet<Workflow>,
}

/// Where releases are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReleasePlace {
    /// On branches of these names.
    Branches(Vec<NameRange>),
    /// On the trunk.
    Trunk,
    /// On the trunk, and those of older lines on branches of these names.
    Both(Vec<NameRange>),
}

impl WorkflowFacts {
    /// Returns what workflows say of `project`; `workflows` are those that it has, by path, with their texts, and
    /// `is_trunk_released` says whether the latest release is on the trunk.
    pub fn of(
        project: &Project,
        refs: &Refs,
        workflows: &[(RepoPath, String)],
        is_trunk_released: bool,
    ) -> Self {
        let config = &project.config;
        let name = project.name.as_str();
        let is_scheduled = config.train().is_some();
        let has_branches = is_scheduled || !config.names.branch.is_assumed();
        let branches = config.names.branch.ranges(name);
        let mut names = config.names.clone();
        names.take_request_branches();
        let requests = [&names.bump_branch, &names.release_branch].into_iter().flatten();
        let folder = project.workspace.root.folder().to_owned();
        Self {
            prefix: prefix(&folder),
            name: name.to_owned(),
            folder,
            trunk: config.trunk_in(refs),
            releases: match (has_branches, is_trunk_released && !is_scheduled) {
                (false, _) => ReleasePlace::Trunk,
                (true, false) => ReleasePlace::Branches(branches),
                (true, true) => ReleasePlace::Both(branches),
            },
            tags: config.names.tag.ranges(name),
            requests: requests.map(|template| template.range(name)).collect(),
            is_scheduled,
            has_candidates: config.prerelease.candidate.is_some(),
            published_without: published_without(project),
            tests: config.ci.tests.clone().or_else(|| tests_among(workflows)),
            left_out: config.ci.leave_out.iter().copied().collect(),
        }
    }

    /// Returns the name of one of the project's files, without its ending.
    pub(super) fn named(&self, what: &str) -> String {
        format!("{}-{what}", self.prefix)
    }

    /// Returns the trunk's name as a filter has it.
    pub(super) fn trunk_filter(&self) -> String {
        NameRange::only(self.trunk.as_str()).branch_filter()
    }

    /// Returns the names of the release branches; none where releases are made on the trunk.
    pub(super) fn branches(&self) -> &[NameRange] {
        match &self.releases {
            ReleasePlace::Branches(ranges) | ReleasePlace::Both(ranges) => ranges,
            ReleasePlace::Trunk => &[],
        }
    }
}

/// Returns the members that Cargo would publish to crates.io, and that are not published there; `None` where
/// nothing is, or nobody has configured it.
fn published_without(project: &Project) -> Option<Vec<String>> {
    let config = &project.config.publish;
    let members = project.workspace.packages.iter().filter(|package| package.member);
    let (here, others): (Vec<_>, Vec<_>) =
        members.partition(|package| package.publication.is_to(DEFAULT_REGISTRY));
    // Of what says `publish = false` itself Cargo knows.
    let is_tried =
        |package: &&&Package| package.publication.is_somewhere() || config.exclude.matches(&package.name);
    let without = others.iter().filter(is_tried).map(|package| package.name.clone());
    let without: BTreeSet<String> = without.collect();
    (config.is_stated() && !here.is_empty()).then(|| without.into_iter().collect())
}

/// Returns what the names of files begin with that are for the workspace in `folder`.
fn prefix(folder: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let folder: String = folder.chars().map(plain).collect();
    match folder.trim_matches('-') {
        "" => "relprep".to_owned(),
        folder => format!("relprep-{folder}"),
    }
}

/// Returns the file of the one workflow that tests pull requests and can be started by hand; `None` where there
/// are several, or none.
fn tests_among(workflows: &[(RepoPath, String)]) -> Option<String> {
    let tests = workflows.iter().filter(|(_, text)| {
        let says = |event: &str| {
            text.lines().any(|line| line.split('#').next().is_some_and(|line| line.contains(event)))
        };
        mark_of(text) == Mark::Foreign && says("pull_request") && says("workflow_dispatch")
    });
    let names: Vec<&str> = tests.map(|(path, _)| path.file_name()).collect();
    match names[..] {
        [only] => Some(only.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_workspaces_have_files_of_their_own() {
        assert_eq!(prefix(""), "relprep");
        assert_eq!(prefix("Rust/the core"), "relprep-rust-the-core");
    }

    #[test]
    fn the_workflow_that_tests_is_the_one_that_can_be_started() {
        let file = |name: &str, text: &str| {
            (RepoPath::new(&format!(".github/workflows/{name}")).unwrap(), text.to_owned())
        };
        let ci = file("ci.yml", "on:\n  pull_request:\n  workflow_dispatch:\n");
        let docs = file("docs.yml", "on:\n  pull_request:\n# no workflow_dispatch\n");
        assert_eq!(tests_among(&[ci.clone(), docs.clone()]).as_deref(), Some("ci.yml"));
        let other = file("other.yml", &ci.1);
        assert_eq!(tests_among(&[ci, other]), None);
        assert_eq!(tests_among(&[docs]), None);
    }
}
