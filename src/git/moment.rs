//! One reading of the clock.

use std::fmt;

use anyhow::Result;
use chrono::{DateTime, NaiveDate};
use git2::{Signature, Time};

/// A moment, and how far local time is from UTC then, as a commit has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    seconds: i64,
    offset_minutes: i32,
}

impl Moment {
    /// Makes the moment that is `seconds` after the beginning of 1970 in UTC.
    pub const fn new(seconds: i64, offset_minutes: i32) -> Self {
        Self { seconds, offset_minutes }
    }

    /// Reads the clock and the local time zone, as git does.
    ///
    /// # Errors
    ///
    /// If libgit2 cannot.
    #[expect(clippy::disallowed_methods, reason = "the one reading of the clock")]
    pub fn now() -> Result<Self> {
        Ok(Signature::now("now", "now")?.when().into())
    }

    /// Returns the day in UTC.
    pub fn date(self) -> NaiveDate {
        DateTime::from_timestamp(self.seconds, 0).unwrap_or_default().date_naive()
    }

    pub(crate) fn time(self) -> Time {
        Time::new(self.seconds, self.offset_minutes)
    }
}

impl From<Time> for Moment {
    fn from(time: Time) -> Self {
        Self::new(time.seconds(), time.offset_minutes())
    }
}

/// Writes it in git's own format, as in `1716206400 +0200`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, minutes) = (if self.offset_minutes < 0 { '-' } else { '+' }, self.offset_minutes.abs());
        write!(f, "{} {sign}{:02}{:02}", self.seconds, minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_that_of_utc_whatever_the_local_time() {
        let moment = Moment::new(1_716_249_599, 120);
        assert_eq!(
            (moment.date().to_string(), moment.to_string().as_str()),
            ("2024-05-20".into(), "1716249599 +0200")
        );
        assert_eq!(Moment::new(0, -210).to_string(), "0 -0330");
    }
}
