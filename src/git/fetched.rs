//! What a clone is known not to have fetched: where a branch or tag is absent, that means something only
//! if all were fetched.

use std::fmt;

use anyhow::{Context, Result};
use git2::Direction;

use super::{BranchName, Branches, RemoteName, Repo};

/// What may be on a remote and not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchGap {
    /// The remote; none where the repository has none, or nothing tells which one counts.
    pub remote: Option<RemoteName>,
    /// What shows that; at least one.
    pub signs: Vec<Sign>,
}

/// What shows that not everything was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The history is cut off, as in CI's usual checkout, which fetches one commit.
    Shallow,
    /// The remote is configured so that some of its branches are fetched.
    SomeBranches,
    /// The remote is configured so that no tags are fetched.
    NoTags,
    /// No branch of the remote is here.
    NoBranches,
    /// Nothing tells which of several remotes counts.
    NoRemote,
    /// The trunk, which has this name, is not here.
    NoTrunk(BranchName),
}

impl FetchGap {
    /// Returns whether branches may be absent; tags always may.
    pub fn lacks_branches(&self) -> bool {
        self.signs.iter().any(|sign| *sign != Sign::NoTags)
    }

    /// Returns the commands after which nothing is absent any more.
    pub fn remedy(&self) -> String {
        let has = |sign: &Sign| self.signs.contains(sign);
        let Some(remote) = &self.remote else {
            let say = if has(&Sign::NoRemote) {
                "say with `--remote` which one counts"
            } else {
                "work in a whole clone of the repository"
            };
            return say.to_owned();
        };
        let mut commands = Vec::new();
        if has(&Sign::NoTags) {
            commands.push(format!("git config --unset remote.{remote}.tagOpt"));
        }
        if has(&Sign::SomeBranches) {
            commands.push(format!("git remote set-branches {remote} '*'"));
        }
        let unshallow = if has(&Sign::Shallow) { "--unshallow " } else { "" };
        commands.push(format!("git fetch {unshallow}--tags {remote}"));
        format!("run `{}`", commands.join(" && "))
    }
}

impl fmt::Display for FetchGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remote = self.remote.as_ref().map_or("origin", RemoteName::as_str);
        for (i, sign) in self.signs.iter().enumerate() {
            f.write_str(if i > 0 { ", and " } else { "" })?;
            match sign {
                Sign::Shallow => f.write_str("this clone is shallow"),
                Sign::SomeBranches => write!(f, "some branches of {remote} are fetched only"),
                Sign::NoTags => write!(f, "no tags of {remote} are fetched"),
                Sign::NoBranches => write!(f, "no branch of {remote} is here"),
                Sign::NoRemote => f.write_str("it is not known which remote counts"),
                Sign::NoTrunk(trunk) => write!(f, "the trunk, `{trunk}`, is not here"),
            }?;
        }
        Ok(())
    }
}

impl Repo {
    /// Returns what may be on the remote that counts and not here: nothing where it is fetched in full, as
    /// far as its configuration and the branches that are here show.
    ///
    /// # Errors
    ///
    /// If the remote cannot be read.
    pub fn gap(&self, branches: &Branches) -> Result<Option<FetchGap>> {
        let mut signs: Vec<Sign> = self.is_shallow().then_some(Sign::Shallow).into_iter().collect();
        match branches.remote() {
            Some(remote) => signs.extend(self.signs(remote)?),
            None => signs.extend(branches.has_remotes().then_some(Sign::NoRemote)),
        }
        Ok((!signs.is_empty()).then(|| FetchGap { remote: branches.remote().cloned(), signs }))
    }

    /// Returns what the configuration of one remote and its branches here show.
    fn signs(&self, name: &RemoteName) -> Result<Vec<Sign>> {
        let remote =
            self.git.find_remote(name.as_str()).with_context(|| format!("cannot read the remote {name}"))?;
        let tag_option = format!("remote.{name}.tagopt");
        let (mut branches, mut tags) = (None, self.settings()?.text(&tag_option) != Some("--no-tags"));
        for spec in remote.refspecs().filter(|spec| spec.direction() == Direction::Fetch) {
            match spec.src() {
                Ok("refs/heads/*" | "refs/*") => branches = spec.dst().ok().map(str::to_owned),
                Ok("refs/tags/*") => tags = true,
                _ => {}
            }
        }
        let mut signs = Vec::new();
        match branches {
            None => signs.push(Sign::SomeBranches),
            Some(here) if self.git.references_glob(&here)?.next().is_none() => signs.push(Sign::NoBranches),
            Some(_) => {}
        }
        signs.extend((!tags).then_some(Sign::NoTags));
        Ok(signs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_undoes_every_sign() {
        let gap = |signs: &[Sign]| FetchGap { remote: RemoteName::new("up"), signs: signs.to_vec() };
        let all = gap(&[Sign::Shallow, Sign::SomeBranches, Sign::NoTags]);
        assert_eq!(
            all.remedy(),
            "run `git config --unset remote.up.tagOpt && git remote set-branches up '*' && git fetch --unshallow --tags up`"
        );
        assert_eq!(
            all.to_string(),
            "this clone is shallow, and some branches of up are fetched only, and no tags of up are fetched"
        );
        assert_eq!(gap(&[Sign::NoBranches]).remedy(), "run `git fetch --tags up`");
        assert!(!gap(&[Sign::NoTags]).lacks_branches() && all.lacks_branches());
    }
}
