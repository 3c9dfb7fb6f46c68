//! Settings that may or may not be right, for what came out otherwise than it was made.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::draft::{Setting, placed, quoted};
use crate::edit::manifest::Manifest;
use crate::git::Tree;
use crate::git::diff::ChangeKind;
use crate::ops::replay::{ReplayOutcome, ReplayedStep};
use crate::ops::session::Session;
use crate::path::RepoPath;
use crate::plan::files::{FileChange, What};
use crate::project::notes::USUAL;
use crate::project::{self, PastMembers};
use crate::version::{Step, distance, first_compatible};
use crate::workspace::metadata::Member;

/// How many files of notes are tried.
const MOST_NOTES: usize = 3;

/// Returns settings to try, those first on which others rest.
pub(super) fn of(
    (session, past): (&Session<'_>, &PastMembers),
    steps: &[ReplayedStep],
) -> Result<Vec<Setting>> {
    let mut candidates = Vec::new();
    for of_file in notes((session, past), steps)? {
        // Where people write the sections, neither comes out without the other.
        let lines = of_file.lines.iter().cloned().chain(["scaffold = false".to_owned()]).collect();
        let by_hand = Setting { lines, ..of_file.clone() };
        candidates.extend([of_file, by_hand]);
    }
    candidates.extend(template(session, steps)?);
    candidates.extend(outside((session, past), steps)?);
    candidates.extend([
        key("[requirements]", "follow = \"always\""),
        key("[requirements]", "follow = \"unmatched\""),
        key("[requirements]", "follow = \"moving\""),
        key("[notes]", "scaffold = false"),
        key("[notes]", "begin-anew = false"),
        key("[locks]", "stale = \"leave\""),
    ]);
    if steps.iter().any(|step| !step.step.to.pre.is_empty()) {
        candidates.push(key("[notes]", "prereleases = true"));
    }
    candidates.extend(staying((session, past), steps)?);
    candidates.extend(levels((session, past), steps)?);
    Ok(candidates)
}

/// Returns tables of the packages that had to be asked for another level than the lead package's, time and again the
/// same.
fn levels((session, past): (&Session<'_>, &PastMembers), steps: &[ReplayedStep]) -> Result<Vec<Setting>> {
    let members = |commit| past.packages(&session.repo, &session.context.location, commit);
    let mut found: BTreeMap<Vec<String>, BTreeMap<Step, Vec<Step>>> = BTreeMap::new();
    for step in steps.iter().filter(|step| !step.chosen.is_empty()) {
        let (before, after) = (members(step.step.parent)?, members(step.step.commit)?);
        for (name, to) in &step.chosen {
            let asked = before.iter().find(|member| member.name == *name && member.version != *to);
            let Some(asked) = asked else { continue };
            let goes_along = |member: &&Member| {
                let now = after.iter().find(|now| now.name == member.name);
                member.version == asked.version && now.is_some_and(|now| now.version == *to)
            };
            let names = before.iter().filter(goes_along).map(|member| member.name.clone());
            let by_lead = found.entry(names.collect()).or_default();
            by_lead
                .entry(distance(&step.step.from, &step.step.to))
                .or_default()
                .push(distance(&asked.version, to));
        }
    }
    let line = |(packages, by_lead): (&Vec<String>, &BTreeMap<Step, Vec<Step>>)| {
        let is_told =
            |levels: &&Vec<Step>| levels.len() > 1 && levels.iter().all(|level| *level == levels[0]);
        let told = by_lead.iter().filter(|(lead, levels)| is_told(levels) && levels[0] != **lead);
        let told: Vec<String> =
            told.map(|(lead, levels)| format!("{lead} = {}", quoted(&levels[0].to_string()))).collect();
        let list: Vec<String> = packages.iter().map(|name| quoted(name)).collect();
        let lines = [vec![format!("packages = [{}]", list.join(", "))], told.clone()].concat();
        (!told.is_empty()).then_some(Setting { table: "[[line]]", lines, why: String::new() })
    };
    Ok(found.iter().filter_map(line).collect())
}

/// Returns tables of packages that stay: first one of all that are still there, which counts for what is to come, too;
/// then one for each line of releases, for where others stayed.
fn staying((session, past): (&Session<'_>, &PastMembers), steps: &[ReplayedStep]) -> Result<Vec<Setting>> {
    let by_line = stayed((session, past), steps)?;
    let mut distinct: Vec<&BTreeSet<String>> = by_line.values().collect();
    distinct.dedup();
    let Some(latest) = steps.last() else { return Ok(Vec::new()) };
    let members = past.packages(&session.repo, &session.context.location, latest.step.commit)?;
    let is_here = |name: &&String| members.iter().any(|member| member.name == **name);
    let here: BTreeSet<&String> = by_line.values().flatten().filter(is_here).collect();
    let every = (distinct.len() > 1 && !here.is_empty()).then(|| stay(here, None));
    let single = by_line.iter().filter(|(_, packages)| !packages.is_empty());
    let single = single.map(|(line, packages)| stay(packages, (distinct.len() > 1).then_some(line.as_str())));
    Ok(every.into_iter().chain(single).collect())
}

/// Returns the table by which `packages` stay, in the `releases` of one line or in all.
fn stay<'a>(packages: impl IntoIterator<Item = &'a String>, releases: Option<&str>) -> Setting {
    let list: Vec<String> = packages.into_iter().map(|name| quoted(name)).collect();
    let mut lines = vec![format!("packages = [{}]", list.join(", "))];
    lines.extend(releases.map(|line| format!("releases = {}", quoted(line))));
    lines.push("move = false".to_owned());
    Setting { table: "[[line]]", lines, why: String::new() }
}

fn key(table: &'static str, line: &str) -> Setting {
    Setting::key(table, line.to_owned(), String::new())
}

/// Returns where the notes may be, where that is not beside the root manifest, or not only there.
fn notes((session, past): (&Session<'_>, &PastMembers), steps: &[ReplayedStep]) -> Result<Vec<Setting>> {
    let Some(latest) = steps.last() else { return Ok(Vec::new()) };
    let tree = session.repo.tree(latest.step.commit)?;
    let members = past.packages(&session.repo, &session.context.location, latest.step.commit)?;
    let file = |folder: &str, name: &'static str| {
        Some(RepoPath::from_folder(folder, name)).filter(|path| tree.get(path).is_some())
    };
    let root = project::config_file(&session.repo, &session.context.location)?;
    let trees: Vec<[Tree; 2]> = {
        let both = |step: &ReplayedStep| {
            Ok([session.repo.tree(step.step.parent)?, session.repo.tree(step.step.commit)?])
        };
        steps.iter().map(both).collect::<Result<_>>()?
    };
    let changes =
        |path: &RepoPath| trees.iter().filter(|[before, after]| before.get(path) != after.get(path)).count();
    let by_root = || USUAL.into_iter().filter(|name| file(root.folder(), name).is_some());
    let times = |name: &'static str| changes(&RepoPath::from_folder(root.folder(), name));
    // The first of equals, as every command takes it; one that no step changed may tell how releases are made.
    let of_root = by_root().rev().max_by_key(|name| times(name));
    let folders: BTreeSet<&str> = members.iter().map(|member| member.manifest.folder()).collect();
    let below = || folders.iter().filter(|folder| **folder != root.folder());
    let count = |name: &'static str| below().filter(|folder| file(folder, name).is_some()).count();
    let mut found: Vec<&str> = USUAL.into_iter().filter(|name| count(name) > 0).collect();
    found.sort_by_key(|name| std::cmp::Reverse(count(name)));
    let mut candidates = Vec::new();
    let products = of_root.map(|name| key("[notes]", &format!("file = {}", quoted(name))));
    candidates.extend(products.clone().filter(|_| of_root != by_root().next()));
    if let Some(name) = found.first() {
        let alone = key("[notes]", &format!("per-package = {}", quoted(name)));
        let both = products.map(|file| Setting { lines: [&alone.lines[..], &file.lines].concat(), ..file });
        candidates.extend([Some(alone), both].into_iter().flatten());
    }
    let lead = members.iter().filter(|member| member.version == latest.step.to);
    let of_lead =
        lead.flat_map(|lead| USUAL.into_iter().filter_map(|name| file(lead.manifest.folder(), name)));
    let of_lead: BTreeSet<RepoPath> = of_lead.filter(|path| path.folder() != root.folder()).collect();
    let of_root = of_root.map_or(0, times);
    for path in of_lead.into_iter().take(MOST_NOTES) {
        // What the steps did not change is not what is said of them.
        if changes(&path) > of_root {
            candidates.push(key("[notes]", &format!("file = {}", placed(&path, root.folder()))));
        }
    }
    Ok(candidates)
}

/// Returns the manifests outside the workspace whose versions changed with that of the lead package.
fn outside((session, past): (&Session<'_>, &PastMembers), steps: &[ReplayedStep]) -> Result<Option<Setting>> {
    let mut times: BTreeMap<RepoPath, usize> = BTreeMap::new();
    for ReplayedStep { step, .. } in steps {
        let members = past.packages(&session.repo, &session.context.location, step.commit)?;
        for file in session.repo.changed_files(step.parent, step.commit)? {
            let Some(path) = RepoPath::new(&file.path).filter(|path| path.file_name() == "Cargo.toml") else {
                continue;
            };
            let ChangeKind::Content(Ok(texts)) = &file.change else { continue };
            let version = |text: &String| {
                let package = Manifest::parse(&path, text).ok()?.package?;
                Some(package.version.literal()?.value.clone())
            };
            let moved = texts.each_ref().map(version);
            let is_along = moved == [&step.from, &step.to].map(|version| Some(version.to_string()));
            if is_along && members.iter().all(|member| member.manifest != path) {
                *times.entry(path).or_default() += 1;
            }
        }
    }
    times.retain(|_, times| *times > 1);
    let root = project::config_file(&session.repo, &session.context.location)?;
    let list: Vec<String> = times.keys().map(|path| placed(path, root.folder())).collect();
    Ok((!list.is_empty()).then(|| key("", &format!("follow = [{}]", list.join(", ")))))
}

/// Returns the file that new notes may begin as, where just one is called so.
fn template(session: &Session<'_>, steps: &[ReplayedStep]) -> Result<Option<Setting>> {
    let Some(latest) = steps.last() else { return Ok(None) };
    let files = session.repo.tree(latest.step.commit)?;
    let is_one = |path: &&RepoPath| {
        let name = path.file_name().to_lowercase();
        name.contains("template")
            && ["release", "changelog", "changes"].iter().any(|word| name.contains(word))
    };
    let found: Vec<&RepoPath> = files.files().map(|(path, _)| path).filter(is_one).collect();
    let [path] = found[..] else { return Ok(None) };
    let root = project::config_file(&session.repo, &session.context.location)?;
    Ok(Some(key("[notes]", &format!("template = {}", placed(path, root.folder())))))
}

/// Returns, by the major of the lead package, the packages whose versions every step there would have moved,
/// and none did.
fn stayed(
    (session, past): (&Session<'_>, &PastMembers),
    steps: &[ReplayedStep],
) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut stayed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for step in steps {
        let files: &[FileChange] = match &step.outcome {
            ReplayOutcome::Differs { files, .. } => files,
            ReplayOutcome::Identical | ReplayOutcome::Written { .. } | ReplayOutcome::OtherFiles { .. } => {
                &[]
            }
            ReplayOutcome::NotMechanical { .. } => continue,
        };
        let mut names = files.iter().filter_map(kept).collect::<BTreeSet<_>>();
        names.extend(asked_to_stay((session, past), step)?);
        let line = first_compatible(&step.step.to).to_string();
        let line = line.trim_end_matches(".0").to_owned();
        match stayed.get_mut(&line) {
            None => drop(stayed.insert(line, names)),
            Some(before) => before.retain(|name| names.contains(name)),
        }
    }
    Ok(stayed)
}

/// Returns the packages of a step that had to be asked to stay where they were.
fn asked_to_stay((session, past): (&Session<'_>, &PastMembers), step: &ReplayedStep) -> Result<Vec<String>> {
    if step.chosen.is_empty() {
        return Ok(Vec::new());
    }
    let members = |commit| past.packages(&session.repo, &session.context.location, commit);
    let (before, after) = (members(step.step.parent)?, members(step.step.commit)?);
    let is_asked = |member: &Member| {
        let line = before.iter().filter(|other| other.version == member.version);
        line.map(|other| step.chosen.get(&other.name)).any(|to| to == Some(&member.version))
    };
    let stays =
        |member: &Member| after.iter().any(|now| now.name == member.name && now.version == member.version);
    let kept = before.iter().filter(|member| stays(member) && is_asked(member));
    Ok(kept.map(|member| member.name.clone()).collect())
}

/// Returns the package of a manifest whose version would have moved and did not.
fn kept(file: &FileChange) -> Option<String> {
    if !matches!(file.what, What::Manifest { versions: 1.., .. }) {
        return None;
    }
    let value = |text: &str, key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix('='))?;
        Some(line.trim().trim_matches('"').to_owned())
    };
    let made = file.before.as_deref()?;
    let is_behind = value(made, "version")? != value(&file.after, "version")?;
    value(made, "name").filter(|_| is_behind)
}
