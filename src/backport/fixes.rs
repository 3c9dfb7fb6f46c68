//! Which versions of which packages have the fix of an advisory, line by line, and what shows it.

use std::collections::BTreeSet;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use super::advisory::{FixEvidence, FixState, Ranges, ReleaseFix, ranges};
use super::evidence::Facts;
use super::fixing::Fixing;
use super::sources::FixSources;
use super::standing::{FixBranch, doubt};
use super::targets::Target;
use crate::finding::{Finding, Refused};
use crate::git::CommitId;
use crate::path::RepoPath;
use crate::plan::lines::VersionLine;
use crate::rule;
use crate::text::listed;
use crate::version::{Step, first_compatible, next, plain};
use crate::workspace::Package;

/// What is to be said in an advisory.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FixReport {
    /// The advisory.
    pub advisory: String,
    /// The commits that fix it, on the trunk and on branches.
    pub commits: Vec<Fix>,
    /// How each release line stands, oldest first.
    pub branches: Vec<BranchStanding>,
    /// The ranges of each package; none where what is known is too little or contradicts itself.
    pub lines: Vec<LineReport>,
    /// What is not as it should be, and what is not certain.
    pub findings: Vec<Finding>,
}

/// A commit that fixes something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fix {
    /// The commit.
    pub commit: CommitId,
    /// Its first line.
    pub title: String,
}

/// How one release line stands to the fix.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BranchStanding {
    /// Its branch.
    pub branch: String,
    /// Which of its versions have the fix.
    #[serde(flatten)]
    pub state: FixState,
    /// What shows that.
    #[serde(flatten)]
    pub evidence: FixEvidence,
}

/// The ranges of some packages.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LineReport {
    /// The packages, by name.
    pub packages: Vec<String>,
    /// The ranges.
    #[serde(flatten)]
    pub ranges: Ranges,
}

/// Makes the report for `advisory`, which `given` commits fix beside those that say so.
///
/// # Errors
///
/// A refusal if nothing fixes it, or with all versions that cannot be read.
pub fn report(mut sources: FixSources<'_, '_>, advisory: &str, given: &[Facts]) -> Result<FixReport> {
    let fixing = Fixing::find(&mut sources, advisory, given)?;
    let is_stated = |target: &Target| sources.scope.statements.about_advisory(advisory, target).is_some();
    if fixing.is_empty() && !sources.targets.iter().any(is_stated) {
        return Err(no_fix(advisory, &fixing).into());
    }
    let (mut findings, mut unread, mut branches) = (Vec::new(), Vec::new(), Vec::new());
    for number in (0..sources.targets.len()).rev() {
        let branch = sources.branch((advisory, &fixing), number, &mut findings);
        match Refused::taken_from(branch)? {
            Ok(branch) => branches.push(branch),
            Err(Refused(more)) => unread.extend(more),
        }
    }
    let trunk = sources.trunk_has(&fixing)?;
    findings.extend(sources.doubts_of_trunk(advisory, &fixing, &branches, trunk));
    let packages = sources.affected(advisory, &fixing, &mut findings)?;
    let standings: Vec<ReleaseFix> = branches.iter().map(|branch| branch.standing.clone()).collect();
    let mut lines = Vec::new();
    for (line, package) in packages {
        let standings = match line {
            0 => standings.clone(),
            _ => {
                sources.translated(&branches, (&sources.lines[line], package), &mut findings, &mut unread)?
            }
        };
        lines.push(LineReport { packages: vec![package.name.clone()], ranges: ranges(&standings, trunk) });
    }
    Refused::if_any(unread)?;
    let is_doubt = |finding: &Finding| [rule::ADVISORY_DOUBT, rule::ADVISORY_TAG].contains(&finding.rule);
    if findings.iter().any(is_doubt) {
        lines.clear();
    }
    let fix = |facts: &&Facts| Fix { commit: facts.id, title: facts.title.clone() };
    Ok(FixReport {
        advisory: advisory.to_owned(),
        commits: fixing.commits().iter().map(fix).collect(),
        branches: branches.into_iter().map(FixBranch::into_standing).collect(),
        lines,
        findings,
    })
}

/// Refuses an advisory that nothing fixes, and names what only mentions it.
fn no_fix(advisory: &str, fixing: &Fixing) -> Refused {
    let mentions: Vec<String> = fixing.mentions.iter().map(|facts| facts.id.short()).collect();
    let message = match mentions.is_empty() {
        true => format!("no commit since the oldest cut names {advisory}"),
        false => format!(
            "no commit fixes {advisory} by its words and changes; {} mention it",
            listed(&mentions, 5)
        ),
    };
    let remedy = "give the commits that fix it: `--advisory ID COMMIT…`";
    Refused::from(Finding::of(rule::NO_FIX, message).remedy(remedy))
}

impl FixBranch {
    fn into_standing(self) -> BranchStanding {
        BranchStanding { branch: self.name, state: self.standing.state, evidence: self.evidence }
    }
}

