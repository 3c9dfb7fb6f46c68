//! The status of the release branches, for people and for programs.

pub mod json;

use anstyle::{AnsiColor, Color, Style};
use chrono::NaiveDate;

use super::table::Table;
use crate::git::survey::Tip;
use crate::status::{ReleaseState, SourceCounts, Status, StatusRow, Todo};
use crate::text::{counted, escaped, escaped_json, long, on_a_line};
use crate::train::{Day, Phase};

const HEADING: Style = Style::new().underline();
/// What stands for a number that is not known.
const UNKNOWN: &str = "?";
const UNSHALLOW: &str = "`git fetch --unshallow --tags` fetches the rest.";

/// Returns the status for the terminal.
pub fn human(name: &str, status: &Status) -> String {
    let mut text =
        vec![format!("{} on {}, from {}\n\n", on_a_line(name), long(status.date), sources(status.sources))];
    text.push(table(status).to_string());
    if status.rows.iter().any(|row| lacks_count(row, status)) {
        text.push(format!(
            "\n{UNKNOWN} stands for what is not known: the history is cut off here. {UNSHALLOW}\n"
        ));
    }
    if status.todo.is_empty() {
        text.push("\nNothing to do.\n".to_owned());
    } else {
        text.push("\nTo do:\n".to_owned());
        text.extend(status.todo.iter().map(|todo| format!("* {}\n", escaped(sentence(todo, status.date)))));
    }
    text.concat()
}

/// Returns the branches that a security fix must go to, one a line.
pub fn lines(branches: &[&str]) -> String {
    branches.iter().map(|branch| escaped(branch) + "\n").collect()
}

/// Returns the branches that a security fix must go to, as a JSON array on one line.
pub fn array(branches: &[&str]) -> String {
    // Strings alone: nothing in it can fail to serialize.
    serde_json::to_string(branches).map(|json| escaped_json(&json) + "\n").unwrap_or_default()
}

fn sources(sources: SourceCounts) -> String {
    let refs =
        format!("{} and {}", counted(sources.branches, "release branch"), counted(sources.tags, "tag"));
    match (sources.policy, sources.branches + sources.tags) {
        (true, 0) => "the policy alone: there are no release branches or tags here".to_owned(),
        (true, _) => format!("the policy, {refs}"),
        (false, 0) => "nothing: there is no policy, and no release branch or tag".to_owned(),
        (false, _) => format!("{refs} alone: no policy tells what is supported"),
    }
}

fn table(status: &Status) -> Table {
    let headings = ["Branch", "Where", "State", "Version", "MSRV", "Latest", "Unreleased", "Days"];
    let mut table = Table::new("  ");
    table.row("", HEADING, headings);
    for row in &status.rows {
        table.row("", style(row.state), cells(row, status).map(|cell| escaped(&cell)));
    }
    table
}

fn cells(row: &StatusRow, status: &Status) -> [String; 8] {
    let places = row.tips.iter().map(Tip::place);
    let version = row.declared.version.as_ref().map(ToString::to_string);
    let latest = row.latest.as_ref().map(|(tag, day)| format!("{tag} ({day})"));
    let compared = row.state != ReleaseState::Phase(Phase::InDevelopment);
    let ahead = row.tip().and_then(|tip| tip.ahead).filter(|_| compared).map(|number| number.to_string());
    [
        row.branch.clone(),
        places.collect::<Vec<_>>().join(", "),
        row.state.name().to_owned(),
        version.unwrap_or_default(),
        row.declared.msrv.clone().unwrap_or_default(),
        latest.unwrap_or_default(),
        ahead.unwrap_or_else(|| if lacks_count(row, status) { UNKNOWN } else { "" }.to_owned()),
        days(row, status.date),
    ]
}

fn lacks_count(row: &StatusRow, status: &Status) -> bool {
    let compared = row.state != ReleaseState::Phase(Phase::InDevelopment);
    status.sources.shallow && compared && row.tip().is_some_and(|tip| tip.ahead.is_none())
}

