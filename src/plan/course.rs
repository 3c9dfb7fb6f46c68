//! Where each version line goes: by a step, to the next candidate, to the release, or where somebody says.

use std::collections::BTreeMap;

use semver::Version;

use crate::config::{Config, Label};
use crate::finding::Finding;
use crate::plan::lines::{KeptReason, Lines, VersionLine};
use crate::rule;
use crate::text::nearest;
use crate::train::Train;
use crate::version::{self, Step, plain};
use crate::workspace::Package;

/// What somebody asks of a plan: `--level` and `--to`, `--no-date`, `--no-bump` and `--at`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// How far the lead package steps.
    pub level: Option<Step>,
    /// The version that the lead package comes to.
    pub lead: Option<Version>,
    /// The versions that the lines of these packages come to.
    pub packages: BTreeMap<String, Version>,
    /// Whether the notes stay as they are, unreleased.
    pub is_undated: bool,
    /// What of a cut is done.
    pub cut: CutExtent,
}

/// What of a cut is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CutExtent {
    /// The branch is made at the tip of the trunk, which moves to its next version.
    #[default]
    Whole,
    /// The branch is made there, and the trunk stays.
    BranchOnly,
    /// The branch is made at another commit.
    Elsewhere,
}

/// Nothing is said.
pub static NOTHING: Asked =
    Asked { level: None, lead: None, packages: BTreeMap::new(), is_undated: false, cut: CutExtent::Whole };

impl Asked {
    /// Divides a line by the versions that its packages are to come to. What is said of one package is said of its
    /// line; only in the lead package's, which goes its own way, and where several versions are said, it is said of
    /// the package alone.
    pub fn parts<'l>(&self, lines: &Lines<'_>, line: &VersionLine<'l>) -> Vec<VersionLine<'l>> {
        let mut by_version: BTreeMap<Option<&Version>, Vec<&'l Package>> = BTreeMap::new();
        for package in &line.packages {
            let own = self.packages.get(&package.name).filter(|_| package.name != lines.lead.name);
            by_version.entry(own).or_default().push(package);
        }
        let is_whole = !line.has(&lines.lead.name) && by_version.keys().flatten().count() < 2;
        if is_whole || by_version.len() < 2 {
            return vec![line.clone()];
        }
        by_version.into_values().map(|packages| line.of(packages)).collect()
    }

    /// Returns the lines of those packages that stay unless their version is asked for, and of which it is.
    pub fn requested<'l>(&self, lines: &Lines<'l>) -> Vec<VersionLine<'l>> {
        let asked = |package: &&&Package| self.packages.contains_key(&package.name);
        lines.on_request.iter().filter(asked).map(|package| VersionLine::alone(package)).collect()
    }

    /// Finds packages that are in no line that moves, and those whose line is divided and of which nothing is said.
    pub fn unmet(&self, lines: &Lines<'_>) -> Vec<Finding> {
        let may_move = |name: &String| lines.on_request.iter().any(|package| package.name == *name);
        let moves = |name: &String| may_move(name) || lines.moving.iter().any(|line| line.has(name));
        let unmet = self.packages.keys().filter(|name| !moves(name)).map(|name| in_no_line(lines, name));
        let divided = lines.moving.iter().filter(|line| !line.has(&lines.lead.name));
        let divided = divided.map(|line| self.parts(lines, line)).filter(|parts| parts.len() > 1);
        let open = divided.flatten().filter(|part| !self.packages.keys().any(|name| part.has(name)));
        let open = open.flat_map(|part| part.packages).map(|package| {
            let message = format!("others of the line of `{}` come to several versions", package.name);
            Finding::of(rule::TO_UNCLEAR, message)
                .remedy(format!("say what it comes to, too: `--to {}=VERSION`", package.name))
        });
        unmet.chain(open).chain(self.twice(lines)).collect()
    }

    /// Finds out whether the lead package is to come to two versions.
    fn twice(&self, lines: &Lines<'_>) -> Option<Finding> {
        let name = &lines.lead.name;
        let (one, other) = (self.lead.as_ref()?, self.packages.get(name)?);
        (one != other).then(|| {
            let message = format!("the lead package `{name}` cannot come to both {one} and {other}");
            Finding::of(rule::TO_UNCLEAR, message)
                .remedy(format!("leave out `--to {one}` or `--to {name}={other}`"))
        })
    }
}

