//! What the user's git is configured to do, as that git itself says.

use std::collections::HashMap;

/// The configuration of git in one repository: all files, includes and variables that count.
pub(crate) struct Settings {
    /// The last value of each key; `None` for a key without `=`, which means true.
    values: HashMap<String, Option<String>>,
}

impl Settings {
    pub(super) fn parse(listed: &str) -> Self {
        let values = listed
            .split_terminator('\0')
            .map(|item| match item.split_once('\n') {
                Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
                None => (item.to_owned(), None),
            })
            .collect();
        Self { values }
    }

    /// Returns the value of `key` (in lower case but for a subsection), unless it is empty.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key)?.as_deref().filter(|text| !text.is_empty())
    }

    /// Returns whether `key` is on, as git reads booleans.
    pub(crate) fn is_on(&self, key: &str, default: bool) -> bool {
        match self.values.get(key) {
            None => default,
            Some(None) => true,
            Some(Some(text)) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => true,
                "" | "false" | "no" | "off" => false,
                number => number.parse::<i64>().is_ok_and(|number| number != 0),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_counts_and_a_bare_key_is_true() {
        let settings = Settings::parse("a.b\n1\0a.b\nx\ny\0commit.gpgsign\0c.d\noff\0");
        assert_eq!(settings.text("a.b"), Some("x\ny"));
        assert!(settings.is_on("commit.gpgsign", false));
        assert!(!settings.is_on("c.d", true) && settings.is_on("none", true));
    }
}
