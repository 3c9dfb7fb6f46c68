//! The chart as SVG: alone, or inside a page.
//!
//! The labels have a column of their own, and the bars an SVG of their own beside it, in which all
//! lengths along the axis are percentages: inside a page the bars shrink with it and the text keeps
//! its size; a file has a view box, in which the same text is readable at 360 pixels.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::timeline::{Stage, Stretch, Tick, Timeline, stretches};
use super::words::{label, long};
use crate::render::markup;
use crate::train::Phase;
use crate::train::schedule::{Schedule, ScheduleRow};
use crate::version;

/// The width of a file in the units of its view box: with its margin 480, so that at
/// 360 pixels its smallest text has 10.
const WIDTH: usize = 464;
/// The width of the column of labels.
const LABELS: usize = 84;
/// The margin of a file.
const MARGIN: usize = 8;
/// The height of a line of text, and of a row: 50 of these fit on two screens.
const LINE: usize = 22;
const ROW: usize = 22;
/// From this height on, the axis is repeated at the bottom: a screen shows no more.
const SCREEN: usize = 640;
/// The width in units that the narrowest place has for the bars: a label must fit in its part of it.
const NARROWEST: usize = 230;
/// The width of the label of a tick, and of today's line.
const TICK_LABEL: usize = 32;
const DAY_LABEL: usize = 100;