/// What moves the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The lead package steps so.
    Step(Step),
    /// To the next release candidate: where a line is at none, to the first of what follows by this step.
    Candidate(Step),
    /// To the version that a pre-release leads to.
    Release,
}

/// Everything that decides where lines go.
#[derive(Clone, Debug)]
pub struct Course<'a> {
    transition: Transition,
    label: Option<&'a Label>,
    asked: &'a Asked,
    train: Option<Train>,
}

/// Where a line goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextVersion {
    /// To this version.
    Is(Version),
    /// Nowhere.
    Stays(KeptReason),
}

impl<'a> Course<'a> {
    /// Says that lines make `transition`, unless it is `asked` otherwise; what they come to carries `label`.
    pub fn new(config: &Config, transition: Transition, label: Option<&'a Label>, asked: &'a Asked) -> Self {
        Self { transition, label, asked, train: config.train() }
    }

    /// Returns the lines that move, divided by what is asked: see [`Asked::parts`] and [`Asked::requested`].
    pub fn parts<'l>(&self, lines: &Lines<'l>) -> Vec<VersionLine<'l>> {
        let moving = lines.moving.iter().flat_map(|line| self.asked.parts(lines, line));
        moving.chain(self.asked.requested(lines)).collect()
    }

    /// Returns whether the package `name` would stay, and its version is asked for.
    pub fn is_requested(&self, lines: &Lines<'_>, name: &str) -> bool {
        self.asked.packages.contains_key(name) && lines.on_request.iter().any(|package| package.name == name)
    }

    /// Returns where `line`, one of `lines` or a part of one, goes.
    ///
    /// # Errors
    ///
    /// A finding if it cannot go there: the number is too large, or the version would go down.
    pub fn next(&self, lines: &Lines<'_>, line: &VersionLine<'_>) -> Result<NextVersion, Finding> {
        let next = match self.asked_for(lines, line) {
            Some(version) if version == line.version && !line.has(&lines.lead.name) => {
                NextVersion::Stays(KeptReason::Asked)
            }
            Some(version) => NextVersion::Is(self.labelled(version)?),
            None => self.by_rule(lines, line)?,
        };
        match next {
            NextVersion::Is(to) if self.goes_down(lines, line, &to) => Err(down(line, &to)),
            next => Ok(next),
        }
    }

    fn asked_for(&self, lines: &Lines<'_>, line: &VersionLine<'_>) -> Option<Version> {
        let named = self.asked.packages.iter().find(|(name, _)| line.has(name)).map(|(_, version)| version);
        named.or(self.asked.lead.as_ref().filter(|_| line.has(&lines.lead.name))).cloned()
    }

    fn by_rule(&self, lines: &Lines<'_>, line: &VersionLine<'_>) -> Result<NextVersion, Finding> {
        let from = &line.version;
        let stepped = |by: Step| match line.step(by) {
            Step::None => Ok(NextVersion::Stays(KeptReason::NoStep)),
            step => self.stepped(lines, line, step).and_then(|to| self.labelled(to)).map(NextVersion::Is),
        };
        match self.transition {
            Transition::Candidate(by) if !from.pre.is_empty() || by == Step::None => {
                if from.pre.is_empty() && !lines.lead.version.pre.is_empty() {
                    return Ok(NextVersion::Stays(KeptReason::NoPrerelease));
                }
                match line.step(Step::Major) {
                    Step::None => Ok(NextVersion::Stays(KeptReason::NoStep)),
                    _ => self.candidate(from).map(NextVersion::Is),
                }
            }
            Transition::Step(by) | Transition::Candidate(by) => stepped(self.lead_step(lines).unwrap_or(by)),
            Transition::Release if from.pre.is_empty() || self.label.is_some_and(|own| own.is_on(from)) => {
                Ok(NextVersion::Stays(KeptReason::NoPrerelease))
            }
            Transition::Release => self.labelled(plain(from)).map(NextVersion::Is),
        }
    }

    /// Returns how far the lead package goes where its version is asked for: the other lines go as far.
    fn lead_step(&self, lines: &Lines<'_>) -> Option<Step> {
        let to = self.asked.lead.as_ref()?;
        self.asked.level.or_else(|| Some(version::distance(&lines.lead.version, to)))
    }

    /// Returns what follows the version of a line; the lead package passes over the numbers that the
    /// schedule skips.
    fn stepped(&self, lines: &Lines<'_>, line: &VersionLine<'_>, step: Step) -> Result<Version, Finding> {
        let next = |version: &Version| {
            version::next(version, step)
                .map_err(|error| Finding::of(rule::VERSION_OVERFLOW, error.to_string()).remedy(TO))
        };
        let mut to = next(&line.version)?;
        let train = self.train.as_ref().filter(|_| line.has(&lines.lead.name) && step != Step::Patch);
        while train.is_some_and(|train| train.skipped(&to).is_some()) {
            to = next(&to)?;
        }
        Ok(to)
    }

    fn labelled(&self, version: Version) -> Result<Version, Finding> {
        match self.label {
            Some(label) if version.pre.is_empty() => label.first(&version).map_err(|error| too_large(&error)),
            _ => Ok(version),
        }
    }

    fn candidate(&self, from: &Version) -> Result<Version, Finding> {
        let Some(label) = self.label else { return Ok(from.clone()) };
        label.after(from).map_err(|error| too_large(&error))
    }

    /// A plain version of which candidates are made was never released, if the lead package's was not.
    fn goes_down(&self, lines: &Lines<'_>, line: &VersionLine<'_>, to: &Version) -> bool {
        let is_first_candidate = matches!(self.transition, Transition::Candidate(_))
            && line.version.pre.is_empty()
            && lines.lead.version.pre.is_empty()
            && plain(to) == plain(&line.version);
        !is_first_candidate && to.cmp_precedence(&line.version) != std::cmp::Ordering::Greater
    }
}

