//! The notes' sections stand once each, the newest first.

use super::{Rule, Subject};
use crate::config::check::RuleName;
use crate::finding::Finding;

pub(super) const RULE: Rule = Rule {
    name: RuleName::NotesOrder,
    explanation: "The sections of the notes stand in the order of their versions, the newest first, and no version \
                  has two.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let Some((_, notes)) = subject.notes() else { return Vec::new() };
    let repeated = notes.repeated().into_iter().map(|section| {
        Finding::error("", format!("the notes have a second section for {}", section.version))
            .at(notes.place(&section.heading))
            .remedy("keep one of the sections")
    });
    let misplaced = notes.out_of_order().into_iter().map(|section| {
        Finding::error("", format!("the section for {} stands below an older one", section.version))
            .at(notes.place(&section.heading))
            .remedy("put the newest first")
    });
    repeated.chain(misplaced).collect()
}
