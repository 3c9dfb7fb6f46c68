//! The release train as of one day: what the configuration says of it, and what the repository tells.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::NaiveDate;
use semver::Version;

use super::recovery::{Purpose, recover};
use super::session::Context;
use super::sink::Sink;
use super::unreleased;
use crate::config::Config;
use crate::edit::notes::{Notes, Section, SectionState};
use crate::finding::{Finding, Refused};
use crate::git::survey::{Survey, SurveyRequest};
use crate::git::{CommitId, Refs, Repo};
use crate::project::lead::product;
use crate::project::{self, Lead, Location, links, names};
use crate::rule::{self, Severity};
use crate::status::{Status, StatusSources, Unreleased};
use crate::text::listed;
use crate::train::schedule::{Schedule, Selection};
use crate::train::{History, Numbering, ProductPage, Train};
use crate::workspace::declared::{self, Declarations, Declared};

/// A release train as of one day. It needs neither a configuration nor a repository.
pub struct ProjectSchedule {
    /// The name of what is released.
    pub name: String,
    /// The day.
    pub date: NaiveDate,
    config: Config,
    train: Option<Train>,
    numbering: Numbering,
    survey: Survey,
    declared: BTreeMap<CommitId, Declared>,
    unreleased: BTreeMap<String, Unreleased>,
    lacks_tags: bool,
    /// The address of the repository, where it was asked for and is stated.
    pub repository: Option<String>,
    /// What could not be read of the branches.
    pub notes: Vec<Finding>,
}

/// Whether the address of the repository is needed, for which Cargo must be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// It is.
    Wanted,
    /// It is not.
    Unwanted,
}

impl ProjectSchedule {
    /// Reads the configuration that is nearest, and the repository if there is one.
    ///
    /// One that cannot be used is told in a warning: the policy suffices for a calendar.
    ///
    /// # Errors
    ///
    /// A refusal if the configuration cannot be read, or a manifest that is named is not there.
    pub fn read(context: &Context, addresses: Addresses, sink: &mut dyn Sink) -> Result<Self> {
        let location = &context.location;
        location.folder_of_manifest()?;
        let repo = open(location, sink).or_else(|error| unread(error, sink).map(|()| None))?;
        let (config, notes) = project::config_here(repo.as_ref(), location)?;
        // Cargo is asked only where nothing else tells the name, or for an address.
        let is_named = config.name.is_some() || config.lead.is_some();
        let lead = match &repo {
            Some(repo) if !is_named || addresses == Addresses::Wanted => {
                let lead = project::lead(repo, location, &config)
                    .or_else(|error| unread(error, sink).map(|()| Lead::default()))?;
                if is_named { Lead { repository: lead.repository, ..Lead::default() } } else { lead }
            }
            None if !is_named => Lead { name: project::nearest_package(location), ..Lead::default() },
            _ => Lead::default(),
        };
        let refs = refs(repo.as_ref(), &config, location, sink)?;
        let lead = Lead { manifest: None, ..lead };
        let calendar = Self::of(repo.as_ref().zip(refs.as_ref()), config, context.date, &lead)?;
        Ok(calendar.with(notes))
    }

    /// Reads the same, with the manifests that declare version and MSRV on each branch.
    ///
    /// # Errors
    ///
    /// A refusal if there is a repository that cannot be used, among others.
    pub fn read_in_full(context: &Context, sink: &mut dyn Sink) -> Result<Self> {
        let location = &context.location;
        let repo = open(location, sink)?;
        // Git tells its configuration while Cargo is asked.
        repo.iter().for_each(Repo::ask_settings);
        let (config, notes) = project::config_here(repo.as_ref(), location)?;
        let lead = match &repo {
            Some(repo) => project::lead(repo, location, &config)?,
            None => Lead { name: project::nearest_package(location), ..Lead::default() },
        };
        let refs = refs(repo.as_ref(), &config, location, sink)?;
        let mut calendar = Self::of(repo.as_ref().zip(refs.as_ref()), config, context.date, &lead)?;
        if let Some(repo) = &repo {
            calendar.unreleased = unreleased::read(repo, &calendar.config, &lead, &calendar.status())?;
        }
        Ok(calendar.with(notes))
    }

