//! What a heading, an entry, a marker is in the notes: what `CommonMark` says.

use std::ops::Range;

use proptest::prelude::*;
use relprep::edit::notes::{
    BlockKind, Heading, MarkdownBlock, Notes, Opening, Outline, Style, Wording, carry, next_line,
};
use relprep::path::RepoPath;
use relprep::template::Values;

fn path() -> RepoPath {
    RepoPath::new("RELEASES.md").unwrap()
}

/// One letter a line; the number of a heading stands for its underline, too.
fn kinds(text: &str) -> String {
    let outline = Outline::parse(text);
    let markers: Vec<usize> = outline.lines_with(text, "<!-- M -->").map(|line| line.start).collect();
    let letter = |(line, at): (&str, usize)| match outline.blocks.iter().find(|block| at < block.next)?.kind {
        _ if line.trim().is_empty() => Some('.'),
        _ if markers.contains(&at) => Some('M'),
        BlockKind::Heading(Heading { underline: Some(ref underline), .. }) if underline.start == at => None,
        BlockKind::Heading(ref heading) => {
            u32::try_from(heading.level).ok().and_then(|level| char::from_digit(level, 10))
        }
        BlockKind::Rule => Some('-'),
        BlockKind::Paragraph => Some('t'),
        BlockKind::Definition => Some('d'),
        BlockKind::List(_) => Some('l'),
        BlockKind::Quote => Some('q'),
        BlockKind::Code => Some('c'),
        BlockKind::Html => Some('h'),
    };
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        at += line.len();
        (line, at - line.len())
    });
    lines.filter_map(letter).collect()
}

#[test]
fn blocks_are_told_apart_as_commonmark_does() {
    for (text, expected) in [
        ("## a\n\ntext\n---\n\n---\n", "2.2.-"),
        ("a\nb\n---\n---", "ttt-"),
        ("#a\n####### b\n # c #\n    # d\n", "tt1c"),
        ("    # code\n---", "c-"),
        ("```\n# a\n``\n````\n# b", "cccc1"),
        ("~~~ `x`\n# a\n~~~\n# b", "ccc1"),
        ("~~~~\n```\n~~~\n\n# a\n~~~~~\n# b", "ccc.cc1"),
        ("``` a`b\n# c", "t1"),
        ("<!-- a\n# b\n--> c\n# d", "hhh1"),
        ("<!-- M -->\n<!--\n<!-- M -->\n", "Mhh"),
        ("```\n<!-- M -->\n```\n  <!-- M --> \r\n", "cccM"),
        ("* a\n\n  # b\n  ```\n  # c\n# d", "l.lll1"),
        ("* a\n  ~~~\n  # b\n\n  # c\n  ~~~\n# d", "lll.ll1"),
        ("* a\n---\n> b\n---\n> # c", "l-q-q"),
        ("- - ```\n    # a\n# b", "ll1"),
        ("* * *\n_ _ _ _\n--\n+++", "--tt"),
        ("text\n2. x\n===", "ttt"),
        ("text\n1. x\n===", "tll"),
        ("* a\nb\n---\n> c\nd\n---\n", "ll-qq-"),
        ("1234567890. x\n===\n", "1"),
        ("=\n-\n===\r\n", "2t"),
        ("    # a\n\n    # b\n# c\n    # d", "c.c1c"),
        ("#9.0.0\n\t# a\n", "tt"),
        ("> # a\n1. # b\n   # c\n- # d\n", "qlll"),
        ("a\r# b\rc", "t"),
        ("", ""),
    ] {
        assert_eq!(kinds(text), expected, "{text:?}");
    }
}

#[test]
fn html_has_no_headings() {
    for (begin, end) in [
        ("<pre>", "</pre>"),
        ("<SCRIPT>", "</script>"),
        ("<!-- a", "-->"),
        ("<?a", "?>"),
        ("<!A", ">"),
        ("<![CDATA[", "]]>"),
    ] {
        assert_eq!(kinds(&format!("a\n{begin}\n\n# 9.0.0\n{end}\n# b\n")), "th.hh1", "{begin}");
    }
    assert_eq!(kinds("<pre>\n<!-- M -->\n</pre>\n<!-- M -->"), "hhhM");
    assert_eq!(kinds("<div>\n# a\n<!-- M -->\n<!--\n<!-- M -->\n\n# b\n"), "hhMhh.1");
    assert_eq!(kinds("<a name=\"a\">\n# a\n\n# b\ntext\n<a>\n# c\n"), "hh.1tt1");
}

