//! The schedule as a Gantt chart for Mermaid.

use super::timeline::{Stage, stretches};
use super::words::{label, long, one_line};
use crate::train::schedule::Schedule;

/// Returns the chart.
///
/// Mermaid's own line for today moves with the reader's clock; here a milestone stands for the day of
/// the schedule.
pub fn render(schedule: &Schedule) -> String {
    let mut text = vec![format!(
        "gantt\n    title {} releases as of {}\n    dateFormat YYYY-MM-DD\n    axisFormat %b %Y\n    todayMarker off\n",
        plain(&schedule.name),
        long(schedule.date),
    )];
    for row in &schedule.rows {
        text.push(format!("    section {}\n", label(row, &row.release.version)));
        for stretch in stretches(row) {
            let name = plain(stretch.stage.name());
            let tag = tag(stretch.stage);
            text.push(format!("    {name} :{tag}{}, {}\n", stretch.from, stretch.to));
        }
    }
    text.push("    section As of\n".to_owned());
    text.push(format!("    {} :milestone, {}, 0d\n", long(schedule.date), schedule.date));
    text.concat()
}

fn tag(stage: Stage) -> &'static str {
    match stage {
        Stage::Development => "done, ",
        Stage::Candidate => "",
        Stage::Support => "active, ",
        Stage::LongTerm => "crit, ",
    }
}

/// Returns the text without the characters that end a title or a task name.
fn plain(text: &str) -> String {
    one_line(&text.replace(|c: char| c.is_control() || matches!(c, ':' | ';' | '#' | '%' | ',' | '"'), " "))
}
