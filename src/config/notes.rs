//! `[notes]`: where the release notes are, and how they are worded.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::path::ConfigPath;
use super::value::{Patterns, said};
use crate::edit::notes::{Anew, Layout, Missing, PrereleaseNotes, Style, Wording};
use crate::path::RepoPath;

/// The release notes.
#[derive(Clone, Debug)]
pub struct NotesConfig {
    /// Whether there are notes at all, beside those of single packages.
    pub enabled: bool,
    /// The file.
    pub file: ConfigPath,
    /// Whether the configuration names it.
    pub is_file_set: bool,
    /// How the notes are laid out; as the file shows it otherwise.
    pub layout: Option<Layout>,
    /// The file that a new major's notes begin as.
    pub template: Option<ConfigPath>,
    /// How the notes are worded: the archive's marker and entries, and what stands for a state.
    pub style: Style,
    /// What `patch` does about a section that the maintainers have not written.
    pub missing: Missing,
    /// What a release leaves where it took what was gathered.
    pub anew: Anew,
    /// When the trunk gets sections of release branches.
    pub carry: Carry,
    /// The notes of single packages.
    pub packages: Vec<PackageNotes>,
}

/// When the trunk's notes get the sections of releases that their branches have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carry {
    /// When somebody asks for it: by `notes --carry`.
    #[default]
    Asked,
    /// With each cut, too.
    Cut,
}

/// Notes of single packages, which move when their package does.
#[derive(Clone, Debug)]
pub struct PackageNotes {
    /// The packages, by name or glob; all that move, and have such a file, where nothing is said.
    pub packages: Option<Patterns>,
    /// Whether all of them have one file, which lies where it says; otherwise it is in the folder of each.
    pub is_shared: bool,
    /// What is to be known about the file.
    pub notes: NotesConfig,
}

/// The name of the notes of a package.
const OF_PACKAGE: &str = "CHANGELOG.md";

impl Default for NotesConfig {
    fn default() -> Self {
        let file = ConfigPath::known("RELEASES.md");
        let style = Style::default_for(&file);
        Self {
            enabled: true,
            file,
            is_file_set: false,
            layout: None,
            template: None,
            style,
            missing: Missing::Scaffold,
            anew: Anew::Begun,
            carry: Carry::Asked,
            packages: Vec::new(),
        }
    }
}

impl NotesConfig {
    /// Makes the files those of the repository whose root manifest is in `folder`.
    ///
    /// # Errors
    ///
    /// That one leads out of the repository.
    pub(super) fn place(&mut self, folder: &str) -> Result<(), String> {
        let before = self.file.clone();
        self.file.place(folder)?;
        self.style.follow(&before, &self.file);
        for of in &mut self.packages {
            // The others lie in the folders of their packages.
            if of.is_shared {
                of.notes.place(folder)?;
            }
            of.notes.template.iter_mut().try_for_each(|template| template.place(folder))?;
        }
        Ok(())
    }

    /// Returns whether a cut brings sections of release branches to the trunk, to any file.
    pub fn are_carried_on_cut(&self) -> bool {
        self.carry == Carry::Cut || self.packages.iter().any(|of| of.notes.carry == Carry::Cut)
    }

    /// Takes `file` for the notes, where the configuration names none.
    pub fn find(&mut self, file: RepoPath) {
        self.style.follow(&self.file, &file);
        self.file = ConfigPath::found(file);
    }
}

impl<'de> Deserialize<'de> for NotesConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore)
    }
}

/// Reads `[notes]`, or each `[[notes]]`.
struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = NotesConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("struct NotesTable")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let table = NotesTable::deserialize(MapAccessDeserializer::new(map))?;
        several(vec![table]).map_err(A::Error::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        let tables = Vec::<NotesTable>::deserialize(SeqAccessDeserializer::new(seq))?;
        several(tables).map_err(A::Error::custom)
    }
}

/// Returns what all `tables` say: one without `packages` is about the product, the others about packages.
fn several(tables: Vec<NotesTable>) -> Result<NotesConfig, String> {
    let (of_packages, of_product): (Vec<_>, Vec<_>) =
        tables.into_iter().partition(|table| table.packages.is_some());
    if of_product.len() > 1 {
        return Err(
            "several `[[notes]]` are without `packages`, which name those that each is about".to_owned()
        );
    }
    let has_one = !of_product.is_empty();
    let mut notes = NotesConfig { enabled: has_one, ..NotesConfig::default() };
    for table in of_product {
        let per_package = table.per_package.clone();
        let is_alone = per_package.is_some() && table.file.is_none();
        notes = table.clone().product()?;
        notes.enabled &= !is_alone;
        if let Some(file) = per_package {
            let table = NotesTable { file: Some(file), ..table };
            notes.packages.push(PackageNotes { packages: None, is_shared: false, notes: table.product()? });
        }
    }
    for mut table in of_packages {
        let packages = table.packages.take();
        let is_shared = table.file.is_some();
        let file = table.file.take().or_else(|| table.per_package.take());
        let table = NotesTable { file: Some(file.unwrap_or_else(|| ConfigPath::known(OF_PACKAGE))), ..table };
        notes.packages.push(PackageNotes { packages, is_shared, notes: table.product()? });
    }
    Ok(notes)
}

/// `[notes]` as it is written.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct NotesTable {
    packages: Option<Patterns>,
    per_package: Option<ConfigPath>,
    enabled: bool,
    file: Option<ConfigPath>,
    layout: Option<Layout>,
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
    begin_anew: bool,
    #[serde(deserialize_with = "prereleases")]
    prereleases: PrereleaseNotes,
    carry: Carry,
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

fn prereleases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PrereleaseNotes, D::Error> {
    let have_own = bool::deserialize(deserializer)?;
    Ok(if have_own { PrereleaseNotes::Own } else { PrereleaseNotes::OfRelease })
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
        Self {
            packages: None,
            per_package: None,
            enabled: true,
            file: None,
            layout: None,
            template: None,
            archive_marker: None,
            archive_entry: None,
            unreleased: None,
            released: None,
            scaffold: true,
            begin_anew: true,
            prereleases: PrereleaseNotes::default(),
            carry: Carry::Asked,
        }
    }
}

impl NotesTable {
    /// Returns what the table says of one file.
    fn product(self) -> Result<NotesConfig, String> {
        let wording = Wording {
            marker: self.archive_marker.as_deref(),
            entry: self.archive_entry.as_deref(),
            unreleased: self.unreleased.as_deref(),
            released: self.released.as_deref(),
            prereleases: self.prereleases,
        };
        let is_file_set = self.file.is_some();
        let file = self.file.unwrap_or_else(|| NotesConfig::default().file);
        Ok(NotesConfig {
            enabled: self.enabled,
            is_file_set,
            layout: self.layout,
            template: self.template,
            style: Style::parse(&file, &wording).map_err(said)?,
            carry: self.carry,
            missing: if self.scaffold { Missing::Scaffold } else { Missing::Leave },
            anew: if self.begin_anew { Anew::Begun } else { Anew::Left },
            file,
            packages: Vec::new(),
        })
    }
}
