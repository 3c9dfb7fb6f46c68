//! A page in the language of `man`.

use std::fmt::Write as _;

use super::{Block, Inline, Page, records};

/// Returns it as the page of `name` in `section` of the manual, which `what` says in a line.
pub fn page(page: &Page, name: &str, section: u8, what: &str) -> String {
    let mut out = format!(
        ".TH {} {section} \"\" \"cargo-relprep {}\"\n.SH NAME\n{} \\- {}\n",
        name.to_uppercase(),
        env!("CARGO_PKG_VERSION"),
        escaped(name),
        escaped(what)
    );
    let mut is_first = false;
    for block in &page.0 {
        out += &written(block, is_first);
        is_first = matches!(block, Block::Section(_) | Block::Subsection(_));
    }
    out
}

/// Returns a block; the first of a section needs nothing to part it from what is before.
fn written(block: &Block, is_first: bool) -> String {
    let apart = if is_first { "" } else { ".PP\n" };
    match block {
        Block::Section(text) => format!(".SH {}\n", escaped(&text.to_uppercase())),
        Block::Subsection(text) => format!(".SS {}\n", escaped(text)),
        Block::Paragraph(spans) => format!("{apart}{}", line(spans)),
        Block::Item(spans) => format!(".IP \\(bu 2\n{}", line(spans)),
        Block::Code(text) => format!("{apart}.RS 4\n{}.RE\n", code(text)),
        Block::Table(rows) => records(rows).iter().map(|row| written(row, true)).collect(),
        Block::Term(term, about) => {
            let mut out = format!(".TP\n{}", line(term));
            for (at, block) in about.iter().enumerate() {
                let gap = if at > 0 { ".br\n" } else { "" };
                let _ = match block {
                    Block::Code(text) => write!(out, "{}", code(text)),
                    Block::Item(spans) => write!(out, ".br\n\\(bu {}", line(spans)),
                    Block::Paragraph(spans) => write!(out, "{gap}{}", line(spans)),
                    block => write!(out, "{}", written(block, true)),
                };
            }
            out
        }
    }
}

fn code(text: &str) -> String {
    let lines: String = text.lines().map(|line| protected(&escaped(line)) + "\n").collect();
    format!(".EX\n{lines}.EE\n")
}

fn line(spans: &[Inline]) -> String {
    let text = inline(spans);
    protected(text.trim()) + "\n"
}

fn inline(spans: &[Inline]) -> String {
    let span = |span: &Inline| match span {
        Inline::Text(text) => escaped(text),
        Inline::Code(text) | Inline::Strong(text) => format!("\\fB{}\\fP", escaped(text)),
    };
    spans.iter().map(span).collect()
}

/// Returns text of which nothing is an escape, and whose hyphens can be copied.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-")
}

/// Returns a line that is no request, however it begins.
fn protected(line: &str) -> String {
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() }
}
