//! What becomes of the notes.

use chrono::NaiveDate;
use semver::Version;

use crate::edit::notes::{self, Edited, Notes, Opening, State};
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::plan::Request;
use crate::plan::bump::{FileChange, What};
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

/// A change of the notes, if there is one, and what is worth saying of it.
type Changed = (Option<FileChange>, Vec<Finding>);

/// Plans the trunk's notes after the cut of `branch` for version `cut`: fresh ones for `next`.
///
/// # Errors
///
/// Everything that is wrong with the notes or their template.
pub fn cut(
    request: &Request<'_>,
    name: &str,
    lead: &Package,
    cut: &Version,
    next: &Version,
    branch: &str,
) -> Result<Changed, Vec<Finding>> {
    let config = &request.project.config.notes;
    if !config.enabled {
        return Ok((None, Vec::new()));
    }
    let opening = opening(request)?;
    let values = |version: &Version, branch: &str| Values {
        branch: Some(branch.to_owned()),
        repository: lead.repository.clone(),
        ..request.values(version, name)
    };
    let next_branch = request.project.config.names.branch.render(next, name);
    let next = values(next, &next_branch);
    let cut = values(cut, branch);
    let Some(before) = request.project.texts.get(&config.file) else {
        let mut older = older_branches(request, &values);
        older.push(cut);
        let after = notes::create(&opening, &next, &older, &config.style)?;
        return Ok((change(&config.file, None, after), Vec::new()));
    };
    let Edited { text, findings } =
        Notes::parse(&config.file, before, &config.style).cut(&opening, &next, &cut)?;
    Ok((change(&config.file, Some(before), text), findings))
}

/// Plans the date of the section for `version`, the one that is prepared on a release branch.
///
/// # Errors
///
/// Everything that is wrong with the notes.
pub fn date(request: &Request<'_>, dating: Dating, version: &Version) -> Result<Changed, Vec<Finding>> {
    let config = &request.project.config.notes;
    if !config.enabled || dating == Dating::None {
        return Ok((None, Vec::new()));
    }
    let Some(before) = request.project.texts.get(&config.file) else {
        // The next cut makes them; there is nothing to date before.
        let note = Finding::note("no-notes", format!("there are no notes: {} is missing", config.file))
            .remedy("write them, or set `[notes] enabled = false`");
        return Ok((None, vec![note]));
    };
    let notes = Notes::parse(&config.file, before, &config.style);
    let Edited { text, findings } = match dating {
        Dating::Patch => notes.patch(version, request.date, config.missing)?,
        _ => notes.release(version, request.date)?,
    };
    Ok((change(&config.file, Some(before), text), findings))
}

/// Returns the day on which the notes say that `version` was released, and where they say it.
pub fn released(request: &Request<'_>, version: &Version) -> Option<(NaiveDate, Place)> {
    let config = &request.project.config.notes;
    let text = request.project.texts.get(&config.file).filter(|_| config.enabled)?;
    let notes = Notes::parse(&config.file, text, &config.style);
    notes.sections_of(version).find_map(|section| match section.state() {
        Some(State::Released(day)) => {
            Some((day, notes.place(section.state_range().unwrap_or(&section.heading))))
        }
        _ => None,
    })
}

fn opening<'a>(request: &'a Request<'_>) -> Result<Opening<'a>, Vec<Finding>> {
    let config = &request.project.config.notes;
    let Some(path) = &config.template else { return Ok(Opening::built_in(&config.file, &config.style)) };
    match request.project.texts.get(path) {
        Some(text) => Ok(Opening::parse(path, text)),
        None => Err(vec![
            Finding::error("notes-template", "the notes' template is not there")
                .at(Place::file(path))
                .remedy("commit it, or take `template` out of `[notes]`"),
        ]),
    }
}

/// Returns the release branches that there are, as the archive speaks of them.
fn older_branches(request: &Request<'_>, values: &dyn Fn(&Version, &str) -> Values) -> Vec<Values> {
    let template = &request.project.config.names.branch;
    let versions = request.refs.branches.iter().filter_map(|branch| Some((template.read(branch)?, branch)));
    versions.map(|(version, branch)| values(&version, branch)).collect()
}

fn change(path: &RepoPath, before: Option<&String>, after: String) -> Option<FileChange> {
    let changed = before != Some(&after);
    changed.then(|| FileChange { path: path.clone(), what: What::Notes, before: before.cloned(), after })
}
