//! What Cargo says of a workspace at commits that are not checked out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

use super::location::{Location, manifest_path, relative};
use super::text;
use crate::edit::manifest::Manifest;
use crate::finding::Refused;
use crate::git::{CommitId, Mode, Repo, Tree};
use crate::path::RepoPath;
use crate::workspace::answer::Question;
use crate::workspace::metadata::{Member, Members, Unreadable};

/// The files of a commit and the members that Cargo finds there, or why it finds none.
type PastAnswer = Arc<Result<(Tree, Members), Refused>>;

/// What Cargo said of the members of one workspace at past commits, whatever is configured for it.
#[derive(Default)]
pub struct PastMembers {
    said: Mutex<HashMap<CommitId, PastAnswer>>,
}

impl PastMembers {
    /// Returns what Cargo says of the workspace at `location` as it was at `commit`.
    ///
    /// # Errors
    ///
    /// If git fails, or Cargo cannot be asked.
    pub(super) fn at(&self, repo: &Repo, location: &Location, commit: CommitId) -> Result<PastAnswer> {
        if let Some(said) = self.known().get(&commit) {
            return Ok(said.clone());
        }
        let said = Refused::taken_from(members_at(repo, location, commit, Question::Members))?;
        Ok(self.known().entry(commit).or_insert(Arc::new(said)).clone())
    }

    /// Returns the members that Cargo finds in the workspace at `location` as it was at `commit`; none where it
    /// refuses it.
    ///
    /// # Errors
    ///
    /// If git fails, or Cargo cannot be asked.
    pub fn packages(&self, repo: &Repo, location: &Location, commit: CommitId) -> Result<Vec<Member>> {
        let said = self.at(repo, location, commit)?;
        Ok(said.as_ref().as_ref().map_or(Vec::new(), |(_, members)| members.packages.clone()))
    }

    /// Returns what is known; a thread that panicked has left nothing half done in it.
    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<CommitId, PastAnswer>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks Cargo about the project at `location` as it is at `commit`, a commit that is not checked out.
pub(super) fn members_at(
    repo: &Repo,
    location: &Location,
    commit: CommitId,
    question: Question,
) -> Result<(Tree, Members)> {
    let tree = repo.tree(commit)?;
    text::check_sizes(repo, &tree)?;
    let here = relative(repo, &manifest_path(repo, location)?)?;
    let manifest = if tree.get(&here).is_some() { here } else { RepoPath::known("Cargo.toml") };
    let members = parsing_first(repo, &tree, Members::in_tree(repo, &tree, &manifest, question))?;
    Ok((tree, members))
}

/// Puts the places of manifests that do not parse before what Cargo says of the first of them.
pub(super) fn parsing_first(repo: &Repo, tree: &Tree, members: Result<Members>) -> Result<Members> {
    let error = match members {
        Ok(members) => return Ok(members),
        Err(error) => error,
    };
    let mut findings = Vec::new();
    for (path, entry) in tree.files().filter(|(path, _)| path.file_name() == "Cargo.toml") {
        if entry.mode != Mode::Link {
            let parsed = repo.text(path.as_str(), entry.blob)?.and_then(|text| Manifest::parse(path, &text));
            findings.extend(parsed.err());
        }
    }
    if !findings.is_empty() {
        return Err(Refused(findings).into());
    }
    let unreadable: Unreadable = error.downcast()?;
    Err(unreadable.refusal(repo, tree)?.into())
}
