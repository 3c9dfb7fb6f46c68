//! Fuzzing on stable: a seeded mutator over the seeds of `tests/corpus`, and for each editor what
//! must hold of every text.
//!
//! Each target runs `RELPREP_FUZZ_RUNS` texts: as many as take some seconds unless that is set.
//! Ten million in all are `RELPREP_FUZZ_RUNS=1700000 cargo test --release --test it fuzz`; other
//! ones are had with another `RELPREP_FUZZ_SEED`. A run is the same on every machine. What fails is
//! printed, and is a new file of `tests/corpus` once it is put right.

mod mutate;
mod targets;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::{env, fs};

use mutate::{Mutator, Random};

/// How many texts each target sees unless told otherwise.
const RUNS: u64 = 400;

/// How many texts that led somewhere new are kept, for more to be made of them.
const POOL: usize = 2000;

/// What a text led to: texts that lead to the same are worth one.
type Outcome = String;

/// Reads one text, and checks all that must hold of it.
type Target = fn(&str, &mut Random) -> Outcome;

#[test]
fn no_text_breaks_the_manifest_editor() {
    fuzz("manifest", targets::manifest);
}

#[test]
fn no_text_breaks_the_lock_editor() {
    fuzz("lockfile", targets::lockfile);
}

#[test]
fn no_text_breaks_the_notes() {
    fuzz("notes", targets::notes);
}

#[test]
fn no_text_breaks_the_configuration() {
    fuzz("config", targets::config);
}

#[test]
fn no_text_breaks_a_template() {
    fuzz("template", targets::template);
}

#[test]
fn no_text_breaks_a_version_file() {
    fuzz("version-file", targets::version_file);
}

/// Runs `target` on the seeds in `tests/corpus/<corpus>`, and then on what is made of them.
fn fuzz(corpus: &str, target: Target) {
    let runs = number("RELPREP_FUZZ_RUNS").unwrap_or(RUNS);
    let mut random = Random::new(number("RELPREP_FUZZ_SEED").unwrap_or(1));
    let mut pool = seeds(corpus);
    let mutator = Mutator::of(&pool);
    let mut seen = HashSet::new();
    for seed in &pool {
        seen.insert(try_one(target, seed, &mut random));
    }
    for _ in 0..runs {
        let text = mutator.mutate(&pool, &mut random);
        if seen.insert(try_one(target, &text, &mut random)) {
            if pool.len() < POOL {
                pool.push(text);
            } else {
                let place = random.below(pool.len());
                pool[place] = text;
            }
        }
    }
    println!("{corpus}: {runs} texts, {} outcomes", seen.len());
}

fn try_one(target: Target, text: &str, random: &mut Random) -> Outcome {
    let outcome = catch_unwind(AssertUnwindSafe(|| target(text, random)));
    outcome.unwrap_or_else(|_| panic!("this text fails: {text:?}"))
}

fn seeds(corpus: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(corpus);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()).collect()
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}
