//! What shows that a branch has a commit: facts read out of messages, and how much each says.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::marks::{LEAST_DIGITS, MessageMark};
use super::title::{self, BranchWords, NamedChange};
use crate::git::CommitId;
use crate::git::history::CommitInfo;

/// How it is known that a branch has a commit, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The branch has the commit itself.
    Ancestry,
    /// A commit of the branch says `(cherry picked from commit …)`.
    PickedFrom,
    /// A commit of the branch makes the same change.
    PatchId,
    /// Applied to the branch it changes nothing: what it does is there.
    NoDifference,
    /// A commit of the branch lists it among others, and has its changes.
    Listed,
    /// A commit of the branch names the same pull request in its subject.
    PullRequest,
    /// A commit of the branch has the same subject, and no branch has two such.
    Subject,
    /// A commit of the branch names the same advisory, and changes the same lines.
    Advisory,
}

impl Evidence {
    /// Returns whether a commit of a branch shows only one commit of the trunk by it.
    pub fn is_of_one(self) -> bool {
        matches!(self, Self::PatchId | Self::PullRequest | Self::Subject | Self::Advisory)
    }

    /// Returns it in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ancestry => "ancestry",
            Self::PickedFrom => "cherry picked",
            Self::PatchId => "same patch",
            Self::NoDifference => "no difference",
            Self::Listed => "listed",
            Self::PullRequest => "same pull request",
            Self::Subject => "same subject",
            Self::Advisory => "same advisory",
        }
    }
}

/// What a revert takes back that names no commit, as those do that a forge makes of a pull request:
/// `Revert "Fix it (#1)"`, and below it `Reverts owner/repository#2`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reverted {
    /// The subject of it.
    pub subject: String,
    /// The pull requests that its title names.
    pub pulls: BTreeSet<u64>,
    /// The pull requests that the revert says to take back.
    pub stated: BTreeSet<u64>,
}

/// How sure an evidence is, the surest first: of two of one kind, the one in the words of its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strength {
    /// The kind.
    pub evidence: Evidence,
    /// Whether the subjects differ.
    pub renamed: bool,
}

/// What a commit's message tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The commit.
    pub id: CommitId,
    /// Its first line, as it is.
    pub title: String,
    /// The first line without what a backport adds: numbers of pull requests, a branch in brackets.
    pub subject: String,
    /// The commits that it says it was picked from, in hexadecimal.
    pub picked_from: Vec<String>,
    /// The commits that it says it reverts, in hexadecimal.
    pub reverts: Vec<String>,
    /// What it says in other words that it reverts, where it names no commit.
    pub undoes: Option<Reverted>,
    /// The pull requests that its first line names: `(#123)`.
    pub pulls: BTreeSet<u64>,
    /// The changes that it lists, one on a line.
    pub listed: Vec<NamedChange>,
    /// The advisories that it names anywhere.
    pub advisories: BTreeSet<String>,
    /// Whether it is a merge.
    pub merge: bool,
}

impl Facts {
    /// Reads what a commit says, in a project whose branches are known by `words`.
    pub fn read(said: &CommitInfo, words: &BranchWords) -> Self {
        let title = said.message.lines().next().unwrap_or_default().trim().to_owned();
        let subject = words.subject(&title);
        let reverts = reverted(&said.message).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let undoes = undone(words, &subject).filter(|_| reverts.is_empty());
        let undoes = undoes.map(|undone| undone.with_stated(&said.message));
        Self {
            id: said.id,
            pulls: title::pulls(own_words(words, &title)),
            listed: title::listed(words, &said.message),
            subject,
            picked_from: named(&said.message, "(cherry picked from commit "),
            reverts,
            undoes,
            advisories: advisories(&said.message),
            merge: said.parents.len() > 1,
            title,
        }
    }

    /// Returns whether this is `commit` or says that it was picked from it.
    pub fn is_or_comes_from(&self, commit: &str) -> bool {
        (commit.len() >= LEAST_DIGITS && self.id.begins_with(commit))
            || self.picked_from.iter().any(|origin| same(origin, commit))
    }

