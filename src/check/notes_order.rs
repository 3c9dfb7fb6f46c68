//! The notes' sections stand once each, the newest first.

use super::Subject;
use crate::finding::Finding;
use crate::rule;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let Some((_, notes)) = &subject.notes else { return Vec::new() };
    let repeated = notes.repeated().into_iter().map(|section| {
        Finding::of(rule::NOTES_ORDER, format!("the notes have a second section for {}", section.version))
            .at(notes.place(&section.heading))
            .remedy("keep one of the sections")
    });
    let misplaced = notes.out_of_order().into_iter().map(|section| {
        Finding::of(
            rule::NOTES_ORDER,
            format!("the section for {} stands below an older one", section.version),
        )
        .at(notes.place(&section.heading))
        .remedy("put the newest first")
    });
    repeated.chain(misplaced).collect()
}
