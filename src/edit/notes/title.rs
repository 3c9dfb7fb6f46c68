//! The heading of a version's section.

use std::ops::Range;

use semver::Version;

use super::state::{self, StatePlace};
use super::style::Style;

/// A heading with a version in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Title {
    pub(super) version: Version,
    /// Where the version stands, without a `v` before it.
    pub(super) at: Range<usize>,
    pub(super) certainty: Certainty,
    /// Where the state is said, if it is here.
    pub(super) stated: Option<StatePlace>,
    /// Whether more than a state follows the version.
    pub(super) has_more: bool,
}

/// How surely a heading with a version begins the section of that version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// It says nothing else: `## [36.0.0] - 2025-08-20`, `## Version 36.0.0 (Unreleased)`.
    Bare,
    /// One name before the version, or anything after it: `## Wasmtime 36.0.0, the fast one`.
    Named,
    /// More than that: `## What is new in Wasmtime 36.0.0`.
    Wordy,
}

impl Title {
    /// Reads the heading that stands at `range`.
    pub(super) fn read(text: &str, range: &Range<usize>, style: &Style) -> Option<Self> {
        let heading = &text[range.clone()];
        let (version, at) = words(heading, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-'))
            .find_map(|word| version(heading, word))?;
        let at = range.start + at.start..range.start + at.end;
        let after = range.end - after_link(&text[at.end..range.end]).len()..range.end;
        let before = range.start..at.start;
        let stated = state::in_title(text, &before, style).or_else(|| state::in_title(text, &after, style));
        let strange = |part: &Range<usize>| {
            let is_state = |word: &Range<usize>| {
                let start = part.start + word.start;
                stated.as_ref().is_some_and(|stated| stated.at.contains(&start))
            };
            let part_text = &text[part.clone()];
            let targets = targets(part_text);
            let is_linked = |word: &Range<usize>| targets.iter().any(|target| target.contains(&word.start));
            words(part_text, char::is_alphanumeric)
                .filter(|word| {
                    !is_state(word) && !is_linked(word) && is_strange(&part_text[word.clone()], style)
                })
                .take(2)
                .count()
        };
        let has_more = strange(&after) > 0;
        let certainty = match strange(&before) {
            0 if !has_more => Certainty::Bare,
            0 | 1 => Certainty::Named,
            _ => Certainty::Wordy,
        };
        Some(Self { version, at, certainty, stated, has_more })
    }
}

/// Words that alone, or with one of [`OF_RELEASE`], head what is not released yet.
const NEXT: [&str; 7] = ["unreleased", "next", "upcoming", "tbd", "head", "main", "master"];
const OF_RELEASE: [&str; 4] = ["release", "version", "changes", "tbd"];

/// Returns whether a heading that names no version gathers what is not released yet: it begins with the
/// style's word for that, or is one of some others.
pub(super) fn gathers(heading: &str, style: &Style) -> bool {
    let content = heading.trim_start_matches(|c: char| !c.is_alphanumeric());
    let begins = content.get(..style.unreleased.len()).is_some_and(|begin| {
        begin.eq_ignore_ascii_case(&style.unreleased)
            && !content[begin.len()..].starts_with(char::is_alphanumeric)
    });
    let mut others = words(heading, char::is_alphanumeric).map(|word| heading[word].to_ascii_lowercase());
    let is_next = others.next().is_some_and(|first| NEXT.contains(&first.as_str()));
    begins || is_next && others.all(|other| OF_RELEASE.contains(&other.as_str()))
}

/// Returns whether a heading is the style's word for what is not released, in whatever marks, and nothing else.
pub(super) fn names_unreleased(heading: &str, style: &Style) -> bool {
    heading.trim_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case(&style.unreleased)
}

/// Returns what looks like a version in a heading that names none: `1.2`, `1.2.3.4` of `v1.2.3.4`, `1.2.x`.
pub(super) fn like_version(heading: &str) -> Option<&str> {
    let words = words(heading, |c| c.is_alphanumeric() || matches!(c, '.' | ',' | '-' | '+'));
    let is_said = |word: &str| ["version", "release", "v"].iter().any(|said| said.eq_ignore_ascii_case(word));
    let word = words.map(|word| &heading[word]).find(|word| !is_said(word))?;
    let word = word.trim_matches(['.', ',', '-', '+']);
    let word = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let mut numbers = word.split(['.', ',']);
    let first = numbers.next()?;
    let begins = !first.is_empty() && first.len() < 4 && first.bytes().all(|byte| byte.is_ascii_digit());
    let goes_on = numbers.next()?.starts_with(|c: char| c.is_ascii_digit());
    (begins && goes_on).then_some(word)
}

/// Returns whether what looks like a version may be meant for this one: `1.2`, `1.2.x` or `1.2.0.1` for 1.2.0.
pub(super) fn may_mean(like: &str, version: &Version) -> bool {
    let own = [version.major, version.minor, version.patch];
    let said = like.split(['.', ',', '-', '+']).zip(own);
    said.clone().count() > 1
        && said.into_iter().all(|(said, own)| said.parse().map_or(true, |said: u64| said == own))
}

/// Returns whether a heading has more words than a version, its name and its state are: `1.2 migration guide`.
pub(super) fn is_prose(heading: &str, style: &Style) -> bool {
    let telling =
        words(heading, char::is_alphabetic).map(|word| &heading[word]).filter(|word| word.len() > 2);
    telling.filter(|word| is_strange(word, style)).count() > 1
}

/// Returns the text after the version without the target of a link that it is in.
pub(super) fn after_link(after: &str) -> &str {
    match after.strip_prefix("](").and_then(|target| target.split_once(')')) {
        Some((_, rest)) => rest,
        None => after,
    }
}

/// Returns where the targets of links stand: `x` in `[1.0.0](x)`, of which the beginning may be missing.
pub(super) fn targets(text: &str) -> Vec<Range<usize>> {
    let starts = text.match_indices("](").map(|(at, _)| at + 2);
    starts.filter_map(|start| Some(start..start + text[start..].find(')')?)).collect()
}

/// Returns the ranges of the longest runs of characters that are `inside` of a word.
pub(super) fn words(text: &str, inside: impl Fn(char) -> bool + Copy) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive(move |c| !inside(c)).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        // The last character is the separator, unless the text ends with a word.
        let len = piece.char_indices().next_back().map_or(0, |(last, c)| match c {
            c if inside(c) => piece.len(),
            _ => last,
        });
        (len > 0).then_some(start..start + len)
    })
}

