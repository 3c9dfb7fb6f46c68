//! `[[line]]`: which packages form a version line, or stay put, and how it steps.

use std::collections::BTreeSet;

use semver::VersionReq;
use serde::Deserialize;

use super::path;
use super::value::{PatternLists, Patterns};
use crate::version::Step;

/// All `[[line]]`, in their order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Vec<LineRule>")]
pub struct LineRules {
    rules: Vec<LineRule>,
    /// The packages of each one.
    names: PatternLists,
    /// Those that are paths.
    paths: PatternLists,
}

impl TryFrom<Vec<LineRule>> for LineRules {
    type Error = String;

    fn try_from(rules: Vec<LineRule>) -> Result<Self, Self::Error> {
        let names = PatternLists::new(rules.iter().map(|rule| &rule.packages))?;
        Ok(Self { names, rules, paths: PatternLists::default() })
    }
}

impl LineRules {
    /// Returns the one at `index`, which another function returned.
    pub fn get(&self, index: usize) -> &LineRule {
        &self.rules[index]
    }

    /// Returns where those stand that have the package `name` in `folder` among their packages, by name or path.
    pub fn covering(&self, name: &str, folder: &str) -> BTreeSet<usize> {
        self.names.matches(name).chain(self.paths.matches(folder)).map(|(rule, _)| rule).collect()
    }

    /// Returns the names and paths of those that count that are those of no package; `packages` are names and folders.
    pub fn unused<'a>(
        &self,
        packages: impl Iterator<Item = (&'a str, &'a str)> + Clone,
        counts: impl Fn(&LineRule) -> bool,
    ) -> Vec<&str> {
        let counting: Vec<bool> = self.rules.iter().map(counts).collect();
        let name = |(rule, at): (usize, usize)| (rule, self.rules[rule].packages.texts()[at].as_str());
        let path = |(rule, at): (usize, usize)| (rule, self.rules[rule].paths.texts()[at].as_str());
        let unnamed = self.names.unused(packages.clone().map(|(name, _)| name)).into_iter().map(name);
        let unnamed = unnamed.filter(|(_, text)| !text.contains('/'));
        let nowhere = self.paths.unused(packages.map(|(_, folder)| folder)).into_iter().map(path);
        unnamed.chain(nowhere).filter(|(rule, _)| counting[*rule]).map(|(_, text)| text).collect()
    }

    /// Makes all paths those of the repository whose root manifest is in `folder`; returns the rules whose paths lead
    /// out of it, and what is wrong.
    pub(super) fn place(&mut self, folder: &str) -> Vec<(usize, String)> {
        let mut wrong = Vec::new();
        for (index, rule) in self.rules.iter_mut().enumerate() {
            rule.paths = rule.packages.paths();
            wrong.extend(path::place_globs(&mut rule.paths, folder).err().map(|said| (index, said)));
        }
        match PatternLists::new(self.rules.iter().map(|rule| &rule.paths)) {
            Ok(paths) => self.paths = paths,
            Err(said) => wrong.push((0, said)),
        }
        wrong
    }
}

/// Which packages form a version line, or stay put, and how the line steps.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LineRule {
    /// The packages, by name or glob, or by the path of their folder or a glob of it; all by default.
    #[serde(default = "every")]
    pub packages: Patterns,
    /// Those of `packages` that are paths.
    #[serde(skip)]
    paths: Patterns,
    /// Which version they share, if not any.
    pub at: Option<LineVersion>,
    /// The releases that this counts for, by the lead package's version without a pre-release; all by
    /// default.
    #[serde(default = "all")]
    pub releases: VersionReq,
    /// Whether they move at all.
    #[serde(default = "yes")]
    pub r#move: bool,
    /// How they step when the lead package steps a major.
    #[serde(default = "major")]
    pub major: Step,
    /// How they step when the lead package steps a minor.
    #[serde(default = "minor")]
    pub minor: Step,
    /// How they step when the lead package steps a patch.
    #[serde(default = "patch")]
    pub patch: Step,
}

/// Which version the packages of a `[[line]]` share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineVersion {
    /// The lead package's.
    Lead,
}

impl LineRule {
    /// Returns whether it names the package `name`, and not by a glob.
    pub fn names(&self, name: &str) -> bool {
        self.packages.contain(name)
    }

    /// Returns how the line steps when the lead package steps by `lead`.
    pub fn step(&self, lead: Step) -> Step {
        match lead {
            _ if !self.r#move => Step::None,
            Step::None => Step::None,
            Step::Patch => self.patch,
            Step::Minor => self.minor,
            Step::Major => self.major,
        }
    }
}

fn every() -> Patterns {
    Patterns::all()
}

pub(super) fn all() -> VersionReq {
    VersionReq::STAR
}

fn yes() -> bool {
    true
}

fn major() -> Step {
    Step::Major
}

fn minor() -> Step {
    Step::Minor
}

fn patch() -> Step {
    Step::Patch
}
