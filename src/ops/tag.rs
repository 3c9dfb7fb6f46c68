//! The tags of the releases that branches hold.

use anyhow::Result;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::outcome::tag_push;
use super::reading;
use super::session::Session;
use super::sink::Sink;
use super::targets::{BranchChoice, ChosenBranch};
use crate::config::Config;
use crate::finding::{Finding, Refused};
use crate::git::tags::TagForm;
use crate::git::{BranchName, CommitId, Refs, TagName};
use crate::plan::{LeftOut, Request, course, notes, preconditions};
use crate::project::{self, Project, lead};
use crate::rule::{self, Rule};
use crate::template::Values;
use crate::text::quoted;
use crate::transaction::values::{Hooks, NewTag, Publication};
use crate::version::plain;

/// What is tagged.
#[derive(Clone, Debug, Default)]
pub struct TagOptions {
    /// The branches.
    pub branches: BranchChoice,
    /// The commit of the only branch that is tagged, instead of its tip.
    pub commit: Option<String>,
    /// What kind of tag is made, if not that of the earlier ones.
    pub form: Option<TagForm>,
    /// Whether only what a commit has made a release is tagged, and all else left out.
    pub if_due: bool,
}

/// What shows that a branch does not hold a release that is still to be tagged.
const NOT_DUE: [Rule; 4] =
    [rule::TAG_EXISTS, rule::PRERELEASE, rule::NEVER_RELEASED, rule::NOT_ON_RELEASE_BRANCH];

/// A tag that is to be made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlannedTag {
    /// Its name.
    pub tag: TagName,
    /// The version.
    pub version: Version,
    /// The branch that holds it.
    pub branch: BranchName,
    /// The commit.
    pub at: CommitId,
    /// What kind of tag it is.
    pub kind: TagForm,
    /// The message of one that is annotated or signed.
    #[serde(skip)]
    pub message: String,
}

/// Tags that can be shown, and made.
pub struct PlannedTags<'s> {
    /// The tags.
    pub tags: Vec<PlannedTag>,
    /// The branches that get none, though they were asked for.
    pub left: Vec<LeftOut>,
    session: &'s Session<'s>,
    refs: Refs,
}

/// Reads each branch that is meant, and finds the tags of what it holds: nothing is written.
///
/// # Errors
///
/// A refusal with all reasons if one of them cannot be tagged: then none is.
pub fn plan<'s>(
    session: &'s Session<'_>,
    options: &TagOptions,
    sink: &mut dyn Sink,
) -> Result<PlannedTags<'s>> {
    let Session { context, repo } = session;
    let refs = project::refs(repo, &context.location)?;
    let mut chosen = options.branches.select(session, &repo.head()?, &refs)?;
    if let Some(revision) = &options.commit {
        at_commit(session, &mut chosen.targets, revision)?;
    }
    let projects = reading::read((session, &refs), &chosen.targets, &repo.changed()?, None, sink);
    let mut planned = PlannedTags { tags: Vec::new(), left: chosen.left, session, refs };
    let mut findings = Vec::new();
    for (target, project) in chosen.targets.iter().zip(projects) {
        match Refused::taken_from(project.and_then(|project| planned.due(target, &project, options)))? {
            Ok(Ok(tags)) => planned.tags.extend(tags),
            Ok(Err(reason)) => planned.left.push(LeftOut { branch: target.branch.to_string(), reason }),
            Err(Refused(wrong)) => findings.extend(wrong),
        }
    }
    Refused::if_any(findings)?;
    Ok(planned)
}

/// Replaces the tip of the only branch by a commit of it.
fn at_commit(session: &Session<'_>, targets: &mut [ChosenBranch], revision: &str) -> Result<()> {
    let refused = |message: String, remedy: &str| -> Result<()> {
        Err(Refused::from(Finding::of(rule::NO_BASE, message).remedy(remedy)).into())
    };
    let [only] = targets else {
        return refused("one commit is tagged, and several branches are named".to_owned(), "name one branch");
    };
    let Some(commit) = session.repo.resolve(revision)? else {
        return refused(format!("`{revision}` names no commit here"), "fetch it, or give one that is here");
    };
    if commit != only.commit && !session.repo.has_ancestor(only.commit, commit)? {
        let message = format!("{} is not on `{}`", commit.short(), only.branch);
        return refused(message, "give a commit of the branch, or name the branch that it is on");
    }
    only.is_checked_out &= commit == only.commit;
    only.commit = commit;
    Ok(())
}

