//! What becomes of the notes.

use chrono::NaiveDate;
use semver::Version;

use crate::config::{Carry, NotesConfig};
use crate::edit::notes::{self, CarriedSections, Edited, Layout, Notes, Opening, SectionState};
use crate::finding::{Finding, Place};
use crate::git::BranchName;
use crate::path::RepoPath;
use crate::plan::branch_notes::{self, BranchNotes};
use crate::plan::bump::Bump;
use crate::plan::files::{FileChanges, What};
use crate::plan::{Request, lines};
use crate::project::notes::{NotesFile, files};
use crate::rule::{self, Severity};
use crate::template::Values;
use crate::version::plain;
use crate::workspace::Package;

/// What a command does to the section of the version that it prepares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dating {
    /// Nothing.
    None,
    /// The section must be there, and gets its date.
    Release,
    /// The section gets its date, or is written where it is missing: of a patch, and where a branch moves on
    /// to its next version.
    Patch,
    /// The same, in notes in which pre-releases have sections.
    Prerelease,
}

/// Plans the trunk's notes after the cut of `branch` for version `cut`, as part of `bump`, in which the
/// trunk goes to `next`: what begins anew, and for what. Where it is configured so, the trunk's get what those
/// `on_branches` have released. Returns what is worth saying of it.
///
/// # Errors
///
/// Everything that is wrong with the notes or their template; the question how they are laid out, where they
/// do not show it.
pub fn cut(
    request: &Request<'_>,
    bump: &mut Bump,
    lead: &Package,
    [cut, next]: [&Version; 2],
    branch: &BranchName,
    on_branches: &[BranchNotes],
) -> Result<Vec<Finding>, Vec<Finding>> {
    let mut said = FileFindings::default();
    for file in files(&request.project.config, &request.project.workspace) {
        let moved =
            if file.is_products { Some((cut.clone(), next.clone())) } else { moved(bump, file.package) };
        let Some((from, to)) = moved else { continue };
        let values = |version: &Version, branch: &BranchName| Values {
            branch: Some(branch.to_string()),
            ..request.values(version, if file.is_products { lead } else { file.package })
        };
        let values = [values(&to, branch), values(&plain(&from), branch)];
        said.take(cut_one(request, &mut bump.files, &file, &values, on_branches));
    }
    said.all()
}

/// Begins one file anew; `values` are those of the next version, and of the one that is cut.
fn cut_one(
    request: &Request<'_>,
    changes: &mut FileChanges,
    file: &NotesFile<'_>,
    [next, cut]: &[Values; 2],
    from: &[BranchNotes],
) -> Result<Vec<Finding>, Vec<Finding>> {
    let now = request.project.texts.get(&file.path);
    let next =
        &Values { branch: next.version.as_ref().map(|next| request.project.branch(next)), ..next.clone() };
    let Some(before) = changes.text(&file.path, now) else {
        if !file.is_products {
            return Ok(file_is_missing(file));
        }
        let text =
            notes::create(&opening(request, file)?, next, std::slice::from_ref(cut), &file.config.style)?;
        changes.put(&file.path, What::Notes { layout: Some(Layout::PerBranch) }, now, text);
        return Ok(Vec::new());
    };
    let notes = Notes::parse(&file.path, before, &file.config.style);
    let layout = layout(file, &notes);
    let mut carried = carried(request, file, (&notes, layout), from)?;
    let doubts = next.version.as_ref().filter(|_| layout == Some(Layout::Growing));
    let mut findings = doubts.map_or_else(Vec::new, |next| notes.doubts_of_cut(next, request.date));
    let with_carried = notes.with_carried(&mut carried);
    findings.append(&mut carried.findings);
    let notes = Notes::parse(&file.path, &with_carried, &file.config.style);
    let edited = match layout {
        Some(Layout::PerBranch) => notes.cut(&opening(request, file)?, next, cut),
        Some(Layout::Growing) => {
            let template = file.config.template.as_ref().map(|_| opening(request, file)).transpose()?;
            notes.grow(template.as_ref(), next)
        }
        Some(Layout::Unreleased) => notes.begin_anew(),
        None => Err(vec![unknown_layout(file)]),
    };
    let is_refused = edited.is_err() || findings.iter().any(|finding| finding.severity == Severity::Error);
    let (text, said) = edited.map_or_else(|wrong| (String::new(), wrong), |it| (it.text, it.findings));
    findings.extend(said);
    if is_refused {
        return Err(findings);
    }
    changes.put(&file.path, What::Notes { layout }, now, text);
    Ok(findings)
}

