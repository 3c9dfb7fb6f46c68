//! The schedule as a calendar: cut, release and EOL days, as RFC 5545 has them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::words::{long, one_line};
use crate::text::{is_hidden, makes_command};
use crate::train::Day;
use crate::train::schedule::{Schedule, ScheduleRow};

/// The longest line in octets, without its end (RFC 5545, section 3.1).
const LONGEST: usize = 75;
/// What stands before the day of an event.
const START: &str = "DTSTART;VALUE=DATE:";

/// Returns the calendar; `before` is the one that it takes the place of, if there is one.
///
/// A UID is made of product, version and kind of day, so that an event which moves stays the same event. One that
/// is as `before` keeps its number and its time stamp; one that has moved has the next number, and the day of the
/// schedule for its stamp, which does not go back. Where there is no calendar before, the number counts what
/// moved the event as far as the policy and the tags tell.
pub fn render(schedule: &Schedule, before: Option<&str>) -> String {
    let before = before.map(EventRevision::read_all).unwrap_or_default();
    let mut calendar = IcsText::default();
    calendar.line("BEGIN", "VCALENDAR");
    calendar.line("VERSION", "2.0");
    calendar.line("PRODID", "-//cargo-relprep//schedule//EN");
    calendar.line("CALSCALE", "GREGORIAN");
    calendar.line("METHOD", "PUBLISH");
    calendar.text("X-WR-CALNAME", &format!("{} releases", one_line(&schedule.name)));
    for row in &schedule.rows {
        for event in events(row) {
            calendar.event(schedule, row, &event, &before);
        }
    }
    calendar.line("END", "VCALENDAR");
    calendar.0
}

/// One day of one release.
struct Event {
    kind: &'static str,
    day: NaiveDate,
    /// How often it has moved, as far as the policy and the tags tell.
    moves: u32,
    summary: String,
    description: String,
}

fn events(row: &ScheduleRow) -> [Event; 3] {
    let release = &row.release;
    let version = format!("{}{}", release.version, if release.lts { " (LTS)" } else { "" });
    let last = format!("Last day of support: {}.", long(release.term.last_day()));
    let reason = release.reason.as_deref().map(|reason| format!("\n{}", one_line(reason)));
    let excepted = u32::from(release.reason.is_some());
    let event = |kind, day: &Day, summary, description: String| Event {
        kind,
        day: day.came(),
        moves: excepted + u32::from(day.differs().is_some()),
        summary,
        description: description + reason.as_deref().unwrap_or_default(),
    };
    [
        event("cut", &release.cut, format!("cut {version}"), planned(&release.cut)),
        event("release", &release.release, format!("release {version}"), planned(&release.release)),
        event("eol", &Day::fixed(release.term.eol), format!("{version} end of life"), last),
    ]
}

fn planned(day: &Day) -> String {
    match day.differs() {
        Some(actual) => format!("Planned for {}; came on {}.", long(day.planned), long(actual)),
        None if day.due != day.planned => {
            format!("Planned for {}; due on {}.", long(day.planned), long(day.due))
        }
        None => format!("Planned for {}.", long(day.planned)),
    }
}

/// What a calendar said of an event.
struct EventRevision {
    /// All but its number and its stamp.
    content: String,
    day: String,
    number: u32,
    stamp: String,
}

impl EventRevision {
    /// Reads the events of a calendar by their UIDs; what is not understood counts for nothing.
    fn read_all(calendar: &str) -> BTreeMap<String, Self> {
        let unfolded = calendar.replace("\r\n", "\n").replace("\n ", "");
        let events = unfolded.split("BEGIN:VEVENT\n").skip(1);
        events.filter_map(|rest| Self::read(rest.split_once("END:VEVENT")?.0)).collect()
    }

