//! The block structure of a Markdown text, as ranges of its bytes.
//!
//! The one owner of what a heading is: pulldown-cmark reads the text as `CommonMark` has it, and its
//! offsets are kept. What is inside of a list or a block quote is part of that one block.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The blocks at the outer level of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The blocks in their order; between them is nothing but blank lines.
    pub blocks: Vec<MarkdownBlock>,
    /// Code, and what follows the first line of an HTML comment, `<pre>` or the like, at whatever depth.
    hidden: Vec<Range<usize>>,
}

/// One block: whole lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkdownBlock {
    /// The bytes of its lines, without the end of the last one.
    pub range: Range<usize>,
    /// Where the line after it begins.
    pub next: usize,
    /// What it is.
    pub kind: BlockKind,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading of one line, not counting its underline.
    Heading(Heading),
    /// A thematic break.
    Rule,
    /// A paragraph, or a heading of several lines: its author meant the underline for a rule.
    Paragraph,
    /// The definition of a link's label: `[36.0.0]: https://example.org`.
    Definition,
    /// A list, with the lines of each of its items; what is nested is part of these.
    List(Vec<Range<usize>>),
    /// A block quote.
    Quote,
    /// Code, indented or fenced.
    Code,
    /// HTML: markup, a comment.
    Html,
}

/// A heading: its level from 1 to 6, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The level.
    pub level: usize,
    /// The text, without the marks that make it a heading.
    pub text: Range<usize>,
    /// The underline of a heading that has one, without the line's end.
    pub underline: Option<Range<usize>>,
}

impl Outline {
    /// Reads the whole of `text`, but for a byte order mark.
    pub fn parse(text: &str) -> Self {
        let bom = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
        Self::of(text, bom..text.len())
    }

    /// Reads the lines in `part` of `text` as if they were alone.
    pub fn of(text: &str, part: Range<usize>) -> Self {
        let source = readable(&text[part.clone()]);
        let parser = Parser::new_ext(&source, Options::empty());
        let in_text = |range: Range<usize>| part.start + range.start..part.start + range.end;
        let definitions = parser.reference_definitions().iter().map(|(_, it)| in_text(it.span.clone()));
        let mut cuts: Vec<usize> = definitions.flat_map(|it| [it.start, it.end]).collect();
        cuts.sort_unstable();
        let outline = Self { blocks: Vec::new(), hidden: Vec::new() };
        let mut builder = OutlineBuilder { text: &text[..part.end], at: part.start, cuts, outline };
        let (mut depth, mut inside) = (0, Vec::new());
        for (event, range) in parser.into_offset_iter() {
            let range = in_text(range);
            match event {
                Event::Start(Tag::CodeBlock(_)) => builder.outline.hidden.push(range.clone()),
                Event::Start(Tag::HtmlBlock) => builder.outline.hidden.extend(hidden(text, &range)),
                _ => {}
            }
            depth -= usize::from(matches!(event, Event::End(_)));
            match (&event, depth) {
                (Event::End(_) | Event::Rule, 0) => {
                    builder.take(&event, &range, &inside);
                    inside.clear();
                }
                (Event::End(_), _) => {}
                (_, 1) => inside.push(range),
                _ => {}
            }
            depth += usize::from(matches!(event, Event::Start(_)));
        }
        builder.define(part.end);
        builder.outline
    }

    /// Returns the lines of `block`, without their ends, that are neither blank nor code nor further
    /// lines of a comment.
    pub fn lines(&self, text: &str, block: &MarkdownBlock) -> impl Iterator<Item = Range<usize>> {
        lines(text, &block.range).filter(|line| {
            let content = text[line.clone()].trim_start();
            let at = line.end - content.len();
            let hidden = self.hidden.get(self.hidden.partition_point(|hidden| hidden.end <= at));
            !content.is_empty() && hidden.is_none_or(|hidden| at < hidden.start)
        })
    }

    /// Returns the lines at the outer level that have `content`, and nothing else but white space around
    /// it: in code or further down in a comment, in a list or a quote they do not count, nor where they would be
    /// code if nothing stood before them.
    pub fn lines_with(&self, text: &str, content: &str) -> impl Iterator<Item = Range<usize>> {
        let lines = self.blocks.iter().flat_map(move |block| {
            let nests = matches!(block.kind, BlockKind::List(_) | BlockKind::Quote);
            self.lines(text, block).filter(move |line| !nests || !text[line.clone()].starts_with([' ', '\t']))
        });
        lines.filter(move |line| {
            let line = &text[line.clone()];
            line.trim() == content && !is_code_alone(line)
        })
    }
}

/// Returns whether a line is indented code where no paragraph stands before it, which it would belong to.
fn is_code_alone(line: &str) -> bool {
    let rest = line.trim_start_matches(' ');
    line.len() - rest.len() >= 4 || rest.starts_with('\t')
}

/// An outline while it is read, from top to bottom.
struct OutlineBuilder<'t> {
    text: &'t str,
    /// Where the lines begin that no block has yet.
    at: usize,
    /// Where definitions begin and end.
    cuts: Vec<usize>,
    outline: Outline,
}

