//! How release branches, tags and other branches are named.

mod range;

use std::collections::BTreeMap;
use std::fmt;

use semver::{Prerelease, Version};
use serde::de::{Error as _, SeqAccess, Visitor, value::SeqAccessDeserializer};
use serde::{Deserialize, Deserializer};

pub use range::NameRange;

use super::value::parse;
use crate::finding::Finding;
use crate::git::BranchName;
use crate::git::tags::TagForm;
use crate::template::{Placeholder, Template, Values};
use crate::train::Numbering;
use crate::version::plain;

/// How branches and tags are named.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Names {
    /// The release branch.
    pub branch: NameScheme,
    /// The tag of a release.
    pub tag: NameScheme,
    /// What kind of tag a release gets; that of the latest one otherwise.
    pub tag_kind: Option<TagForm>,
    /// The branch that gets the trunk's commit instead of the trunk.
    pub bump_branch: Option<NameTemplate>,
    /// The branch that gets a release branch's commit instead of the release branch.
    pub release_branch: Option<NameTemplate>,
    /// The branch that gets a backport instead of the release branch.
    pub backport_branch: Option<BackportName>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            branch: NameScheme::assumed("release-{version}"),
            tag: NameScheme::assumed("v{version}"),
            tag_kind: None,
            bump_branch: None,
            release_branch: None,
            backport_branch: None,
        }
    }
}

impl Names {
    /// Lets commits go to branches of their own, for pull requests, also where no names are stated for these.
    pub fn take_request_branches(&mut self) {
        self.bump_branch.get_or_insert_with(|| NameTemplate::known("bump-{version}"));
        self.release_branch.get_or_insert_with(|| NameTemplate::known("prepare-{version}"));
        self.backport_branch.get_or_insert_default();
    }

    /// Returns every name with the key that states it.
    pub(super) fn by_key(&mut self) -> impl Iterator<Item = (&'static str, &mut NameTemplate)> {
        let Self { branch, tag, tag_kind: _, bump_branch, release_branch, backport_branch: _ } = self;
        let with = |key: &'static str| move |template| (key, template);
        (branch.templates.iter_mut().map(with("names.branch")))
            .chain(tag.templates.iter_mut().map(with("names.tag")))
            .chain(bump_branch.iter_mut().map(with("names.bump-branch")))
            .chain(release_branch.iter_mut().map(with("names.release-branch")))
    }
}

/// How release branches or tags are named: the names that there were over time, the newest first. There
/// is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameScheme {
    templates: Vec<NameTemplate>,
    /// Whether nobody has said so, nor do the names that are there.
    is_assumed: bool,
}

impl NameScheme {
    /// Takes a template of the program's own, which is right, for where nothing else is known.
    fn assumed(text: &str) -> Self {
        Self { templates: vec![NameTemplate::known(text)], is_assumed: true }
    }

    /// Makes the scheme of what is known, the newest first; `None` where nothing is.
    pub fn known(templates: Vec<NameTemplate>) -> Option<Self> {
        (!templates.is_empty()).then_some(Self { templates, is_assumed: false })
    }

    /// Returns whether nobody has said so, nor do the names that are there.
    pub fn is_assumed(&self) -> bool {
        self.is_assumed
    }

    /// Returns the names that there may be for the product `name`, the newest kind first.
    pub fn ranges(&self, name: &str) -> Vec<NameRange> {
        self.templates.iter().map(|template| template.range(name)).collect()
    }

    /// Returns whether it is this one way of naming.
    pub fn is(&self, template: &NameTemplate) -> bool {
        matches!(&self.templates[..], [only] if only == template)
    }

    /// Returns the name that is given to `version` of the product `name` now.
    pub fn render(&self, version: &Version, name: &str) -> String {
        self.all(version, name).next().unwrap_or_default()
    }

    /// Returns the names that `version` of the product `name` may have, the newest kind first.
    pub fn all(&self, version: &Version, name: &str) -> impl Iterator<Item = String> {
        self.templates.iter().map(|template| template.render(version, name))
    }

    /// Returns the version that `text` is the name for.
    pub fn read(&self, text: impl AsRef<str>) -> Option<Version> {
        self.templates.iter().find_map(|template| template.read(text.as_ref()))
    }

    /// Returns the first version of the line that the branch `text` is for. One that is made for a single
    /// patch, as `release-0.19.1` is, is of the line of 0.19.0.
    pub fn line(&self, text: impl AsRef<str>) -> Option<Version> {
        self.read(text).map(|named| line_of(&named))
    }

