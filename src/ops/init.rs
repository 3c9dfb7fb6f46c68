//! What a repository's history tells of how it releases, as a configuration; and the proof of it.
//!
//! Only what differs from a default, or from what every command infers by itself, becomes a key. What of
//! two settings is right is told by replaying the past: the one with which more steps come out is kept.

mod cadence;
mod candidates;
mod carriers;
mod draft;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::NaiveDate;
use semver::Version;

pub use draft::Setting;

use super::replay::{Past, PastStep, ReplayOptions, ReplayOutcome, ReplayedStep, configured, replay_as};
use super::session::Session;
use super::sink::Sink;
use crate::config::{self, Config, ConfigFile, TextTemplate};
use crate::finding::Finding;
use crate::git::diff::ChangeKind;
use crate::git::{Refs, Tag};
use crate::path::RepoPath;
use crate::plan::Command;
use crate::project::{self, PastMembers};
use crate::version::{plain, short};
use crate::workspace::metadata::Member;
use carriers::{Carriers, Moved};
use draft::quoted;

/// A configuration that is proposed.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Its text.
    pub text: String,
    /// How many keys and tables it has.
    pub settings: usize,
    /// How the latest steps come out with it.
    pub steps: Vec<ReplayedStep>,
    /// How many of them come out identical without it.
    pub identical_before: usize,
}

/// Returns the configuration that the history of the repository tells, from its `last` steps.
///
/// # Errors
///
/// As [`replay_as`].
pub fn propose(session: &Session<'_>, last: usize, sink: &mut dyn Sink) -> Result<Proposal> {
    let refs = project::refs(&session.repo, &session.context.location)?;
    let options = ReplayOptions { versions: Vec::new(), last, except: Vec::new() };
    // What names are inferred is said once, and not for each trial.
    let usual = configured((session, &refs), Config::default(), sink)?;
    let past = Past::default();
    let mut trial = Trial { session, refs: &refs, past: &past, options, settings: Vec::new(), sink };
    let before = trial.replay(&[])?;
    let known: Vec<PastStep> = before.iter().map(|step| step.step.clone()).collect();
    trial.settings = labels(&known);
    trial.settings.extend(messages(session, &known)?);
    trial.settings.extend(archive_entry(session, &usual, &known)?);
    trial.settings.extend(cadence::settings(&first_releases(&usual, &refs)));
    let without = trial.replay(&[])?;
    let carried = carried(session, &past.members, &known)?;
    let mut steps = trial.replay(&carried)?;
    // Such files may be written by other tools, at other times.
    match score(&steps) < score(&without) {
        true => steps = without,
        false => trial.settings.extend(carried),
    }
    for candidate in candidates::of((session, &past.members), &steps)? {
        let with = trial.replay(std::slice::from_ref(&candidate))?;
        if score(&with) > score(&steps) {
            let why = reason(&steps, &with);
            trial.settings.retain(|setting| !setting.is_of(&candidate));
            trial.settings.push(Setting { why, ..candidate });
            steps = with;
        }
    }
    let text = draft::text(&trial.settings);
    Ok(Proposal { text, settings: trial.settings.len(), steps, identical_before: identical(&before) })
}

/// Settings that are tried out on the past.
struct Trial<'a, 's> {
    session: &'a Session<'s>,
    refs: &'a Refs,
    past: &'a Past,
    options: ReplayOptions,
    settings: Vec<Setting>,
    sink: &'a mut dyn Sink,
}

impl Trial<'_, '_> {
    /// Returns how the latest steps come out with the settings so far and `more`.
    fn replay(&mut self, more: &[Setting]) -> Result<Vec<ReplayedStep>> {
        let kept = self.settings.iter().filter(|setting| !more.iter().any(|other| setting.is_of(other)));
        let settings: Vec<Setting> = kept.chain(more).cloned().collect();
        let config = read(&draft::text(&settings))?;
        let at = (self.session, self.refs);
        let config = configured(at, config, &mut Vec::<Finding>::new())?;
        replay_as(at, &config, &self.options, self.past, self.sink)
    }
}

