//! The part of a Markdown file that belongs to the schedule: between two comments.

use std::ops::Range;

use crate::edit::comments::{self, Inside};
use crate::edit::notes::{Outline, next_line};
use crate::edit::splice::{self, Splice};
use crate::finding::{Finding, Places};
use crate::rule;

/// The comment after which the schedule begins; each marker stands alone on its line.
pub const BEGIN: &str = "<!-- relprep schedule -->";
/// The comment before which it ends.
pub const END: &str = "<!-- /relprep schedule -->";

/// Whether a marker without its end can be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It cannot: the next time, nobody would know what to replace.
    Required,
    /// The content takes the place of the one line, as where the file is not written back.
    Optional,
}

/// Returns `text` (the file `path`) with `content` between the markers, which stay; line ends are
/// those of the marker's line. Markers in code are text.
///
/// # Errors
///
/// Findings, with their lines, if there is no marker, or one without the other.
pub fn replace(path: &str, text: &str, content: &str, end: End) -> Result<String, Vec<Finding>> {
    let regions = regions(path, text, end)?;
    if regions.is_empty() {
        let finding =
            Finding::of(rule::MARKER_MISSING, format!("{path} does not say where the schedule goes"));
        return Err(vec![finding.remedy(format!("add the lines `{BEGIN}` and `{END}` to it"))]);
    }
    let block = |(marker, until): (Marker, usize)| {
        Splice::new(marker.end..until, block(content, &text[marker.start..marker.end]))
    };
    Ok(splice::apply(text, regions.into_iter().map(block).collect()))
}

/// Returns each marker that begins the schedule, and where what follows it goes on.
fn regions(path: &str, text: &str, end: End) -> Result<Vec<(Marker, usize)>, Vec<Finding>> {
    let places = Places::of(path, text);
    let mut regions = Vec::new();
    let mut problems =
        misplaced(text).into_iter().map(|(at, inside)| nested(&places, at, inside)).collect::<Vec<_>>();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut markers = markers(text).into_iter().peekable();
    while let Some(marker) = markers.next() {
        let closing = if marker.begins { markers.next_if(|next| !next.begins) } else { None };
        match closing {
            Some(closing) => regions.push((marker, closing.start)),
            None if marker.begins && end == End::Optional => {
                let until = marker.end;
                regions.push((marker, until));
            }
            None => problems.push(unpaired(&places, &marker)),
        }
    }
    if problems.is_empty() { Ok(regions) } else { Err(problems) }
}

/// Returns whether `text` has a marker, be it in a place where nothing can be put.
pub fn is_marked(text: &str) -> bool {
    let begins = || markers(text).iter().any(|marker| marker.begins) || !misplaced(text).is_empty();
    text.contains(BEGIN) && begins()
}

/// Returns the markers that are a part of something, which tables and charts would break.
fn misplaced(text: &str) -> Vec<(Range<usize>, Inside)> {
    comments::nested(text, &[BEGIN, END])
}

/// Returns the content with the line ends of the marker's line, set off by empty lines so that it
/// is Markdown of its own.
fn block(content: &str, marker: &str) -> String {
    let newline = if marker.ends_with("\r\n") { "\r\n" } else { "\n" };
    let before = if marker.ends_with('\n') { newline.to_owned() } else { newline.repeat(2) };
    format!("{before}{}{newline}", content.replace('\n', newline))
}

/// A line that is a marker: where it begins, and where the next line does.
struct Marker {
    begins: bool,
    start: usize,
    end: usize,
}

fn markers(text: &str) -> Vec<Marker> {
    let outline = Outline::parse(text);
    let lines = outline.blocks.iter().flat_map(|block| outline.lines(text, block));
    let marker = |line: Range<usize>| {
        let content = text[line.clone()].trim();
        let is_marker = content == BEGIN || content == END;
        let end = next_line(text, line.end);
        is_marker.then_some(Marker { begins: content == BEGIN, start: line.start, end })
    };
    lines.filter_map(marker).collect()
}

fn nested(places: &Places<'_>, at: Range<usize>, inside: Inside) -> Finding {
    let message = format!("the marker is {}, where the schedule cannot stand", inside.in_words());
    Finding::of(rule::MARKER_MISPLACED, message)
        .at(places.range(at))
        .remedy("put it on a line of its own, with an empty line before it and no indent")
}

