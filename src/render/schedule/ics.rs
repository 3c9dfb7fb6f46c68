//! The schedule as a calendar: cut, release and EOL days, as RFC 5545 has them.

use chrono::NaiveDate;

use super::words::{long, one_line};
use crate::text::{is_hidden, makes_command};
use crate::train::Day;
use crate::train::schedule::{Schedule, ScheduleRow};

/// The longest line in octets, without its end (RFC 5545, section 3.1).
const LONGEST: usize = 75;

/// Returns the calendar.
///
/// A UID is made of product, version and kind of day, so that an event which moves stays the same
/// event. The time stamp is that of the event's own day: nothing but a moved day changes it.
pub fn render(schedule: &Schedule) -> String {
    let mut calendar = IcsText::default();
    calendar.line("BEGIN", "VCALENDAR");
    calendar.line("VERSION", "2.0");
    calendar.line("PRODID", "-//cargo-relprep//schedule//EN");
    calendar.line("CALSCALE", "GREGORIAN");
    calendar.line("METHOD", "PUBLISH");
    calendar.text("X-WR-CALNAME", &format!("{} releases", one_line(&schedule.name)));
    for row in &schedule.rows {
        for event in events(row) {
            calendar.event(&schedule.name, row, &event);
        }
    }
    calendar.line("END", "VCALENDAR");
    calendar.0
}

/// One day of one release.
struct Event {
    kind: &'static str,
    day: NaiveDate,
    summary: String,
    description: String,
}

fn events(row: &ScheduleRow) -> [Event; 3] {
    let release = &row.release;
    let version = format!("{}{}", release.version, if release.lts { " (LTS)" } else { "" });
    let last = format!("Last day of support: {}.", long(release.term.last_day()));
    let reason = release.reason.as_deref().map(|reason| format!("\n{}", one_line(reason)));
    let event = |kind, day, summary, description: String| Event {
        kind,
        day,
        summary,
        description: description + reason.as_deref().unwrap_or_default(),
    };
    [
        event("cut", release.cut.came(), format!("cut {version}"), planned(&release.cut)),
        event("release", release.release.came(), format!("release {version}"), planned(&release.release)),
        event("eol", release.term.eol, format!("{version} end of life"), last),
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

/// The text of a calendar, as it grows.
#[derive(Default)]
struct IcsText(String);

impl IcsText {
    fn event(&mut self, name: &str, row: &ScheduleRow, event: &Event) {
        let name = one_line(name);
        let next = event.day.succ_opt().unwrap_or(event.day);
        self.line("BEGIN", "VEVENT");
        self.text("UID", &format!("{}-{}-{}@relprep", slug(&name), row.release.version, event.kind));
        self.line("DTSTAMP", &event.day.format("%Y%m%dT000000Z").to_string());
        self.line("DTSTART;VALUE=DATE", &event.day.format("%Y%m%d").to_string());
        self.line("DTEND;VALUE=DATE", &next.format("%Y%m%d").to_string());
        self.text("SUMMARY", &format!("{name}: {}", event.summary));
        self.text("DESCRIPTION", &event.description);
        self.line("TRANSP", "TRANSPARENT");
        self.line("END", "VEVENT");
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
