//! `relprep-backports.toml`: what the maintainers state about commits and branches, with reasons.

use std::collections::HashMap;

use anyhow::Result;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::evidence::{Facts, canonical, is_advisory};
use super::marks::first_digits;
use super::targets::Target;
use crate::config::Patterns;
use crate::finding::{Finding, Place};
use crate::rule;

/// The name of the file, beside the root manifest of the trunk.
pub const FILE: &str = "relprep-backports.toml";

/// All statements, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    all: Vec<Statement>,
    /// Which of them name a commit that begins with these digits, the first ones that every name has.
    by_digits: HashMap<String, Vec<usize>>,
    /// Which of them name an advisory.
    by_advisory: HashMap<String, Vec<usize>>,
}

/// What is stated about a commit, or all commits that name an advisory, on some branches.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Statement {
    /// The commit, in at least seven hexadecimal digits; its backports are meant too.
    #[serde(default)]
    pub commit: Option<CommitName>,
    /// The advisory.
    #[serde(default)]
    pub advisory: Option<AdvisoryName>,
    /// The branches, by name, version or glob, as `--to` takes them.
    pub branches: Patterns,
    /// What is stated.
    pub status: StatementStatus,
    /// Where it is contained, the first version that has it.
    #[serde(default)]
    pub fixed_in: Option<Version>,
    /// Why.
    pub reason: Reason,
}

/// What is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatementStatus {
    /// The branch has the change, however it came there.
    Contained,
    /// The branch does not need it.
    NotAffected,
    /// The branch needs it and will not get it.
    WontFix,
}

impl StatementStatus {
    /// Returns it in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Contained => "contained",
            Self::NotAffected => "not affected",
            Self::WontFix => "won't fix",
        }
    }
}

/// A commit's name, of at least seven hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct CommitName(String);

impl TryFrom<String> for CommitName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(format!("`{text}` names no commit; write at least seven hexadecimal digits, better all"))
        }
    }
}

/// An advisory's name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct AdvisoryName(String);

impl TryFrom<String> for AdvisoryName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if is_advisory(&text) {
            Ok(Self(canonical(&text)))
        } else {
            Err(format!("`{text}` names no advisory; write it like GHSA-…, CVE-… or RUSTSEC-…"))
        }
    }
}

/// A reason that says something.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct Reason(String);

impl Reason {
    /// Returns it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reason {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        if text.is_empty() {
            Err("a statement without a reason helps nobody; say why")
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementFile {
    #[serde(default)]
    statement: Vec<Statement>,
}

impl Statement {
    /// Returns whether the commit, or one that it was picked from, is meant.
    pub fn is_about(&self, facts: &Facts) -> bool {
        let by_commit = self.commit.as_ref().is_some_and(|commit| facts.is_or_comes_from(&commit.0));
        by_commit || self.advisory.as_ref().is_some_and(|advisory| facts.advisories.contains(&advisory.0))
    }

    fn is_for(&self, target: &Target) -> bool {
        target.names().iter().any(|name| self.branches.matches(name))
    }
}

impl Statements {
    /// Reads `text`, the content of `path`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, with the place of the first thing that is wrong; and every statement
    /// that names neither a commit nor an advisory.
    pub fn read(path: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let file: StatementFile = toml_edit::de::from_str(text).map_err(|error| {
            let place = error.span().map(|span| Place::range(path, text, span));
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            vec![Finding::of(rule::STATEMENTS, message).at(place).remedy(
                "write each as `[[statement]]` with `commit` or `advisory`, `branches`, `status` (contained, not-affected or wont-fix) and `reason`",
            )]
        })?;
        let aimless = |(at, statement): (usize, &Statement)| {
            (statement.commit.is_none() && statement.advisory.is_none()).then(|| {
                Finding::of(
                    rule::STATEMENTS,
                    format!("statement {} names neither commit nor advisory", at + 1),
                )
                .at(Place { path: path.to_owned(), spot: None })
                .remedy("write `commit` or `advisory`")
            })
        };
        let findings: Vec<Finding> = file.statement.iter().enumerate().filter_map(aimless).collect();
        if findings.is_empty() { Ok(Self::of(file.statement)) } else { Err(findings) }
    }

    fn of(all: Vec<Statement>) -> Self {
        let mut statements = Self::default();
        for (at, statement) in all.iter().enumerate() {
            if let Some(digits) = statement.commit.as_ref().and_then(|commit| first_digits(&commit.0)) {
                statements.by_digits.entry(digits.to_owned()).or_default().push(at);
            }
            if let Some(AdvisoryName(name)) = &statement.advisory {
                statements.by_advisory.entry(name.clone()).or_default().push(at);
            }
        }
        Self { all, ..statements }
    }

    /// Returns what is stated about a commit on a branch: the last statement that is about both.
    pub fn about(&self, facts: &Facts, target: &Target) -> Option<&Statement> {
        let names = facts.names();
        let digits = names.iter().filter_map(|name| self.by_digits.get(first_digits(name)?));
        let advisories = facts.advisories.iter().filter_map(|name| self.by_advisory.get(name));
        self.last(digits.chain(advisories).flatten(), |statement| {
            statement.is_about(facts) && statement.is_for(target)
        })
    }

