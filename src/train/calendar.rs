//! When trains leave: months and weeks, counted once from the anchor.

use std::num::NonZeroU32;

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::roll::{Holidays, RollOver};

/// When trains are cut and released. A train is named by its slot: how many trains after the
/// anchor's it leaves, negative before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The planned release day of slot 0.
    pub anchor: NaiveDate,
    /// How far apart trains leave, and how long before its release each is cut.
    pub cadence: Cadence,
    /// What happens to a cut on a weekend or a holiday.
    pub cut_roll: RollOver,
    /// What happens to a release on a weekend or a holiday.
    pub release_roll: RollOver,
    /// The holidays.
    pub holidays: Holidays,
}

/// How far apart trains leave, and when each is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// Every so many months, on the anchor's day of the month or, in a month that lacks it, on the
    /// last.
    Months {
        /// The number of months; 3 for a quarterly train.
        every: NonZeroU32,
        /// The day of the cut.
        cut: MonthlyCut,
    },
    /// Every so many weeks, on the anchor's weekday.
    Weeks {
        /// The number of weeks.
        every: NonZeroU32,
        /// How many days before the release the cut is.
        cut_days_before: u32,
    },
}

/// The day of the cut, in a cadence of months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthlyCut {
    /// A day of the month: of the release's own month unless that is after the anchor's release
    /// day, and of the month before otherwise.
    OnDay(u32),
    /// So many days before the planned release.
    DaysBefore(u32),
}

impl Calendar {
    /// Returns the planned release day of the train `slot`, not rolled over.
    pub fn release(&self, slot: i64) -> Option<NaiveDate> {
        match self.cadence {
            Cadence::Months { every, .. } => {
                month_later(self.anchor, slot.checked_mul(i64::from(every.get()))?, None)
            }
            Cadence::Weeks { every, .. } => {
                days_later(self.anchor, slot.checked_mul(i64::from(every.get()) * 7)?)
            }
        }
    }

    /// Returns the planned day of the cut of the train `slot`, not rolled over.
    pub fn cut(&self, slot: i64) -> Option<NaiveDate> {
        match self.cadence {
            Cadence::Months { every, cut: MonthlyCut::OnDay(day) } => {
                // Whether it is the month before is decided once, so that no month has two cuts.
                let before = i64::from(day > self.anchor.day());
                let months = slot.checked_mul(i64::from(every.get()))?.checked_sub(before)?;
                month_later(self.anchor, months, Some(day))
            }
            Cadence::Months { cut: MonthlyCut::DaysBefore(days), .. }
            | Cadence::Weeks { cut_days_before: days, .. } => {
                days_later(self.release(slot)?, -i64::from(days))
            }
        }
    }

    /// Returns the day `months` after the planned release of the train `slot`.
    ///
    /// In a cadence of months it is counted from the anchor, so that an end of life falls on a
    /// release day also where months are of different length.
    pub fn months_after_release(&self, slot: i64, months: u32) -> Option<NaiveDate> {
        match self.cadence {
            Cadence::Months { every, .. } => {
                let total = slot.checked_mul(i64::from(every.get()))?.checked_add(i64::from(months))?;
                month_later(self.anchor, total, None)
            }
            Cadence::Weeks { .. } => month_later(self.release(slot)?, i64::from(months), None),
        }
    }

    /// Returns the last train whose planned release is on `day` or before.
    pub fn slot_on(&self, day: NaiveDate) -> Option<i64> {
        let estimate = match self.cadence {
            Cadence::Months { every, .. } => {
                (months_of(day) - months_of(self.anchor)).div_euclid(i64::from(every.get()))
            }
            Cadence::Weeks { every, .. } => {
                (day - self.anchor).num_days().div_euclid(i64::from(every.get()) * 7)
            }
        };
        let late = self.release(estimate).is_none_or(|release| release > day);
        Some(if late { estimate - 1 } else { estimate })
    }

    /// Returns how many trains after the current one may be cut at the same time, the next included.
    pub fn cuts_ahead(&self) -> u64 {
        let days = match self.cadence {
            Cadence::Months { cut: MonthlyCut::OnDay(_), .. } => 31,
            Cadence::Months { cut: MonthlyCut::DaysBefore(days), .. }
            | Cadence::Weeks { cut_days_before: days, .. } => days,
        };
        u64::from(days / self.cadence.shortest_days()) + 2
    }
}

