//! Values of the configuration that are checked while they are read.

use std::fmt;

use globset::{Glob, GlobSet, GlobSetBuilder};
use semver::{Prerelease, Version};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error as _, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::edit::requirement::Raise;
use crate::edit::version_file::Pattern;
use crate::finding::Finding;
use crate::git::BranchName;
use crate::template::{Placeholder, Template, Values};

/// Names or globs (`wasmtime-*`), of which one must match.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Patterns {
    texts: Vec<String>,
    set: GlobSet,
}

impl Patterns {
    /// Returns whether one of them matches `name`.
    pub fn matches(&self, name: &str) -> bool {
        self.set.is_match(name)
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Returns those that match none of `names`.
    pub fn unused<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<&str> {
        let mut used = vec![false; self.texts.len()];
        for name in names {
            for index in self.set.matches(name) {
                used[index] = true;
            }
        }
        self.texts.iter().zip(used).filter(|(_, used)| !used).map(|(text, _)| text.as_str()).collect()
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
        let mut builder = GlobSetBuilder::new();
        for text in &texts {
            builder.add(Glob::new(text).map_err(said)?);
        }
        Ok(Self { set: builder.build().map_err(said)?, texts })
    }
}

/// Which requirements are raised when their package moves: `"needed"`, `"always"`, or always those on
/// packages of such names.
#[derive(Clone, Debug, Default)]
pub struct Following {
    always: Patterns,
}

impl Following {
    const EXAMPLE: &str = "\"needed\", \"always\", or a list of packages as in [\"core-*\"]";

    /// Returns which requirements on `package` are raised.
    pub fn raise(&self, package: &str) -> Raise {
        if self.always.matches(package) { Raise::Always } else { Raise::Needed }
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
        let globs = match text {
            "needed" => Vec::new(),
            "always" => vec!["*".to_owned()],
            _ => return Err(E::invalid_value(Unexpected::Str(text), &self)),
        };
        Patterns::try_from(globs).map(|always| Following { always }).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Following, A::Error> {
        let always = Patterns::deserialize(SeqAccessDeserializer::new(list))?;
        Ok(Following { always })
    }
}

/// The words of a pre-release's label: `dev`, `rc`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Label(String);

impl Label {
    /// Returns it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Label {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(word) {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is not a pre-release label; write one like `dev` or `rc`"))
        }
    }
}

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
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

/// The name of a branch or tag, with a version in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct NameTemplate(Template);

impl NameTemplate {
    const ALLOWED: &[Placeholder] = &[
        Placeholder::Version,
        Placeholder::Plain,
        Placeholder::Short,
        Placeholder::Major,
        Placeholder::Minor,
        Placeholder::Patch,
        Placeholder::Name,
    ];

    /// Takes a template of the program's own, which is right.
    pub(super) fn known(text: &str) -> Self {
        let Ok(template) = Self::try_from(text.to_owned()) else { unreachable!("a default that is none") };
        template
    }

    /// Returns the name for `version` of the product `name`.
    pub fn render(&self, version: &Version, name: &str) -> String {
        self.0.render(&Values { name: Some(name.to_owned()), ..Values::of(version) })
    }

    /// Returns a name that this makes for a version of the product `name` and that is none to git, if it
    /// makes one.
    pub fn misnames(&self, name: &str) -> Option<String> {
        let plain = Version::new(1, 2, 3);
        let versions = [Version { pre: Prerelease::new("rc.1").unwrap_or_default(), ..plain.clone() }, plain];
        versions.iter().map(|version| self.render(version, name)).find(|made| !is_plain_name(made))
    }

    /// Returns the version that `text` is the name for.
    pub fn read(&self, text: impl AsRef<str>) -> Option<Version> {
        self.0.read(text.as_ref())?.version
    }
}

impl TryFrom<String> for NameTemplate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let template = parse(&text, Self::ALLOWED)?;
        let has_version = [Placeholder::Version, Placeholder::Plain, Placeholder::Short, Placeholder::Major];
        if !template.placeholders().any(|placeholder| has_version.contains(&placeholder)) {
            return Err(format!("`{text}` names every version alike; write {{version}} where it differs"));
        }
        let name = Self(template);
        match name.misnames("name") {
            None => Ok(name),
            Some(example) => Err(not_a_name(&text, &example)),
        }
    }
}

/// Returns whether git takes `name` for the name of a branch or tag, and for nothing else wherever a
/// command takes one: `+` forces a push, and the name of a folder of refs is looked up as such.
pub fn is_plain_name(name: &str) -> bool {
    let misread = ["+", "refs/", "heads/", "tags/", "remotes/"];
    !misread.iter().any(|begin| name.starts_with(begin)) && BranchName::new(name).is_some()
}

fn not_a_name(text: &str, example: &str) -> String {
    format!("`{text}` makes `{example}`, which git does not take as a name")
}

/// The name of a branch for a backport: of a commit, `{short}`, to a release branch, `{branch}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BackportName(Template);

impl BackportName {
    /// Here `{short}` is a commit's short name, and no version's.
    const ALLOWED: &[Placeholder] = &[Placeholder::Short, Placeholder::Branch];

    /// Returns the name for the commit `short` on `branch`.
    ///
    /// # Errors
    ///
    /// A finding that git does not take it.
    pub fn render(&self, short: &str, branch: &BranchName) -> Result<BranchName, Finding> {
        BranchName::made(self.with(short, branch.as_str()))
    }

    fn with(&self, short: &str, branch: &str) -> String {
        self.0.render_with(|open| match open {
            Placeholder::Short => Some(short.to_owned()),
            Placeholder::Branch => Some(branch.to_owned()),
            _ => None,
        })
    }
}

impl Default for BackportName {
    fn default() -> Self {
        let text = "backport/{short}-to-{branch}".to_owned();
        let Ok(name) = Self::try_from(text) else { unreachable!("a default that is none") };
        name
    }
}

impl TryFrom<String> for BackportName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let name = Self(parse(&text, Self::ALLOWED)?);
        for needed in Self::ALLOWED {
            if !name.0.placeholders().any(|open| open == *needed) {
                return Err(format!(
                    "`{text}` gives two backports one branch; write {needed} where they differ"
                ));
            }
        }
        let example = name.with("0123456789", "release-1.0.0");
        if is_plain_name(&example) { Ok(name) } else { Err(not_a_name(&text, &example)) }
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

fn parse(text: &str, allowed: &[Placeholder]) -> Result<Template, String> {
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
