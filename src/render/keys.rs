//! The keys of the configuration, to read.

use super::page::{Block, Inline};
use crate::config::keys::{KEYS, Key, Kind};
use crate::rule::{self, Rule};

/// Returns what is to be said of every key, those of a table together.
pub(super) fn blocks() -> Vec<Block> {
    let mut blocks = vec![Block::Section("Keys".to_owned())];
    blocks.extend(KEYS.iter().map(block));
    blocks
}

fn block(key: &Key) -> Block {
    let term = vec![Inline::Strong(key.name.to_owned()), Inline::Text(format!(" ({})", key.kind.in_words()))];
    let mut about = vec![Block::Paragraph(Inline::marked(key.meaning))];
    if key.is_required() {
        about.push(Block::Paragraph(vec![Inline::Text("It must be given.".to_owned())]));
    } else if !key.default.is_empty() {
        about.push(Block::Paragraph(Inline::marked(&format!("Default: {}.", key.default))));
    }
    about.push(Block::Code(key.line()));
    if key.kind == Kind::Levels {
        let named = |rule: &Rule| format!("`{}` ({})", rule.name, rule.level.as_str());
        let rules: Vec<String> = rule::CHECKED.iter().map(named).collect();
        about.push(Block::Paragraph(Inline::marked(&format!(
            "The rules, and their own levels: {}.",
            rules.join(", ")
        ))));
    }
    Block::Term(term, about)
}
