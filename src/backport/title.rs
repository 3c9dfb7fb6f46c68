//! Titles of commits: which words are about the change, and which only say where it went.

use std::collections::BTreeSet;

use super::targets::{Target, names};
use crate::config::NameScheme;

/// What the project calls its branches, so that their names are known in a title.
#[derive(Clone, Debug, Default)]
pub struct BranchWords {
    /// The names of the trunk and the release branches, in lower case.
    branches: BTreeSet<String>,
    /// Their versions: in full, and as short as they are written: `36.0.0`, `36.0`, `36`.
    versions: BTreeSet<String>,
    /// How release branches are named, also those that are gone.
    template: Option<NameScheme>,
}

/// A change that a title or a line of a message tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedChange {
    /// The words about the change; empty where there are none.
    pub subject: String,
    /// The pull requests that are named.
    pub pulls: BTreeSet<u64>,
}

impl BranchWords {
    /// Makes it for a project whose release branches are named as `template` says.
    pub fn new(template: &NameScheme, trunk: &str, branches: &[Target]) -> Self {
        let mut words = Self { template: Some(template.clone()), ..Self::default() };
        words.branches.insert(trunk.to_ascii_lowercase());
        for target in branches {
            let [branch, version, short] = names(target.branch.as_str(), &target.version);
            words.branches.insert(branch.to_ascii_lowercase());
            words.versions.extend([version, short, target.version.major.to_string()]);
        }
        words
    }

    /// Returns `title` without what tells a backport from its origin: numbers of pull requests, names of
    /// branches, the word itself.
    pub fn subject(&self, title: &str) -> String {
        let mut rest = title.trim();
        loop {
            let before = rest;
            rest = self.without_prefix(rest).unwrap_or(rest).trim_start();
            rest = self.without_suffix(rest).unwrap_or(rest).trim_end();
            if rest == before {
                break;
            }
        }
        if names_only_numbers(rest) {
            return String::new();
        }
        rest.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Reads a line of a list of changes.
    pub fn named(&self, line: &str) -> NamedChange {
        NamedChange { subject: self.subject(line), pulls: numbers(line) }
    }

    /// Cuts off one mark at the beginning: `[36.0.0]`, `release-36.0.0:`, `Backport of`.
    fn without_prefix<'t>(&self, title: &'t str) -> Option<&'t str> {
        for (open, close) in [('[', ']'), ('(', ')')] {
            let group = title.strip_prefix(open).and_then(|inner| inner.split_once(close));
            if let Some((group, after)) = group
                && self.is_mark(group)
            {
                return Some(after.trim_start_matches([':', ' ']));
            }
        }
        if let Some((head, after)) = title.split_once(": ")
            && let head = head.split_once('(').map_or(head, |(word, _)| word)
            && (self.is_mark(head) && !head.contains(' ') || after_backport_word(head) == Some(""))
        {
            return Some(after);
        }
        let after = after_backport_word(title)?;
        let after = after.strip_prefix("of ").unwrap_or(after);
        let more = after.strip_prefix("to ").or_else(|| after.strip_prefix("for ")).and_then(|rest| {
            let (branch, rest) = rest.split_once([':', ' '])?;
            self.is_branch(branch).then_some(rest)
        });
        Some(more.unwrap_or(after))
    }

    /// Cuts off one mark at the end: `(#123)`, `(backport)`, `[1.2]`, `for release 45`, `to release-1.2`.
    fn without_suffix<'t>(&self, title: &'t str) -> Option<&'t str> {
        for (open, close) in [('(', ')'), ('[', ']')] {
            let group = title.strip_suffix(close).and_then(|inner| inner.rsplit_once(open));
            if let Some((front, group)) = group
                && (is_pull(group) || self.is_mark(group))
            {
                return Some(front);
            }
        }
        let preposition = |word: &str| title.rfind(word).map(|at| (at, at + word.len()));
        let words = [" for ", " to ", " on ", " onto ", " into ", " in "];
        let (front, tail) = words.iter().filter_map(|word| preposition(word)).max()?;
        let (word, tail) = (title[front..tail].trim(), &title[tail..]);
        let bare = word == "for" || says_backport(title);
        (self.is_branch(tail) || (bare && self.versions.contains(tail))).then(|| &title[..front])
    }

    /// Returns whether a text in brackets, or before a colon, names a branch or says that this is a backport.
    fn is_mark(&self, text: &str) -> bool {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        lower.contains("backport")
            || says_backport(text)
            || self.is_branch(text)
            || self.versions.contains(&lower)
            || {
                let number = lower.trim_start_matches("release").trim_start_matches(['-', '/', ' ', 'v']);
                is_version(number) && number.contains('.')
            }
    }

    /// Returns whether a text is the name of the trunk or a release branch, or says `release 45`.
    fn is_branch(&self, text: &str) -> bool {
        let lower = text.trim().to_ascii_lowercase();
        let lower = lower.strip_prefix("the ").unwrap_or(&lower);
        let lower = lower.strip_suffix(" branch").unwrap_or(lower);
        let lower = lower.strip_prefix("branch ").unwrap_or(lower).trim_matches('`');
        let release = lower.strip_prefix("release ").unwrap_or_default();
        self.branches.contains(lower)
            || is_version(release.trim_start_matches('v'))
            || self.template.as_ref().is_some_and(|template| {
                let bare = lower.starts_with(|c: char| c.is_ascii_digit());
                !bare && template.read(lower).is_some()
            })
    }
}