/// Returns the day that comes next for the release, planned and actual where they differ.
fn days(row: &StatusRow, day: NaiveDate) -> String {
    let came = came(row);
    let Some(term) = &row.term else {
        return match (row.state, &row.release) {
            (ReleaseState::Phase(Phase::InDevelopment), Some(release)) => {
                format!("cut {}", planned(&release.cut))
            }
            _ => came.unwrap_or_default(),
        };
    };
    let came = came.map(|came| format!("; {came}")).unwrap_or_default();
    match (row.state, &row.release) {
        (ReleaseState::Phase(Phase::Cut | Phase::Candidate | Phase::Due), Some(release)) => {
            format!("release {}", planned(&release.release))
        }
        (ReleaseState::Phase(Phase::Supported | Phase::LastDay), _) => {
            let left = row.days_left(day).unwrap_or(0);
            format!("until {} ({left} left){came}", term.last_day())
        }
        (ReleaseState::Phase(Phase::Ended), _) => format!("ended {}{came}", term.last_day()),
        _ => String::new(),
    }
}

/// Returns when the release came out, unless that was on its planned day.
fn came(row: &StatusRow) -> Option<String> {
    let Some(release) = &row.release else { return row.released.map(|day| format!("released {day}")) };
    let actual = release.release.differs()?;
    Some(format!("released {actual}, planned {}", release.release.planned))
}

fn planned(day: &Day) -> String {
    if day.due == day.planned {
        day.planned.to_string()
    } else {
        format!("{} (due {})", day.planned, day.due)
    }
}

fn style(state: ReleaseState) -> Style {
    let color = |color| Style::new().fg_color(Some(Color::Ansi(color)));
    match state {
        ReleaseState::Phase(Phase::Supported) => color(AnsiColor::Green),
        ReleaseState::Phase(Phase::LastDay | Phase::Due) => color(AnsiColor::Red),
        ReleaseState::Phase(Phase::Cut | Phase::Candidate) => color(AnsiColor::Yellow),
        ReleaseState::Phase(Phase::Ended) => Style::new().dimmed(),
        ReleaseState::Phase(Phase::InDevelopment) | ReleaseState::Released => Style::new(),
    }
}

/// Returns what is to be done, as one says it on `day`.
pub fn sentence(todo: &Todo, day: NaiveDate) -> String {
    match todo {
        Todo::Release { version, due } => format!("release {version}: due {}", since(*due, day)),
        Todo::Cut { version, due } => format!("cut {version}: due {}", since(*due, day)),
        Todo::Ends { short, last_day, unreleased } => {
            let commits = match unreleased {
                Some(0) => String::new(),
                Some(number) => format!(" with {} unreleased", counted(*number, "commit")),
                None => ", and whether all of it is released is not known".to_owned(),
            };
            format!("{short} ends {}{commits}", until(*last_day, day))
        }
        Todo::NoBranch { short, branch } => {
            format!(
                "{short} needs security fixes, and there is no branch {branch} here (a train that began later states `schedule.since`)"
            )
        }
        Todo::OtherVersion { branch, version } => format!("{branch} names the version {version}"),
        Todo::Differs { branch, places } => format!("{branch} is not the same in {}", places.join(" and ")),
        Todo::PastEnd { short, tag, last_day } => {
            format!("{short} ended on {}, and {tag} came after that", long(*last_day))
        }
        Todo::NeverTagged { version, tagged } => format!("{version} was never tagged though {tagged} was"),
    }
}

fn since(due: NaiveDate, day: NaiveDate) -> String {
    match (day - due).num_days() {
        0 => "today".to_owned(),
        1 => "since yesterday".to_owned(),
        2..=6 => format!("since {}", due.format("%A")),
        _ => format!("since {}", long(due)),
    }
}

fn until(last: NaiveDate, day: NaiveDate) -> String {
    match (last - day).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        _ => format!("on {}", last.format("%A, %B %-d")),
    }
}
