//! The chart as SVG: alone, or inside a page.
//!
//! Every label has a line of its own or a place that no other label can take, so that none overlap
//! however long the train is. Inside a page all lengths along the axis are percentages: the bars
//! shrink with the page, and the text keeps its size.

use chrono::NaiveDate;

use super::timeline::{Stage, Stretch, Timeline, stretches};
use super::words::{escape, long};
use crate::train::Phase;
use crate::train::schedule::{Row, Schedule};

/// The width of a file, in the units of its view box.
const WIDTH: usize = 640;
/// The margin of a file.
const MARGIN: usize = 16;
/// The height of a line of the legend, of the axis, and of the label of a lane.
const LINE: usize = 20;
/// The height of a lane: its label and its bar.
const LANE: usize = 44;
/// The most labels on the axis: with five, each has 65 pixels on a phone.
const TICKS: i64 = 5;

/// The colours have a contrast of at least 3 to 1 against both backgrounds; the stages differ in
/// height too.
const STYLE: &str = "\
.relprep-chart text{font:13px system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif;fill:currentColor}
.relprep-chart .relprep-strong{font-weight:700}
.relprep-development{fill:#858e9b}
.relprep-candidate{fill:#c27c0e}
.relprep-support{fill:#1d8f4e}
.relprep-long-term{fill:#3f7ad6}
.relprep-grid{stroke:currentColor;stroke-opacity:.25;stroke-width:1}
.relprep-today{stroke:#d6336c;stroke-width:2}
@media print{.relprep-chart{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
";

const FILE_STYLE: &str = "\
svg{color:#1b1f24;max-width:100%;height:auto}
.relprep-paper{fill:#fff}
@media (prefers-color-scheme:dark){svg{color:#e6e9ee}.relprep-paper{fill:#15181d}}
";

/// Returns the chart as a file.
pub fn file(schedule: &Schedule) -> String {
    let chart = Chart { schedule, timeline: Timeline::of(schedule), scale: Scale::Fixed };
    let (width, height) = (WIDTH + 2 * MARGIN, chart.height() + 2 * MARGIN);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"relprep-chart\" viewBox=\"-{MARGIN} -{MARGIN} {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{}\">\n<title>{}</title>\n<style>\n{FILE_STYLE}{STYLE}</style>\n\
         <rect class=\"relprep-paper\" x=\"-{MARGIN}\" y=\"-{MARGIN}\" width=\"{width}\" height=\"{height}\"/>\n{}</svg>\n",
        escape(&description(schedule)),
        escape(&title(schedule)),
        chart.content(),
    )
}

/// Returns the chart as a part of a page: it takes the page's width and the colour of its text, and
/// has no empty line.
pub fn inline(schedule: &Schedule) -> String {
    let chart = Chart { schedule, timeline: Timeline::of(schedule), scale: Scale::Fluid };
    format!(
        "<svg class=\"relprep-chart\" width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"{}\">\n<style>\n{STYLE}</style>\n{}</svg>\n",
        chart.height(),
        escape(&description(schedule)),
        chart.content(),
    )
}

fn title(schedule: &Schedule) -> String {
    format!("{} releases as of {}", schedule.name, long(schedule.as_of))
}

/// Returns what the chart says, for those who do not see it.
fn description(schedule: &Schedule) -> String {
    let rows: Vec<String> =
        schedule.rows.iter().map(|row| format!("{}: {}", name(row), standing(row))).collect();
    format!("{}. {}.", title(schedule), rows.join(". "))
}

fn name(row: &Row) -> String {
    let lts = if row.release.lts { " LTS" } else { "" };
    format!("{}{lts}", row.release.version)
}

/// Returns where the release stands, in few words.
fn standing(row: &Row) -> String {
    match row.phase {
        Phase::InDevelopment | Phase::Cut | Phase::Candidate | Phase::Due => {
            format!("release {}", long(row.release.release.planned))
        }
        Phase::Supported | Phase::LastDay => format!("supported until {}", long(row.release.term.last_day())),
        Phase::Ended => format!("ended {}", long(row.release.term.last_day())),
    }
}

/// Whether lengths along the axis are percentages of the page or units of the view box.
#[derive(Clone, Copy)]
enum Scale {
    Fluid,
    Fixed,
}

struct Chart<'a> {
    schedule: &'a Schedule,
    timeline: Timeline,
    scale: Scale,
}

impl Chart<'_> {
    fn stages(&self) -> Vec<Stage> {
        let shown =
            |stage| self.schedule.rows.iter().flat_map(stretches).any(|stretch| stretch.stage == stage);
        Stage::ALL.into_iter().filter(|&stage| shown(stage)).collect()
    }

    fn has_today(&self) -> bool {
        self.timeline.contains(self.schedule.as_of)
    }

    /// Returns where the lanes begin: below the legend, the label of the day and the axis.
    fn top(&self) -> usize {
        LINE * (self.stages().len() + usize::from(self.has_today()) + 1) + LINE / 2
    }

    fn height(&self) -> usize {
        self.top() + LANE * self.schedule.rows.len()
    }

    fn content(&self) -> String {
        let mut text = vec![self.legend()];
        text.push(self.axis());
        for (i, row) in self.schedule.rows.iter().enumerate() {
            text.push(self.lane(row, self.top() + i * LANE));
        }
        text.concat()
    }

    fn legend(&self) -> String {
        let mut text = Vec::new();
        for (i, stage) in self.stages().into_iter().enumerate() {
            let y = i * LINE;
            let bar = thickness(stage);
            text.push(format!(
                "<rect class=\"{}\" x=\"0\" y=\"{}\" width=\"24\" height=\"{bar}\" rx=\"2\"/>\n<text x=\"32\" y=\"{}\">{}</text>\n",
                class(stage),
                y + (14 - bar) / 2 + 3,
                y + 14,
                stage.name(),
            ));
        }
        if self.has_today() {
            let y = self.stages().len() * LINE;
            text.push(format!(
                "<line class=\"relprep-today\" x1=\"12\" x2=\"12\" y1=\"{}\" y2=\"{}\"/>\n<text x=\"32\" y=\"{}\">{}</text>\n",
                y + 2,
                y + 18,
                y + 14,
                long(self.schedule.as_of),
            ));
        }
        text.concat()
    }

    /// Returns the labels of the axis. Each stands right of its line; one that would begin in the
    /// last sixth is left out, since it might not fit.
    fn axis(&self) -> String {
        let y = self.top() - LINE / 2;
        let mut text = Vec::new();
        for tick in self.timeline.ticks(TICKS) {
            if self.timeline.position(tick.day, 60) < 50 {
                text.push(format!("<text x=\"{}\" y=\"{y}\">{}</text>\n", self.x(tick.day), tick.label));
            }
        }
        text.concat()
    }

    fn lane(&self, row: &Row, top: usize) -> String {
        let strong = if row.phase.is_supported() { " class=\"relprep-strong\"" } else { "" };
        let mut text = vec![format!(
            "<text x=\"0\" y=\"{}\"><tspan{strong}>{}</tspan> {}</text>\n",
            top + 15,
            escape(&name(row)),
            standing(row),
        )];
        // Lines cross the bars only, and no label.
        for tick in self.timeline.ticks(TICKS) {
            text.push(self.rule("relprep-grid", tick.day, top));
        }
        for stretch in stretches(row) {
            text.push(self.bar(&stretch, top));
        }
        if self.has_today() {
            text.push(self.rule("relprep-today", self.schedule.as_of, top));
        }
        text.concat()
    }

    fn rule(&self, class: &str, day: NaiveDate, top: usize) -> String {
        let x = self.x(day);
        let (from, to) = (top + LINE, top + LANE - 2);
        format!("<line class=\"{class}\" x1=\"{x}\" x2=\"{x}\" y1=\"{from}\" y2=\"{to}\"/>\n")
    }

    fn bar(&self, stretch: &Stretch, top: usize) -> String {
        let thickness = thickness(stretch.stage);
        let last = stretch.to.pred_opt().unwrap_or(stretch.to);
        format!(
            "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{thickness}\"><title>{}: {} to {}</title></rect>\n",
            class(stretch.stage),
            self.x(stretch.from),
            top + LINE + 3 + (14 - thickness) / 2,
            self.length(self.steps(stretch.to).saturating_sub(self.steps(stretch.from)).max(1)),
            stretch.stage.name(),
            long(stretch.from),
            long(last),
        )
    }

    fn x(&self, day: NaiveDate) -> String {
        self.length(self.steps(day))
    }

    fn steps(&self, day: NaiveDate) -> usize {
        self.timeline.position(
            day,
            match self.scale {
                Scale::Fluid => 10_000,
                Scale::Fixed => WIDTH * 10,
            },
        )
    }

    fn length(&self, steps: usize) -> String {
        match self.scale {
            Scale::Fluid => format!("{}.{:02}%", steps / 100, steps % 100),
            Scale::Fixed => format!("{}.{}", steps / 10, steps % 10),
        }
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
