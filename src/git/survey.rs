//! What branches and tags tell about a release train, read in one pass.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use semver::Version;

use super::branches::{BranchTip, Place};
use super::tags::day_of;
use super::tracking::TrackingState;
use super::{BranchName, CommitId, Refs, RemoteName, Repo, Tag, TagName};
use crate::train::Number;
use crate::version::plain;

/// What is said of a day that is none.
const NO_DAY: &str = "a commit or tag is of a day that no calendar has";

/// What is asked of the branches and tags.
pub struct SurveyRequest<'a> {
    /// The day as of which everything is said; commits and tags of later days are left out.
    pub date: NaiveDate,
    /// The branches and tags.
    pub refs: &'a Refs,
    /// The trunk.
    pub trunk: &'a BranchName,
    /// Returns the version that the short name of a release branch holds; `None` for another branch.
    pub branch: &'a dyn Fn(&str) -> Option<Version>,
    /// Returns the version that the short name of a tag holds; `None` for another tag.
    pub tag: &'a dyn Fn(&str) -> Option<Version>,
    /// Returns the release that a version belongs to.
    pub release: &'a dyn Fn(&Version) -> Option<Number>,
}

/// What branches and tags tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// The trunk, if it is there.
    pub trunk: Option<Tip>,
    /// The release branches, local and remote-tracking, by release; not those that were made after the
    /// day, as far as the history tells.
    pub branches: Vec<ReleaseBranch>,
    /// The tags of releases and candidates up to the day.
    pub tags: Vec<ReleaseTag>,
    /// Whether the history is cut off somewhere, as in CI's usual checkout.
    pub is_shallow: bool,
}

/// One release branch in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseBranch {
    /// The release.
    pub number: Number,
    /// The version that its name carries: 36.0.0, or 36.1.0 where a minor release has its own branch.
    pub version: Version,
    /// Its tip.
    pub tip: Tip,
    /// Whether it was there on the day.
    pub presence: Presence,
}

/// What the history tells of a branch on a day of the past; git does not keep when a branch was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It was there.
    Sure,
    /// It had no commit that the trunk lacked, and the trunk has gone on since: it may have been made
    /// later.
    AtTrunk,
    /// The history ends after the day.
    CutOff,
}

/// The tip of a branch on the day of the survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The branch.
    pub name: BranchName,
    /// The remote that it was fetched from; none for a local branch.
    pub remote: Option<RemoteName>,
    /// The commit; where the history is cut off after the day, the oldest that is known.
    pub commit: CommitId,
    /// Whether the history is cut off after the day.
    pub is_cut_off: bool,
    /// Whether the branch has gone on since that day.
    pub has_later: bool,
    /// The number of its commits that are not in the latest tag of its release (a candidate's where it
    /// has no other) or, where that has none, not on the trunk; `None` for the trunk, where there is nothing to compare with, and where
    /// the history between the two is cut off.
    pub ahead: Option<usize>,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseTag {
    /// The release.
    pub number: Number,
    /// The version that was tagged.
    pub version: Version,
    /// The tag.
    pub name: TagName,
    /// The day in UTC: of the tag where it is annotated, of the commit otherwise.
    pub day: NaiveDate,
    /// The commit.
    pub commit: CommitId,
}

impl Tip {
    /// Returns where the branch is: the name of the remote, or `local`.
    pub fn place(&self) -> &str {
        self.remote.as_ref().map_or("local", RemoteName::as_str)
    }
}

impl Survey {
    /// Returns the tags of what was released from the branch of `version`, in the order of their
    /// versions: all of the release from that version up to the next that has a branch of its own.
    pub fn tags_of(&self, number: Number, version: &Version) -> Vec<&ReleaseTag> {
        let starts = BranchStarts::of(&self.branches);
        self.tags.iter().filter(|tag| starts.is_of(tag, number, version)).collect()
    }
}

/// Returns the latest of `tags`, which are in the order of their versions: a candidate's only where no
/// release is among them.
pub fn latest<'a>(tags: &[&'a ReleaseTag]) -> Option<&'a ReleaseTag> {
    tags.iter().rfind(|tag| tag.version.pre.is_empty()).or(tags.last()).copied()
}

/// The versions at which release branches start, by release.
struct BranchStarts(BTreeMap<Number, BTreeSet<Version>>);

impl BranchStarts {
    fn of(branches: &[ReleaseBranch]) -> Self {
        let mut starts: BTreeMap<Number, BTreeSet<Version>> = BTreeMap::new();
        for branch in branches {
            starts.entry(branch.number).or_default().insert(branch.version.clone());
        }
        Self(starts)
    }

    /// Returns whether the tag is of the branch that starts at `version`: of the last one up to it. Where
    /// the release has no branch, all its tags are of the one that it should have.
    fn is_of(&self, tag: &ReleaseTag, number: Number, version: &Version) -> bool {
        let home =
            |starts: &BTreeSet<Version>| starts.range(..=plain(&tag.version)).next_back() == Some(version);
        tag.number == number && self.0.get(&number).is_none_or(home)
    }
}

/// A branch as it was on the day.
struct PastBranch {
    tip: Tip,
    /// The commits that it has had since, newest first.
    later: Vec<CommitId>,
}

