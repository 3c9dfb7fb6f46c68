//! Values of the configuration that are checked while they are read.

use std::fmt;

use anyhow::Context as _;
use globset::{Glob, GlobSet, GlobSetBuilder};
use semver::{BuildMetadata, Prerelease, Version};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error as _, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::edit::requirement::Raise;
use crate::edit::version_file::Pattern;
use crate::finding::Finding;
use crate::template::{Placeholder, Template, Values};
use crate::version;

/// Names or globs (`wasmtime-*`), of which one must match.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Patterns {
    texts: Vec<String>,
    globs: Vec<Glob>,
    set: GlobSet,
}

impl Patterns {
    /// Returns whether one of them matches `name`.
    pub fn matches(&self, name: &str) -> bool {
        self.set.is_match(name)
    }

    /// Matches every name.
    pub(super) fn all() -> Self {
        Self::try_from(vec!["*".to_owned()]).unwrap_or_default()
    }

    /// Returns them as they are written.
    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Returns whether `name` is one of them as it stands.
    pub fn contain(&self, name: &str) -> bool {
        self.texts.iter().any(|text| text == name)
    }

    /// Returns those that are paths, with a `/` in them.
    pub(super) fn paths(&self) -> Self {
        let paths: Vec<String> = self.texts.iter().filter(|text| text.contains('/')).cloned().collect();
        Self::try_from(paths).unwrap_or_default()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Returns those that match none of `names`.
    pub fn unused<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<&str> {
        unused(&self.set, names).map(|index| self.texts[index].as_str()).collect()
    }
}

impl Patterns {
    /// Returns them with each one read as `read` says; they are still named as they are written.
    ///
    /// # Errors
    ///
    /// Those of `read`, and that one is no glob then.
    pub(super) fn read_as(&self, read: impl Fn(&str) -> Result<String, String>) -> Result<Self, String> {
        let read = Self::try_from(self.texts.iter().map(|text| read(text)).collect::<Result<Vec<_>, _>>()?)?;
        Ok(Self { texts: self.texts.clone(), ..read })
    }
}

/// The most globs in one list: what they cost grows with the square of their number.
const MOST_GLOBS: usize = 1000;

impl TryFrom<Vec<String>> for Patterns {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, Self::Error> {
        if texts.len() > MOST_GLOBS {
            return Err(format!("these are {} globs, and {MOST_GLOBS} are the most", texts.len()));
        }
        let said = |error: globset::Error| error.to_string();
        let globs = texts.iter().map(|text| Glob::new(text)).collect::<Result<Vec<_>, _>>().map_err(said)?;
        Ok(Self { set: set(&globs)?, globs, texts })
    }
}

fn set<'a>(globs: impl IntoIterator<Item = &'a Glob>) -> Result<GlobSet, String> {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        builder.add(glob.clone());
    }
    builder.build().map_err(|error| error.to_string())
}

/// Returns which globs of `set` match none of `names`.
fn unused<'a>(set: &GlobSet, names: impl Iterator<Item = &'a str>) -> impl Iterator<Item = usize> {
    let mut used = vec![false; set.len()];
    for name in names {
        for index in set.matches(name) {
            used[index] = true;
        }
    }
    (0..used.len()).filter(move |index| !used[*index])
}

/// Several lists of names or globs: those that match are found in all of them at once.
#[derive(Clone, Debug, Default)]
pub(super) struct PatternLists {
    set: GlobSet,
    /// The list and the place in it of each glob.
    places: Vec<(usize, usize)>,
}

impl PatternLists {
    /// Takes the lists.
    ///
    /// # Errors
    ///
    /// If they are too much for one set.
    pub(super) fn new<'a>(lists: impl Iterator<Item = &'a Patterns>) -> Result<Self, String> {
        let (mut globs, mut places) = (Vec::new(), Vec::new());
        for (list, patterns) in lists.enumerate() {
            globs.extend(&patterns.globs);
            places.extend((0..patterns.globs.len()).map(|at| (list, at)));
        }
        Ok(Self { set: set(globs)?, places })
    }

    /// Returns the list and the place in it of each one that matches `name`.
    pub(super) fn matches(&self, name: &str) -> impl Iterator<Item = (usize, usize)> {
        self.set.matches(name).into_iter().map(|index| self.places[index])
    }

    /// Returns the list and the place in it of each one that matches none of `names`.
    pub(super) fn unused<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<(usize, usize)> {
        unused(&self.set, names).map(|index| self.places[index]).collect()
    }
}

