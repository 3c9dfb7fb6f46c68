//! The branches, as they are here and as they were last fetched, and which remote counts.
//!
//! The one that `--remote` names; else that of the branch's own upstream, or of the trunk's; else the
//! configuration's `remote`, where there is one of that name; else the only one; else `upstream`, else
//! `origin`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::finding::{Finding, Refused};
use crate::git::{BranchName, CommitId, RemoteName, Tag, TagName};
use crate::rule;

/// The branches and tags that there are.
#[derive(Clone, Debug, Default)]
pub struct Refs {
    /// The branches.
    pub branches: Branches,
    /// The tags, by name.
    pub tags: BTreeMap<TagName, Tag>,
}

/// The branches that there are, here and on the remotes.
#[derive(Clone, Debug, Default)]
pub struct Branches {
    pub(super) local: BTreeMap<BranchName, Local>,
    pub(super) remotes: BTreeMap<RemoteName, Fetched>,
    /// Branches that are neither, and of which somebody speaks.
    pub(super) named: BTreeSet<BranchName>,
    pub(super) preferred: Preferred,
    /// `remote.pushDefault`.
    pub(super) push_default: Option<String>,
}

/// What the user and the configuration say about trunk and remote.
#[derive(Clone, Debug, Default)]
pub struct Preferred {
    /// The configuration's `trunk`.
    pub trunk: Option<BranchName>,
    /// `--remote`.
    pub asked: Option<String>,
    /// The configuration's `remote`.
    pub configured: Option<RemoteName>,
}

/// A local branch.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) commit: CommitId,
    /// `branch.<name>.remote`: a remote's name, an address, or `.` for this repository.
    pub(super) remote: Option<String>,
    /// `branch.<name>.pushRemote`.
    pub(super) push: Option<String>,
}

impl Local {
    /// Makes one of which nothing is configured.
    pub(super) fn at(commit: CommitId) -> Self {
        Self { commit, remote: None, push: None }
    }
}

/// What was fetched from a remote.
#[derive(Clone, Debug, Default)]
pub(super) struct Fetched {
    pub(super) branches: BTreeMap<BranchName, CommitId>,
    /// The branch that is checked out there: the remote's own idea of the trunk.
    pub(super) head: Option<BranchName>,
}

/// Where a branch is: here, and as it was last fetched from the remote that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BranchTip {
    /// The local branch's commit.
    pub local: Option<CommitId>,
    /// The remote-tracking branch's, and its remote.
    pub fetched: Option<(RemoteName, CommitId)>,
}

/// One place of a branch, by the remote that it was fetched from, if it is not the local one; and its commit
/// there.
pub(super) type BranchPlace<'a> = (Option<&'a RemoteName>, CommitId);

/// Why a remote counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RemoteReason {
    Asked,
    Upstream,
    Configured,
    Only,
    Named,
}

impl fmt::Display for RemoteReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asked => "as `--remote` says",
            Self::Upstream => "the trunk's upstream",
            Self::Configured => "as `remote` of the configuration says",
            Self::Only => "the only one",
            Self::Named => "by its name: the trunk has no upstream",
        })
    }
}

impl BranchTip {
    /// Returns the local branch's commit, or else what was fetched of it.
    pub fn commit(&self) -> Option<CommitId> {
        self.local.or(self.fetched())
    }

    /// Returns the remote-tracking branch's commit.
    pub fn fetched(&self) -> Option<CommitId> {
        self.fetched.as_ref().map(|(_, commit)| *commit)
    }

    /// Returns both commits, as far as they are there: the local branch's first.
    pub fn commits(&self) -> impl Iterator<Item = CommitId> {
        self.places().map(|(_, commit)| commit)
    }

    /// Returns the places where the branch is, the local one first.
    pub(super) fn places(&self) -> impl DoubleEndedIterator<Item = BranchPlace<'_>> {
        let fetched = self.fetched.as_ref().map(|(remote, commit)| (Some(remote), *commit));
        self.local.map(|commit| (None, commit)).into_iter().chain(fetched)
    }
}

