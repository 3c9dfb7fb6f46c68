//! A plan for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;

use super::table::Table;
use super::{BOLD, DIM, NEW, mark};
use crate::git::BranchName;
use crate::path::RepoPath;
use crate::plan::files::What;
use crate::plan::{Command, Commit, LeftOut, Plan};
use crate::text::{counted, escaped, listed, on_a_line};

/// Returns the plan as text, with styles; in full where `verbose`.
pub fn human(plan: &Plan, verbose: bool) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{BOLD}{}{BOLD:#} {DIM}({}){DIM:#}", title(plan), plan.date);
    for commit in &plan.commits {
        lines(&mut out, commit, verbose);
        staying(&mut out, commit, verbose);
        files(&mut out, commit, verbose);
    }
    refs(&mut out, plan);
    if !plan.runs.is_empty() {
        let _ = writeln!(
            out,
            "\n{BOLD}Programs{BOLD:#} {DIM}(their changes to tracked files join the commit){DIM:#}"
        );
        for run in &plan.runs {
            let _ = writeln!(out, "  {}", on_a_line(&run.words().join(" ")));
        }
    }
    superseded(&mut out, plan);
    followers(&mut out, plan);
    out
}

/// Returns the branches that were asked for and are not prepared, as text, with styles.
pub fn left(left: &[LeftOut]) -> String {
    let mut out = String::new();
    for LeftOut { branch, reason } in left {
        if out.is_empty() {
            let _ = writeln!(out, "\n{BOLD}Left out{BOLD:#}");
        }
        let _ = writeln!(out, "  {}  {DIM}{}{DIM:#}", escaped(branch), escaped(reason));
    }
    out
}

/// Says in one line what the plan is.
fn title(plan: &Plan) -> String {
    let (name, version) = (escaped(&plan.name), &plan.version);
    match plan.command {
        Command::Branch => match plan.commits.last() {
            Some(trunk) => format!("Cut {name} {version}, and bump the trunk to {}", trunk.version),
            None => format!("Cut {name} {version}"),
        },
        Command::Bump => format!("Bump {name} to {version}"),
        Command::Rc => format!("Prepare the release candidate {name} {version}"),
        Command::Patch => format!("Prepare the patch release {name} {version}"),
        Command::Release => format!("Release {name} {version}"),
        Command::Notes => format!("Bring the notes of releases of {name} to the trunk"),
    }
}

fn lines(out: &mut String, commit: &Commit, verbose: bool) {
    if commit.lines.is_empty() {
        let _ = writeln!(out, "\n{BOLD}Versions{BOLD:#} on {}: all stay", escaped(&commit.branch));
        return;
    }
    let _ = writeln!(out, "\n{BOLD}Versions{BOLD:#} on {}", escaped(&commit.branch));
    let mut table = Table::new(" ");
    for line in &commit.lines {
        let names = listed(&line.packages, if verbose { usize::MAX } else { 2 });
        let packages =
            format!(" {DIM}{}:{DIM:#} {}", counted(line.packages.len(), "package"), escaped(&names));
        let plain = |text: String| (text, Style::new());
        let (from, to) = (line.from.to_string(), line.to.to_string());
        table.styled("  ", [plain(from), plain("→".to_owned()), (to, NEW), plain(packages)]);
    }
    out.push_str(&table.to_string());
}

fn staying(out: &mut String, commit: &Commit, verbose: bool) {
    let mut groups: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for stay in &commit.staying {
        groups.entry((stay.why, &stay.version)).or_default().push(&stay.package);
    }
    if groups.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{BOLD}Staying{BOLD:#}");
    for ((why, version), names) in groups {
        let version = version.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        let shown = listed(&names, if verbose { usize::MAX } else { 3 });
        let _ = writeln!(
            out,
            "  {version}  {DIM}{} ({}):{DIM:#} {}",
            counted(names.len(), "package"),
            why.text(),
            escaped(&shown)
        );
    }
}

fn files(out: &mut String, commit: &Commit, verbose: bool) {
    let _ = writeln!(out, "\n{BOLD}Files{BOLD:#}");
    let mut line = |file: &str, what: &str| {
        let _ = writeln!(out, "  {}  {DIM}{what}{DIM:#}", escaped(file));
    };
    let changed = |versions, requirements| {
        format!("{}, {}", counted(versions, "version"), counted(requirements, "requirement"))
    };
    let (mut manifests, mut versions, mut requirements) = (0, 0, 0);
    let unsettled = |path: &RepoPath| commit.unsettled.iter().any(|lock| lock.path == *path);
    for file in commit.files.iter().filter(|file| !unsettled(&file.path)) {
        let what = match file.what {
            What::Manifest { versions: v, requirements: r } => {
                (manifests, versions, requirements) = (manifests + 1, versions + v, requirements + r);
                if verbose {
                    line(file.path.as_str(), &changed(v, r));
                }
                continue;
            }
            What::Lock => "members' versions".to_owned(),
            What::VersionFile => "version file".to_owned(),
            What::Notes { layout } => {
                let layout = layout.map(|layout| format!(" ({layout})")).unwrap_or_default();
                format!("notes{layout}{}", if file.before.is_none() { ", new" } else { "" })
            }
        };
        line(file.path.as_str(), &what);
    }
    if manifests > 0 && !verbose {
        line(&counted(manifests, "manifest"), &changed(versions, requirements));
    }
    for lock in &commit.unsettled {
        line(lock.path.as_str(), &format!("left to Cargo: {}", escaped(lock.reasons.join("; "))));
    }
}

fn refs(out: &mut String, plan: &Plan) {
    let _ = writeln!(out, "\n{BOLD}Branches{BOLD:#}");
    let mut line = |is_new, branch: &BranchName, what: String| {
        let _ = writeln!(out, "  {}  {}  {DIM}{what}{DIM:#}", mark(is_new), escaped(branch));
    };
    for branch in &plan.branches {
        line(true, &branch.name, format!("at {}", branch.at.short()));
    }
    for commit in &plan.commits {
        let subject = escaped(commit.message.lines().next().unwrap_or_default());
        line(commit.makes_branch, &commit.branch, format!("{} + “{subject}”", commit.parent.short()));
    }
}

fn followers(out: &mut String, plan: &Plan) {
    if plan.followers.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\n{BOLD}Left to do{BOLD:#} {DIM}(in other repositories, under the same number){DIM:#}"
    );
    for follower in &plan.followers {
        let (name, place) = (escaped(&follower.name), escaped(&follower.repository));
        let files = match follower.files.as_slice() {
            [] => String::new(),
            files => format!(": {}", escaped(files.join(", "))),
        };
        let _ = writeln!(out, "  {name} {}  {DIM}{place}{files}{DIM:#}", plan.version);
    }
}

fn superseded(out: &mut String, plan: &Plan) {
    if plan.superseded.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{BOLD}Superseded{BOLD:#} {DIM}(yank these where they were published){DIM:#}");
    for old in &plan.superseded {
        let _ = writeln!(out, "  cargo yank {}@{}", old.package, old.version);
    }
}
