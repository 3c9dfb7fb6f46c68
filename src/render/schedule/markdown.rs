//! The schedule as a part of a Markdown file: table, and chart as text.

use chrono::NaiveDate;

use super::chart::{self, Characters};
use super::columns::{Column, Columns, groups};
use super::view::View;
use super::words::{legend, long, one_line, remarks};
use crate::render::markdown_text;
use crate::train::schedule::{Schedule, ScheduleRow};

/// The width of the chart, which fits where Markdown files are read.
const CHART_WIDTH: usize = 76;

/// Returns table and chart.
pub fn render(schedule: &Schedule, view: &View) -> String {
    let chart = chart::plain(schedule, CHART_WIDTH, Characters::Unicode);
    let chart = if chart.is_empty() { chart } else { format!("\n```text\n{chart}```\n") };
    format!("{}{chart}", table(schedule, view))
}

/// Returns the table, its legend and its remarks.
pub fn table(schedule: &Schedule, view: &View) -> String {
    let tables: Vec<String> = groups(schedule, view.grouped)
        .into_iter()
        .map(|(group, rows)| {
            let title = group.map(|group| format!("**{}**\n\n", group.name())).unwrap_or_default();
            let rows: String = rows.into_iter().map(|row| line(cells(row, schedule.date, view))).collect();
            format!("{title}{}{rows}", head(&view.columns))
        })
        .collect();
    let remarks: Vec<String> =
        remarks(schedule).iter().map(|remark| format!("* {}\n", markdown_text(remark))).collect();
    let gap = if remarks.is_empty() { "" } else { "\n" };
    format!("{}\n{}\n{gap}{}", tables.join("\n"), legend(schedule, "in bold"), remarks.concat())
}

fn head(columns: &Columns) -> String {
    let rule = "|---".repeat(columns.iter().count());
    format!("{}{rule}|\n", line(columns.iter().map(|column| column.heading().to_owned())))
}

fn cells(row: &ScheduleRow, date: NaiveDate, view: &View) -> impl Iterator<Item = String> {
    view.columns.iter().map(move |column| {
        let cell = column.cell(row, date);
        let text = markdown_text(&one_line(&cell.text(long)));
        match cell.address() {
            Some(address) => format!("[{text}]({address})"),
            None if column == Column::Version && row.phase.is_supported() => format!("**{text}**"),
            None => text,
        }
    })
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> =
        cells.map(|cell| if cell.is_empty() { " ".to_owned() } else { format!(" {cell} ") }).collect();
    format!("|{}|\n", cells.join("|"))
}
