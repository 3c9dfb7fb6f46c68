//! The version is newer than what is tagged.

use super::{BranchKind, Subject, Tag};
use crate::finding::Finding;
use crate::plan::lines;
use crate::rule;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.role == BranchKind::Other {
        return Vec::new();
    }
    let unchecked = subject.without_tags().or_else(|| subject.tags.is_empty().then(no_tags));
    let wrong = subject.tags_here().next_back().and_then(|(latest, tag)| {
        if tag.commit == subject.request.project.commit || subject.version() > latest {
            return None;
        }
        let place = lines::version_place(&subject.request.project.workspace, subject.lead);
        Some(finding(subject, latest, tag).at(place))
    });
    unchecked.into_iter().chain(wrong).collect()
}

fn no_tags() -> Finding {
    Finding::of(rule::TAG_VERSION, "there are no tags here, and what the version follows is unchecked")
        .as_note()
        .remedy("run `git fetch --tags`")
}

fn finding(subject: &Subject<'_>, latest: &semver::Version, tag: &Tag) -> Finding {
    let version = subject.version();
    if version < latest {
        let message = format!("the version {version} is lower than the latest tag here, {}", tag.name);
        return Finding::of(rule::TAG_VERSION, message).remedy(format!("set it to what follows {latest}"));
    }
    let names = &subject.request.project.config.names;
    let message = format!("{version} is tagged already, at {}: this commit is not in it", tag.commit.short());
    match subject.role {
        // Where there are no release branches, releases are made from the trunk.
        BranchKind::Trunk if names.branch.lines(subject.request.refs.branches.names()).is_empty() => {
            Finding::of(rule::TAG_VERSION, message)
                .as_warning()
                .remedy("run `cargo relprep bump` before the next release")
        }
        BranchKind::Trunk => Finding::of(rule::TAG_VERSION, message)
            .remedy("move the trunk to the next version, with `cargo relprep bump`"),
        _ => Finding::of(rule::TAG_VERSION, message)
            .as_warning()
            .remedy("run `cargo relprep patch` before the next release"),
    }
}