    /// Puts what is worth saying of the configuration first.
    fn with(mut self, notes: Vec<Finding>) -> Self {
        self.notes.splice(0..0, notes);
        self
    }

    /// Makes the calendar of `config` with what `repo` tells; the manifest of `lead` is read on each
    /// branch, for its version and MSRV.
    pub(super) fn of(
        repo: Option<(&Repo, &Refs)>,
        mut config: Config,
        date: NaiveDate,
        lead: &Lead,
    ) -> Result<Self> {
        let train = config.train();
        let none = Refs::default();
        let refs = repo.map_or(&none, |(_, refs)| refs);
        let name = product(&config, lead.name.as_deref());
        let trunk = config.trunk_in(refs);
        let mut notes = names::infer(&mut config, refs, &lead.product(&name));
        let of_train = train.as_ref().map(|train| train.numbering);
        let known = of_train.or_else(|| numbering_of(&config, refs, lead.version.as_ref()));
        let numbering = known.unwrap_or(Numbering::Major);
        let lines = config.names.branch.lines(refs.branches.names());
        let lines: BTreeMap<&str, Version> =
            lines.into_iter().map(|(version, name)| (name.as_str(), version)).collect();
        if of_train.is_none() {
            notes.extend(other_numbering(&lines, numbering));
        }
        let tags: BTreeMap<&str, Version> = config
            .names
            .tag
            .versions(refs.tags.keys())
            .into_iter()
            .map(|(version, name)| (name.as_str(), version))
            .collect();
        let request = SurveyRequest {
            date,
            refs,
            trunk: &trunk,
            branch: &|name| lines.get(name).cloned(),
            tag: &|name| tags.get(name).cloned(),
            release: &|version| numbering.number(version),
        };
        let (mut survey, mut declared) = (Survey::default(), BTreeMap::new());
        if let Some((repo, _)) = repo {
            survey = repo.survey(&request)?;
            declared = read_declared(repo, &survey, lead, &mut notes)?;
        }
        let on_trunk = || declared.get(&survey.trunk.as_ref()?.commit)?.version.as_ref().map(Numbering::of);
        let numbering = known.or_else(on_trunk).unwrap_or(numbering);
        let mut calendar = Self {
            name,
            date,
            config,
            train,
            numbering,
            survey,
            declared,
            unreleased: BTreeMap::new(),
            lacks_tags: false,
            repository: lead.repository.clone(),
            notes,
        };
        if let Some((repo, refs)) = repo {
            let missing = calendar.tags_missing(repo, refs)?;
            calendar.lacks_tags = missing.is_some();
            calendar.notes.extend(missing);
            let new = calendar.known(&|_| String::new()).new_branches();
            repo.count_ahead(&mut calendar.survey, &new)?;
        }
        calendar.notes.extend(calendar.trunk_left_out());
        Ok(calendar)
    }

    /// Says that not all tags can be here, and how they come.
    fn tags_missing(&self, repo: &Repo, refs: &Refs) -> Result<Option<Finding>> {
        let by_schedule = self.known(&|_| String::new()).unseen();
        let Some(unseen) = by_schedule.map_or_else(|| self.unseen_in_notes(repo), |said| Ok(Some(said)))?
        else {
            return Ok(None);
        };
        let fetch = || format!("run `git fetch --tags {}`", refs.branches.remote_to_fetch());
        let remedy = repo.gap(&refs.branches)?.map_or_else(fetch, |gap| gap.remedy());
        let or = "; where there are none, state as `schedule.since` the first release that has one";
        Ok(Some(Finding::of(rule::TAGS_MISSING, unseen).remedy(format!("{remedy}{or}"))))
    }

