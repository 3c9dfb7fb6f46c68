//! The advice of refusals: what names a command is followed, and does not lead back to where it was given.

use std::collections::BTreeMap;
use std::path::Path;

use crate::fixture::Fixture;
use crate::layers::{is_source, read_folder};

/// One advice that names a command.
struct Advice {
    /// The file below `src` that gives it, and the command as it stands there, behind `cargo relprep`.
    given: (&'static str, &'static str),
    /// The workspace, and what is done to it before, by git or by the program.
    lay: (&'static str, &'static [&'static str]),
    /// What is asked, and the rule that answers.
    asked: (&'static str, &'static str),
    /// What one does who follows the advice, by git or by the program.
    follow: &'static [&'static str],
}

const CUT: &[&str] = &["relprep branch", "git switch --quiet release-7.0.0"];
const OUT: &[&str] = &["relprep branch", "git switch --quiet release-7.0.0", "relprep release"];
const CANDIDATE: &[&str] = &["relprep branch", "git switch --quiet release-49.0.0"];

/// A schedule of the plain workspace, where nothing was ever supported on the day.
const TRAIN: &str =
    "relprep.toml=[schedule]\nanchor = { version = '7.0.0', release = '2024-08-20' }\nsince = '7.0.0'\n";
const SKIPPED: &str = "relprep.toml=[schedule]\nanchor = { version = '6.0.0', release = '2024-08-20' }\n\
                       [[schedule.release]]\nversion = '7.0.0'\nskip = 'number'\nreason = 'burned'\n";
const OPEN: &str = "relprep.toml=[schedule]\nanchor = { version = '7.0.0', release = '2024-05-01' }\nsince = '7.0.0'\n\
                    support-months = 24\n";

const PLAIN: &str = "virtual-workspace";
const CANDIDATES: &str = "candidate-train";

#[rustfmt::skip]
const ADVICE: &[Advice] = &[
    Advice { given: ("plan/preconditions.rs", "branch"), lay: (PLAIN, &[]), asked: ("patch", "not-on-release-branch"), follow: &["relprep branch"] },
    Advice { given: ("plan/preconditions.rs", "bump"), lay: (PLAIN, &[]), asked: ("release", "not-on-release-branch"), follow: &["relprep bump"] },
    Advice { given: ("plan/preconditions.rs", "bump --to VERSION"), lay: (PLAIN, &[SKIPPED]), asked: ("branch", "number-skipped"), follow: &["relprep bump --to 8.0.0"] },
    Advice { given: ("plan/preconditions.rs", "bump"), lay: (PLAIN, &["git tag v7.0.0", "git commit --quiet --allow-empty -m x"]), asked: ("branch", "tag-exists"), follow: &["relprep bump"] },
    Advice { given: ("plan/preconditions.rs", "branch --at"), lay: (PLAIN, &["git tag v7.0.0", "git commit --quiet --allow-empty -m x"]), asked: ("branch", "tag-exists"), follow: &["relprep branch --at v7.0.0"] },
    Advice { given: ("plan/preconditions.rs", "patch"), lay: (CANDIDATES, &["relprep branch", "git switch --quiet release-49.0.0", "relprep release"]), asked: ("rc", "already-released"), follow: &["relprep patch"] },
    Advice { given: ("plan/maintain.rs", "branch"), lay: (CANDIDATES, &[]), asked: ("bump", "prerelease"), follow: &["relprep branch"] },
    Advice { given: ("plan/maintain.rs", "release"), lay: (PLAIN, CUT), asked: ("rc", "no-candidates"), follow: &["relprep release"] },
    Advice { given: ("plan/maintain.rs", "release"), lay: (CANDIDATES, CANDIDATE), asked: ("patch", "prerelease"), follow: &["relprep release", "relprep patch"] },
    Advice { given: ("plan/maintain.rs", "release"), lay: (PLAIN, CUT), asked: ("patch --dry-run", "never-released"), follow: &["relprep release", "relprep patch"] },
    Advice { given: ("plan/maintain.rs", "patch"), lay: (PLAIN, OUT), asked: ("release", "nothing-to-do"), follow: &["relprep patch"] },
    Advice { given: ("plan/cut.rs", "release"), lay: (PLAIN, &["relprep branch"]), asked: ("branch", "trunk-already-moved"), follow: &["git switch --quiet release-7.0.0", "relprep release"] },
    Advice { given: ("ops/tag.rs", "branch"), lay: (PLAIN, &["relprep branch", "git switch --quiet release-7.0.0", "relprep release", "git tag v7.0.0", "git switch --quiet main", "git commit --quiet --allow-empty -m x"]), asked: ("tag", "not-on-release-branch"), follow: &["relprep branch"] },
    Advice { given: ("ops/tag.rs", "release"), lay: ("prerelease-train", &["relprep branch", "git switch --quiet release-0.20.0", "relprep.toml=lead = 'bevel'\n"]), asked: ("tag", "prerelease"), follow: &["relprep release", "relprep tag"] },
    Advice { given: ("ops/tag.rs", "release"), lay: (PLAIN, CUT), asked: ("tag", "never-released"), follow: &["relprep release", "relprep tag"] },
    Advice { given: ("ops/tag.rs", "patch"), lay: (PLAIN, &["relprep branch", "git switch --quiet release-7.0.0", "relprep release", "git tag v7.0.0", "git commit --quiet --allow-empty -m x"]), asked: ("tag", "tag-exists"), follow: &["relprep patch", "relprep tag"] },
    Advice { given: ("ops/targets.rs", "schedule"), lay: (PLAIN, &[TRAIN]), asked: ("patch --supported", "no-target"), follow: &["relprep schedule"] },
    Advice { given: ("status.rs", "status"), lay: (PLAIN, &[OPEN, "relprep branch"]), asked: ("patch --supported --except 9.0=why", "waiver-unused"), follow: &["relprep status"] },
    Advice { given: ("check/tag_version.rs", "bump"), lay: (PLAIN, &["git tag v7.0.0", "git commit --quiet --allow-empty -m x"]), asked: ("check", "tag-version"), follow: &["relprep bump", "relprep check"] },
    Advice { given: ("check/tag_version.rs", "bump"), lay: (PLAIN, &["git branch release-6.0.0", "git tag v7.0.0", "git commit --quiet --allow-empty -m x"]), asked: ("check", "tag-version"), follow: &["relprep bump", "relprep check"] },
    Advice { given: ("check/tag_version.rs", "patch"), lay: (PLAIN, &["relprep branch", "git switch --quiet release-7.0.0", "relprep release", "git tag v7.0.0", "git commit --quiet --allow-empty -m x"]), asked: ("check", "tag-version"), follow: &["relprep patch", "relprep check"] },
    Advice { given: ("check/supported.rs", "backport {} {}"), lay: (PLAIN, &[OPEN, "relprep branch", "crates/orbit/src/lib.rs=// fixed\n", "relprep branch --date 2024-06-01", "git switch --quiet release-8.0.0", "crates/orbit/src/fix.rs=// fix\n"]), asked: ("check --supported --date 2024-06-02", "fix-missing"), follow: &[] },
    Advice { given: ("ops/replay/steps.rs", "replay"), lay: (PLAIN, &["relprep branch"]), asked: ("replay 99.0.0", "no-step"), follow: &["relprep replay"] },
    Advice { given: ("ops/workflows.rs", "ci github"), lay: (PLAIN, &[]), asked: ("ci --check", "workflow-stale"), follow: &["relprep ci github", "relprep ci --check"] },
    Advice { given: ("cli/init.rs", "init --diff"), lay: ("candidate-train", &[]), asked: ("init", "config-there"), follow: &["relprep init --diff"] },
    Advice { given: ("cli/help.rs", "help"), lay: (PLAIN, &[]), asked: ("help brunch", "no-topic"), follow: &["relprep help"] },
];

/// What names a command and is no advice of a refusal: help, the text of a pull request, what a rule asks for, and the
/// heads of files.
const NO_ADVICE: &[&str] =
    &["config/keys.rs", "ops/init/draft.rs", "plan/pull_request.rs", "rule.rs", "workflow/mark.rs"];

/// Returns the commands that each file of `src` names in its texts, sorted.
fn given() -> BTreeMap<String, Vec<String>> {
    let mut files = Vec::new();
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in files {
        if !is_source(&path) || NO_ADVICE.contains(&path.as_str()) {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap();
        let lines: Vec<&str> = code.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
        let code = lines.join("\n").replace("\\\n", "");
        for rest in code.split("`cargo relprep ").skip(1) {
            let command = rest.split('`').next().unwrap();
            if command.starts_with(|c: char| c.is_ascii_lowercase()) && command != "help TOPIC" {
                given.entry(path.clone()).or_default().push(command.to_owned());
            }
        }
    }
    sorted(given)
}

fn sorted(mut commands: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    for commands in commands.values_mut() {
        commands.sort();
    }
    commands
}

#[test]
fn every_advice_that_names_a_command_is_followed_here() {
    let mut followed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Advice { given: (path, command), .. } in ADVICE {
        followed.entry((*path).to_owned()).or_default().push((*command).to_owned());
    }
    assert_eq!(given(), sorted(followed), "`ADVICE` has a case for each");
}

/// Does a step: a command of git or of the program, or a file that is written and committed, `path=text`.
fn step(fixture: &Fixture, step: &str) -> Option<crate::fixture::Said> {
    if let Some(args) = step.strip_prefix("git ") {
        fixture.sandbox.git(args.split(' '));
        return None;
    }
    if let Some(args) = step.strip_prefix("relprep ") {
        return Some(fixture.run(args));
    }
    let (path, text) = step.split_once('=').unwrap();
    fixture.sandbox.write(path, text);
    fixture.sandbox.commit_all(&format!("Fix {path}"));
    None
}

#[test]
fn no_advice_leads_back_to_the_refusal_that_gives_it() {
    for Advice { given: (path, command), lay: (shape, steps), asked: (asked, rule), follow } in ADVICE {
        let case = format!("{path}: `{command}` after `{asked}`");
        let fixture = Fixture::new(shape);
        for done in *steps {
            let said = step(&fixture, done);
            assert!(said.as_ref().is_none_or(|said| said.status == 0), "{case}: {done}: {said:?}");
        }
        let first = fixture.run(asked);
        let advice = command.split(" {").next().unwrap();
        assert!(first.err.contains(&format!("[{rule}]")), "{case}: {}{}", first.out, first.err);
        assert!(first.err.contains(&format!("`cargo relprep {advice}")), "{case}: {}", first.err);
        let own = asked.split(' ').next().unwrap();
        // What names commits is taken from what was printed.
        let printed: Vec<String> = match follow.is_empty() {
            true => first
                .err
                .split("`cargo ")
                .skip(1)
                .map(|rest| rest.split('`').next().unwrap().to_owned())
                .collect(),
            false => follow.iter().map(|step| (*step).to_owned()).collect(),
        };
        for done in printed {
            let Some(said) = step(&fixture, &done) else { continue };
            assert!(said.status <= 1, "{case}: {done}: {}", said.err);
            assert!(!said.err.contains(&format!("error[{rule}]")), "{case}: {done}: {}", said.err);
            let circle = format!("`cargo relprep {own}");
            assert!(said.status == 0 || !said.err.contains(&circle), "{case}: {done}: {}", said.err);
        }
    }
}
