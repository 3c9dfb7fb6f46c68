//! As much of Markdown as tells a heading from a line that only looks like one.
//!
//! Follows the block structure of `CommonMark` 0.31 for what stands at the outer level of the
//! document; what is inside of lists and block quotes is only text here.

use std::ops::Range;

/// One line, or the two lines of an underlined heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The bytes, without the line's end.
    pub(super) range: Range<usize>,
    /// The byte after the line's end, where the next one begins.
    pub(super) end: usize,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing but white space.
    Blank,
    /// A heading.
    Heading(Heading),
    /// A thematic break.
    Rule,
    /// The archive's marker.
    Marker,
    /// Text at the outer level.
    Text,
    /// What belongs to a list, a block quote, code or a comment.
    Other,
}

/// A heading: its level from 1 to 6, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) level: usize,
    /// The text, without the marks that make it a heading.
    pub(super) text: Range<usize>,
    /// The underline of a heading that has one (§4.3), without the line's end.
    pub(super) underline: Option<Range<usize>>,
}

/// Returns the lines of `text` from byte `start` on; together they are all of it. A line that
/// equals `marker` but for white space around it, and is neither code nor comment, is the marker.
pub(super) fn lines(text: &str, start: usize, marker: &str) -> Vec<Line> {
    let mut scanner = Scanner { marker, lines: Vec::new(), state: BlockState::Between, items: Vec::new() };
    let mut at = start;
    for raw in text[start..].split_inclusive('\n') {
        let content = raw.trim_end_matches('\n').trim_end_matches('\r');
        scanner.line(content, at..at + content.len(), at + raw.len());
        at += raw.len();
    }
    scanner.lines
}

/// What the line before has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlockState {
    Between,
    /// A paragraph at the outer level, with its number of lines.
    Paragraph(usize),
    /// Text in a list or a block quote: it goes on in the next line, however that is indented.
    Nested,
    /// A fence of `len` times `mark`, inside of `items` list items.
    Fence {
        mark: u8,
        len: usize,
        items: usize,
    },
    Comment,
}

/// How many list items may begin on one line; nobody nests that deep, and a line that pretends to
/// would take time that is quadratic in its length.
const MOST_ITEMS: usize = 16;

struct Scanner<'m> {
    marker: &'m str,
    lines: Vec<Line>,
    state: BlockState,
    /// For each open list item, from how many columns on a line belongs to it.
    items: Vec<usize>,
}

