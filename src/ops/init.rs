//! What a repository's history tells of how it releases, as a configuration; and the proof of it.
//!
//! Only what differs from a default, or from what every command infers by itself, becomes a key. What of
//! two settings is right is told by replaying the past: the one with which more steps come out is kept.

mod cadence;
mod candidates;
mod carriers;
mod draft;
mod msrv;
mod others;
mod questions;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::NaiveDate;
use semver::Version;

pub use draft::Setting;
pub use questions::{Decide, OpenQuestion, QuestionChoice};

use super::replay::{
    PastCommits, PastStep, ReplayOptions, ReplayOutcome, ReplayedStep, configured, replay_as,
};
use super::session::Session;
use super::sink::Sink;
use crate::config::{self, Config, ConfigFile, SCHEMA_FILE, TextTemplate, schema_directive};
use crate::edit::notes::Notes;
use crate::finding::Finding;
use crate::git::diff::ChangeKind;
use crate::git::{Refs, Tag, TagName};
use crate::path::RepoPath;
use crate::plan::Command;
use crate::project::notes::USUAL;
use crate::project::{self, PastMembers};
use crate::version::{plain, short};
use crate::workspace::metadata::Member;
use carriers::{Carriers, MovedPackage, Present};
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

/// Returns the configuration that the history of the repository tells, from its `last` steps, and what other release
/// tools are told; `decide` is asked what neither tells.
///
/// # Errors
///
/// As [`replay_as`], and those of `decide`.
pub fn propose(
    session: &Session<'_>,
    last: usize,
    decide: Decide<'_>,
    sink: &mut dyn Sink,
) -> Result<Proposal> {
    let location = &session.context.location;
    let refs = project::refs(&session.repo, location)?;
    let file = project::config_file(&session.repo, location)?;
    let folder = file.folder();
    let options = ReplayOptions { versions: Vec::new(), last, except: Vec::new() };
    let past = PastCommits::default();
    let lead: Vec<Setting> = lead(session, &past.members, &refs, decide)?.into_iter().collect();
    // What names are inferred is said once, and not for each trial.
    let usual = configured((session, &refs), read(&draft::text(&lead), folder)?, sink)?;
    let mut trial =
        SettingsTrial { session, refs: &refs, past: &past, folder, options, settings: lead, sink };
    let before = trial.replay(&[])?;
    let known: Vec<PastStep> = before.iter().map(|step| step.step.clone()).collect();
    trial.settings.extend(labels(&known));
    trial.settings.extend(messages(session, &known)?);
    trial.settings.extend(archive_entry(session, &usual, &known)?);
    trial.settings.extend(sections_by_hand(session, &usual, folder, &known)?);
    trial.settings.extend(schedule(&releases(&usual, &refs), &known, decide)?);
    trial.settings.extend(behind_stable(session, &usual, &past.members, &known)?);
    let mut steps = trial.replay(&[])?;
    // Such files may be written by other tools, at other times.
    let [carried, gone] = carried(session, &past.members, folder, &known)?;
    trial.keep_unless_worse(carried, &mut steps)?;
    let left = others(&mut trial, &usual, &mut steps)?;
    // They, and what else is tried, may each need the other.
    let are_kept = trial.keep_if_better(gone.clone(), &mut steps)?;
    for candidate in candidates::of((session, &past.members), &steps)? {
        trial.keep_if_better(vec![candidate], &mut steps)?;
    }
    if !are_kept {
        trial.keep_if_better(gone, &mut steps)?;
    }
    let has_schema = session.repo.root().join(folder).join(SCHEMA_FILE).is_file();
    let text = draft::file(&trial.settings, &left, schema_directive(has_schema));
    Ok(Proposal { text, settings: trial.settings.len(), steps, identical_before: identical(&before) })
}

