//! What a commit of a release branch is about, where no other branch is asked for it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::bookkeeping::Bookkeeping;
use super::evidence::Facts;
use super::scope::Scope;
use super::targets::Target;
use crate::config::Config;
use crate::config::backport::Ignored;
use crate::git::{CommitId, Refs, Repo};
use crate::path::RepoPath;
use crate::version::plain;

/// Why no other branch is asked for a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Concern {
    /// It is a merge.
    Merge,
    /// It moves the version, or writes the notes.
    Release,
    /// It came before the first release of its branch.
    BeforeRelease,
    /// It changes only continuous integration, documentation and tests.
    NotShipped,
    /// The configuration says so.
    Ignored,
}

impl Concern {
    /// Returns it in words, of several commits.
    pub fn text(self) -> &'static str {
        match self {
            Self::Merge => "merges",
            Self::Release => "versions and notes",
            Self::BeforeRelease => "from before the first release",
            Self::NotShipped => "CI, documentation and tests",
            Self::Ignored => "as configured",
        }
    }
}

/// Tells what the commits of some branches are about.
pub struct Concerns<'a> {
    repo: &'a Repo,
    scope: &'a Scope,
    ignore: &'a Ignored,
    /// The commits of each target from before its first release.
    before: Vec<Before>,
    /// Whether only merges are passed over.
    all: bool,
}

/// Which commits of a branch came before its first release.
enum Before {
    Some(BTreeSet<CommitId>),
    /// It is not released yet.
    All,
}

impl<'a> Concerns<'a> {
    /// Reads where each of `targets` was first released. Where no release is tagged, all of them count as out.
    ///
    /// With `all`, only merges are passed over, which bring nothing of their own.
    pub fn read(
        (repo, refs): (&'a Repo, &Refs),
        (scope, config): (&'a Scope, &'a Config),
        targets: &[Target],
        all: bool,
    ) -> Result<Self> {
        let of = |version: &Version| first_release(refs, config, version);
        let tagged: Vec<Option<CommitId>> = targets.iter().map(|target| of(&target.version)).collect();
        let is_tagging = tagged.iter().any(Option::is_some);
        let mut before = Vec::new();
        for tag in tagged {
            before.push(match (tag, scope.trunk_tip.commit()) {
                (Some(tag), Some(trunk)) => Before::Some(repo.left_out_of(tag, trunk)?),
                (None, _) if is_tagging => Before::All,
                _ => Before::Some(BTreeSet::new()),
            });
        }
        Ok(Self { repo, scope, ignore: &config.backport.ignore, before, all })
    }

    /// Returns why no other branch is asked for a commit of target number `target`; `None` where it is.
    pub fn of(&self, target: usize, facts: &Facts) -> Result<Option<Concern>> {
        if facts.merge || self.all {
            return Ok(facts.merge.then_some(Concern::Merge));
        }
        let touched = self.repo.touched(facts.id)?;
        let bookkeeping = self.scope.bookkeeping(self.repo);
        if bookkeeping.makes_release(facts.id, &touched)? {
            return Ok(Some(Concern::Release));
        }
        let is_before = match self.before.get(target) {
            Some(Before::Some(commits)) => commits.contains(&facts.id),
            Some(Before::All) => true,
            None => false,
        };
        if is_before {
            return Ok(Some(Concern::BeforeRelease));
        }
        Ok(of_no_user(facts, &touched, (bookkeeping.notes, self.ignore)))
    }
}

/// Returns why no user gains by a commit that changes the files `touched`, if that is so: it is ignored by the
/// configuration, or nothing of it is shipped.
fn of_no_user(
    facts: &Facts,
    touched: &[String],
    (notes, ignore): (&[RepoPath], &Ignored),
) -> Option<Concern> {
    let is_ignored = |path: &String| ignore.paths.matches(path);
    if ignore.subjects.matches(&facts.title) || touched.iter().all(is_ignored) {
        return Some(Concern::Ignored);
    }
    let ships = |path: &String| is_shipped(path) && notes.iter().all(|notes| notes.as_str() != path);
    (!touched.iter().any(ships)).then_some(Concern::NotShipped)
}

/// Returns why users gain nothing by a commit of a branch, by what it changes; `None` where it is a fix.
///
/// # Errors
///
/// If the repository cannot be read.
pub fn by_change(
    bookkeeping: &Bookkeeping<'_>,
    ignore: &Ignored,
    (facts, touched): (&Facts, &[String]),
) -> Result<Option<Concern>> {
    if facts.merge {
        return Ok(Some(Concern::Merge));
    }
    if bookkeeping.makes_release(facts.id, touched)? {
        return Ok(Some(Concern::Release));
    }
    Ok(of_no_user(facts, touched, (bookkeeping.notes, ignore)))
}

/// Returns how many commits there are of each concern, in words.
pub fn in_words(counts: &BTreeMap<Concern, usize>) -> String {
    let words = counts.iter().map(|(concern, count)| format!("{count} {}", concern.text()));
    words.collect::<Vec<_>>().join(", ")
}

/// Returns the commit with the tag of the first release of the line that begins with `version`.
fn first_release(refs: &Refs, config: &Config, version: &Version) -> Option<CommitId> {
    let first = plain(version);
    let of_line = |tagged: &Version| {
        let same = (tagged.major, tagged.minor) == (first.major, first.minor);
        same && tagged.pre.is_empty() && *tagged >= first
    };
    let tags = refs.tags.values().filter_map(|tag| Some((config.names.tag.read(&tag.name)?, tag.commit)));
    tags.filter(|(tagged, _)| of_line(tagged)).min_by(|a, b| a.0.cmp(&b.0)).map(|(_, commit)| commit)
}

/// Returns whether a file reaches the users: it is not for continuous integration, documentation or tests.
pub fn is_shipped(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_aside = |folder: &str| {
        let aside = ["ci", "doc", "docs", "test", "tests", "testsuite", "benches", "fuzz", "examples"];
        aside.contains(&folder) || (folder.starts_with('.') && folder != ".cargo")
    };
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_text = ["md", "adoc", "rst"].contains(&extension.to_ascii_lowercase().as_str());
    let is_hidden = name.starts_with('.');
    let is_test =
        ["tests.rs", "test.rs"].contains(&name) || name.ends_with("_test.rs") || name.ends_with("_tests.rs");
    !(folders.split('/').any(is_aside) || is_text || is_hidden || is_test)
}