impl PlannedTags<'_> {
    /// Returns the tags of what a branch holds, or why it gets none.
    fn due(
        &self,
        target: &ChosenBranch,
        project: &Project,
        options: &TagOptions,
    ) -> Result<Result<Vec<PlannedTag>, String>> {
        match Refused::taken_from(self.of_branch(target, project, options))? {
            Ok(tags) if tags.is_empty() => Ok(Err("what it holds is tagged".to_owned())),
            Ok(_) if options.if_due && self.held_it_before(target, project)? => {
                Ok(Err("its latest commit makes no release".to_owned()))
            }
            Ok(tags) => Ok(Ok(tags)),
            Err(Refused(findings))
                if options.if_due && findings.iter().all(|finding| NOT_DUE.contains(&finding.rule)) =>
            {
                Ok(Err(findings.into_iter().next().map(|finding| finding.message).unwrap_or_default()))
            }
            Err(refused) => Err(refused.into()),
        }
    }

    /// Returns whether the parent of what is tagged holds the same version, and could be tagged as well.
    fn held_it_before(&self, target: &ChosenBranch, project: &Project) -> Result<bool> {
        let Session { context, repo } = self.session;
        // Nothing tells what a commit makes whose parent is not there.
        let Some(parent) = repo.parent(target.commit)? else { return Ok(true) };
        let before = Project::read_commit((repo, &self.refs), &context.location, parent);
        let Ok(before) = Refused::taken_from(before)? else { return Ok(false) };
        let version = |project: &Project| {
            lead::package(&project.workspace, &project.config).map(|lead| lead.version.clone()).ok()
        };
        let Some(version) = version(&before).filter(|held| Some(held) == version(project).as_ref()) else {
            return Ok(false);
        };
        let asked = &course::NOTHING;
        let (branch, date) = (&target.branch, context.date);
        let request = Request { project: &before, branch, refs: &self.refs, date, asked };
        Ok(unfit(&request, &version).is_empty())
    }

    fn of_branch(
        &self,
        target: &ChosenBranch,
        project: &Project,
        options: &TagOptions,
    ) -> Result<Vec<PlannedTag>> {
        let date = self.session.context.date;
        let asked = &course::NOTHING;
        let request = Request { project, branch: &target.branch, refs: &self.refs, date, asked };
        let lead = lead::package(&project.workspace, &project.config).map_err(Refused)?;
        // What else speaks against it goes with the cut.
        let next = self.of_the_next(project, target, &lead.version)?;
        Refused::if_any(next.map_or_else(|| unfit(&request, &lead.version), |next| vec![next]))?;
        let mut named = vec![(project.tag(&lead.version), lead.version.clone(), project.name.clone())];
        let others = project.workspace.packages.iter().filter(|package| package.publication.is_somewhere());
        for package in others.filter(|package| package.name != lead.name && package.name != project.name) {
            let name = |version: &Version| project.config.names.tag.render(version, &package.name);
            if name(&lead.version) != project.tag(&lead.version) && self.is_tagged_so(&name) {
                named.push((name(&package.version), package.version.clone(), package.name.clone()));
            }
        }
        let form = options.form.or(project.config.names.tag_kind);
        let form = match form {
            Some(form) => form,
            None => self.usual_form(project)?,
        };
        let mut tags = Vec::new();
        for (tag, version, name) in named {
            let tag = TagName::new(&tag).ok_or_else(|| {
                Refused::from(
                    Finding::of(
                        rule::TAG_NAME,
                        format!("`names.tag` makes `{tag}`, which git does not take"),
                    )
                    .remedy("leave out of `names.tag` what git does not allow"),
                )
            })?;
            match self.refs.tags.get(tag.as_str()) {
                Some(there) if there.commit == target.commit => continue,
                // Of a package that did not move.
                Some(_) if name != project.name => continue,
                Some(there) => return Err(Refused::from(elsewhere(&tag, &version, there.commit)).into()),
                None => {}
            }
            let values = Values {
                name: Some(name),
                branch: Some(target.branch.to_string()),
                tag: Some(tag.to_string()),
                ..request.values(&version, lead)
            };
            let message = project.config.commit.tag.render(&values);
            let branch = target.branch.clone();
            tags.push(PlannedTag { tag, version, branch, at: target.commit, kind: form, message });
        }
        Ok(tags)
    }

    /// Finds out whether the trunk holds a version whose branch is still to be cut: the latest release is on a
    /// branch of its own.
    fn of_the_next(
        &self,
        project: &Project,
        target: &ChosenBranch,
        version: &Version,
    ) -> Result<Option<Finding>> {
        let Config { names, prerelease, .. } = &project.config;
        if target.branch != project.config.trunk_in(&self.refs) {
            return Ok(None);
        }
        let released = self.refs.tags.iter().filter_map(|(name, tag)| Some((names.tag.read(name)?, tag)));
        let before = released.filter(|(tagged, _)| prerelease.is_release(tagged) && tagged < version);
        let Some((latest, tag)) = before.max_by(|one, other| one.0.cmp(&other.0)) else { return Ok(None) };
        if self.session.repo.has_ancestor(target.commit, tag.commit)? {
            return Ok(None);
        }
        let message =
            format!("`{}` holds {version}, and {latest} was released on a branch of its own", target.branch);
        let remedy = "cut its release branch with `cargo relprep branch`, and tag what that holds";
        Ok(Some(Finding::of(rule::NOT_ON_RELEASE_BRANCH, message).remedy(remedy)))
    }

    /// Returns whether a tag is there that `name` makes of some version.
    fn is_tagged_so(&self, name: &dyn Fn(&Version) -> String) -> bool {
        let example = Version::new(1, 2, 3);
        let made = name(&example);
        let Some((before, after)) = made.split_once("1.2.3") else { return false };
        let version = |tag: &TagName| {
            let middle = tag.as_str().strip_prefix(before)?.strip_suffix(after)?;
            middle.parse::<Version>().ok()
        };
        self.refs.tags.keys().any(|tag| version(tag).is_some())
    }

    /// Returns what kind of tag the latest release has; a lightweight one where there is none.
    fn usual_form(&self, project: &Project) -> Result<TagForm> {
        let releases =
            self.refs.tags.keys().filter_map(|tag| Some((project.config.names.tag.read(tag)?, tag)));
        match releases.max() {
            Some((_, latest)) => self.session.repo.form_of(latest),
            None => Ok(TagForm::Lightweight),
        }
    }

    /// Makes the tags, all of them or none; pushes them with their branches, if that is asked for. Returns the
    /// commands that take them back and that push them.
    ///
    /// # Errors
    ///
    /// Whatever stands in the way.
    pub fn apply(&self, push: bool, sink: &mut dyn Sink) -> Result<(Vec<String>, Option<String>)> {
        let Session { context, repo } = self.session;
        let new = |tag: &PlannedTag| NewTag {
            name: tag.tag.clone(),
            at: tag.at,
            form: tag.kind,
            message: tag.message.clone(),
        };
        let names: Vec<String> = self.tags.iter().map(|tag| tag.tag.to_string()).collect();
        let publication = Publication {
            title: format!("tag {}", names.join(", ")),
            moment: context.moment,
            commits: Vec::new(),
            branches: Vec::new(),
            tags: self.tags.iter().map(new).collect(),
        };
        let first = self.tags.first().map_or("", |tag| tag.branch.as_str());
        let remote = match &context.location.remote {
            Some(remote) => Ok(remote.as_str()),
            None => self.refs.branches.push_remote(first),
        };
        let remote = if push { Some(remote?) } else { remote.ok() };
        repo.publish(&publication, Hooks::Skip)?.findings.iter().for_each(|finding| sink.finding(finding));
        let tags: Vec<TagName> = self.tags.iter().map(|tag| tag.tag.clone()).collect();
        let mut branches: Vec<BranchName> = self.tags.iter().map(|tag| tag.branch.clone()).collect();
        branches.dedup();
        if let Some(remote) = remote.filter(|_| push) {
            repo.check_remote(remote)?;
            repo.push_with(remote, &branches, &tags, Hooks::Run)?;
        }
        let undo = self.tags.iter().map(|tag| format!("git tag -d {}", quoted(&tag.tag))).collect();
        Ok((undo, remote.map(|remote| tag_push(&tags, &branches, remote))))
    }
}