impl OutlineBuilder<'_> {
    /// Takes the block that ends with `event`, as the parser tells it and what is `inside` of it.
    fn take(&mut self, event: &Event, range: &Range<usize>, inside: &[Range<usize>]) {
        self.define(range.start);
        let mut whole = range.clone();
        let kind = match event {
            Event::End(TagEnd::Heading(level)) => self.heading(*level as usize, range, inside.last()),
            Event::End(TagEnd::List(_)) => {
                let mut at = self.at;
                // The parser counts a definition that follows among the list's own lines.
                whole.end = inside.last().map_or(range.end, |last| last.end);
                let items = inside.iter().map(|item| {
                    let (lines, next) = self.lines_of(at, item);
                    at = next;
                    lines
                });
                BlockKind::List(items.collect())
            }
            Event::End(TagEnd::BlockQuote(_)) => BlockKind::Quote,
            Event::End(TagEnd::CodeBlock) => BlockKind::Code,
            Event::End(TagEnd::HtmlBlock) => BlockKind::Html,
            Event::Rule => BlockKind::Rule,
            _ => BlockKind::Paragraph,
        };
        self.push(&whole, kind);
    }

    fn push(&mut self, range: &Range<usize>, kind: BlockKind) {
        let (range, next) = self.lines_of(self.at, range);
        self.outline.blocks.push(MarkdownBlock { range, next, kind });
        self.at = next;
    }

    /// Takes what stands before `until` as definitions, for which the parser has no event. It does not know
    /// those that repeat a label: they may become one block with others.
    fn define(&mut self, until: usize) {
        let later = &self.cuts[self.cuts.partition_point(|&cut| cut <= self.at)..];
        let cuts: Vec<usize> = later.iter().copied().take_while(|&cut| cut < until).chain([until]).collect();
        for cut in cuts {
            let text = self.text.get(self.at..cut).unwrap_or_default().trim_start_matches(BLANK);
            if !text.is_empty() {
                self.push(&(cut - text.len()..cut), BlockKind::Definition);
            }
        }
    }

    /// Returns the lines that `range` stands on, of those from `from` on, and where the next one begins.
    fn lines_of(&self, from: usize, range: &Range<usize>) -> (Range<usize>, usize) {
        let before = &self.text[from..range.start.max(from)];
        let start = from + before.trim_end_matches([' ', '\t']).len();
        let content = self.text[start..range.end.max(start)].trim_end_matches(BLANK);
        let after = &self.text[start + content.len()..];
        let end = self.text.len() - after.trim_start_matches([' ', '\t']).len();
        (start..end, next_line(self.text, end))
    }

    fn heading(&self, level: usize, range: &Range<usize>, last: Option<&Range<usize>>) -> BlockKind {
        let (whole, _) = self.lines_of(self.at, range);
        let line = &self.text[range.start..whole.end];
        let end = range.start + line.find(['\n', '\r']).unwrap_or(line.len());
        let until = last.map_or(range.start, |last| last.end);
        if until > end {
            return BlockKind::Paragraph;
        }
        let underline = (end < whole.end).then(|| next_line(self.text, end)..whole.end);
        let marks = if underline.is_some() { 0 } else { level };
        let start = end - self.text[range.start + marks..end].trim_start_matches([' ', '\t']).len();
        BlockKind::Heading(Heading { level, text: start..until.max(start), underline })
    }
}

const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// Returns where the line begins after the one that ends at byte `end` of `text`.
pub fn next_line(text: &str, end: usize) -> usize {
    let rest = &text[end..];
    let ends = ["\r\n", "\n", "\r"];
    end + ends.iter().find(|line_end| rest.starts_with(**line_end)).map_or(0, |line_end| line_end.len())
}

/// Returns the lines in a range of whole ones, without their ends.
pub(super) fn lines(text: &str, range: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = range.start;
    text[range.clone()].split(['\n', '\r']).map(move |line| {
        let start = at;
        at += line.len() + 1;
        start..start + line.len()
    })
}

/// Returns what an HTML block has below the line where it turns into something else than markup.
fn hidden(text: &str, html: &Range<usize>) -> Option<Range<usize>> {
    let begins = |line: &Range<usize>| {
        let line = text[line.clone()].trim_start().to_ascii_lowercase();
        let begins =
            ["<!", "<?", "<pre", "<script", "<style", "<textarea"].iter().any(|tag| line.starts_with(tag));
        begins && !line.contains("-->")
    };
    lines(text, html).find(begins).map(|line| line.end..html.end)
}

/// How many bytes of marks may begin a line: lists and quotes that are nested deeper take time for every
/// line that follows, and nobody writes them.
const MOST_MARKS: usize = 100;

/// Returns what the parser reads in linear time in place of `text`, every byte of it in its place.
///
/// A carriage return that stands alone is a line feed there, as `CommonMark` has it. Letters stand for the
/// marks that are too many at the beginning of a line, unless it has nothing else.
fn readable(text: &str) -> String {
    let is_mark = |c: char| c.is_ascii_digit() || " \t>*+-.)".contains(c);
    let mut readable = String::with_capacity(text.len());
    let mut rest = text.split_inclusive(['\n', '\r']).peekable();
    while let Some(line) = rest.next() {
        let content = line.trim_end_matches(['\n', '\r']);
        let marks = content.len() - content.trim_start_matches(is_mark).len();
        if marks > MOST_MARKS && marks < content.len() {
            readable.push_str(&content[..MOST_MARKS]);
            readable.extend(std::iter::repeat_n('x', marks - MOST_MARKS));
            readable.push_str(&content[marks..]);
        } else {
            readable.push_str(content);
        }
        let is_alone = line.ends_with('\r') && rest.peek() != Some(&"\n");
        readable.push_str(if is_alone { "\n" } else { &line[content.len()..] });
    }
    readable
}
