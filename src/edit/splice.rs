//! Replacing ranges of a text, the rest untouched.

use std::ops::Range;

/// A replacement of one range of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// What is replaced, in bytes.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub with: String,
}

/// Returns `text` with every splice done; splices that change nothing may be among them.
///
/// The ranges must lie in `text`, on character boundaries; where two overlap, or two are the same,
/// the first one in the text is done and the other is not.
pub fn apply(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let grown: usize = splices.iter().map(|splice| splice.with.len()).sum();
    let mut out = String::with_capacity(text.len() + grown);
    let mut done = 0;
    for Splice { range, with } in splices {
        if range.start >= done {
            out.push_str(&text[done..range.start]);
            out.push_str(&with);
            done = range.end;
        }
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_the_ranges_stays() {
        let splices = vec![
            Splice { range: 4..5, with: "four".into() },
            Splice { range: 0..1, with: String::new() },
            Splice { range: 4..5, with: "again".into() },
        ];
        assert_eq!(apply("0123456", splices), "123four56");
        assert_eq!(apply("same", Vec::new()), "same");
    }
}