impl Branches {
    /// Returns these local branches, and no other.
    pub fn of_locals(branches: impl IntoIterator<Item = (BranchName, CommitId)>) -> Self {
        let local = |(name, commit)| (name, Local::at(commit));
        Self { local: branches.into_iter().map(local).collect(), ..Self::default() }
    }

    /// Returns the commit of the local branch `name`.
    pub fn local(&self, name: impl AsRef<str>) -> Option<CommitId> {
        self.local.get(name.as_ref()).map(|local| local.commit)
    }

    /// Returns the local branches, in the order of their names.
    pub fn locals(&self) -> impl Iterator<Item = (&BranchName, CommitId)> {
        self.local.iter().map(|(name, local)| (name, local.commit))
    }

    /// Returns where the branch `name` is.
    pub fn tip(&self, name: impl AsRef<str>) -> BranchTip {
        let name = name.as_ref();
        let fetched = self
            .remote_of(name)
            .and_then(|remote| Some((remote.clone(), *self.remotes.get(remote)?.branches.get(name)?)));
        BranchTip { local: self.local(name), fetched }
    }

    /// Returns the names of all branches, in their order, each once: of the local ones, and of what was
    /// fetched from the remote that counts.
    pub fn names(&self) -> impl Iterator<Item = &BranchName> {
        let fetched = self.remote().and_then(|remote| self.remotes.get(remote));
        let fetched = fetched.into_iter().flat_map(|fetched| fetched.branches.keys());
        self.local.keys().chain(fetched).chain(&self.named).collect::<BTreeSet<_>>().into_iter()
    }

    /// Returns the remotes, in the order of their names.
    pub fn remotes(&self) -> impl Iterator<Item = &RemoteName> {
        self.remotes.keys()
    }

    /// Returns whether there is a branch `name`.
    pub fn contains(&self, name: impl AsRef<str>) -> bool {
        self.names().any(|there| there == name.as_ref())
    }

    /// Returns local branches of these names, for a test that has no repository.
    #[cfg(test)]
    pub(crate) fn of_test(names: &[&str]) -> Self {
        let local = |name: &&str| Some((BranchName::new(*name)?, Local::at(CommitId::of_test(1))));
        Self { local: names.iter().filter_map(local).collect(), ..Self::default() }
    }

    /// Adds branches of which somebody speaks, be they fetched or not.
    pub fn extend(&mut self, names: impl IntoIterator<Item = BranchName>) {
        self.named.extend(names);
    }

    /// Returns the branch whose remote-tracking branch is called `name`, as `origin/main` is that of
    /// `main`.
    pub fn tracked_as(&self, name: &str) -> Option<&BranchName> {
        self.remotes.iter().find_map(|(remote, fetched)| {
            let branch = name.strip_prefix(remote.as_str())?.strip_prefix('/')?;
            fetched.branches.get_key_value(branch).map(|(branch, _)| branch)
        })
    }

    /// Returns the branch where development happens: the configuration's, else the default of the remote
    /// that counts, else that of another one which is here, else `main` or `master`.
    pub fn trunk(&self) -> BranchName {
        let head = |remote: &RemoteName| self.remotes.get(remote)?.head.as_ref();
        let heads = || self.remotes.values().filter_map(|fetched| fetched.head.as_ref());
        let is_anywhere = |name: &&BranchName| {
            let fetched = || self.remotes.values().any(|fetched| fetched.branches.contains_key(*name));
            self.local.contains_key(*name) || self.named.contains(*name) || fetched()
        };
        let [main, master] = ["main", "master"].map(BranchName::known);
        let known = self.preferred.trunk.as_ref();
        let known = known.or_else(|| self.without_trunk().and_then(|(remote, _)| head(remote)));
        let known = known.or_else(|| heads().find(|head| self.local.contains_key(*head)));
        known.or_else(|| [&main, &master].into_iter().find(is_anywhere)).unwrap_or(&main).clone()
    }

    /// Returns the remote that counts for the repository as a whole; none where there is none, or nothing
    /// tells which of several.
    pub fn remote(&self) -> Option<&RemoteName> {
        self.counting().map(|(remote, _)| remote)
    }

    /// Returns the remote to fetch from what is not here, for a command that is printed.
    pub fn remote_to_fetch(&self) -> &str {
        self.remote().map_or("origin", RemoteName::as_str)
    }