    /// Returns the release branches among `branches`, each with the first version of its line. Of a line that has
    /// a branch a patch, it is that of the latest.
    pub fn lines<'b>(
        &self,
        branches: impl Iterator<Item = &'b BranchName>,
    ) -> BTreeMap<Version, &'b BranchName> {
        let mut named: Vec<(Version, &BranchName)> =
            branches.filter_map(|branch| Some((self.read(branch)?, branch))).collect();
        named.sort();
        named.into_iter().map(|(named, branch)| (line_of(&named), branch)).collect()
    }

    /// Returns the versions that are named by `names`, each with its newest kind of name.
    pub fn versions<'n, N: AsRef<str>>(
        &self,
        names: impl Iterator<Item = &'n N>,
    ) -> BTreeMap<Version, &'n N> {
        let names: Vec<&N> = names.collect();
        let mut versions = BTreeMap::new();
        for template in self.templates.iter().rev() {
            let named = names.iter().filter_map(|name| Some((template.read(name.as_ref())?, *name)));
            versions.extend(named);
        }
        versions
    }

    /// Returns whether `version` of the product `name` is of the line that `branch` is for: below the
    /// numbers that its name gives, a version is free to move.
    pub fn is_of_line(&self, version: &Version, branch: impl AsRef<str>, name: &str) -> bool {
        let branch = branch.as_ref();
        let Some(named) = self.read(branch) else { return false };
        let moved = Version { patch: named.patch, ..plain(version) };
        *version >= line_of(&named) && self.all(&moved, name).any(|name| name == branch)
    }
}

/// Returns the first version of the line that `named` is of; below 0.1 each has a line of its own.
fn line_of(named: &Version) -> Version {
    match (named.major, named.minor) {
        (0, 0) => named.clone(),
        (major, minor) => Version::new(major, minor, 0),
    }
}

impl fmt::Display for NameScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, template) in self.templates.iter().enumerate() {
            write!(f, "{}`{}`", if i > 0 { ", " } else { "" }, template.as_str())?;
        }
        Ok(())
    }
}

impl From<NameTemplate> for NameScheme {
    fn from(template: NameTemplate) -> Self {
        Self { templates: vec![template], is_assumed: false }
    }
}

impl<'de> Deserialize<'de> for NameScheme {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SchemeVisitor)
    }
}

/// Reads one name, or a list of them.
struct SchemeVisitor;

impl<'de> Visitor<'de> for SchemeVisitor {
    type Value = NameScheme;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name like \"release-{version}\", or a list of such names, the newest first")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<NameScheme, E> {
        NameTemplate::try_from(text.to_owned()).map(NameScheme::from).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<NameScheme, A::Error> {
        let templates = Vec::deserialize(SeqAccessDeserializer::new(list))?;
        NameScheme::known(templates).ok_or_else(|| A::Error::invalid_length(0, &self))
    }
}

/// The name of a branch or tag, with a version in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct NameTemplate {
    text: String,
    template: Template,
    /// The major version of all that has such a name, where the name itself does not tell: that of a
    /// train that counts minors.
    major: Option<u64>,
}

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
    fn known(text: &str) -> Self {
        let Ok(template) = Self::try_from(text.to_owned()) else { unreachable!("a default that is none") };
        template
    }

    /// Returns it as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether it names versions of two majors alike, unless a train counts minors.
    pub(super) fn leaves_major_open(&self) -> bool {
        let with_major = [Placeholder::Version, Placeholder::Plain, Placeholder::Short, Placeholder::Major];
        !self.template.placeholders().any(|placeholder| with_major.contains(&placeholder))
    }

    /// Takes the major version of all that has such a name from how the train is numbered.
    ///
    /// Returns whether that tells it, or it is not needed.
    pub(super) fn take_major(&mut self, numbering: Option<Numbering>) -> bool {
        match numbering {
            _ if !self.leaves_major_open() => true,
            Some(Numbering::Minor { major }) => {
                self.major = Some(major);
                true
            }
            Some(Numbering::Major) | None => false,
        }
    }

    /// Returns the template `text` for releases of the one `major`.
    pub fn of_minors(text: String, major: u64) -> Result<Self, String> {
        Ok(Self { major: Some(major), ..Self::try_from(text)? })
    }

    /// Returns the name for `version` of the product `name`.
    pub fn render(&self, version: &Version, name: &str) -> String {
        self.template.render(&Values { name: Some(name.to_owned()), ..Values::of(version) })
    }

    /// Returns all names that it makes for the product `name`.
    pub fn range(&self, name: &str) -> NameRange {
        NameRange::of(&self.template, name)
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
        let version = self.template.read(text.as_ref())?.version?;
        Some(match self.major.filter(|_| self.leaves_major_open()) {
            Some(major) => Version { major, ..version },
            None => version,
        })
    }
}

impl TryFrom<String> for NameTemplate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let template = parse(&text, Self::ALLOWED)?;
        let name = Self { text, template, major: None };
        if name.leaves_major_open() && !name.template.placeholders().any(|open| open == Placeholder::Minor) {
            return Err(format!(
                "`{}` names every version alike; write {{version}} where it differs",
                name.text
            ));
        }
        match name.misnames("name") {
            None => Ok(name),
            Some(example) => Err(not_a_name(&name.text, &example)),
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
