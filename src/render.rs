//! Plans, outcomes and findings, in each output format.

pub mod backport;
pub mod diff;
pub mod finding;
pub mod json;
mod keys;
pub mod manual;
pub mod mdbook;
pub mod outcome;
pub mod page;
pub mod plan;
pub mod replay;
pub mod report;
pub mod rules;
pub mod schedule;
pub mod schema;
pub mod status;
mod table;
pub mod tag;
pub mod topics;
pub mod workflows;

use anstyle::{AnsiColor, Style};

use crate::text::is_hidden;

/// What stands out.
pub(crate) const BOLD: Style = Style::new().bold();
/// What comes.
pub(crate) const NEW: Style = AnsiColor::Green.on_default();
/// What goes.
pub(crate) const OLD: Style = AnsiColor::Red.on_default();
/// What is said by the way.
pub(crate) const DIM: Style = Style::new().dimmed();

/// Returns what marks a branch that is made among those that move.
pub(crate) fn mark(is_new: bool) -> String {
    if is_new { format!("{NEW}new{NEW:#}") } else { "   ".to_owned() }
}

/// Returns `text` as Markdown that shows it as it is: no markup, no HTML and no comment begins in it.
pub(crate) fn markdown_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '<' | '>' | '&' | '[' | ']' | '|' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Returns `text` for the content and the quoted attributes of HTML and XML, without the characters
/// that XML 1.0 does not know.
pub(crate) fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // A log obeys `##[`.
            '[' => out.push_str("&#91;"),
            '\n' | '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if is_hidden(c) => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_not_read_as_markdown() {
        assert_eq!(
            markdown_text("a <!-- b --> [c](d) `e` | f_g ~~h~~ &lt;"),
            "a \\<!-- b --\\> \\[c\\](d) \\`e\\` \\| f\\_g \\~\\~h\\~\\~ \\&lt;"
        );
    }

    #[test]
    fn markup_in_a_name_is_text() {
        assert_eq!(markup("<a href=\"x\">&'\u{1}[\n"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&#91; ");
    }
}
