//! The rules of `check`, for people.

use std::fmt::Write as _;

use super::table::width;
use super::{BOLD, DIM};
use crate::rule::Rule;

/// How many columns of a terminal an explanation's lines take at the most.
const WIDTH: usize = 96;

/// Returns every rule with its explanation, with styles.
pub fn human(rules: &[Rule]) -> String {
    let mut out = String::new();
    for rule in rules {
        let _ = writeln!(out, "{BOLD}{}{BOLD:#} ({})", rule.name, rule.level.as_str());
        for line in wrapped(rule.explanation) {
            let _ = writeln!(out, "  {line}");
        }
    }
    let _ = writeln!(
        out,
        "\n{DIM}Turn a rule off or down with its name in `[check]`: \"off\", \"note\", \"warning\", \"error\".{DIM:#}"
    );
    out
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explanations_are_broken_between_words() {
        let lines = wrapped(&"word ".repeat(30));
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.len() <= WIDTH && !line.ends_with(' ')));
    }
}
