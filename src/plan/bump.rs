//! Moving versions: one commit's worth of edits to manifests, lock files and version files.

use std::collections::BTreeMap;
use std::thread;

use chrono::NaiveDate;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use crate::config::{Config, StaleLock, VersionFile};
use crate::edit::lockfile::{self, Followed, LockFile, Moved};
use crate::edit::splice::{self, Splice};
use crate::edit::version_file;
use crate::finding::{Finding, Place, Refused};
use crate::path::RepoPath;
use crate::plan::course::{Course, NextVersion};
use crate::plan::files::{FileChanges, What};
use crate::plan::lines::{KeptPackage, Lines, Moves};
use crate::plan::{lines, locked, requirements};
use crate::project::Project;
use crate::rule;
use crate::template::Values;
use crate::workspace::declared::VersionPlace;
use crate::workspace::lock_scope::LockScope;
use crate::workspace::{Package, Workspace};

/// A version line that moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineMove {
    /// The version before.
    pub from: Version,
    /// The version after.
    pub to: Version,
    /// The names of its packages.
    pub packages: Vec<String>,
}

/// The edits of one commit that follow from moving versions.
#[derive(Clone, Debug, Default)]
pub struct Bump {
    /// The lines that move; none if the versions stay.
    pub moves: Vec<LineMove>,
    /// The packages that stay.
    pub staying: Vec<KeptPackage>,
    /// The files that change.
    pub files: FileChanges,
    /// The lock files that are Cargo's to write, each with the reasons.
    pub unsettled: Vec<UnsettledLock>,
    /// What is wrong, or worth saying.
    pub findings: Vec<Finding>,
}

/// A lock file whose new content an edit cannot know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnsettledLock {
    /// The lock file.
    pub path: RepoPath,
    /// Why.
    pub reasons: Vec<String>,
}

/// Plans to move `lines` of the workspace on their `course`, on the day `date`.
///
/// What stands in the way is among the findings, as errors.
pub fn bump((project, date): (&Project, NaiveDate), lines: &Lines<'_>, course: &Course<'_>) -> Bump {
    let Project { config, workspace, .. } = project;
    let mut bump = Bump { staying: lines.staying.clone(), ..Bump::default() };
    let mut moves = Moves::new();
    bump.staying.retain(|kept| !course.is_requested(lines, &kept.package));
    for line in course.parts(lines) {
        match course.next(lines, &line) {
            Ok(NextVersion::Is(to)) => {
                bump.moves.push(LineMove {
                    from: line.version.clone(),
                    to: to.clone(),
                    packages: line.packages.iter().map(|package| package.name.clone()).collect(),
                });
                for package in &line.packages {
                    moves.insert(&package.manifest, (package, to.clone()));
                }
            }
            Ok(NextVersion::Stays(why)) => bump.staying.extend(line.packages.iter().map(|package| {
                KeptPackage { package: package.name.clone(), version: Some(package.version.clone()), why }
            })),
            Err(finding) => {
                let first = line.packages.first();
                bump.findings
                    .push(finding.at(first.and_then(|first| lines::version_place(workspace, first))));
            }
        }
    }
    bump.staying.sort();
    // Lock files are long, and what becomes of them does not depend on the edits of manifests.
    let locks = thread::scope(|scope| {
        let locks = scope.spawn(|| Bump::of_locks(workspace, config, &moves));
        bump.edit_manifests(workspace, config, &moves);
        locks.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    bump.files.extend(locks.files);
    bump.unsettled.extend(locks.unsettled);
    bump.findings.extend(locks.findings);
    bump.edit_version_files((project, date), lines.lead, &moves);
    bump
}

impl Bump {
    /// Returns the version that the lead package has afterwards.
    pub fn lead_version(&self, lead: &Package) -> Version {
        let moved = self.moves.iter().find(|line| line.packages.contains(&lead.name));
        moved.map_or_else(|| lead.version.clone(), |line| line.to.clone())
    }

    fn edit_manifests(&mut self, workspace: &Workspace, config: &Config, moves: &Moves<'_>) {
        let (mut versions, findings) = version_splices(workspace, moves);
        self.findings.extend(findings);
        let mut followed = requirements::follow(workspace, config, moves);
        self.findings.append(&mut followed.findings);
        for (path, file) in &workspace.manifests {
            let versions = versions.remove(path).unwrap_or_default();
            let requirements = followed.splices.remove(path).unwrap_or_default();
            let what = What::Manifest { versions: versions.len(), requirements: requirements.len() };
            let splices: Vec<Splice> = versions.into_iter().chain(requirements).collect();
            if !splices.is_empty() {
                self.files.put(path, what, Some(&file.text), splice::apply(&file.text, splices));
            }
        }
    }

    /// Moves versions in lock files alone.
    fn of_locks(workspace: &Workspace, config: &Config, moves: &Moves<'_>) -> Self {
        let mut bump = Self::default();
        if moves.is_empty() {
            return bump;
        }
        let scope = LockScope::of(workspace);
        for (path, text) in workspace.locks.iter().filter(|(path, _)| workspace.is_lock_in_use(path)) {
            let lock = match LockFile::read(path, text) {
                Ok(lock) => lock,
                Err(Refused(findings)) => {
                    bump.findings.extend(findings);
                    continue;
                }
            };
            let packages = scope.packages(path);
            let stale = locked::stale(workspace, path, &lock, &packages);
            let moving = packages.iter().filter_map(|package| moves.get(&package.manifest));
            let moved: Vec<Moved> = moving
                .map(|(package, to)| Moved {
                    name: package.name.clone(),
                    from: package.version.clone(),
                    to: to.clone(),
                })
                .collect();
            if let Some(first) = stale.first()
                && config.locks.stale != StaleLock::Renew
            {
                let message = format!("this lock file is out of date: {}", first.message);
                let finding = Finding::of(rule::LOCK_STALE, message)
                    .at(first.line.map_or_else(|| Place::file(path), |line| Place::line(path, text, line)))
                    .remedy("run `cargo update --workspace` there and commit the result, or name it in `locks.ignore`");
                bump.findings.push(finding.as_warning_if(config.locks.stale == StaleLock::Leave));
                continue;
            }
            let reasons = match lockfile::follow_read(&lock, text, &moved) {
                Followed::Unchanged if stale.is_empty() => continue,
                Followed::Edited(after) if stale.is_empty() => {
                    bump.files.put(path, What::Lock, Some(text), after);
                    continue;
                }
                Followed::NeedsCargo(reasons) => reasons,
                Followed::Unchanged | Followed::Edited(_) => {
                    stale.into_iter().map(|stale| format!("it is out of date: {}", stale.message)).collect()
                }
            };
            bump.unsettled.push(UnsettledLock { path: path.clone(), reasons });
        }
        bump
    }

    fn edit_version_files(
        &mut self,
        (project, date): (&Project, NaiveDate),
        lead: &Package,
        moves: &Moves<'_>,
    ) {
        for file in &project.config.version_files {
            let now = project.texts.get(&file.path);
            let stated = version_package(file, project, lead).and_then(|package| {
                Ok((package, self.files.text(&file.path, now).ok_or_else(|| absent(file))?))
            });
            let (package, text) = match stated {
                Ok(stated) => stated,
                Err(finding) => {
                    self.findings.push(finding);
                    continue;
                }
            };
            let to = moves.get(&package.manifest).map_or(&package.version, |(_, to)| to);
            // What does not move keeps its day.
            let date = Some(date).filter(|_| *to != package.version);
            let (old, new) = (Values::of(&package.version), Values { date, ..Values::of(to) });
            match version_file::edit(&file.path, text, &file.lines, &old, &new) {
                Ok(after) => self.files.put(&file.path, What::VersionFile, now, after),
                Err(findings) => self.findings.extend(findings),
            }
        }
    }
}

/// Returns the package whose version a version file has.
///
/// # Errors
///
/// If the configuration names none that is there.
pub fn version_package<'a>(
    file: &VersionFile,
    project: &'a Project,
    lead: &'a Package,
) -> Result<&'a Package, Finding> {
    let Some(name) = &file.package else { return Ok(lead) };
    project.workspace.packages.iter().find(|package| package.name == *name).ok_or_else(|| {
        let message = format!("there is no package `{name}`, which this version file names");
        Finding::of(rule::VERSION_FILE_PACKAGE, message)
            .at(Place::file(&file.path))
            .remedy("correct `package` in its `[[version-file]]`, or take that out for the lead package")
    })
}

