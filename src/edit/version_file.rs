//! Versions outside the manifests: one line of a text file at a time, found by what it must say now
//! and replaced by what it must say then.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;

use super::splice::{self, Splice};
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;
use crate::template::{Placeholder, Template, Values};

/// What a line of a version file looks like: `#define WASMTIME_VERSION "{version}"`.
///
/// Where it leaves the day open, any day will do before, and it is that of the release after. It stands for a
/// whole line. White space at the beginning or end of the file's line does not
/// matter, unless the pattern begins or ends with white space itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    written: String,
    template: Template,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// A placeholder that is none of [`Placeholder::OF_VERSION`] and not that of the day, no placeholder at all,
    /// more than one line; without place.
    pub fn parse(written: &str) -> Result<Self, Vec<Finding>> {
        let known: Vec<Placeholder> =
            Placeholder::OF_VERSION.iter().copied().chain([Placeholder::Date]).collect();
        let template = Template::parse(written, &known)?;
        if written.contains(['\n', '\r']) {
            let finding = Finding::of(rule::VERSION_FILE_PATTERN, "the pattern has more than one line");
            return Err(vec![finding.remedy("give each line a pattern of its own")]);
        }
        if template.placeholders().next().is_none() {
            let message = format!("the pattern `{written}` has no placeholder");
            let finding = Finding::of(rule::VERSION_FILE_PATTERN, message);
            return Err(vec![finding.remedy("write `{version}` where the version stands")]);
        }
        Ok(Self { written: written.to_owned(), template })
    }

    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Returns whether a line of `text` has the pattern, with whatever version.
    pub fn is_in(&self, text: &str) -> bool {
        lines(text).any(|line| self.template.read(&text[self.core(text, &line)]).is_some())
    }

    /// Returns whether `line` is the pattern with what is known in `values`; any day will do.
    fn is_at(&self, line: &str, values: &Values) -> bool {
        match self.template.placeholders().any(|open| open == Placeholder::Date) {
            false => self.template.render(values) == line,
            true => self.template.read(line).is_some_and(|found| {
                let values = Values { date: found.date, ..values.clone() };
                self.template.render(&values) == line
            }),
        }
    }

    /// Returns `line`, which has the pattern, with `values`; a day that they do not know stays.
    fn moved(&self, line: &str, values: &Values) -> String {
        let day = || self.template.read(line).and_then(|found| found.get(Placeholder::Date));
        self.template.render_with(|open| values.get(open).or_else(day))
    }

    /// Returns the part of the line at `line` that the pattern speaks of.
    fn core(&self, text: &str, line: &Range<usize>) -> Range<usize> {
        let mut core = line.clone();
        if !self.written.starts_with(char::is_whitespace) {
            core.start = core.end - text[core.clone()].trim_start().len();
        }
        if !self.written.ends_with(char::is_whitespace) {
            core.end = core.start + text[core.clone()].trim_end().len();
        }
        core
    }
}

/// Returns `text`, the content of `path`, with each line that `patterns` describe moved from the
/// version in `old` to the one in `new`.
///
/// Several lines that are the same to the last space are all moved: they say the same thing.
///
/// # Errors
///
/// Every pattern whose line is not there, or there with another version, or there more than once
/// and not each time alike, and two patterns that want to make different lines out of one.
pub fn edit(
    path: &RepoPath,
    text: &str,
    patterns: &[Pattern],
    old: &Values,
    new: &Values,
) -> Result<String, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut edits: BTreeMap<usize, Splice> = BTreeMap::new();
    for pattern in patterns {
        let found = find(path, text, pattern, old).unwrap_or_else(|mut wrong| {
            findings.append(&mut wrong);
            Vec::new()
        });
        for line in found {
            let core = pattern.core(text, &line);
            let rendered = pattern.moved(&text[core.clone()], new);
            let moved = [&text[line.start..core.start], &rendered, &text[core.end..line.end]].concat();
            let Splice { with: first, .. } =
                edits.entry(line.start).or_insert_with(|| Splice::new(line.clone(), moved.clone()));
            if *first != moved {
                let message = format!("two patterns make `{first}` and `{moved}` out of this line");
                let finding = Finding::of(rule::VERSION_FILE_AMBIGUOUS, message)
                    .at(Place::range(path, text, line))
                    .remedy("remove one of the two patterns");
                findings.push(finding);
            }
        }
    }
    if findings.is_empty() { Ok(splice::apply(text, edits.into_values().collect())) } else { Err(findings) }
}

