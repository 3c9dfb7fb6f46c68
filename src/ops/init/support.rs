//! How long releases are supported, by which lines were patched, and until when.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use semver::Version;

use super::draft::Setting;
use super::questions::{OpenQuestion, QuestionChoice};

/// How many lines must be over before they tell.
const ENOUGH: usize = 4;

/// Of how many lines one may have been patched for longer than is promised.
const UNPROMISED: usize = 8;

/// A line of releases: the day of the first one, and of the latest patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    first: NaiveDate,
    last: NaiveDate,
}

impl Line {
    /// Returns for how many months it was patched, begun ones counted.
    fn months(self) -> u32 {
        let months = (self.last.year() - self.first.year()) * 12 + self.last.month0().cast_signed()
            - self.first.month0().cast_signed();
        let begun = i32::from(self.last.day() > self.first.day());
        u32::try_from(months + begun).unwrap_or_default()
    }
}

/// Returns what the days of all `releases`, of a train with a calendar, tell of support; and what of it cannot be told.
///
/// `number` is what the train counts of a version.
pub(super) fn told(
    releases: &[(Version, NaiveDate)],
    number: impl Fn(&Version) -> u64,
) -> (Vec<Setting>, Option<OpenQuestion>) {
    let mut lines: BTreeMap<u64, Line> = BTreeMap::new();
    for (version, day) in releases {
        let line = lines.entry(number(version)).or_insert(Line { first: *day, last: *day });
        (line.first, line.last) = (line.first.min(*day), line.last.max(*day));
    }
    // Of the latest lines nobody knows how long they will be patched.
    let over: Vec<(u64, u32)> =
        lines.iter().rev().skip(2).map(|(number, line)| (*number, line.months())).collect();
    if over.len() < ENOUGH {
        return (Vec::new(), None);
    }
    let mut months: Vec<u32> = over.iter().map(|(_, months)| *months).collect();
    months.sort_unstable();
    let usual = months[months.len() * 3 / 4].max(1);
    let long: Vec<u64> =
        over.iter().filter(|(_, months)| *months > usual + 2).map(|(number, _)| *number).rev().collect();
    let mut normal: Vec<u32> =
        over.iter().filter(|(number, _)| !long.contains(number)).map(|(_, months)| *months).collect();
    normal.sort_unstable();
    // Now and then one gets a fix that it was not promised.
    let within = normal[normal.len() - 1 - normal.len() / UNPROMISED].max(1);
    let fitting = normal.iter().filter(|months| **months <= within).count();
    let why = format!("{fitting} of {} lines were patched for no longer", normal.len());
    let support = format!("support-months = {within}");
    let settings = vec![Setting::key("[schedule]", support, why)];
    (settings, lts(&long, &over))
}

/// Returns the question how long the releases with long-term support are supported, where they come at even steps.
fn lts(long: &[u64], over: &[(u64, u32)]) -> Option<OpenQuestion> {
    let first = *long.first()?;
    let every = long.get(1)? - first;
    let is_even = long.windows(2).all(|pair| pair[1] - pair[0] == every);
    let longest = over.iter().filter(|(number, _)| long.contains(number)).map(|(_, months)| *months).max()?;
    let years = longest.div_ceil(12).max(1) * 12;
    let choice = |months: u32| {
        let line = format!("lts = {{ every = {every}, first = {first}, support-months = {months} }}");
        let why =
            format!("{} lines were patched for much longer, one for {longest} months so far", long.len());
        QuestionChoice {
            label: format!("{months} months"),
            setting: Some(Setting::key("[schedule]", line, why)),
        }
    };
    let none =
        QuestionChoice { label: "no release is supported longer than others".to_owned(), setting: None };
    is_even.then(|| OpenQuestion {
        text: format!(
            "Every {every}th release is patched for longer than others; for how long is it supported?"
        ),
        choices: vec![choice(years), choice(years + 12), none],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_patched_longer_are_told_apart() {
        let day = |months: u32| NaiveDate::from_ymd_opt(2024, 1, 20).unwrap() + chrono::Months::new(months);
        let mut releases = Vec::new();
        for number in 1..=16_u64 {
            let out = u32::try_from(number).unwrap();
            releases.push((Version::new(number, 0, 0), day(out)));
            let patched = if number % 6 == 2 { 9 } else { u32::from(number % 3 == 0) * 2 };
            releases.push((Version::new(number, 0, 1), day(out + patched)));
        }
        let (settings, question) = told(&releases, |version| version.major);
        assert_eq!(settings[0].lines, ["support-months = 2"]);
        let choices = question.unwrap().choices;
        let line = &choices[0].setting.as_ref().unwrap().lines;
        assert_eq!(line, &["lts = { every = 6, first = 2, support-months = 12 }"]);
        assert_eq!(told(&releases[..6], |version| version.major).0, []);
    }
}
