//! The schedule as a part of a Markdown file: table, and chart as text.

use super::chart;
use super::words::{HEADINGS, cells, legend, long, remarks};
use crate::render::markdown_text;
use crate::train::schedule::{Schedule, ScheduleRow};

/// The width of the chart, which fits where Markdown files are read.
const CHART_WIDTH: usize = 76;

/// Returns table and chart.
pub fn render(schedule: &Schedule) -> String {
    let chart = chart::plain(schedule, CHART_WIDTH);
    let chart = if chart.is_empty() { chart } else { format!("\n```text\n{chart}```\n") };
    format!("{}{chart}", table(schedule))
}

/// Returns the table, its legend and its remarks.
pub fn table(schedule: &Schedule) -> String {
    let rows: Vec<String> = schedule.rows.iter().map(row).collect();
    let remarks: Vec<String> =
        remarks(schedule).iter().map(|remark| format!("* {}\n", markdown_text(remark))).collect();
    let gap = if remarks.is_empty() { "" } else { "\n" };
    format!(
        "{}|---|---|---|---|---|\n{}\n{}\n{gap}{}",
        line(&HEADINGS.map(str::to_owned)),
        rows.concat(),
        legend(schedule, "in bold"),
        remarks.concat(),
    )
}

fn row(row: &ScheduleRow) -> String {
    let mut cells = cells(row, long);
    if row.phase.is_supported() {
        cells[0] = format!("**{}**", cells[0]);
    }
    line(&cells)
}

fn line(cells: &[String; 5]) -> String {
    let cells: Vec<String> =
        cells.iter().map(|cell| if cell.is_empty() { " ".to_owned() } else { format!(" {cell} ") }).collect();
    format!("|{}|\n", cells.join("|"))
}
