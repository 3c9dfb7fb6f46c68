//! `[backport]`: what is not asked about, which side of a merge counts, and the words of pull requests.

use std::num::NonZeroU32;

use serde::Deserialize;

use super::value::{Patterns, parse};
use crate::template::{Placeholder, Template};

/// How a project backports.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BackportConfig {
    /// What no other branch is asked for.
    pub ignore: Ignored,
    /// For merges: the parent that counts as the state before, from 1.
    pub mainline: Option<NonZeroU32>,
    /// The title of a pull request.
    pub title: BackportText,
    /// The body of a pull request.
    pub body: BackportText,
}

/// Commits that concern only the branch that they are on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Ignored {
    /// Those that change nothing else than such files.
    pub paths: Patterns,
    /// Those whose first lines are such.
    pub subjects: Patterns,
}

impl Default for BackportConfig {
    fn default() -> Self {
        Self {
            ignore: Ignored::default(),
            mainline: None,
            title: BackportText::known("[{branch}] {subject}"),
            body: BackportText::known("Backport to {branch} of\n\n{commits}"),
        }
    }
}

/// A text about a backport to `{branch}`: of the first commit `{subject}` and `{short}`, of all of them
/// `{commits}`, one a line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BackportText(Template);

impl BackportText {
    const ALLOWED: &[Placeholder] =
        &[Placeholder::Branch, Placeholder::Short, Placeholder::Subject, Placeholder::Commits];

    /// Takes a template of the program's own, which is right.
    fn known(text: &str) -> Self {
        let Ok(template) = Self::try_from(text.to_owned()) else { unreachable!("a default that is none") };
        template
    }

    /// Returns the text for `commits`, each with its short name and its subject.
    pub fn render(&self, branch: &str, commits: &[(String, String)]) -> String {
        let first = commits.first();
        self.0.render_with(|open| match open {
            Placeholder::Branch => Some(branch.to_owned()),
            Placeholder::Short => first.map(|(short, _)| short.clone()),
            Placeholder::Subject => first.map(|(_, subject)| subject.clone()),
            Placeholder::Commits => {
                let lines = commits.iter().map(|(short, subject)| format!("* {short} {subject}"));
                Some(lines.collect::<Vec<_>>().join("\n"))
            }
            _ => None,
        })
    }
}

impl TryFrom<String> for BackportText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        parse(&text, Self::ALLOWED).map(Self)
    }
}