/// Reads a proposal, as every command will.
fn read(text: &str) -> Result<Config> {
    let source = |path: &str, text: &str| ConfigFile { path: path.to_owned(), text: text.to_owned() };
    let manifest = source("Cargo.toml", "");
    Ok(config::read(Some(&source("relprep.toml", text)), None, &manifest, Some(""))?.unwrap_or_default())
}

fn identical(steps: &[ReplayedStep]) -> usize {
    steps.iter().filter(|step| matches!(step.outcome, ReplayOutcome::Identical)).count()
}

/// Ranks how steps come out: by those that come out but for lines written by hand, by those that are identical, by
/// those whose Cargo files are.
fn score(steps: &[ReplayedStep]) -> [usize; 3] {
    let count = |is: fn(&ReplayOutcome) -> bool| steps.iter().filter(|step| is(&step.outcome)).count();
    let identical = identical(steps);
    let made = identical + count(|outcome| matches!(outcome, ReplayOutcome::Written { .. }));
    [made, identical, made + count(|outcome| matches!(outcome, ReplayOutcome::OtherFiles { .. }))]
}

/// Says how many steps come out with a setting that came out otherwise without it.
fn reason(without: &[ReplayedStep], with: &[ReplayedStep]) -> String {
    let (after, before) = (score(with), score(without));
    let differs = |rank: &usize| after[*rank] != before[*rank];
    let what = match [1, 0, 2].into_iter().find(differs) {
        Some(1) => (1, "come out as they were made"),
        Some(0) => (0, "come out as they were made, but for lines written by hand"),
        _ => (2, "come out with the Cargo files that were made"),
    };
    let (rank, what) = what;
    format!("with this {} of {} past steps {what}, without it {}", after[rank], with.len(), before[rank])
}

/// Returns the labels of pre-releases that the versions had: a word on the trunk, a word and a number on the way
/// to a release.
fn labels(steps: &[PastStep]) -> Vec<Setting> {
    let pres = |step: &PastStep| Some(step.to.pre.to_string()).filter(|pre| !pre.is_empty());
    let setting = |key: &str, labels: Vec<String>, count: usize| {
        let latest = labels.last()?;
        let why = format!("{} of {count} steps led to such a version", labels.len());
        Some(Setting::key("[prerelease]", format!("{key} = {}", quoted(latest)), why))
    };
    let words = steps.iter().filter_map(pres).filter(|pre| !pre.contains('.')).collect();
    let numbered = steps.iter().filter_map(pres).filter_map(|pre| {
        let (label, number) = pre.rsplit_once('.')?;
        number.chars().all(|c| c.is_ascii_digit()).then(|| label.to_owned())
    });
    let numbered = numbered.collect();
    setting("trunk", words, steps.len())
        .into_iter()
        .chain(setting("candidate", numbered, steps.len()))
        .collect()
}

/// Returns the lines of other files that changed with the version of the lead package, or of the package in whose
/// folder they lie.
fn carried(session: &Session<'_>, past: &PastMembers, steps: &[PastStep]) -> Result<Vec<Setting>> {
    let (repo, location) = (&session.repo, &session.context.location);
    let mut carriers = Carriers::default();
    for step in steps {
        let before = past.packages(repo, location, step.parent)?;
        let after = past.packages(repo, location, step.commit)?;
        let moved = |member: &Member| {
            let now = after.iter().find(|other| other.name == member.name)?;
            let (from, to) = (member.version.clone(), now.version.clone());
            let is_own = from != to && (&from, &to) != (&step.from, &step.to);
            let (package, folder) = (Some(member.name.clone()), member.manifest.folder().to_owned());
            is_own.then_some(Moved { package, folder, from, to })
        };
        let (from, to) = (step.from.clone(), step.to.clone());
        let lead = Moved { package: None, folder: String::new(), from, to };
        let moved: Vec<Moved> = std::iter::once(lead).chain(before.iter().filter_map(moved)).collect();
        carriers.add(&repo.changed_files(step.parent, step.commit)?, &moved, step.date);
    }
    // The latest step is as new as there is.
    let Some(latest) = steps.last() else { return Ok(Vec::new()) };
    let members = past.packages(repo, location, latest.commit)?;
    let text = |path: &RepoPath| repo.text_at(latest.commit, path).ok()??.ok();
    let version = |package: Option<&str>| match package {
        None => Some(latest.to.clone()),
        Some(name) => members.iter().find(|member| member.name == name).map(|member| member.version.clone()),
    };
    Ok(carriers.settings(text, version))
}

