//! From the `[schedule]` table to a train, with everything that is wrong on the way.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroU64};

use chrono::{Datelike, NaiveDate};
use semver::Version;

use super::{AnchorConfig, DayText, LtsConfig, NumberingConfig, ReleaseConfig, ScheduleConfig, SkipConfig};
use crate::finding::Finding;
use crate::rule::{self, Rule};
use crate::train::{
    Cadence, Calendar, Ends, History, Holidays, Lts, MonthlyCut, Number, Numbering, Skip, Span, Support,
    SupportException, Train, Window,
};

/// A century: what is longer is a slip, and would make the search for what is supported endless.
const MOST_MONTHS: u32 = 1200;
const MOST_WEEKS: u32 = 5200;
const MOST_DAYS: u32 = 36_500;
/// As for the lengths of time, in releases.
const MOST_RELEASES: u32 = 1000;

/// Something wrong in the configuration, and the key that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path of the key, with the index of a table in an array: `schedule.release.0.eol`.
    pub key: String,
    /// What is wrong.
    pub finding: Finding,
}

impl ScheduleConfig {
    /// Returns the train that this table describes; `None` where the table is empty or absent.
    ///
    /// # Errors
    ///
    /// All that is wrong with the table, each with the key that it is about.
    pub fn train(&self) -> Result<Option<Train>, Vec<Problem>> {
        if *self == Self::default() { Ok(None) } else { train(self).map(Some) }
    }
}

fn train(config: &ScheduleConfig) -> Result<Train, Vec<Problem>> {
    let mut checks = Checks::default();
    let cadence = checks.cadence(config);
    let holidays = checks.holidays(&config.holidays);
    let support = checks.support(config);
    let exceptions = checks.exceptions(&config.release);
    let Some((numbering, anchor, release)) = checks.anchor(config) else { return Err(checks.problems) };
    let since = checks.since(config, numbering);
    let exceptions = checks.by_release(exceptions, numbering);
    let calendar = Calendar {
        anchor: release,
        cadence,
        cut_roll: config.roll_over.cut,
        release_roll: config.roll_over.release,
        holidays,
    };
    let train = Train { numbering, anchor, since, calendar, support, exceptions };
    checks.weekday(config, release);
    checks.order(config, &train);
    if checks.problems.is_empty() { Ok(train) } else { Err(checks.problems) }
}

/// The problems found so far. Each check returns a value that lets the next ones go on.
#[derive(Default)]
struct Checks {
    problems: Vec<Problem>,
}

impl Checks {
    fn problem(&mut self, key: &str, rule: Rule, message: impl Into<String>, remedy: &str) {
        let key = format!("schedule.{key}");
        let finding = Finding::of(rule, format!("`{key}`: {}", message.into())).remedy(remedy);
        self.problems.push(Problem { key, finding });
    }

    fn contradiction(&mut self, key: &str, other: &str) {
        let message = format!("contradicts `schedule.{other}`");
        self.problem(key, rule::SCHEDULE_CONTRADICTION, message, "remove one of the two");
    }

    fn anchor(&mut self, config: &ScheduleConfig) -> Option<(Numbering, Number, NaiveDate)> {
        let Some(AnchorConfig { version, release }) = &config.anchor else {
            let remedy =
                "say one release and its day: `anchor = { version = \"20.0.0\", release = \"2024-04-20\" }`";
            self.problem(
                "anchor",
                rule::SCHEDULE_ANCHOR,
                "is missing, and nothing can be counted without it",
                remedy,
            );
            return None;
        };
        let day = self.day("anchor.release", release);
        let version = self.version("anchor.version", version);
        let numbering = version.as_ref().and_then(|version| self.numbering(config.numbering, version));
        let number = self.first_of("anchor.version", numbering?, &version?);
        Some((numbering?, number?, day?))
    }

