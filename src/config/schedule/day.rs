//! Days in the configuration.

use std::fmt;

use chrono::{NaiveDate, Weekday};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A day as the maintainer wrote it, as a string or as a TOML date; what it says is checked later,
/// so that all wrong days are reported at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayText(pub String);

impl DayText {
    /// Returns the day, if there is such a day: `2025-05-01`.
    pub fn day(&self) -> Option<NaiveDate> {
        let (year, rest) = self.0.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let plain = year.len() == 4 && month.len() == 2 && day.len() == 2;
        plain.then(|| NaiveDate::from_ymd_opt(year.parse().ok()?, number(month)?, number(day)?))?
    }

    /// Returns month and day of the month, if some year has such a day: `12-25`, `02-29`.
    pub fn yearly(&self) -> Option<(u32, u32)> {
        let (month, day) = self.0.split_once('-')?;
        let (month, day) = (number(month)?, number(day)?);
        NaiveDate::from_ymd_opt(2000, month, day).map(|_| (month, day))
    }
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl<'de> Deserialize<'de> for DayText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DayVisitor;
        impl<'de> Visitor<'de> for DayVisitor {
            type Value = DayText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day, as in \"2025-05-01\"")
            }

            fn visit_str<E>(self, text: &str) -> Result<DayText, E> {
                Ok(DayText(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DayText, A::Error> {
                let date = toml_edit::Datetime::deserialize(MapAccessDeserializer::new(map))?;
                Ok(DayText(date.to_string()))
            }
        }
        deserializer.deserialize_any(DayVisitor)
    }
}

/// A day of the week by its English name: `thursday`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekdayText(pub Weekday);

impl<'de> Deserialize<'de> for WeekdayText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let weekday =
            text.parse().map_err(|_| D::Error::custom(format!("\"{text}\" is not a day of the week")))?;
        Ok(Self(weekday))
    }
}
