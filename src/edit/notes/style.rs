//! How a project writes its notes.

use chrono::NaiveDate;
use semver::{BuildMetadata, Version};

use crate::finding::Finding;
use crate::path::RepoPath;
use crate::rule;
use crate::template::{Placeholder, Template, Values};
use crate::version::plain;

/// The wording that tells the parts of the notes from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    pub(super) marker: String,
    pub(super) entry: Template,
    pub(super) unreleased: String,
    /// What stands before and after the date.
    pub(super) released: (String, String),
    /// Whether the configuration says that, so that nothing needs to be told from the notes.
    pub(super) is_released_set: bool,
    /// Whether it words anything of the archive, so that there is to be one.
    pub(super) is_archive_set: bool,
    /// Whether it words the entries, which look like their neighbours otherwise.
    pub(super) is_entry_set: bool,
    /// Where pre-releases stand.
    pub(super) prereleases: PrereleaseNotes,
}

/// Where notes have what pre-releases bring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrereleaseNotes {
    /// In the section of the release that they lead to.
    #[default]
    OfRelease,
    /// In sections of their own.
    Own,
}

/// A [`Style`] as the configuration words it; what is `None` keeps its default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wording<'a> {
    /// The line before the archive's entries: `<!-- ARCHIVE_START -->`.
    pub marker: Option<&'a str>,
    /// An entry of the archive, with any [`Placeholder`] but the date.
    pub entry: Option<&'a str>,
    /// What a section says before its release: `Unreleased`.
    pub unreleased: Option<&'a str>,
    /// What it says after, with `{date}` in it once: `Released {date}`.
    pub released: Option<&'a str>,
    /// Where pre-releases stand.
    pub prereleases: PrereleaseNotes,
}

impl Style {
    /// Returns the style for notes in `file` where nothing is configured: as Wasmtime writes them,
    /// with relative links in the archive, which forges resolve between branches.
    pub fn default_for(file: &RepoPath) -> Self {
        let depth = file.as_str().matches('/').count() + 1;
        let entry = format!("* [{{short}}.x]({}{{branch}}/{file})", "../".repeat(depth));
        Self {
            marker: "<!-- ARCHIVE_START -->".to_owned(),
            entry: Template::document(&entry, Placeholder::ALL, &[]),
            unreleased: "Unreleased".to_owned(),
            released: ("Released ".to_owned(), String::new()),
            is_released_set: false,
            is_archive_set: false,
            is_entry_set: false,
            prereleases: PrereleaseNotes::default(),
        }
    }

    /// Takes what is the default for notes in `before` as what is for notes in `now`.
    pub fn follow(&mut self, before: &RepoPath, now: &RepoPath) {
        if self.entry == Self::default_for(before).entry {
            self.entry = Self::default_for(now).entry;
        }
    }

    /// Returns the style that `wording` asks for.
    ///
    /// # Errors
    ///
    /// Everything that cannot be told apart in a file: an empty marker or word or one of several
    /// lines, a wrong placeholder, a release without date, an entry that is the same for every
    /// version. The findings have no place.
    pub fn parse(file: &RepoPath, wording: &Wording) -> Result<Self, Vec<Finding>> {
        let mut style = Self::default_for(file);
        style.is_archive_set = wording.entry.is_some() || wording.marker.is_some();
        style.is_entry_set = wording.entry.is_some();
        style.prereleases = wording.prereleases;
        let mut findings = Vec::new();
        let mut set = |slot: &mut String, text: Option<&str>, what: &str| match text {
            Some(text) if text.trim().is_empty() || text.contains(['\n', '\r']) => findings.push(
                Finding::of(rule::NOTES_WORDING, format!("the {what} is not one line of text"))
                    .remedy(format!("write the {what} as it stands in the notes")),
            ),
            Some(text) => text.trim().clone_into(slot),
            None => {}
        };
        set(&mut style.marker, wording.marker, "archive marker");
        set(&mut style.unreleased, wording.unreleased, "word for what is not released");
        match wording.released.map(released) {
            Some(Ok(released)) => {
                style.released = released;
                style.is_released_set = true;
            }
            Some(Err(wrong)) => findings.extend(wrong),
            None => {}
        }
        match wording.entry.map(entry) {
            Some(Ok(entry)) => style.entry = entry,
            Some(Err(wrong)) => findings.extend(wrong),
            None => {}
        }
        if findings.is_empty() { Ok(style) } else { Err(findings) }
    }

