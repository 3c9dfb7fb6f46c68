//! The program as built, stopped in every command that writes: at every named step, and at random
//! instants of which half fall into the time in which it writes. The next command, of whatever kind,
//! finds the old state or the new one.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod power;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Random, STEPS, kills, run_wait_and_kill};
use crate::environment;
use crate::fixture::Fixture;
use crate::support::Sandbox;

/// How many runs of each command are killed in each way unless told otherwise.
const KILLS: u32 = 2;

/// The steps that are passed only where files of the work tree change.
const OF_WORK_TREE: [&str; 7] = ["index-lock", "room", "first-file", "file", "files", "index-draft", "index"];

/// The steps of a command that makes a work tree.
const OF_LINKED: [&str; 4] = ["hand-made", "hand-noted", "hand-moved", "hand-attached"];

/// What comes after a run that was stopped: commands of every kind.
const NEXT: [&str; 5] = [
    "status --date 2024-05-20",
    "check-msrv --date 2024-05-20",
    "schedule --date 2024-05-20",
    "backport --status --date 2024-05-20",
    "check --date 2024-05-20",
];

/// A command that writes.
struct Case {
    /// What is done before it, in a shell: `$RELPREP` is the program.
    lay: &'static str,
    args: &'static str,
    makes: Makes,
    /// Whether programs or hooks see the edited tree first.
    runs_programs: bool,
    /// Whether each ref is whole by itself: commits on several branches, or a push.
    ref_by_ref: bool,
}

/// What a command makes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Makes {
    /// One file, and nothing else.
    File,
    /// Commits and refs.
    Refs,
    /// These, and the work tree follows.
    RefsAndWorkTree,
    /// These, and one file of the work tree follows.
    RefsAndOneFile,
    /// A work tree of its own, for a conflict.
    LinkedWorkTree,
}

impl Makes {
    fn moves_work_tree(self) -> bool {
        matches!(self, Self::RefsAndWorkTree | Self::RefsAndOneFile)
    }
}

const CUT: &str = "$RELPREP branch --date 2024-05-05 -q && git push -q origin --all && \
    echo '// more' >> crates/escapement/src/lib.rs && git commit -qam 'Do more'";
const RELEASE_BRANCH: &str =
    "$RELPREP branch --date 2024-05-05 -q && git push -q origin --all && git switch -q release-49.0.0";
const RELEASED: &str = "$RELPREP branch --date 2024-05-05 -q && git switch -q release-49.0.0 && \
    $RELPREP release --date 2024-05-20 -q && git tag v49.0.0 && git push -q origin --all";
const TWO_RELEASED: &str = "for n in 49 50; do $RELPREP branch --date 2024-05-05 -q; \
    git switch -q release-$n.0.0; $RELPREP release --date 2024-05-20 -q; git tag v$n.0.0; git switch -q main; done; \
    git push -q origin --all; for n in a b; do echo 'pub fn f() {}' > crates/tower/src/$n.rs; done; git add .; git commit -qm 'Fix it'";
const TWO_UNTAGGED: &str = "for n in 49 50; do $RELPREP branch --date 2024-05-05 -q; \
    git switch -q release-$n.0.0; $RELPREP release --date 2024-05-20 -q; git switch -q main; done; git push -q origin --all";
/// One file of notes for all: the trunk lacks what the branch has patched.
const PATCHED_IN_ONE_FILE: &str = "sed -i 's/^archive-entry.*/layout = \"growing\"/' relprep.toml; git commit -qam Grow; \
    $RELPREP branch --date 2024-05-05 -q; git switch -q release-49.0.0; $RELPREP release --date 2024-05-20 -q; \
    git tag v49.0.0; $RELPREP patch --date 2024-05-22 -q; git switch -q main; git push -q origin --all";
/// After which the fix applies, and the commit after it conflicts.
const CONFLICT: &str = "; git switch -q release-50.0.0; echo '// ours' >> crates/escapement/src/lib.rs; git commit -qam Ours; \
    git switch -q main; echo '// theirs' >> crates/escapement/src/lib.rs; git commit -qam Theirs";
const WITH_PROGRAMS: &str = "$RELPREP branch --date 2024-05-05 -q && git switch -q release-49.0.0 && \
    printf '\\n[[run]]\\ncommand = [\"sh\", \"-c\", \"echo >>include/tower.h\"]\\n' >> relprep.toml && \
    git commit -qam 'Run something' && git push -q origin --all && \
    printf '#!/bin/sh\\necho seen >> RELEASES.md; git add RELEASES.md\\n' > .git/hooks/pre-commit && \
    chmod +x .git/hooks/pre-commit";