/// Returns the setting that says which package leads, where only a guess tells.
fn lead(
    session: &Session<'_>,
    past: &PastMembers,
    refs: &Refs,
    decide: Decide<'_>,
) -> Result<Option<Setting>> {
    let Some(head) = session.repo.head()?.commit() else { return Ok(None) };
    let location = &session.context.location;
    let members = past.packages(&session.repo, location, head)?;
    let root = project::config_file(&session.repo, location)?.sibling("Cargo.toml");
    let tagged =
        |tag: &TagName| tag.as_str().strip_prefix('v').unwrap_or(tag.as_str()).parse::<Version>().ok();
    let newest = refs.tags.keys().filter_map(tagged).max();
    let has_branches = |name: &str| {
        let begin = format!("{name}-");
        refs.branches.names().any(|branch| branch.as_str().starts_with(&begin))
    };
    let Some(root) = root else { return Ok(None) };
    let choice = |member: &Member| {
        let line = format!("lead = {}", quoted(&member.name));
        let why = "nothing but the versions tells which package names the releases".to_owned();
        let label = format!("{} ({})", member.name, member.version);
        QuestionChoice { label, setting: Some(Setting::key("", line, why)) }
    };
    let rivals = project::lead::rivals(&members, &root, newest.as_ref(), has_branches);
    let choices: Vec<QuestionChoice> = rivals.into_iter().take(MOST_RIVALS).map(choice).collect();
    if choices.is_empty() {
        return Ok(None);
    }
    let text = "Which package's version names the releases, their branches and their tags?".to_owned();
    OpenQuestion { text, choices }.ask(decide)
}

/// Returns calendar and support, as far as the days of releases and cuts show them.
fn schedule(
    releases: &[(Version, NaiveDate)],
    steps: &[PastStep],
    decide: Decide<'_>,
) -> Result<Vec<Setting>> {
    let firsts: Vec<_> = releases.iter().filter(|(version, _)| version.patch == 0).cloned().collect();
    let cuts = steps.iter().filter(|step| step.command == Command::Branch);
    let cuts: Vec<NaiveDate> = cuts.map(|step| step.date).collect();
    let mut settings = cadence::settings(&firsts, &cuts);
    let Some(train) = read(&draft::text(&settings), "")?.train() else { return Ok(settings) };
    let number = |version: &Version| train.numbering.number(version).map_or(0, |number| number.0);
    let (told, question) = support::told(releases, number);
    settings.extend(told);
    if let Some(question) = question {
        settings.extend(question.ask(decide)?);
    }
    Ok(settings)
}

/// Returns how far the trunk stays behind the stable Rust, as far as what it promised at its steps shows that.
fn behind_stable(
    session: &Session<'_>,
    config: &Config,
    past: &PastMembers,
    steps: &[PastStep],
) -> Result<Option<Setting>> {
    let mut promises = Vec::new();
    for step in steps.iter().filter(|step| config.names.branch.read(&step.branch).is_none()) {
        let members = past.packages(&session.repo, &session.context.location, step.commit)?;
        let published = members.iter().filter(|member| member.publication.is_somewhere());
        promises
            .extend(published.filter_map(|member| member.rust_version).max().map(|rust| (step.date, rust)));
    }
    Ok(msrv::setting(&promises))
}

/// Takes over what other release tools are told, where the history does not say otherwise; returns what has no
/// counterpart here.
fn others(
    trial: &mut SettingsTrial<'_, '_>,
    usual: &Config,
    steps: &mut Vec<ReplayedStep>,
) -> Result<Vec<String>> {
    let (session, refs) = (trial.session, trial.refs);
    let Some(head) = session.repo.head()?.commit() else { return Ok(Vec::new()) };
    let location = &session.context.location;
    let Some(root) = project::config_file(&session.repo, location)?.sibling("Cargo.toml") else {
        return Ok(Vec::new());
    };
    let members = trial.past.members.packages(&session.repo, location, head)?;
    let project = others::AskedProject {
        repo: &session.repo,
        commit: head,
        root: &root,
        members: &members,
        has_branches: refs.branches.names().any(|name| usual.names.branch.read(name).is_some()),
        has_tags: refs.tags.keys().any(|name| usual.names.tag.read(name).is_some()),
    };
    let told = project.told()?;
    for setting in told.settings {
        let is_of = |old: &Setting| old.is_of(&setting) || old.is_of_file(&setting);
        let has_anchor = trial.settings.iter().any(|old| old.table == setting.table);
        if trial.settings.iter().any(is_of) || setting.table == "[schedule]" && !has_anchor {
            continue;
        }
        trial.keep_unless_worse(vec![setting], steps)?;
    }
    Ok(told.left)
}

