//! The table for the terminal.

use anstyle::{AnsiColor, Style};
use chrono::NaiveDate;

use super::words::{HEADINGS, cells, long, remarks};
use crate::render::table::Table;
use crate::text::{escaped, on_a_line};
use crate::train::schedule::{Schedule, ScheduleSource};

const HEADING: Style = Style::new().underline();
const SUPPORTED: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const PLAIN: Style = Style::new();

/// Returns the table, its title and its legend; dates are written short where `width` columns do not
/// suffice for long ones.
pub fn styled(schedule: &Schedule, width: usize) -> String {
    let long_days = table(schedule, long);
    let table = if long_days.width() <= width { long_days } else { table(schedule, |day| day.to_string()) };
    let title = on_a_line(&schedule.name);
    let mut text = format!("{title} releases as of {}\n\n{table}", long(schedule.date));
    text.push_str("\n* supported on that day. ");
    text.push_str(match schedule.source {
        ScheduleSource::Policy => "All days are planned days: no tags were read.\n",
        ScheduleSource::PolicyAndTags => {
            "Where a release came on another day than planned, both are given.\n"
        }
    });
    for remark in remarks(schedule) {
        text.push_str(&escaped(&remark));
        text.push('\n');
    }
    text
}

fn table(schedule: &Schedule, format: fn(NaiveDate) -> String) -> Table {
    let mut table = Table::new("  ");
    table.row("  ", HEADING, HEADINGS);
    for row in &schedule.rows {
        let (mark, style) = if row.phase.is_supported() { ("* ", SUPPORTED) } else { ("  ", PLAIN) };
        table.row(mark, style, cells(row, format));
    }
    table
}
