//! Tags, planned and made.

use std::fmt::Write as _;

use super::outcome::{to_push, undo};
use super::{BOLD, DIM, mark};
use crate::git::tags::TagForm;
use crate::ops::tag::PlannedTag;
use crate::text::escaped;

/// Returns the tags that are to be made as text, with styles.
pub fn human(tags: &[PlannedTag]) -> String {
    let mut out = String::new();
    if !tags.is_empty() {
        let _ = writeln!(out, "{BOLD}Tags{BOLD:#}");
    }
    for tag in tags {
        let kind = match tag.kind {
            TagForm::Lightweight => "lightweight",
            TagForm::Annotated => "annotated",
            TagForm::Signed => "signed",
        };
        let (name, branch) = (escaped(&tag.tag), escaped(&tag.branch));
        let _ = writeln!(out, "  {}  {name}  {DIM}{} of {branch}, {kind}{DIM:#}", mark(true), tag.at.short());
    }
    out
}

/// Returns how what was made is taken back and pushed.
pub fn made(commands: &[String], push: Option<&str>, is_pushed: bool) -> String {
    let mut out = String::new();
    undo(&mut out, commands);
    match push {
        Some(push) if is_pushed => {
            let _ = writeln!(out, "\nPushed, with `{}`.", escaped(push));
        }
        push => to_push(&mut out, push),
    }
    out
}
