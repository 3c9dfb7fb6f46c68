//! The commits of the trunk that a backport may come from.

use std::collections::BTreeSet;

use super::evidence::{Evidence, Facts};
use super::marks::MessageMark;
use super::own::Commits;
use super::title::{self, NamedChange};

/// The commits of the trunk since the oldest cut.
#[derive(Debug)]
pub struct TrunkCommits {
    own: Commits,
}

impl TrunkCommits {
    /// Reads `all` commits, parents first.
    pub fn new(all: Vec<Facts>) -> Self {
        Self { own: Commits::new(all) }
    }

    /// Returns whether `commit`, by its name, is among them.
    pub fn contains(&self, commit: &str) -> bool {
        self.named(commit).is_some()
    }

    fn named(&self, name: &str) -> Option<&Facts> {
        self.own.with(MessageMark::of_name(name)).find(|one| one.id.begins_with(name))
    }

    /// Returns all of them, parents first.
    pub fn all(&self) -> &[Facts] {
        self.own.all()
    }

    /// Returns whether `facts` was not taken back.
    pub fn is_live(&self, facts: &Facts) -> bool {
        self.own.is_live(facts.id)
    }

    /// Returns the commits that a branch's commit may come from, and what says so: those that it names, those
    /// that it lists, or else those of the same pull requests, or the only one with the same subject.
    pub fn origins(&self, facts: &Facts) -> Vec<(Evidence, &Facts)> {
        let of = |evidence| move |one| (evidence, one);
        let named = facts.picked_from.iter().filter_map(|name| self.named(name));
        let mut found: Vec<(Evidence, &Facts)> = named.map(of(Evidence::PickedFrom)).collect();
        let listed = facts.listed.iter().filter_map(|item| self.of_item(item, facts));
        found.extend(listed.map(of(Evidence::Listed)));
        if found.is_empty() && facts.picked_from.is_empty() {
            let pulls = facts.pulls.iter().filter_map(|pull| self.of_pull(*pull, facts));
            found.extend(pulls.map(of(Evidence::PullRequest)));
        }
        if found.is_empty() && facts.picked_from.is_empty() {
            found.extend(self.of_subject(&facts.subject).map(of(Evidence::Subject)));
        }
        let mut seen = BTreeSet::new();
        found.retain(|(_, one)| seen.insert(one.id));
        found
    }

    /// Returns the commit that an item of a list means.
    fn of_item(&self, item: &NamedChange, facts: &Facts) -> Option<&Facts> {
        let pull = item.pulls.iter().find_map(|pull| self.of_pull(*pull, facts));
        pull.or_else(|| self.of_subject(&item.subject))
    }

    /// Returns the only commit with that subject.
    fn of_subject(&self, subject: &str) -> Option<&Facts> {
        match self.with_subject(subject).as_slice() {
            [only] if !subject.is_empty() => Some(*only),
            _ => None,
        }
    }

    /// Returns the commit whose own pull request that is: where there are several, the one with the
    /// subject of `facts`, or else the last.
    fn of_pull(&self, pull: u64, facts: &Facts) -> Option<&Facts> {
        // The last number is the pull request's own; one before it is what it takes up.
        let is_own = |one: &&Facts| one.pulls.last() == Some(&pull) && one.is_revert() == facts.is_revert();
        let of_pull: Vec<&Facts> = self.with_pull(pull).into_iter().filter(is_own).collect();
        let same = of_pull.iter().find(|one| one.subject == facts.subject);
        same.or(of_pull.last()).copied()
    }

    /// Returns the commits that share a pull request or the subject with `facts`.
    pub fn related(&self, facts: &Facts) -> Vec<&Facts> {
        let mut seen = BTreeSet::new();
        let mut related: Vec<&Facts> = facts.pulls.iter().flat_map(|pull| self.with_pull(*pull)).collect();
        related.extend(self.with_subject(&facts.subject));
        related.retain(|one| seen.insert(one.id));
        related
    }

    /// Returns the commits, among those here, that `facts` takes back, by name in hexadecimal or, where
    /// it only says so in words, by those.
    pub fn undone_by(&self, facts: &Facts) -> Vec<String> {
        if let Some(names) = self.own.undone_by(facts) {
            return names.to_vec();
        }
        let Some(undone) = &facts.undoes else { return facts.reverts.clone() };
        let related: Vec<&Facts> = self.own.with(undone.marks()).collect();
        undone.among(&related).into_iter().map(|one| one.id.to_string()).collect()
    }

    /// Returns the commit of the trunk that takes `facts` back, unless that was taken back itself.
    pub fn taken_back(&self, facts: &Facts) -> Option<&Facts> {
        self.own.taken_back(facts)
    }

    /// Returns whether the title of `facts` names several pull requests that came to the trunk.
    pub fn names_several(&self, facts: &Facts) -> bool {
        let came = |pull: &&u64| self.with_pull(**pull).iter().any(|one| one.pulls.last() == Some(*pull));
        facts.pulls.len() > 1 && facts.pulls.iter().filter(came).count() > 1
    }

    fn with_pull(&self, pull: u64) -> Vec<&Facts> {
        self.own.with([MessageMark::Pull(pull)]).filter(|one| one.pulls.contains(&pull)).collect()
    }

    fn with_subject(&self, subject: &str) -> Vec<&Facts> {
        let alike = self.own.with(MessageMark::of_subject(subject));
        let is_cut = title::whole_part(subject).is_some();
        let is_same =
            |one: &&Facts| one.subject == subject || is_cut && title::is_same_subject(&one.subject, subject);
        alike.filter(is_same).collect()
    }
}