impl Scanner<'_> {
    fn line(&mut self, content: &str, range: Range<usize>, end: usize) {
        let indent = indent(content);
        let bare = content.trim();
        if let Some(kind) = self.inside(bare, indent) {
            return self.push(kind, range, end);
        }
        if bare.is_empty() {
            self.state = BlockState::Between;
            return self.push(Kind::Blank, range, end);
        }
        self.close_items(indent);
        let outer = self.items.is_empty() && indent < 4;
        if outer && bare == self.marker {
            self.state = BlockState::Between;
            return self.push(Kind::Marker, range, end);
        }
        if outer && self.underline(bare, &range, end) {
            return;
        }
        let kind = self.begin(content, bare, range.start, indent);
        self.push(kind, range, end);
    }

    fn push(&mut self, kind: Kind, range: Range<usize>, end: usize) {
        self.lines.push(Line { range, end, kind });
    }

    /// Returns what a line is inside of code or a comment, and ends those where it does.
    fn inside(&mut self, bare: &str, indent: usize) -> Option<Kind> {
        match self.state {
            BlockState::Comment => {
                if bare.contains("-->") {
                    self.state = BlockState::Between;
                }
                Some(Kind::Other)
            }
            BlockState::Fence { mark, len, items } => {
                if !bare.is_empty() && self.close_items(indent) < items {
                    self.state = BlockState::Between;
                    return None;
                }
                let closing = bare.bytes().all(|byte| byte == mark) && bare.len() >= len;
                if closing && indent < self.items.last().unwrap_or(&0) + 4 {
                    self.state = BlockState::Between;
                }
                Some(Kind::Other)
            }
            BlockState::Between | BlockState::Paragraph(_) | BlockState::Nested => None,
        }
    }

    /// Closes the list items that a line with this indent does not belong to; returns how many
    /// remain.
    fn close_items(&mut self, indent: usize) -> usize {
        while self.items.last().is_some_and(|&column| indent < column) {
            self.items.pop();
        }
        self.items.len()
    }

    /// Makes the line before a heading if this line underlines it.
    fn underline(&mut self, bare: &str, range: &Range<usize>, end: usize) -> bool {
        let level = match bare.as_bytes() {
            [b'=', rest @ ..] if rest.iter().all(|&byte| byte == b'=') => 1,
            [b'-', rest @ ..] if rest.iter().all(|&byte| byte == b'-') => 2,
            _ => return false,
        };
        let BlockState::Paragraph(count) = self.state else { return false };
        self.state = BlockState::Between;
        if count > 1 {
            // A heading of several lines has no version that anybody looks for.
            self.push(Kind::Other, range.clone(), end);
        } else if let Some(line) = self.lines.last_mut() {
            let heading = Heading { level, text: line.range.clone(), underline: Some(range.clone()) };
            *line = Line { range: line.range.start..range.end, end, kind: Kind::Heading(heading) };
        }
        true
    }

    /// Returns what a line is that begins or continues a block.
    fn begin(&mut self, content: &str, bare: &str, start: usize, indent: usize) -> Kind {
        let outer = self.items.is_empty();
        let paragraph = if let BlockState::Paragraph(count) = self.state { count } else { 0 };
        if indent >= 4 + self.items.last().unwrap_or(&0) {
            // Code, or the continuation of a paragraph.
            self.state =
                if paragraph > 0 { BlockState::Paragraph(paragraph + 1) } else { BlockState::Between };
            return if paragraph > 0 { Kind::Text } else { Kind::Other };
        }
        let nested = self.state == BlockState::Nested;
        self.state = BlockState::Between;
        if outer && let Some(heading) = atx(content, start) {
            return Kind::Heading(heading);
        }
        if is_rule(bare) {
            return if outer { Kind::Rule } else { Kind::Other };
        }
        let rest = self.open_items(bare, indent, paragraph > 0);
        if let Some((mark, len)) = fence(rest) {
            self.state = BlockState::Fence { mark, len, items: self.items.len() };
            return Kind::Other;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            if !comment.contains("-->") {
                self.state = BlockState::Comment;
            }
            return Kind::Other;
        }
        if nested || !self.items.is_empty() || bare.starts_with('>') {
            self.state = BlockState::Nested;
            return Kind::Other;
        }
        self.state = BlockState::Paragraph(paragraph + 1);
        Kind::Text
    }

    /// Opens the list items that begin on this line, and returns the rest of it.
    fn open_items<'t>(&mut self, bare: &'t str, indent: usize, in_paragraph: bool) -> &'t str {
        let (mut rest, mut column) = (bare, indent);
        for _ in 0..MOST_ITEMS {
            let Some((len, number)) = bullet(rest) else { break };
            // Only a list that begins with 1 interrupts a paragraph (§5.2).
            if in_paragraph && number.is_some_and(|number| number != 1) || is_rule(rest) {
                break;
            }
            let after = &rest[len..];
            let spaces = after.len() - after.trim_start().len();
            column += len + if (1..5).contains(&spaces) { spaces } else { 1 };
            self.items.push(column);
            if spaces > 4 {
                return "";
            }
            rest = after.trim_start();
        }
        rest
    }
}

/// Returns the columns of white space at the beginning; a tab leads to the next multiple of 4.
fn indent(line: &str) -> usize {
    let white = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t'));
    white.fold(0, |column, byte| if byte == b'\t' { column / 4 * 4 + 4 } else { column + 1 })
}

/// Reads a heading that begins with `#` (§4.2).
fn atx(line: &str, start: usize) -> Option<Heading> {
    let marks = line.trim_start();
    let after = marks.trim_start_matches('#');
    let level = marks.len() - after.len();
    if !(1..=6).contains(&level) || !(after.is_empty() || after.starts_with([' ', '\t'])) {
        return None;
    }
    let text = after.trim();
    let begin = start + line.len() - after.trim_start().len();
    let open = text.trim_end_matches('#');
    let text = if open.is_empty() || open.ends_with([' ', '\t']) { open.trim_end() } else { text };
    Some(Heading { level, text: begin..begin + text.len(), underline: None })
}

