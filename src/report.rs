//! What a check found: facts, and findings.

use schemars::JsonSchema;
use serde::Serialize;

use crate::finding::Finding;
use crate::rule::Severity;

/// The outcome of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Report {
    /// The command: `check` or `check-msrv`.
    #[serde(skip)]
    pub command: &'static str,
    /// What was looked at, in one line.
    pub subject: String,
    /// What the findings rest on.
    pub facts: Vec<Fact>,
    /// What is wrong, and what is worth saying.
    pub findings: Vec<Finding>,
}

/// One thing that a check's findings rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fact {
    /// What it is about: `baseline`.
    pub name: &'static str,
    /// What is so.
    pub text: String,
}

impl Report {
    /// Makes a report without facts and findings.
    pub fn new(command: &'static str, subject: impl Into<String>) -> Self {
        Self { command, subject: subject.into(), ..Self::default() }
    }

    /// Adds a fact.
    pub fn fact(&mut self, name: &'static str, text: impl Into<String>) {
        self.facts.push(Fact { name, text: text.into() });
    }

    /// Takes warnings for errors.
    pub fn be_strict(&mut self) {
        let is_warning = |finding: &&mut Finding| finding.severity == Severity::Warning;
        self.findings.iter_mut().filter(is_warning).for_each(|finding| finding.severity = Severity::Error);
    }

    /// Returns how many findings have that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Returns whether the check fails.
    pub fn fails(&self) -> bool {
        self.count(Severity::Error) > 0
    }
}