    /// Returns what is stated about an advisory on a branch.
    pub fn about_advisory(&self, advisory: &str, target: &Target) -> Option<&Statement> {
        self.last(self.by_advisory.get(advisory)?.iter(), |statement| statement.is_for(target))
    }

    /// Returns the last of the statements at those places that is meant.
    fn last<'a>(
        &'a self,
        places: impl Iterator<Item = &'a usize>,
        is_meant: impl Fn(&Statement) -> bool,
    ) -> Option<&'a Statement> {
        let meant = places.copied().filter(|at| is_meant(&self.all[*at])).max();
        meant.map(|at| &self.all[at])
    }

    /// Returns a warning for each name of a branch that is none of `names`, and each commit that
    /// `is_here` does not know: such a statement states nothing.
    pub fn unused(
        &self,
        path: &str,
        names: &[String],
        is_here: impl Fn(&str) -> Result<bool>,
    ) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut warn = |message: String, remedy: &str| {
            let place = Place { path: path.to_owned(), spot: None };
            findings.push(Finding::of(rule::STATEMENTS, message).as_warning().at(place).remedy(remedy));
        };
        for (at, statement) in self.all.iter().enumerate() {
            for name in statement.branches.unused(names.iter().map(String::as_str)) {
                let message = format!("`{name}` of statement {} fits no release branch", at + 1);
                warn(message, "name release branches, as `release-36.0.0`, `36.0` or `release-36.*`");
            }
            if statement.branches.is_empty() {
                warn(format!("statement {} names no branch", at + 1), "name the branches, or `*`");
            }
            if let Some(CommitName(commit)) = &statement.commit
                && !is_here(commit)?
            {
                let message = format!("the commit {commit} of statement {} is not here", at + 1);
                warn(message, "write its name as `git log` does, or fetch it");
            }
        }
        Ok(findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backport::title::BranchWords;
    use crate::config::Names;
    use crate::git::history::CommitInfo;
    use crate::git::{BranchName, CommitId};

    fn facts(message: &str) -> Facts {
        let id = CommitId::of_test(0xab);
        Facts::read(
            &CommitInfo { id, parents: Vec::new(), message: message.to_owned() },
            &BranchWords::default(),
        )
    }

    fn target(branch: &str) -> Target {
        let names = Names::default().branch;
        let version = names.read(branch).unwrap();
        Target {
            branch: BranchName::new(branch).unwrap(),
            version,
            tip: CommitId::of_test(1),
            remote: None,
            local: None,
        }
    }

    #[test]
    fn branches_are_named_as_targets_are_and_what_fits_nothing_is_said() {
        let statement = |commit: &str, branches: &str| {
            format!(
                "[[statement]]\ncommit = '{commit}'\nbranches = [{branches}]\nstatus = 'contained'\nreason = 'x'\n"
            )
        };
        let text = statement("abababab", "'24.0', '9.9'") + &statement("0123456", "'release-3*'");
        let statements = Statements::read(FILE, &text).unwrap();
        assert!(statements.about(&facts("Fix"), &target("release-24.0.0")).is_some());
        assert!(statements.about(&facts("Fix"), &target("release-36.0.0")).is_none());
        let names: Vec<String> =
            ["release-24.0.0", "release-36.0.0"].iter().flat_map(|name| target(name).names()).collect();
        let found = statements.unused(FILE, &names, |commit| Ok(commit == "abababab")).unwrap();
        let said: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            said,
            ["`9.9` of statement 1 fits no release branch", "the commit 0123456 of statement 2 is not here"]
        );
    }

    #[test]
    fn a_statement_is_about_a_commit_its_backports_and_an_advisory() {
        let text = "[[statement]]\ncommit = 'abababab'\nbranches = ['release-2*']\nstatus = 'not-affected'\nreason = 'no such code'\n\
            [[statement]]\nadvisory = 'ghsa-AAAA-bbbb-cccc'\nbranches = ['*']\nstatus = 'wont-fix'\nreason = 'end of life'\n";
        let statements = Statements::read(FILE, text).unwrap();
        let status =
            |facts: &Facts, branch| statements.about(facts, &target(branch)).map(|found| found.status);
        assert_eq!(status(&facts("Fix"), "release-24.0.0"), Some(StatementStatus::NotAffected));
        assert_eq!(status(&facts("Fix"), "release-36.0.0"), None);
        assert_eq!(
            status(&facts("Fix GHSA-aaaa-bbbb-cccc"), "release-36.0.0"),
            Some(StatementStatus::WontFix)
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_place() {
        for (text, place) in [
            ("[[statement]]\ncommit = 'abc'\n", "relprep-backports.toml:2:10"),
            (
                "[[statement]]\ncommit = 'abcdef0'\nbranches = ['*']\nstatus = 'maybe'\n",
                "relprep-backports.toml:4:10",
            ),
            (
                "[[statement]]\ncommit = 'abcdef0'\nbranches = ['*']\nstatus = 'contained'\nreason = ' '\n",
                "relprep-backports.toml:5:10",
            ),
            ("statment = 1\n", "relprep-backports.toml:1:1"),
        ] {
            let findings = Statements::read(FILE, text).unwrap_err();
            assert_eq!(findings[0].place.as_ref().unwrap().to_string(), place, "{findings:?}");
        }
        let aimless = "[[statement]]\nbranches = ['*']\nstatus = 'contained'\nreason = 'x'\n";
        assert!(Statements::read(FILE, aimless).is_err());
    }
}
