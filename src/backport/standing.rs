//! How one release branch stands to a fix.

use anyhow::Result;
use semver::Version;

use super::advisory::{FixEvidence, FixState, ReleaseFix, TaggedRelease};
use super::evidence::Evidence;
use super::fixing::Fixing;
use super::sources::FixSources;
use super::statements::{Statement, StatementStatus};
use crate::finding::Finding;
use crate::git::{CommitId, Tree};
use crate::rule;
use crate::version::{Step, next, plain};

/// How a release branch stands, with the commit that tells each package's version there.
#[derive(Debug)]
pub struct FixBranch {
    /// Its name.
    pub name: String,
    /// Which of its versions have the fix.
    pub standing: ReleaseFix,
    /// What shows that.
    pub evidence: FixEvidence,
    /// The commit with the first version that has it, or else the tip.
    pub at: CommitId,
}

/// What the commits of a branch show.
enum BranchEvidence {
    /// It was there when the branch was cut.
    Cut(Evidence, Vec<CommitId>),
    /// It came with these commits.
    Commits(Evidence, Vec<CommitId>),
    /// Some of what fixes it is there.
    Part,
    Nothing,
}

impl FixSources<'_, '_> {
    /// Says how target number `number` stands; adds what is doubtful, or not out yet, to `findings`.
    pub fn branch(
        &mut self,
        (advisory, fixing): (&str, &Fixing),
        number: usize,
        findings: &mut Vec<Finding>,
    ) -> Result<FixBranch> {
        let target = &self.targets[number];
        let (name, tip) = (target.branch.to_string(), target.tip);
        let (lower, upper) = self.bounds(number)?;
        let stated = self.stated(advisory, fixing, number);
        let shown = self.shown(fixing, number)?;
        let noted = fixing.notes.get(&number);
        let mut at = tip;
        let (state, evidence) = match (stated, noted) {
            (Some(statement), _) => {
                let evidence = FixEvidence::Statement { reason: statement.reason.as_str().to_owned() };
                let reason = statement.reason.as_str().to_owned();
                let state = match (statement.status, &statement.fixed_in) {
                    (StatementStatus::NotAffected, _) => FixState::Unaffected { reason, came_later: false },
                    (StatementStatus::WontFix, _) => FixState::Never,
                    (StatementStatus::Contained, Some(version)) => {
                        self.from(version.clone(), number, &mut at)
                    }
                    (StatementStatus::Contained, None) => {
                        self.first_with(number, &shown, noted.map(|noted| &noted.version), &mut at)?
                    }
                };
                (state, evidence)
            }
            (None, Some(noted)) => {
                let state = self.from(noted.version.clone(), number, &mut at);
                findings.extend(self.disagreement(number, &shown, &noted.version));
                (state, FixEvidence::Notes { path: noted.path.clone() })
            }
            (None, None) => match &shown {
                BranchEvidence::Cut(evidence, by) => {
                    (FixState::Always, FixEvidence::Commits { evidence: *evidence, by: by.clone() })
                }
                BranchEvidence::Commits(evidence, by) => {
                    let (evidence, by) = (*evidence, by.clone());
                    let state = self.first_with(number, &shown, None, &mut at)?;
                    (state, FixEvidence::Commits { evidence, by })
                }
                BranchEvidence::Part => {
                    findings.push(doubt(&name, advisory, "some of what fixes it is there, and some is not"));
                    (FixState::Never, FixEvidence::Nothing)
                }
                BranchEvidence::Nothing => self.unfixed((advisory, fixing), number, findings)?,
            },
        };
        findings.extend(untagged(&name, &state));
        if let BranchEvidence::Commits(_, by) = &shown {
            findings.extend(self.tags_against(number, &state, by)?);
        }
        Ok(FixBranch { name, standing: ReleaseFix { lower, upper, state }, evidence, at })
    }

    fn stated(&self, advisory: &str, fixing: &Fixing, number: usize) -> Option<Statement> {
        let (statements, target) = (&self.scope.statements, &self.targets[number]);
        let of_commit = || fixing.commits().into_iter().find_map(|facts| statements.about(facts, target));
        statements.about_advisory(advisory, target).or_else(of_commit).cloned()
    }