impl FixSources<'_, '_> {
    /// Returns whether the trunk has the fix: a commit of it, or what one of a branch changes.
    fn trunk_has(&self, fixing: &Fixing) -> Result<bool> {
        let Some(tip) = self.scope.trunk_tip.commit() else { return Ok(false) };
        for facts in &fixing.trunk {
            if self.repo.has_ancestor(tip, facts.id)? {
                return Ok(true);
            }
        }
        for (_, facts) in &fixing.own {
            if self.survey.has_changes(facts.id, tip)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Finds that the trunk, or the newest line, is not known to have what older ones have.
    fn doubts_of_trunk(
        &self,
        advisory: &str,
        fixing: &Fixing,
        branches: &[FixBranch],
        trunk: bool,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !trunk {
            let message =
                format!("no commit of {} fixes it: the releases to come count as affected", self.scope.trunk);
            findings.push(Finding::of(rule::ADVISORY_TRUNK, message));
        }
        let is_fixed =
            |branch: &FixBranch| matches!(branch.standing.state, FixState::From { .. } | FixState::Always);
        // Without a commit that fixes it, nothing tells whether a newer line was cut with it.
        if let Some(newest) = branches.last()
            && !is_fixed(newest)
            && newest.evidence == FixEvidence::Nothing
            && fixing.commits().is_empty()
            && branches.iter().any(is_fixed)
        {
            findings.push(doubt(
                &newest.name,
                advisory,
                "older lines have the fix, and nothing shows it here",
            ));
        }
        findings
    }

    /// Returns the published packages that contain what the fix changes, each with the number of its version
    /// line; or those that are asked for. Where the files tell none, it is the lead package, which is said.
    ///
    /// # Errors
    ///
    /// A refusal for each package that is asked for and is not published.
    fn affected(
        &self,
        advisory: &str,
        fixing: &Fixing,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<(usize, &Package)>> {
        let all = self.lines.iter().enumerate().flat_map(|(number, line)| {
            line.packages.iter().filter(|package| package.is_published()).map(move |one| (number, *one))
        });
        let all: Vec<(usize, &Package)> = all.collect();
        if !self.packages.is_empty() {
            let unknown = self.packages.iter().filter(|name| !all.iter().any(|(_, one)| one.name == **name));
            let refuse = |name: &String| {
                Finding::of(
                    rule::NO_PACKAGE,
                    format!("`{name}` is not a published package of a version line"),
                )
                .remedy("name packages that are published, as Cargo does")
            };
            Refused::if_any(unknown.map(refuse).collect())?;
            return Ok(all.into_iter().filter(|(_, one)| self.packages.contains(&one.name)).collect());
        }
        let mut files = BTreeSet::new();
        for facts in fixing.commits() {
            files.extend(self.shipped(facts.id)?);
        }
        let folders: Vec<(&str, &RepoPath)> =
            self.manifests.iter().map(|path| (path.folder(), *path)).collect();
        let owner = |file: &String| {
            let above = folders.iter().filter(|(folder, _)| is_below(file, folder));
            above.max_by_key(|(folder, _)| folder.len()).map(|(_, manifest)| *manifest)
        };
        let owners: BTreeSet<&RepoPath> = files.iter().filter_map(owner).collect();
        let found: Vec<(usize, &Package)> =
            all.iter().filter(|(_, one)| owners.contains(&one.manifest)).copied().collect();
        if found.is_empty() {
            let message = format!("no published package is known to contain what {advisory} changes");
            findings.push(
                Finding::of(rule::ADVISORY_LINE, format!("{message}: the lead package is taken"))
                    .remedy("name the packages with `--package`"),
            );
            return Ok(all.into_iter().take(1).collect());
        }
        Ok(found)
    }

    /// Returns the standings in the versions of a package of another line than the lead package's, and adds
    /// to `unread` why some cannot be told.
    fn translated(
        &self,
        branches: &[FixBranch],
        (line, package): (&VersionLine<'_>, &Package),
        findings: &mut Vec<Finding>,
        unread: &mut Vec<Finding>,
    ) -> Result<Vec<ReleaseFix>> {
        let mut standings = Vec::new();
        for branch in branches {
            match Refused::taken_from(self.standing(branch, (line, package)))? {
                Ok(Some(standing)) => standings.push(standing),
                Ok(None) => {
                    let message = format!("{} has no package `{}`", branch.name, package.name);
                    findings.push(Finding::of(rule::ADVISORY_LINE, message));
                }
                Err(Refused(more)) => unread.extend(more),
            }
        }
        standings.sort_by(|a, b| a.lower.cmp(&b.lower));
        Ok(standings)
    }

    /// Returns how a branch stands in the versions of a package; `None` where it has none such.
    fn standing(
        &self,
        FixBranch { name, standing, at, .. }: &FixBranch,
        (line, package): (&VersionLine<'_>, &Package),
    ) -> Result<Option<ReleaseFix>> {
        let found = self.version((&package.name, &package.manifest), name, *at)?;
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
}

fn is_below(file: &str, folder: &str) -> bool {
    folder.is_empty() || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