    /// Returns the remote that counts for the branch `name`.
    pub fn remote_of(&self, name: impl AsRef<str>) -> Option<&RemoteName> {
        self.asked().or_else(|| self.upstream_of(name.as_ref())).or_else(|| self.remote())
    }

    /// Returns the remote that counts, and why, where that is worth a word: there are several.
    pub fn remote_in_words(&self) -> Option<String> {
        let (remote, why) = self.counting().filter(|_| self.remotes.len() > 1)?;
        Some(format!("{remote} ({why})"))
    }

    /// Says that it is only assumed which remote counts, or not known.
    pub fn doubt(&self) -> Option<Finding> {
        let remedy = "set the upstream of the trunk, or `remote` in the configuration, or pass `--remote`";
        let names = || self.remotes.keys().map(RemoteName::as_str).collect::<Vec<_>>().join(", ");
        let finding = match self.counting() {
            Some((remote, RemoteReason::Named)) => {
                Finding::of(rule::REMOTE_ASSUMED, format!("of the remotes {}, `{remote}` counts", names()))
            }
            None if !self.remotes.is_empty() => Finding::of(
                rule::REMOTE_UNKNOWN,
                format!("which of the remotes {} counts is not known: only local branches are seen", names()),
            ),
            _ => return None,
        };
        Some(finding.remedy(remedy))
    }

    /// Returns the remote to which the branch `name` is pushed, which may be an address: as git chooses
    /// it, else the one that counts.
    ///
    /// # Errors
    ///
    /// A refusal if there is none, or nothing tells which of several.
    pub fn push_remote(&self, name: impl AsRef<str>) -> Result<&str, Refused> {
        let name = name.as_ref();
        let local = self.local.get(name);
        let push = local.and_then(|local| local.push.as_deref()).or(self.push_default.as_deref());
        let own = || local.and_then(|local| local.remote.as_deref());
        let chosen =
            self.asked().map(RemoteName::as_str).or(push).or_else(own).filter(|remote| *remote != ".");
        chosen.or_else(|| self.remote().map(RemoteName::as_str)).ok_or_else(|| {
            Finding::of(
                rule::NO_REMOTE,
                format!("no remote is configured to which the branch {name} is pushed"),
            )
            .remedy("pass `--remote`, or set the branch's upstream")
            .into()
        })
    }

    /// Returns whether there is a remote at all.
    pub(super) fn has_remotes(&self) -> bool {
        !self.remotes.is_empty()
    }

    fn counting(&self) -> Option<(&RemoteName, RemoteReason)> {
        let upstream =
            || self.upstream_of(self.trunk().as_str()).map(|remote| (remote, RemoteReason::Upstream));
        let asked = self.asked().map(|remote| (remote, RemoteReason::Asked));
        asked.or_else(upstream).or_else(|| self.without_trunk())
    }

    /// Returns the remote that counts where the trunk, which may depend on it, does not tell.
    fn without_trunk(&self) -> Option<(&RemoteName, RemoteReason)> {
        let there = |name: &str| self.remotes.get_key_value(name).map(|(name, _)| name);
        let only = || self.remotes.keys().next().filter(|_| self.remotes.len() == 1);
        let configured = self.preferred.configured.as_ref().and_then(|name| there(name.as_str()));
        let with = |why: RemoteReason| move |remote| (remote, why);
        (self.asked().map(with(RemoteReason::Asked)))
            .or_else(|| configured.map(with(RemoteReason::Configured)))
            .or_else(|| only().map(with(RemoteReason::Only)))
            .or_else(|| there("upstream").or_else(|| there("origin")).map(with(RemoteReason::Named)))
    }

    fn asked(&self) -> Option<&RemoteName> {
        self.preferred
            .asked
            .as_ref()
            .and_then(|name| self.remotes.get_key_value(name.as_str()))
            .map(|(name, _)| name)
    }

    fn upstream_of(&self, name: &str) -> Option<&RemoteName> {
        let remote = self.local.get(name)?.remote.as_deref()?;
        self.remotes.get_key_value(remote).map(|(name, _)| name)
    }
}

