//! Comments of a Markdown text that are a part of something: of a list, a quote, a table or a paragraph.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// What a comment is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// A list.
    List,
    /// A block quote.
    Quote,
    /// A table.
    Table,
    /// Something else, beside other text.
    Text,
}

impl Inside {
    /// Returns it in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::List => "in a list",
            Self::Quote => "in a block quote",
            Self::Table => "in a table",
            Self::Text => "beside other text",
        }
    }

    fn of(tag: &Tag<'_>) -> Option<Self> {
        match tag {
            Tag::List(_) => Some(Self::List),
            Tag::BlockQuote(_) => Some(Self::Quote),
            Tag::Table(_) => Some(Self::Table),
            _ => None,
        }
    }
}

/// Returns where one of `comments` is a part of something, and of what: the innermost that has a name. In code it
/// is none.
pub fn nested(text: &str, comments: &[&str]) -> Vec<(Range<usize>, Inside)> {
    let mut found = Vec::new();
    let mut around: Vec<Option<Inside>> = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let inside = || around.iter().rev().find_map(|inside| *inside);
        match &event {
            Event::Start(tag) => around.push(Inside::of(tag)),
            Event::End(_) => drop(around.pop()),
            Event::InlineHtml(html) if comments.contains(&&**html) => {
                found.push((range, inside().unwrap_or(Inside::Text)));
            }
            Event::Html(html) if comments.contains(&html.trim()) => {
                found.extend(inside().map(|inside| (range, inside)));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_comment_is_a_part_of_is_the_innermost() {
        let nested = |text: &str| -> Vec<_> {
            nested(text, &["<!-- x -->"]).into_iter().map(|(range, inside)| (range.start, inside)).collect()
        };
        for (text, expected) in [
            ("<!-- x -->\n", vec![]),
            ("<div>\n<!-- x -->\n</div>\n", vec![]),
            ("* a\n\n      <!-- x -->\n", vec![]),
            ("a `<!-- x -->`\n", vec![]),
            ("* a\n  <!-- x -->\n", vec![(6, Inside::List)]),
            ("1. <!-- x -->\n", vec![(3, Inside::List)]),
            ("> <!-- x -->\n", vec![(2, Inside::Quote)]),
            ("> * <!-- x -->\n", vec![(4, Inside::List)]),
            ("|a|\n|-|\n|<!-- x -->|\n", vec![(9, Inside::Table)]),
            ("a <!-- x --> b <!-- x -->\n", vec![(2, Inside::Text), (15, Inside::Text)]),
            ("# <!-- x -->\n", vec![(2, Inside::Text)]),
        ] {
            assert_eq!(nested(text), expected, "{text}");
        }
    }
}