/// Which requirements are raised when their package moves: `"needed"`, `"always"`, `"unmatched"`, `"moving"`, or always
/// those on packages of such names.
#[derive(Clone, Debug, Default)]
pub struct Following {
    always: Patterns,
    /// Of other packages, in the manifests of packages that move themselves.
    moving: Raise,
    /// Of other packages, elsewhere.
    staying: Raise,
}

impl Following {
    const EXAMPLE: &str =
        "\"needed\", \"always\", \"unmatched\", \"moving\", or a list of packages as in [\"core-*\"]";

    fn all(raise: Raise) -> Self {
        Self { moving: raise, staying: raise, ..Self::default() }
    }

    /// Returns which requirements on `package` are raised; `moves` tells whether what requires it moves itself.
    pub fn raise(&self, package: &str, moves: impl FnOnce() -> bool) -> Raise {
        match self.always.matches(package) {
            true => Raise::Always,
            false if self.moving == self.staying || moves() => self.moving,
            false => self.staying,
        }
    }

    /// Returns the packages on which all requirements are raised.
    pub fn packages(&self) -> &Patterns {
        &self.always
    }
}

impl<'de> Deserialize<'de> for Following {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FollowingVisitor)
    }
}

struct FollowingVisitor;

impl<'de> Visitor<'de> for FollowingVisitor {
    type Value = Following;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Following::EXAMPLE)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Following, E> {
        Ok(match text {
            "needed" => Following::all(Raise::Needed),
            "always" => Following::all(Raise::Always),
            "unmatched" => Following::all(Raise::Unmatched),
            "moving" => Following { moving: Raise::Always, ..Following::all(Raise::Unmatched) },
            _ => return Err(E::invalid_value(Unexpected::Str(text), &self)),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Following, A::Error> {
        let always = Patterns::deserialize(SeqAccessDeserializer::new(list))?;
        Ok(Following { always, ..Following::all(Raise::Needed) })
    }
}

/// The label of a pre-release, with the number that it begins to count from and build metadata: `dev`, `rc`,
/// `alpha.0`, `alpha.1+dev`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Label {
    word: String,
    first: Option<u64>,
    build: BuildMetadata,
}

impl Label {
    /// Returns the one that a pre-release carries, as it stands there.
    pub fn of(version: &Version) -> Option<Self> {
        let build = if version.build.is_empty() { String::new() } else { format!("+{}", version.build) };
        Self::try_from(format!("{}{build}", version.pre)).ok()
    }

    /// Returns its word, without number and build metadata.
    pub fn as_str(&self) -> &str {
        &self.word
    }

    /// Returns whether `version` carries it, with any number or none.
    pub fn is_on(&self, version: &Version) -> bool {
        version.pre.as_str() == self.word || self.number(version).is_some()
    }

    /// Returns the number that `version` has with it: 2 for 49.0.0-rc.2.
    pub fn number(&self, version: &Version) -> Option<u64> {
        version::candidate_number(version, &self.word)
    }

    /// Returns it with the number that it has on `version`, where it does not say which it begins with.
    #[must_use]
    pub fn numbered_as(&self, version: &Version) -> Self {
        Self { first: self.first.or(self.number(version)), ..self.clone() }
    }

    /// Returns it as one that counts: from 1 where it does not say.
    #[must_use]
    pub fn counting(&self) -> Self {
        Self { first: self.first.or(Some(1)), ..self.clone() }
    }

    /// Returns the first pre-release of `version` with it.
    ///
    /// # Errors
    ///
    /// If it is no pre-release.
    pub fn first(&self, version: &Version) -> anyhow::Result<Version> {
        self.with(version, self.first)
    }

    /// Returns the pre-release after `version`: the first of its version, where it has another label or none.
    ///
    /// # Errors
    ///
    /// If the number would overflow.
    pub fn after(&self, version: &Version) -> anyhow::Result<Version> {
        match self.number(version) {
            None => self.first(version),
            Some(number) => {
                let next = number.checked_add(1);
                let next = next.with_context(|| format!("no pre-release can follow {version}"))?;
                self.with(version, Some(next))
            }
        }
    }

    fn with(&self, version: &Version, number: Option<u64>) -> anyhow::Result<Version> {
        let text = number.map_or_else(|| self.word.clone(), |number| format!("{}.{number}", self.word));
        Ok(Version { build: self.build.clone(), ..version::with_label(version, &text)? })
    }
}

impl TryFrom<String> for Label {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let read = || {
            let (pre, build) = text.split_once('+').unwrap_or((&text, ""));
            let (word, number) = match pre.split_once('.') {
                Some((word, number)) => (word, Some(number)),
                None => (pre, None),
            };
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if !word.starts_with(|c: char| c.is_ascii_alphabetic()) || !word.chars().all(is_word) {
                return None;
            }
            // As Semantic Versioning has it, without leading zeros.
            Prerelease::new(pre).ok()?;
            let first =
                number.map(|number| number.parse().ok()).map_or(Some(None), |first| first.map(Some))?;
            Some(Self { word: word.to_owned(), first, build: BuildMetadata::new(build).ok()? })
        };
        read().ok_or_else(|| {
            format!("`{text}` is not a pre-release label; write one like `dev` or `rc`, or `alpha.0`")
        })
    }
}

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Argv(Vec<String>);

