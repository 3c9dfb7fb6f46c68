//! The branches and tags, read from the repository.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use git2::Direction;

use super::branches::{Branches, Fetched, Local, Preferred, Refs, no_remote};
use super::{BranchName, CommitId, RemoteName, Repo, Tag, TagName};

impl Repo {
    /// Returns the branches and tags, in one pass.
    ///
    /// # Errors
    ///
    /// A refusal if there is no remote of the name that was asked for.
    pub fn refs(&self, preferred: Preferred) -> Result<Refs> {
        self.found_refs(preferred)?.told(self)
    }

    /// Returns the branches and tags, while git tells what it is configured to do about them.
    ///
    /// # Errors
    ///
    /// As [`Repo::refs`].
    pub fn found_refs(&self, preferred: Preferred) -> Result<FoundRefs> {
        let tracking = self.tracking()?;
        if let Some(asked) = preferred.asked.as_deref()
            && tracking.iter().all(|one| one.name.as_str() != asked)
        {
            return Err(no_remote(asked).into());
        }
        let mut branches = Branches { preferred, ..Branches::default() };
        branches.remotes.extend(tracking.iter().map(|one| (one.name.clone(), Fetched::default())));
        let (mut local, mut tags) = (Vec::new(), BTreeMap::new());
        for reference in self.git.references().context("cannot list the branches and tags")? {
            let reference = reference.context("cannot read the branches and tags")?;
            let Ok(full) = reference.name() else { continue };
            let commit = || Some(CommitId(reference.peel_to_commit().ok()?.id()));
            if let Some(name) = full.strip_prefix("refs/heads/") {
                local.extend(BranchName::new(name).zip(commit()));
            } else if let Some(name) = full.strip_prefix("refs/tags/") {
                let tag = TagName::new(name).and_then(|name| Tag::read(name, &reference));
                tags.extend(tag.map(|tag| (tag.name.clone(), tag)));
            } else if let Some((remote, fetched)) =
                branches.remotes.iter_mut().find(|(name, _)| is_head_of(full, name))
            {
                let target = reference.symbolic_target().ok().flatten();
                let remote = tracking.iter().find(|one| one.name == *remote);
                fetched.head = target.and_then(|target| remote?.branch_of(target));
            } else if let Some((remote, name)) = tracked(full, &tracking)
                && let (Some(fetched), Some(commit)) = (branches.remotes.get_mut(remote), commit())
            {
                fetched.branches.insert(name, commit);
            }
        }
        branches.local.extend(local.into_iter().map(|(name, commit)| (name, Local::at(commit))));
        Ok(FoundRefs(Refs { branches, tags }))
    }

    /// Returns the remotes that are configured; where none is, those of which something is here.
    fn tracking(&self) -> Result<Vec<Tracking<'_>>> {
        let names = self.git.remotes().context("cannot list the remotes")?;
        let mut remotes = Vec::new();
        for name in names.iter().filter_map(|name| name.ok().flatten()) {
            let remote =
                self.git.find_remote(name).with_context(|| format!("cannot read the remote {name}"))?;
            remotes.extend(RemoteName::new(name).map(|name| Tracking { name, remote: Some(remote) }));
        }
        if remotes.is_empty() {
            let mut names = BTreeSet::new();
            for full in self.git.references_glob("refs/remotes/*")?.names() {
                let name = full?.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/'));
                names.extend(name.and_then(|(name, _)| RemoteName::new(name)));
            }
            remotes.extend(names.into_iter().map(|name| Tracking { name, remote: None }));
        }
        Ok(remotes)
    }
}

/// A remote, and how its branches are fetched.
struct Tracking<'r> {
    name: RemoteName,
    remote: Option<git2::Remote<'r>>,
}

impl Tracking<'_> {
    /// Returns the branch that is fetched into the ref `full`: as a refspec says, or the folder that is
    /// named like the remote.
    fn branch_of(&self, full: &str) -> Option<BranchName> {
        let by_refspec = self.remote.iter().flat_map(git2::Remote::refspecs).find_map(|spec| {
            let is_meant = spec.direction() == Direction::Fetch && spec.dst_matches(full);
            let source = is_meant.then(|| spec.rtransform(full).ok()).flatten()?;
            BranchName::new(source.as_str().ok()?.strip_prefix("refs/heads/")?)
        });
        let folder =
            || full.strip_prefix("refs/remotes/")?.strip_prefix(self.name.as_str())?.strip_prefix('/');
        by_refspec.or_else(|| BranchName::new(folder()?))
    }
}

/// The branches and tags, of which it is not known yet what git is configured to do about them.
pub struct FoundRefs(Refs);

impl FoundRefs {
    /// Returns them as if nothing were configured: no branch has an upstream.
    pub fn guess(&self) -> &Refs {
        &self.0
    }

    /// Returns them as they are, once git has told its configuration.
    ///
    /// # Errors
    ///
    /// If git does not tell it.
    pub fn told(self, repo: &Repo) -> Result<Refs> {
        let mut refs = self.0;
        let settings = repo.settings()?;
        refs.branches.push_default = settings.text("remote.pushdefault").map(str::to_owned);
        for (name, local) in &mut refs.branches.local {
            let text = |key: &str| settings.text(&format!("branch.{name}.{key}")).map(str::to_owned);
            (local.remote, local.push) = (text("remote"), text("pushremote"));
        }
        Ok(refs)
    }
}

/// Returns whether the ref `full` says which branch is the default of `remote`.
fn is_head_of(full: &str, remote: &RemoteName) -> bool {
    full.strip_suffix("/HEAD").and_then(|folder| folder.strip_prefix("refs/remotes/"))
        == Some(remote.as_str())
}

/// Returns the remote and the branch that the ref `full` tracks. Where the names of two remotes fit, as
/// `team` and `team/fork` do, the longer one is meant.
fn tracked<'a>(full: &str, remotes: &'a [Tracking<'_>]) -> Option<(&'a RemoteName, BranchName)> {
    let found = remotes.iter().filter_map(|one| Some((&one.name, one.branch_of(full)?)));
    found.min_by_key(|(_, branch)| branch.as_str().len())
}
