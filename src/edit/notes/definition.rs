//! The definitions of links, each on its line: `[36.0.0]: https://example.org/compare/v35.0.0...v36.0.0`.

use std::ops::Range;

use semver::Version;

use super::outline::{BlockKind, Outline, lines, next_line};
use super::style::Style;
use super::title::gathers;

/// The definition of a link's label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkDefinition {
    /// The bytes of its line, without the line's end.
    pub line: Range<usize>,
    /// Where the line after it begins.
    pub next: usize,
    /// The bytes of the label, without its brackets.
    pub label: Range<usize>,
    /// The bytes after the colon and the blanks that follow it.
    pub target: Range<usize>,
}

impl LinkDefinition {
    /// Returns the version that the label is.
    pub(super) fn version(&self, text: &str) -> Option<Version> {
        let label = &text[self.label.clone()];
        label.strip_prefix(['v', 'V']).unwrap_or(label).parse().ok()
    }

    /// Returns whether the label is what gathers what is not released yet.
    pub(super) fn gathers(&self, text: &str, style: &Style) -> bool {
        self.version(text).is_none() && gathers(&text[self.label.clone()], style)
    }

    pub(super) fn is_of_release(&self, text: &str, style: &Style) -> bool {
        self.version(text).is_some() || self.gathers(text, style)
    }
}

/// Returns the definitions in `outline`, in their order.
pub(super) fn read(text: &str, outline: &Outline) -> Vec<LinkDefinition> {
    let blocks = outline.blocks.iter().filter(|block| block.kind == BlockKind::Definition);
    blocks.flat_map(|block| in_lines(text, &block.range)).collect()
}

/// Returns those of the lines in `range` that are the whole of a definition.
pub(super) fn in_lines(text: &str, range: &Range<usize>) -> impl Iterator<Item = LinkDefinition> {
    lines(text, range).filter_map(|line| {
        let content = text[line.clone()].trim_end();
        let (label, target) = content.trim_start_matches(' ').strip_prefix('[')?.split_once("]:")?;
        let target = target.trim_start_matches([' ', '\t']);
        let (end, begin) = (line.start + content.len(), line.start + content.len() - target.len());
        let start = line.start + content.find('[')? + 1;
        let is_whole = !target.is_empty() && !label.is_empty();
        is_whole.then(|| LinkDefinition {
            line: line.start..end,
            next: next_line(text, line.end),
            label: start..start + label.len(),
            target: begin..end,
        })
    })
}

/// Returns the versions in `text`, with their places: `0.2.99` and `0.2.100` in `compare/0.2.99...0.2.100`.
pub(super) fn versions(text: &str) -> impl Iterator<Item = (Range<usize>, Version)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let start = at + text[at..].find(|c: char| c.is_ascii_digit())?;
            let run =
                text[start..].find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len() - start);
            let numbers =
                text[start..start + run].split("..").next().unwrap_or_default().trim_end_matches('.');
            at = start + numbers.len().max(1);
            let end = at + pre_release(&text[at..]);
            let found =
                [end, at].into_iter().find_map(|end| Some((start..end, text[start..end].parse().ok()?)));
            if let Some((range, version)) = found {
                at = range.end;
                return Some((range, version));
            }
        }
        None
    })
}

/// Returns how many bytes of a pre-release begin `text`, the hyphen included.
fn pre_release(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('-') else { return 0 };
    let run = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
    let pre = rest[..run].split("..").next().unwrap_or_default().trim_end_matches('.');
    if pre.is_empty() { 0 } else { pre.len() + 1 }
}

/// Returns `text`, which is about `old`, as it would be about its successor `new`: where it has the version
/// before `old`, `old` itself stands then.
pub(super) fn succeeded(text: &str, old: &Version, new: &Version) -> String {
    let mut succeeded = String::with_capacity(text.len());
    let mut done = 0;
    for (range, version) in versions(text) {
        let next = match version.cmp(old) {
            std::cmp::Ordering::Equal => new,
            std::cmp::Ordering::Less => old,
            std::cmp::Ordering::Greater => continue,
        };
        succeeded.push_str(&text[done..range.start]);
        succeeded.push_str(&next.to_string());
        done = range.end;
    }
    succeeded + &text[done..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_release_leads_to_the_next() {
        let [old, new] = ["0.2.100", "0.2.101"].map(|version| version.parse().unwrap());
        for (text, next) in [
            ("x/compare/0.2.99...0.2.100", "x/compare/0.2.100...0.2.101"),
            ("x/compare/v0.2.100-rc.1...v0.2.100", "x/compare/v0.2.100...v0.2.101"),
            ("x/axum-v0.2.100...HEAD", "x/axum-v0.2.101...HEAD"),
            ("x/tag/0.2.100/", "x/tag/0.2.101/"),
            ("x/10.0.0.1/1.0/0.2.1000/y-0.2.100.", "x/10.0.0.1/1.0/0.2.1000/y-0.2.101."),
        ] {
            assert_eq!(succeeded(text, &old, &new), next, "{text}");
        }
    }
}
