//! What shows that a branch has a commit: facts read out of messages, and how much each says.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::repo::CommitId;
use crate::repo::log::Said;

/// How it is known that a branch has a commit, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The branch has the commit itself.
    Ancestry,
    /// A commit of the branch says `(cherry picked from commit …)`.
    PickedFrom,
    /// A commit of the branch makes the same change.
    PatchId,
    /// A commit of the branch names the same pull request in its subject.
    PullRequest,
    /// A commit of the branch has the same subject, and no branch has two such.
    Subject,
    /// A commit of the branch names the same advisory.
    Advisory,
}

impl Evidence {
    /// Returns it in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ancestry => "ancestry",
            Self::PickedFrom => "cherry picked",
            Self::PatchId => "same patch",
            Self::PullRequest => "same pull request",
            Self::Subject => "same subject",
            Self::Advisory => "same advisory",
        }
    }
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
    /// The pull requests that its first line names: `(#123)`.
    pub pulls: BTreeSet<u64>,
    /// The advisories that it names anywhere.
    pub advisories: BTreeSet<String>,
    /// Whether it is a merge.
    pub merge: bool,
}

impl Facts {
    /// Reads what a commit says.
    pub fn read(said: &Said) -> Self {
        let title = said.message.lines().next().unwrap_or_default().trim().to_owned();
        let is_revert = title.starts_with("Revert \"");
        // The numbers inside the quotes belong to what is reverted.
        let own_title =
            if is_revert { title.rsplit_once('"').map_or("", |(_, after)| after) } else { &title };
        Self {
            id: said.id,
            subject: subject(&title),
            picked_from: named(&said.message, "(cherry picked from commit "),
            reverts: named(&said.message, "This reverts commit "),
            pulls: pulls(own_title),
            advisories: advisories(&said.message),
            merge: said.parents.len() > 1,
            title,
        }
    }

    /// Returns whether this is `commit` or says that it was picked from it.
    pub fn is_or_comes_from(&self, commit: &str) -> bool {
        same(&self.id.to_string(), commit) || self.picked_from.iter().any(|origin| same(origin, commit))
    }

    /// Returns the best evidence in the words of both that `self`, a commit of some branch, does
    /// what `wanted` does.
    ///
    /// One that names another origin is no weaker evidence for this one, and what reverts something
    /// is none for what does it.
    pub fn evidence_for(&self, wanted: &Self) -> Option<Evidence> {
        let mut origins = wanted.picked_from.iter().map(String::as_str).chain([]);
        let id = wanted.id.to_string();
        if self.is_or_comes_from(&id) || origins.any(|origin| self.is_or_comes_from(origin)) {
            return Some(Evidence::PickedFrom);
        }
        let foreign = !self.picked_from.is_empty() || self.reverts.is_empty() != wanted.reverts.is_empty();
        if foreign {
            None
        } else if !self.pulls.is_disjoint(&wanted.pulls) {
            Some(Evidence::PullRequest)
        } else if !self.subject.is_empty() && self.subject == wanted.subject {
            Some(Evidence::Subject)
        } else if !self.advisories.is_disjoint(&wanted.advisories) {
            Some(Evidence::Advisory)
        } else {
            None
        }
    }
}

/// Returns whether two names in hexadecimal mean one commit: one may be abbreviated, to no less than
/// seven digits.
pub fn same(one: &str, other: &str) -> bool {
    let len = one.len().min(other.len());
    len >= 7 && one.get(..len).zip(other.get(..len)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Returns the commits that follow `words` anywhere in `message`.
fn named(message: &str, words: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in message.match_indices(words) {
        let rest = &message[at + words.len()..];
        let len = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        if len >= 7 {
            found.push(rest[..len].to_ascii_lowercase());
        }
    }
    found
}

/// Returns the numbers of the groups `(#123)` in `title`.
fn pulls(title: &str) -> BTreeSet<u64> {
    let groups = title.match_indices("(#").filter_map(|(at, mark)| {
        let (number, _) = title[at + mark.len()..].split_once(')')?;
        number.parse().ok()
    });
    groups.collect()
}

/// Returns `title` without what tells a backport from its origin.
fn subject(title: &str) -> String {
    let mut rest = title.trim();
    loop {
        let before = rest;
        if let Some((group, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'))
            && is_branch_mark(group)
        {
            rest = after.trim_start_matches([':', ' ']);
        }
        for word in ["Backport:", "backport:", "Backport of ", "Backport "] {
            rest = rest.strip_prefix(word).unwrap_or(rest).trim_start();
        }
        if let Some((front, group)) = rest.strip_suffix(')').and_then(|inner| inner.rsplit_once('('))
            && (group.starts_with('#') || is_branch_mark(group))
        {
            rest = front.trim_end();
        }
        if rest == before {
            return rest.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }
}

/// Returns whether a text in brackets names a branch or says that this is a backport.
fn is_branch_mark(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let numbers = text.trim_start_matches("release-").trim_start_matches('v');
    text.contains("backport")
        || (numbers.starts_with(|c: char| c.is_ascii_digit())
            && numbers.chars().all(|c| c.is_ascii_digit() || c == '.' || c == 'x'))
}

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
        let said = Said { id: CommitId::for_tests(number), parents: Vec::new(), message: message.to_owned() };
        Facts::read(&said)
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
}