impl PastBranch {
    /// Returns whether this branch was there on the day; `None` if it left the trunk later.
    fn presence(&self, trunk: Option<&Self>) -> Option<Presence> {
        let Some(trunk) = trunk else {
            return Some(if self.tip.is_cut_off { Presence::CutOff } else { Presence::Sure });
        };
        if self.later.last().is_some_and(|next| trunk.later.contains(next)) {
            return None;
        }
        Some(match self.tip.is_cut_off {
            true => Presence::CutOff,
            false if trunk.tip.has_later && trunk.tip.commit == self.tip.commit => Presence::AtTrunk,
            false => Presence::Sure,
        })
    }
}

impl Repo {
    /// Returns what the branches and tags tell.
    ///
    /// One walker serves all branches: what it has read of the history for one, it knows for the
    /// next.
    pub fn survey(&self, request: &SurveyRequest<'_>) -> Result<Survey> {
        let tags = release_tags(request)?;
        let cut_off = self.cut_off()?;
        let known = &request.refs.branches;
        let trunk = match self.newest(&known.tip(request.trunk))? {
            Some(place) => self.past(request.trunk, place, request, &cut_off)?,
            None => None,
        };
        let mut branches = Vec::new();
        for name in known.names() {
            let Some(version) = (request.branch)(name.as_str()) else { continue };
            let Some(number) = (request.release)(&version) else { continue };
            for place in known.tip(name).places() {
                if let Some(past) = self.past(name, place, request, &cut_off)?
                    && let Some(presence) = past.presence(trunk.as_ref())
                {
                    let version = version.clone();
                    branches.push(ReleaseBranch { number, version, tip: past.tip, presence });
                }
            }
        }
        branches.sort_by(|a, b| {
            (a.number, &a.version, &a.tip.remote).cmp(&(b.number, &b.version, &b.tip.remote))
        });
        let trunk = trunk.map(|trunk| trunk.tip);
        self.count_ahead(&mut branches, &tags, trunk.as_ref(), &cut_off)?;
        Ok(Survey { trunk, branches, tags, is_shallow: self.is_shallow() })
    }

    /// Returns the place where a branch has gone furthest: the local one may be behind.
    fn newest<'t>(&self, tip: &'t BranchTip) -> Result<Option<Place<'t>>> {
        let is_behind = self.standing(tip)? == Some(TrackingState::Behind);
        Ok(if is_behind { tip.places().next_back() } else { tip.places().next() })
    }

    /// Returns the branch as it was on the day, following first parents back from where it is now;
    /// `None` if it has no commit that old.
    fn past(
        &self,
        name: &BranchName,
        (remote, tip): Place<'_>,
        request: &SurveyRequest<'_>,
        cut_off: &HashSet<CommitId>,
    ) -> Result<Option<PastBranch>> {
        let mut commit = self.git.find_commit(tip.0)?;
        let mut later = Vec::new();
        let mut is_cut_off = false;
        while day_of(commit.time()).context(NO_DAY)? > request.date {
            let id = CommitId(commit.id());
            later.push(id);
            is_cut_off = cut_off.contains(&id);
            match commit.parents().next() {
                _ if is_cut_off => break,
                Some(parent) => commit = parent,
                None => return Ok(None),
            }
        }
        let tip = Tip {
            name: name.clone(),
            remote: remote.cloned(),
            commit: CommitId(commit.id()),
            is_cut_off,
            has_later: !later.is_empty(),
            ahead: None,
        };
        Ok(Some(PastBranch { tip, later }))
    }

    fn count_ahead(
        &self,
        branches: &mut [ReleaseBranch],
        tags: &[ReleaseTag],
        trunk: Option<&Tip>,
        cut_off: &HashSet<CommitId>,
    ) -> Result<()> {
        let mut walk = self.git.revwalk().context("cannot walk the history")?;
        let starts = BranchStarts::of(branches);
        for branch in branches.iter_mut().filter(|branch| branch.presence != Presence::CutOff) {
            let is_own = |tag: &&ReleaseTag| starts.is_of(tag, branch.number, &branch.version);
            let own: Vec<&ReleaseTag> = tags.iter().filter(is_own).collect();
            let Some(base) = latest(&own).map(|tag| tag.commit).or(trunk.map(|trunk| trunk.commit)) else {
                continue;
            };
            walk.reset()?;
            walk.push(branch.tip.commit.0)?;
            walk.hide(base.0)?;
            let mut ahead = Some(0);
            for commit in walk.by_ref() {
                let commit =
                    commit.with_context(|| format!("cannot read the history of {}", branch.tip.name))?;
                ahead = ahead.filter(|_| !cut_off.contains(&CommitId(commit))).map(|ahead| ahead + 1);
            }
            branch.tip.ahead = ahead;
        }
        Ok(())
    }
}

fn release_tags(request: &SurveyRequest<'_>) -> Result<Vec<ReleaseTag>> {
    let mut tags = Vec::new();
    for Tag { name, commit, day, .. } in request.refs.tags.values() {
        let Some(version) = (request.tag)(name.as_str()) else { continue };
        let Some(number) = (request.release)(&version) else { continue };
        let day = day.context(NO_DAY)?;
        if day <= request.date {
            tags.push(ReleaseTag { number, version, name: name.clone(), day, commit: *commit });
        }
    }
    tags.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(tags)
}