#[test]
fn the_definition_of_a_link_is_not_text() {
    for (text, expected) in [
        ("[a]: b\n===\n", "dt"),
        ("text\n[a]: b\n", "tt"),
        ("  [a]: b\n\n[c]:\n <d>\n 'e\n f'\n[a]: g\ntext\n", "d.dddddt"),
        ("# a\n[b]: c\n* d\n\n  [e]: f\n\n[g]: h", "1dl.l.d"),
        ("[1.0.0]\n---\n\n[1.0.0]: x", "2.d"),
    ] {
        assert_eq!(kinds(text), expected, "{text:?}");
    }
    let blocks = Outline::parse("[a]: b\n[c]: d").blocks;
    assert_eq!(blocks.iter().map(|block| block.range.clone()).collect::<Vec<_>>(), [0..6, 7..13]);
}

#[test]
fn a_heading_knows_its_text() {
    for (text, expected) in [
        ("## [1.0.0] ##\n", "[1.0.0]"),
        ("#\n", ""),
        ("# #\n", ""),
        (" #\ta#\r\n", "a#"),
        (" a \r\n==", "a"),
        ("# *[a](b)* `c`  ##  \n", "*[a](b)* `c`"),
        ("# \\[a\\] \\# #", "\\[a\\] \\#"),
        ("[a][] <b>\n---\n\n[a]: c", "[a][] <b>"),
    ] {
        let block = Outline::parse(text).blocks.remove(0);
        let BlockKind::Heading(heading) = block.kind else { panic!("{text:?}") };
        assert_eq!(&text[heading.text], expected, "{text:?}");
        assert_eq!(heading.underline.is_some(), !text.trim_start().starts_with('#'), "{text:?}");
    }
}

#[test]
fn a_list_knows_its_items() {
    let text = "\u{feff}  * a\n\n    * b\n\n\n  * c\nd \n\n* \n-\n";
    let items = |block: MarkdownBlock| match block.kind {
        BlockKind::List(items) => items,
        kind => panic!("{kind:?}"),
    };
    let items: Vec<Range<usize>> = Outline::parse(text).blocks.into_iter().flat_map(items).collect();
    assert_eq!(
        items.iter().map(|item| &text[item.clone()]).collect::<Vec<_>>(),
        ["  * a\n\n    * b", "  * c\nd ", "* ", "-"]
    );
}

#[test]
fn depth_costs_nothing() {
    for marks in ["- ", "> ", "1. ", "- > "] {
        for end in ["a", "```", "<!--", "    code", "[a]: b 'c", "a`", "[a](<b"] {
            let text = marks.repeat(100_000) + end + "\n" + &"b\n".repeat(20_000) + "\n\n# 1.0.0\n";
            let last = Outline::parse(&text).blocks.pop().unwrap();
            assert!(matches!(last.kind, BlockKind::Heading(_)), "{marks}{end}: {last:?}");
        }
    }
    let rule = "- ".repeat(100);
    assert_eq!(kinds(&format!("a\n{rule}\n{rule}b\n# c")), "t-l1");
}

#[test]
fn an_entry_of_the_archive_is_an_item_or_worded_as_configured() {
    let (path, text) = (
        path(),
        "<!-- ARCHIVE_START -->\n<p>\n<!-- 1 -->\n<!--\n* release-1.0.0\n-->\n\n2. 2024\n   * release-2.0.0\n\n\
         ```\n* release-3.0.0\n```\nrelease-4.0.0\n\n+ a/release-5.0.0_\n+ `x/b`\n",
    );
    let style = Style::default_for(&path);
    let notes = Notes::parse(&path, text, &style);
    let archive = notes.archive().unwrap();
    let places = archive.entries.iter().map(|entry| notes.place(&entry.range).to_string());
    assert_eq!(places.collect::<Vec<_>>(), ["RELEASES.md:8:1", "RELEASES.md:16:1", "RELEASES.md:17:1"]);
    let links = |number: u32| archive.links_to(&format!("release-{number}.0.0")).count();
    assert_eq!((1..=5).map(links).collect::<Vec<_>>(), [0, 1, 0, 0, 0]);
    assert_eq!(["x/b", "b", "x/", "/"].map(|branch| archive.links_to(branch).count()), [1, 1, 0, 0]);
}

