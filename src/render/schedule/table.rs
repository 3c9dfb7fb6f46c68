//! The table for the terminal.

use anstyle::{AnsiColor, Style};
use chrono::NaiveDate;

use super::columns::{Column, groups};
use super::view::View;
use super::words::{long, remarks};
use crate::render::BOLD;
use crate::render::table::Table;
use crate::text::{escaped, on_a_line};
use crate::train::schedule::{Schedule, ScheduleRow, ScheduleSource};

const HEADING: Style = Style::new().underline();
const SUPPORTED: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const PLAIN: Style = Style::new();

/// Returns the table, its title and its legend; dates are written short where `width` columns do not
/// suffice for long ones.
pub fn styled(schedule: &Schedule, view: &View) -> String {
    let long_days = table(schedule, view, long);
    let fits = long_days.width() <= view.width;
    let table = if fits { long_days } else { table(schedule, view, |day| day.to_string()) };
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

fn table(schedule: &Schedule, view: &View, format: fn(NaiveDate) -> String) -> Table {
    let mut table = Table::new("  ");
    table.row("  ", HEADING, view.columns.iter().map(Column::heading));
    for (group, rows) in groups(schedule, view.grouped) {
        if let Some(group) = group {
            table.row("", PLAIN, [""]);
            table.row("", BOLD, [group.name()]);
        }
        for row in rows {
            let (mark, style) = if row.phase.is_supported() { ("* ", SUPPORTED) } else { ("  ", PLAIN) };
            let cells = view.columns.iter().map(|column| text(column, row, schedule.date, format));
            table.row(mark, style, cells);
        }
    }
    table
}

/// Returns what the terminal shows of a cell: of notes their address, since nothing there leads to them.
fn text(column: Column, row: &ScheduleRow, date: NaiveDate, format: fn(NaiveDate) -> String) -> String {
    let cell = column.cell(row, date);
    let address = cell.address().filter(|_| column == Column::Notes);
    address.map_or_else(|| escaped(cell.text(format)), str::to_owned)
}
