//! The schedule in each output format: values in, text out, the same bytes for the same schedule.

pub mod chart;
pub mod columns;
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
mod view;
mod words;

use clap::ValueEnum as _;

use super::json::{Body, document};
use crate::train::schedule::Schedule;
pub use chart::Characters;
pub use view::View;

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
    /// Versioned JSON for programs.
    Json,
    /// The page of a product for endoflife.date.
    Endoflife,
}

impl ScheduleFormat {
    /// Returns the name by which it is asked for.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Returns whether it has a table, whose columns can be chosen.
    pub fn has_table(self) -> bool {
        matches!(self, Self::Human | Self::Markdown | Self::Html)
    }
}

/// Returns `schedule` in `format`.
pub fn render(schedule: &Schedule, format: ScheduleFormat, view: &View) -> String {
    match format {
        ScheduleFormat::Human => {
            let chart = chart::styled(schedule, view.width, view.characters);
            let gap = if chart.is_empty() { "" } else { "\n" };
            format!("{}{gap}{chart}", table::styled(schedule, view))
        }
        ScheduleFormat::Markdown => markdown::render(schedule, view),
        ScheduleFormat::Html => html::render(schedule, view),
        ScheduleFormat::Svg => svg::file(schedule),
        ScheduleFormat::Mermaid => mermaid::render(schedule),
        ScheduleFormat::Ics => ics::render(schedule, None),
        ScheduleFormat::Json => document("schedule", Body::Schedule(schedule.into())),
        ScheduleFormat::Endoflife => endoflife::render(schedule),
    }
}