/// Finds what speaks against a tag of the version that a branch holds.
fn unfit(request: &Request<'_>, version: &Version) -> Vec<Finding> {
    let prerelease = &request.project.config.prerelease;
    let is_release = prerelease.is_release(version);
    let mut findings = Vec::new();
    findings.extend(preconditions::on_trunk_or_release_branch(request, version, version));
    if !is_release && !prerelease.candidate.as_ref().is_some_and(|label| label.is_on(version)) {
        findings.push(
            Finding::of(
                rule::PRERELEASE,
                format!("`{}` holds {version}, which is not a release", request.branch),
            )
            .remedy("run `cargo relprep release` first"),
        );
    }
    if is_release && let Some(place) = notes::unreleased(request, &plain(version)) {
        findings.push(
            Finding::of(rule::NEVER_RELEASED, format!("the notes call {version} unreleased"))
                .weighing(rule::Severity::Error)
                .at(place)
                .remedy("run `cargo relprep release`, which dates them, or date them by hand"),
        );
    }
    findings
}

fn elsewhere(tag: &TagName, version: &Version, commit: CommitId) -> Finding {
    Finding::of(rule::TAG_EXISTS, format!("{version} is tagged elsewhere: `{tag}` is at {}", commit.short()))
        .remedy("run `cargo relprep patch` for the next release, or put the version right")
}
