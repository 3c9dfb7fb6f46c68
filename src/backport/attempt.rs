//! Tries commits on a release branch, in memory, and says what became of each.

use anyhow::{Error, Result};
use semver::Version;

use super::evidence::Facts;
use super::flags::{Changed, Flag, flags};
pub use super::outcome::{Attempt, Draft, Pick, PickOutcome, Prerequisite, Resolved};
use super::scope::Scope;
use super::survey::PickSurvey;
use super::targets::Target;
use crate::edit::notes::{Style, added_to_released, carry};
use crate::finding::Finding;
use crate::git::diff::DiffSide;
use crate::git::merge::{Conflict, ConflictKind, Merged};
use crate::git::{BlobId, CommitId, Repo, TreeId};
use crate::path::RepoPath;
use crate::transaction::values::NewFile;
use crate::workspace::relock::{MergeTexts, relock};

/// What is to be picked, and how.
#[derive(Debug)]
pub struct AttemptRequest<'a> {
    /// The commits, in their order.
    pub commits: &'a [Facts],
    /// Which parent of a merge counts as what was before it, from 1.
    pub mainline: Option<u32>,
    /// Whether evidence that a branch has a commit is passed over.
    pub again: bool,
    /// The notes, if there are any, and how they are written.
    pub notes: Option<(&'a RepoPath, &'a Style)>,
    /// What the maintainers have stated, and which commits no other branch is to have.
    pub scope: &'a Scope,
}

/// How an entry of the notes came to its place.
const CARRIED: &str = "entry put into the unreleased section";

/// Notes in which an entry came under a version that is released.
struct MisplacedEntry {
    path: RepoPath,
    /// The text with the entry where it belongs, or else that version.
    text: Result<String, Version>,
}

/// A tree without conflicts, and how it came about.
type ResolvedTree = (TreeId, Vec<Resolved>);

/// How many commits that touch the same files are looked at for those that must come first.
const MOST_NEEDED: usize = 16;

/// How many commits before a commit are looked through for that.
const LOOKED_THROUGH: usize = 5_000;

/// Tries the commits on the target with the number `number`, one on top of the other.
pub fn attempt(
    repo: &Repo,
    survey: &mut PickSurvey<'_>,
    request: &AttemptRequest<'_>,
    (number, target): (usize, &Target),
) -> Result<Attempt> {
    let mut trial = Trial { repo, survey, request, number, target };
    let mut onto = target.tip;
    let mut stuck = false;
    let mut steps = Vec::new();
    for (at, facts) in request.commits.iter().enumerate() {
        let outcome = match trial.known(facts)? {
            Some(known) => known,
            None if stuck => PickOutcome::NotTried,
            None => {
                let picked = trial.pick(at, onto)?;
                trial.doubted(facts, picked)?
            }
        };
        match &outcome {
            PickOutcome::Clean { tree, .. } => onto = repo.tentative(onto, *tree)?,
            PickOutcome::Conflict { .. } | PickOutcome::NeedsOthers { .. } => stuck = true,
            _ => {}
        }
        steps.push(Pick { commit: facts.id, outcome });
    }
    Ok(Attempt { target: target.clone(), steps })
}

struct Trial<'t, 'r> {
    repo: &'t Repo,
    survey: &'t mut PickSurvey<'r>,
    request: &'t AttemptRequest<'t>,
    number: usize,
    target: &'t Target,
}

impl Trial<'_, '_> {
    /// Returns what is known of the commit on the branch without trying it.
    fn known(&mut self, facts: &Facts) -> Result<Option<PickOutcome>> {
        if let Some(statement) = self.request.scope.statements.about(facts, self.target) {
            let reason = statement.reason.as_str().to_owned();
            return Ok(Some(PickOutcome::Stated { status: statement.status, reason }));
        }
        if self.request.again {
            return Ok(None);
        }
        Ok(self.survey.evidence(facts, self.number)?.map(PickOutcome::AlreadyThere))
    }

