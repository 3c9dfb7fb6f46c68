//! What a section says about its release.

use std::ops::Range;

use chrono::NaiveDate;

use super::day::DayForm;
use super::style::Style;

/// Whether a section's version is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionState {
    /// Not yet.
    Unreleased,
    /// On that day.
    Released(NaiveDate),
}

/// Where a section says its state, and in which form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatePlace {
    pub(super) state: SectionState,
    /// What changes when the state does, without the marks and full stop around it.
    pub(super) at: Range<usize>,
    /// The day in it.
    pub(super) day: Option<(Range<usize>, DayForm)>,
}

impl StatePlace {
    /// Returns what says of `date` what this says of its own day; `None` if it has none.
    pub(super) fn restated(&self, text: &str, date: NaiveDate) -> Option<String> {
        let (day, form) = self.day.as_ref()?;
        Some([&text[self.at.start..day.start], &form.write(date), &text[day.end..self.at.end]].concat())
    }
}

/// What headings of projects say in place of a day that is not known yet, beside the style's own word.
const NOT_YET: [&str; 7] = [
    "not yet released",
    "not released yet",
    "in development",
    "unreleased",
    "releasedate",
    "yyyy-mm-dd",
    "tbd",
];

/// What may stand before the day of a release, `on` not as the first word.
const BEFORE_DAY: [&str; 5] = ["on", "released", "release", "date", "published"];

/// A state at the beginning of a text.
struct StateWords {
    state: SectionState,
    len: usize,
    day: Option<(Range<usize>, DayForm)>,
}

impl StateWords {
    fn at(self, start: usize) -> StatePlace {
        StatePlace {
            state: self.state,
            at: start..start + self.len,
            day: self.day.map(|(range, form)| (start + range.start..start + range.end, form)),
        }
    }
}

/// Reads a line that says the state and, unless released, nothing else.
pub(super) fn in_line(text: &str, line: &Range<usize>, style: &Style) -> Option<StatePlace> {
    let content = &text[line.clone()];
    let marks =
        content.char_indices().take_while(|(_, c)| !c.is_alphanumeric()).map(|(at, c)| at + c.len_utf8());
    let first = content.find(char::is_alphanumeric).unwrap_or_default();
    let (start, said) = std::iter::once(0)
        .chain(marks)
        .find_map(|start| Some((start, worded(&content[start..], style)?)))
        .or_else(|| Some((first, in_other_words(&content[first..])?)))?;
    let may_go_on = said.day.as_ref().is_some_and(|(day, _)| day.start > 0);
    let ends = may_go_on || !content[start + said.len..].contains(char::is_alphanumeric);
    ends.then(|| said.at(line.start + start))
}

/// Reads the state where it is part of a heading: in the `part` of it before or after the version.
pub(super) fn in_title(text: &str, part: &Range<usize>, style: &Style) -> Option<StatePlace> {
    let content = &text[part.clone()];
    let mut in_word = false;
    let starts = content.char_indices().filter(|(_, c)| {
        let begins = !in_word;
        in_word = c.is_alphanumeric();
        begins
    });
    starts.map(|(start, _)| start).find_map(|start| {
        let rest = &content[start..];
        let whole = |said: &StateWords| !rest[said.len..].starts_with(char::is_alphanumeric);
        let said = worded(rest, style).or_else(|| in_other_words(rest)).or_else(|| not_yet(rest));
        Some(said.filter(whole)?.at(part.start + start))
    })
}

/// Reads a state at the beginning of `text`, as the style words it.
fn worded(text: &str, style: &Style) -> Option<StateWords> {
    if let Some(rest) = strip_prefix(text, &style.unreleased) {
        return Some(StateWords { state: SectionState::Unreleased, len: text.len() - rest.len(), day: None });
    }
    let (before, after) = &style.released;
    let from = text.len() - strip_prefix(text, before)?.len();
    let (date, len, form) = DayForm::read(&text[from..])?;
    let rest = strip_prefix(&text[from + len..], after)?;
    let ends = !rest.starts_with(char::is_alphanumeric);
    ends.then(|| StateWords {
        state: SectionState::Released(date),
        len: text.len() - rest.len(),
        day: Some((from..from + len, form)),
    })
}

/// Reads a day at the beginning of `text`, or after words that introduce the day of a release.
fn in_other_words(text: &str) -> Option<StateWords> {
    let mut at = 0;
    for _ in 0..=BEFORE_DAY.len() {
        let rest = &text[at..];
        if let Some((date, len, form)) = DayForm::read(rest) {
            let state = SectionState::Released(date);
            return Some(StateWords { state, len: at + len, day: Some((at..at + len, form)) });
        }
        let length = rest.find(|c: char| !c.is_alphabetic())?;
        let mut known = BEFORE_DAY.iter().skip(usize::from(at == 0));
        let is_known = known.any(|known| known.eq_ignore_ascii_case(&rest[..length]));
        let next = rest[length..].trim_start_matches([' ', ':', '*', '_']);
        at = if is_known { text.len() - next.len() } else { return None };
    }
    None
}

fn not_yet(text: &str) -> Option<StateWords> {
    let len = NOT_YET.iter().find_map(|word| strip_prefix(text, word).map(|_| word.len()))?;
    Some(StateWords { state: SectionState::Unreleased, len, day: None })
}

fn strip_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let begins = text.get(..prefix.len())?.eq_ignore_ascii_case(prefix);
    begins.then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::RepoPath;

    fn style() -> Style {
        Style::default_for(&RepoPath::new("N.md").unwrap())
    }

    fn day() -> SectionState {
        SectionState::Released(NaiveDate::from_ymd_opt(2025, 8, 20).unwrap())
    }

    #[test]
    fn a_line_says_the_state_in_any_markup() {
        for (line, said) in [
            ("Unreleased.", Some((SectionState::Unreleased, "Unreleased"))),
            ("*unreleased*", Some((SectionState::Unreleased, "unreleased"))),
            ("**Released 2025-08-20.**", Some((day(), "Released 2025-08-20"))),
            ("_Released 2025-08-20_, with thanks", Some((day(), "Released 2025-08-20"))),
            ("Unreleased changes", None),
            ("Released 2025-08-201", None),
            ("Released 2025-13-20.", None),
            ("Released in 2025", None),
            ("*2025-08-20*", Some((day(), "2025-08-20"))),
            ("**Release date:** August 20th, 2025.", Some((day(), "Release date:** August 20th, 2025"))),
            ("Released on 20 Aug 2025", Some((day(), "Released on 20 Aug 2025"))),
            ("2025-08-20 was a day", None),
            ("On 2025-08-20 it was", None),
            ("", None),
        ] {
            let found = in_line(line, &(0..line.len()), &style());
            assert_eq!(found.map(|said| (said.state, &line[said.at])), said, "{line}");
        }
    }

    #[test]
    fn a_heading_says_the_state_among_other_things() {
        for (part, said) in [
            (" (Unreleased)", Some((SectionState::Unreleased, "Unreleased"))),
            ("] - 2025-08-20", Some((day(), "2025-08-20"))),
            (" (Released 2025-08-20)", Some((day(), "Released 2025-08-20"))),
            (" from 2025-08-201", None),
            (" / 2025.08.20", Some((day(), "2025.08.20"))),
            (" (August 20th, 2025)", Some((day(), "August 20th, 2025"))),
            (" - TBD", Some((SectionState::Unreleased, "TBD"))),
            (" xUnreleased", None),
            (" é", None),
        ] {
            let found = in_title(part, &(0..part.len()), &style());
            assert_eq!(found.map(|said| (said.state, &part[said.at])), said, "{part}");
        }
    }
}