/// Returns whether a title or a line says that this is a backport.
fn says_backport(text: &str) -> bool {
    let mut rest = Some(text);
    while let Some(here) = rest {
        if after_backport_word(here).is_some() {
            return true;
        }
        rest = here.split_once(' ').map(|(_, rest)| rest);
    }
    // These mean something else, too, but where they begin it and what they are about is a number.
    let (word, after) = text.split_once(' ').unwrap_or_default();
    ["pick", "cp"].contains(&bare(word).as_str()) && after.starts_with('#')
}

/// Returns what follows a word that says that this is a backport, where `text` begins with one: `backport`,
/// `cherry-pick`, `cherry pick`.
fn after_backport_word(text: &str) -> Option<&str> {
    let (word, after) = text.split_once(' ').unwrap_or((text, ""));
    let words = ["backport", "backports", "backported", "backporting", "bp"];
    let is_pick = |word: &str| ["pick", "picks", "picked", "picking"].contains(&word);
    let word = bare(word);
    let cherry = word.strip_prefix("cherry");
    if words.contains(&word.as_str()) || cherry.is_some_and(|pick| is_pick(pick.trim_start_matches('-'))) {
        return Some(after);
    }
    let (second, after) = after.split_once(' ').unwrap_or((after, ""));
    (word == "cherry" && is_pick(&bare(second))).then_some(after)
}

/// Returns a word without the punctuation around it, in lower case.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase()
}

/// Returns the pull requests that a title names: in parentheses, or anywhere where the title says that
/// it is a backport.
pub fn pulls(title: &str) -> BTreeSet<u64> {
    if says_backport(title) {
        return numbers(title);
    }
    let groups = title.match_indices("(#").filter_map(|(at, mark)| {
        let (number, _) = title[at + mark.len()..].split_once(')')?;
        number.parse().ok()
    });
    groups.collect()
}

/// Returns the numbers of pull requests in a text: `#123`, `owner/repository#123`, `…/pull/123`.
pub fn numbers(text: &str) -> BTreeSet<u64> {
    let after = |mark: &str| -> Vec<u64> {
        let rests = text.match_indices(mark).map(|(at, mark)| &text[at + mark.len()..]);
        rests.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).collect()
    };
    after("#").into_iter().chain(after("/pull/")).collect()
}

/// Returns the changes that the lines of a message list, one each or several pull requests in one.
pub fn listed(words: &BranchWords, message: &str) -> Vec<NamedChange> {
    let title = message.lines().next().unwrap_or_default();
    let mut found: Vec<NamedChange> = each(&listed_in_title(title)).collect();
    for line in message.lines().skip(1).map(str::trim) {
        if let Some(item) = item(line) {
            found.push(words.named(item));
        } else if says_backport(line) {
            found.extend(each(&numbers(line)));
        }
    }
    found.retain(|one| !one.subject.is_empty() || !one.pulls.is_empty());
    found
}

/// Returns the pull requests that a title lists: `Backport #1, #2 and #3`, `Fixes (#1, #2) (#3)`. Two are the origin
/// and its backport.
fn listed_in_title(title: &str) -> BTreeSet<u64> {
    let numbers = numbers(title);
    if numbers.len() < 3 {
        return BTreeSet::new();
    }
    if says_backport(title) { numbers } else { &numbers - &pulls(title) }
}

fn each(pulls: &BTreeSet<u64>) -> impl Iterator<Item = NamedChange> {
    pulls.iter().map(|pull| NamedChange { subject: String::new(), pulls: BTreeSet::from([*pull]) })
}

/// Returns what a line lists: after a bullet or a number, or with its pull request at an end.
fn item(line: &str) -> Option<&str> {
    let bullet = ["* ", "- ", "+ ", "• "].iter().find_map(|bullet| line.strip_prefix(bullet));
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = (digits.len() < line.len())
        .then(|| digits.strip_prefix(". ").or_else(|| digits.strip_prefix(") ")))
        .flatten();
    let ends = line.strip_suffix(')').and_then(|inner| inner.rsplit_once('(')).map(|(_, group)| group);
    let pull = (line.starts_with('#') || ends.is_some_and(is_pull)).then_some(line);
    bullet.or(number).or(pull).map(str::trim)
}

/// Returns whether two subjects are one, where a forge may have cut one off: `Fix the very lo…`.
pub fn is_same_subject(one: &str, other: &str) -> bool {
    let begins = |cut: &str, whole: &str| whole_part(cut).is_some_and(|part| whole.starts_with(part));
    !one.is_empty() && (one == other || begins(one, other) || begins(other, one))
}

/// How many bytes of a subject that was cut off tell it from others.
pub(super) const TELLING: usize = 32;

/// Returns what is left of a subject that was cut off; `None` where it is whole, or too little is left.
pub fn whole_part(subject: &str) -> Option<&str> {
    let part = subject.strip_suffix('…')?.trim_end_matches(['(', '#', ' ']);
    (part.len() >= TELLING).then_some(part)
}

/// Returns whether a text in parentheses is the number of a pull request.
fn is_pull(group: &str) -> bool {
    let number = group.rsplit('#').next().unwrap_or_default();
    group.contains('#') && !group.contains(' ') && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a text is numbers of pull requests, and words between them.
fn names_only_numbers(text: &str) -> bool {
    let is_between =
        |word: &str| ["and", "pr", "prs", "&", "pull", "request", "requests", "of"].contains(&word);
    let mut words = text.split([' ', ',', ';']).filter(|word| !word.is_empty());
    text.contains('#')
        && words.all(|word| {
            let lower = word.to_ascii_lowercase();
            is_between(&lower)
                || lower.split_once('#').is_some_and(|(_, number)| number.parse::<u64>().is_ok())
        })
}

/// Returns whether a text is a version, or a part of one: `1.2`, `1.2.x`.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == 'x')
}