    /// Returns `outcome` with a flag where the trunk has taken the commit back.
    fn doubted(&mut self, facts: &Facts, mut outcome: PickOutcome) -> Result<PickOutcome> {
        if let PickOutcome::Clean { flags, .. } = &mut outcome
            && let Some(revert) = self.survey.taken_back(facts)?
            && !self.request.commits.iter().any(|one| one.id == revert.id)
        {
            flags.push(Flag::TakenBack { taken_back_in: revert.id });
        }
        Ok(outcome)
    }

    fn pick(&mut self, at: usize, onto: CommitId) -> Result<PickOutcome> {
        let commit = self.request.commits[at].id;
        let merged = self.merge(onto, commit)?;
        let here = self.repo.tree_of(onto)?;
        if merged.conflicts.is_empty() {
            return self.made((commit, here), merged.tree, Vec::new());
        }
        match self.settled(onto, &merged)? {
            Ok((tree, resolved)) => self.made((commit, here), tree, resolved),
            Err(reasons) => {
                let needed = self.needed(at, onto, &merged.conflicts)?;
                let files = merged.conflicts;
                let tree = merged.tree;
                Ok(match needed.is_empty() {
                    true => PickOutcome::Conflict { tree, files, reasons },
                    false => PickOutcome::NeedsOthers { tree, needed, files },
                })
            }
        }
    }

    fn merge(&mut self, onto: CommitId, commit: CommitId) -> Result<Merged> {
        let before = self.repo.before(commit, self.request.mainline)?;
        self.repo.pick(onto, before, commit)
    }

    /// Returns the outcome for `commit` where it leads from the tree `here` to `tree`.
    fn made(
        &self,
        (commit, here): (CommitId, TreeId),
        tree: TreeId,
        mut resolved: Vec<Resolved>,
    ) -> Result<PickOutcome> {
        let mut tree = tree;
        let mut misplaced = None;
        if let Some(moved) = self.misplaced(commit, here, tree)? {
            match moved.text {
                Ok(text) => {
                    let path = moved.path.clone();
                    tree = self.repo.tree_with(tree, &[NewFile { path, content: text.into_bytes() }])?;
                    resolved.push(Resolved { path: moved.path.to_string(), how: CARRIED });
                }
                Err(version) => misplaced = Some(Flag::Notes { path: moved.path, version }),
            }
        }
        if tree == here {
            return Ok(PickOutcome::Empty);
        }
        let (changed, unread) = self.changed(here, tree)?;
        let mut flags = flags(&changed, &self.request.scope.members);
        flags.extend(misplaced.into_iter().chain(unread));
        Ok(PickOutcome::Clean { tree, resolved, flags })
    }

    /// Returns the manifests and lock files that differ, and a flag for each of them, and for the notes,
    /// that cannot be read.
    fn changed(&self, here: TreeId, tree: TreeId) -> Result<(Changed, Vec<Flag>)> {
        let (mut changed, mut unread) = (Changed::default(), Vec::new());
        for difference in self.repo.differences(Some(here), tree)? {
            let Some(path) = difference.path() else { continue };
            let is_notes = self.request.notes.is_some_and(|(notes, _)| *notes == path);
            if !is_notes && !matches!(path.file_name(), "Cargo.toml" | "Cargo.lock") {
                continue;
            }
            let text = |side: Option<DiffSide>| self.text(path.as_str(), side.and_then(DiffSide::blob));
            match (text(difference.before)?, text(difference.after)?) {
                (Ok(_), Ok(_)) if is_notes => {}
                (Ok(before), Ok(after)) => drop(changed.files.insert(path, (before, after))),
                (Err(finding), _) | (_, Err(finding)) => {
                    unread.push(Flag::Unread { path, why: finding.message });
                }
            }
        }
        Ok((changed, unread))
    }