    /// Finds out what the commits of a target show: all that the trunk did for the fix must be there, or what
    /// the branch did itself.
    fn shown(&mut self, fixing: &Fixing, number: usize) -> Result<BranchEvidence> {
        let (mut weakest, mut by, mut is_part) = (Evidence::Ancestry, Vec::new(), false);
        for facts in &fixing.trunk {
            match self.survey.evidence(facts, number)? {
                Some(shown) => {
                    weakest = weakest.max(shown.evidence);
                    by.push(shown.by);
                }
                None => is_part = true,
            }
        }
        let own: Vec<CommitId> =
            fixing.own.iter().filter(|(target, _)| *target == number).map(|(_, facts)| facts.id).collect();
        if !own.is_empty() {
            let came: Vec<CommitId> = by.into_iter().filter(|by| self.survey.has_own(number, *by)).collect();
            return Ok(match came.is_empty() {
                true => BranchEvidence::Commits(Evidence::Advisory, own),
                false => BranchEvidence::Commits(weakest, came),
            });
        }
        if fixing.trunk.is_empty() {
            for (_, facts) in &fixing.own {
                if let Some(shown) = self.survey.evidence(facts, number)? {
                    by.push(shown.by);
                    weakest = weakest.max(shown.evidence);
                    break;
                }
            }
        }
        // Where branches are merged back, the trunk has what came to a branch after its first release.
        let came_after = self.of_line(number).first().is_some_and(|first| !self.has(first.2, &by));
        if !is_part && !by.is_empty() && came_after && weakest == Evidence::Ancestry {
            return Ok(BranchEvidence::Commits(weakest, by));
        }
        let is_own = by.iter().any(|by| self.survey.has_own(number, *by));
        Ok(match (by.is_empty(), is_part, is_own) {
            (true, ..) => BranchEvidence::Nothing,
            (_, true, _) => BranchEvidence::Part,
            (_, false, true) => {
                by.retain(|by| self.survey.has_own(number, *by));
                BranchEvidence::Commits(weakest, by)
            }
            (_, false, false) => BranchEvidence::Cut(weakest, by),
        })
    }

    /// Says how a target stands that has nothing of the fix.
    fn unfixed(
        &mut self,
        (advisory, fixing): (&str, &Fixing),
        number: usize,
        findings: &mut Vec<Finding>,
    ) -> Result<(FixState, FixEvidence)> {
        let name = self.targets[number].branch.to_string();
        match self.is_there(fixing, number)? {
            Some(false) => {
                let reason = FixEvidence::NotThere.to_string();
                Ok((FixState::Unaffected { reason, came_later: true }, FixEvidence::NotThere))
            }
            Some(true) => Ok((FixState::Never, FixEvidence::Nothing)),
            None => {
                findings.push(doubt(&name, advisory, "nothing shows whether it needs the fix"));
                Ok((FixState::Never, FixEvidence::Nothing))
            }
        }
    }

    /// Returns whether a target had what is fixed, when it was cut or since; `None` where no commit tells what
    /// that is.
    fn is_there(&mut self, fixing: &Fixing, number: usize) -> Result<Option<bool>> {
        let cut = self.survey.cut(number)?;
        let commits = [cut, Some(self.targets[number].tip)];
        let fixes: Vec<CommitId> = match fixing.trunk.as_slice() {
            [] => fixing.own.iter().map(|(_, facts)| facts.id).collect(),
            trunk => trunk.iter().map(|facts| facts.id).collect(),
        };
        let (mut is_absent, mut is_known) = (false, true);
        for fix in fixes {
            let paths = self.shipped(fix)?;
            let removed = self.repo.removed_lines(fix, |path| paths.iter().any(|one| one == path))?;
            for commit in commits.into_iter().flatten() {
                let files = self.repo.tree(commit)?;
                for path in &paths {
                    let lines = removed.iter().filter(|(of, _)| of == path).map(|(_, line)| line.as_str());
                    match self.had((commit, &files), path, &lines.collect::<Vec<_>>())? {
                        Some(true) => return Ok(Some(true)),
                        Some(false) => is_absent = true,
                        None => is_known = false,
                    }
                }
            }
        }
        Ok((is_absent && is_known).then_some(false))
    }

    /// Returns whether one of `lines` stood in the file at `path` of a commit, or in one of that name elsewhere
    /// where there was none; `None` where that cannot be told.
    fn had(&self, (commit, files): (CommitId, &Tree), path: &str, lines: &[&str]) -> Result<Option<bool>> {
        let has = |text: &str| lines.is_empty() || lines.iter().any(|line| text.contains(line));
        if let Some(blob) = self.repo.blob_at(commit, path)? {
            return Ok(self.repo.text(path, blob)?.ok().map(|text| has(&text)));
        }
        for (other, file) in files.files().filter(|(other, _)| may_be_moved(path, other.as_str())) {
            if !lines.is_empty() {
                if self.repo.text(other.as_str(), file.blob)?.is_ok_and(|text| has(&text)) {
                    return Ok(Some(true));
                }
            } else if tail(other.as_str()) == tail(path) {
                return Ok(None);
            }
        }
        Ok(Some(false))
    }