    fn numbering(&mut self, config: Option<NumberingConfig>, anchor: &Version) -> Option<Numbering> {
        match config {
            None => Some(Numbering::of(anchor)),
            Some(NumberingConfig::Minor) => Some(Numbering::Minor { major: anchor.major }),
            Some(NumberingConfig::Major) if anchor.major > 0 => Some(Numbering::Major),
            Some(NumberingConfig::Major) => {
                self.contradiction("numbering", "anchor");
                None
            }
        }
    }

    fn version(&mut self, key: &str, text: &str) -> Option<Version> {
        let version = text.parse().ok();
        if version.is_none() {
            let remedy = "write all three numbers, as in \"20.0.0\"";
            self.problem(key, rule::SCHEDULE_VERSION, format!("\"{text}\" is not a version"), remedy);
        }
        version
    }

    /// Returns the release of which `version` is the first version.
    fn first_of(&mut self, key: &str, numbering: Numbering, version: &Version) -> Option<Number> {
        let number = numbering.number(version).filter(|&number| number >= numbering.first());
        let first = number.filter(|&number| numbering.version(number) == *version);
        if first.is_none() {
            let message = format!("{version} is not the first version of a release of this train");
            let remedy = match number {
                Some(number) => format!("write \"{}\"", numbering.version(number)),
                None => "write a version that the train has, or set `schedule.numbering`".to_owned(),
            };
            self.problem(key, rule::SCHEDULE_VERSION, message, &remedy);
        }
        first
    }

    fn since(&mut self, config: &ScheduleConfig, numbering: Numbering) -> Number {
        let since = config.since.as_ref().and_then(|text| {
            let version = self.version("since", text)?;
            self.first_of("since", numbering, &version)
        });
        since.unwrap_or(numbering.first())
    }

    fn day(&mut self, key: &str, text: &DayText) -> Option<NaiveDate> {
        let day = text.day();
        if day.is_none() {
            let remedy = "write a day that exists, as in \"2025-05-01\"";
            self.problem(key, rule::SCHEDULE_DAY, format!("\"{}\" is not a day", text.0), remedy);
        }
        day
    }

    /// Returns `number`, or 1 where it is absent or wrong: 0, or beyond what any train has.
    fn positive(&mut self, key: &str, number: Option<u32>, most: u32) -> NonZeroU32 {
        if number == Some(0) {
            self.problem(key, rule::SCHEDULE_ZERO, "cannot be 0", "write 1 or more, or remove the key");
        }
        self.at_most(key, number.unwrap_or(1).into(), most.into());
        number.and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
    }

    fn at_most(&mut self, key: &str, number: u64, most: u64) {
        if number > most {
            let message = format!("{number} is more than the {most} that can be computed with");
            self.problem(key, rule::SCHEDULE_TOO_LARGE, message, "write a smaller number");
        }
    }

    fn cadence(&mut self, config: &ScheduleConfig) -> Cadence {
        self.at_most("cut-days-before", config.cut_days_before.unwrap_or(0).into(), MOST_DAYS.into());
        match (config.every_months, config.every_weeks) {
            (months, Some(weeks)) => {
                if months.is_some() {
                    self.contradiction("every-weeks", "every-months");
                }
                if config.cut_day.is_some() {
                    self.contradiction("cut-day", "every-weeks");
                }
                let every = self.positive("every-weeks", Some(weeks), MOST_WEEKS);
                Cadence::Weeks { every, cut_days_before: config.cut_days_before.unwrap_or(0) }
            }
            (months, None) => {
                let every = self.positive("every-months", months, MOST_MONTHS);
                Cadence::Months { every, cut: self.monthly_cut(config) }
            }
        }
    }

