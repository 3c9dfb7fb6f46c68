//! `[notes]`: where the release notes are, and how they are worded.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::path::ConfigPath;
use super::value::said;
use crate::edit::notes::{Missing, Style, Wording};

/// The release notes.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "NotesTable")]
pub struct NotesConfig {
    /// Whether there are notes at all.
    pub enabled: bool,
    /// The file.
    pub file: ConfigPath,
    /// The file that a new major's notes begin as.
    pub template: Option<ConfigPath>,
    /// How the notes are worded: the archive's marker and entries, and what stands for a state.
    pub style: Style,
    /// What `patch` does about a section that the maintainers have not written.
    pub missing: Missing,
}

impl NotesConfig {
    /// Makes the file one of the repository whose root manifest is in `folder`.
    ///
    /// # Errors
    ///
    /// That it leads out of the repository.
    pub(super) fn place(&mut self, folder: &str) -> Result<(), String> {
        let before = self.file.clone();
        self.file.place(folder)?;
        self.style.follow(&before, &self.file);
        Ok(())
    }
}

impl Default for NotesConfig {
    fn default() -> Self {
        let file = ConfigPath::known("RELEASES.md");
        let style = Style::default_for(&file);
        Self { enabled: true, file, template: None, style, missing: Missing::Scaffold }
    }
}

/// `[notes]` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct NotesTable {
    enabled: bool,
    file: ConfigPath,
    template: Option<ConfigPath>,
    #[serde(deserialize_with = "archive_marker")]
    archive_marker: Option<String>,
    #[serde(deserialize_with = "archive_entry")]
    archive_entry: Option<String>,
    #[serde(deserialize_with = "unreleased")]
    unreleased: Option<String>,
    #[serde(deserialize_with = "released")]
    released: Option<String>,
    scaffold: bool,
}

/// Reads a text of `[notes]`, which is checked at once: then the error has its place.
fn worded<'de, D: Deserializer<'de>>(
    deserializer: D,
    wording: for<'a> fn(&'a str) -> Wording<'a>,
) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let file = NotesConfig::default().file;
    Style::parse(&file, &wording(&text)).map_err(|findings| D::Error::custom(said(findings)))?;
    Ok(Some(text))
}

fn archive_marker<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    worded(deserializer, |text| Wording { marker: Some(text), ..Wording::default() })
}

fn archive_entry<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    worded(deserializer, |text| Wording { entry: Some(text), ..Wording::default() })
}

fn unreleased<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    worded(deserializer, |text| Wording { unreleased: Some(text), ..Wording::default() })
}

fn released<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    worded(deserializer, |text| Wording { released: Some(text), ..Wording::default() })
}

impl Default for NotesTable {
    fn default() -> Self {
        let NotesConfig { enabled, file, template, .. } = NotesConfig::default();
        Self {
            enabled,
            file,
            template,
            archive_marker: None,
            archive_entry: None,
            unreleased: None,
            released: None,
            scaffold: true,
        }
    }
}

impl TryFrom<NotesTable> for NotesConfig {
    type Error = String;

    fn try_from(table: NotesTable) -> Result<Self, Self::Error> {
        let wording = Wording {
            marker: table.archive_marker.as_deref(),
            entry: table.archive_entry.as_deref(),
            unreleased: table.unreleased.as_deref(),
            released: table.released.as_deref(),
        };
        let style = Style::parse(&table.file, &wording).map_err(said)?;
        let missing = if table.scaffold { Missing::Scaffold } else { Missing::Leave };
        Ok(Self { enabled: table.enabled, file: table.file, template: table.template, style, missing })
    }
}
