//! The forms in which people write a day: `2026-04-02`, `April 2nd, 2026`, `2. April, 2026`.

use chrono::{Datelike as _, NaiveDate};

/// A form in which a day is written, taken from one that was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DayForm {
    fields: [Field; 3],
    /// What stands between the fields.
    between: [&'static str; 2],
}

/// How one of the three numbers of a day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Year,
    /// In digits, of which there are at least so many.
    Month(usize),
    /// By its name, or the first three letters of it.
    Name,
    Short,
    Day(usize),
    /// With its ending: `2nd`.
    Ordinal,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What may stand between the fields, each before those that it begins with.
const BETWEEN: [&str; 8] = [". ", "., ", ", ", " of ", "-", "/", ".", " "];

impl DayForm {
    /// Reads a day at the beginning of `text`, where a word must end with it: the day, its length, its form.
    ///
    /// Two numbers that could be day and month or month and day are none: `02/04/2026`.
    pub(super) fn read(text: &str) -> Option<(NaiveDate, usize, Self)> {
        let (first, rest) = field(text)?;
        let (one, rest) = between(rest)?;
        let (second, rest) = field(rest)?;
        let (other, rest) = between(rest)?;
        let (third, rest) = field(rest)?;
        let length = text.len() - rest.len();
        let is_whole = !rest.starts_with(char::is_alphanumeric);
        let fields = match [first, second, third] {
            [DayPart::Year(y), DayPart::Number(m, width), DayPart::Number(d, other_width)]
                if one == other =>
            {
                let width = width.or(other_width).unwrap_or(2);
                [(y, Field::Year), (m, Field::Month(width)), (d, Field::Day(other_width.unwrap_or(width)))]
            }
            [DayPart::Number(d, width), DayPart::Number(m, other_width), DayPart::Year(y)]
                if one == "." && other == "." =>
            {
                let width = width.or(other_width).unwrap_or(2);
                [(d, Field::Day(width)), (m, Field::Month(other_width.unwrap_or(width))), (y, Field::Year)]
            }
            [day, DayPart::Name(m, name), DayPart::Year(y)] => [day.as_day()?, (m, name), (y, Field::Year)],
            [DayPart::Name(m, name), day, DayPart::Year(y)] => [(m, name), day.as_day()?, (y, Field::Year)],
            [DayPart::Year(y), DayPart::Name(m, name), day] => [(y, Field::Year), (m, name), day.as_day()?],
            _ => return None,
        };
        let of = |wanted: fn(Field) -> bool| fields.iter().find(|(_, field)| wanted(*field)).map(|(n, _)| *n);
        let year = of(|field| field == Field::Year)?;
        let month = of(|field| matches!(field, Field::Month(_) | Field::Name | Field::Short))?;
        let number = of(|field| matches!(field, Field::Day(_) | Field::Ordinal))?;
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, number)?;
        let form = Self { fields: fields.map(|(_, field)| field), between: [one, other] };
        // Also holds the ending of an ordinal to its number.
        (is_whole && form.write(date).eq_ignore_ascii_case(&text[..length])).then_some((date, length, form))
    }

    /// Writes a day in this form.
    pub(super) fn write(&self, date: NaiveDate) -> String {
        let name = MONTHS[date.month0() as usize];
        let field = |field: &Field| match *field {
            Field::Year => format!("{:04}", date.year()),
            Field::Month(width) => format!("{:0width$}", date.month()),
            Field::Name => name.to_owned(),
            Field::Short => name[..3].to_owned(),
            Field::Day(width) => format!("{:0width$}", date.day()),
            Field::Ordinal => format!("{}{}", date.day(), ending(date.day())),
        };
        let [first, second, third] = &self.fields;
        [&field(first), self.between[0], &field(second), self.between[1], &field(third)].concat()
    }
}

fn ending(number: u32) -> &'static str {
    match (number / 10, number % 10) {
        (1, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

/// One of the numbers of a day, as it was read.
#[derive(Clone, Copy)]
enum DayPart {
    Year(u32),
    /// With the least count of digits, if that can be told.
    Number(u32, Option<usize>),
    Ordinal(u32),
    Name(u32, Field),
}

impl DayPart {
    /// Takes the number for a day beside a month's name.
    fn as_day(self) -> Option<(u32, Field)> {
        match self {
            Self::Number(day, width) => Some((day, Field::Day(width.unwrap_or(1)))),
            Self::Ordinal(day) => Some((day, Field::Ordinal)),
            Self::Year(_) | Self::Name(..) => None,
        }
    }
}

fn field(text: &str) -> Option<(DayPart, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = text.split_at(digits);
    match digits {
        0 => {
            let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
            let (word, rest) = rest.split_at(letters);
            let is_month = |name: &&str| {
                let is_long_enough = letters == 3 || letters == name.len();
                is_long_enough && name.get(..letters).is_some_and(|part| part.eq_ignore_ascii_case(word))
            };
            let index = MONTHS.iter().position(is_month)?;
            let is_short = letters < MONTHS[index].len();
            let name = if is_short { Field::Short } else { Field::Name };
            Some((DayPart::Name(u32::try_from(index).ok()? + 1, name), rest))
        }
        1 | 2 => {
            let value = number.parse().ok()?;
            match rest.get(..2).filter(|word| word.eq_ignore_ascii_case(ending(value))) {
                Some(_) => Some((DayPart::Ordinal(value), &rest[2..])),
                None => Some((DayPart::Number(value, (value < 10).then_some(digits)), rest)),
            }
        }
        4 => Some((DayPart::Year(number.parse().ok()?), rest)),
        _ => None,
    }
}

fn between(text: &str) -> Option<(&'static str, &str)> {
    BETWEEN.iter().find_map(|between| Some((*between, text.strip_prefix(between)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_many_forms_and_another_is_written_in_the_same() {
        let other = NaiveDate::from_ymd_opt(2025, 11, 3).unwrap();
        for (text, written) in [
            ("2026-04-02", "2025-11-03"),
            ("2026.04.02", "2025.11.03"),
            ("2026/4/2", "2025/11/3"),
            ("02.04.2026", "03.11.2025"),
            ("April 2nd, 2026", "November 3rd, 2025"),
            ("Apr 2, 2026", "Nov 3, 2025"),
            ("Sep. 12, 2026", "Nov. 3, 2025"),
            ("2026/4/21", "2025/11/3"),
            ("2026-12-21", "2025-11-03"),
            ("2. April, 2026", "3. November, 2025"),
            ("02 Apr 2026", "03 Nov 2025"),
            ("2nd of April 2026", "3rd of November 2025"),
            ("2026 April 21st", "2025 November 3rd"),
        ] {
            let (_, length, form) = DayForm::read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((length, form.write(other).as_str()), (text.len(), written), "{text}");
        }
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-04-021",
            "04/02/2026",
            "02-04-2026",
            "April 2rd, 2026",
            "2026-04.02",
            "April 2026",
            "Ap 2, 2026",
            "2026-04-02x",
            "April 31st, 2026",
        ] {
            assert!(DayForm::read(text).is_none(), "{text}");
        }
    }
}