    /// Returns its own name and those of the commits that it says it was picked from.
    pub(super) fn names(&self) -> Vec<String> {
        std::iter::once(self.id.to_string()).chain(self.picked_from.iter().cloned()).collect()
    }

    /// Returns the pull request that it merges, as GitHub words it.
    pub fn merges_pull(&self) -> Option<u64> {
        self.title.strip_prefix("Merge pull request #")?.split(' ').next()?.parse().ok()
    }

    /// Returns whether it takes something back.
    pub fn is_revert(&self) -> bool {
        !self.reverts.is_empty() || self.undoes.is_some()
    }

    /// Returns by what it is found: wherever [`Facts::evidence_for`] is something, both have one of these.
    pub(super) fn marks(&self) -> BTreeSet<MessageMark> {
        let listed = self.listed.iter().flat_map(|named| &named.pulls);
        let pulls = self.pulls.iter().chain(listed).map(|pull| MessageMark::Pull(*pull));
        let listed = self.listed.iter().filter_map(|named| MessageMark::of_subject(&named.subject));
        let names = self.names();
        let names = names.iter().filter_map(|name| MessageMark::of_name(name));
        let advisories = self.advisories.iter().cloned().map(MessageMark::Advisory);
        let subject = MessageMark::of_subject(&self.subject);
        pulls.chain(listed).chain(names).chain(advisories).chain(subject).collect()
    }

    /// Returns how sure it is that `self` does what `wanted` does, if `evidence` says so.
    pub fn strength(&self, evidence: Evidence, wanted: &Self) -> Strength {
        Strength { evidence, renamed: self.subject != wanted.subject }
    }

    /// Returns the best evidence in the words of both that `self`, a commit of some branch, does
    /// what `wanted` does.
    ///
    /// One that names another origin is not a weaker evidence for this one, and what reverts something
    /// is none for what does it.
    pub fn evidence_for(&self, wanted: &Self) -> Option<Evidence> {
        let mut origins = wanted.picked_from.iter().map(String::as_str).chain([]);
        let id = wanted.id.to_string();
        if self.is_or_comes_from(&id) || origins.any(|origin| self.is_or_comes_from(origin)) {
            return Some(Evidence::PickedFrom);
        }
        let same_pull = !self.pulls.is_disjoint(&wanted.pulls);
        if self.is_revert() != wanted.is_revert() {
            None
        } else if same_pull && self.picked_from.is_empty() && self.subject == wanted.subject {
            Some(Evidence::PullRequest)
        } else if self.lists(wanted) {
            Some(Evidence::Listed)
        } else if !self.picked_from.is_empty() {
            None
        } else if same_pull {
            Some(Evidence::PullRequest)
        } else if title::is_same_subject(&self.subject, &wanted.subject) {
            Some(Evidence::Subject)
        } else if !self.advisories.is_disjoint(&wanted.advisories) {
            Some(Evidence::Advisory)
        } else {
            None
        }
    }
}

impl Facts {
    /// Returns whether it lists `wanted` among other changes.
    fn lists(&self, wanted: &Self) -> bool {
        let is_it = |named: &NamedChange| {
            let subject = !named.subject.is_empty() && named.subject == wanted.subject;
            subject || !named.pulls.is_disjoint(&wanted.pulls)
        };
        self.listed.iter().any(is_it)
    }
}

