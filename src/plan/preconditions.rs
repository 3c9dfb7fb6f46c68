//! What must be true before anything is done.

use std::collections::BTreeSet;

use semver::Version;

use crate::config::is_plain_name;
use crate::finding::{Finding, Place};
use crate::git::{BranchName, Head};
use crate::plan::{Plan, Request, notes};
use crate::rule;
use crate::template::{Placeholder, Template};
use crate::version::plain;
use crate::workspace::Package;

/// Finds out whether the branch planned on is the trunk.
pub fn on_trunk(request: &Request<'_>) -> Option<Finding> {
    let trunk = request.trunk();
    (*request.branch != trunk).then(|| {
        let message =
            format!("a release branch is cut from the trunk, `{trunk}`, and this is `{}`", request.branch);
        let remedy = format!("run `git switch {trunk}`, or set `trunk` in the configuration");
        Finding::of(rule::NOT_ON_TRUNK, message).remedy(remedy)
    })
}

/// Finds out whether the branch planned on is the release branch of the version that it holds.
pub fn on_release_branch(request: &Request<'_>, holds: &Version) -> Option<Finding> {
    let template = &request.project.config.names.branch;
    let branch = request.branch;
    if template.read(branch).is_none() {
        let example = request.project.branch(holds);
        return Some(
            Finding::of(
                rule::NOT_ON_RELEASE_BRANCH,
                format!("`{branch}` is not a release branch, such as `{example}`"),
            )
            .remedy(match template.lines(request.refs.branches.names()).is_empty() {
                true => {
                    "run `cargo relprep branch` to cut a release branch, or `cargo relprep bump` where releases are \
                     made from the trunk"
                },
                false => "run `git switch` to the release branch that is meant, or set `names.branch`",
            }),
        );
    }
    if request.project.is_of_branch(&plain(holds), branch) {
        return None;
    }
    let message = format!("`{branch}` holds version {holds}, which is not one of its releases");
    let place = Place::file(&request.project.workspace.root);
    Some(
        Finding::of(rule::BRANCH_VERSION, message)
            .at(place)
            .remedy("put the versions of this branch right, or switch to the branch that is meant"),
    )
}

/// Finds out whether the branch planned on is the trunk, or the release branch of what it `holds` and, after the
/// plan, of what it comes `to`.
pub fn on_trunk_or_release_branch(request: &Request<'_>, holds: &Version, to: &Version) -> Option<Finding> {
    if *request.branch == request.trunk() {
        return None;
    }
    on_release_branch(request, holds).or_else(|| {
        let is_here = request.project.is_of_branch(&plain(to), request.branch);
        (!is_here).then(|| {
            let message = format!("{to} is not a release of the branch `{}`", request.branch);
            Finding::of(rule::BRANCH_VERSION, message)
                .remedy("choose a version of this branch, or switch to the branch that is meant")
        })
    })
}

/// Finds out whether the tag of `version`, if there is one, is at the commit that is planned on.
pub fn tagged_here(request: &Request<'_>, version: &Version) -> Option<Finding> {
    let tag = request.project.tag_among(version, request.refs)?;
    (tag.commit != request.project.commit).then(|| {
        let message = format!(
            "{version} is tagged at {}, and this is {}",
            tag.commit.short(),
            request.project.commit.short()
        );
        Finding::of(rule::TAG_EXISTS, message).remedy("give the tag as `--at`")
    })
}

/// Finds out whether `version` is prepared on its own branch, in a line that has a branch a patch.
pub fn on_branch_of_patch(request: &Request<'_>, version: &Version) -> Option<Finding> {
    let names = &request.project.config.names.branch;
    let line = names.line(request.branch)?;
    let of_line = request.refs.branches.names().filter(|branch| names.line(branch) == Some(line.clone()));
    let patches: BTreeSet<u64> = of_line.filter_map(|branch| Some(names.read(branch)?.patch)).collect();
    if patches.len() < 2 || names.read(request.branch)?.patch == version.patch {
        return None;
    }
    let own = request.project.branch(&plain(version));
    let message =
        format!("{version} is prepared on a branch of its own, `{own}`: each patch of this line has one");
    let remedy = match request.refs.branches.contains(&own) {
        true => format!("run `git switch {own}`"),
        false => format!("run `git switch -c {own}` at the release that it follows"),
    };
    Some(Finding::of(rule::BRANCH_OF_PATCH, message).remedy(remedy))
}

/// Finds out whether a branch that is to be made already exists, or its name is not valid.
pub fn new_branch(request: &Request<'_>, branch: &BranchName) -> Option<Finding> {
    if let Some(commit) = request.refs.branches.local(branch.as_str()) {
        let message = format!("the branch `{branch}` already exists, at {}", commit.short());
        let remedy = format!("if it is left over, remove it with `git branch -D {branch}`");
        return Some(Finding::of(rule::BRANCH_EXISTS, message).remedy(remedy));
    }
    if let Some((remote, _)) = request.refs.branches.tip(branch.as_str()).fetched {
        let message = format!("the branch `{branch}` already exists, on {remote}");
        return Some(
            Finding::of(rule::BRANCH_EXISTS, message).remedy("nothing is to be cut, or the version is wrong"),
        );
    }
    None
}

/// Finds out whether a branch that is to be made for a pull request already exists, or its name is not valid.
pub fn request_branch(request: &Request<'_>, branch: &BranchName) -> Option<Finding> {
    let finding = new_branch(request, branch)?;
    let Some((remote, _)) = request.refs.branches.tip(branch.as_str()).fetched else { return Some(finding) };
    Some(finding.remedy(format!(
        "merge its pull request; if that is done, remove the branch with `git push {remote} --delete {branch}`"
    )))
}