/// Says that there is no such remote.
pub(crate) fn no_remote(name: &str) -> Refused {
    let finding = Finding::of(rule::NO_REMOTE, format!("{name:?} is not a remote"));
    finding.remedy("name one that `git remote` lists, or an address to push to").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns branches of which each remote, given with its default branch, has `main`; `main` is local
    /// and has that upstream.
    fn branches(remotes: &[(&str, Option<&str>)], upstream: Option<&str>) -> Branches {
        let mut branches = Branches::of_test(&["main"]);
        branches.local.values_mut().for_each(|local| local.remote = upstream.map(str::to_owned));
        let main = || (BranchName::new("main").unwrap(), CommitId::of_test(2));
        branches.remotes = remotes
            .iter()
            .map(|(name, head)| {
                let head = head.and_then(BranchName::new);
                (RemoteName::new(*name).unwrap(), Fetched { branches: [main()].into(), head })
            })
            .collect();
        branches
    }

    #[test]
    fn the_first_that_tells_which_remote_counts_does() {
        let all: &[(&str, Option<&str>)] = &[("alice", None), ("origin", None), ("upstream", None)];
        let (two, one) = (&all[..2], &all[..1]);
        for (remotes, upstream, configured, asked, expected) in [
            (all, Some("alice"), Some("origin"), Some("upstream"), "upstream (as `--remote` says)"),
            (all, Some("alice"), Some("origin"), None, "alice (the trunk's upstream)"),
            (all, Some("."), Some("origin"), None, "origin (as `remote` of the configuration says)"),
            (all, Some("../x"), Some("gone"), None, "upstream (by its name: the trunk has no upstream)"),
            (two, None, None, None, "origin (by its name: the trunk has no upstream)"),
            (one, None, None, None, ""),
        ] {
            let mut branches = branches(remotes, upstream);
            branches.preferred.configured = configured.and_then(RemoteName::new);
            branches.preferred.asked = asked.map(str::to_owned);
            assert_eq!(branches.remote_in_words().unwrap_or_default(), expected);
            let (remote, _) = branches.tip("main").fetched.unwrap();
            assert!(remotes.len() == 1 || expected.starts_with(remote.as_str()), "{remote}");
            assert_eq!(branches.doubt().is_some(), expected.contains("by its name"));
        }
    }

    #[test]
    fn where_nothing_tells_no_remote_counts_and_that_is_said() {
        let branches = branches(&[("alice", None), ("bob", None)], None);
        assert_eq!((branches.remote(), branches.tip("main").fetched), (None, None));
        assert_eq!(branches.doubt().unwrap().rule, rule::REMOTE_UNKNOWN);
        assert_eq!(branches.push_remote("main").unwrap_err().0[0].rule, rule::NO_REMOTE);
        assert!(Branches::default().doubt().is_none());
    }

    #[test]
    fn a_branch_has_its_own_upstream_and_is_pushed_where_git_says() {
        let mut branches = branches(&[("origin", None), ("upstream", None)], Some("upstream"));
        let own = Local { commit: CommitId::of_test(3), remote: Some("origin".into()), push: None };
        branches.local.insert(BranchName::new("topic").unwrap(), own);
        assert_eq!(branches.remote_of("topic").unwrap().as_str(), "origin");
        assert_eq!(branches.remote_of("elsewhere").unwrap().as_str(), "upstream");
        assert_eq!(branches.push_remote("topic").unwrap(), "origin");
        assert_eq!(branches.push_remote("elsewhere").unwrap(), "upstream");
        branches.push_default = Some("../fork".into());
        assert_eq!(branches.push_remote("main").unwrap(), "../fork");
    }

    #[test]
    fn the_trunk_is_the_default_of_the_remote_that_counts() {
        let trunk = |remotes: &[(&str, Option<&str>)]| branches(remotes, None).trunk().to_string();
        assert_eq!(trunk(&[("origin", Some("old")), ("upstream", Some("develop"))]), "develop");
        assert_eq!(trunk(&[("alice", Some("old")), ("bob", Some("main"))]), "main");
        assert_eq!(trunk(&[("alice", None), ("origin", Some("main"))]), "main");
        assert_eq!(Branches::of_test(&["master"]).trunk().as_str(), "master");
        assert_eq!(Branches::default().trunk().as_str(), "main");
    }
}
