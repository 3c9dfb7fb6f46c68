//! The notes' sections stand once each, the newest first.

use super::Subject;
use crate::edit::notes::{Notes, Section};
use crate::finding::Finding;
use crate::rule;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    subject.notes.iter().flat_map(|file| of_file(&file.notes)).collect()
}

fn of_file(notes: &Notes<'_>) -> Vec<Finding> {
    let repeated = notes.repeated().into_iter().map(|section| {
        Finding::of(rule::NOTES_ORDER, format!("the notes have a second section for {}", section.version))
            .at(notes.place(&section.heading))
            .remedy("keep one of the sections")
    });
    // Some files are in the order of the days, with a patch of an older version above a newer one.
    let is_by_day = |section: &&Section| {
        let at = notes.sections().binary_search_by_key(&section.range.start, |other| other.range.start);
        let above = at.ok().and_then(|at| notes.sections().get(at.checked_sub(1)?)).and_then(Section::day);
        above.zip(section.day()).is_some_and(|(above, day)| above >= day)
    };
    let misplaced = notes.out_of_order().into_iter().filter(|section| !is_by_day(section)).map(|section| {
        Finding::of(
            rule::NOTES_ORDER,
            format!("the section for {} stands below an older one", section.version),
        )
        .at(notes.place(&section.heading))
        .remedy("put the newest first")
    });
    repeated.chain(misplaced).collect()
}