    /// Says which releases the trunk's notes date and no tag shows. One may still get its tag, so there are two
    /// at least.
    fn unseen_in_notes(&self, repo: &Repo) -> Result<Option<String>> {
        let notes = &self.config.notes;
        let (Some(train), Some(trunk)) = (&self.train, &self.survey.trunk) else { return Ok(None) };
        if !notes.enabled {
            return Ok(None);
        }
        let Some(Ok(text)) = repo.text_at(trunk.commit, &notes.file)? else { return Ok(None) };
        let is_out = |section: &&Section| {
            matches!(section.state(), Some(SectionState::Released(day)) if day <= self.date)
                && train.number_of(&section.version).is_some_and(|number| number >= train.since)
        };
        let seen = self.survey.tags.iter().map(|tag| &tag.version).max();
        let notes = Notes::parse(&notes.file, &text, &notes.style);
        let newer = notes.sections().iter().filter(is_out).map(|section| &section.version);
        let unseen: BTreeSet<&Version> = newer.filter(|version| Some(*version) > seen).collect();
        let Some(newest) = unseen.last().filter(|_| unseen.len() > 1) else { return Ok(None) };
        let count = unseen.len();
        let message = format!(
            "the notes date {count} releases up to {newest} that no tag shows: not all tags are here"
        );
        Ok(Some(message))
    }

    /// Says that the trunk is not shown, since nothing tells how its number goes with those of the branches.
    fn trunk_left_out(&self) -> Option<Finding> {
        let trunk = self.survey.trunk.as_ref().filter(|_| self.train.is_none())?;
        let version = self.declared.get(&trunk.commit)?.version.as_ref()?;
        (self.numbering.number(version).is_none()).then(|| {
            let name = &trunk.name;
            let message =
                format!("{name} is at {version}, of another numbering than the branches, and not shown");
            Finding::of(rule::OTHER_NUMBERING, message).remedy("describe the train under `[schedule]`")
        })
    }

    /// Returns the schedule as it is told on `date`, not after the calendar's own.
    ///
    /// # Errors
    ///
    /// A refusal if there is no policy, or nothing to show.
    pub fn schedule(&self, date: NaiveDate, selection: Selection) -> Result<Schedule, Refused> {
        let mut schedule = Schedule::new(&self.name, self.train()?, date, &self.history(), selection)?;
        for row in &mut schedule.rows {
            row.links = links::of(row, &self.survey, &self.config, self.repository.as_deref());
        }
        let endoflife = &self.config.schedule.endoflife;
        schedule.page = ProductPage {
            category: endoflife.category,
            policy: endoflife.policy.clone(),
            repository: self.repository.clone(),
        };
        Ok(schedule)
    }

    /// Returns the policy.
    ///
    /// # Errors
    ///
    /// A refusal if there is none.
    fn train(&self) -> Result<&Train, Refused> {
        self.train.as_ref().ok_or_else(|| {
            Finding::of(rule::NO_SCHEDULE, "the configuration describes no release train")
                .remedy(
                    "add `[schedule]` with the day of one release: \
                     `anchor = { version = \"20.0.0\", release = \"2024-04-20\" }`",
                )
                .into()
        })
    }

    /// Returns what had happened by the day.
    fn history(&self) -> History {
        self.known(&|_| String::new()).history()
    }

    /// Returns how the release branches stand.
    pub fn status(&self) -> Status {
        let branch = |version: &Version| self.config.names.branch.render(version, &self.name);
        Status::new(&self.known(&branch))
    }

    /// Returns the same, for a command that acts upon it.
    ///
    /// # Errors
    ///
    /// A refusal where it is not known well enough what is released.
    pub fn status_to_act_on(&self) -> Result<Status, Refused> {
        let is_error = |note: &&Finding| note.severity == Severity::Error;
        Refused::if_any(self.notes.iter().filter(is_error).cloned().collect())?;
        Ok(self.status())
    }

