//! The names that a template makes for any version, as patterns have them.

use crate::template::{Placeholder, Template};

/// Stands for a number. No name has control characters.
const NUMBER: char = '\u{1}';
/// Stands for what may follow the numbers of a version.
const SUFFIX: char = '\u{2}';

/// All names that a template makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRange {
    text: String,
}

impl NameRange {
    /// Reads the names that `template` makes for the product `name`.
    pub(super) fn of(template: &Template, name: &str) -> Self {
        let numbers = |count: usize| vec![NUMBER.to_string(); count].join(".");
        let text = template.render_with(|open| match open {
            Placeholder::Version => Some(format!("{}{SUFFIX}", numbers(3))),
            Placeholder::Plain => Some(numbers(3)),
            Placeholder::Short => Some(numbers(2)),
            Placeholder::Major | Placeholder::Minor | Placeholder::Patch => Some(numbers(1)),
            Placeholder::Name => Some(name.to_owned()),
            _ => None,
        });
        Self { text }
    }

    /// Takes one name, which no version is in.
    pub fn only(name: &str) -> Self {
        Self { text: name.to_owned() }
    }

    /// Returns what every name begins and ends with.
    pub fn ends(&self) -> (&str, &str) {
        let before = self.text.split([NUMBER, SUFFIX]).next().unwrap_or_default();
        (before, self.text.rsplit([NUMBER, SUFFIX]).next().unwrap_or_default())
    }

    /// Returns the branches of these names, as a pattern of git's: `refs/heads/release-*`.
    pub fn refs(&self) -> String {
        let (before, after) = self.ends();
        format!("refs/heads/{before}*{after}")
    }

    /// Returns the names of branches, as GitHub's filters have them: `release-[0-9]+.[0-9]+.[0-9]+`.
    pub fn branch_filter(&self) -> String {
        self.filter("")
    }

    /// Returns the names of tags so, which a pre-release may follow.
    pub fn tag_filter(&self) -> String {
        self.filter("*")
    }

    fn filter(&self, suffix: &str) -> String {
        let part = |c: char| match c {
            NUMBER => "[0-9]+".to_owned(),
            SUFFIX => suffix.to_owned(),
            '*' | '?' | '+' | '[' | ']' | '!' | '\\' => format!("\\{c}"),
            c => c.to_string(),
        };
        self.text.chars().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_pattern() {
        assert_eq!(NameRange::only("a+b!").branch_filter(), "a\\+b\\!");
    }

    #[test]
    fn a_range_is_a_pattern_of_git_and_of_github() {
        for (text, refs, branches, tags) in [
            (
                "release-{version}",
                "release-*",
                "release-[0-9]+.[0-9]+.[0-9]+",
                "release-[0-9]+.[0-9]+.[0-9]+*",
            ),
            ("{major}.x", "*.x", "[0-9]+.x", "[0-9]+.x"),
            ("{name}-v{short}", "a+b-v*", "a\\+b-v[0-9]+.[0-9]+", "a\\+b-v[0-9]+.[0-9]+"),
            ("{major}_maintenance", "*_maintenance", "[0-9]+_maintenance", "[0-9]+_maintenance"),
        ] {
            let template = Template::parse(text, Placeholder::ALL).unwrap();
            let range = NameRange::of(&template, "a+b");
            assert_eq!(range.refs(), format!("refs/heads/{refs}"));
            assert_eq!((range.branch_filter(), range.tag_filter()), (branches.to_owned(), tags.to_owned()));
        }
    }
}
