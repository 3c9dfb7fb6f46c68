//! What fixes an advisory: commits whose words and changes say so, merges of private forks, and the sections
//! of the notes that name it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use semver::Version;

use super::evidence::{Facts, advisories};
use super::sources::FixSources;
use crate::edit::notes::Notes;
use crate::path::RepoPath;

/// What fixes an advisory.
#[derive(Debug, Default)]
pub struct Fixing {
    /// The commits of the trunk that fix it.
    pub trunk: Vec<Facts>,
    /// The commits of branches that do, each with the number of its target.
    pub own: Vec<(usize, Facts)>,
    /// The commits that only mention it.
    pub mentions: Vec<Facts>,
    /// The first version whose section of the notes names it, for each target by number.
    pub notes: BTreeMap<usize, NotedFix>,
}

/// A section of the notes that names an advisory.
#[derive(Clone, Debug)]
pub struct NotedFix {
    /// The notes.
    pub path: RepoPath,
    /// The version.
    pub version: Version,
    /// Whether the section names no other advisory.
    is_alone: bool,
}

/// The title that GitHub gives to what is merged from a private fork.
const FORK_TITLES: [&str; 2] = ["Merge commit from fork", "Merge pull request from GHSA-"];

/// Words that say that something is fixed.
const FIXING: [&str; 12] = [
    "fix",
    "fixes",
    "fixed",
    "resolve",
    "resolves",
    "close",
    "closes",
    "address",
    "addresses",
    "patch",
    "mitigate",
    "prevent",
];

/// Words that say that something is only spoken of.
const MENTIONING: [&str; 13] = [
    "after",
    "since",
    "unlike",
    "like",
    "similar",
    "see",
    "related",
    "follow-up",
    "followup",
    "mention",
    "document",
    "besides",
    "not",
];

impl Fixing {
    /// Finds what fixes `advisory` beside the commits that are `given`.
    pub fn find(sources: &mut FixSources<'_, '_>, advisory: &str, given: &[Facts]) -> Result<Self> {
        let mut fixing = Self { notes: noted(sources, advisory)?, ..Self::default() };
        let trunk = sources.survey.trunk()?;
        let given_here = |facts: &Facts| given.iter().any(|one| one.id == facts.id);
        let concerned = |facts: &&Facts| given_here(facts) || facts.advisories.contains(advisory);
        for facts in trunk.all().iter().filter(concerned).filter(|facts| trunk.is_live(facts)) {
            let fixes = given_here(facts) || fixing.sort(sources, advisory, facts)?;
            fixing.trunk.extend(fixes.then(|| facts.clone()));
        }
        for target in 0..sources.targets.len() {
            for facts in sources.survey.own(target).to_vec() {
                if !sources.survey.is_live(target, facts.id) {
                    continue;
                }
                if given_here(&facts) || fixing.sort(sources, advisory, &facts)? {
                    fixing.own.push((target, facts));
                }
            }
        }
        fixing.find_forks(sources)?;
        let mut origins = Vec::new();
        for (_, facts) in &fixing.own {
            origins.extend(sources.survey.origins(facts)?);
        }
        let ships = |facts: &Facts| Ok::<_, anyhow::Error>(!sources.shipped(facts.id)?.is_empty());
        for origin in origins {
            if !fixing.trunk.iter().any(|one| one.id == origin.id) && ships(&origin)? {
                fixing.trunk.push(origin);
            }
        }
        Ok(fixing)
    }

    /// Returns whether nothing at all fixes it.
    pub fn is_empty(&self) -> bool {
        self.trunk.is_empty() && self.own.is_empty() && self.notes.is_empty()
    }

    /// Returns all commits that fix it, each once.
    pub fn commits(&self) -> Vec<&Facts> {
        let mut seen = BTreeSet::new();
        let all = self.trunk.iter().chain(self.own.iter().map(|(_, facts)| facts));
        all.filter(|facts| seen.insert(facts.id)).collect()
    }

    /// Returns whether `facts` fixes `advisory`; what only mentions it is kept apart.
    fn sort(&mut self, sources: &FixSources<'_, '_>, advisory: &str, facts: &Facts) -> Result<bool> {
        if facts.is_revert() || !facts.advisories.contains(advisory) {
            return Ok(false);
        }
        let message = sources.repo.commit_info(facts.id)?.message;
        let fixes = says_fix(&message, advisory) && !sources.shipped(facts.id)?.is_empty();
        if !fixes {
            self.mentions.push(facts.clone());
        }
        Ok(fixes)
    }

    /// Finds what was merged from private forks between the release whose notes name the advisory and the one
    /// before: it names none itself.
    fn find_forks(&mut self, sources: &mut FixSources<'_, '_>) -> Result<()> {
        let mut found: Vec<(usize, Facts)> = Vec::new();
        for (target, noted) in &self.notes {
            if !noted.is_alone || self.own.iter().any(|(own, _)| own == target) {
                continue;
            }
            let forks = sources.between(*target, &noted.version)?;
            found.extend(forks.into_iter().filter(is_fork).map(|facts| (*target, facts)));
        }
        let trunk = sources.survey.trunk()?;
        for facts in trunk.all().iter().filter(|facts| is_fork(facts)) {
            for (_, own) in &found {
                if !self.trunk.iter().any(|one| one.id == facts.id)
                    && sources.survey.is_same_change(facts.id, own.id)?
                {
                    self.trunk.push(facts.clone());
                }
            }
        }
        self.own.extend(found);
        Ok(())
    }
}

fn is_fork(facts: &Facts) -> bool {
    FORK_TITLES.iter().any(|title| facts.title.starts_with(title)) || facts.title.contains("advisory-fix")
}

/// Returns whether a message says that the commit fixes `advisory`, and does not only speak of it.
fn says_fix(message: &str, advisory: &str) -> bool {
    let title = message.lines().next().unwrap_or_default();
    let has = |line: &str, words: &[&str]| {
        let mut parts = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        parts.any(|part| words.contains(&part.to_ascii_lowercase().as_str()))
    };
    let names_it = |line: &&str| advisories(line).contains(advisory);
    let is_bare =
        |line: &str| line.split_whitespace().count() == 1 || FORK_TITLES.iter().any(|t| line.starts_with(t));
    message.lines().filter(names_it).any(|line| {
        !has(line, &MENTIONING) && (is_bare(line.trim()) || has(line, &FIXING) || has(title, &FIXING))
    })
}

/// Finds the first version of each target whose section of the notes names `advisory`: in its own notes, or
/// in those of the trunk.
fn noted(sources: &FixSources<'_, '_>, advisory: &str) -> Result<BTreeMap<usize, NotedFix>> {
    let mut found = BTreeMap::new();
    let Some((path, style)) = sources.notes else { return Ok(found) };
    let trunk = sources.scope.trunk_tip.commit();
    for (number, target) in sources.targets.iter().enumerate() {
        for commit in [Some(target.tip), trunk].into_iter().flatten() {
            let Some(Ok(text)) = sources.repo.text_at(commit, path)? else { continue };
            let notes = Notes::parse(path, &text, style);
            let naming = notes.sections().iter().filter_map(|section| {
                let named = advisories(text.get(section.range.clone())?);
                let names_it = named.contains(advisory) && sources.is_of(number, &section.version);
                names_it.then(|| NotedFix {
                    path: path.clone(),
                    version: section.version.clone(),
                    is_alone: named.len() == 1,
                })
            });
            if let Some(first) = naming.min_by(|a, b| a.version.cmp(&b.version)) {
                found.entry(number).or_insert(first);
            }
        }
    }
    Ok(found)
}
