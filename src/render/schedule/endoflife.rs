//! The schedule as endoflife.date takes it: the page of a product, whose front matter holds its releases.

use std::ops::Range;

use super::words::one_line;
use crate::finding::{Finding, Place};
use crate::render::markdown_text;
use crate::rule;
use crate::train::schedule::{Schedule, ScheduleRow};
use crate::train::{Numbering, Phase};

/// What stands for the version in an address.
const LATEST: &str = "__LATEST__";

/// Returns the page, as the site's formatter leaves it, so that it can be sent as it is.
///
/// The keys are those of the site's contributing guide (<https://endoflife.date/contribute>); dates are bare,
/// cycles and versions quoted, as it asks. `eol` is the EOL day as published.
pub fn render(schedule: &Schedule) -> String {
    let page = &schedule.page;
    let name = one_line(&schedule.name);
    let mut front = vec![
        format!("title: {}", scalar(&name)),
        format!("category: {}", page.category.name()),
        format!("permalink: /{}", slug(&name)),
    ];
    front.extend(
        page.policy.as_ref().map(|policy| format!("releasePolicyLink: {}", scalar(&one_line(policy)))),
    );
    front.extend(changelog(schedule).map(|address| format!("changelogTemplate: {}", scalar(&address))));
    let repository = page.repository.as_deref().filter(|address| is_address(address));
    if let Some(address) = repository {
        let git = format!("{}.git", address.trim_end_matches('/').trim_end_matches(".git"));
        front.push(format!("\nauto:\n  methods:\n    - git: {git}"));
    }
    let name = markdown_text(&name);
    let name = repository.map_or_else(|| name.clone(), |address| format!("[{name}]({address})"));
    let (front, releases) = (front.join("\n"), releases(schedule));
    format!("---\n{front}\n\n{releases}---\n\n> {name} is released on days that are known in advance.\n")
}

/// Returns the page `text` (the file `path`) with the releases of the schedule; all else of it stays.
///
/// # Errors
///
/// A finding if it is no page of a product.
pub fn updated(path: &str, text: &str, schedule: &Schedule) -> Result<String, Vec<Finding>> {
    let Some(place) = releases_in(text) else {
        let message =
            format!("{path} is not a page of endoflife.date: it has no front matter with `releases:`");
        let finding =
            Finding::of(rule::SCHEDULE_FORMAT, message).at(Place { path: path.to_owned(), spot: None });
        return Err(vec![finding.remedy("name a file that is not there, or remove it")]);
    };
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let releases = releases(schedule).replace('\n', newline);
    Ok(format!("{}{releases}{}", &text[..place.start], &text[place.end..]))
}

/// Returns where the releases are in the front matter: from their key to the next one or to its end.
fn releases_in(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    let mut begin = None;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim_end();
        let is_key = !content.is_empty() && !content.starts_with([' ', '-', '#']);
        match begin {
            _ if number == 0 && content != "---" => return None,
            Some(begin) if is_key || (number > 0 && content == "---") => return Some(begin..at),
            None if number > 0 && content == "---" => return None,
            None if content.starts_with("releases:") => begin = Some(at),
            _ => {}
        }
        at += line.len();
    }
    None
}

/// Returns the list, newest first, of the releases that are out: the site lists no others.
fn releases(schedule: &Schedule) -> String {
    let out = |row: &&ScheduleRow| match row.release.release.actual {
        Some(actual) => actual <= schedule.date,
        None => row.phase.is_supported() || row.phase == Phase::Ended,
    };
    let rows: Vec<&ScheduleRow> = schedule.rows.iter().filter(out).collect();
    if rows.is_empty() {
        return "releases: []\n".to_owned();
    }
    let releases: Vec<String> = rows.into_iter().rev().map(|row| release(schedule, row)).collect();
    format!("releases:\n{}", releases.join("\n"))
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
        "  - releaseCycle: \"{}\"\n    releaseDate: {day}\n{lts}    eol: {}\n    latest: \"{latest}\"\n    latestReleaseDate: {latest_day}\n",
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

/// Returns the address of a release, with what stands for its latest version, as the newest tag has it.
fn changelog(schedule: &Schedule) -> Option<String> {
    schedule.rows.iter().rev().find_map(|row| {
        let (version, _) = row.latest.as_ref()?;
        let address = row.links.tag.as_ref()?.address.as_ref()?;
        let version = version.to_string();
        address.contains(&version).then(|| address.replace(&version, LATEST))
    })
}

/// Returns the name as a part of an address of the site: lower-case letters, digits, and hyphens between them.
fn slug(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let slug = parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    if slug.is_empty() { "product".to_owned() } else { slug }
}

/// Returns the text as YAML: bare where that cannot be misread.
fn scalar(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && !text.ends_with(' ');
    let is_bare = is_word && text.chars().all(|c| is_plain(c) || c == ' ') && !is_value(text);
    if is_bare || is_address(text) {
        return text.to_owned();
    }
    // Double quotes, unless the text has more of them than of the others: so does the formatter.
    let count = |mark| text.matches(mark).count();
    if count('"') > count('\'') && !text.contains('\\') {
        return format!("'{}'", text.replace('\'', "''"));
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns whether YAML takes the word for another value than a text.
fn is_value(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&word.as_str())
}

/// Returns whether the text is an address that nothing need be escaped in.
fn is_address(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| rest.chars().all(|c| is_plain(c) || c == '~'))
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-')
}
