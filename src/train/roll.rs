//! Days on which nothing is released, and what happens to a day that falls on one.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

/// What happens to a day that falls on a weekend or a holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollOver {
    /// It stays.
    None,
    /// It moves to the next day that is neither a Saturday, nor a Sunday, nor a holiday.
    NextWeekday,
}

/// Days on which nothing is released: single ones, and ones of every year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays {
    /// Single days.
    pub days: BTreeSet<NaiveDate>,
    /// Days of every year, as month and day of the month.
    pub yearly: BTreeSet<(u32, u32)>,
}

impl Holidays {
    /// Returns whether `day` is a holiday.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.days.contains(&day) || self.yearly.contains(&(day.month(), day.day()))
    }
}

impl RollOver {
    /// Returns the day to which `day` moves: itself if it may stay, or if a whole year follows with
    /// no day to move to.
    pub fn roll(self, day: NaiveDate, holidays: &Holidays) -> NaiveDate {
        match self {
            Self::None => day,
            Self::NextWeekday => {
                day.iter_days().take(366).find(|&day| is_weekday(day, holidays)).unwrap_or(day)
            }
        }
    }
}

fn is_weekday(day: NaiveDate, holidays: &Holidays) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holidays.contains(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_weekend_rolls_to_monday_and_past_holidays() {
        let mut holidays = Holidays::default();
        let roll =
            |day: &str, holidays: &Holidays| RollOver::NextWeekday.roll(date(day), holidays).to_string();
        assert_eq!(roll("2025-04-20", &holidays), "2025-04-21");
        assert_eq!(roll("2025-04-22", &holidays), "2025-04-22");
        holidays.days.insert(date("2025-04-21"));
        holidays.yearly.insert((12, 25));
        assert_eq!(roll("2025-04-19", &holidays), "2025-04-22");
        assert_eq!(roll("2026-12-25", &holidays), "2026-12-28");
        assert_eq!(RollOver::None.roll(date("2025-04-20"), &holidays), date("2025-04-20"));
    }

    #[test]
    fn a_year_of_holidays_moves_nothing() {
        let yearly = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day))).collect();
        let holidays = Holidays { days: BTreeSet::new(), yearly };
        assert_eq!(RollOver::NextWeekday.roll(date("2025-04-19"), &holidays), date("2025-04-19"));
    }
}
