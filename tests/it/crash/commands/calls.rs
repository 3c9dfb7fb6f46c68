//! A command that is stopped before each call by which it changes files, from the writing of its journal to the
//! removal: the window in which refs, index and work tree are neither old nor new.

use std::ffi::OsStr;
use std::fs;
use std::process::{Command, ExitStatus, Stdio};

use super::{CUT, Case, Makes, NEXT, TWO_RELEASED, TWO_UNTAGGED, World, copy};
use crate::fault::copy_surroundings;
use crate::fixture::Fixture;
use crate::tools::Tool;

/// The calls that can change a file. What lies between two of them leaves the same state as the second.
const CHANGING: &str = "openat,write,pwrite64,ftruncate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,\
    mkdir,mkdirat,symlink,symlinkat,fsync,fdatasync,chmod,fchmod,fchmodat";

#[test]
fn a_cut_dies_before_every_call_that_changes_a_file() {
    dies_at_every_call(&Case::new(CUT, "branch --allow-dirty"));
}

#[test]
fn patches_of_several_branches_die_before_every_call_that_changes_a_file() {
    dies_at_every_call(&Case::new(TWO_RELEASED, "patch --allow-dirty --branch release-*").makes(Makes::Refs));
}

#[test]
fn a_backport_to_the_branch_that_is_checked_out_dies_before_every_call_that_changes_a_file() {
    let lay = TWO_RELEASED.to_owned() + "; git switch -q release-50.0.0";
    dies_at_every_call(&Case::new(lay.leak(), "backport main --to release-50* --date 2024-05-20"));
}

#[test]
fn tags_of_several_branches_die_before_every_call_that_changes_a_file() {
    let args = "tag --branch release-* --kind annotated --date 2024-05-20";
    dies_at_every_call(&Case::new(TWO_UNTAGGED, args).makes(Makes::Refs));
}

/// One call of the program's own thread, which alone writes.
#[derive(Clone, PartialEq, Eq)]
struct Call {
    name: String,
    /// Which call of this name it is, from 1.
    number: usize,
    /// What strace shows of it, with the repository as `.`.
    shown: String,
}

fn dies_at_every_call(case: &Case) {
    let Some(strace) = Tool::Strace.find() else { return };
    let world = World::new(case);
    let recorded = copy(&world.template);
    let (status, calls) = trace(&strace, case, &recorded, &format!("trace={CHANGING}"));
    assert!(status.success());
    let at = |begin: &str| calls.iter().position(|call| call.shown.starts_with(begin)).unwrap();
    let begin = at("rename(\"./.git/relprep/journal.draft\"");
    let end = at("unlink(\"./.git/relprep/journal\"");
    let window: Vec<&Call> = calls[begin..=end].iter().filter(|call| call.changes()).collect();
    let mut next = NEXT.iter().cycle();
    let (mut moved, mut new) = (false, 0);
    for call in &window {
        let copy = copy(&world.template);
        let inject = format!("inject={}:signal=KILL:when={}", call.name, call.number);
        let (status, died) = trace(&strace, case, &copy, &inject);
        assert_eq!(status.code(), None, "{} ends by itself, and does not come to {}", case.args, call.shown);
        let last = died.last().unwrap();
        assert_eq!(
            (&last.name, last.number),
            (&call.name, call.number),
            "{} instead of {}",
            last.shown,
            call.shown
        );
        let (is_new, recovered) = world.settle(case, &copy, next.next().unwrap());
        assert_eq!(is_new, moved, "`{}`, stopped before {}", case.args, call.shown);
        let is_first = call.number == window[0].number && call.name == window[0].name;
        assert_eq!(recovered, !is_first, "`{}`, stopped before {}", case.args, call.shown);
        moved |= call.moves_a_ref();
        new += u32::from(is_new);
    }
    assert!(new > 0 && window.len() > 15, "{} calls, {new} new", window.len());
    println!("| `{}` | {} calls | {new} new, {} old |", case.args, window.len(), window.len() - new as usize);
}

impl Call {
    /// Returns whether it may change a file: it is not an opening to read.
    fn changes(&self) -> bool {
        self.name != "openat" || self.shown.contains("O_CREAT") || self.shown.contains("O_TRUNC")
    }

    fn moves_a_ref(&self) -> bool {
        self.name.starts_with("rename") && self.shown.contains(", \"./.git/refs/")
    }
}

/// Runs the command with what strace is told, and returns how it ended and the calls that strace shows.
fn trace(strace: &OsStr, case: &Case, fixture: &Fixture, told: &str) -> (ExitStatus, Vec<Call>) {
    let root = fixture.sandbox.root().canonicalize().unwrap();
    let folder = crate::environment::folder();
    let file = folder.path().join("calls");
    let command = fixture.program(case.args);
    let mut traced: Command = crate::environment::command(strace, &root);
    traced.args(["-qq", "-s", "1000", "-e", told, "-e", "signal=none", "-o"]).arg(&file).arg("--");
    traced.arg(command.get_program()).args(command.get_args());
    copy_surroundings(&command, &mut traced);
    traced.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = traced.status().unwrap();
    let text = fs::read_to_string(&file).unwrap().replace(root.to_str().unwrap(), ".");
    let mut calls: Vec<Call> = Vec::new();
    for line in text.lines() {
        let Some((name, _)) = line.split_once('(') else { continue };
        let number = 1 + calls.iter().filter(|call| call.name == name).count();
        calls.push(Call { name: name.to_owned(), number, shown: line.to_owned() });
    }
    (status, calls)
}