fn unpaired(places: &Places<'_>, marker: &Marker) -> Finding {
    let (this, other) = if marker.begins { (BEGIN, END) } else { (END, BEGIN) };
    Finding::of(rule::MARKER_UNPAIRED, format!("`{this}` has no `{other}`"))
        .at(places.range(marker.start..marker.end))
        .remedy(format!("add `{other}`, or remove it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(text: &str) -> Result<String, Vec<Finding>> {
        replace("x.md", text, "new\n", End::Required)
    }

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let text = format!("# A\n{BEGIN}\nold\n{END}\nrest");
        let new = put(&text).unwrap();
        assert_eq!(new, format!("# A\n{BEGIN}\n\nnew\n\n{END}\nrest"));
        assert_eq!(put(&new).unwrap(), new, "a second time changes nothing");
    }

    #[test]
    fn line_ends_are_those_of_the_file() {
        let text = format!("{BEGIN}\r\n{END}\r\n");
        assert_eq!(put(&text).unwrap(), format!("{BEGIN}\r\n\r\nnew\r\n\r\n{END}\r\n"));
    }

    #[test]
    fn a_marker_in_a_code_block_is_text() {
        let fenced = format!("~~~~\n~~~\n{BEGIN}\n~~~~\n```x\n{END}\n```\n");
        assert_eq!(put(&fenced).unwrap_err()[0].rule, rule::MARKER_MISSING);
        for text in [
            format!("    {BEGIN}\n    {END}\n"),
            format!("<!--\n{BEGIN}\n"),
            format!("* a\n\n      {BEGIN}\n"),
        ] {
            assert_eq!(put(&text).unwrap_err()[0].rule, rule::MARKER_MISSING, "{text}");
        }
        let both = format!("{fenced}{BEGIN}\n{END}");
        assert_eq!(put(&both).unwrap(), format!("{fenced}{BEGIN}\n\nnew\n\n{END}"));
    }

    #[test]
    fn a_marker_in_markup_is_one_and_a_marker_in_a_list_is_out_of_place() {
        let text = format!("<div>\n{BEGIN}\n\n{END}\n");
        assert_eq!(put(&text).unwrap(), format!("<div>\n{BEGIN}\n\nnew\n\n{END}\n"));
        for (text, spot) in [
            (format!("* a\n  {BEGIN}\n\n{END}\n"), (2, 3)),
            (format!("> b\n>\n> {BEGIN}\n\n{END}\n"), (3, 3)),
            (format!("|a|b|\n|-|-|\n|c|{BEGIN}|\n"), (3, 4)),
            (format!("# A\n\nSee {BEGIN}\n"), (3, 5)),
        ] {
            let findings = put(&text).unwrap_err();
            let found = findings[0].place.as_ref().unwrap().spot.as_ref().unwrap();
            assert_eq!(
                (findings[0].rule, (found.line, found.column)),
                (rule::MARKER_MISPLACED, spot),
                "{text}"
            );
            assert!(is_marked(&text));
        }
        assert!(!is_marked(&format!("Write `{BEGIN}`.\n")));
    }

    #[test]
    fn a_marker_alone_is_reported_with_its_line() {
        for (text, line) in [
            (format!("a\n{END}\n{BEGIN}\n"), [2, 3].as_slice()),
            (format!("{BEGIN}\n{BEGIN}\n{END}\n"), &[1]),
        ] {
            let lines: Vec<_> = put(&text)
                .unwrap_err()
                .into_iter()
                .map(|finding| finding.place.unwrap().spot.unwrap().line)
                .collect();
            assert_eq!(lines, line);
        }
    }

    #[test]
    fn one_marker_suffices_where_nothing_is_written_back() {
        let put = |text: &str| replace("x.md", text, "new\n", End::Optional).unwrap();
        assert_eq!(put(&format!("a\n{BEGIN}")), format!("a\n{BEGIN}\n\nnew\n\n"));
        assert_eq!(put(&format!("{BEGIN}\nold\n{END}\n")), format!("{BEGIN}\n\nnew\n\n{END}\n"));
    }
}
