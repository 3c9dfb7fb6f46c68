//! The chart for the terminal, and for Markdown as plain text.

use anstyle::{AnsiColor, Color, Style};

use super::timeline::{Stage, Timeline, stretches};
use super::words::{label, long};
use crate::train::Phase;
use crate::train::schedule::{Schedule, ScheduleRow};

/// The fewest columns that make a chart.
const NARROWEST: usize = 16;
/// The number of columns for each label of the axis.
const TICK_COLUMNS: usize = 6;

/// The characters that a chart is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Characters {
    /// Blocks and lines.
    #[default]
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// Returns the chart in `width` columns; nothing where they are too few.
pub fn styled(schedule: &Schedule, width: usize, characters: Characters) -> String {
    let labels: Vec<String> = schedule.rows.iter().map(|row| label(row, &row.release.version)).collect();
    let margin = labels.iter().map(String::len).max().unwrap_or(0) + 1;
    let Some(columns) = width.checked_sub(margin).filter(|&columns| columns >= NARROWEST) else {
        return String::new();
    };
    let timeline = Timeline::of(schedule);
    let lanes = schedule.rows.iter().zip(&labels).map(|(row, label)| {
        let cells = cells(schedule, row, timeline, columns);
        format!("{label:margin$}{}\n", runs(&cells, characters))
    });
    let lanes: Vec<String> = lanes.collect();
    format!(
        "{:margin$}{}\n{}\n{}",
        "",
        axis(timeline, columns),
        lanes.concat(),
        legend(schedule, timeline, width, characters)
    )
}

/// Returns the chart without colours.
pub fn plain(schedule: &Schedule, width: usize, characters: Characters) -> String {
    anstream::adapter::strip_str(&styled(schedule, width, characters)).to_string()
}

/// What one column of a lane shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ChartCell {
    Empty,
    Stage(Stage),
    Today,
}

impl ChartCell {
    fn mark(self, characters: Characters) -> &'static str {
        let [unicode, ascii] = match self {
            Self::Empty => [" ", " "],
            Self::Stage(Stage::Development) => ["·", "."],
            Self::Stage(Stage::Candidate) => ["░", "-"],
            Self::Stage(Stage::Support) => ["▓", "="],
            Self::Stage(Stage::LongTerm) => ["█", "#"],
            Self::Today => ["│", "|"],
        };
        match characters {
            Characters::Unicode => unicode,
            Characters::Ascii => ascii,
        }
    }

    fn style(self) -> Style {
        let color = |color| Style::new().fg_color(Some(Color::Ansi(color)));
        match self {
            Self::Empty => Style::new(),
            Self::Stage(Stage::Development) => Style::new().dimmed(),
            Self::Stage(Stage::Candidate) => color(AnsiColor::Yellow),
            Self::Stage(Stage::Support) => color(AnsiColor::Green),
            Self::Stage(Stage::LongTerm) => color(AnsiColor::Cyan),
            Self::Today => Style::new().bold(),
        }
    }
}

/// Returns the labels of the axis: each begins above its day, and none touches the next.
fn axis(timeline: Timeline, columns: usize) -> String {
    let mut line = String::new();
    for tick in timeline.ticks(columns / TICK_COLUMNS) {
        let (at, label) = (timeline.position(tick.day, columns), tick.label.unwrap_or_default());
        let free = line.is_empty() || at > line.len();
        if free && !label.is_empty() && at + label.len() <= columns {
            line = format!("{line:at$}{label}");
        }
    }
    line
}

fn cells(schedule: &Schedule, row: &ScheduleRow, timeline: Timeline, columns: usize) -> Vec<ChartCell> {
    let mut cells = vec![ChartCell::Empty; columns];
    let mut stretches = stretches(row);
    // Drawn last, so that a short one is not covered by its longer neighbours.
    stretches.sort_by_key(|stretch| stretch.stage == Stage::Candidate);
    for stretch in stretches {
        let from = timeline.position(stretch.from, columns).min(columns - 1);
        let to = timeline.position(stretch.to, columns).max(from + 1);
        cells[from..to].fill(ChartCell::Stage(stretch.stage));
    }
    if timeline.contains(schedule.date) {
        let today = timeline.position(schedule.date, columns);
        set_apart(&mut cells, today, row);
        cells[today] = ChartCell::Today;
    }
    let used = cells.iter().rposition(|&cell| cell != ChartCell::Empty).map_or(0, |last| last + 1);
    cells.truncate(used);
    cells
}

/// Keeps what has ended from today's column, and lets what has not go past it, where a column is too wide to
/// tell the days apart.
fn set_apart(cells: &mut [ChartCell], today: usize, row: &ScheduleRow) {
    if row.phase == Phase::Ended {
        cells[today.saturating_sub(1)..].fill(ChartCell::Empty);
    } else if row.phase.is_supported()
        && let Some(after) = cells.get_mut(today + 1)
        && *after == ChartCell::Empty
    {
        *after = ChartCell::Stage(if row.release.lts { Stage::LongTerm } else { Stage::Support });
    }
}

/// Returns the cells as text, with one change of style a run of equal ones.
fn runs(cells: &[ChartCell], characters: Characters) -> String {
    let run = |run: &[ChartCell]| {
        let style = run[0].style();
        format!("{style}{}{style:#}", run[0].mark(characters).repeat(run.len()))
    };
    cells.chunk_by(|a, b| a == b).map(run).collect::<Vec<_>>().concat()
}

/// Returns what the marks mean, for the stages that the chart shows, in lines of `width` columns.
fn legend(schedule: &Schedule, timeline: Timeline, width: usize, characters: Characters) -> String {
    let shown = |stage| schedule.rows.iter().flat_map(stretches).any(|stretch| stretch.stage == stage);
    let stages = Stage::ALL.into_iter().filter(|&stage| shown(stage));
    let mut entries: Vec<_> =
        stages.map(|stage| (ChartCell::Stage(stage), stage.name().to_lowercase())).collect();
    if timeline.contains(schedule.date) {
        entries.push((ChartCell::Today, long(schedule.date)));
    }
    let mut lines = vec![Vec::new()];
    let mut used = 0;
    for (cell, name) in entries {
        let needed = name.len() + 2;
        if used > 0 && used + needed > width {
            lines.push(Vec::new());
            used = 0;
        }
        used += needed + 3;
        let style = cell.style();
        if let Some(line) = lines.last_mut() {
            line.push(format!("{style}{}{style:#} {name}", cell.mark(characters)));
        }
    }
    lines.iter().map(|line| line.join("   ") + "\n").collect()
}