impl Case {
    const fn new(lay: &'static str, args: &'static str) -> Self {
        Self { lay, args, makes: Makes::RefsAndWorkTree, runs_programs: false, ref_by_ref: false }
    }

    const fn makes(self, makes: Makes) -> Self {
        Self { makes, ..self }
    }

    const fn with_programs(self) -> Self {
        Self { runs_programs: true, ..self }
    }

    const fn ref_by_ref(self) -> Self {
        Self { ref_by_ref: true, ..self }
    }

    /// Returns whether the command comes by this step.
    fn passes(&self, step: &str) -> bool {
        match step {
            "schedule-draft" => self.makes == Makes::File,
            "scratch" => self.runs_programs,
            "file" if self.makes == Makes::RefsAndOneFile => false,
            step if OF_WORK_TREE.contains(&step) => self.makes.moves_work_tree(),
            "ref" => self.makes != Makes::File,
            step if OF_LINKED.contains(&step) => self.makes == Makes::LinkedWorkTree,
            _ => self.makes == Makes::Refs || self.makes.moves_work_tree(),
        }
    }
}

#[test]
fn branch() {
    dies(&Case::new(CUT, "branch --allow-dirty"));
}

#[test]
fn rc() {
    dies(&Case::new(RELEASE_BRANCH, "rc --allow-dirty"));
}

#[test]
fn release() {
    dies(&Case::new(RELEASE_BRANCH, "release --allow-dirty"));
}

#[test]
fn patch() {
    dies(&Case::new(RELEASED, "patch --allow-dirty"));
}

#[test]
fn patch_of_several_branches() {
    dies(&Case::new(TWO_RELEASED, "patch --allow-dirty --branch release-*").makes(Makes::Refs));
}

#[test]
fn release_with_programs_and_hooks() {
    dies(&Case::new(WITH_PROGRAMS, "release --allow-dirty").with_programs());
}

#[test]
fn patch_that_is_pushed() {
    dies(&Case::new(RELEASED, "patch --allow-dirty --push").ref_by_ref());
}

#[test]
fn bump_of_the_trunk() {
    dies(&Case::new(CUT, "bump --to 50.1.0 --allow-dirty"));
}

#[test]
fn notes_that_are_carried_to_the_trunk() {
    let args = "notes --carry --date 2024-05-23 --allow-dirty";
    dies(&Case::new(PATCHED_IN_ONE_FILE, args).makes(Makes::RefsAndOneFile));
}

#[test]
fn tag_of_several_branches() {
    dies(
        &Case::new(TWO_UNTAGGED, "tag --branch release-* --kind annotated --date 2024-05-20")
            .makes(Makes::Refs),
    );
}

#[test]
fn tag_that_is_pushed() {
    let args = "tag --branch release-* --push --date 2024-05-20";
    dies(&Case::new(TWO_UNTAGGED, args).makes(Makes::Refs).ref_by_ref());
}

#[test]
fn backport_to_several_branches() {
    dies(&Case::new(TWO_RELEASED, "backport main --date 2024-05-20").makes(Makes::Refs).ref_by_ref());
}

#[test]
fn backport_to_the_branch_that_is_checked_out() {
    let lay = TWO_RELEASED.to_owned() + "; git switch -q release-50.0.0";
    let case = Case::new(lay.leak(), "backport main --to release-50* --date 2024-05-20");
    dies(&case);
}

#[test]
fn resolve_for_a_release_branch() {
    let lay = TWO_RELEASED.to_owned() + CONFLICT;
    let args = "backport main~1 main --resolve release-50.0.0 --date 2024-05-20";
    dies(&Case::new(lay.leak(), args).makes(Makes::LinkedWorkTree));
}

#[test]
fn resolve_on_a_new_branch() {
    let lay = TWO_RELEASED.to_owned()
        + CONFLICT
        + "; printf '\\n[names]\\nbackport-branch = \"backport-{short}-to-{branch}\"\\n' >> relprep.toml; git commit -qam Name";
    let args = "backport main~2 main~1 --resolve release-50.0.0 --date 2024-05-20";
    dies(&Case::new(lay.leak(), args).makes(Makes::LinkedWorkTree));
}

