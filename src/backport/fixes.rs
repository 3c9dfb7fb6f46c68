//! Finds the commits that fix an advisory, and the versions that they are in.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use semver::Version;
use serde::Serialize;

use super::advisory::{FixState, Ranges, ReleaseFix, TaggedRelease, contradictions, ranges};
use super::evidence::Facts;
use super::scope::Scope;
use super::statements::StatementStatus;
use super::survey::PickSurvey;
use super::targets::Target;
use crate::config::NameScheme;
use crate::finding::{Finding, Place, Refused};
use crate::git::{CommitId, Repo, Tag, TagName};
use crate::path::RepoPath;
use crate::plan::lines::VersionLine;
use crate::rule;
use crate::text::listed;
use crate::version::{Step, first_compatible, next, plain};
use crate::workspace::declared::Declared;

/// What is to be said in an advisory.
#[derive(Clone, Debug, Serialize)]
pub struct FixReport {
    /// The advisory.
    pub advisory: String,
    /// The commits that fix it, on the trunk and on branches.
    pub commits: Vec<Fix>,
    /// The ranges of each version line.
    pub lines: Vec<LineReport>,
    /// What is not as it should be, and what is not certain.
    pub findings: Vec<Finding>,
}

/// A commit that fixes something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The commit.
    pub commit: CommitId,
    /// Its first line.
    pub title: String,
}

/// The ranges of one version line.
#[derive(Clone, Debug, Serialize)]
pub struct LineReport {
    /// Its packages that are published, by name.
    pub packages: Vec<String>,
    /// The ranges.
    #[serde(flatten)]
    pub ranges: Ranges,
}

/// What the report is made from.
pub struct FixSources<'a, 'r> {
    /// The repository.
    pub repo: &'r Repo,
    /// The branches and statements.
    pub scope: &'a Scope,
    /// The branches' commits; its targets are all of `scope`.
    pub survey: &'a mut PickSurvey<'r>,
    /// How releases are tagged.
    pub names: &'a NameScheme,
    /// The tags.
    pub tags: &'a BTreeMap<TagName, Tag>,
    /// The version lines.
    pub lines: &'a [VersionLine<'a>],
}

/// Since when a branch has a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    /// It was there when the branch was cut.
    Cut,
    /// It came with this commit.
    Commit(CommitId),
}

/// A release branch and how it stands, with the commit that tells each line's version there.
struct FixBranch {
    name: String,
    standing: ReleaseFix,
    at: CommitId,
}

/// Makes the report for `advisory`, which `given` commits fix beside those that name it.
///
/// # Errors
///
/// A refusal if no commit names it, or with all versions that cannot be read.
pub fn report(mut sources: FixSources<'_, '_>, advisory: &str, given: &[Facts]) -> Result<FixReport> {
    let fixes = sources.fixes(advisory, given)?;
    if fixes.is_empty() {
        let finding = Finding::of(rule::NO_FIX, format!("no commit since the oldest cut names {advisory}"));
        return Err(
            Refused::from(finding.remedy("give the commits that fix it: `--advisory ID COMMIT…`")).into()
        );
    }
    let tags = sources.tags();
    let mut by = BTreeSet::new();
    let mut found: Vec<(Target, Option<Since>)> = Vec::new();
    for (number, target) in sources.scope.branches.iter().enumerate().rev() {
        let since = sources.since(&fixes, number)?;
        if let Some(Since::Commit(commit)) = since {
            by.insert(commit);
        }
        found.push((target.clone(), since));
    }
    by.extend(fixes.iter().map(|facts| facts.id));
    let tagged = sources.tagged(&tags, &by)?;
    let trunk = sources.trunk_has(&fixes)?;
    let (mut findings, mut unread) = (Vec::new(), Vec::new());
    let mut branches = Vec::new();
    for (index, (target, since)) in found.iter().enumerate() {
        let above = found.get(index + 1).map(|(target, _)| &target.version);
        let branch = sources.branch(advisory, &fixes, (target, *since, above), &tagged, &mut findings);
        match Refused::taken_from(branch)? {
            Ok(branch) => branches.push(branch),
            Err(Refused(more)) => unread.extend(more),
        }
    }
    if !trunk {
        let message =
            format!("no commit of {} fixes it: the releases to come count as affected", sources.scope.trunk);
        findings.push(Finding::of(rule::ADVISORY_TRUNK, message));
    }
    let mut lines = Vec::new();
    for (number, line) in sources.lines.iter().enumerate() {
        let packages: Vec<String> = line
            .packages
            .iter()
            .filter(|package| package.publication.is_somewhere())
            .map(|package| package.name.clone())
            .collect();
        if packages.is_empty() {
            continue;
        }
        let ranges = match number {
            0 => ranges(&branches.iter().map(|branch| branch.standing.clone()).collect::<Vec<_>>(), trunk),
            _ => ranges(&sources.translated(&branches, line, &mut findings, &mut unread)?, trunk),
        };
        if number == 0 {
            let tagged: Vec<TaggedRelease> = tagged.iter().map(|(tagged, _)| tagged.clone()).collect();
            findings.extend(contradictions(&ranges, &tagged));
        }
        lines.push(LineReport { packages, ranges });
    }
    if !unread.is_empty() {
        return Err(Refused(unread).into());
    }
    let commits = fixes.iter().map(|facts| Fix { commit: facts.id, title: facts.title.clone() });
    Ok(FixReport { advisory: advisory.to_owned(), commits: commits.collect(), lines, findings })
}