impl Reverted {
    /// Returns those of `commits`, parents first, that are most likely meant: of a pull request that is
    /// stated, or named in the title, or the last with the subject.
    pub fn among<'f>(&self, commits: &[&'f Facts]) -> Vec<&'f Facts> {
        let fits = |pulls: &BTreeSet<u64>, facts: &Facts| !pulls.is_disjoint(&facts.pulls);
        let has_subject = |facts: &Facts| !self.subject.is_empty() && self.subject == facts.subject;
        let named = |facts: &Facts| fits(&self.pulls, facts) && has_subject(facts);
        let ways: [&dyn Fn(&Facts) -> bool; 3] =
            [&|facts| fits(&self.stated, facts), &named, &|facts| fits(&self.pulls, facts)];
        let found = ways.iter().map(|way| commits.iter().copied().filter(|facts| way(facts)).collect());
        let mut found = found.filter(|found: &Vec<&Facts>| !found.is_empty());
        found.next().unwrap_or_else(|| {
            commits.iter().copied().rfind(|facts| has_subject(facts)).into_iter().collect()
        })
    }

    /// Returns by what is found what it may mean.
    pub(super) fn marks(&self) -> BTreeSet<MessageMark> {
        let pulls = self.stated.union(&self.pulls).map(|pull| MessageMark::Pull(*pull));
        pulls.chain(MessageMark::of_subject(&self.subject)).collect()
    }

    /// Adds the pull requests of the lines `Reverts #1`, `Reverts owner/repository#1`.
    fn with_stated(mut self, message: &str) -> Self {
        let lines = message.lines().filter_map(|line| line.trim().strip_prefix("Reverts "));
        let numbers = lines.filter_map(|line| line.split_whitespace().next()?.rsplit_once('#'));
        self.stated
            .extend(numbers.filter_map(|(_, number)| number.trim_end_matches('.').parse::<u64>().ok()));
        self
    }
}

/// Reads what a revert with that subject takes back. What it applies again, it takes back the revert of.
fn undone(words: &BranchWords, subject: &str) -> Option<Reverted> {
    let (word, inner) = quoting(subject)?;
    let title = match word {
        "Reapply" => format!("Revert \"{inner}\""),
        _ => inner.to_owned(),
    };
    let pulls = title::pulls(own_words(words, &title));
    Some(Reverted { subject: words.subject(&title), pulls, ..Reverted::default() })
}

/// Returns the part of a title that is about the commit itself: the numbers inside of the quotes belong to
/// what is reverted.
fn own_words<'t>(words: &BranchWords, title: &'t str) -> &'t str {
    match quoting(&words.subject(title)) {
        Some(_) => title.rsplit_once('"').map_or(title, |(_, after)| after),
        None => title,
    }
}

/// Returns the word with which the subject of a revert begins, and what it quotes.
fn quoting(subject: &str) -> Option<(&str, &str)> {
    let (word, rest) = subject.split_once(" \"").filter(|(word, _)| ["Revert", "Reapply"].contains(word))?;
    let (inner, _) = rest.rsplit_once('"')?;
    Some((word, inner))
}

