//! Takes a part out of a TOML text and leaves every other byte where it was, so that one text can be
//! read again for what else is wrong with it.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike};

use crate::edit::splice::{self, Splice};

/// How much is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MaskExtent {
    /// The one entry: a key that should not be there.
    Entry,
    /// All that the value belongs to, so that nothing misses it: one table of an array, or the whole
    /// value of a key.
    Whole,
}

/// Returns `text` with spaces in place of what stands at `span`, or nothing if that is not an entry, or if
/// the rest is not TOML.
pub(super) fn masked(text: &str, span: &Range<usize>, extent: MaskExtent) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let range = find(document.as_table(), span, extent)?;
    let blank = |c: char| if c == '\n' || c == '\r' { c.to_string() } else { " ".repeat(c.len_utf8()) };
    let blanked: String = text.get(range.clone())?.chars().map(blank).collect();
    let rest = splice::apply(text, vec![Splice::new(range, blanked)]);
    (rest != text && Document::parse(rest.as_str()).is_ok()).then_some(rest)
}

/// Returns the bytes of the entry of `table` in which `span` lies.
fn find(table: &dyn TableLike, span: &Range<usize>, extent: MaskExtent) -> Option<Range<usize>> {
    let is_inside = |range: &Range<usize>| range.start <= span.start && span.end <= range.end;
    for (name, item) in table.iter() {
        let key = table.key(name)?.span()?;
        if let Some(tables) = item.as_array_of_tables() {
            let whole = tables.iter().map(|table| all(&Item::Table(table.clone()), table.span()));
            for (table, range) in tables.iter().zip(whole).filter_map(|(table, range)| Some((table, range?)))
            {
                if is_inside(&range) {
                    let inner = find(table, span, extent).filter(|_| extent == MaskExtent::Entry);
                    return inner.or(Some(range));
                }
            }
            continue;
        }
        let range = all(item, Some(key.clone()))?;
        let inner = match (item.as_table(), item.as_inline_table()) {
            (Some(table), _) => find(table, span, extent),
            (None, Some(table)) if extent == MaskExtent::Entry => find(table, span, extent),
            _ => None,
        };
        // Another table may lie between the parts of a table.
        let is_own = is_inside(&key) || !item.is_table() && is_inside(&range);
        if inner.is_some() || is_own {
            return inner.or(Some(range));
        }
    }
    None
}

/// Returns the bytes from the beginning of `item`, or of `key`, to the end of all that is in it.
fn all(item: &Item, key: Option<Range<usize>>) -> Option<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = key.into_iter().chain(item.span()).collect();
    if let Some(table) = item.as_table_like() {
        for (name, item) in table.iter() {
            ranges.extend(all(item, table.key(name).and_then(toml_edit::Key::span)));
        }
    }
    if let Some(tables) = item.as_array_of_tables() {
        ranges.extend(tables.iter().filter_map(|table| all(&Item::Table(table.clone()), table.span())));
    }
    let start = ranges.iter().map(|range| range.start).min()?;
    let end = ranges.iter().map(|range| range.end).max()?;
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out_leaves_the_rest_where_it_was() {
        let text =
            "a = 1\n[b]\nc = 'x' # y\nd = { e = 1 }\n[[f]]\ng = 1\nh = 2\n[[f]]\ng = 3\n[b.i]\nj = 4\n";
        for (at, extent, gone) in [
            ("a", MaskExtent::Entry, "a = 1"),
            ("'x'", MaskExtent::Whole, "c = 'x'"),
            ("e", MaskExtent::Whole, "d = { e = 1 }"),
            ("h", MaskExtent::Entry, "h = 2"),
            ("2", MaskExtent::Whole, "[[f]]\ng = 1\nh = 2"),
            ("j", MaskExtent::Entry, "j = 4"),
        ] {
            let start = text.find(at).unwrap();
            let expected = text.replacen(gone, &gone.replace(|c| c != '\n', " "), 1);
            assert_eq!(masked(text, &(start..start + at.len()), extent), Some(expected), "{at}");
        }
        assert_eq!(masked("a = [", &(0..1), MaskExtent::Entry), None);
    }
}
