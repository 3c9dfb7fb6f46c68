//! The status of the release branches, for people and for programs.

use anstyle::{AnsiColor, Color, Style};
use chrono::NaiveDate;
use serde::Serialize;

use crate::repo::survey::Tip;
use crate::status::{Had, Row, State, Status, Todo};
use crate::train::{Day, Phase};

/// The number of the JSON format; it rises when a field changes its meaning or goes away.
pub const FORMAT: u32 = 1;

const HEADING: Style = Style::new().underline();

/// Returns the status for the terminal.
pub fn human(name: &str, status: &Status) -> String {
    let mut text = vec![format!("{name} on {}, from {}\n\n", long(status.day), had(status.had))];
    text.push(table(status));
    if status.todo.is_empty() {
        text.push("\nNothing to do.\n".to_owned());
    } else {
        text.push("\nTo do:\n".to_owned());
        text.extend(status.todo.iter().map(|todo| format!("* {}\n", sentence(todo, status.day))));
    }
    text.concat()
}

/// Returns the branches that a security fix must go to, one a line.
pub fn lines(branches: &[&str]) -> String {
    branches.iter().flat_map(|branch| [branch, "\n"]).collect()
}

/// Returns the branches that a security fix must go to, as a JSON array on one line.
pub fn array(branches: &[&str]) -> String {
    // Strings alone: nothing in it can fail to serialize.
    serde_json::to_string(branches).map(|json| json + "\n").unwrap_or_default()
}

fn had(had: Had) -> String {
    let count = |number: usize, one: &str, many: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    };
    let refs = format!(
        "{} and {}",
        count(had.branches, "release branch", "release branches"),
        count(had.tags, "tag", "tags")
    );
    match (had.policy, had.branches + had.tags) {
        (true, 0) => "the policy alone: there are no release branches or tags here".to_owned(),
        (true, _) => format!("the policy, {refs}"),
        (false, 0) => "nothing: there is no policy, and no release branch or tag".to_owned(),
        (false, _) => format!("{refs} alone: no policy tells what is supported"),
    }
}

