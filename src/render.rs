//! Plans, outcomes and findings, in each output format.

pub mod backport;
pub mod diff;
pub mod finding;
pub mod json;
pub mod mdbook;
pub mod outcome;
pub mod plan;
pub mod report;
pub mod rules;
pub mod schedule;
pub mod status;
mod table;

use anstyle::{AnsiColor, Style};

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

/// Returns `text` with its control characters escaped, except line ends and tabs: names and texts
/// of a repository may come from strangers, and a terminal would obey them. So would a reader those
/// that turn the direction of writing.
pub fn escaped(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    let harmless = |c: char| matches!(c, '\n' | '\t') || !(c.is_control() || turns_direction(c));
    if text.chars().all(harmless) {
        return text.to_owned();
    }
    text.chars().map(|c| if harmless(c) { c.to_string() } else { c.escape_default().to_string() }).collect()
}

/// Returns `text` as [`escaped`] does, on one line whatever it holds: a log obeys lines that begin with
/// `::`, and a file may be named so.
pub(crate) fn on_a_line(text: &str) -> String {
    escaped(text).replace('\n', "\\n").replace('\t', "\\t")
}

/// Returns whether `c` makes what follows it show in another order (Unicode's annex 9, part 2).
pub(crate) fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns `json` with those characters escaped that JSON lets stand and [`escaped`] does not: there
/// are none outside its strings.
pub(crate) fn escaped_json(json: String) -> String {
    let harmful = |c: char| (c != '\n' && c.is_control()) || turns_direction(c);
    if !json.contains(harmful) {
        return json;
    }
    let escape = |c: char| if harmful(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    json.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_that_a_repository_says() {
        assert_eq!(escaped("a\u{1b}[31mb\r\n\tc"), "a\\u{1b}[31mb\\r\n\tc");
        assert_eq!(escaped("é\u{9b}\u{202e}b"), "é\\u{9b}\\u{202e}b");
        assert_eq!(on_a_line("a\n::error::\tb\u{1b}"), "a\\n::error::\\tb\\u{1b}");
    }

    #[test]
    fn json_says_the_same_without_such_characters() {
        let json = serde_json::to_string("a\u{1b}\u{7f}\u{9b}\u{202e}é\n").unwrap();
        let shown = escaped_json(json.clone());
        assert_eq!(shown, r#""a\u001b\u007f\u009b\u202eé\n""#);
        let read = |json: &str| serde_json::from_str::<String>(json).unwrap();
        assert_eq!(read(&shown), read(&json));
    }
    #[test]
    fn a_text_is_not_read_as_markdown() {
        assert_eq!(
            markdown_text("a <!-- b --> [c](d) `e` | f_g ~~h~~ &lt;"),
            "a \\<!-- b --\\> \\[c\\](d) \\`e\\` \\| f\\_g \\~\\~h\\~\\~ \\&lt;"
        );
    }
}