    /// Finds an entry that a merge of lines put under a version that is released on the branch, though
    /// in the commit it stands elsewhere, and puts it where it belongs. [`Trial::changed`] tells of notes
    /// that cannot be read.
    fn misplaced(&self, commit: CommitId, here: TreeId, tree: TreeId) -> Result<Option<MisplacedEntry>> {
        let Some((path, style)) = self.request.notes else { return Ok(None) };
        let origin = self.repo.tree_of(self.repo.before(commit, self.request.mainline)?)?;
        let texts = |before, after| -> Result<Option<(String, String)>> {
            let differences = self.repo.differences(Some(before), after)?;
            let notes = differences.into_iter().find(|difference| difference.path().as_ref() == Some(path));
            let Some(notes) = notes else { return Ok(None) };
            let text = |side: Option<DiffSide>| {
                Ok::<_, Error>(self.text(path.as_str(), side.and_then(DiffSide::blob))?.ok().flatten())
            };
            Ok(text(notes.before)?.zip(text(notes.after)?))
        };
        let Some((ours, merged)) = texts(here, tree)? else { return Ok(None) };
        let Some((before, after)) = texts(origin, self.repo.tree_of(commit)?)? else { return Ok(None) };
        let Some(version) = added_to_released(path, style, &ours, &merged) else { return Ok(None) };
        if added_to_released(path, style, &before, &after).is_some() {
            return Ok(None);
        }
        let text = carry(path, style, &before, &after, &ours).map_err(|_| version);
        Ok(Some(MisplacedEntry { path: path.clone(), text }))
    }