/// Returns what a cut brings to the trunk of the notes of release branches, if it is to.
fn carried(
    request: &Request<'_>,
    file: &NotesFile<'_>,
    (notes, layout): (&Notes<'_>, Option<Layout>),
    from: &[BranchNotes],
) -> Result<CarriedSections, Vec<Finding>> {
    match (file.config.carry, layout) {
        (Carry::Asked, _) => Ok(CarriedSections::default()),
        (Carry::Cut, Some(Layout::PerBranch)) => {
            let message =
                format!("{} is laid out per branch: its trunk has no section of a release", file.path);
            let finding = Finding::of(rule::NOTES_LAYOUT, message).at(Place::file(&file.path));
            Err(vec![finding.remedy("take `carry` out of `[notes]`")])
        }
        (Carry::Cut, _) => Ok(branch_notes::carried(request, file, notes, from)),
    }
}

/// Returns the notes that the release branch of the cut version begins with, where the trunk has none to give it:
/// then it would find none when it is released.
///
/// # Errors
///
/// If the template cannot serve; the cut of the trunk says it, too.
pub fn first(
    request: &Request<'_>,
    lead: &Package,
    cut: &Version,
) -> Result<Option<(RepoPath, String)>, Vec<Finding>> {
    let all = files(&request.project.config, &request.project.workspace);
    let Some(file) = all.first().filter(|file| file.is_products) else { return Ok(None) };
    if request.project.texts.contains_key(&file.path) {
        return Ok(None);
    }
    let text = notes::create(&opening(request, file)?, &request.values(cut, lead), &[], &file.config.style)?;
    Ok(Some((file.path.clone(), text)))
}

/// Plans the date of the section for `version`, the one that is prepared on a release branch, as part
/// of `bump`; those of the packages that move with it have their own versions. Returns what is worth saying
/// of it.
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
    if dating == Dating::None {
        return Ok(Vec::new());
    }
    let mut said = FileFindings::default();
    let all = files(&request.project.config, &request.project.workspace);
    for file in all {
        if dating == Dating::Prerelease && !file.config.style.has_prereleases() {
            continue;
        }
        let version = match moved(bump, file.package) {
            _ if file.is_products => version.clone(),
            Some((_, to)) => to,
            None if dating == Dating::Release && moves(request, file.package) => file.package.version.clone(),
            None => continue,
        };
        said.take(date_one(request, &mut bump.files, &file, dating, &version));
    }
    said.all()
}

fn date_one(
    request: &Request<'_>,
    changes: &mut FileChanges,
    file: &NotesFile<'_>,
    dating: Dating,
    version: &Version,
) -> Result<Vec<Finding>, Vec<Finding>> {
    let now = request.project.texts.get(&file.path);
    let Some(before) = changes.text(&file.path, now) else { return Ok(file_is_missing(file)) };
    let notes = Notes::parse(&file.path, before, &file.config.style);
    let layout = layout(file, &notes);
    let is_gathered = layout == Some(Layout::Unreleased) && notes.sections_of(version).next().is_none();
    let NotesConfig { missing, anew, .. } = *file.config;
    let Edited { text, findings } = match dating {
        _ if is_gathered => notes.turn(version, request.date, missing, anew)?,
        Dating::Patch | Dating::Prerelease => notes.patch(version, request.date, missing)?,
        Dating::Release | Dating::None => notes.release(version, request.date)?,
    };
    changes.put(&file.path, What::Notes { layout }, now, text);
    Ok(findings)
}

/// What is said of several files.
#[derive(Default)]
struct FileFindings {
    findings: Vec<Finding>,
    is_refused: bool,
}

impl FileFindings {
    fn take(&mut self, said: Result<Vec<Finding>, Vec<Finding>>) {
        self.is_refused |= said.is_err();
        self.findings.extend(said.unwrap_or_else(|wrong| wrong));
    }

    fn all(self) -> Result<Vec<Finding>, Vec<Finding>> {
        if self.is_refused { Err(self.findings) } else { Ok(self.findings) }
    }
}

/// Returns the version of a package before and after, if it moves.
fn moved(bump: &Bump, package: &Package) -> Option<(Version, Version)> {
    let line = bump.moves.iter().find(|line| line.packages.contains(&package.name))?;
    Some((line.from.clone(), line.to.clone()))
}

/// Returns whether a package is in a version line that moves.
fn moves(request: &Request<'_>, package: &Package) -> bool {
    let lines = lines::lines(&request.project.workspace, &request.project.config);
    let is_this = |other: &&Package| other.manifest == package.manifest;
    lines.is_ok_and(|lines| lines.moving.iter().any(|line| line.packages.iter().any(is_this)))
}

/// Returns how a file is laid out: as the configuration says, or else as it shows.
pub fn layout(file: &NotesFile<'_>, notes: &Notes<'_>) -> Option<Layout> {
    file.config.layout.or_else(|| notes.layout())
}

fn unknown_layout(file: &NotesFile<'_>) -> Finding {
    let message = format!("it cannot be told how {} is laid out", file.path);
    Finding::of(rule::NOTES_LAYOUT, message).at(Place::file(&file.path)).remedy(
        "state `[notes] layout`: \"growing\" for one file with all versions, \"unreleased\" where what comes \
         next is gathered under `Unreleased`, or \"per-branch\" where each release branch has its own",
    )
}

/// Says that notes are not there; the next cut makes those of the product, and there is nothing to date before.
fn file_is_missing(file: &NotesFile<'_>) -> Vec<Finding> {
    if file.is_optional {
        return Vec::new();
    }
    let message = format!("there are no notes: {} is missing", file.path);
    let remedy = match file.is_products {
        true => "write them, or set `[notes] enabled = false`",
        false => "write them, or take the package out of the `packages` of its `[[notes]]`",
    };
    vec![Finding::of(rule::NO_NOTES, message).remedy(remedy)]
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

fn opening<'a>(request: &'a Request<'_>, file: &'a NotesFile<'_>) -> Result<Opening<'a>, Vec<Finding>> {
    let Some(path) = &file.config.template else {
        return Ok(Opening::built_in(&file.path, &file.config.style));
    };
    match request.project.texts.get(path) {
        Some(text) => Ok(Opening::parse(path, text)),
        None => Err(vec![
            Finding::of(rule::NOTES_TEMPLATE, "the notes' template is not there")
                .at(Place::file(path))
                .remedy("commit it, or take `template` out of `[notes]`"),
        ]),
    }
}