impl Argv {
    /// Returns the program and its arguments.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl From<Argv> for Vec<String> {
    fn from(argv: Argv) -> Self {
        argv.0
    }
}

impl TryFrom<Vec<String>> for Argv {
    type Error = &'static str;

    fn try_from(words: Vec<String>) -> Result<Self, Self::Error> {
        if words.first().is_some_and(|program| !program.is_empty()) {
            Ok(Self(words))
        } else {
            Err("a command begins with the name of a program")
        }
    }
}

/// A text that may say what is being released.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TextTemplate(Template);

impl TextTemplate {
    /// Takes a template of the program's own, which is right.
    pub(super) fn known(text: &str) -> Self {
        let Ok(template) = Self::try_from(text.to_owned()) else { unreachable!("a default that is none") };
        template
    }

    /// Returns the text for `values`.
    pub fn render(&self, values: &Values) -> String {
        self.0.render(values)
    }

    /// Returns the template itself.
    pub fn template(&self) -> &Template {
        &self.0
    }
}

impl TryFrom<String> for TextTemplate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        parse(&text, Placeholder::ALL).map(Self)
    }
}

/// The longest name of a product or package, in characters.
const LONGEST_NAME: usize = 100;

/// Reads the name of a product or package: one line that is not long, because it stands in every line of a calendar,
/// and a log obeys some lines.
pub(super) fn line_of_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(D::Error::custom("a name is one line of text"));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(D::Error::custom(format!("a name has {LONGEST_NAME} characters at the most")));
    }
    Ok(Some(name))
}

/// Reads the lines of a version file, of which there must be one.
pub(super) fn version_lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Pattern>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    if texts.is_empty() {
        return Err(D::Error::custom("name the lines that carry the version"));
    }
    texts
        .iter()
        .map(|text| Pattern::parse(text).map_err(|findings| D::Error::custom(said(findings))))
        .collect()
}

pub(super) fn parse(text: &str, allowed: &[Placeholder]) -> Result<Template, String> {
    Template::parse(text, allowed).map_err(said)
}

/// Puts findings into one sentence, for an error that serde gives its place.
pub(super) fn said(findings: Vec<Finding>) -> String {
    let said = findings.into_iter().map(|finding| match finding.remedy {
        Some(remedy) => format!("{}: {remedy}", finding.message),
        None => finding.message,
    });
    said.collect::<Vec<_>>().join("; ")
}