    /// Resolves the conflicts if all are in lock files and the notes, or were resolved before (`git rerere`).
    ///
    /// The inner error says why not, as far as there is more to say than that they conflict.
    fn settled(&self, onto: CommitId, merged: &Merged) -> Result<Result<ResolvedTree, Vec<String>>> {
        let notes = self.request.notes.map(|(path, _)| path.as_str());
        let is_lock = |conflict: &&Conflict| conflict.path.rsplit('/').next() == Some("Cargo.lock");
        let is_notes = |conflict: &&Conflict| Some(conflict.path.as_str()) == notes;
        let ours = |conflict: &Conflict| conflict.what == ConflictKind::BothChanged;
        if !merged.conflicts.iter().all(ours) {
            return Ok(Err(Vec::new()));
        }
        let (mut files, mut resolved, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
        for conflict in merged.conflicts.iter().filter(|one| !is_lock(one) && !is_notes(one)) {
            let Some(file) = self.resolved_before(onto, merged.tree, conflict)? else {
                return Ok(Err(Vec::new()));
            };
            resolved.push(Resolved { path: conflict.path.clone(), how: "resolved as before (rerere)" });
            files.push(file);
        }
        let mut keep = |conflict: &Conflict, how, text: Result<String, String>| match text {
            Ok(text) => {
                let path = RepoPath::new(&conflict.path);
                files.extend(path.map(|path| NewFile { path, content: text.into_bytes() }));
                resolved.push(Resolved { path: conflict.path.clone(), how });
            }
            Err(reason) => reasons.push(format!("{}: {reason}", conflict.path)),
        };
        for (conflict, (path, style)) in merged.conflicts.iter().filter(is_notes).zip(self.request.notes) {
            let carried = self.stages(conflict)?.and_then(|[before, ours, after]| {
                carry(path, style, &before, &after, &ours).map_err(str::to_owned)
            });
            keep(conflict, CARRIED, carried);
        }
        for conflict in merged.conflicts.iter().filter(is_lock) {
            let merged = self.repo.tentative(onto, merged.tree)?;
            keep(conflict, "recomputed offline", self.relocked(merged, conflict)?);
        }
        if !reasons.is_empty() {
            return Ok(Err(reasons));
        }
        Ok(Ok((self.repo.tree_with(merged.tree, &files)?, resolved)))
    }

    /// Returns a file with a conflict as it was resolved before.
    fn resolved_before(&self, onto: CommitId, tree: TreeId, conflict: &Conflict) -> Result<Option<NewFile>> {
        let Some(path) = RepoPath::new(&conflict.path) else { return Ok(None) };
        let marked = self.repo.tentative(onto, tree)?;
        let blob = self.repo.blob_at(marked, &conflict.path)?;
        let Ok(Some(text)) = self.text(&conflict.path, blob)? else { return Ok(None) };
        let resolved = self.repo.resolved_before(&text)?;
        Ok(resolved.map(|text| NewFile { path, content: text.into_bytes() }))
    }

    fn relocked(&self, merged: CommitId, conflict: &Conflict) -> Result<Result<String, String>> {
        let Some(path) = RepoPath::new(&conflict.path) else {
            return Ok(Err("its path cannot be used".to_owned()));
        };
        match self.stages(conflict)? {
            Ok([before, branch, after]) => relock(
                self.repo,
                merged,
                &path,
                MergeTexts { before: &before, after: &after, branch: &branch },
            ),
            Err(reason) => Ok(Err(reason)),
        }
    }

    /// Returns the texts before the commit, on the branch and in the commit.
    ///
    /// The inner error says why one cannot be read.
    fn stages(&self, conflict: &Conflict) -> Result<Result<[String; 3], String>> {
        let [before, ours, after] = conflict.stages;
        let text = |blob| self.text(&conflict.path, blob);
        Ok(match (text(before)?, text(ours)?, text(after)?) {
            (Ok(before), Ok(ours), Ok(after)) => Ok([before, ours, after].map(Option::unwrap_or_default)),
            (Err(unread), ..) | (_, Err(unread), _) | (.., Err(unread)) => Err(unread.message),
        })
    }

    /// Returns the text of a file; `None` where it is not there.
    fn text(&self, path: &str, blob: Option<BlobId>) -> Result<Result<Option<String>, Finding>> {
        blob.map_or(Ok(Ok(None)), |blob| Ok(self.repo.text(path, blob)?.map(Some)))
    }

    /// Finds commits from before the one at `at` that touch the same files and without which it
    /// conflicts; none if it conflicts with them, too.
    fn needed(&mut self, at: usize, onto: CommitId, conflicts: &[Conflict]) -> Result<Vec<Prerequisite>> {
        let commit = self.request.commits[at].id;
        let mut candidates = self.touching(at, conflicts)?;
        if candidates.is_empty() || !self.is_clean_after(&candidates, commit, onto)? {
            return Ok(Vec::new());
        }
        for index in (0..candidates.len()).rev() {
            let mut fewer = candidates.clone();
            fewer.remove(index);
            if !fewer.is_empty() && self.is_clean_after(&fewer, commit, onto)? {
                candidates = fewer;
            }
        }
        let needed = |id: CommitId| Ok(Prerequisite { commit: id, title: self.survey.facts(id)?.title });
        candidates.into_iter().map(needed).collect()
    }

    /// Returns the commits between the cut and the one at `at` that touch a file in conflict and are
    /// not on the branch; none if they are too many to be told apart.
    fn touching(&mut self, at: usize, conflicts: &[Conflict]) -> Result<Vec<CommitId>> {
        let mut found = Vec::new();
        for id in self.survey.before(at, self.number).into_iter().rev().take(LOOKED_THROUGH) {
            let asked_for = self.request.commits[..at].iter().any(|facts| facts.id == id);
            if asked_for || !self.repo.touches(id, conflicts.iter().map(|conflict| conflict.path.as_str()))? {
                continue;
            }
            let facts = self.survey.facts(id)?;
            let is_there = self.survey.evidence(&facts, self.number)?.is_some();
            if !is_there
                && !self.request.scope.bookkeeping(self.repo).makes_release(id, &self.repo.touched(id)?)?
            {
                found.push(id);
            }
            if found.len() > MOST_NEEDED {
                return Ok(Vec::new());
            }
        }
        found.reverse();
        Ok(found)
    }

    fn is_clean_after(&mut self, others: &[CommitId], commit: CommitId, onto: CommitId) -> Result<bool> {
        let mut onto = onto;
        for &other in others.iter().chain([&commit]) {
            let merged = self.merge(onto, other)?;
            if !merged.conflicts.is_empty() {
                return Ok(false);
            }
            onto = self.repo.tentative(onto, merged.tree)?;
        }
        Ok(true)
    }
}
