//! What is wrong, where, and how to put it right.

use std::fmt;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;

use crate::path::RepoPath;
use crate::rule::{Rule, Severity};

/// One thing that is wrong (or worth saying), with its place and its remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// What does not hold.
    pub rule: Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong: one sentence that begins with a lower-case letter and has no final full stop.
    pub message: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How to put it right, in the imperative; a command is enclosed in backquotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    /// Makes a finding that weighs what its rule does.
    pub fn of(rule: Rule, message: impl Into<String>) -> Self {
        Self { rule, severity: rule.level, message: message.into(), place: None, remedy: None }
    }

    /// Returns it with another weight.
    #[must_use]
    pub fn weighing(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Returns it as a warning.
    #[must_use]
    pub fn as_warning(self) -> Self {
        self.weighing(Severity::Warning)
    }

    /// Returns it as a warning if `is_less`, as it is otherwise.
    #[must_use]
    pub fn as_warning_if(self, is_less: bool) -> Self {
        if is_less { self.as_warning() } else { self }
    }

    /// Returns it as a note.
    #[must_use]
    pub fn as_note(self) -> Self {
        self.weighing(Severity::Note)
    }

    /// Says on which branch it was found, where several are looked at.
    #[must_use]
    pub fn on(mut self, branch: &str) -> Self {
        self.message = format!("on {branch}: {}", self.message);
        self
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, place: impl Into<Option<Place>>) -> Self {
        self.place = place.into();
        self
    }

    /// Says how to put it right.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// A place in a file: the whole file, or a range of it with the line it begins on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
pub struct Place {
    /// The file, as the user knows it: relative to the repository where it lies inside.
    pub path: String,
    /// The range inside the file; without it, the whole file is meant.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub spot: Option<Spot>,
}

/// A range inside a file, on one line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
pub struct Spot {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The text of that line, without its end.
    pub text: String,
    /// The range in `text`, in bytes.
    #[serde(skip)]
    pub range: Range<usize>,
}

impl Place {
    /// Means the whole of a file.
    pub fn file(path: &RepoPath) -> Self {
        Self { path: path.to_string(), spot: None }
    }

    /// Means the bytes `range` of `text`, the content of `path`; what goes beyond the first line
    /// is cut off.
    pub fn range(path: impl fmt::Display, text: &str, range: Range<usize>) -> Self {
        Places::of(path, text).range(range)
    }

    /// Means the whole of the `line`th line (from 1) of `text`, the content of `path`.
    pub fn line(path: impl fmt::Display, text: &str, line: usize) -> Self {
        Places::of(path, text).line(line)
    }
}

/// The places in one text, of which many are as cheap as one.
#[derive(Clone, Debug)]
pub struct Places<'a> {
    path: String,
    text: &'a str,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    /// Knows the lines of `text`, the content of `path`.
    pub fn of(path: impl fmt::Display, text: &'a str) -> Self {
        let later = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { path: path.to_string(), text, starts: std::iter::once(0).chain(later).collect() }
    }

    /// Returns what [`Place::range`] does.
    pub fn range(&self, range: Range<usize>) -> Place {
        let begin = floor_char_boundary(self.text, range.start);
        let end = floor_char_boundary(self.text, range.end).max(begin);
        let line = self.starts.partition_point(|&start| start <= begin);
        let start = self.starts[line - 1];
        let next = self.starts.get(line).copied().unwrap_or(self.text.len());
        let text = self.text[start..next].trim_end_matches('\n').trim_end_matches('\r');
        let begin = (begin - start).min(text.len());
        let spot = Spot {
            line,
            column: text[..begin].chars().count() + 1,
            text: text.to_owned(),
            range: begin..(end - start).clamp(begin, text.len()),
        };
        Place { path: self.path.clone(), spot: Some(spot) }
    }

    /// Returns what [`Place::line`] does.
    pub fn line(&self, line: usize) -> Place {
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        self.range(start..self.text.len())
    }
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.spot {
            Some(spot) => write!(f, "{}:{}:{}", self.path, spot.line, spot.column),
            None => f.write_str(&self.path),
        }
    }
}

/// The reasons why a command refuses: all of them, so that they can be put right at once.
///
/// It travels as an error; the exit status of a refusal differs from that of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub Vec<Finding>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, finding) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            if let Some(place) = &finding.place {
                write!(f, "{place}: ")?;
            }
            f.write_str(&finding.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

impl Refused {
    /// Refuses for all `findings`, if there are any.
    ///
    /// # Errors
    ///
    /// They.
    pub fn if_any(findings: Vec<Finding>) -> Result<(), Self> {
        if findings.is_empty() { Ok(()) } else { Err(Self(findings)) }
    }

    /// Takes a refusal out of a result, in which any other error stays one.
    ///
    /// # Errors
    ///
    /// That other error.
    pub fn taken_from<T>(result: anyhow::Result<T>) -> anyhow::Result<Result<T, Self>> {
        result.map(Ok).or_else(|error| error.downcast().map(Err))
    }
}

impl From<Finding> for Refused {
    fn from(finding: Finding) -> Self {
        Self(vec![finding])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_shown_on_its_first_line() {
        let text = "a = 1\r\nbö = 2\r\nc";
        let place = Place::range("x.toml", text, 7..text.len());
        assert_eq!(place.to_string(), "x.toml:2:1");
        assert_eq!(place.spot.unwrap().text, "bö = 2");
        assert_eq!(Place::range("x", text, 900..1000).to_string(), "x:3:2");
        assert_eq!(Place::line("x", text, 3).spot.unwrap().range, 0..1);
        let places = Places::of("x", text);
        let lines = (0..6).map(|line| places.line(line).to_string());
        assert_eq!(lines.collect::<Vec<_>>(), ["x:1:1", "x:1:1", "x:2:1", "x:3:1", "x:3:2", "x:3:2"]);
    }
}
