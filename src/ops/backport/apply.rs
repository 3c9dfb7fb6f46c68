//! Tries commits on the branches, and makes what is clean.

use std::collections::BTreeMap;

use anyhow::{Error, Result};
use chrono::NaiveDate;
use serde::Serialize;

use super::scene::Scene;
use crate::backport::attempt::Attempt;
use crate::backport::making::{Made, Manner};
use crate::backport::targets::Excepted;
use crate::cli::{Output, Status};
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Head};
use crate::render;
use crate::transaction::values::{Hooks, Options};

impl Scene<'_> {
    /// Tries the commits on every branch, shows what became of them, and makes what is clean.
    pub(crate) fn apply(&self, day: NaiveDate, output: &mut Output) -> Result<Status> {
        let commits = self.commits()?;
        let chosen = self.targets(day, output)?;
        let (facts, attempts) = self.attempts(&commits, &chosen.targets)?;
        let sign_off = if self.args.signoff { Some(self.repo.sign_off()?) } else { None };
        let options = self.options();
        let manner = self.manner(sign_off.as_deref(), &options);
        output.show(&render::backport::attempts(&facts, &attempts, &chosen.excepted, &manner));
        let Outcome { made, refused, said } = self.make(&commits, &attempts, &manner)?;
        let refused = [refused, chosen.absences()].concat();
        for finding in &said {
            output.finding(finding);
        }
        if output.is_json() {
            let document = Applied {
                day,
                attempts: &attempts,
                excepted: &chosen.excepted,
                made: &made,
                refused: &refused,
            };
            output.result(&render::json::document("backport", &document));
        } else {
            let remote =
                chosen.targets.first().and_then(|target| self.refs.branches.push_remote(&target.branch).ok());
            output.show(&render::backport::made(&made, self.current(), remote));
            output.refuse(&refused);
        }
        let waits = |attempt: &Attempt| attempt.needs_person() || attempt.is_held(&manner);
        let well = refused.is_empty() && !attempts.iter().any(waits);
        Ok(if well { Status::Done } else { Status::Refused })
    }

    /// Makes what is clean: all or nothing on each branch, whatever becomes of the others. In a dry run
    /// finds what would stand in the way.
    ///
    /// Hooks that judge a new commit do not run, as in `git cherry-pick`.
    fn make(&self, commits: &[CommitId], attempts: &[Attempt], manner: &Manner<'_>) -> Result<Outcome> {
        let mut messages = BTreeMap::new();
        for commit in commits {
            messages.insert(*commit, self.repo.commit_info(*commit)?.message);
        }
        let mut outcome = Outcome::default();
        for attempt in attempts {
            let Some(publication) = attempt.publication(&messages, manner) else { continue };
            if self.args.dry_run {
                outcome.refused.extend(self.repo.obstacles(&publication)?);
                continue;
            }
            let published = self.repo.publish(&publication, Options { hooks: Hooks::Skip });
            match published.map_err(Error::downcast::<Refused>) {
                Ok(published) => {
                    outcome.made.extend(Made::new(attempt, &publication, published.commits));
                    outcome.said.extend(published.findings);
                }
                Err(Ok(Refused(findings))) => outcome.refused.extend(findings),
                Err(Err(error)) => return Err(error),
            }
        }
        Ok(outcome)
    }

    fn current(&self) -> Option<&str> {
        match &self.head {
            Head::Branch(name, _) => Some(name),
            Head::Detached(_) | Head::Unborn => None,
        }
    }
}

/// What became of the attempts that came out clean.
#[derive(Default)]
struct Outcome {
    made: Vec<Made>,
    refused: Vec<Finding>,
    /// What is worth saying of what was made.
    said: Vec<Finding>,
}

#[derive(Serialize)]
struct Applied<'a> {
    day: NaiveDate,
    attempts: &'a [Attempt],
    #[serde(skip_serializing_if = "<[Excepted]>::is_empty")]
    excepted: &'a [Excepted],
    made: &'a [Made],
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    refused: &'a [Finding],
}
