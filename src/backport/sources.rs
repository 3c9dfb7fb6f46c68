//! What is read to tell which versions have a fix: release lines, tags, notes, versions of packages.

use anyhow::Result;
use semver::Version;

use super::concern::is_shipped;
use super::evidence::Facts;
use super::scope::Scope;
use super::survey::PickSurvey;
use super::targets::Target;
use crate::edit::notes::Style;
use crate::finding::{Finding, Place, Refused};
use crate::git::reach::Reach;
use crate::git::{CommitId, Repo};
use crate::path::RepoPath;
use crate::plan::lines::VersionLine;
use crate::rule;
use crate::version::{Step, next, plain};
use crate::workspace::declared::Declared;

/// What the report is made from.
pub struct FixSources<'a, 'r> {
    /// The repository.
    pub repo: &'r Repo,
    /// The branches and statements.
    pub scope: &'a Scope,
    /// The release lines, newest first.
    pub targets: &'a [Target],
    /// The commits of the targets.
    pub survey: &'a mut PickSurvey<'r>,
    /// The releases that are tagged, oldest first: tag, version, commit.
    pub tagged: Vec<(String, Version, CommitId)>,
    /// What is in them, by their number.
    pub in_tags: Reach,
    /// The notes, if there are any, and how they are written.
    pub notes: Option<(&'a RepoPath, &'a Style)>,
    /// The version lines.
    pub lines: &'a [VersionLine<'a>],
    /// Every manifest.
    pub manifests: Vec<&'a RepoPath>,
    /// The packages that are asked for, by name; those that the fix touches where there are none.
    pub packages: &'a [String],
}

impl FixSources<'_, '_> {
    /// Returns the first version that a target may have, and the first that it may not have any more.
    pub fn bounds(&self, number: usize) -> Result<(Version, Version)> {
        let lower = plain(&self.targets[number].version);
        let major = next(&lower, Step::Major)?;
        let above = number.checked_sub(1).map(|above| self.targets[above].version.clone());
        Ok((lower, above.filter(|above| *above < major).unwrap_or(major)))
    }

    /// Returns whether `version` is one of a target's.
    pub fn is_of(&self, number: usize, version: &Version) -> bool {
        self.bounds(number).is_ok_and(|(lower, upper)| lower <= *version && *version < upper)
    }

    /// Returns the releases of a target that are tagged, oldest first, candidates not counted.
    pub fn of_line(&self, number: usize) -> Vec<(String, Version, CommitId)> {
        let Ok((lower, upper)) = self.bounds(number) else { return Vec::new() };
        let of_line = |version: &Version| version.pre.is_empty() && lower <= *version && *version < upper;
        self.tagged.iter().filter(|(_, version, _)| of_line(version)).cloned().collect()
    }

    /// Returns whether the release with the tag at `tag` has all of `commits`.
    pub fn has(&self, tag: CommitId, commits: &[CommitId]) -> bool {
        let number = self.tagged.iter().position(|(_, _, commit)| *commit == tag);
        number.is_some_and(|number| commits.iter().all(|commit| self.in_tags.contains(number, *commit)))
    }

    /// Returns the commits of a target that `version` has and the release before it has not.
    pub fn between(&self, number: usize, version: &Version) -> Result<Vec<Facts>> {
        let line = self.of_line(number);
        let before = line.iter().rev().find(|(_, tagged, _)| tagged < version).map(|(_, _, commit)| *commit);
        let until = line.iter().find(|(_, tagged, _)| tagged == version).map(|(_, _, commit)| *commit);
        let own = self.survey.own(number).iter();
        let is_between = |facts: &&Facts| {
            let in_it = until.is_none_or(|until| self.has(until, &[facts.id]));
            in_it && before.is_none_or(|before| !self.has(before, &[facts.id]))
        };
        Ok(own.filter(is_between).cloned().collect())
    }

    /// Returns the files of a commit that reach the users, and are neither notes nor manifests.
    pub fn shipped(&self, commit: CommitId) -> Result<Vec<String>> {
        let is_notes = |path: &str| self.scope.notes_files.iter().any(|notes| notes.as_str() == path);
        let mut touched = self.repo.touched(commit)?;
        let is_manifest = |path: &str| matches!(path.rsplit('/').next(), Some("Cargo.toml" | "Cargo.lock"));
        touched.retain(|path| is_shipped(path) && !is_notes(path));
        if touched.iter().any(|path| !is_manifest(path)) {
            touched.retain(|path| !is_manifest(path));
        }
        Ok(touched)
    }

    /// Returns the version that the lead package has at `commit` of `branch`.
    pub fn lead_version(&self, branch: &str, commit: CommitId) -> Result<Version> {
        let (name, manifest) = &self.scope.lead;
        self.version((name, manifest), branch, commit)?.ok_or_else(|| {
            let message = format!("on {branch}: the lead package `{name}` is not there");
            Refused::from(
                Finding::of(rule::VERSION_UNREAD, message)
                    .remedy(format!("see `git ls-tree -r {}`", commit.short())),
            )
            .into()
        })
    }

    /// Returns the version that a package has at `commit` of `branch`; `None` where it is not there.
    ///
    /// # Errors
    ///
    /// A refusal where it states none, or that cannot be read.
    pub fn version(
        &self,
        (name, manifest): (&str, &RepoPath),
        branch: &str,
        commit: CommitId,
    ) -> Result<Option<Version>> {
        let declared = self.scope.declarations.at(self.repo, commit, (Some(name), manifest));
        let findings = match Refused::taken_from(declared)? {
            Ok(None) => return Ok(None),
            Ok(Some(Declared { version: Some(version), .. })) => return Ok(Some(version)),
            Ok(Some(_)) => {
                let finding = Finding::of(rule::VERSION_UNREAD, format!("`{name}` states no version"));
                vec![
                    finding
                        .at(Place::file(manifest))
                        .remedy(format!("see `git show {}:{manifest}`", commit.short())),
                ]
            }
            Err(Refused(findings)) => findings,
        };
        Err(Refused(findings.into_iter().map(|finding| finding.on(branch)).collect()).into())
    }
}
