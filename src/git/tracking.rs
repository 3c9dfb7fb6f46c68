//! How far a local branch and what was fetched of it are apart, and when that was fetched.

use anyhow::{Context, Result};
use chrono::NaiveDate;

use super::branches::BranchTip;
use super::tags::day_of;
use super::{BranchName, RemoteName, Repo};

/// How a local branch stands to what was fetched of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackingState {
    /// It has all that was fetched.
    Current,
    /// What was fetched has all of it, and more.
    Behind,
    /// Both have what the other has not.
    Diverged,
}

/// How far a local branch and what was fetched of it are apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackingDistance {
    /// The remote that it was fetched from.
    pub remote: RemoteName,
    /// How many commits the local branch has that were not fetched.
    pub ahead: usize,
    /// How many commits were fetched that the local branch has not.
    pub behind: usize,
    /// The day in UTC on which the remote's branch last moved here, if git has kept that.
    pub fetched: Option<NaiveDate>,
}

impl Repo {
    /// Returns how the local branch stands to what was fetched; `None` where one of them is missing.
    pub fn standing(&self, tip: &BranchTip) -> Result<Option<TrackingState>> {
        let (Some(local), Some(fetched)) = (tip.local, tip.fetched()) else { return Ok(None) };
        Ok(Some(if self.has_ancestor(local, fetched)? {
            TrackingState::Current
        } else if self.has_ancestor(fetched, local)? {
            TrackingState::Behind
        } else {
            TrackingState::Diverged
        }))
    }

    /// Returns how far the branch `name` is from what was fetched of it; `None` where it is in one place
    /// only, or the same in both.
    ///
    /// # Errors
    ///
    /// If the history cannot be read.
    pub fn tracking_distance(&self, name: &BranchName, tip: &BranchTip) -> Result<Option<TrackingDistance>> {
        let (Some(local), Some((remote, fetched))) = (tip.local, &tip.fetched) else { return Ok(None) };
        if local == *fetched {
            return Ok(None);
        }
        let apart = self.git.graph_ahead_behind(local.0, fetched.0);
        let (ahead, behind) = apart.with_context(|| format!("cannot read the history of {name}"))?;
        let fetched = self.last_moved(&format!("refs/remotes/{remote}/{name}"));
        Ok(Some(TrackingDistance { remote: remote.clone(), ahead, behind, fetched }))
    }

    fn last_moved(&self, reference: &str) -> Option<NaiveDate> {
        day_of(self.git.reflog(reference).ok()?.get(0)?.committer().when())
    }
}