/// Returns whether two names in hexadecimal mean one commit: one may be abbreviated, to no less than
/// seven digits.
fn same(one: &str, other: &str) -> bool {
    let len = one.len().min(other.len());
    len >= LEAST_DIGITS
        && one.get(..len).zip(other.get(..len)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Returns the commits that follow `words` anywhere in `message`.
fn named(message: &str, words: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in message.match_indices(words) {
        let rest = &message[at + words.len()..];
        let len = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        if len >= LEAST_DIGITS {
            found.push(rest[..len].to_ascii_lowercase());
        }
    }
    found
}

/// Returns the commits that a message says are reverted, in hexadecimal, each with the parent that a merge
/// is taken back to, as `git revert --mainline` says it.
pub fn reverted(message: &str) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for part in message.split(REVERTS).skip(1) {
        let mainline = named(part, "changes made to ").into_iter().next();
        found.extend(
            named(&[REVERTS, part].concat(), REVERTS).into_iter().map(|name| (name, mainline.clone())),
        );
    }
    found
}

/// The words of git before the commit that is reverted.
const REVERTS: &str = "This reverts commit ";

/// Returns the names of advisories in `text`: `GHSA-…`, `CVE-…`, `RUSTSEC-…`.
pub fn advisories(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.filter(|word| is_advisory(word)).map(canonical).collect()
}

/// Returns an advisory's name as its database writes it: all in upper case but for the end of
/// GitHub's.
pub fn canonical(name: &str) -> String {
    match name.get(..5) {
        Some(prefix) if prefix.eq_ignore_ascii_case("GHSA-") => {
            format!("GHSA-{}", name[5..].to_ascii_lowercase())
        }
        _ => name.to_ascii_uppercase(),
    }
}

/// Returns whether `word` is the name of an advisory.
pub fn is_advisory(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let digits = |part: &str, least: usize| part.len() >= least && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [kind, year, number] if ["CVE", "RUSTSEC"].iter().any(|k| kind.eq_ignore_ascii_case(k)) => {
            year.len() == 4 && digits(year, 4) && digits(number, 4)
        }
        [kind, groups @ ..] if kind.eq_ignore_ascii_case("GHSA") => {
            groups.len() == 3
                && groups.iter().all(|g| g.len() == 4 && g.bytes().all(|b| b.is_ascii_alphanumeric()))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(number: u8, message: &str) -> Facts {
        let said =
            CommitInfo { id: CommitId::of_test(number), parents: Vec::new(), message: message.to_owned() };
        Facts::read(&said, &BranchWords::default())
    }

    #[test]
    fn a_backports_subject_is_that_of_its_origin() {
        for title in [
            "Fix the sandbox (#100)",
            "Fix the sandbox (#100) (#205)",
            "[36.0.0] Fix the sandbox (#205)",
            "[release-36.0.0] Fix the  sandbox",
            "Backport: Fix the sandbox",
            "Fix the sandbox (backport to 36.0.0) (#7)",
            "Cherry pick Fix the sandbox (#7)",
            "cherry-pick(release-6.0): Fix the sandbox (#7)",
            "Fix the sandbox (cherry-picked from #100) (#7)",
        ] {
            assert_eq!(facts(1, title).subject, "Fix the sandbox", "{title}");
        }
        assert_eq!(facts(1, "[fuzz] Fix (it)").subject, "[fuzz] Fix (it)");
    }

    #[test]
    fn evidence_is_ranked_and_the_surest_counts() {
        let origin = facts(1, "Fix it (#100)\n\nGHSA-aaaa-bbbb-cccc");
        let picked = format!("Other\n\n(cherry picked from commit {})", origin.id);
        for (message, expected) in [
            (picked.as_str(), Some(Evidence::PickedFrom)),
            ("Fix it (#100) (#101)", Some(Evidence::PullRequest)),
            ("Cherry pick #100 to 6.0 (#101)", Some(Evidence::PullRequest)),
            ("Pick #100 (#101)", Some(Evidence::PullRequest)),
            ("Be safe (cherry pick #100) (#101)", Some(Evidence::PullRequest)),
            ("Cherry pick #99 and #100 to 6.0 (#101)", Some(Evidence::Listed)),
            ("CP #98, #99, #100 to build again (#101)", Some(Evidence::Listed)),
            ("Be safe (#98, #99, #100) (#101)", Some(Evidence::Listed)),
            ("Be safe as in #100 (#101)", None),
            ("Fix it (#101)", Some(Evidence::Subject)),
            ("Different\n\nFixes ghsa-AAAA-bbbb-cccc.", Some(Evidence::Advisory)),
            ("Revert \"Fix it (#100)\"\n\nThis reverts commit 0000000001.", None),
            ("Fix it (#100)\n\n(cherry picked from commit 9999999999)", None),
            ("Different", None),
        ] {
            assert_eq!(facts(2, message).evidence_for(&origin), expected, "{message}");
        }
    }

    #[test]
    fn a_subject_that_the_forge_cut_off_is_known_by_what_is_left() {
        let origin = facts(1, "Find out earlier that the leader of the detector changed (#100)");
        let cut = facts(2, "Find out earlier that the leader of the detector (… (#101)");
        assert_eq!(cut.evidence_for(&origin), Some(Evidence::Subject));
        assert_eq!(facts(2, "Find out… (#101)").evidence_for(&origin), None);
    }

    #[test]
    fn a_revert_tells_what_it_takes_back_with_or_without_a_commit() {
        let undone = |message: &str| {
            let pulls = |undone: &Reverted| undone.stated.union(&undone.pulls).copied().collect();
            facts(1, message).undoes.map(|undone| (undone.subject.clone(), pulls(&undone)))
        };
        let of = |subject: &str, pulls: &[u64]| Some((subject.to_owned(), pulls.to_vec()));
        let squashed = "Revert \"Fix it (#123)\" (#140)\n\nReverts org/repo#130";
        assert_eq!(undone(squashed), of("Fix it", &[123, 130]));
        assert_eq!(facts(1, squashed).pulls, BTreeSet::from([140]));
        assert_eq!(undone("[6.0] Revert \"[6.0] Fix it\" (#140)"), of("Fix it", &[]));
        assert_eq!(undone("Reapply \"Fix it (#123)\" (#141)"), of("Revert \"Fix it (#123)\"", &[]));
        let twice = "Revert \"Revert \"Fix it (#123)\" (#140)\" (#141)";
        assert_eq!(undone(twice), of("Revert \"Fix it (#123)\"", &[140]));
        assert_eq!(undone("Revert \"Fix it\"\n\nThis reverts commit 0123456789."), None);
        assert_eq!(undone("Fix \"it\" (#1)\n\nReverts #2"), None);
        assert!(facts(1, "Reapply \"Fix it (#123)\"\n\nThis reverts commit 0123456789.").pulls.is_empty());
    }

    #[test]
    fn picks_of_one_origin_are_evidence_for_each_other() {
        let origin = facts(1, "Fix");
        let picked =
            |number| facts(number, &format!("x{number}\n\n(cherry picked from commit {})", origin.id));
        assert_eq!(picked(2).evidence_for(&picked(3)), Some(Evidence::PickedFrom));
        assert_eq!(origin.evidence_for(&picked(3)), Some(Evidence::PickedFrom));
    }

    #[test]
    fn advisories_are_known_by_their_form() {
        let found = advisories("RUSTSEC-2024-0001, (CVE-2024-12345) ghsa-C24X-5hfh-4g6v. CVE-24-1 GHSA-x");
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["CVE-2024-12345", "GHSA-c24x-5hfh-4g6v", "RUSTSEC-2024-0001"]);
    }

    #[test]
    fn what_is_evidence_for_another_has_a_mark_in_common_with_it() {
        let subject = "Find out earlier that the leader of the detector changed";
        let titles = [
            format!("{subject} (#100)"),
            format!("[36.0.0] {subject} (#205)"),
            "Find out earlier that the leader of the detector (… (#101)".to_owned(),
            format!("Revert \"{subject} (#100)\" (#106)"),
            "Cherry pick #99 and #100 to 6.0 (#101)".to_owned(),
            "Be safe (#98, #99, #100) (#102)".to_owned(),
            "Fix (#7)".to_owned(),
            "Fix".to_owned(),
            String::new(),
        ];
        let first = CommitId::of_test(1).to_string();
        let bodies = [
            String::new(),
            format!("* {subject}\n* Fix (#7)"),
            format!("(cherry picked from commit {first})"),
            format!("(cherry picked from commit {})", first[..9].to_ascii_uppercase()),
            "GHSA-aaaa-bbbb-cccc, rustsec-2024-0001".to_owned(),
        ];
        let messages =
            titles.iter().flat_map(|title| bodies.iter().map(move |body| format!("{title}\n\n{body}")));
        let facts = |(number, message): (usize, String)| {
            let id = CommitId::of_test(u8::try_from(number + 1).unwrap());
            Facts::read(&CommitInfo { id, parents: Vec::new(), message }, &BranchWords::default())
        };
        let all: Vec<Facts> = messages.enumerate().map(facts).collect();
        let mut pairs = 0;
        for (one, other) in all.iter().flat_map(|one| all.iter().map(move |other| (one, other))) {
            if let Some(evidence) = one.evidence_for(other) {
                assert!(!one.marks().is_disjoint(&other.marks()), "{evidence:?}: {one:?}, {other:?}");
                pairs += 1;
            }
        }
        assert!(pairs > all.len() * 2 && pairs < all.len() * all.len());
    }
}