impl FixSources<'_, '_> {
    /// Returns the commits that fix the advisory: those given, and those that name it.
    fn fixes(&self, advisory: &str, given: &[Facts]) -> Result<Vec<Facts>> {
        let mut fixes = given.to_vec();
        let names_it = |facts: &Facts| !facts.is_revert() && facts.advisories.contains(advisory);
        for commit in self.survey.of_trunk() {
            let facts = self.survey.facts(commit)?;
            if names_it(&facts) {
                fixes.push(facts);
            }
        }
        for target in 0..self.survey.targets() {
            let own = self.survey.own(target).iter().filter(|facts| names_it(facts));
            fixes.extend(own.filter(|facts| self.survey.is_live(target, facts.id)).cloned());
        }
        let mut seen = BTreeSet::new();
        fixes.retain(|facts| seen.insert(facts.id));
        Ok(fixes)
    }

    /// Returns since when a branch has one of the fixes: since its cut, or by a commit of its own.
    fn since(&mut self, fixes: &[Facts], target: usize) -> Result<Option<Since>> {
        let mut since = None;
        for facts in fixes {
            let Some(shown) = self.survey.evidence(facts, target)? else { continue };
            if !self.survey.own(target).iter().any(|own| own.id == shown.by) {
                return Ok(Some(Since::Cut));
            }
            since.get_or_insert(Since::Commit(shown.by));
        }
        Ok(since)
    }

