//! The repository's hooks, run as `git commit` runs them.

use anyhow::Result;

use crate::finding::Finding;
use crate::repo::Repo;
use crate::repo::commit::Draft;
use crate::repo::journal::Journal;
use crate::repo::publish::Hooks;
use crate::repo::settings::Settings;

pub(super) struct CommitHooks;

impl CommitHooks {
    pub(super) fn find(_: &Repo, _: Hooks, _: &Settings) -> Result<Self> {
        Ok(Self)
    }

    pub(super) fn edit(&self, _: &Repo, _: &mut Draft<'_>) -> Result<()> {
        Ok(())
    }
}

impl Repo {
    pub(super) fn after_commit(&self, _: &Journal, _: &Settings) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }
}
