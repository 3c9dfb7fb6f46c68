//! What a section says about its release.

use std::ops::Range;

use chrono::NaiveDate;

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
    pub(super) form: Form,
}

/// The form in which a state is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the style words it.
    Worded,
    /// As nothing but a date, which is possible in a heading only.
    Date,
}

impl Form {
    /// Returns the text that says that a version was released on `date`.
    pub(super) fn released(self, style: &Style, date: NaiveDate) -> String {
        match self {
            Self::Worded => style.released_on(date),
            Self::Date => date.to_string(),
        }
    }
}

/// Reads a line that says the state and, unless released, nothing else.
pub(super) fn in_line(text: &str, line: &Range<usize>, style: &Style) -> Option<StatePlace> {
    let content = &text[line.clone()];
    let marks =
        content.char_indices().take_while(|(_, c)| !c.is_alphanumeric()).map(|(at, c)| at + c.len_utf8());
    let (start, (state, len)) =
        std::iter::once(0).chain(marks).find_map(|start| Some((start, worded(&content[start..], style)?)))?;
    let rest = &content[start + len..];
    let ends = match state {
        SectionState::Unreleased => !rest.contains(char::is_alphanumeric),
        SectionState::Released(_) => true,
    };
    let at = line.start + start..line.start + start + len;
    ends.then_some(StatePlace { state, at, form: Form::Worded })
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
        let whole = |len: &usize| !rest[*len..].starts_with(char::is_alphanumeric);
        let (state, len, form) = worded(rest, style)
            .map(|(state, len)| (state, len, Form::Worded))
            .or_else(|| Some((SectionState::Released(date(rest)?), 10, Form::Date)))
            .filter(|(_, len, _)| whole(len))?;
        Some(StatePlace { state, at: part.start + start..part.start + start + len, form })
    })
}

/// Reads a state at the beginning of `text`, as the style words it, and its length.
fn worded(text: &str, style: &Style) -> Option<(SectionState, usize)> {
    if let Some(rest) = strip_prefix(text, &style.unreleased) {
        return Some((SectionState::Unreleased, text.len() - rest.len()));
    }
    let (before, after) = &style.released;
    let rest = strip_prefix(text, before)?;
    let date = date(rest)?;
    let rest = strip_prefix(&rest[10..], after)?;
    let ends = !rest.starts_with(char::is_alphanumeric);
    ends.then_some((SectionState::Released(date), text.len() - rest.len()))
}

/// Reads a date of ten characters at the beginning of `text`.
fn date(text: &str) -> Option<NaiveDate> {
    let date = text.get(..10).filter(|date| date.starts_with(|c: char| c.is_ascii_digit()))?;
    NaiveDate::parse_from_str(date, "%Y-%m-%d").ok().filter(|parsed| parsed.to_string() == date)
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
            ("2025-08-20", None),
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
            (" xUnreleased", None),
            (" é", None),
        ] {
            let found = in_title(part, &(0..part.len()), &style());
            assert_eq!(found.map(|said| (said.state, &part[said.at])), said, "{part}");
        }
    }
}
