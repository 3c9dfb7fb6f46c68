//! Workflows of the forge: on which branches they run, and when.

use super::super::draft::quoted;
use super::told::ToolSettings;

/// Takes what a workflow in `file` tells: the names of release branches, where there are none yet, and the day of
/// the month on which something is cut.
pub(super) fn read(told: &mut ToolSettings, text: &str, file: &str, has_branches: bool) {
    let is_about_releases = text.to_lowercase().contains("release");
    if let Some(branch) = branch(text).filter(|_| !has_branches && !told.names("branch")) {
        let line = format!("branch = {}", quoted(&branch));
        told.add("[names]", line, &format!("as `branches` in {file}"));
    }
    if let Some(day) = day(text).filter(|_| is_about_releases && !told.names("cut-day")) {
        told.add("[schedule]", format!("cut-day = {day}"), &format!("as `cron` in {file}"));
    }
}

impl ToolSettings {
    /// Returns whether something is said of a key already.
    fn names(&self, key: &str) -> bool {
        let begins = |line: &String| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = "));
        self.settings.iter().any(|setting| setting.lines.iter().any(begins))
    }
}

/// Returns how release branches are named, by the first pattern that looks like such.
fn branch(text: &str) -> Option<String> {
    let mut listed = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(rest) = line.trim().strip_prefix("branches:") else { continue };
        listed.extend(rest.trim().trim_matches(['[', ']']).split(',').map(str::to_owned));
        while let Some(item) = lines.next_if(|line| line.trim_start().starts_with("- ")) {
            listed.push(item.trim_start().trim_start_matches("- ").to_owned());
        }
    }
    listed.iter().find_map(|item| {
        let item = item.trim().trim_matches(['"', '\'']);
        let (before, after) = item.split_once(['*', '['])?;
        let is_usual = ["release", "rel", "stable", "v"].iter().any(|word| before.starts_with(word));
        let is_whole = after.trim_start_matches('*').is_empty();
        (is_usual && is_whole && !before.contains('{')).then(|| format!("{before}{{version}}"))
    })
}

/// Returns the day of the month on which it runs, if it runs on one alone: the first such, which begins.
fn day(text: &str) -> Option<u32> {
    let crons = text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("cron:"));
    let day = |cron: &str| {
        let fields: Vec<&str> = cron.split('#').next()?.trim().trim_matches(['"', '\'']).split(' ').collect();
        let [_, _, day, "*", "*"] = fields[..] else { return None };
        day.parse().ok().filter(|day| (1..=28).contains(day))
    };
    crons.filter_map(day).min()
}
