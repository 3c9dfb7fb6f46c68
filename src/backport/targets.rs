//! Which branches a backport is for.

use globset::Glob;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use crate::config::NameScheme;
use crate::finding::Finding;
use crate::git::{BranchName, Branches, CommitId, RemoteName};
use crate::plan::LeftOut;
use crate::rule;
use crate::status::Waiver;
use crate::version::short;

/// A release branch that a backport may be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Target {
    /// Its name.
    pub branch: BranchName,
    /// The first version of its line.
    pub version: Version,
    /// The commit that it is at: the remote's, where that is ahead of the local one.
    pub tip: CommitId,
    /// The remote whose branch that commit is, where it is not the local one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteName>,
    /// The local branch's commit, if there is a local branch.
    #[serde(skip)]
    pub local: Option<CommitId>,
}

/// Which targets are asked for.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// `--to`: names, versions or globs; all in support if empty.
    pub to: Vec<Glob>,
    /// `--except`.
    pub except: Vec<Waiver>,
}

/// The targets, and what is to be said about them.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// The targets, newest first.
    pub targets: Vec<Target>,
    /// Those left out by request, newest first.
    pub excepted: Vec<LeftOut>,
    /// The branches in support that are not here.
    pub absent: Vec<String>,
}

impl Targets {
    /// Returns a finding for each branch in support that is not here.
    pub fn absences(&self) -> Vec<Finding> {
        let finding = |branch: &String| {
            Finding::of(rule::NO_BRANCH, format!("{branch} is in support, and it is not here"))
                .remedy("fetch it, or name those that are here with `--to`; a train that began later states `schedule.since`")
        };
        self.absent.iter().map(finding).collect()
    }
}

impl Target {
    /// Returns what it may be called.
    pub fn names(&self) -> [String; 3] {
        names(self.branch.as_str(), &self.version)
    }
}

/// Returns what a release branch may be called: by its name, its version, its major and minor.
pub fn names(branch: &str, version: &Version) -> [String; 3] {
    [branch.to_owned(), version.to_string(), short(version)]
}

/// Returns all release branches, newest first: those whose names `names` can read.
pub fn release_branches(names: &NameScheme, branches: &Branches) -> Vec<Target> {
    let read = |(version, name): (Version, &BranchName)| {
        let place = branches.tip(name.as_str());
        let (tip, local) = (place.commit()?, place.local);
        let remote = place.fetched.filter(|_| local.is_none()).map(|(remote, _)| remote);
        Some(Target { branch: name.clone(), version, tip, remote, local })
    };
    let mut targets: Vec<Target> = names.lines(branches.names()).into_iter().filter_map(read).collect();
    targets.sort_by(|a, b| (&b.version, &a.branch).cmp(&(&a.version, &b.branch)));
    targets
}

/// Chooses among `branches`: those that `--to` names, or else those for which `needs_fixes` says that
/// their release is in support on the day, or cut and not yet released.
///
/// # Errors
///
/// A finding for each name that fits no branch, and one if nothing is left.
pub fn choose(
    branches: Vec<Target>,
    choice: &Choice,
    needs_fixes: impl Fn(&Version) -> bool,
) -> Result<Targets, Vec<Finding>> {
    let mut findings = unknown(&branches, choice);
    let matchers: Vec<_> = choice.to.iter().map(Glob::compile_matcher).collect();
    let wanted = |target: &Target| match matchers.is_empty() {
        true => needs_fixes(&target.version),
        false => target.names().iter().any(|name| matchers.iter().any(|glob| glob.is_match(name))),
    };
    let mut chosen = Targets::default();
    for target in branches.into_iter().filter(wanted) {
        match choice.except.iter().find(|waiver| waiver.means(target.branch.as_str(), &target.version)) {
            Some(Waiver { reason, .. }) => {
                chosen.excepted.push(LeftOut { branch: target.branch.to_string(), reason: reason.clone() });
            }
            None => chosen.targets.push(target),
        }
    }
    if chosen.targets.is_empty() && findings.is_empty() {
        let remedy = "name the branches with `--to`, or fetch them; `names.branch` says how they are named";
        findings
            .push(Finding::of(rule::NO_TARGET, "there is no release branch to backport to").remedy(remedy));
    }
    if findings.is_empty() { Ok(chosen) } else { Err(findings) }
}

fn unknown(branches: &[Target], choice: &Choice) -> Vec<Finding> {
    let fits = |glob: &&Glob| {
        let matcher = glob.compile_matcher();
        !branches.iter().any(|target| target.names().iter().any(|name| matcher.is_match(name)))
    };
    let to = choice.to.iter().filter(fits).map(|glob| ("--to", glob.glob().to_owned()));
    let excepted = choice.except.iter().filter(|waiver| {
        !branches.iter().any(|target| waiver.means(target.branch.as_str(), &target.version))
    });
    let excepted = excepted.map(|waiver| ("--except", waiver.release.clone()));
    let finding = |(option, what): (&str, String)| {
        let known: Vec<&str> = branches.iter().take(8).map(|target| target.branch.as_str()).collect();
        let remedy = match known.is_empty() {
            true => "fetch the release branches; `names.branch` says how they are named".to_owned(),
            false => format!("name release branches, as {}", known.join(", ")),
        };
        Finding::of(rule::NO_TARGET, format!("`{option} {what}` fits no release branch")).remedy(remedy)
    };
    to.chain(excepted).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Names;

    fn branches(names: &[&str]) -> Vec<Target> {
        let there = Branches::of_test(names);
        release_branches(&Names::default().branch, &there)
    }

    fn chosen(to: &[&str], except: &[&str]) -> Result<Vec<String>, usize> {
        let all = branches(&["release-9.0.0", "release-38.0.0", "release-36.0.0", "main", "release-x"]);
        let choice = Choice {
            to: to.iter().map(|glob| Glob::new(glob).unwrap()).collect(),
            except: except.iter().map(|text| text.parse().unwrap()).collect(),
        };
        choose(all, &choice, |version| version.major > 10)
            .map(|chosen| chosen.targets.into_iter().map(|target| target.branch.to_string()).collect())
            .map_err(|findings| findings.len())
    }

    #[test]
    fn targets_come_newest_first_and_only_those_in_support() {
        assert_eq!(chosen(&[], &[]).unwrap(), ["release-38.0.0", "release-36.0.0"]);
        assert_eq!(
            chosen(&["release-*"], &["38.0=no such code"]).unwrap(),
            ["release-36.0.0", "release-9.0.0"]
        );
        assert_eq!(chosen(&["9.0"], &[]).unwrap(), ["release-9.0.0"]);
    }

    #[test]
    fn a_name_that_fits_nothing_is_refused() {
        assert_eq!(chosen(&["release-7.*", "37.0"], &["12=x"]).unwrap_err(), 3);
        assert_eq!(chosen(&["36.0"], &["36=x"]).unwrap_err(), 1);
    }
}