/// Says that a version file is not there.
pub fn absent(file: &VersionFile) -> Finding {
    Finding::of(rule::VERSION_FILE_MISSING, "this version file is not there")
        .at(Place::file(&file.path))
        .remedy("commit it, or take its `[[version-file]]` out of the configuration")
}

/// Returns what to put where versions stand, by manifest.
fn version_splices(
    workspace: &Workspace,
    moves: &Moves<'_>,
) -> (BTreeMap<RepoPath, Vec<Splice>>, Vec<Finding>) {
    let mut splices: BTreeMap<RepoPath, Vec<Splice>> = BTreeMap::new();
    let mut findings = Vec::new();
    for (path, file) in &workspace.manifests {
        if let Some((package, to)) = moves.get(path)
            && package.place == VersionPlace::Own
            && let Some(text) = file.manifest.package.as_ref().and_then(|package| package.version.literal())
        {
            let splice = Splice::new(text.range.clone(), to.to_string());
            splices.entry(path.clone()).or_default().push(splice);
        }
        let Some(text) = file.manifest.workspace.as_ref().and_then(|table| table.package.version.literal())
        else {
            continue;
        };
        let inheriting: Vec<&Package> = workspace
            .packages
            .iter()
            .filter(|package| package.place == VersionPlace::Workspace(path.clone()))
            .collect();
        let goes = |package: &Package| moves.get(&package.manifest).map(|(_, to)| to);
        let Some((mover, to)) = inheriting.iter().find_map(|package| Some((package, goes(package)?))) else {
            continue;
        };
        for other in inheriting.iter().filter(|package| goes(package) != Some(to)) {
            let message = format!(
                "`{}` and `{}` inherit one version, but only the first goes to {to}",
                mover.name, other.name
            );
            findings.push(
                Finding::of(rule::LINE_SPLITS_INHERITANCE, message)
                    .at(Place::range(path, &file.text, text.range.clone()))
                    .remedy(format!("let them move together, or give `{}` a version of its own", other.name)),
            );
        }
        let splice = Splice::new(text.range.clone(), to.to_string());
        splices.entry(path.clone()).or_default().push(splice);
    }
    (splices, findings)
}
