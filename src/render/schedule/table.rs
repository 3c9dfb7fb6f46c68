//! The table for the terminal.

use anstyle::{AnsiColor, Style};
use chrono::NaiveDate;

use super::words::{HEADINGS, cells, long, remarks};
use crate::render::{escaped, on_a_line};
use crate::train::schedule::{Schedule, Source};

const HEADING: Style = Style::new().underline();
const SUPPORTED: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const PLAIN: Style = Style::new();

/// Returns the table, its title and its legend; dates are written short where `width` columns do not
/// suffice for long ones.
pub fn styled(schedule: &Schedule, width: usize) -> String {
    let table = Table::new(schedule, long);
    let table = if table.width() <= width { table } else { Table::new(schedule, |day| day.to_string()) };
    let mut text = format!("{} releases as of {}\n\n", on_a_line(&schedule.name), long(schedule.as_of));
    text.push_str(&table.text());
    text.push_str("\n* supported on that day. ");
    text.push_str(match schedule.source {
        Source::Policy => "All days are planned days: no tags were read.\n",
        Source::PolicyAndTags => "Where a release came on another day than planned, both are given.\n",
    });
    for remark in remarks(schedule) {
        text.push_str(&escaped(&remark));
        text.push('\n');
    }
    text
}

/// The cells as text, and whether each row is marked.
struct Table {
    rows: Vec<(bool, [String; 5])>,
    widths: [usize; 5],
}

impl Table {
    fn new(schedule: &Schedule, format: fn(NaiveDate) -> String) -> Self {
        let rows: Vec<_> =
            schedule.rows.iter().map(|row| (row.phase.is_supported(), cells(row, format))).collect();
        let mut widths = HEADINGS.map(str::len);
        for (_, cells) in &rows {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.len());
            }
        }
        Self { rows, widths }
    }

    fn width(&self) -> usize {
        2 + self.widths.iter().sum::<usize>() + 2 * (self.widths.len() - 1)
    }

    fn text(&self) -> String {
        let mut text = self.line(' ', HEADING, &HEADINGS.map(str::to_owned));
        for (supported, cells) in &self.rows {
            let (mark, style) = if *supported { ('*', SUPPORTED) } else { (' ', PLAIN) };
            text.push_str(&self.line(mark, style, cells));
        }
        text
    }

    fn line(&self, mark: char, style: Style, cells: &[String; 5]) -> String {
        let mut line = Vec::new();
        for (i, (cell, width)) in cells.iter().zip(self.widths).enumerate() {
            let gap = if i == 0 { "" } else { "  " };
            line.push(format!("{gap}{cell:width$}"));
        }
        format!("{mark} {style}{}{style:#}\n", line.concat().trim_end())
    }
}
