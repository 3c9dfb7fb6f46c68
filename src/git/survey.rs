//! What branches and tags tell about a release train, read in one pass.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context, Result};
use chrono::{NaiveDate, NaiveTime};
use git2::{Oid, Time};
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::branches::{BranchPlace, BranchTip};
use super::tags::day_of;
use super::tracking::TrackingDistance;
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
    /// What was left out, since it came after the day.
    pub later: LaterRefs,
    /// The trunk and the release branches of which there is another commit here than was fetched.
    pub apart: BTreeMap<BranchName, TrackingDistance>,
    /// Whether the history is cut off somewhere, as in CI's usual checkout.
    pub is_shallow: bool,
}

/// Branches and tags that came after the day of a survey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LaterRefs {
    /// Release branches that were not there yet, as far as the history tells.
    pub branches: usize,
    /// Tags of releases and candidates.
    pub tags: usize,
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
    /// The commit with the latest tag of its release (a candidate's where it has no other) or, where that has
    /// none, the trunk's; `None` for the trunk, and where there is nothing to compare with.
    pub base: Option<CommitId>,
    /// The number of its commits that the base has not, once they are counted; `None` where the history between
    /// the two is cut off.
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
        let starts = BranchStarts::of(self.branches.iter().filter(|branch| branch.number == number));
        self.tags.iter().filter(|tag| starts.is_of(tag, number, version)).collect()
    }
}

/// Returns the latest of `tags`, which are in the order of their versions: a candidate's only where no
/// release is among them.
pub fn latest<'a>(tags: &[&'a ReleaseTag]) -> Option<&'a ReleaseTag> {
    tags.iter().rfind(|tag| tag.version.pre.is_empty()).or(tags.last()).copied()
}

/// The versions at which release branches start, by release.
pub(super) struct BranchStarts(BTreeMap<Number, BTreeSet<Version>>);

impl BranchStarts {
    pub(super) fn of<'b>(branches: impl IntoIterator<Item = &'b ReleaseBranch>) -> Self {
        let mut starts: BTreeMap<Number, BTreeSet<Version>> = BTreeMap::new();
        for branch in branches {
            starts.entry(branch.number).or_default().insert(branch.version.clone());
        }
        Self(starts)
    }

    /// Returns whether the tag is of the branch that starts at `version`: of the last one up to it. Where
    /// the release has no branch, all its tags are of the one that it should have.
    pub(super) fn is_of(&self, tag: &ReleaseTag, number: Number, version: &Version) -> bool {
        let home =
            |starts: &BTreeSet<Version>| starts.range(..=plain(&tag.version)).next_back() == Some(version);
        tag.number == number && self.0.get(&number).is_none_or(home)
    }
}

/// A branch as it was on the day.
struct PastBranch {
    tip: Tip,
    /// The commits that it has had since.
    later: HashSet<CommitId>,
}

impl PastBranch {
    /// Returns whether this branch was there on the day: one that left the trunk later is not read.
    fn presence(&self, trunk: Option<&Self>) -> Presence {
        match trunk {
            _ if self.tip.is_cut_off => Presence::CutOff,
            Some(trunk) if trunk.tip.has_later && trunk.tip.commit == self.tip.commit => Presence::AtTrunk,
            _ => Presence::Sure,
        }
    }
}

impl Repo {
    /// Returns what the branches and tags tell; what is on the branches is not counted yet.
    ///
    /// # Errors
    ///
    /// If the repository cannot be read.
    pub fn survey(&self, request: &SurveyRequest<'_>) -> Result<Survey> {
        let (tags, later_tags) = release_tags(request)?;
        let cut_off = self.cut_off()?;
        let mut survey = Survey {
            tags,
            later: LaterRefs { tags: later_tags, branches: 0 },
            is_shallow: self.is_shallow(),
            ..Survey::default()
        };
        let known = &request.refs.branches;
        let tips =
            known.names().filter(|name| *name == request.trunk || (request.branch)(name.as_str()).is_some());
        let tips: Vec<Oid> =
            tips.flat_map(|name| known.tip(name).commits().collect::<Vec<_>>()).map(|id| id.0).collect();
        self.first_parents.read_ahead(&self.git, &tips, end_of(request.date));
        let (trunk, _) = self.in_places(request.trunk, request, (&cut_off, None))?;
        survey.apart.extend(self.apart(&trunk)?);
        let trunk = self.newest(trunk)?;
        for name in known.names() {
            let Some(version) = (request.branch)(name.as_str()) else { continue };
            let Some(number) = (request.release)(&version) else { continue };
            let (places, was_there) = self.in_places(name, request, (&cut_off, trunk.as_ref()))?;
            survey.later.branches += usize::from(!was_there);
            survey.apart.extend(self.apart(&places)?);
            survey.branches.extend(places.into_iter().map(|past| {
                let presence = past.presence(trunk.as_ref());
                ReleaseBranch { number, version: version.clone(), tip: past.tip, presence }
            }));
        }
        survey.branches.sort_by(|a, b| {
            (a.number, &a.version, &a.tip.remote).cmp(&(b.number, &b.version, &b.tip.remote))
        });
        survey.trunk = trunk.map(|trunk| trunk.tip);
        Ok(survey)
    }

