//! How often releases leave, by the days of their tags.

use chrono::{Datelike as _, NaiveDate};
use semver::Version;

use super::draft::Setting;

/// How many of the latest releases tell.
const TELLING: usize = 8;

/// Returns the settings of `[schedule]` that the days of the first releases of their lines show, and those of the
/// `cuts`, if there is a rhythm.
pub(super) fn settings(releases: &[(Version, NaiveDate)], cuts: &[NaiveDate]) -> Vec<Setting> {
    let latest = &releases[releases.len().saturating_sub(TELLING)..];
    let gaps: Vec<i64> = latest.windows(2).map(|pair| (pair[1].1 - pair[0].1).num_days()).collect();
    let Some((version, day)) = latest.last().filter(|_| gaps.len() >= 3) else { return Vec::new() };
    let counts =
        if latest.iter().any(|(version, _)| version.minor > 0 && version.major > 0) { "minor" } else { "" };
    let all = |low: i64, high: i64| {
        gaps.iter().filter(|gap| (low..=high).contains(*gap)).count() * 4 >= gaps.len() * 3
    };
    let median = {
        let mut sorted = gaps.clone();
        sorted.sort_unstable();
        sorted[sorted.len() / 2]
    };
    let weeks = (median + 3) / 7;
    let why = |what: &str| format!("the last {} releases are {what} apart", latest.len());
    let mut settings = Vec::new();
    let mut add = |line: String, why: String| settings.push(Setting::key("[schedule]", line, why));
    if all(25, 36) {
        let anchor = planned_day(latest).unwrap_or(*day);
        add(anchored(version, anchor), why("a month"));
        let usual = usual_day(cuts).filter(|(day, times)| times * 2 > cuts.len() && *day != anchor.day());
        if let Some((day, times)) = usual {
            add(format!("cut-day = {day}"), format!("{times} of {} cuts were made on that day", cuts.len()));
        }
    } else if weeks >= 2 && all(weeks * 7 - 2, weeks * 7 + 2) {
        add(anchored(version, *day), why(&format!("{weeks} weeks")));
        add(format!("every-weeks = {weeks}"), format!("{median} days is the median"));
    } else if let Some(months) = [2, 3, 4, 6].into_iter().find(|months| all(months * 30 - 6, months * 31 + 6))
    {
        add(anchored(version, *day), why(&format!("{months} months")));
        add(format!("every-months = {months}"), format!("{median} days is the median"));
    } else {
        return Vec::new();
    }
    if counts == "minor" {
        add("numbering = \"minor\"".to_owned(), "minors leave, and not majors alone".to_owned());
    }
    settings
}

fn anchored(version: &Version, day: NaiveDate) -> String {
    format!("anchor = {{ version = \"{version}\", release = \"{day}\" }}")
}

/// Returns the day of the latest release as it was planned: most of a monthly train leave on one day of the
/// month, and the others some days later.
fn planned_day(releases: &[(Version, NaiveDate)]) -> Option<NaiveDate> {
    let days: Vec<NaiveDate> = releases.iter().map(|(_, day)| *day).collect();
    let (usual, times) = usual_day(&days)?;
    let latest = days.last()?;
    latest.with_day(usual).filter(|planned| times > 1 && (*latest - *planned).num_days().abs() <= 6)
}

/// Returns the day of the month on which most of `days` fall, the first of equals, and how many do.
fn usual_day(days: &[NaiveDate]) -> Option<(u32, usize)> {
    let count = |day: u32| days.iter().filter(|date| date.day() == day).count();
    let usual =
        days.iter().map(chrono::Datelike::day).max_by_key(|day| (count(*day), std::cmp::Reverse(*day)))?;
    Some((usual, count(usual)))
}