    fn monthly_cut(&mut self, config: &ScheduleConfig) -> MonthlyCut {
        match (config.cut_day, config.cut_days_before) {
            (Some(day), before) => {
                if before.is_some() {
                    self.contradiction("cut-days-before", "cut-day");
                }
                if !(1..=31).contains(&day) {
                    let remedy =
                        "write a day of the month, 1 to 31; a month that lacks it is cut on its last day";
                    self.problem("cut-day", rule::SCHEDULE_DAY, format!("no month has a day {day}"), remedy);
                }
                MonthlyCut::OnDay(day)
            }
            (None, before) => MonthlyCut::DaysBefore(before.unwrap_or(0)),
        }
    }

    fn holidays(&mut self, days: &[DayText]) -> Holidays {
        let mut holidays = Holidays::default();
        for (i, text) in days.iter().enumerate() {
            if let Some(day) = text.yearly() {
                holidays.yearly.insert(day);
            } else {
                holidays.days.extend(self.day(&format!("holidays.{i}"), text));
            }
        }
        holidays
    }

    fn weekday(&mut self, config: &ScheduleConfig, anchor: NaiveDate) {
        let Some(weekday) = config.weekday else { return };
        if config.every_weeks.is_none() {
            let remedy = "set `schedule.every-weeks`, or remove the key";
            self.problem(
                "weekday",
                rule::SCHEDULE_CONTRADICTION,
                "says nothing in a cadence of months",
                remedy,
            );
        } else if weekday.0 != anchor.weekday() {
            let message = format!("the anchor {anchor} is a {}", anchor.format("%A"));
            let remedy = "move the anchor to the weekday of releases";
            self.problem("weekday", rule::SCHEDULE_CONTRADICTION, message, remedy);
        }
    }

    fn support(&mut self, config: &ScheduleConfig) -> Support {
        let given = (config.support_months, config.support_weeks, config.support_releases);
        let releases = if given == (None, None, None) { Some(1) } else { config.support_releases };
        let normal = self.window("", config.support_months, config.support_weeks, releases);
        let lts = config.lts.as_ref().and_then(|lts| self.lts(lts));
        let both = |window: Window| window.span.is_some() && window.releases.is_some();
        if config.support_ends.is_some() && !both(normal) && !lts.is_some_and(|lts| both(lts.window)) {
            let remedy = "set `support-months` and `support-releases`, or remove the key";
            self.problem(
                "support-ends",
                rule::SCHEDULE_CONTRADICTION,
                "says which of two rules counts, and there is one",
                remedy,
            );
        }
        Support {
            normal,
            lts,
            from: config.eol_from,
            last_day: config.eol_day,
            ends: config.support_ends.unwrap_or(Ends::Last),
        }
    }

    fn window(
        &mut self,
        table: &str,
        months: Option<u32>,
        weeks: Option<u32>,
        releases: Option<u32>,
    ) -> Window {
        let months_key = format!("{table}support-months");
        let weeks_key = format!("{table}support-weeks");
        if months.is_some() && weeks.is_some() {
            self.contradiction(&weeks_key, &months_key);
        }
        let months = months.map(|n| Span::Months(self.positive(&months_key, Some(n), MOST_MONTHS).get()));
        let weeks = weeks.map(|n| Span::Weeks(self.positive(&weeks_key, Some(n), MOST_WEEKS).get()));
        let releases_key = format!("{table}support-releases");
        let releases = releases.map(|n| self.positive(&releases_key, Some(n), MOST_RELEASES));
        Window { span: months.or(weeks), releases }
    }

    fn lts(&mut self, lts: &LtsConfig) -> Option<Lts> {
        let window = self.window("lts.", lts.support_months, lts.support_weeks, lts.support_releases);
        if window == Window::default() {
            let remedy = "add `support-months`, `support-weeks` or `support-releases` to it";
            self.problem("lts", rule::SCHEDULE_LTS, "does not say how long it is supported", remedy);
        }
        let every = NonZeroU64::new(lts.every);
        self.at_most("lts.every", lts.every, MOST_RELEASES.into());
        if every.is_none() {
            self.problem("lts.every", rule::SCHEDULE_ZERO, "cannot be 0", "write 1 or more");
        }
        Some(Lts { every: every?, first: Number(lts.first), window })
    }