/// Returns the messages that the commits of each command have had.
fn messages(session: &Session<'_>, steps: &[PastStep]) -> Result<Vec<Setting>> {
    let mut by_key: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for step in steps {
        let key = match step.command {
            Command::Branch => "cut",
            Command::Rc => "candidate",
            Command::Release => "release",
            Command::Patch | Command::Bump => "patch",
            Command::Notes => continue,
        };
        let message = session.repo.commit_info(step.commit)?.message;
        by_key.entry(key).or_default().extend(worded(&message, &step.to));
    }
    let default = |key: &str| match key {
        "cut" => "Bump {name} to {version}",
        "candidate" => "Prepare {name} {version}",
        _ => "Release {name} {version}",
    };
    let setting = |(key, texts): (&'static str, Vec<String>)| {
        let distinct: BTreeSet<&String> = texts.iter().collect();
        let count = |text: &String| texts.iter().filter(|other| *other == text).count();
        let usual = distinct.into_iter().max_by_key(|text| count(text))?;
        let times = count(usual);
        let is_usual = times > 1 && times * 2 > texts.len() && usual != default(key);
        TextTemplate::try_from(usual.clone()).ok()?;
        let why = format!("{times} of {} past commits say so", texts.len());
        is_usual.then(|| Setting::key("[commit]", format!("{key} = {}", quoted(usual)), why))
    };
    Ok(by_key.into_iter().filter_map(setting).collect())
}

/// Returns the line that cuts add to the notes for the branch that they make.
fn archive_entry(session: &Session<'_>, config: &Config, steps: &[PastStep]) -> Result<Option<Setting>> {
    let mut entries: Vec<String> = Vec::new();
    for step in steps.iter().filter(|step| step.command == Command::Branch) {
        let version = plain(&step.from);
        let branch = config.names.branch.render(&version, "");
        for file in session.repo.changed_files(step.parent, step.commit)? {
            let ChangeKind::Content(Ok([old, new])) = &file.change else { continue };
            let before: BTreeSet<&str> = old.lines().collect();
            let added = new.lines().filter(|line| line.contains(&branch) && !before.contains(line));
            let escaped = added.map(|line| line.trim_end().replace('{', "{{").replace('}', "}}"));
            let open =
                escaped.map(|line| line.replace(&branch, "{branch}").replace(&short(&version), "{short}"));
            entries.extend(open);
        }
    }
    let Some(latest) = entries.last() else { return Ok(None) };
    let times = entries.iter().filter(|entry| *entry == latest).count();
    let line = format!("archive-entry = {}", quoted(latest));
    let why = format!("{times} of {} cuts added such a line", entries.len());
    Ok((times > 1).then(|| Setting::key("[notes]", line, why)))
}

/// Returns the first line of a message with a placeholder for the version, if that is in it; the number of a
/// pull request is left out.
fn worded(message: &str, version: &Version) -> Option<String> {
    let subject = message.lines().next()?.trim();
    let subject = match subject.rsplit_once(" (#") {
        Some((before, number)) if number.ends_with(')') => before,
        _ => subject,
    };
    let escaped = subject.replace('{', "{{").replace('}', "}}");
    let text = escaped.replace(&version.to_string(), "{version}");
    (text != escaped).then_some(text)
}

/// Returns the first release of each line with the day of its tag, by version.
fn first_releases(config: &Config, refs: &Refs) -> Vec<(Version, NaiveDate)> {
    let day = |tag: &Tag| {
        let version = config.names.tag.read(&tag.name)?;
        (version.pre.is_empty() && version.patch == 0).then_some((version, tag.day?))
    };
    let mut releases: Vec<_> = refs.tags.values().filter_map(day).collect();
    releases.sort();
    releases
}
