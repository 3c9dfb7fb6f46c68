//! Every changed line, as a unified diff.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::{BOLD, DIM, NEW, OLD};
use crate::plan::files::FileChange;
use crate::text::escaped;

/// Returns the changes of `files` as a unified diff with three lines of context, with styles.
pub fn unified(files: &[FileChange]) -> String {
    let mut out = String::new();
    for file in files {
        one(&mut out, file);
    }
    out
}

fn one(out: &mut String, file: &FileChange) {
    let before = file.before.as_deref().unwrap_or_default();
    let path = escaped(file.path.as_str());
    let old = file.before.as_ref().map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}"));
    let _ = writeln!(out, "{BOLD}--- {old}{BOLD:#}\n{BOLD}+++ b/{path}{BOLD:#}");
    let diff = TextDiff::from_lines(before, &file.after);
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        let _ = writeln!(out, "{DIM}{}{DIM:#}", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', OLD),
                ChangeTag::Insert => ('+', NEW),
                ChangeTag::Equal => (' ', anstyle::Style::new()),
            };
            let line = escaped(change.value().trim_end_matches(['\r', '\n']));
            let _ = writeln!(out, "{style}{sign}{line}{style:#}");
            if change.missing_newline() {
                let _ = writeln!(out, "\\ No newline at end of file");
            }
        }
    }
}