    fn from(&self, version: Version, number: usize, at: &mut CommitId) -> FixState {
        let tag = self.tagged.iter().find(|(_, tagged, _)| *tagged == version);
        if let Some((_, _, commit)) = tag {
            *at = *commit;
        }
        match self.bounds(number) {
            Ok((lower, _)) if version == lower => FixState::Always,
            _ => FixState::From { version, tagged: tag.is_some() },
        }
    }

    /// Returns since which version a target has what `shown` says.
    fn first_with(
        &self,
        number: usize,
        shown: &BranchEvidence,
        noted: Option<&Version>,
        at: &mut CommitId,
    ) -> Result<FixState> {
        let by = match shown {
            BranchEvidence::Cut(..) => return Ok(FixState::Always),
            BranchEvidence::Commits(_, by) => Some(by),
            BranchEvidence::Part | BranchEvidence::Nothing => None,
        };
        if let Some(version) = noted {
            return Ok(self.from(version.clone(), number, at));
        }
        let first = by.and_then(|by| self.of_line(number).into_iter().find(|tag| self.has(tag.2, by)));
        match first {
            Some((_, version, _)) => Ok(self.from(version, number, at)),
            None => self.to_come(number),
        }
    }

    /// Returns the version that the fix will be released in.
    fn to_come(&self, number: usize) -> Result<FixState> {
        let target = &self.targets[number];
        let now = self.lead_version(target.branch.as_str(), target.tip)?;
        let is_out = self.tagged.iter().any(|(_, version, _)| *version == now);
        let version = if is_out { next(&now, Step::Patch)? } else { plain(&now) };
        Ok(FixState::From { version, tagged: false })
    }

    /// Finds that the notes of a target name another version than its commits tell.
    fn disagreement(&self, number: usize, shown: &BranchEvidence, noted: &Version) -> Option<Finding> {
        let branch = &self.targets[number].branch;
        let BranchEvidence::Commits(_, by) = shown else { return None };
        let first = self.of_line(number).into_iter().find(|tag| self.has(tag.2, by));
        let (tag, version, _) = first?;
        (version != *noted).then(|| {
            let message =
                format!("on {branch} the notes name {noted} for it, and the first tag with the fix is {tag}");
            Finding::of(rule::ADVISORY_DOUBT, message).remedy(state_it(branch.as_str(), Some(noted)))
        })
    }

    /// Finds the tags of a target that say otherwise than `state`. One that was made beside the branch may have the
    /// fix by commits of its own.
    fn tags_against(&self, number: usize, state: &FixState, by: &[CommitId]) -> Result<Vec<Finding>> {
        let FixState::From { version: fixed, .. } = state else { return Ok(Vec::new()) };
        let mut tags = Vec::new();
        for (tag, version, commit) in self.of_line(number) {
            let mut has_fix = self.has(commit, by);
            if !has_fix && version >= *fixed {
                has_fix = by
                    .iter()
                    .try_fold(true, |has, fix| anyhow::Ok(has && self.survey.has_changes(*fix, commit)?))?;
            }
            tags.push(TaggedRelease { tag, version, has_fix });
        }
        Ok(super::advisory::contradictions(fixed, &tags))
    }
}

/// Returns the finding that what shows a fix on `branch` is not enough, and what to state.
pub fn doubt(branch: &str, advisory: &str, message: &str) -> Finding {
    Finding::of(rule::ADVISORY_DOUBT, format!("on {branch}, {advisory}: {message}"))
        .remedy(state_it(branch, None))
}

/// Says what to state about a branch.
fn state_it(branch: &str, version: Option<&Version>) -> String {
    let version = version.map_or_else(|| "…".to_owned(), Version::to_string);
    format!(
        "state it in {}: `[[statement]]` with `advisory`, `branches = [\"{branch}\"]`, `status = \"contained\"` and `fixed-in = \"{version}\"`, or `status = \"not-affected\"`, and `reason`",
        super::statements::FILE
    )
}

/// Finds that a fix is not out yet.
fn untagged(branch: &str, state: &FixState) -> Option<Finding> {
    let FixState::From { version, tagged: false } = state else { return None };
    let message = format!("the fix on {branch} is in no tag yet; {version} is expected to have it");
    Some(Finding::of(rule::ADVISORY_UNTAGGED, message).remedy("release it, then run this again"))
}

/// Returns whether a file may be another one at an earlier place: by its name, or where many have that, by its
/// folder's too.
fn may_be_moved(path: &str, other: &str) -> bool {
    let (tail_here, tail_there) = (tail(path), tail(other));
    let is_common = ["lib.rs", "main.rs", "mod.rs"].contains(&tail_here.1);
    tail_here.1 == tail_there.1 && (!is_common || tail_here == tail_there)
}

/// Returns the last folder and the name of a path.
fn tail(path: &str) -> (&str, &str) {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    (folders.rsplit('/').next().unwrap_or(folders), name)
}
