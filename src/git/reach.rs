//! Which branches and tags contain which commits, found in one walk.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Context, Result};
use git2::{Oid, Sort};

use crate::git::{CommitId, Repo};

/// Which of some tips contain which commits.
#[derive(Debug)]
pub struct Reach {
    tips: Vec<CommitId>,
    /// How many words of `masks` a commit has.
    stride: usize,
    index: HashMap<Oid, usize>,
    /// One bit for each tip.
    masks: Vec<u64>,
    /// All commits, parents first.
    order: Vec<CommitId>,
}

impl Reach {
    /// Returns whether the tip number `tip` is `commit` or a descendant of it.
    pub fn contains(&self, tip: usize, commit: CommitId) -> bool {
        self.index.get(&commit.0).is_some_and(|&at| self.bit(at, tip))
    }

    /// Returns the commits that the tip number `tip` has and none of the tips `bases` has, parents
    /// first.
    pub fn own(&self, tip: usize, bases: Range<usize>) -> Vec<CommitId> {
        let own = |commit: &&CommitId| {
            self.contains(tip, **commit) && !bases.clone().any(|base| self.contains(base, **commit))
        };
        self.order.iter().filter(own).copied().collect()
    }

    /// Returns whether some tip has `commit` and another one has not.
    pub fn divides(&self, commit: CommitId) -> bool {
        let Some(&at) = self.index.get(&commit.0) else { return false };
        !(0..self.tips.len()).all(|tip| self.bit(at, tip))
    }

    /// Returns the tips.
    pub fn tips(&self) -> &[CommitId] {
        &self.tips
    }

    /// Returns where `commit` stands in [`Reach::order`].
    pub fn position(&self, commit: CommitId) -> Option<usize> {
        self.index.get(&commit.0).map(|at| self.order.len() - 1 - at)
    }

    /// Returns all commits, parents first.
    pub fn order(&self) -> &[CommitId] {
        &self.order
    }

    fn bit(&self, at: usize, tip: usize) -> bool {
        self.masks.get(at * self.stride + tip / 64).is_some_and(|word| word >> (tip % 64) & 1 == 1)
    }
}

impl Repo {
    /// Finds out, in one walk, which of `tips` contain which commits.
    pub fn reach(&self, tips: &[CommitId]) -> Result<Reach> {
        let stride = tips.len().div_ceil(64);
        let mut walk = self.git.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL)?;
        for tip in tips {
            walk.push(tip.0)?;
        }
        let mut order = walk.collect::<Result<Vec<Oid>, _>>().context("cannot walk the history")?;
        let index: HashMap<Oid, usize> = order.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let mut masks = vec![0; order.len() * stride];
        for (number, tip) in tips.iter().enumerate() {
            if let Some(at) = index.get(&tip.0) {
                masks[at * stride + number / 64] |= 1 << (number % 64);
            }
        }
        for (at, id) in order.iter().enumerate() {
            for parent in self.git.find_commit(*id)?.parent_ids() {
                let Some(&parent) = index.get(&parent) else { continue };
                for word in 0..stride {
                    masks[parent * stride + word] |= masks[at * stride + word];
                }
            }
        }
        order.reverse();
        Ok(Reach {
            tips: tips.to_vec(),
            stride,
            index,
            masks,
            order: order.into_iter().map(CommitId).collect(),
        })
    }
}