    fn trunk_has(&self, fixes: &[Facts]) -> Result<bool> {
        let tip = self.scope.trunk_tip.commit();
        for facts in fixes {
            if let Some(tip) = tip
                && self.repo.has_ancestor(tip, facts.id)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the releases' tags, oldest first.
    fn tags(&self) -> Vec<(String, Version, CommitId)> {
        let release = |tag: &Tag| Some((tag.name.to_string(), self.names.read(&tag.name)?, tag.commit));
        let mut tags: Vec<_> = self.tags.values().filter_map(release).collect();
        tags.sort_by(|a, b| a.1.cmp(&b.1));
        tags
    }

    /// Returns the tags with what is in them.
    fn tagged(
        &self,
        tags: &[(String, Version, CommitId)],
        fixes: &BTreeSet<CommitId>,
    ) -> Result<Vec<(TaggedRelease, CommitId)>> {
        let tips: Vec<CommitId> = tags.iter().map(|(_, _, commit)| *commit).collect();
        let reach = self.repo.reach(&tips)?;
        let tagged = tags.iter().enumerate().map(|(number, (tag, version, commit))| {
            let has_fix = fixes.iter().any(|fix| reach.contains(number, *fix));
            (TaggedRelease { tag: tag.clone(), version: version.clone(), has_fix }, *commit)
        });
        Ok(tagged.collect())
    }

    /// Says how one release branch stands, where `above` is the version of the next newer one.
    fn branch(
        &self,
        advisory: &str,
        fixes: &[Facts],
        (target, since, above): (&Target, Option<Since>, Option<&Version>),
        tagged: &[(TaggedRelease, CommitId)],
        findings: &mut Vec<Finding>,
    ) -> Result<FixBranch> {
        let lower = plain(&target.version);
        let major = next(&lower, Step::Major)?;
        let upper = above.filter(|above| **above < major).cloned().unwrap_or(major);
        let statements = &self.scope.statements;
        let stated = statements
            .about_advisory(advisory, target)
            .or_else(|| fixes.iter().find_map(|facts| statements.about(facts, target)));
        let mut at = target.tip;
        let state = match (stated, since) {
            (Some(statement), _) if statement.status == StatementStatus::NotAffected => {
                FixState::Unaffected { reason: statement.reason.as_str().to_owned() }
            }
            (Some(statement), _) if statement.status == StatementStatus::WontFix => FixState::Never,
            (_, Some(Since::Cut)) => FixState::Always,
            (_, Some(Since::Commit(_))) => {
                let in_line = |version: &Version| lower <= *version && *version < upper;
                let first = tagged.iter().find(|(tag, _)| tag.has_fix && in_line(&tag.version));
                match first {
                    Some((tag, commit)) => {
                        at = *commit;
                        FixState::From { version: tag.version.clone(), tagged: true }
                    }
                    None => self.to_come(target, tagged, findings)?,
                }
            }
            (Some(_), None) => self.to_come(target, tagged, findings)?,
            (None, None) => FixState::Never,
        };
        Ok(FixBranch { name: target.branch.to_string(), standing: ReleaseFix { lower, upper, state }, at })
    }

    /// Returns the version that the fix will be released in, and says that it is not tagged.
    fn to_come(
        &self,
        target: &Target,
        tagged: &[(TaggedRelease, CommitId)],
        findings: &mut Vec<Finding>,
    ) -> Result<FixState> {
        let now = self.lead_version(target.branch.as_str(), target.tip)?;
        let is_out = tagged.iter().any(|(tag, _)| tag.version == now);
        let version = if is_out { next(&now, Step::Patch)? } else { plain(&now) };
        let message =
            format!("the fix on {} is in no tag yet; {version} is expected to have it", target.branch);
        findings
            .push(Finding::of(rule::ADVISORY_UNTAGGED, message).remedy("release it, then run this again"));
        Ok(FixState::From { version, tagged: false })
    }

    /// Returns the standings in the versions of another line than the lead package's, and adds to `unread`
    /// why some cannot be told.
    fn translated(
        &self,
        branches: &[FixBranch],
        line: &VersionLine<'_>,
        findings: &mut Vec<Finding>,
        unread: &mut Vec<Finding>,
    ) -> Result<Vec<ReleaseFix>> {
        let mut standings = Vec::new();
        for branch in branches {
            match Refused::taken_from(self.standing(branch, line))? {
                Ok(Some(standing)) => standings.push(standing),
                Ok(None) => {
                    let names: Vec<&str> =
                        line.packages.iter().map(|package| package.name.as_str()).collect();
                    let message =
                        format!("{} has no package of this line: {}", branch.name, listed(&names, 3));
                    findings.push(Finding::of(rule::ADVISORY_LINE, message));
                }
                Err(Refused(more)) => unread.extend(more),
            }
        }
        standings.sort_by(|a, b| a.lower.cmp(&b.lower));
        Ok(standings)
    }

    /// Returns how a branch stands in the versions of another line; `None` where it has none of its packages.
    fn standing(
        &self,
        FixBranch { name, standing, at }: &FixBranch,
        line: &VersionLine<'_>,
    ) -> Result<Option<ReleaseFix>> {
        let mut found = None;
        for package in &line.packages {
            found = self.version((&package.name, &package.manifest), name, *at)?;
            if found.is_some() {
                break;
            }
        }
        let Some(found) = found else { return Ok(None) };
        let state = match &standing.state {
            FixState::From { tagged: true, .. } => FixState::From { version: found.clone(), tagged: true },
            // What is to come steps here as the lead package does.
            FixState::From { version, tagged: false } => {
                let steps = plain(&self.lead_version(name, *at)?) != *version;
                let version = if steps { next(&found, line.step(Step::Patch))? } else { plain(&found) };
                FixState::From { version, tagged: false }
            }
            other => other.clone(),
        };
        let upper = next(&found, Step::Major)?;
        Ok(Some(ReleaseFix { lower: first_compatible(&found), upper, state }))
    }

    /// Returns the version that the lead package has at `commit` of `branch`.
    fn lead_version(&self, branch: &str, commit: CommitId) -> Result<Version> {
        let (name, manifest) = &self.scope.lead;
        self.version((name, manifest), branch, commit)?.ok_or_else(|| {
            let message = format!("on {branch}: the lead package `{name}` is not there");
            Refused::from(
                Finding::of(rule::VERSION_UNREAD, message)
                    .remedy(format!("see `git ls-tree -r {}`", commit.short())),
            )
            .into()
        })
    }

    /// Returns the version that a package has at `commit` of `branch`; `None` where it is not there.
    ///
    /// # Errors
    ///
    /// A refusal where it states none, or that cannot be read.
    fn version(
        &self,
        (name, manifest): (&str, &RepoPath),
        branch: &str,
        commit: CommitId,
    ) -> Result<Option<Version>> {
        let declared = self.scope.declarations.at(self.repo, commit, (Some(name), manifest));
        let findings = match Refused::taken_from(declared)? {
            Ok(None) => return Ok(None),
            Ok(Some(Declared { version: Some(version), .. })) => return Ok(Some(version)),
            Ok(Some(_)) => {
                let finding = Finding::of(rule::VERSION_UNREAD, format!("`{name}` states no version"));
                vec![
                    finding
                        .at(Place::file(manifest))
                        .remedy(format!("see `git show {}:{manifest}`", commit.short())),
                ]
            }
            Err(Refused(findings)) => findings,
        };
        Err(Refused(findings.into_iter().map(|finding| finding.on(branch)).collect()).into())
    }
}
