//! The schedule in each output format: values in, text out, the same bytes for the same schedule.

pub mod chart;
pub mod endoflife;
pub mod file;
pub mod html;
pub mod ics;
pub mod json;
pub mod markdown;
pub mod marker;
pub mod mermaid;
pub mod svg;
pub mod table;
mod timeline;
mod words;

use crate::train::schedule::Schedule;

/// A format in which a schedule can be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ScheduleFormat {
    /// Table and chart for the terminal.
    #[default]
    Human,
    /// Table and chart for a Markdown file.
    Markdown,
    /// One page that needs nothing else.
    Html,
    /// The chart alone.
    Svg,
    /// A Gantt chart for Mermaid.
    Mermaid,
    /// A calendar of cuts, releases and ends of life (RFC 5545).
    Ics,
    /// For programs; see `render::schedule::json` for its fields.
    Json,
    /// The `releases` of a product file of endoflife.date.
    Endoflife,
}

/// Returns `schedule` in `format`; `width` is the number of columns of the terminal, for the formats
/// that are read in one.
pub fn render(schedule: &Schedule, format: ScheduleFormat, width: usize) -> String {
    match format {
        ScheduleFormat::Human => {
            let chart = chart::styled(schedule, width);
            let gap = if chart.is_empty() { "" } else { "\n" };
            format!("{}{gap}{chart}", table::styled(schedule, width))
        }
        ScheduleFormat::Markdown => markdown::render(schedule),
        ScheduleFormat::Html => html::render(schedule),
        ScheduleFormat::Svg => svg::file(schedule),
        ScheduleFormat::Mermaid => mermaid::render(schedule),
        ScheduleFormat::Ics => ics::render(schedule),
        ScheduleFormat::Json => json::render(schedule),
        ScheduleFormat::Endoflife => endoflife::render(schedule),
    }
}
