//! The status of the release branches, for people and for programs.

pub mod json;
mod todo;

use anstyle::{AnsiColor, Color, Style};
use chrono::NaiveDate;

pub use self::todo::sentence;
use self::todo::story;
use super::table::Table;
use crate::git::survey::{LaterRefs, Tip};
use crate::status::{ReleaseState, SourceCounts, Status, StatusRow};
use crate::text::{counted, escaped, in_days, long, on_a_line};
use crate::train::{Day, Phase};

const HEADING: Style = Style::new().underline();
/// What stands for a number that is not known.
const UNKNOWN: &str = "?";
const UNSHALLOW: &str = "`git fetch --unshallow --tags` fetches the rest.";

/// How much of a status is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What somebody can still do something about.
    Current,
    /// Ended releases too, and what nobody can change.
    All,
}

/// Returns the status for the terminal.
pub fn human(name: &str, status: &Status, extent: Extent) -> String {
    let mut text =
        vec![format!("{} on {}, from {}\n", on_a_line(name), long(status.date), sources(status.sources))];
    text.extend(later(status.sources.later).map(|later| format!("What came later is left out: {later}.\n")));
    let is_shown = |row: &&StatusRow| extent == Extent::All || row.is_open();
    let (rows, ended): (Vec<&StatusRow>, Vec<&StatusRow>) = status.rows.iter().partition(is_shown);
    if !rows.is_empty() {
        text.push(format!("\n{}", table(&rows, status.date)));
    }
    text.extend(unknown(&rows, status.sources));
    if !ended.is_empty() {
        text.push(format!("\n{} not shown: `--all` shows all.\n", counted(ended.len(), "ended release")));
    }
    let list = |title: &str, lines: Vec<String>| {
        let lines = lines.into_iter().map(|line| format!("* {}\n", escaped(line)));
        format!("\n{title}:\n{}", lines.collect::<String>())
    };
    text.push(match status.todo.is_empty() {
        true => "\nNothing to do.\n".to_owned(),
        false => list("To do", status.todo.iter().map(|todo| sentence(todo, status.date)).collect()),
    });
    if extent == Extent::All && !status.past.is_empty() {
        text.push(list("Went otherwise than planned", status.past.iter().map(story).collect()));
    }
    text.concat()
}

/// Returns the branches that a security fix must go to, one a line.
pub fn lines(branches: &[&str]) -> String {
    branches.iter().map(|branch| escaped(branch) + "\n").collect()
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

fn later(later: LaterRefs) -> Option<String> {
    let branches = (later.branches > 0).then(|| counted(later.branches, "release branch"));
    let tags = (later.tags > 0).then(|| counted(later.tags, "tag"));
    let parts: Vec<String> = branches.into_iter().chain(tags).collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

fn table(rows: &[&StatusRow], day: NaiveDate) -> Table {
    let headings = ["Version", "State", "Latest release", "Unreleased", "Ends", "MSRV", "Branch"];
    let mut table = Table::new("  ");
    table.row("", HEADING, headings);
    for row in rows {
        table.row("", style(row.state), cells(row, day).map(|cell| escaped(&cell)));
    }
    table
}

fn cells(row: &StatusRow, day: NaiveDate) -> [String; 7] {
    let places: Vec<&str> = row.tips.iter().map(Tip::place).collect();
    let places = if places.is_empty() { "not here".to_owned() } else { places.join(", ") };
    let latest = row.latest.as_ref().map(|(tag, day)| format!("{tag} ({day})"));
    [
        row.short.clone(),
        state(row),
        latest.unwrap_or_default(),
        ahead(row),
        end(row, day).unwrap_or_default(),
        row.declared.msrv.clone().unwrap_or_default(),
        format!("{} ({places})", row.branch),
    ]
}

/// Returns the state in words, with the day that comes next before a release is out.
fn state(row: &StatusRow) -> String {
    let state = row.state.name();
    let next = row.release.as_ref().and_then(|release| match row.state {
        ReleaseState::Phase(Phase::InDevelopment) => Some(format!("cut {}", planned(&release.cut))),
        ReleaseState::Phase(Phase::Cut | Phase::Candidate | Phase::Due) => {
            Some(format!("release {}", planned(&release.release)))
        }
        _ => None,
    });
    let lts = row.release.as_ref().filter(|release| release.lts && row.is_out());
    let words = [Some(state.to_owned()), lts.map(|_| "LTS".to_owned()), next];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn ahead(row: &StatusRow) -> String {
    let Some(ahead) = row.tip().and_then(|tip| tip.ahead).filter(|_| is_compared(row)) else {
        return if lacks_count(row) { UNKNOWN.to_owned() } else { String::new() };
    };
    let fixes = row.unreleased.as_ref().map(|unreleased| unreleased.fixes);
    match fixes.filter(|fixes| *fixes > 0 && *fixes < ahead) {
        Some(1) => format!("{ahead} (1 fix)"),
        Some(fixes) => format!("{ahead} ({fixes} fixes)"),
        None => ahead.to_string(),
    }
}

fn is_compared(row: &StatusRow) -> bool {
    row.state != ReleaseState::Phase(Phase::InDevelopment)
}

fn lacks_count(row: &StatusRow) -> bool {
    is_compared(row) && row.tip().is_some_and(|tip| tip.ahead.is_none())
}

/// Says why some numbers are not known.
fn unknown(rows: &[&StatusRow], sources: SourceCounts) -> Option<String> {
    let why = match sources.shallow {
        true => format!("the history is cut off here. {UNSHALLOW}"),
        false => "no tag here shows what is released of it.".to_owned(),
    };
    rows.iter()
        .any(|row| lacks_count(row))
        .then(|| format!("\n{UNKNOWN} stands for what is not known: {why}\n"))
}

/// Returns the last day of support, and how far that is.
fn end(row: &StatusRow, day: NaiveDate) -> Option<String> {
    let ReleaseState::Phase(Phase::Supported | Phase::LastDay | Phase::Ended) = row.state else {
        return None;
    };
    let last_day = row.term.as_ref()?.last_day();
    Some(format!("{last_day} ({})", in_days(last_day, day)))
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
