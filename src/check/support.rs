//! The branch is still supported.

use super::{BranchKind, Subject};
use crate::finding::Finding;
use crate::rule;
use crate::train::{CountFrom, History, Number, Phase, Train};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let BranchKind::Release(line) = &subject.role else { return Vec::new() };
    let Some(train) = subject.train else {
        return vec![
            Finding::of(
                rule::SUPPORT,
                "whether this branch is supported is unchecked: there is no `[schedule]`",
            )
            .as_note()
            .remedy("describe the train in `[schedule]`, or state `support = \"off\"` in `[check]`"),
        ];
    };
    let day = subject.request.date;
    let number = train.number_of(line);
    let history = match (&subject.gap, number) {
        (Some(_), Some(number)) if rests_on_tags(train, number) => {
            return subject.without_tags().into_iter().collect();
        }
        // The plan alone tells: tags that are not all here would mislead it.
        (Some(_), _) => History::none(),
        (None, _) => history(subject, train),
    };
    let Some(release) = number.and_then(|number| train.release(number, &history)) else {
        return vec![
            Finding::of(
                rule::SUPPORT,
                format!("{line} is not on the schedule, and its support is unchecked"),
            )
            .as_note(),
        ];
    };
    let eol = release.term.last_day();
    match release.phase(day, &history) {
        Phase::Ended => vec![
            Finding::of(
                rule::SUPPORT,
                format!("the line of {line} was supported until {eol}, and it is {day}"),
            )
            .remedy(format!(
                "release nothing from it: its users move to {}",
                successors(train, &history, subject)
            )),
        ],
        Phase::LastDay => {
            vec![
                Finding::of(
                    rule::SUPPORT,
                    format!("this is the last day on which the line of {line} is supported"),
                )
                .as_note(),
            ]
        }
        _ => Vec::new(),
    }
}

/// Returns whether the days on which this release and others came out say how long it is supported.
fn rests_on_tags(train: &Train, number: Number) -> bool {
    train.support.from == CountFrom::Actual || train.support.window(number).releases.is_some()
}

fn history(subject: &Subject<'_>, train: &Train) -> History {
    let tags = subject
        .tags
        .iter()
        .filter_map(|(version, tag)| Some((train.number_of(version)?, version.clone(), tag.day?)));
    let names = &subject.request.project.config.names.branch;
    let branches = subject.request.refs.branches.names();
    let cut = branches.filter_map(|branch| train.number_of(&names.line(branch)?));
    History::new(subject.request.date, tags, cut)
}

/// Returns the releases that are supported, and until when.
fn successors(train: &Train, history: &History, subject: &Subject<'_>) -> String {
    let day = subject.request.date;
    let supported = |number: Number| {
        let release = train.release(number, history)?;
        release
            .phase(day, history)
            .is_supported()
            .then(|| format!("{} (until {})", train.numbering.short(number), release.term.last_day()))
    };
    let names: Vec<String> = train.candidates(day, history).into_iter().filter_map(supported).collect();
    if names.is_empty() { "the next release".to_owned() } else { names.join(" or ") }
}