#[test]
fn schedule() {
    let lay = "printf '\\n[schedule]\\nanchor = { version = \"40.0.0\", release = \"2024-04-20\" }\\n' >> relprep.toml; \
        echo old > schedule.json; git add .; git commit -qm Plan";
    dies(
        &Case::new(lay, "schedule --date 2024-05-20 --format json --write schedule.json").makes(Makes::File),
    );
}

/// A repository in which the command can run, and what it makes of it.
struct World {
    template: Fixture,
    before: State,
    after: State,
    /// How long the command takes.
    span: Duration,
}

/// What a user sees, by name.
type State = BTreeSet<(String, Vec<u8>)>;

impl World {
    fn new(case: &Case) -> Self {
        let template = Fixture::new("candidate-train");
        let mut shell = template.command("sh");
        shell.args(["-e", "-c", case.lay]);
        let program = format!("{} relprep", env!("CARGO_BIN_EXE_cargo-relprep"));
        let output = shell.env("RELPREP", program).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let sandbox = &template.sandbox;
        sandbox.write("crates/tower/src/lib.rs", "// dirty\n");
        sandbox.write("src/staged.rs", "staged\n");
        sandbox.git(["add", "src/staged.rs"]);
        sandbox.write("src/staged.rs", "staged and changed\n");
        sandbox.write("untracked", "untracked\n");
        let before = state(sandbox);
        let done = copy(&template);
        let begun = Instant::now();
        let said = done.run(case.args);
        let span = begun.elapsed();
        assert_eq!(said.status, 0, "{}{}", said.out, said.err);
        let after = state(&done.sandbox);
        assert_ne!(before, after, "`{}` changes nothing", case.args);
        Self { template, before, after, span }
    }

    /// Runs the next command in `copy`, and checks all that must hold then; returns whether the new
    /// state is there, and whether the command had to complete anything or take it back.
    fn settle(&self, case: &Case, copy: &Fixture, next: &str) -> (bool, bool) {
        let said = copy.run(next);
        assert!([0, 1].contains(&said.status), "`{next}`: {}", said.err);
        let recovered = said.err.contains("note[completed]") || said.err.contains("note[taken-back]");
        let sandbox = &copy.sandbox;
        // What outlived the run may still be at work in its scratch work tree.
        for _ in 0..50 {
            if sandbox.left().is_empty() {
                break;
            }
            copy.run(next);
        }
        assert_eq!(sandbox.left(), [""; 0], "left behind");
        let now = state(sandbox);
        let is_known = now == self.before
            || now == self.after
            || (case.ref_by_ref && now.iter().all(|it| self.before.contains(it) || self.after.contains(it)));
        let text = |(name, bytes): &(String, Vec<u8>)| format!("{name}: {}", String::from_utf8_lossy(bytes));
        let odd: Vec<_> = now.symmetric_difference(&self.after).map(text).collect();
        assert!(is_known, "`{}`, then `{next}`, which said {}: {odd:#?}", case.args, said.err);
        assert!(!sandbox.exists(".git/index.lock"));
        sandbox.fsck();
        (now == self.after, recovered)
    }
}

/// Returns what a user sees, each ref by itself.
fn state(sandbox: &Sandbox) -> State {
    let mut state: State = sandbox.everything().into_iter().filter(|(name, _)| name != "refs").collect();
    state.extend(sandbox.git(["for-each-ref"]).lines().map(|line| (line.to_owned(), Vec::new())));
    let dir = sandbox.dir().canonicalize().unwrap();
    for path in sandbox.git(["worktree", "list", "--porcelain"]).lines() {
        let Some(path) = path.strip_prefix("worktree ").map(Path::new) else { continue };
        let name = path.strip_prefix(&dir).unwrap().display().to_string();
        for question in [&["status", "--porcelain", "--branch"][..], &["diff"]] {
            let said = sandbox.git([&["-C", path.to_str().unwrap()], question].concat());
            state.insert((format!("{question:?} in {name}"), said.into_bytes()));
        }
    }
    // Folders beside the repository: a work tree that is left half made, for one.
    let beside = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    state.extend(beside.map(|name| (name.to_string_lossy().into_owned(), Vec::new())));
    state
}

fn copy(template: &Fixture) -> Fixture {
    Fixture { sandbox: template.sandbox.copy() }
}

