//! Whether the notes of a version say what it breaks.

use std::ops::Range;

use semver::Version;

use super::title::words;
use super::{Notes, Section};

/// What a heading speaks of that may break users: where it has entries, these say what.
const HEADINGS: [&str; 6] = ["break", "change", "remov", "incompatib", "migrat", "upgrad"];

/// What an entry says that breaks users.
const WORDS: [&str; 3] = ["breaking", "incompatible", "incompatibility"];

impl Notes<'_> {
    /// Returns whether the section of `version`, or else what is gathered, names something that breaks users: under
    /// a heading that speaks of it, or in so many words. `None` if there is neither.
    pub fn names_breaking(&self, version: &Version) -> Option<bool> {
        if let Some(section) = self.sections_of(version).next() {
            return Some(self.section_names_breaking(section));
        }
        let gathering = self.gatherings.first()?;
        Some(self.has_breaking_words(&gathering.range) || self.has_breaking_category(&gathering.body))
    }

    /// Returns whether a section does.
    pub fn section_names_breaking(&self, section: &Section) -> bool {
        self.has_breaking_words(&section.range) || self.has_breaking_category(&section.body)
    }

    fn has_breaking_words(&self, range: &Range<usize>) -> bool {
        let text = &self.text[range.clone()];
        words(text, char::is_alphanumeric)
            .any(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(&text[word.clone()])))
    }

    fn has_breaking_category(&self, body: &Range<usize>) -> bool {
        self.categories(body).iter().filter(|category| !category.is_empty).any(|category| {
            let heading = self.text[category.heading.clone()].to_ascii_lowercase();
            HEADINGS.iter().any(|said| heading.contains(said))
        })
    }
}