fn version(heading: &str, word: Range<usize>) -> Option<(Version, Range<usize>)> {
    let text = heading[word.clone()].trim_end_matches(['.', '-', '+']);
    let start = word.start + usize::from(text.starts_with(['v', 'V']));
    let range = start..word.start + text.len();
    Some((heading[range.clone()].parse().ok()?, range))
}

/// Returns whether a word says more than a version and its state do.
fn is_strange(word: &str, style: &Style) -> bool {
    let known = ["v", "version", "release", "released", "unreleased", "yanked"];
    let part_of = |text: &str| words(text, char::is_alphanumeric).any(|w| text[w].eq_ignore_ascii_case(word));
    word.contains(char::is_alphabetic)
        && !known.iter().any(|known| known.eq_ignore_ascii_case(word))
        && ![&style.unreleased, &style.released.0, &style.released.1].iter().any(|text| part_of(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::RepoPath;

    fn read(heading: &str) -> Option<(String, Certainty)> {
        let style = Style::default_for(&RepoPath::new("N.md").unwrap());
        let title = Title::read(heading, &(0..heading.len()), &style)?;
        assert_eq!(heading[title.at], title.version.to_string());
        Some((title.version.to_string(), title.certainty))
    }

    #[test]
    fn a_version_is_found_in_every_shape_of_heading() {
        for (heading, version, certainty) in [
            ("36.0.0", "36.0.0", Certainty::Bare),
            ("v36.0.0", "36.0.0", Certainty::Bare),
            ("[36.0.0](https://example.org/v36.0.0) - 2025-08-20", "36.0.0", Certainty::Bare),
            ("Version 36.0.0 - 2025-01-01", "36.0.0", Certainty::Bare),
            ("36.0.0. (Unreleased)", "36.0.0", Certainty::Bare),
            ("`1.0.0-rc.1+x`:", "1.0.0-rc.1+x", Certainty::Bare),
            ("1.53.1 (July 20th, 2026)", "1.53.1", Certainty::Bare),
            ("2.9.5 / 2026.08.06", "2.9.5", Certainty::Bare),
            ("Wasmtime 36.0.0", "36.0.0", Certainty::Named),
            ("2025-01-01: 1.0.0 the é", "1.0.0", Certainty::Named),
            ("Upgrading to 36.0.0", "36.0.0", Certainty::Wordy),
        ] {
            assert_eq!(read(heading), Some((version.to_owned(), certainty)), "{heading}");
        }
        for heading in ["Unreleased", "[Unreleased] - ReleaseDate", "unreleased", "Next release", "[TBD]"] {
            let style = Style::default_for(&RepoPath::new("N.md").unwrap());
            assert!(gathers(heading, &style), "{heading}");
            assert!(!gathers(&format!("Not {heading}"), &style), "{heading}");
        }
        for heading in ["", "Added", "36.0", "1.0.00", "x1.0.0", "Unreleased", "1.0.0é", "…1.0.0.0"] {
            assert_eq!(read(heading).filter(|_| heading != "1.0.0é"), None, "{heading}");
        }
    }
}