    fn read(event: &str) -> Option<(String, Self)> {
        let of = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
        let is_content = |line: &&str| !line.starts_with("SEQUENCE:") && !line.starts_with("DTSTAMP:");
        let content = event.split_inclusive('\n').filter(is_content).collect();
        let number = of("SEQUENCE:").and_then(|number| number.parse().ok()).unwrap_or(0);
        let revision =
            Self { content, day: of(START)?.to_owned(), number, stamp: of("DTSTAMP:")?.to_owned() };
        Some((of("UID:")?.to_owned(), revision))
    }

    /// Returns number and stamp of what is `now` said of the event, on the day of the new stamp.
    fn next(before: Option<&Self>, now: &Self) -> (u32, String) {
        match before {
            None => (now.number, now.stamp.clone()),
            Some(before) if before.content == now.content => (before.number, before.stamp.clone()),
            Some(before) => {
                let moved = u32::from(before.day != now.day);
                let stamp = before.stamp.clone().max(now.stamp.clone());
                (before.number.saturating_add(moved), stamp)
            }
        }
    }
}

/// The text of a calendar, as it grows.
#[derive(Default)]
struct IcsText(String);

impl IcsText {
    /// Adds an event, with the number and the stamp that follow those `before`.
    fn event(
        &mut self,
        schedule: &Schedule,
        row: &ScheduleRow,
        event: &Event,
        before: &BTreeMap<String, EventRevision>,
    ) {
        let name = one_line(&schedule.name);
        let uid = format!("{}-{}-{}@relprep", slug(&name), row.release.version, event.kind);
        let mut content = Self::default();
        content.content(&name, &uid, event);
        let now = EventRevision {
            content: content.0.replace("\r\n", "\n").replace("\n ", ""),
            day: event.day.format("%Y%m%d").to_string(),
            number: event.moves,
            stamp: schedule.date.format("%Y%m%dT000000Z").to_string(),
        };
        let (number, stamp) = EventRevision::next(before.get(&uid), &now);
        self.line("BEGIN", "VEVENT");
        self.line("DTSTAMP", &stamp);
        self.line("SEQUENCE", &number.to_string());
        self.0.push_str(&content.0);
        self.line("END", "VEVENT");
    }

    fn content(&mut self, name: &str, uid: &str, event: &Event) {
        let next = event.day.succ_opt().unwrap_or(event.day);
        self.text("UID", uid);
        self.line("DTSTART;VALUE=DATE", &event.day.format("%Y%m%d").to_string());
        self.line("DTEND;VALUE=DATE", &next.format("%Y%m%d").to_string());
        self.text("SUMMARY", &format!("{name}: {}", event.summary));
        self.text("DESCRIPTION", &event.description);
        self.line("TRANSP", "TRANSPARENT");
    }

    /// Adds a property whose value is text: it is escaped (section 3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => escaped.extend(['\\', c]),
                '\n' => escaped.push_str("\\n"),
                c if is_hidden(c) => {}
                c => escaped.push(c),
            }
        }
        self.line(name, &escaped);
    }

    /// Adds a property, folded so that no line is longer than [`LONGEST`] or a command for a log, and no
    /// character is split.
    fn line(&mut self, name: &str, value: &str) {
        let mut begin = self.0.len();
        for c in name.chars().chain([':']).chain(value.chars()) {
            let line = &self.0[begin..];
            if line.len() + c.len_utf8() > LONGEST || makes_command(line.trim_start(), c) {
                self.0.push_str("\r\n");
                begin = self.0.len();
                self.0.push(' ');
            }
            self.0.push(c);
        }
        self.0.push_str("\r\n");
    }
}

/// Returns the name in lower-case ASCII letters and digits. Others of ASCII become hyphens, and what is
/// beyond it becomes its number, lest names of other scripts be all the same.
fn slug(name: &str) -> String {
    let part = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase().to_string(),
        c if c.is_ascii() => "-".to_owned(),
        c => format!("{:x}-", u32::from(c)),
    };
    name.chars().map(part).collect()
}
