//! The schedule in the shape that endoflife.date takes: the `releases` of a product file.

use crate::train::schedule::{Schedule, ScheduleRow};
use crate::train::{Numbering, Phase};

/// Returns the list in YAML, newest first, with the releases that are out: the site lists no others.
///
/// The keys are those of the site's contributing guide (<https://endoflife.date/contribute>); dates
/// are bare, cycles and versions quoted, as it asks. `eol` is the EOL day as published.
pub fn render(schedule: &Schedule) -> String {
    let out = |row: &&ScheduleRow| match row.release.release.actual {
        Some(actual) => actual <= schedule.date,
        None => row.phase.is_supported() || row.phase == Phase::Ended,
    };
    let rows: Vec<&ScheduleRow> = schedule.rows.iter().filter(out).collect();
    if rows.is_empty() {
        return "releases: []\n".to_owned();
    }
    let releases: Vec<String> = rows.into_iter().rev().map(|row| release(schedule, row)).collect();
    format!("releases:\n\n{}", releases.join("\n"))
}

fn release(schedule: &Schedule, row: &ScheduleRow) -> String {
    let release = &row.release;
    let day = release.release.came();
    let (latest, latest_day) = match &row.latest {
        Some((version, day)) => (version, *day),
        None => (&release.version, day),
    };
    let lts = if release.lts { "    lts: true\n" } else { "" };
    format!(
        "-   releaseCycle: \"{}\"\n{lts}    releaseDate: {day}\n    eol: {}\n    latest: \"{latest}\"\n    latestReleaseDate: {latest_day}\n",
        cycle(schedule, row),
        release.term.eol,
    )
}

/// Returns the name of the cycle: `36` for a train of majors, `1.84` for one of minors.
fn cycle(schedule: &Schedule, row: &ScheduleRow) -> String {
    match schedule.numbering {
        Numbering::Major => row.release.number.to_string(),
        Numbering::Minor { .. } => schedule.numbering.short(row.release.number),
    }
}
