//! Pages to read: written in Markdown, or made of what the program knows, and shown by terminals and by `man`.

pub mod roff;
pub mod terminal;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A page: its blocks, from top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page(pub Vec<Block>);

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The heading of a section.
    Section(String),
    /// A heading inside of one.
    Subsection(String),
    /// Running text.
    Paragraph(Vec<Inline>),
    /// An item of a list.
    Item(Vec<Inline>),
    /// What is shown as it is.
    Code(String),
    /// Rows of cells, the first of which is the head.
    Table(Vec<Vec<Vec<Inline>>>),
    /// A term, and what is to be said of it.
    Term(Vec<Inline>, Vec<Block>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// As it is.
    Text(String),
    /// What is typed or printed.
    Code(String),
    /// What stands out.
    Strong(String),
}

impl Inline {
    /// Returns text, in which backquotes enclose code.
    pub fn marked(text: &str) -> Vec<Self> {
        let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
        parts
            .map(
                |(at, part)| {
                    if at % 2 == 1 { Self::Code(part.to_owned()) } else { Self::Text(part.to_owned()) }
                },
            )
            .collect()
    }
}

impl Page {
    /// Reads Markdown; comments in it are for those who keep it.
    pub fn of_markdown(text: &str) -> Self {
        let mut reader = PageReader::default();
        Parser::new_ext(text, Options::ENABLE_TABLES).for_each(|event| reader.take(event));
        Self(reader.blocks)
    }
}

/// What has been read of a text.
#[derive(Default)]
struct PageReader {
    blocks: Vec<Block>,
    spans: Vec<Inline>,
    rows: Vec<Vec<Vec<Inline>>>,
    code: Option<String>,
    strong: bool,
    is_item: bool,
    /// Where the link leads that is open.
    address: Option<String>,
}

impl PageReader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None if self.strong => self.spans.push(Inline::Strong(text.into_string())),
                None => self.spans.push(Inline::Text(text.into_string())),
            },
            Event::Code(text) => self.spans.push(Inline::Code(text.into_string())),
            Event::SoftBreak | Event::HardBreak => self.spans.push(Inline::Text(" ".to_owned())),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.code = Some(String::new());
            }
            Tag::Strong => self.strong = true,
            Tag::Item => self.is_item = true,
            Tag::Link { dest_url, .. } => self.address = Some(dest_url.into_string()),
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Heading(level) => {
                let text: String = self.spans.drain(..).map(|span| span.text().to_owned()).collect();
                let is_section = level <= pulldown_cmark::HeadingLevel::H2;
                self.blocks.push(if is_section { Block::Section(text) } else { Block::Subsection(text) });
            }
            TagEnd::Paragraph if !self.is_item => {
                let spans = std::mem::take(&mut self.spans);
                self.blocks.push(Block::Paragraph(spans));
            }
            TagEnd::Item => {
                let spans = std::mem::take(&mut self.spans);
                self.blocks.push(Block::Item(spans));
                self.is_item = false;
            }
            TagEnd::CodeBlock => self.blocks.extend(self.code.take().map(Block::Code)),
            TagEnd::Strong => self.strong = false,
            TagEnd::Link => {
                self.spans.extend(self.address.take().map(|address| Inline::Text(format!(" <{address}>"))));
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.spans);
                self.rows.last_mut().into_iter().for_each(|row| row.push(cell.clone()));
            }
            TagEnd::Table => self.blocks.push(Block::Table(std::mem::take(&mut self.rows))),
            _ => {}
        }
    }
}

/// Returns rows for where they have no room beside each other: each as its first cell, and below it the others with
/// the titles of their columns, where there are several.
fn records(rows: &[Vec<Vec<Inline>>]) -> Vec<Block> {
    let Some((head, rows)) = rows.split_first() else { return Vec::new() };
    let titled = |cell: &[Inline], title: &[Inline]| {
        let mut spans = title.to_vec();
        if !spans.is_empty() {
            spans.push(Inline::Text(": ".to_owned()));
        }
        spans.extend_from_slice(cell);
        Block::Paragraph(spans)
    };
    let record = |row: &Vec<Vec<Inline>>| {
        let term: String = row.first().into_iter().flatten().map(Inline::text).collect();
        let cells = row.iter().zip(head).skip(1);
        let about = cells.map(|(cell, title)| titled(cell, if head.len() > 2 { title } else { &[] }));
        Block::Term(vec![Inline::Strong(term)], about.collect())
    };
    rows.iter().map(record).collect()
}

impl Inline {
    fn text(&self) -> &str {
        let (Self::Text(text) | Self::Code(text) | Self::Strong(text)) = self;
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "## Why\n\n<!-- kept out -->\nA **b** `c-d`\ne [f](g).\n\n* one\n* two\n  lines\n\n```sh\n.x \\y\n```\n\n\
                        | a | b |\n|---|---|\n| `c` | d |\n";

    #[test]
    fn a_page_is_shown_on_a_terminal() {
        let text = anstream::adapter::strip_str(&terminal::page(&Page::of_markdown(TEXT), 20)).to_string();
        assert_eq!(
            text,
            "Why\n\nA b `c-d` e f <g>.\n\n  * one\n  * two lines\n\n    .x \\y\n\n  a    b\n  `c`  d\n"
        );
    }

    #[test]
    fn a_page_is_shown_by_man() {
        let text = roff::page(&Page::of_markdown(TEXT), "cargo-x", 7, "what it is");
        let (head, body) = text.split_once(".SH WHY\n").unwrap();
        assert!(head.ends_with(".SH NAME\ncargo\\-x \\- what it is\n"), "{head}");
        assert_eq!(
            body,
            "A \\fBb\\fP \\fBc\\-d\\fP e f <g>.\n.IP \\(bu 2\none\n.IP \\(bu 2\ntwo lines\n.PP\n.RS 4\n.EX\n\\&.x \\ey\n.EE\n.RE\n\
             .TP\n\\fBc\\fP\nd\n"
        );
    }
}