    /// Returns the exceptions whose version is one, with the key of that.
    fn exceptions(&mut self, releases: &[ReleaseConfig]) -> Vec<(String, Version, SupportException)> {
        let mut exceptions = Vec::new();
        for (i, release) in releases.iter().enumerate() {
            let key = format!("release.{i}");
            let version_key = format!("{key}.version");
            let version = self.version(&version_key, &release.version);
            let exception = self.exception(&key, release);
            exceptions.extend(version.map(|version| (version_key, version, exception)));
        }
        exceptions
    }

    fn by_release(
        &mut self,
        exceptions: Vec<(String, Version, SupportException)>,
        numbering: Numbering,
    ) -> BTreeMap<Number, SupportException> {
        let mut by_release = BTreeMap::new();
        for (key, version, exception) in exceptions {
            if let Some(number) = self.first_of(&key, numbering, &version)
                && by_release.insert(number, exception).is_some()
            {
                let message = format!("{version} is there twice");
                self.problem(&key, rule::SCHEDULE_RELEASE, message, "say everything about it in one table");
            }
        }
        by_release
    }

    fn exception(&mut self, key: &str, release: &ReleaseConfig) -> SupportException {
        let mut day = |name: &str, text: &Option<DayText>| {
            text.as_ref().and_then(|text| self.day(&format!("{key}.{name}"), text))
        };
        let (cut, planned, eol) =
            (day("cut", &release.cut), day("release", &release.release), day("eol", &release.eol));
        let days = release.cut.is_some() || release.release.is_some() || release.eol.is_some();
        if days && release.skip.is_some() {
            let message = "a release that is skipped has no days";
            self.problem(key, rule::SCHEDULE_CONTRADICTION, message, "remove `skip`, or the days");
        } else if !days && release.skip.is_none() {
            let remedy = "set `cut`, `release`, `eol` or `skip`, or remove the table";
            self.problem(key, rule::SCHEDULE_RELEASE, "says nothing about the release", remedy);
        }
        if release.reason.trim().is_empty() {
            let remedy = "say why it is an exception; the schedule shows it";
            self.problem(&format!("{key}.reason"), rule::SCHEDULE_RELEASE, "is empty", remedy);
        }
        let skip = release.skip.map(|skip| match skip {
            SkipConfig::Number => Skip::Number,
            SkipConfig::Release => Skip::Release,
        });
        SupportException { cut, release: planned, eol, skip, reason: release.reason.clone() }
    }

    /// Checks that the days of each exception are in order, and that the anchor is a release.
    fn order(&mut self, config: &ScheduleConfig, train: &Train) {
        for (i, release) in config.release.iter().enumerate() {
            let key = format!("release.{i}");
            let number = release.version.parse().ok().and_then(|version| {
                train.numbering.number(&version).filter(|&number| train.numbering.version(number) == version)
            });
            let Some(exception) = number.and_then(|number| train.exceptions.get(&number)) else { continue };
            if exception.skip.is_some() && number == Some(train.anchor) {
                let remedy = "take another release as anchor";
                self.problem(
                    &format!("{key}.skip"),
                    rule::SCHEDULE_CONTRADICTION,
                    "it is the anchor",
                    remedy,
                );
            }
            let Some(days) = number.and_then(|number| train.release(number, &History::none())) else {
                continue;
            };
            if days.cut.planned > days.release.planned {
                let message = format!(
                    "the cut on {} is after the release on {}",
                    days.cut.planned, days.release.planned
                );
                self.problem(&key, rule::SCHEDULE_ORDER, message, "move `cut` or `release`");
            }
            if exception.eol.is_some_and(|eol| eol < days.release.planned) {
                let message = format!("the end of life is before the release on {}", days.release.planned);
                self.problem(&format!("{key}.eol"), rule::SCHEDULE_ORDER, message, "move `eol` or `release`");
            }
        }
    }
}