/// The colours have a contrast of at least 3 to 1 against both backgrounds; the stages differ in
/// height and texture too.
const STYLE: &str = "\
.relprep-chart text{font:14px system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif;fill:currentColor}
.relprep-chart .relprep-strong{font-weight:700}
.relprep-chart .relprep-small{font-size:13.5px}
.relprep-development{fill:#7b8593}
.relprep-candidate{fill:#b8740c}
.relprep-support{fill:#1d8f4e}
.relprep-long-term{fill:#3f7ad6}
.relprep-ended{opacity:.45}
.relprep-later{fill-opacity:.3;stroke-width:1.5}
.relprep-later.relprep-development{stroke:#7b8593}
.relprep-later.relprep-candidate{stroke:#b8740c}
.relprep-later.relprep-support{stroke:#1d8f4e}
.relprep-later.relprep-long-term{stroke:#3f7ad6}
.relprep-core{stroke:#fff;stroke-width:2;stroke-dasharray:2 4}
.relprep-grid{stroke:currentColor;stroke-opacity:.14}
.relprep-year{stroke:currentColor;stroke-opacity:.4}
.relprep-today{stroke:#d6336c;stroke-width:2}
.relprep-chart .relprep-day{font-weight:700}
@media print{.relprep-chart{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
";

const FILE_STYLE: &str = "\
svg{color:#1b1f24;max-width:100%;height:auto}
svg svg{max-width:none}
.relprep-paper{fill:#fff}
@media (prefers-color-scheme:dark){svg{color:#e6e9ee}.relprep-paper{fill:#15181d}}
";

/// Returns the chart as a file.
pub fn file(schedule: &Schedule) -> String {
    let chart = Chart::of(schedule);
    let width = WIDTH + 2 * MARGIN;
    let height = chart.height() + 2 * MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"relprep-chart\" viewBox=\"-{MARGIN} -{MARGIN} {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{}\">\n<title>{}</title>\n<style>\n{FILE_STYLE}{STYLE}</style>\n\
         <rect class=\"relprep-paper\" x=\"-{MARGIN}\" y=\"-{MARGIN}\" width=\"{width}\" height=\"{height}\"/>\n\
         <svg x=\"{LABELS}\" width=\"{}\" height=\"{}\" overflow=\"visible\">\n{}</svg>\n</svg>\n",
        markup(&description(schedule)),
        markup(&title(schedule)),
        WIDTH - LABELS,
        chart.height(),
        chart.content(),
    )
}

/// Returns the chart as a part of a page: it takes the page's width and the colour of its text, and
/// has no empty line.
pub fn inline(schedule: &Schedule) -> String {
    let chart = Chart::of(schedule);
    format!(
        "<svg class=\"relprep-chart\" style=\"box-sizing:border-box;padding-left:{LABELS}px;overflow:visible\" \
         width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"{}\">\n<style>\n{STYLE}</style>\n{}</svg>\n",
        chart.height(),
        markup(&description(schedule)),
        chart.content(),
    )
}

fn title(schedule: &Schedule) -> String {
    format!("{} releases as of {}", schedule.name, long(schedule.date))
}

/// Returns what the chart says, for those who do not see it.
fn description(schedule: &Schedule) -> String {
    let row =
        |row: &ScheduleRow| format!("{}: {}", label(row, &row.release.version), standing(row, schedule.date));
    let rows: Vec<String> = schedule.rows.iter().map(row).collect();
    format!("{}. {}.", title(schedule), rows.join(". "))
}

/// Returns where the release stands, in few words.
fn standing(row: &ScheduleRow, date: NaiveDate) -> String {
    match row.phase {
        Phase::InDevelopment | Phase::Cut | Phase::Candidate | Phase::Due => {
            let release = &row.release.release;
            let due = row.release_due(date).map(|due| format!(" (due {})", long(due)));
            format!("release {}{}", long(release.planned), due.unwrap_or_default())
        }
        Phase::Supported | Phase::LastDay => format!("supported until {}", long(row.release.term.last_day())),
        Phase::Ended => format!("ended {}", long(row.release.term.last_day())),
    }
}

struct Chart<'a> {
    schedule: &'a Schedule,
    timeline: Timeline,
    ticks: Vec<Tick>,
    has_today: bool,
}

impl<'a> Chart<'a> {
    fn of(schedule: &'a Schedule) -> Self {
        let timeline = Timeline::of(schedule);
        let ticks = timeline.ticks(NARROWEST / TICK_LABEL);
        Self { schedule, timeline, ticks, has_today: timeline.contains(schedule.date) }
    }

    /// Returns where the rows begin: below the legend, the axis and today's label.
    fn top(&self) -> usize {
        LINE * (2 + usize::from(self.has_today))
    }

    fn bottom(&self) -> usize {
        self.top() + ROW * self.schedule.rows.len()
    }

    fn repeats_axis(&self) -> bool {
        self.bottom() > SCREEN
    }

    fn height(&self) -> usize {
        self.bottom() + if self.repeats_axis() { LINE } else { 4 }
    }

    /// Returns legend, labels and bars; what is left of the bars has negative places.
    fn content(&self) -> String {
        let mut text = self.legend();
        for (y, row) in self.rows() {
            let strong = if row.phase.is_supported() { " class=\"relprep-strong\"" } else { "" };
            let (y, version) = (y + 16, markup(&label(row, &short(row))));
            let _ = writeln!(text, "<text{strong} x=\"-{LABELS}\" y=\"{y}\">{version}</text>");
        }
        self.axis(&mut text);
        for (y, row) in self.rows() {
            for stretch in stretches(row) {
                self.bars(&stretch, row, y, &mut text);
            }
        }
        self.today(&mut text);
        text
    }

    fn rows(&self) -> impl Iterator<Item = (usize, &ScheduleRow)> {
        let top = self.top();
        self.schedule.rows.iter().enumerate().map(move |(i, row)| (top + i * ROW, row))
    }

    /// Returns the stages that are shown, in one line that a phone has room for.
    fn legend(&self) -> String {
        let shown =
            |stage| self.schedule.rows.iter().flat_map(stretches).any(|stretch| stretch.stage == stage);
        let mut text = String::new();
        let mut offset = 0;
        for stage in Stage::ALL.into_iter().filter(|&stage| shown(stage)) {
            let (bar, name) = (thickness(stage), stage.short_name());
            let y = 2 + (14 - bar) / 2;
            let _ = writeln!(
                text,
                "<g transform=\"translate({offset} 0)\">\n\
                 <rect class=\"{}\" x=\"-{LABELS}\" y=\"{y}\" width=\"14\" height=\"{bar}\"/>\n\
                 <text class=\"relprep-small\" x=\"-{}\" y=\"14\">{name}</text>\n</g>",
                class(stage),
                LABELS - 18,
            );
            offset += 30 + 8 * name.len();
        }
        text
    }

    /// Writes the lines of the axis through all rows, and their labels; a label that would leave the
    /// chart is left out.
    fn axis(&self, text: &mut String) {
        for tick in &self.ticks {
            let (x, from) = (self.x(tick.day), self.top());
            let label = tick.label.as_ref().filter(|_| self.has_room(tick.day, TICK_LABEL));
            let class = if tick.is_year && label.is_some() { "relprep-year" } else { "relprep-grid" };
            let _ = writeln!(
                text,
                "<line class=\"{class}\" x1=\"{x}\" x2=\"{x}\" y1=\"{from}\" y2=\"{}\"/>",
                self.bottom()
            );
            let Some(label) = label else { continue };
            let mut place = |y: usize| {
                let _ = writeln!(text, "<text class=\"relprep-small\" x=\"{x}\" y=\"{y}\">{label}</text>");
            };
            place(LINE + 16);
            if self.repeats_axis() {
                place(self.bottom() + 16);
            }
        }
    }

    /// Writes the line of the day and its label, on the side where it has room.
    fn today(&self, text: &mut String) {
        if !self.has_today {
            return;
        }
        let (day, x) = (self.schedule.date, self.x(self.schedule.date));
        let from = self.top() - 4;
        let _ = writeln!(
            text,
            "<line class=\"relprep-today\" x1=\"{x}\" x2=\"{x}\" y1=\"{from}\" y2=\"{}\"/>",
            self.bottom()
        );
        let anchor = if self.has_room(day, DAY_LABEL) { "start" } else { "end" };
        let _ = writeln!(
            text,
            "<text class=\"relprep-small relprep-day\" x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            from - 5,
            day.format("%-d %b %Y"),
        );
    }

    /// Writes the bars of a stretch: what is past, and lighter what is to come.
    fn bars(&self, stretch: &Stretch, row: &ScheduleRow, y: usize, text: &mut String) {
        let ended = row.phase == Phase::Ended;
        let now = self.schedule.date.clamp(stretch.from, stretch.to);
        let last = stretch.to.pred_opt().unwrap_or(stretch.to);
        let due = row.release_due(self.schedule.date);
        let due = due.filter(|_| stretch.stage == Stage::Candidate);
        let due = due.map(|due| format!(", due {}", long(due))).unwrap_or_default();
        let title = format!("{}: {} to {}{due}", stretch.stage.name(), long(stretch.from), long(last));
        let bar = thickness(stretch.stage);
        let y = y + (ROW - bar) / 2;
        let parts = [
            (stretch.from, now, if ended { " relprep-ended" } else { "" }),
            (now, stretch.to, " relprep-later"),
        ];
        for (from, to, look) in parts.into_iter().filter(|(from, to, _)| from < to) {
            let width = percent(self.steps(to).saturating_sub(self.steps(from)).max(10));
            let _ = writeln!(
                text,
                "<rect class=\"{}{look}\" x=\"{}\" y=\"{y}\" width=\"{width}\" height=\"{bar}\"><title>{title}</title></rect>",
                class(stretch.stage),
                self.x(from),
            );
            if stretch.stage == Stage::LongTerm && look.is_empty() {
                let (x1, x2, at) = (self.x(from), self.x(to), y + bar / 2);
                let _ = writeln!(
                    text,
                    "<line class=\"relprep-core\" x1=\"{x1}\" x2=\"{x2}\" y1=\"{at}\" y2=\"{at}\"/>"
                );
            }
        }
    }

    /// Returns whether `width` units fit between the day and the end of the axis where that is narrowest.
    fn has_room(&self, day: NaiveDate, width: usize) -> bool {
        self.timeline.position(day, NARROWEST) + width <= NARROWEST
    }

    fn x(&self, day: NaiveDate) -> String {
        percent(self.steps(day))
    }

    fn steps(&self, day: NaiveDate) -> usize {
        self.timeline.position(day, 10_000)
    }
}

/// Returns hundredths of a percent as a length.
fn percent(steps: usize) -> String {
    format!("{}.{:02}%", steps / 100, steps % 100)
}

/// Returns the version as a label: a patch of zero says nothing.
fn short(row: &ScheduleRow) -> String {
    let version = &row.release.version;
    match version.pre.is_empty() && version.patch == 0 {
        true => version::short(version),
        false => version.to_string(),
    }
}

fn class(stage: Stage) -> &'static str {
    match stage {
        Stage::Development => "relprep-development",
        Stage::Candidate => "relprep-candidate",
        Stage::Support => "relprep-support",
        Stage::LongTerm => "relprep-long-term",
    }
}

fn thickness(stage: Stage) -> usize {
    match stage {
        Stage::Development => 4,
        Stage::Candidate => 8,
        Stage::Support => 12,
        Stage::LongTerm => 14,
    }
}