/// How many packages are offered for the one that leads.
const MOST_RIVALS: usize = 6;

/// Settings that are tried out on the past.
struct SettingsTrial<'a, 's> {
    session: &'a Session<'s>,
    refs: &'a Refs,
    past: &'a PastCommits,
    /// The folder of the root manifest.
    folder: &'a str,
    options: ReplayOptions,
    settings: Vec<Setting>,
    sink: &'a mut dyn Sink,
}

impl SettingsTrial<'_, '_> {
    /// Keeps `settings`, in place of what says something of the same keys, where no fewer steps come out with them than
    /// in `steps`, those without.
    fn keep_unless_worse(&mut self, settings: Vec<Setting>, steps: &mut Vec<ReplayedStep>) -> Result<bool> {
        if settings.is_empty() {
            return Ok(true);
        }
        let with = self.replay(&settings)?;
        let is_kept = score(&with) >= score(steps);
        if is_kept {
            self.settings.retain(|old| !settings.iter().any(|new| old.is_of(new)));
            self.settings.extend(settings);
            *steps = with;
        }
        Ok(is_kept)
    }

    /// Keeps `settings` where more steps come out with them than in `steps`, those without.
    fn keep_if_better(&mut self, settings: Vec<Setting>, steps: &mut Vec<ReplayedStep>) -> Result<bool> {
        if settings.is_empty() {
            return Ok(false);
        }
        let with = self.replay(&settings)?;
        let is_kept = score(&with) > score(steps);
        if is_kept {
            let why = reason(steps, &with);
            self.settings.retain(|old| !settings.iter().any(|new| old.is_of(new)));
            self.settings.extend(settings.into_iter().map(|new| Setting { why: why.clone(), ..new }));
            *steps = with;
        }
        Ok(is_kept)
    }

    /// Returns how the latest steps come out with the settings so far and `more`.
    fn replay(&mut self, more: &[Setting]) -> Result<Vec<ReplayedStep>> {
        let kept = self.settings.iter().filter(|setting| !more.iter().any(|other| setting.is_of(other)));
        let settings: Vec<Setting> = kept.chain(more).cloned().collect();
        let config = read(&draft::text(&settings), self.folder)?;
        let at = (self.session, self.refs);
        let config = configured(at, config, &mut Vec::<Finding>::new())?;
        replay_as(at, &config, &self.options, self.past, self.sink)
    }
}

/// Reads a proposal for the root manifest in `folder`, as every command will.
fn read(text: &str, folder: &str) -> Result<Config> {
    let source = |path: &str, text: &str| ConfigFile { path: path.to_owned(), text: text.to_owned() };
    let manifest = source("Cargo.toml", "");
    Ok(config::read(Some(&source("relprep.toml", text)), None, &manifest, Some(folder))?.unwrap_or_default())
}

fn identical(steps: &[ReplayedStep]) -> usize {
    steps.iter().filter(|step| matches!(step.outcome, ReplayOutcome::Identical)).count()
}