/// Returns whether a line without the white space around it is a thematic break (§4.1).
fn is_rule(bare: &str) -> bool {
    let mut marks = bare.bytes().filter(|byte| !matches!(byte, b' ' | b'\t'));
    let Some(first) = marks.next().filter(|first| matches!(first, b'-' | b'*' | b'_')) else { return false };
    let mut count = 1;
    marks.all(|byte| {
        count += 1;
        byte == first
    }) && count >= 3
}

/// Returns the mark and the length of a code fence (§4.5).
fn fence(bare: &str) -> Option<(u8, usize)> {
    let mark = *bare.as_bytes().first().filter(|mark| matches!(mark, b'`' | b'~'))?;
    let len = bare.bytes().take_while(|&byte| byte == mark).count();
    let info = &bare[len..];
    (len >= 3 && !(mark == b'`' && info.contains('`'))).then_some((mark, len))
}

/// Returns the length of a list item's mark at the beginning, and its number if it has one (§5.2).
fn bullet(bare: &str) -> Option<(usize, Option<u32>)> {
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let number =
        if digits > 0 { Some(bare.get(..digits).filter(|n| n.len() < 10)?.parse().ok()?) } else { None };
    let mark = bare.as_bytes().get(digits)?;
    let fits = if digits > 0 { matches!(mark, b'.' | b')') } else { matches!(mark, b'*' | b'-' | b'+') };
    let rest = &bare.as_bytes()[digits + 1..];
    (fits && matches!(rest.first(), None | Some(b' ' | b'\t'))).then_some((digits + 1, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter a line: blank, heading, rule, marker, text, other.
    fn kinds(text: &str) -> String {
        let letter = |line: &Line| match &line.kind {
            Kind::Blank => '.'.to_string(),
            Kind::Heading(heading) => heading.level.to_string(),
            Kind::Rule => '-'.to_string(),
            Kind::Marker => 'M'.to_string(),
            Kind::Text => 't'.to_string(),
            Kind::Other => 'o'.to_string(),
        };
        lines(text, 0, "<!-- M -->").iter().map(letter).collect()
    }

    #[test]
    fn blocks_are_told_apart_as_commonmark_does() {
        for (text, expected) in [
            ("## a\n\ntext\n---\n\n---\n", "2.2.-"),
            ("a\nb\n---\n---", "tto-"),
            ("#a\n####### b\n # c #\n    # d\n", "tt1o"),
            ("    # code\n---", "o-"),
            ("```\n# a\n``\n````\n# b", "oooo1"),
            ("~~~ `x`\n# a\n~~~\n# b", "ooo1"),
            ("``` a`b\n# c", "t1"),
            ("<!-- a\n# b\n--> c\n# d", "ooo1"),
            ("<!-- M -->\n<!--\n<!-- M -->\n", "Moo"),
            ("```\n<!-- M -->\n```\n  <!-- M --> \r\n", "oooM"),
            ("* a\n\n  # b\n  ```\n  # c\n# d", "o.ooo1"),
            ("* a\n---\n> b\n---\n> # c", "o-o-o"),
            ("- - ```\n    # a\n# b", "oo1"),
            ("* * *\n_ _ _ _\n--\n+++", "--tt"),
            ("text\n2. x\n===", "tto"),
            ("text\n1. x\n===", "too"),
            ("* a\nb\n---\n> c\nd\n---\n", "oo-oo-"),
            ("1234567890. x\n===\n", "1"),
            ("=\n-\n===\r\n", "2t"),
            ("", ""),
        ] {
            assert_eq!(kinds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_heading_knows_its_text() {
        for (text, expected) in [
            ("## [1.0.0] ##\n", "[1.0.0]"),
            ("#\n", ""),
            ("# #\n", ""),
            (" #\ta#\r\n", "a#"),
            (" a \r\n==", " a "),
        ] {
            let line = lines(text, 0, "M").remove(0);
            let Kind::Heading(heading) = line.kind else { panic!("{text:?}") };
            assert_eq!(&text[heading.text], expected, "{text:?}");
        }
    }
}
