//! The notes that release branches have, and what the trunk's lack of them.

use std::collections::BTreeMap;

use crate::edit::notes::{CarriedSections, Notes, Section, SectionState};
use crate::git::BranchName;
use crate::path::RepoPath;
use crate::plan::Request;
use crate::project::notes::NotesFile;

/// The notes that a release branch has, by path.
#[derive(Clone, Debug)]
pub struct BranchNotes {
    /// The branch.
    pub branch: BranchName,
    /// The texts of the files that it has.
    pub texts: BTreeMap<RepoPath, String>,
}

/// Returns what the release branches in `from` have released, and the trunk's `own` notes lack.
pub fn carried(
    request: &Request<'_>,
    file: &NotesFile<'_>,
    own: &Notes<'_>,
    from: &[BranchNotes],
) -> CarriedSections {
    let mut carried = CarriedSections::default();
    for BranchNotes { branch, texts } in from {
        let Some(text) = texts.get(&file.path) else { continue };
        let theirs = Notes::parse(&file.path, text, &file.config.style);
        let wanted = |section: &Section| is_released(request, file, branch, section);
        own.lacks(&theirs, branch.as_str(), wanted, &mut carried);
    }
    carried
}

/// Returns whether a section of a release branch is about a release of that branch, as far as tags tell; without
/// tags the day in the section counts.
fn is_released(request: &Request<'_>, file: &NotesFile<'_>, branch: &BranchName, section: &Section) -> bool {
    let (project, version) = (request.project, &section.version);
    let is_dated = matches!(section.state(), Some(SectionState::Released(_)));
    let is_open = section.state() == Some(SectionState::Unreleased);
    if !file.is_products {
        return is_dated;
    }
    let is_here = version.pre.is_empty() && project.is_of_branch(version, branch);
    let is_tagged = project.tag_among(version, request.refs).is_some();
    is_here && !is_open && if request.refs.tags.is_empty() { is_dated } else { is_tagged }
}
