//! The notes have the section for this version, once.

use super::{Role, Rule, Subject};
use crate::config::check::RuleName;
use crate::finding::{Finding, Place};
use crate::version::plain;

pub(super) const RULE: Rule = Rule {
    name: RuleName::NotesSection,
    explanation: "The notes have exactly one section for the version that the branch holds: a release without one \
                  is published without notes.",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let config = &subject.request.project.config.notes;
    if !config.enabled || subject.role == Role::Other {
        return Vec::new();
    }
    let version = plain(subject.version());
    let Some((path, notes)) = subject.notes() else {
        let missing = Finding::error("", format!("there are no notes: {} is missing", config.file));
        return vec![missing.remedy("write them, or set `[notes] enabled = false`")];
    };
    let mut sections = notes.sections_of(&version);
    if sections.next().is_none() {
        let missing = Finding::error("", format!("the notes have no section for {version}"));
        return vec![missing.at(Place::file(path)).remedy(format!("write the section `## {version}`"))];
    }
    let second = |section: &crate::edit::notes::Section| {
        Finding::error("", format!("the notes have a second section for {version}"))
            .at(notes.place(&section.heading))
            .remedy("keep one of the sections")
    };
    sections.map(second).collect()
}