/// Ranks how steps come out: by those that come out but for lines written by hand, by those that are identical, by
/// those whose Cargo files are, and by how few versions of other lines are asked for.
fn score(steps: &[ReplayedStep]) -> [isize; 4] {
    let count = |is: fn(&ReplayOutcome) -> bool| steps.iter().filter(|step| is(&step.outcome)).count();
    let identical = identical(steps);
    let made = identical + count(|outcome| matches!(outcome, ReplayOutcome::Written { .. }));
    let cargo = made + count(|outcome| matches!(outcome, ReplayOutcome::OtherFiles { .. }));
    let asked: usize = steps.iter().map(|step| step.chosen.len()).sum();
    [made.cast_signed(), identical.cast_signed(), cargo.cast_signed(), -asked.cast_signed()]
}

/// Says how many steps come out with a setting that came out otherwise without it.
fn reason(without: &[ReplayedStep], with: &[ReplayedStep]) -> String {
    let (after, before) = (score(with), score(without));
    let differs = |rank: &usize| after[*rank] != before[*rank];
    let what = match [1, 0, 2, 3].into_iter().find(differs) {
        Some(1) => (1, "come out as they were made"),
        Some(0) => (0, "come out as they were made, but for lines written by hand"),
        Some(2) => (2, "come out with the Cargo files that were made"),
        _ => {
            return format!(
                "with this past steps need {} `--to PACKAGE=VERSION`, without it {}",
                -after[3], -before[3]
            );
        }
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
/// folder they lie: those that are there, and those that older releases have.
fn carried(
    session: &Session<'_>,
    past: &PastMembers,
    folder: &str,
    steps: &[PastStep],
) -> Result<[Vec<Setting>; 2]> {
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
            is_own.then_some(MovedPackage { package, folder, from, to })
        };
        let (from, to) = (step.from.clone(), step.to.clone());
        let lead = MovedPackage { package: None, folder: String::new(), from, to };
        let moved: Vec<MovedPackage> = std::iter::once(lead).chain(before.iter().filter_map(moved)).collect();
        carriers.add(&repo.changed_files(step.parent, step.commit)?, &moved, step.date);
    }
    // The latest step is as new as there is.
    let Some(latest) = steps.last() else { return Ok([Vec::new(), Vec::new()]) };
    let members = past.packages(repo, location, latest.commit)?;
    let text = |path: &RepoPath| repo.text_at(latest.commit, path).ok()??.ok();
    let version = |package: Option<&str>| match package {
        None => Some(latest.to.clone()),
        Some(name) => members.iter().find(|member| member.name == name).map(|member| member.version.clone()),
    };
    let present = Present { folder, text: &text, version: &version };
    Ok([carriers.settings(&present), carriers.gone(&present)])
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

/// Returns whether patches are left to find their section in the notes: where it was there before most of them.
fn sections_by_hand(
    session: &Session<'_>,
    config: &Config,
    folder: &str,
    steps: &[PastStep],
) -> Result<Option<Setting>> {
    let (mut before, mut all) = (0, 0);
    for step in steps.iter().filter(|step| step.command == Command::Patch) {
        for path in USUAL.map(|name| RepoPath::from_folder(folder, name)) {
            let has_section = |commit| -> Result<bool> {
                let Some(Ok(text)) = session.repo.text_at(commit, &path)? else { return Ok(false) };
                let notes = Notes::parse(&path, &text, &config.notes.style);
                Ok(notes.sections_of(&step.to).next().is_some())
            };
            all += usize::from(has_section(step.commit)?);
            before += usize::from(has_section(step.parent)?);
        }
    }
    let why = format!("of {all} patches {before} found their section in the notes written");
    let is_usual = before > 2 && before * 2 > all;
    Ok(is_usual.then(|| Setting::key("[notes]", "scaffold = false".to_owned(), why)))
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

/// Returns the releases with the days of their tags, by version.
fn releases(config: &Config, refs: &Refs) -> Vec<(Version, NaiveDate)> {
    let day = |tag: &Tag| {
        let version = config.names.tag.read(&tag.name)?;
        version.pre.is_empty().then_some((version, tag.day?))
    };
    let mut releases: Vec<_> = refs.tags.values().filter_map(day).collect();
    releases.sort();
    releases
}
