//! A page on a terminal.

use std::fmt::Write as _;

use super::{Block, Inline, Page, records};
use crate::render::BOLD;
use crate::render::table::{Table, width as columns};

/// Returns it for a terminal `width` columns wide, with styles.
pub fn page(page: &Page, width: usize) -> String {
    let mut out = String::new();
    let mut before: Option<&Block> = None;
    for block in &page.0 {
        let is_list = matches!((before, block), (Some(Block::Item(_)), Block::Item(_)));
        if before.is_some() && !is_list {
            out.push('\n');
        }
        out += &shown(block, width, "");
        before = Some(block);
    }
    out
}

fn shown(block: &Block, width: usize, indent: &str) -> String {
    match block {
        Block::Section(text) | Block::Subsection(text) => format!("{BOLD}{text}{BOLD:#}\n"),
        Block::Paragraph(spans) => wrapped(spans, width, indent, indent),
        Block::Item(spans) => wrapped(spans, width, &format!("{indent}  * "), &format!("{indent}    ")),
        Block::Code(text) => code(text, &format!("{indent}    ")),
        Block::Table(rows) => table(rows, width),
        Block::Term(term, about) => {
            let term = wrapped(term, width, indent, indent);
            let inner = format!("{indent}    ");
            about.iter().fold(term, |out, block| {
                out + &match block {
                    Block::Code(text) => code(text, &inner),
                    block => shown(block, width, &inner),
                }
            })
        }
    }
}

fn code(text: &str, indent: &str) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{}", format!("{indent}{line}").trim_end());
        out
    })
}

/// Returns rows as a table, or, where that is too wide, each as its cells below each other.
fn table(rows: &[Vec<Vec<Inline>>], width: usize) -> String {
    let cells = |row: &[Vec<Inline>]| row.iter().map(|cell| flat(cell)).collect::<Vec<_>>();
    let mut table = Table::new("  ");
    for (at, row) in rows.iter().enumerate() {
        let style = if at == 0 { BOLD } else { anstyle::Style::new() };
        table.row("  ", style, cells(row));
    }
    if table.width() <= width {
        return table.to_string();
    }
    records(rows).iter().map(|row| shown(row, width, "  ")).collect()
}

fn flat(spans: &[Inline]) -> String {
    spans.iter().map(|span| marked(span, span.text())).collect()
}

fn marked(span: &Inline, text: &str) -> String {
    match span {
        Inline::Code(_) => format!("`{text}`"),
        Inline::Text(_) | Inline::Strong(_) => text.to_owned(),
    }
}

/// Returns a text in lines no wider than `width`, the first behind `first` and the others behind `rest`.
fn wrapped(spans: &[Inline], width: usize, first: &str, rest: &str) -> String {
    let mut out = first.to_owned();
    let mut used = columns(first);
    let mut is_begin = true;
    for (word, is_strong) in words(spans) {
        let wide = columns(&word);
        if !is_begin && used + 1 + wide > width {
            out = format!("{out}\n{rest}");
            used = columns(rest);
        } else if !is_begin {
            out.push(' ');
            used += 1;
        }
        let _ = if is_strong { write!(out, "{BOLD}{word}{BOLD:#}") } else { write!(out, "{word}") };
        (used, is_begin) = (used + wide, false);
    }
    out + "\n"
}

/// Returns the words of a text, and whether each stands out; code is divided only at its blanks.
fn words(spans: &[Inline]) -> Vec<(String, bool)> {
    let mut words: Vec<(String, bool)> = Vec::new();
    let mut is_open = false;
    for span in spans {
        let text = marked(span, span.text());
        let is_strong = matches!(span, Inline::Strong(_));
        for (at, part) in text.split(' ').enumerate() {
            match words.last_mut() {
                Some((word, strong)) if at == 0 && is_open && !part.is_empty() => {
                    word.push_str(part);
                    *strong |= is_strong;
                }
                _ if part.is_empty() => {}
                _ => words.push((part.to_owned(), is_strong)),
            }
            is_open = !part.is_empty();
        }
    }
    words
}
