//! Operations called as a library, without a process of the program.

use relprep::finding::{Finding, Refused};
use relprep::git::Moment;
use relprep::ops::backport::{BackportOptions as Backport, BackportSession};
use relprep::ops::calendar::{Addresses, ProjectSchedule};
use relprep::ops::check::check;
use relprep::ops::check_options::CheckOptions;
use relprep::ops::prepare::{PrepareOptions, prepare};
use relprep::ops::recovery::Purpose;
use relprep::ops::standing::Behind;
use relprep::ops::targets::BranchChoice;
use relprep::ops::{Context, about::BranchSource};
use relprep::plan::Command;
use relprep::plan::course::Asked;
use relprep::project::Location;
use relprep::rule;
use relprep::train::schedule::Selection;
use relprep::transaction::values::Hooks;

use crate::environment;
use crate::support::Sandbox;

/// One second before midnight in UTC, on 2025-07-31; in the local time of the test it is August.
const LAST_SECOND: Moment = Moment::new(1_754_006_399, 120);

/// A train of one major a month, each supported for three.
const MANIFEST: &str = "\
[package]
name = \"clock\"
version = \"0.0.0\"
edition = \"2021\"

[package.metadata.relprep.schedule]
anchor = { version = \"1.0.0\", release = \"2025-06-20\" }
support-months = 3
";

/// A repository with the released branches of 1.0.0 and 2.0.0, and the trunk at 3.0.0.
fn train() -> Sandbox {
    let sandbox = Sandbox::with_files([("Cargo.toml", MANIFEST), ("src/lib.rs", "")]);
    for version in ["1.0.0", "2.0.0", "3.0.0"] {
        sandbox.write("Cargo.toml", MANIFEST.replace("0.0.0", version));
        sandbox.write("RELEASES.md", format!("## {version}\n\nUnreleased.\n\n<!-- ARCHIVE_START -->\n"));
        sandbox.commit_all(&format!("This is {version}"));
        if version != "3.0.0" {
            sandbox.git(["branch", &format!("release-{version}")]);
            sandbox.git(["tag", &format!("v{version}")]);
        }
    }
    sandbox.commit_all("Something new");
    sandbox
}

fn context(sandbox: &Sandbox, moment: Moment) -> Context {
    Context::new(Location { folder: sandbox.root(), ..Location::default() }, moment)
}

/// Returns what prepares `command` on the branch that is checked out.
fn on_checked_out(command: Command) -> PrepareOptions {
    PrepareOptions {
        command,
        asked: Asked::default(),
        branches: BranchChoice::CheckedOut,
        allow_dirty: false,
        behind: Behind::Refuse,
        push: false,
        if_due: false,
        pull_request: false,
    }
}

/// Prepares `command` on `branches` and carries it out; returns what was made, by branch.
fn made(context: &Context, command: Command, branches: BranchChoice) -> Vec<String> {
    let mut said = Vec::new();
    let session = context.open(Purpose::Write, &mut said).unwrap();
    let options = PrepareOptions { branches, ..on_checked_out(command) };
    let applied = prepare(&session, &options, &mut said).unwrap().apply(Hooks::Run, &mut said).unwrap();
    applied.pushed.unwrap();
    applied.outcome.branches.into_iter().map(|made| made.name.to_string()).collect()
}

#[test]
fn all_branches_of_a_run_bear_the_day_and_the_time_of_its_one_moment() {
    if environment::ran_apart() {
        return;
    }
    let sandbox = train();
    // Names that git itself must be asked for bear the same time.
    sandbox.git(["config", "user.name", "Ann Other Jr."]);
    let branches = ["release-1.0.0", "release-2.0.0"];
    let supported = BranchChoice::Supported { except: Vec::new() };
    assert_eq!(made(&context(&sandbox, LAST_SECOND), Command::Patch, supported), branches);
    for (branch, version) in branches.into_iter().zip(["1.0.1", "2.0.1"]) {
        let notes = sandbox.git(["show", &format!("{branch}:RELEASES.md")]);
        assert!(notes.contains(&format!("## {version}\n\nReleased 2025-07-31.")), "{notes}");
        let times = sandbox.git(["log", "-1", "--format=%an %aI %cI", branch]);
        assert_eq!(times, "Ann Other Jr. 2025-08-01T01:59:59+02:00 2025-08-01T01:59:59+02:00");
    }
}

#[test]
fn a_manifest_that_is_saved_after_it_was_planned_on_is_not_overwritten() {
    if environment::ran_apart() {
        return;
    }
    let sandbox = train();
    let manifest = sandbox.read("Cargo.toml");
    let (first, reflog) = (sandbox.rev("main"), sandbox.git(["reflog", "show", "main"]));
    // Of the same length, as it was when it was read while Cargo answered, and of another one.
    for mine in [manifest.replace("2021", "2024"), format!("{manifest}# mine\n"), String::new()] {
        let context = context(&sandbox, LAST_SECOND);
        let mut said = Vec::new();
        let session = context.open(Purpose::Write, &mut said).unwrap();
        let prepared = prepare(&session, &on_checked_out(Command::Branch), &mut said).unwrap();
        sandbox.write("Cargo.toml", &mine);
        let error = prepared.apply(Hooks::Run, &mut said).unwrap_err();
        let Refused(findings) = error.downcast().unwrap();
        assert_eq!(findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [rule::CHANGED_FILE]);
        assert_eq!((sandbox.read("Cargo.toml"), sandbox.rev("main")), (mine, first.clone()));
        assert_eq!(sandbox.git(["status", "--porcelain"]), " M Cargo.toml");
        assert_eq!(sandbox.git(["branch", "--list", "release-3.0.0"]), "");
        // It came to light before anything moved.
        assert_eq!(sandbox.git(["reflog", "show", "main"]), reflog);
        sandbox.write("Cargo.toml", &manifest);
    }
}

#[test]
fn a_plan_that_nobody_applies_writes_nothing() {
    if environment::ran_apart() {
        return;
    }
    let sandbox = train();
    let before = sandbox.everything();
    let context = context(&sandbox, LAST_SECOND).on(Some("2025-09-01".parse().unwrap()));
    let mut said = Vec::new();
    let session = context.open(Purpose::Show, &mut said).unwrap();
    let prepared = prepare(&session, &on_checked_out(Command::Branch), &mut said).unwrap();
    let plan = &prepared.preparation.plans[0];
    assert_eq!((plan.version.to_string().as_str(), plan.date), ("3.0.0", context.date));
    assert_eq!(plan.branches[0].name.as_str(), "release-3.0.0");
    assert_eq!(plan.commits[0].version.to_string(), "4.0.0");
    assert_eq!(sandbox.everything(), before);
    drop(session);

    assert_eq!(made(&context, Command::Branch, BranchChoice::CheckedOut), ["release-3.0.0", "main"]);
    assert!(sandbox.read("Cargo.toml").contains("version = \"4.0.0\""));
}

#[test]
fn what_stops_a_plan_stops_it_from_being_applied() {
    if environment::ran_apart() {
        return;
    }
    let sandbox = train();
    sandbox.write("Cargo.toml", format!("{MANIFEST}# mine\n"));
    let before = sandbox.everything();
    let context = context(&sandbox, LAST_SECOND);
    let mut said = Vec::new();
    let session = context.open(Purpose::Write, &mut said).unwrap();
    let prepared = prepare(&session, &on_checked_out(Command::Branch), &mut said).unwrap();
    let refused = prepared.apply(Hooks::Run, &mut said).unwrap_err();
    let Refused(findings) = refused.downcast().unwrap();
    assert_eq!(rules(&findings), ["dirty"]);
    assert_eq!(sandbox.everything(), before);
}

#[test]
fn the_calendar_and_the_branches_stand_as_of_the_day() {
    if environment::ran_apart() {
        return;
    }
    let sandbox = train();
    let mut said = Vec::new();
    let context = context(&sandbox, LAST_SECOND);
    let calendar = ProjectSchedule::read(&context, Addresses::Unwanted, &mut said).unwrap();
    let schedule = calendar.schedule(context.date, Selection::Around).unwrap();
    assert_eq!((schedule.name.as_str(), schedule.date), ("clock", context.date));
    let supported = |context: &Context| {
        let status = ProjectSchedule::read_in_full(context, &mut Vec::new()).unwrap().status();
        status.supported().unwrap().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(supported(&context), ["release-1.0.0", "release-2.0.0"]);
    // 1.0.0 is supported until the 20th of September, that day included.
    let after = context.on(Some("2025-09-21".parse().unwrap()));
    assert!(!supported(&after).contains(&"release-1.0.0".to_owned()));
    assert_eq!(rules(&said), [""; 0]);
}

#[test]
fn a_branch_is_checked_and_a_fix_is_tried_on_the_others() {
    if environment::ran_apart() {
        return;
    }
    let sandbox = train();
    sandbox.write("src/lib.rs", "pub fn fixed() {}\n");
    sandbox.commit_all("Fix it");
    let context = context(&sandbox, LAST_SECOND);
    let mut said = Vec::new();
    let session = context.open(Purpose::Write, &mut said).unwrap();
    let report = check(&session, &BranchSource::default(), CheckOptions::default()).unwrap();
    assert_eq!(report.subject, "main at 3.0.0");

    let options = Backport { commits: vec!["HEAD".into()], ..Backport::default() };
    let scene = BackportSession::read(&session, &options, &mut said).unwrap();
    let attempted = scene.attempt(&mut said).unwrap();
    assert!(!attempted.needs_person() && attempted.obstacles().unwrap().refused.is_empty());
    let applied = attempted.apply(&mut said).unwrap();
    let branches: Vec<&str> = applied.made.iter().map(|made| made.branch.as_str()).collect();
    assert_eq!(branches, ["release-2.0.0", "release-1.0.0"]);
    assert_eq!(sandbox.git(["log", "-1", "--format=%cI", "release-1.0.0"]), "2025-08-01T01:59:59+02:00");
}

fn rules(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.rule.name).collect()
}