fn table(status: &Status) -> String {
    let mut rows = vec![
        ["Branch", "Where", "State", "Version", "MSRV", "Latest", "Unreleased", "Days"].map(str::to_owned),
    ];
    rows.extend(status.rows.iter().map(|row| cells(row, status.day)));
    let mut widths = [0; 8];
    for cells in &rows {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let styles = std::iter::once(HEADING).chain(status.rows.iter().map(|row| style(row.state)));
    let line = |(cells, style): (&[String; 8], Style)| {
        let padded: Vec<String> =
            cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{style}{}{style:#}\n", padded.join("  ").trim_end())
    };
    rows.iter().zip(styles).map(line).collect()
}

fn cells(row: &Row, day: NaiveDate) -> [String; 8] {
    let places = row.tips.iter().map(|tip| tip.remote.as_deref().unwrap_or("local"));
    let version = row.declared.version.as_ref().map(ToString::to_string);
    let latest = row.latest.as_ref().map(|(tag, day)| format!("{tag} ({day})"));
    let unreleased =
        row.tip().and_then(|tip| tip.ahead).filter(|_| row.state != State::Phase(Phase::InDevelopment));
    [
        row.branch.clone(),
        places.collect::<Vec<_>>().join(", "),
        row.state.name().to_owned(),
        version.unwrap_or_default(),
        row.declared.msrv.clone().unwrap_or_default(),
        latest.unwrap_or_default(),
        unreleased.map(|number| number.to_string()).unwrap_or_default(),
        days(row, day),
    ]
}

/// Returns the day that comes next for the release, planned and actual where they differ.
fn days(row: &Row, day: NaiveDate) -> String {
    let Some(release) = &row.release else {
        return row.released.map(|day| format!("released {day}")).unwrap_or_default();
    };
    let late = release
        .release
        .differs()
        .map(|actual| format!("; released {actual}, planned {}", release.release.planned));
    let late = late.unwrap_or_default();
    match row.state {
        State::Phase(Phase::InDevelopment) => format!("cut {}", planned(&release.cut)),
        State::Phase(Phase::Cut | Phase::Candidate | Phase::Due) => {
            format!("release {}", planned(&release.release))
        }
        State::Phase(Phase::Supported | Phase::LastDay) => {
            let left = row.days_left(day).unwrap_or(0);
            format!("until {} ({left} left){late}", release.term.last_day())
        }
        State::Phase(Phase::Ended) => format!("ended {}{late}", release.term.last_day()),
        State::Released => late,
    }
}

fn planned(day: &Day) -> String {
    if day.due == day.planned {
        day.planned.to_string()
    } else {
        format!("{} (due {})", day.planned, day.due)
    }
}

fn style(state: State) -> Style {
    let color = |color| Style::new().fg_color(Some(Color::Ansi(color)));
    match state {
        State::Phase(Phase::Supported) => color(AnsiColor::Green),
        State::Phase(Phase::LastDay | Phase::Due) => color(AnsiColor::Red),
        State::Phase(Phase::Cut | Phase::Candidate) => color(AnsiColor::Yellow),
        State::Phase(Phase::Ended) => Style::new().dimmed(),
        State::Phase(Phase::InDevelopment) | State::Released => Style::new(),
    }
}

/// Returns what is to be done, as one says it on `day`.
pub fn sentence(todo: &Todo, day: NaiveDate) -> String {
    match todo {
        Todo::Release { version, due } => format!("release {version}: due {}", since(*due, day)),
        Todo::Cut { version, due } => format!("cut {version}: due {}", since(*due, day)),
        Todo::Ends { short, last_day, unreleased } => {
            let commits = match unreleased {
                0 => String::new(),
                1 => " with 1 commit unreleased".to_owned(),
                number => format!(" with {number} commits unreleased"),
            };
            format!("{short} ends {}{commits}", until(*last_day, day))
        }
        Todo::NoBranch { short, branch } => {
            format!("{short} needs security fixes, and there is no branch {branch} here")
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

fn long(day: NaiveDate) -> String {
    day.format("%B %-d %Y").to_string()
}

/// Returns the status for programs: all of it, newest release first.
///
/// ```json
/// {
///   "format": 1,                       // rises when a field changes its meaning or goes away
///   "name": "Wasmtime",
///   "as-of": "2025-05-04",
///   "had": { "policy": true, "tags": 42, "branches": 17 },
///   "releases": [{                     // newest first; what is not known is null
///     "version": "32.0.0",
///     "state": "supported",            // in-development, cut, candidate, due, supported, last-day, ended, released
///     "needs-fixes": true,             // whether a security fix must go there; null without a policy
///     "branch": "release-32.0.0",
///     "places": [{ "remote": null, "commit": "…", "unreleased": 0 }],   // null: a local branch
///     "declared-version": "32.0.1",    // by the manifests on the branch
///     "msrv": "1.84",
///     "latest": "v32.0.1", "latest-day": "2025-04-28",
///     "cut": { "planned": "2025-04-05", "due": "2025-04-05", "actual": null },
///     "released": { "planned": "2025-04-20", "due": "2025-04-21", "actual": "2025-04-22" },
///     "eol": "2025-06-20", "last-day": "2025-06-20",      // the last day of support, that day included
///     "days-left": 47,                 // 0 on the last day
///     "unreleased": 2                  // commits since the latest tag, or since the cut
///   }],
///   "todo": [{ "kind": "cut", "text": "cut 33.0.0: due since yesterday" }]
/// }
/// ```
pub fn json(name: &str, status: &Status) -> String {
    let document = Document {
        format: FORMAT,
        name,
        as_of: status.day.to_string(),
        had: status.had,
        releases: status.rows.iter().map(|row| release(row, status.day)).collect(),
        todo: status
            .todo
            .iter()
            .map(|todo| ToDo { kind: kind(todo), text: sentence(todo, status.day) })
            .collect(),
    };
    // Strings and numbers alone: nothing in it can fail to serialize.
    serde_json::to_string_pretty(&document).map(|json| json + "\n").unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    format: u32,
    name: &'a str,
    as_of: String,
    had: Had,
    releases: Vec<Release<'a>>,
    todo: Vec<ToDo>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Release<'a> {
    version: String,
    state: String,
    needs_fixes: Option<bool>,
    branch: &'a str,
    places: Vec<Place<'a>>,
    declared_version: Option<String>,
    msrv: Option<&'a str>,
    latest: Option<&'a str>,
    latest_day: Option<String>,
    cut: Option<Days>,
    released: Option<Days>,
    eol: Option<String>,
    last_day: Option<String>,
    days_left: Option<i64>,
    unreleased: Option<usize>,
}

#[derive(Serialize)]
struct Place<'a> {
    remote: Option<&'a str>,
    commit: String,
    unreleased: Option<usize>,
}

#[derive(Serialize)]
struct Days {
    planned: Option<String>,
    due: Option<String>,
    actual: Option<String>,
}

#[derive(Serialize)]
struct ToDo {
    kind: &'static str,
    text: String,
}

fn release(row: &Row, day: NaiveDate) -> Release<'_> {
    let text = |day: NaiveDate| day.to_string();
    let days = |day: &Day| Days {
        planned: Some(text(day.planned)),
        due: Some(text(day.due)),
        actual: day.actual.map(text),
    };
    let plan = row.release.as_ref();
    let by_tag = row.released.map(|day| Days { planned: None, due: None, actual: Some(text(day)) });
    Release {
        version: row.version.to_string(),
        state: row.state.name().replace(' ', "-"),
        needs_fixes: match row.state {
            State::Phase(phase) if plan.is_some() => Some(phase.needs_fixes()),
            _ => None,
        },
        branch: &row.branch,
        places: row.tips.iter().map(place).collect(),
        declared_version: row.declared.version.as_ref().map(ToString::to_string),
        msrv: row.declared.msrv.as_deref(),
        latest: row.latest.as_ref().map(|(tag, _)| tag.as_str()),
        latest_day: row.latest.as_ref().map(|(_, day)| text(*day)),
        cut: plan.map(|plan| days(&plan.cut)),
        released: plan.map(|plan| days(&plan.release)).or(by_tag),
        eol: plan.map(|plan| text(plan.term.eol)),
        last_day: plan.map(|plan| text(plan.term.last_day())),
        days_left: row.days_left(day),
        unreleased: row.tip().and_then(|tip| tip.ahead),
    }
}

fn place(tip: &Tip) -> Place<'_> {
    Place { remote: tip.remote.as_deref(), commit: tip.commit.to_string(), unreleased: tip.ahead }
}

fn kind(todo: &Todo) -> &'static str {
    match todo {
        Todo::Release { .. } => "release",
        Todo::Cut { .. } => "cut",
        Todo::Ends { .. } => "ends",
        Todo::NoBranch { .. } => "no-branch",
        Todo::OtherVersion { .. } => "other-version",
        Todo::Differs { .. } => "differs",
        Todo::PastEnd { .. } => "past-end",
        Todo::NeverTagged { .. } => "never-tagged",
    }
}