    /// Returns a branch as it was in each of its places, the local one first; and whether it was in any.
    fn in_places(
        &self,
        name: &BranchName,
        request: &SurveyRequest<'_>,
        (cut_off, trunk): (&HashSet<CommitId>, Option<&PastBranch>),
    ) -> Result<(Vec<PastBranch>, bool)> {
        let mut places = Vec::new();
        for place in request.refs.branches.tip(name).places() {
            places.extend(self.past(name, place, request.date, (cut_off, trunk))?);
        }
        let was_there = !places.is_empty();
        Ok((places, was_there))
    }

    /// Returns how far the places of a branch were apart.
    fn apart(&self, places: &[PastBranch]) -> Result<Option<(BranchName, TrackingDistance)>> {
        let [here, there] = places else { return Ok(None) };
        let Some(remote) = there.tip.remote.clone() else { return Ok(None) };
        let name = &here.tip.name;
        let tip = BranchTip { local: Some(here.tip.commit), fetched: Some((remote, there.tip.commit)) };
        Ok(self.tracking_distance(name, &tip)?.map(|distance| (name.clone(), distance)))
    }

    /// Returns the place where a branch had gone furthest: the local one may be behind.
    fn newest(&self, mut places: Vec<PastBranch>) -> Result<Option<PastBranch>> {
        let is_behind = match places.as_slice() {
            [here, there] if here.tip.commit != there.tip.commit => {
                self.has_ancestor(there.tip.commit, here.tip.commit)?
            }
            _ => false,
        };
        Ok(if is_behind { places.pop() } else { places.into_iter().next() })
    }

    /// Returns the branch as it was on the day, following first parents back from where it is now;
    /// `None` if it has no commit that old, or left the trunk later.
    fn past(
        &self,
        name: &BranchName,
        (remote, tip): BranchPlace<'_>,
        date: NaiveDate,
        (cut_off, trunk): (&HashSet<CommitId>, Option<&PastBranch>),
    ) -> Result<Option<PastBranch>> {
        let mut commit = tip;
        let mut later = HashSet::new();
        let mut is_cut_off = false;
        loop {
            let step = self.first_parents.step(&self.git, commit.0)?;
            if day_of(Time::new(step.seconds, 0)).context(NO_DAY)? <= date {
                break;
            }
            if trunk.is_some_and(|trunk| trunk.later.contains(&commit)) {
                return Ok(None);
            }
            later.insert(commit);
            is_cut_off = cut_off.contains(&commit);
            match step.parent {
                _ if is_cut_off => break,
                Some(parent) => commit = CommitId(parent),
                None => return Ok(None),
            }
        }
        let tip = Tip {
            name: name.clone(),
            remote: remote.cloned(),
            commit,
            is_cut_off,
            has_later: !later.is_empty(),
            base: None,
            ahead: None,
        };
        Ok(Some(PastBranch { tip, later }))
    }
}

/// Returns the first second after the day in UTC.
fn end_of(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp().saturating_add(86_400)
}

/// Returns the tags of releases up to the day, by version, and how many came later.
fn release_tags(request: &SurveyRequest<'_>) -> Result<(Vec<ReleaseTag>, usize)> {
    let (mut tags, mut later) = (Vec::new(), 0);
    for Tag { name, commit, day, .. } in request.refs.tags.values() {
        let Some(version) = (request.tag)(name.as_str()) else { continue };
        let Some(number) = (request.release)(&version) else { continue };
        let day = day.context(NO_DAY)?;
        if day <= request.date {
            tags.push(ReleaseTag { number, version, name: name.clone(), day, commit: *commit });
        } else {
            later += 1;
        }
    }
    tags.sort_by(|a, b| a.version.cmp(&b.version));
    Ok((tags, later))
}
