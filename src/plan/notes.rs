//! What becomes of the notes.

use chrono::NaiveDate;
use semver::Version;

use crate::edit::notes::{self, Edited, Notes, Opening, SectionState};
use crate::finding::{Finding, Place};
use crate::git::BranchName;
use crate::plan::Request;
use crate::plan::bump::Bump;
use crate::plan::files::What;
use crate::rule;
use crate::template::Values;
use crate::workspace::Package;

/// What a command does to the section of the version that it prepares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dating {
    /// Nothing.
    None,
    /// The section must be there, and gets its date.
    Release,
    /// The section gets its date, or is written where it is missing.
    Patch,
}

/// Plans the trunk's notes after the cut of `branch` for version `cut`, as part of `bump`: fresh ones
/// for `next`. Returns what is worth saying of it.
///
/// # Errors
///
/// Everything that is wrong with the notes or their template.
pub fn cut(
    request: &Request<'_>,
    bump: &mut Bump,
    lead: &Package,
    cut: &Version,
    next: &Version,
    branch: &BranchName,
) -> Result<Vec<Finding>, Vec<Finding>> {
    let config = &request.project.config.notes;
    if !config.enabled {
        return Ok(Vec::new());
    }
    let opening = opening(request)?;
    let values = |version: &Version, branch: &BranchName| Values {
        branch: Some(branch.to_string()),
        ..request.values(version, lead)
    };
    let next = request.values(next, lead);
    let cut = values(cut, branch);
    let now = request.project.texts.get(&config.file);
    let Edited { text, findings } = if let Some(before) = bump.files.text(&config.file, now) {
        Notes::parse(&config.file, before, &config.style).cut(&opening, &next, &cut)?
    } else {
        let mut older = older_branches(request, &values);
        older.push(cut);
        notes::create(&opening, &next, &older, &config.style)?.into()
    };
    bump.files.put(&config.file, What::Notes, now, text);
    Ok(findings)
}

/// Plans the date of the section for `version`, the one that is prepared on a release branch, as part
/// of `bump`. Returns what is worth saying of it.
///
/// # Errors
///
/// Everything that is wrong with the notes.
pub fn date(
    request: &Request<'_>,
    bump: &mut Bump,
    dating: Dating,
    version: &Version,
) -> Result<Vec<Finding>, Vec<Finding>> {
    let config = &request.project.config.notes;
    if !config.enabled || dating == Dating::None {
        return Ok(Vec::new());
    }
    let now = request.project.texts.get(&config.file);
    let Some(before) = bump.files.text(&config.file, now) else {
        // The next cut makes them; there is nothing to date before.
        let note = Finding::of(rule::NO_NOTES, format!("there are no notes: {} is missing", config.file))
            .remedy("write them, or set `[notes] enabled = false`");
        return Ok(vec![note]);
    };
    let notes = Notes::parse(&config.file, before, &config.style);
    let Edited { text, findings } = match dating {
        Dating::Patch => notes.patch(version, request.date, config.missing)?,
        _ => notes.release(version, request.date)?,
    };
    bump.files.put(&config.file, What::Notes, now, text);
    Ok(findings)
}

/// Returns the day on which the notes say that `version` was released, and where they say it.
pub fn released(request: &Request<'_>, version: &Version) -> Option<(NaiveDate, Place)> {
    let config = &request.project.config.notes;
    let text = request.project.texts.get(&config.file).filter(|_| config.enabled)?;
    let notes = Notes::parse(&config.file, text, &config.style);
    notes.sections_of(version).find_map(|section| match section.state() {
        Some(SectionState::Released(day)) => {
            Some((day, notes.place(section.state_range().unwrap_or(&section.heading))))
        }
        _ => None,
    })
}

/// Returns where the notes say that `version` is not released, if they do.
pub fn unreleased(request: &Request<'_>, version: &Version) -> Option<Place> {
    let config = &request.project.config.notes;
    let text = request.project.texts.get(&config.file).filter(|_| config.enabled)?;
    let notes = Notes::parse(&config.file, text, &config.style);
    let mut sections = notes.sections_of(version);
    let section = sections.find(|section| section.state() == Some(SectionState::Unreleased))?;
    Some(notes.place(section.state_range().unwrap_or(&section.heading)))
}

fn opening<'a>(request: &'a Request<'_>) -> Result<Opening<'a>, Vec<Finding>> {
    let config = &request.project.config.notes;
    let Some(path) = &config.template else { return Ok(Opening::built_in(&config.file, &config.style)) };
    match request.project.texts.get(path) {
        Some(text) => Ok(Opening::parse(path, text)),
        None => Err(vec![
            Finding::of(rule::NOTES_TEMPLATE, "the notes' template is not there")
                .at(Place::file(path))
                .remedy("commit it, or take `template` out of `[notes]`"),
        ]),
    }
}

/// Returns the release branches that there are, as the archive speaks of them.
fn older_branches(request: &Request<'_>, values: &dyn Fn(&Version, &BranchName) -> Values) -> Vec<Values> {
    let lines = request.project.config.names.branch.lines(request.refs.branches.names());
    lines.into_iter().map(|(version, branch)| values(&version, branch)).collect()
}
