//! What is to be done, and what nobody can change, in sentences.

use chrono::NaiveDate;

use crate::git::tracking::TrackingDistance;
use crate::status::{Fixes, Past, Todo};
use crate::text::{counted, long};
use crate::version::short;

/// Returns what is to be done, as one says it on `day`.
pub fn sentence(todo: &Todo, day: NaiveDate) -> String {
    match todo {
        Todo::Release { version, due } => format!("release {version}: due {}", since(*due, day)),
        Todo::Cut { version, due } => format!("cut {version}: due {}", since(*due, day)),
        Todo::Tag { version, branch, since: made } => {
            format!("tag {version}: prepared on {branch} {}, and not tagged", since(*made, day))
        }
        Todo::Ends { version, last_day, fixes: Some(fixes) } => {
            format!(
                "patch {}: it ends {}, with {}",
                short(version),
                until(*last_day, day),
                waiting(fixes, day)
            )
        }
        Todo::Ends { version, last_day, fixes: None } => {
            let (short, until) = (short(version), until(*last_day, day));
            format!("{short} ends {until}, and whether all of it is released is not known")
        }
        Todo::Patch { version, fixes } => format!("patch {}: {}", short(version), waiting(fixes, day)),
        Todo::NoBranch { version, branch } => {
            let short = short(version);
            format!(
                "{short} needs security fixes, and there is no branch {branch} here (a train that began later states `schedule.since`)"
            )
        }
        Todo::OtherVersion { branch, version } => format!("{branch} names the version {version}"),
        Todo::Apart { branch, distance } => apart(branch.as_str(), distance),
    }
}

/// Returns what went otherwise than planned.
pub(super) fn story(past: &Past) -> String {
    match past {
        Past::AfterEnd { short, tag, last_day } => {
            format!("{short} ended on {}, and {tag} came after that", long(*last_day))
        }
        Past::NeverTagged { version, tagged } => format!("{version} was never tagged though {tagged} was"),
    }
}

/// Returns how many fixes wait, since when, and what for.
fn waiting(Fixes { count, since: first, advisories }: &Fixes, day: NaiveDate) -> String {
    let fixes = if *count == 1 { "1 fix".to_owned() } else { format!("{count} fixes") };
    let named: Vec<&str> = advisories.iter().map(String::as_str).collect();
    let named = if named.is_empty() { String::new() } else { format!(", for {}", named.join(", ")) };
    format!("{fixes} unreleased {}{named}", since(*first, day))
}

fn apart(branch: &str, TrackingDistance { remote, ahead, behind, .. }: &TrackingDistance) -> String {
    let commits = |count: &usize| counted(*count, "commit");
    match (*ahead, *behind) {
        (0, _) => format!("{branch} lacks {} of {remote}", commits(behind)),
        (_, 0) => format!("{branch} has {} that {remote} lacks", commits(ahead)),
        _ => format!("{branch} has diverged: {} here, {} of {remote}", commits(ahead), commits(behind)),
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
