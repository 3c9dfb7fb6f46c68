//! The schedule as a Gantt chart for Mermaid.

use chrono::NaiveDate;

use super::words::{label, long, one_line};
use crate::train::Group;
use crate::train::schedule::{Schedule, ScheduleRow};

/// Green is supported and grey is not, light enough for dark text; a blue border is long-term support, which is
/// the one that Mermaid keeps for critical tasks, and red otherwise. Active tasks have a colour too, but the text
/// beside a short one cannot be read in a dark theme.
const THEME: &str = "\
---
config:
  themeVariables:
    taskBkgColor: '#8fd9ae'
    taskBorderColor: '#1d8f4e'
    doneTaskBkgColor: '#d0d5dd'
    doneTaskBorderColor: '#8a94a3'
    critBkgColor: '#8fd9ae'
    critBorderColor: '#2f6bd8'
    taskTextColor: '#1b1f24'
    taskTextLightColor: '#1b1f24'
    taskTextDarkColor: '#1b1f24'
---
";

/// Returns the chart: a row a release, from its release to its end of life.
///
/// Mermaid's own line for today moves with the reader's clock; here one stands at the day of the schedule.
pub fn render(schedule: &Schedule) -> String {
    let title = format!("{} releases as of {}", plain(&schedule.name), long(schedule.date));
    let mut text = vec![format!(
        "{THEME}gantt\n    title {title}\n    dateFormat YYYY-MM-DD\n    axisFormat %b %Y\n    todayMarker off\n"
    )];
    for row in &schedule.rows {
        let end = row.release.term.last_day();
        text.push(format!("    section {}\n", label(row, &row.release.version)));
        text.push(format!(
            "    {} :{}{}, {}\n",
            standing(row, schedule.date),
            tags(row),
            row.release.release.came(),
            end.succ_opt().unwrap_or(end),
        ));
    }
    text.push(format!("    {} :vert, {}, 0d\n", short(schedule.date), schedule.date));
    text.concat()
}

/// Returns what colours a release.
fn tags(row: &ScheduleRow) -> &'static str {
    match (row.phase.is_supported(), row.release.lts) {
        (true, false) => "",
        (true, true) => "crit, ",
        (false, false) => "done, ",
        (false, true) => "done, crit, ",
    }
}

/// Returns where the release stands, in words that end no name of a task.
fn standing(row: &ScheduleRow, date: NaiveDate) -> String {
    let (release, last) = (&row.release.release, row.release.term.last_day());
    match row.phase.group() {
        Group::Supported => format!("until {}", short(last)),
        Group::Ended => format!("ended {}", short(last)),
        Group::Upcoming => {
            let due = row.release_due(date).map(|due| format!(" due {}", short(due)));
            format!("from {}{}", short(release.planned), due.unwrap_or_default())
        }
    }
}

fn short(day: NaiveDate) -> String {
    day.format("%b %-d %Y").to_string()
}

/// Returns the text without the characters that end a title or a task name.
fn plain(text: &str) -> String {
    one_line(&text.replace(|c: char| c.is_control() || matches!(c, ':' | ';' | '#' | '%' | ',' | '"'), " "))
}