/// Finds out whether the schedule skips the number of `version`.
pub fn not_skipped(request: &Request<'_>, version: &Version) -> Option<Finding> {
    let train = request.project.config.train()?;
    let reason = train.skipped(version)?;
    let message = format!("the schedule skips {}: {reason}", plain(version));
    let remedy = "move on to the next number, as with `cargo relprep bump --to VERSION`, or change `[[schedule.release]]`";
    Some(
        Finding::of(rule::NUMBER_SKIPPED, message)
            .at(Place::file(&request.project.workspace.root))
            .remedy(remedy),
    )
}

/// Finds out whether a text that is `used` names the lead package's repository, and there is none.
pub fn repository(lead: &Package, used: &[&Template]) -> Option<Finding> {
    let names = |template: &&Template| template.placeholders().any(|open| open == Placeholder::Repository);
    let is_missing = lead.repository.is_none() && used.iter().any(names);
    is_missing.then(|| {
        let message = format!("the configuration uses `{{repository}}`, and `{}` states none", lead.name);
        Finding::of(rule::NO_REPOSITORY_ADDRESS, message)
            .at(Place::file(&lead.manifest))
            .remedy("set `package.repository` there, or write the address into the configuration")
    })
}

/// Finds out whether the tag of a version that is to be released already exists.
pub fn tag_is_free(request: &Request<'_>, version: &Version) -> Option<Finding> {
    let tag = request.project.tag(version);
    if !is_plain_name(&tag) {
        return Some(
            Finding::of(
                rule::TAG_NAME,
                format!("`names.tag` makes `{tag}`, which git does not take as a name"),
            )
            .remedy("leave out of `names.tag` what git does not allow (see git-check-ref-format)"),
        );
    }
    let there = request.project.tag_among(version, request.refs)?;
    let (tag, commit) = (&there.name, there.commit.short());
    let message = format!("the tag `{tag}` already exists, at {commit}: {version} is released");
    let remedy = match *request.branch == request.trunk() {
        true => {
            "where releases are made from the trunk, run `cargo relprep bump` for the next one, or \
             `cargo relprep branch --at` for a branch of this one; otherwise pull, or put the version right"
        }
        false => "pull the branch that holds it, or put the version right",
    };
    Some(Finding::of(rule::TAG_EXISTS, message).remedy(remedy))
}

/// Finds out whether what a candidate would lead to is released: by its tag or, where tags were not
/// fetched, by the notes' date or by the patches that the branch has had since.
pub fn not_released(request: &Request<'_>, holds: &Version) -> Option<Finding> {
    if let Some(finding) = tag_is_free(request, &plain(holds)) {
        return Some(finding);
    }
    let remedy = "run `cargo relprep patch` for the next release of this branch";
    let released = |version: &Version| Some((version.clone(), notes::released(request, version)?));
    let first = request.project.config.names.branch.line(request.branch);
    let is_release = request.project.config.prerelease.is_release(holds);
    let is_here = |first: &Version| {
        is_release && *first < plain(holds) && request.project.is_of_branch(&plain(holds), request.branch)
    };
    let first = first.filter(is_here);
    let dated = first.as_ref().and_then(released).or_else(|| released(&plain(holds)));
    if let Some((version, (day, place))) = dated {
        let message = format!("{version} is released: the notes date it {day}");
        let remedy = format!("{remedy}, or say in the notes that {version} is unreleased");
        return Some(Finding::of(rule::ALREADY_RELEASED, message).at(place).remedy(remedy));
    }
    let message = format!("{} is released: this branch holds {holds}, a patch of it", first?);
    Some(
        Finding::of(rule::ALREADY_RELEASED, message)
            .at(Place::file(&request.project.workspace.root))
            .remedy(remedy),
    )
}

/// Finds out whether a branch is checked out.
///
/// # Errors
///
/// The finding that there is none.
pub fn checked_out(head: &Head) -> Result<&BranchName, Finding> {
    match head {
        Head::Branch(branch, _) => Ok(branch),
        Head::Detached(commit) => {
            let message = format!("no branch is checked out: HEAD is detached at {}", commit.short());
            let remedy = "run `git switch` to the branch that is meant";
            Err(Finding::of(rule::DETACHED_HEAD, message).remedy(remedy))
        }
        Head::Unborn => Err(no_commit()),
    }
}

/// Says that there is no commit yet.
pub fn no_commit() -> Finding {
    Finding::of(rule::NO_COMMIT, "the repository has no commit yet").remedy("commit the workspace first")
}

/// Finds tracked files with changes: all of them, or with `only_planned` those that `plan` edits.
pub fn clean(plan: Option<&Plan>, changed: &[String], only_planned: bool) -> Option<Finding> {
    let planned = |path: &String| {
        let mut files = plan.iter().flat_map(|plan| &plan.commits).flat_map(|commit| &commit.files);
        files.any(|file| file.path.as_str() == path)
    };
    let wrong: Vec<&str> =
        changed.iter().filter(|path| !only_planned || planned(path)).map(String::as_str).collect();
    let shown =
        wrong.iter().take(5).map(|path| format!("`{}`", path.escape_debug())).collect::<Vec<_>>().join(", ");
    let more = if wrong.len() > 5 { format!(" and {} more", wrong.len() - 5) } else { String::new() };
    let remedy = match only_planned {
        true => "commit or stash these: the plan edits them",
        false => "commit or stash them, or give `--allow-dirty` to leave alone what the plan does not edit",
    };
    (!wrong.is_empty()).then(|| {
        Finding::of(rule::DIRTY, format!("tracked files have changes: {shown}{more}")).remedy(remedy)
    })
}
