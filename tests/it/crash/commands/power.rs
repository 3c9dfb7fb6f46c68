//! The loss of power: what a command leaves on the disk when something that was not yet synced is lost, or
//! arrives before what came first. `core.fsync` is `added`, as `help promises` asks for.

mod disk;
mod trace;

use std::collections::BTreeSet;
use std::fs;

use disk::{Chosen, Disk};
use trace::Call;

use super::{CUT, Case, NEXT, TWO_RELEASED, World, copy};
use crate::tools::Tool;

/// How many states of the disk are looked at for each command, unless `RELPREP_TEST_POWER` says otherwise.
const STATES: usize = 8;

#[test]
fn a_cut_survives_a_loss_of_power() {
    loses_power(CUT, "branch --allow-dirty");
}

#[test]
fn patches_of_the_supported_survive_a_loss_of_power() {
    let lay = format!("{SCHEDULED}{TWO_RELEASED}");
    loses_power(&lay, "patch --supported --allow-dirty --date 2024-05-21");
}

#[test]
fn a_backport_survives_a_loss_of_power() {
    let lay = format!("{TWO_RELEASED}; git switch -q release-50.0.0");
    loses_power(&lay, "backport main --date 2024-05-20");
}

const SCHEDULED: &str = "printf '\\n[schedule]\\nanchor = { version = \"49.0.0\", release = \"2024-04-20\" }\\n' >> relprep.toml; \
    git commit -qam Plan; ";

fn loses_power(lay: &str, args: &'static str) {
    let Some(strace) = Tool::Strace.find() else { return };
    let lay = format!("{lay}; git config core.fsync added");
    let case = Case::new(lay.leak(), args);
    let world = World::new(&case);
    let recorded = copy(&world.template);
    let root = recorded.sandbox.root().canonicalize().unwrap();
    let begin = Disk::read(&root);
    let traces = crate::environment::folder();
    let calls = trace::record(&strace, &recorded.program(args), &root, &traces.path().join("calls"));
    let mut disk = begin.clone();
    for call in &calls {
        disk.apply(call);
    }
    // What is written by way of memory is not among the calls.
    let begin = begin.with_contents(disk.differences(&root));
    let states = states(&begin, &calls);
    let wanted = std::env::var("RELPREP_TEST_POWER").map_or(STATES, |text| text.parse().unwrap());
    let step = states.len().div_ceil(wanted).max(1);
    let mut next = NEXT.iter().cycle();
    let (mut looked, mut new) = (0, 0);
    let mut disk = begin;
    let mut at = 0;
    // The last states are those in which only little is lost.
    for (end, chosen) in states.iter().rev().step_by(step).collect::<Vec<_>>().into_iter().rev() {
        for call in &calls[at..*end] {
            disk.apply(call);
        }
        at = *end;
        // In the place where it was made: the journal names it.
        fs::remove_dir_all(&root).unwrap();
        disk.write(*chosen, &root);
        println!("after call {end}, {:?}: {chosen:?}", end.checked_sub(1).map(|last| calls[last].short()));
        let (is_new, _) = world.settle(&case, &recorded, next.next().unwrap());
        looked += 1;
        new += u32::from(is_new);
    }
    assert!(looked > 1 && new > 0, "{looked} of {} states, {new} of them new", states.len());
    println!(
        "| `{args}` | {} calls | {} states | {looked} looked at | {new} new |",
        calls.len(),
        states.len()
    );
}

/// Returns all states of the disk that differ, each by how many calls were made and what of it arrived.
fn states(begin: &Disk, calls: &[Call]) -> Vec<(usize, Chosen)> {
    let mut disk = begin.clone();
    let mut seen = BTreeSet::new();
    let mut states = Vec::new();
    for end in 0..=calls.len() {
        if let Some(last) = end.checked_sub(1) {
            disk.apply(&calls[last]);
        }
        for chosen in disk.choices() {
            if seen.insert(disk.fingerprint(chosen)) {
                states.push((end, chosen));
            }
        }
    }
    states
}