#[test]
fn marker_and_entries_may_be_of_any_kind() {
    let path = path();
    let wording = Wording { marker: Some("## Old"), entry: Some("<li>{branch}</li>"), ..Wording::default() };
    let style = Style::parse(&path, &wording).unwrap();
    let text =
        "# 1.0.0\n\n* x\n## Old\n<ul>\n<li>release-0.9.0</li>\n<!--\n<li>release-0.8.0</li>\n-->\n</ul>\n";
    let values = |version: &str| Values::of(&version.parse().unwrap());
    let of_branch = Values { branch: Some("release-1.0.0".to_owned()), ..values("1.0.0") };
    let notes = Notes::parse(&path, text, &style);
    assert_eq!(notes.archive().unwrap().entries.len(), 1);
    let cut = notes.cut(&Opening::parse(&path, "# VERSION"), &values("2.0.0"), &of_branch);
    let expected =
        text.replace("# 1.0.0\n\n* x\n", "# 2.0.0\n\n").replace("<ul>\n", "<ul>\n<li>release-1.0.0</li>\n");
    assert_eq!(cut.unwrap().text, expected);
}

const TRUNK: &str = "## 38.0.0\n\nUnreleased.\n\n### Added\n\n### Fixed\n\n* Old.\n";

fn carried(after: &str, onto: &str) -> Result<String, &'static str> {
    carry(&path(), &Style::default_for(&path()), TRUNK, after, onto)
}

#[test]
fn many_entries_go_each_to_its_heading() {
    let after = "## 38.0.0\n\nUnreleased.\n\n### Added\n\n* A\n  by me.\n* B\n\n### Fixed\n\n* Old.\n* A\n  by me.\n* C\n  by me.\n";
    let onto = "## 36.0.3\n\nUnreleased.\n\n### fixed\n\n* C\n  by me.\n\n### Added\n\n---\n\n* X\n";
    let expected = onto.replacen("by me.\n\n", "by me.\n* A\n  by me.\n\n", 1);
    let expected = expected.replacen("Added\n", "Added\n\n* A\n  by me.\n* B\n", 1);
    assert_eq!(carried(after, onto).unwrap(), expected);
    assert_eq!(carried(after, &expected).unwrap(), expected);
    let many = |head: &str| (0..50_000).fold(head.to_owned(), |text, number| text + &format!("* {number}\n"));
    let text = carried(&many(TRUNK), onto).unwrap();
    assert_eq!(text.matches('\n').count(), onto.matches('\n').count() + 50_000);
    assert_eq!(carried(&many(TRUNK), &text).unwrap(), text);
}

/// Texts made of what begins blocks, and what ends them.
fn texts() -> impl Strategy<Value = String> {
    let pieces = [
        "# a", "##", "#", "===", "---", "* ", "1. ", "> ", "\n", "\n\n", "\r\n", "\r", " ", "    ", "\t",
        "x", "é", "\u{feff}", "\u{2028}", "\0", "```", "~~~", "<!--", "-->", "<pre>", "</pre>", "<div>",
        "<?", "[a]: b", "[c]:", "'", "[a]", "\\", "`",
    ];
    let pieces = prop::sample::select(pieces.to_vec()).prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![9 => pieces, 1 => "\\PC{0,4}"], 0..40)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn blocks_are_all_that_is_not_blank(text in texts()) {
        let outline = Outline::parse(&text);
        let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        for block in &outline.blocks {
            prop_assert!(text[at..block.range.start].trim_matches([' ', '\t', '\r', '\n']).is_empty(), "{:?}", outline);
            prop_assert!(block.range.start < block.range.end && block.range.end <= block.next);
            prop_assert_eq!(block.next, next_line(&text, block.range.end));
            prop_assert!(block.next > block.range.end || block.next == text.len());
            let (mut inside, parts) = (block.range.start, match &block.kind {
                BlockKind::Heading(Heading { text, underline, .. }) => [text].into_iter().chain(underline).cloned().collect(),
                BlockKind::List(items) => items.clone(),
                _ => outline.lines(&text, block).collect(),
            });
            for part in parts {
                prop_assert!(inside <= part.start && text.get(part.clone()).is_some());
                inside = part.end;
            }
            prop_assert!(inside <= block.range.end);
            at = block.next;
        }
        prop_assert!(text[at..].trim_matches([' ', '\t', '\r', '\n']).is_empty());
    }
}