const TO: &str = "choose the version with `--to VERSION` or `--to PACKAGE=VERSION`";

fn too_large(error: &anyhow::Error) -> Finding {
    Finding::of(rule::VERSION_OVERFLOW, error.to_string()).remedy(TO)
}

fn down(line: &VersionLine<'_>, to: &Version) -> Finding {
    let (from, package) = (&line.version, line.packages.first().map_or("", |package| &package.name));
    let message = format!("`{package}` is at {from}, and {to} does not come after it");
    Finding::of(rule::VERSION_DOWN, message).remedy(TO)
}

/// Says of a package whose version is asked for that it does not move, or that there is none of that name.
fn in_no_line(lines: &Lines<'_>, name: &str) -> Finding {
    let moving = lines.moving.iter().flat_map(|line| &line.packages).map(|package| package.name.as_str());
    let known: Vec<&str> = moving.chain(lines.staying.iter().map(|kept| kept.package.as_str())).collect();
    if known.contains(&name) {
        return Finding::of(rule::NOT_IN_A_LINE, format!("`{name}` is in no version line that moves"))
            .remedy("name a package that the plan moves (see `--dry-run -v`), or change its `[[line]]`");
    }
    let finding = Finding::of(rule::NOT_IN_A_LINE, format!("no package is called `{name}`"));
    finding.remedy(match nearest(name, known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "name one that the plan shows: see `--dry-run -v`".to_owned(),
    })
}
