//! Words for people and for shells.

use chrono::NaiveDate;

/// Returns the day in words: `August 5 2024`.
pub(crate) fn long(day: NaiveDate) -> String {
    day.format("%B %-d %Y").to_string()
}

/// Returns `count` and the noun for it, in the plural unless it is one.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if noun.ends_with("ch") { "es" } else { "s" };
    format!("{count} {noun}{}", if count == 1 { "" } else { plural })
}

/// Returns the first `shown` of `names`, and how many more there are.
pub(crate) fn listed<S: AsRef<str>>(names: &[S], shown: usize) -> String {
    let first: Vec<&str> = names.iter().take(shown).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(shown) {
        0 => first.join(", "),
        1 if names.len() > 1 => format!("{}, {}", first.join(", "), names[shown].as_ref()),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Quotes a word for a POSIX shell, where it needs that.
pub(crate) fn quoted(word: impl AsRef<str>) -> String {
    let word = word.as_ref();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_each_name_as_one_word() {
        assert_eq!(quoted("release-36.0.0"), "release-36.0.0");
        assert_eq!(quoted("a$b'c"), r"'a$b'\''c'");
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        assert_eq!(listed(&["a", "b"], 2), "a, b");
        assert_eq!(listed(&["a", "b", "c"], 2), "a, b, c");
        assert_eq!(listed(&["a", "b", "c", "d"], 2), "a, b and 2 more");
    }
}
