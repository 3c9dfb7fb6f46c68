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

impl Splice {
    /// Replaces what stands at `range` by `with`.
    pub fn new(range: Range<usize>, with: impl Into<String>) -> Self {
        Self { range, with: with.into() }
    }
}

/// Returns `text` with every splice done; splices that change nothing may be among them.
///
/// The ranges must lie in `text`, on character boundaries; where two overlap, or two are the same,
/// the first one in the text is done and the other is not.
pub fn apply(text: &str, mut splices: Vec<Splice>) -> String {
    sort(&mut splices);
    let mut out =
        String::with_capacity(text.len() + splices.iter().map(|splice| splice.with.len()).sum::<usize>());
    push(&mut out, text, 0..text.len(), &splices);
    out
}

/// Puts splices in the order of the text.
pub fn sort(splices: &mut [Splice]) {
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
}

/// Appends what stands in `text` at `range`, with `splices` done: sorted ones, which lie in it.
pub fn push(out: &mut String, text: &str, range: Range<usize>, splices: &[Splice]) {
    let mut done = range.start;
    for splice in splices {
        if splice.range.start >= done {
            out.push_str(&text[done..splice.range.start]);
            out.push_str(&splice.with);
            done = splice.range.end;
        }
    }
    out.push_str(&text[done..range.end]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_the_ranges_stays() {
        let splices = vec![
            Splice::new(7..7, "seven"),
            Splice::new(4..5, "four"),
            Splice::new(0..1, ""),
            Splice::new(4..5, "again"),
            Splice::new(3..5, "overlaps"),
        ];
        assert_eq!(apply("0123456", splices), "12overlaps56seven");
        assert_eq!(apply("same", Vec::new()), "same");
    }
}