impl Cadence {
    /// Returns the least number of days between two releases.
    pub fn shortest_days(&self) -> u32 {
        match self {
            Self::Months { every, .. } => every.get().saturating_mul(28),
            Self::Weeks { every, .. } => every.get().saturating_mul(7),
        }
    }
}

/// Returns the day `months` after `from`, on the day of the month `day` (or its own), clamped to the
/// length of the month that it falls in.
pub(super) fn month_later(from: NaiveDate, months: i64, day: Option<u32>) -> Option<NaiveDate> {
    let total = months_of(from).checked_add(months)?;
    let year = i32::try_from(total.div_euclid(12)).ok()?;
    let month = u32::try_from(total.rem_euclid(12)).ok()? + 1;
    let day = day.unwrap_or(from.day());
    (28..=day).rev().chain([day]).find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
}

/// Returns the day `days` after `from`.
pub(super) fn days_later(from: NaiveDate, days: i64) -> Option<NaiveDate> {
    from.checked_add_signed(TimeDelta::try_days(days)?)
}

fn months_of(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monthly(anchor: &str, every: u32, cut: MonthlyCut) -> Calendar {
        let every = NonZeroU32::new(every).unwrap();
        Calendar {
            anchor: anchor.parse().unwrap(),
            cadence: Cadence::Months { every, cut },
            cut_roll: RollOver::None,
            release_roll: RollOver::NextWeekday,
            holidays: Holidays::default(),
        }
    }

    fn releases(calendar: &Calendar, slots: std::ops::Range<i64>) -> Vec<String> {
        slots.map(|slot| calendar.release(slot).unwrap().to_string()).collect()
    }

    #[test]
    fn months_are_clamped_and_recover() {
        let calendar = monthly("2024-01-31", 1, MonthlyCut::OnDay(31));
        assert_eq!(
            releases(&calendar, -1..5),
            ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]
        );
        assert_eq!(calendar.release(13).unwrap().to_string(), "2025-02-28");
        assert_eq!(calendar.cut(1), calendar.release(1));
        assert_eq!(calendar.months_after_release(1, 2).unwrap().to_string(), "2024-04-30");
    }

    #[test]
    fn a_quarterly_train_is_one_of_three_months() {
        let calendar = monthly("2024-11-30", 3, MonthlyCut::DaysBefore(14));
        assert_eq!(releases(&calendar, 0..3), ["2024-11-30", "2025-02-28", "2025-05-30"]);
        assert_eq!(calendar.cut(1).unwrap().to_string(), "2025-02-14");
    }

    #[test]
    fn a_cut_day_after_the_release_day_is_of_the_month_before() {
        let calendar = monthly("2025-01-30", 1, MonthlyCut::OnDay(31));
        let cuts: Vec<_> = (0..4).map(|slot| calendar.cut(slot).unwrap().to_string()).collect();
        assert_eq!(cuts, ["2024-12-31", "2025-01-31", "2025-02-28", "2025-03-31"]);
    }

    #[test]
    fn weeks_keep_the_weekday() {
        let every = NonZeroU32::new(6).unwrap();
        let calendar = Calendar {
            cadence: Cadence::Weeks { every, cut_days_before: 42 },
            ..monthly("2025-02-20", 1, MonthlyCut::OnDay(5))
        };
        assert_eq!(releases(&calendar, 0..2), ["2025-02-20", "2025-04-03"]);
        assert_eq!(calendar.cut(1), calendar.release(0));
        assert_eq!(calendar.slot_on("2025-04-02".parse().unwrap()), Some(0));
        assert_eq!(calendar.cuts_ahead(), 3);
    }

    #[test]
    fn days_beyond_the_calendar_are_none() {
        let calendar = monthly("2024-01-31", u32::MAX, MonthlyCut::OnDay(31));
        assert_eq!(calendar.release(i64::MAX), None);
        assert_eq!(calendar.release(1), None);
        assert_eq!(calendar.cut(i64::MIN), None);
        assert_eq!(calendar.slot_on(NaiveDate::MAX), Some(0));
        assert_eq!(month_later(NaiveDate::MAX, i64::MAX, None), None);
        assert_eq!(days_later(NaiveDate::MAX, i64::MAX), None);
    }
}