/// Returns the byte at which the first line begins that has `pattern` with what is known in `values`.
pub fn position(text: &str, pattern: &Pattern, values: &Values) -> Option<usize> {
    let mut lines = lines(text);
    lines.find(|line| pattern.is_at(&text[pattern.core(text, line)], values)).map(|line| line.start)
}

/// Returns the day that a line of `text` says which one of `patterns` describes, if one does.
pub fn day(text: &str, patterns: &[Pattern]) -> Option<NaiveDate> {
    let said = |pattern: &Pattern| {
        lines(text).find_map(|line| pattern.template.read(&text[pattern.core(text, &line)])?.date)
    };
    patterns.iter().find_map(said)
}

/// Returns what is wrong with `text`, the content of `path`, where `patterns` must have the version
/// in `current`: the errors of [`edit`].
pub fn check(path: &RepoPath, text: &str, patterns: &[Pattern], current: &Values) -> Vec<Finding> {
    patterns.iter().filter_map(|pattern| find(path, text, pattern, current).err()).flatten().collect()
}

/// Returns the lines that have the pattern with the version in `values`, or what is wrong.
fn find(
    path: &RepoPath,
    text: &str,
    pattern: &Pattern,
    values: &Values,
) -> Result<Vec<Range<usize>>, Vec<Finding>> {
    let hits: Vec<Range<usize>> =
        lines(text).filter(|line| pattern.is_at(&text[pattern.core(text, line)], values)).collect();
    let Some(first) = hits.first() else {
        let expected = pattern.template.render(values);
        return Err(vec![missing(path, text, pattern, values, &expected)]);
    };
    match hits.iter().find(|line| text[(*line).clone()] != text[first.clone()]) {
        Some(other) => Err(vec![ambiguous(path, text, pattern, other.clone())]),
        None => Ok(hits),
    }
}

/// Returns the lines without their ends, and without the byte order mark of the file.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut next = bom;
    text[bom..].split_inclusive('\n').map(move |line| {
        let start = next;
        next += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        start..start + line.strip_suffix('\r').unwrap_or(line).len()
    })
}

fn ambiguous(path: &RepoPath, text: &str, pattern: &Pattern, other: Range<usize>) -> Finding {
    let message =
        format!("`{}` describes several lines, and this one is indented unlike the first", pattern.as_str());
    Finding::of(rule::VERSION_FILE_AMBIGUOUS, message)
        .at(Place::range(path, text, other))
        .remedy("begin the pattern with the white space of the line that is meant, or give each its own")
}