/// Stops the command in every way, and checks what the next one finds.
fn dies(case: &Case) {
    let world = World::new(case);
    let mut next = NEXT.iter().cycle();
    dies_at_every_step(case, &world, &mut next);
    dies_at_random(case, &world, &mut next);
}

fn dies_at_every_step<'a>(case: &Case, world: &World, next: &mut impl Iterator<Item = &'a &'static str>) {
    let mut has_moved = false;
    let steps = ["schedule-draft", "scratch"].iter().chain(&OF_LINKED).chain(&STEPS);
    for step in steps {
        let copy = copy(&world.template);
        let status = quiet(case, &copy).env("RELPREP_TEST_STOP", step).status().unwrap();
        assert_eq!(status.code().is_none(), case.passes(step), "`{}` and the step {step}", case.args);
        if !case.passes(step) {
            continue;
        }
        has_moved |= ["ref", "hand-moved"].contains(step);
        let (is_new, recovered) = world.settle(case, &copy, next.next().unwrap());
        if case.ref_by_ref {
            continue;
        }
        assert_eq!(is_new, has_moved, "`{}`, stopped at {step}", case.args);
        let leaves_nothing =
            ["schedule-draft", "scratch", "hand-made", "hand-noted", "objects", "done"].contains(step);
        assert_eq!(recovered, !leaves_nothing, "`{}`, stopped at {step}", case.args);
    }
}

/// What is killed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Victim {
    /// The program, and nothing that it has started.
    Program,
    /// The program and all that it has started.
    Group,
    /// What it has started, so that it sees that fail.
    Git,
    /// The program, and then the next command, which recovers.
    Recovery,
}

const VICTIMS: [Victim; 4] = [Victim::Program, Victim::Group, Victim::Git, Victim::Recovery];

/// Kills runs of the command, so many of each kind, and prints a row of the table in `help promises`.
fn dies_at_random<'a>(case: &Case, world: &World, next: &mut impl Iterator<Item = &'a &'static str>) {
    let mut random = Random(20_260_820);
    let kills = kills(KILLS);
    let (mut span, mut writing) = (world.span, world.span / 4);
    let mut row = format!("| `{}` |", case.args);
    for victim in VICTIMS {
        let (mut new, mut recovered, mut finished) = (0, 0, 0);
        for kill in 0..kills {
            let copy = copy(&world.template);
            // Half of the kills fall into the time in which it writes.
            let is_late = kill % 2 == 1;
            let delay = if is_late { writing } else { span }.mul_f64(random.part());
            let wait = |child: &mut Child| {
                if is_late {
                    writes(child, &copy);
                }
                std::thread::sleep(delay);
                if victim == Victim::Git {
                    kill_children(child);
                    child.wait().unwrap();
                }
            };
            let has_children = victim == Victim::Group || case.args.contains("--push");
            let killed = run_wait_and_kill(quiet(case, &copy), wait, has_children);
            // The machine may be busier now than it was, or less busy: few runs shall end by themselves.
            if victim != Victim::Git {
                let span = if is_late { &mut writing } else { &mut span };
                *span = span.mul_f64(if killed { 1.05 } else { 0.8 });
            }
            if victim == Victim::Recovery {
                let mut recovery = copy.program(next.next().unwrap());
                recovery.stdout(Stdio::null()).stderr(Stdio::null());
                let part = random.part();
                run_wait_and_kill(recovery, |_| std::thread::sleep(world.span.mul_f64(part / 2.0)), true);
            }
            let (is_new, was_recovered) = world.settle(case, &copy, next.next().unwrap());
            new += u32::from(is_new);
            recovered += u32::from(was_recovered);
            finished += u32::from(!killed && victim != Victim::Git);
        }
        let _ = write!(row, " {kills}: {new} new, {recovered} settled, {finished} ended |");
    }
    println!("{row}");
}

/// Kills what a process has started.
fn kill_children(child: &Child) {
    let folder = format!("/proc/{}/task", child.id());
    for thread in fs::read_dir(folder).into_iter().flatten().flatten() {
        let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace() {
            let mut kill = environment::command("kill", Path::new("/"));
            let _ = kill.args(["-KILL", child]).stderr(Stdio::null()).status();
        }
    }
}

/// Waits until the child begins to write, or ends.
fn writes(child: &mut Child, copy: &Fixture) {
    while copy.sandbox.left().is_empty() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
}

/// Returns the command, which says nothing.
fn quiet(case: &Case, fixture: &Fixture) -> Command {
    let mut command = fixture.program(case.args);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