    /// Returns whether pre-releases have sections of their own.
    pub fn has_prereleases(&self) -> bool {
        self.prereleases == PrereleaseNotes::Own
    }

    /// Returns the version that the section about `version` names: of a pre-release the one that it leads to, unless
    /// pre-releases have sections of their own.
    pub fn about(&self, version: &Version) -> Version {
        match self.prereleases {
            PrereleaseNotes::Own => Version { build: BuildMetadata::EMPTY, ..version.clone() },
            PrereleaseNotes::OfRelease => plain(version),
        }
    }

    /// Returns the template of the archive's entries.
    pub fn entry(&self) -> &Template {
        &self.entry
    }

    /// Returns what a section says that was released on `date`.
    pub(super) fn released_on(&self, date: NaiveDate) -> String {
        format!("{}{date}{}", self.released.0, self.released.1)
    }

    /// Returns the line that links to a release branch, without its end.
    pub(super) fn entry_for(&self, values: &Values) -> String {
        self.entry.render(values).trim_end().to_owned()
    }
}

fn released(text: &str) -> Result<(String, String), Vec<Finding>> {
    let template = Template::parse(text, &[Placeholder::Date])?;
    match template.around(Placeholder::Date) {
        Some((before, after)) if !text.contains(['\n', '\r']) => {
            Ok((before.trim_start().to_owned(), after.trim_end().to_owned()))
        }
        _ => Err(vec![
            Finding::of(rule::NOTES_WORDING, format!("`{text}` does not say when once, on one line"))
                .remedy("write `{date}` where the date stands, as in `Released {date}`"),
        ]),
    }
}

fn entry(text: &str) -> Result<Template, Vec<Finding>> {
    let allowed: Vec<Placeholder> =
        Placeholder::ALL.iter().copied().filter(|open| *open != Placeholder::Date).collect();
    let template = Template::parse(text, &allowed)?;
    let tells = |open: Placeholder| open != Placeholder::Name && open != Placeholder::Pre;
    if template.placeholders().any(tells) && !text.contains(['\n', '\r']) {
        return Ok(template);
    }
    Err(vec![
        Finding::of(rule::NOTES_WORDING, "the archive entry is not one line that differs for each branch")
            .remedy("write `{branch}` where the branch stands in the entry"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_entry_links_to_the_same_file_on_another_branch() {
        let style = Style::default_for(&RepoPath::new("docs/RELEASES.md").unwrap());
        let values =
            Values { branch: Some("release-36.0.0".to_owned()), ..Values::of(&"36.0.0".parse().unwrap()) };
        assert_eq!(style.entry_for(&values), "* [36.0.x](../../release-36.0.0/docs/RELEASES.md)");
    }

    #[test]
    fn everything_wrong_in_the_wording_is_said_at_once() {
        let wording = Wording {
            marker: Some(" "),
            entry: Some("* {name}"),
            unreleased: Some("a\nb"),
            released: Some("Released {day}"),
            prereleases: PrereleaseNotes::Own,
        };
        let findings = Style::parse(&RepoPath::new("N.md").unwrap(), &wording).unwrap_err();
        assert_eq!(findings.len(), 4, "{findings:?}");
        let wording = Wording { released: Some("{date} {date}"), ..Wording::default() };
        assert!(Style::parse(&RepoPath::new("N.md").unwrap(), &wording).is_err());
    }
}