fn missing(path: &RepoPath, text: &str, pattern: &Pattern, values: &Values, expected: &str) -> Finding {
    let other = lines(text).find_map(|line| {
        let found = pattern.template.read(&text[pattern.core(text, &line)])?;
        Some((line, found))
    });
    let Some((line, found)) = other else {
        return Finding::of(rule::VERSION_FILE_MISSING, format!("no line reads `{expected}`"))
            .at(Place::file(path))
            .remedy(format!("restore the line, or correct the pattern `{}`", pattern.as_str()));
    };
    let differing = pattern.template.placeholders().find(|open| found.get(*open) != values.get(*open));
    let say = |values: &Values| differing.and_then(|open| values.get(open)).unwrap_or_default();
    let message = format!("this line has `{}` where `{}` is expected", say(&found), say(values));
    Finding::of(rule::VERSION_FILE_VERSION, message)
        .at(Place::range(path, text, line))
        .remedy(format!("correct the line to `{expected}`"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use semver::Version;

    use super::*;

    fn path() -> RepoPath {
        RepoPath::new("include/v.h").unwrap()
    }

    fn patterns(patterns: &[&str]) -> Vec<Pattern> {
        patterns.iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect()
    }

    fn bump(text: &str, lines: &[&str], old: &str, new: &str) -> Result<String, Vec<String>> {
        let values = |text: &str| Values::of(&text.parse::<Version>().unwrap());
        edit(&path(), text, &patterns(lines), &values(old), &values(new)).map_err(|findings| {
            let line = |place: &Place| place.spot.as_ref().map_or(0, |spot| spot.line);
            findings.iter().map(|f| format!("{}: {}", f.place.as_ref().map_or(0, line), f.message)).collect()
        })
    }

    const HEADER: &str = "\u{feff}#define V \"36.0.13\"\r\n  #define V_MAJOR 36 \r\n#define V_MINOR 0\n\
                          #define V_PATCH 13";
    const MACROS: &[&str] = &[
        "#define V \"{version}\"",
        "#define V_MAJOR {major}",
        "#define V_MINOR {minor}",
        "#define V_PATCH {patch}",
    ];

    #[test]
    fn only_the_versions_of_the_described_lines_change() {
        assert_eq!(
            bump(HEADER, MACROS, "36.0.13", "37.0.0").unwrap(),
            "\u{feff}#define V \"37.0.0\"\r\n  #define V_MAJOR 37 \r\n#define V_MINOR 0\n#define V_PATCH 0"
        );
    }

    #[test]
    fn a_line_that_is_missing_or_has_another_version_is_named() {
        assert_eq!(
            bump(HEADER, MACROS, "36.0.12", "36.0.13").unwrap_err(),
            [
                "1: this line has `36.0.13` where `36.0.12` is expected",
                "4: this line has `13` where `12` is expected"
            ]
        );
        assert_eq!(
            bump("v = 1", &["version = {version}"], "1.0.0", "1.0.1").unwrap_err(),
            ["0: no line reads `version = 1.0.0`"]
        );
    }

    #[test]
    fn the_same_line_twice_moves_twice_and_an_indented_one_must_be_told_apart() {
        assert_eq!(
            bump("v 1.0.0\nv 1.0.0\n", &["v {version}"], "1.0.0", "1.0.1").unwrap(),
            "v 1.0.1\nv 1.0.1\n"
        );
        let nested = "  v 1.0.0\n    v 1.0.0\n";
        assert_eq!(
            bump(nested, &["v {version}"], "1.0.0", "1.0.1").unwrap_err(),
            ["2: `v {version}` describes several lines, and this one is indented unlike the first"]
        );
        assert_eq!(bump(nested, &["  v {version}"], "1.0.0", "2.0.0").unwrap(), "  v 2.0.0\n    v 1.0.0\n");
    }

    #[test]
    fn two_patterns_may_meet_in_a_line_if_they_agree() {
        let both = &["v {version}", "v {major}.0.0"];
        assert_eq!(bump("v 1.0.0", both, "1.0.0", "2.0.0").unwrap(), "v 2.0.0");
        assert_eq!(
            bump("v 1.0.0", both, "1.0.0", "1.0.1").unwrap_err(),
            ["1: two patterns make `v 1.0.1` and `v 1.0.0` out of this line"]
        );
        assert_eq!(
            bump("  v 1.0.0", &["v {version}", "  v {version}"], "1.0.0", "2.0.0").unwrap(),
            "  v 2.0.0"
        );
    }

    #[test]
    fn a_pre_release_is_written_whole_or_in_parts() {
        let lines = &["v {version}", "n {plain}", "p \"{pre}\""];
        let text = bump("v 49.0.0-dev\nn 49.0.0\np \"dev\"", lines, "49.0.0-dev", "49.0.0-rc.1").unwrap();
        assert_eq!(text, "v 49.0.0-rc.1\nn 49.0.0\np \"rc.1\"");
        let text = bump(&text, lines, "49.0.0-rc.1", "49.0.0").unwrap();
        assert_eq!(text, "v 49.0.0\nn 49.0.0\np \"\"");
    }

    #[test]
    fn a_day_becomes_that_of_the_release_whatever_it_was() {
        let text = "version: 1.0.0\ndate-released: 2026-01-02\n";
        let lines = patterns(&["version: {version}", "date-released: {date}"]);
        let values = |version: &str, day: Option<&str>| Values {
            date: day.map(|day| day.parse().unwrap()),
            ..Values::of(&version.parse().unwrap())
        };
        let moved = |day| edit(&path(), text, &lines, &values("1.0.0", None), &values("1.0.1", day)).unwrap();
        assert_eq!(moved(Some("2026-02-03")), "version: 1.0.1\ndate-released: 2026-02-03\n");
        assert_eq!(moved(None), "version: 1.0.1\ndate-released: 2026-01-02\n");
        assert_eq!(day(text, &lines), "2026-01-02".parse().ok());
        assert!(!lines[1].is_in("date-released: soon") && lines[1].is_in(text));
        assert!(
            edit(&path(), "date-released: soon", &lines[1..], &values("1.0.0", None), &values("1.0.1", None))
                .is_err()
        );
    }

    #[test]
    fn a_pattern_needs_a_placeholder_and_one_line() {
        for wrong in ["v = 1", "{versoin}", "{name}", "{version}\n", ""] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn no_file_makes_the_edit_panic_and_an_edit_to_the_same_version_keeps_all(
            text in "(\u{feff})?([ \tv0-9.é\r\n\u{2028}]|1\\.0\\.0){0,40}",
        ) {
            if let Ok(same) = bump(&text, &["v {version}"], "1.0.0", "1.0.0") {
                prop_assert_eq!(same, text);
            }
        }
    }
}