    fn known<'a>(&'a self, branch: &'a dyn Fn(&Version) -> String) -> StatusSources<'a> {
        StatusSources {
            date: self.date,
            train: self.train.as_ref(),
            survey: &self.survey,
            declared: &self.declared,
            unreleased: &self.unreleased,
            lacks_tags: self.lacks_tags,
            numbering: self.numbering,
            branch,
        }
    }
}

/// Says which branches are not shown, since without a policy nothing tells how their numbers go with those of
/// the others.
fn other_numbering(lines: &BTreeMap<&str, Version>, numbering: Numbering) -> Option<Finding> {
    let others: Vec<&str> =
        lines.iter().filter(|(_, line)| numbering.number(line).is_none()).map(|(name, _)| *name).collect();
    (!others.is_empty()).then(|| {
        let message = format!("release branches of another numbering are not shown: {}", listed(&others, 5));
        Finding::of(rule::OTHER_NUMBERING, message)
    })
}

/// Returns how releases are numbered where no policy says it: like the newest that has a branch, or else
/// a tag; by minors, where the branches before the version that the project `holds` show that.
fn numbering_of(config: &Config, refs: &Refs, holds: Option<&Version>) -> Option<Numbering> {
    if let Some(holds) = holds
        && names::counting_minors(&config.names.branch, refs, holds).is_some()
    {
        return Some(Numbering::Minor { major: holds.major });
    }
    let branches = refs.branches.names().filter_map(|name| config.names.branch.read(name));
    let tags = || refs.tags.keys().filter_map(|name| config.names.tag.read(name)).max();
    branches.max().or_else(tags).as_ref().map(Numbering::of)
}

/// Reads what `lead` declares at each tip; those where the history is cut off are not of the day.
fn read_declared(
    repo: &Repo,
    survey: &Survey,
    lead: &Lead,
    notes: &mut Vec<Finding>,
) -> Result<BTreeMap<CommitId, Declared>> {
    let (declarations, mut declared) = (Declarations::default(), BTreeMap::new());
    let Some(manifest) = &lead.manifest else { return Ok(declared) };
    let tips = survey.trunk.iter().chain(survey.branches.iter().map(|branch| &branch.tip));
    let tips: Vec<_> = tips.filter(|tip| !tip.is_cut_off).collect();
    let commits: Vec<CommitId> = tips.iter().map(|tip| tip.commit).collect();
    repo.prefetch_at(&commits, &declared::manifests_for(manifest))?;
    for tip in tips {
        if declared.contains_key(&tip.commit) {
            continue;
        }
        let read = declarations.at(repo, tip.commit, (lead.name.as_deref(), manifest));
        let found = Refused::taken_from(read)?.unwrap_or_else(|Refused(findings)| {
            notes.extend(findings.into_iter().map(|finding| finding.as_note().on(tip.name.as_str())));
            None
        });
        declared.insert(tip.commit, found.unwrap_or_default());
    }
    Ok(declared)
}

/// Opens the repository, if there is one.
fn open(location: &Location, sink: &mut dyn Sink) -> Result<Option<Repo>> {
    let repo = location.repository_if_any()?;
    if let Some(repo) = &repo {
        recover(repo, Purpose::Read, sink)?;
    }
    Ok(repo)
}

/// Reads the branches and tags, and says where it is not sure which remote counts.
fn refs(
    repo: Option<&Repo>,
    config: &Config,
    location: &Location,
    sink: &mut dyn Sink,
) -> Result<Option<Refs>> {
    let Some(repo) = repo else { return Ok(None) };
    let refs = repo.refs(config.preferred(location.remote.as_deref()))?;
    refs.branches.doubt().iter().for_each(|doubt| sink.finding(doubt));
    Ok(Some(refs))
}

/// Warns that the repository was not read, for the reasons of a refusal.
fn unread(error: anyhow::Error, sink: &mut dyn Sink) -> Result<()> {
    let Refused(findings) = error.downcast()?;
    for mut finding in findings {
        finding.message = format!("branches and tags were not read: {}", finding.message);
        sink.finding(&finding.as_warning());
    }
    Ok(())
}
